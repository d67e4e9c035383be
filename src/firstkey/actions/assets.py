"""Devices and authenticators as an inventory feeds them: which is assigned to whom, and so what its holder's facts are.

As `feeds`: 500 rows a request, one transaction, errors by row, dry run. An asset that goes to somebody else leaves its
holder with none, and what its source said of them by it is taken back.
"""

from typing import Annotated, NamedTuple

import msgspec
from msgspec.structs import replace

from firstkey.actions.casework import Casework, run
from firstkey.actions.feeds import Changed, Fed, RowRefused, refused_row, source_speaking
from firstkey.actions.people import FOUNDING, PersonRecord, find_person, store_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recording import ASSETS, Id, Speaker, counts_from, joined
from firstkey.actions.site import Feed, Site
from firstkey.actions.site_facts import AssetsFed
from firstkey.actions.site_state import Source
from firstkey.actions.site_stream import append_site_facts
from firstkey.ports.fact_store import Reader
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused

ROWS_MAX = 500
SAYS = ("device", "workplace")
"""What an asset says of its holder."""


class AssetToFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One asset as the inventory has it now.

    Attributes:
        serial: its id. model: for people.
        assigned_to: a person's id; None while it is nobody's.
        managed: under our management. certificate: it holds a client certificate of ours.
        uncovered: ours, and known not to be reached by the management. shipped: it went to its holder by post.
    """

    serial: Id
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    assigned_to: Id | None
    managed: bool
    certificate: bool = False
    uncovered: bool = False
    shipped: bool = False

    @property
    def facts(self) -> dict[str, str]:
        """What it says of its holder."""
        managed = "certified" if self.certificate else "managed"
        device = managed if self.managed else "uncovered" if self.uncovered else "own"
        return {"device": device, "workplace": "remote" if self.shipped else "on_site"}


class AssetRecord(AssetToFeed, frozen=True, kw_only=True):
    """An asset as it is kept."""

    source: str
    rank: int


class AssetsToFeed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Assets as the source has them now. `source` is its name, for those who want to be sure of the key they use."""

    assets: Annotated[tuple[AssetToFeed, ...], msgspec.Meta(max_length=ROWS_MAX)]
    dry_run: bool = False
    source: str | None = None


class _Move(NamedTuple):
    """An asset before and after, and the records of people that change with it."""

    before: AssetRecord | None
    after: AssetRecord
    people: tuple[PersonRecord, ...]


def find_asset(reader: Reader, serial: str) -> AssetRecord | None:
    """Return an asset, if a source of record knows it."""
    body = reader.document(DocumentKind.ASSET, serial)
    return None if body is None else msgspec.json.decode(body, type=AssetRecord)


def _with_asset(record: PersonRecord, asset: AssetRecord, speaker: Speaker, now: int) -> PersonRecord:
    return replace(
        record,
        asset=asset.serial,
        asset_counts_from=counts_from(record, "asset", asset.serial, now),
        asserted=joined(record, asset.facts, speaker, now),
    )


def _without_asset(record: PersonRecord, serial: str, speaker: Speaker, now: int) -> PersonRecord:
    if record.asset != serial:
        return record
    taken_back = dict.fromkeys(SAYS)
    return replace(
        record,
        asset=None,
        asset_counts_from=counts_from(record, "asset", None, now),
        asserted=joined(record, taken_back, speaker, now),
    )


def _planned(casework: Casework, said: AssetToFeed, source: Source) -> _Move:
    """Return what a row would change.

    Raises:
        Refused: OutRanked, PersonUnknown, FounderUnidentified.
    """
    tx, speaker = casework.tx, Speaker(source.name, source.rank, frozenset({ASSETS}))
    before = find_asset(tx, said.serial)
    if before is not None and source.rank < before.rank:
        raise Refused(ActionReason.OutRanked)
    after = AssetRecord(**msgspec.structs.asdict(said), source=source.name, rank=source.rank)
    people = []
    if before is not None and before.assigned_to not in (None, said.assigned_to):
        last = find_person(tx, str(before.assigned_to))
        people += [] if last is None else [_without_asset(last, said.serial, speaker, tx.now)]
    if said.assigned_to is not None:
        holder = find_person(tx, said.assigned_to)
        if holder is None:
            raise Refused(ActionReason.PersonUnknown, said.assigned_to)
        if holder.source == FOUNDING:
            raise Refused(ActionReason.FounderUnidentified, said.assigned_to)
        people.append(_with_asset(holder, after, speaker, tx.now))
    return _Move(before, after, tuple(people))


def _store(casework: Casework, move: _Move) -> None:
    body = canonical.encode(msgspec.to_builtins(move.after))
    casework.tx.put_document(DocumentKind.ASSET, move.after.serial, body)
    for record in move.people:
        if find_person(casework.tx, record.person) != record:
            store_person(casework.tx, record)
            casework.look_again(record)


async def feed_assets(site: Site, caller: Feed, asked: AssetsToFeed) -> Fed:
    """Take what an inventory says of devices and authenticators.

    Raises:
        Refused: NotFound.
    """

    def work(casework: Casework) -> Fed:
        tx, source = casework.tx, source_speaking(casework, caller, ASSETS, asked.source)
        moves: list[_Move] = []
        errors: list[RowRefused] = []
        seen: set[str] = set()
        for place, said in enumerate(asked.assets, 1):
            named = {said.serial, f"holder: {said.assigned_to}"} - {"holder: None"}
            try:
                if seen & named:
                    raise Refused(ActionReason.RowTwice)
                move = _planned(casework, said, source)
            except Refused as refused:
                errors.append(refused_row(place, said.serial, refused))
                continue
            seen |= named
            moves.append(move)
            if not asked.dry_run and move.before != move.after:
                _store(casework, move)
        fresh = [move for move in moves if move.before != move.after]
        if fresh and not asked.dry_run:
            digest = sha256_hex(canonical.encode([msgspec.to_builtins(move.after) for move in fresh]))
            append_site_facts(site, tx, AssetsFed(at=tx.now, source=source.name, count=len(fresh), digest=digest))
        return _told(moves, tuple(errors), dry_run=asked.dry_run)

    return await run(site, work)


def _told(moves: list[_Move], errors: tuple[RowRefused, ...], *, dry_run: bool) -> Fed:
    changed = (
        Changed(
            move.after.serial,
            tuple(
                name for name in move.after.__struct_fields__ if getattr(move.before, name) != getattr(move.after, name)
            ),
        )
        for move in moves
        if move.before is not None and move.before != move.after
    )
    return Fed(
        dry_run=dry_run,
        new=tuple(move.after.serial for move in moves if move.before is None),
        changed=tuple(changed),
        unchanged=sum(move.before == move.after for move in moves),
        errors=errors,
    )
