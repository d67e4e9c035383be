"""The rules of reading: chains are verified before anything is folded from them, and every list has a maximum."""

import hmac

from firstkey.ledger.entry import Head
from firstkey.ledger.refusals import LedgerReason
from firstkey.ledger.tiles import TILE_WIDTH
from firstkey.ports.fact_store import Recorded, Slot
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseCursor, CaseIndex, CaseRow, Queued
from firstkey.storage.chains import Chain, Chains
from firstkey.storage.rows import ReadableRows
from firstkey.storage.seals import Seals
from firstkey.values.errors import Defect, Refused

_BEFORE_ALL = CaseCursor(-1, "")


class View:
    """Reads what is stored; a `ports.fact_store.Reader`.

    Args:
        rows: where from.
        seals: opens documents, under the key that facts are sealed with.
        chains: what is remembered of streams.
    """

    def __init__(self, rows: ReadableRows, seals: Seals, chains: Chains) -> None:
        self._readable = rows
        self._seals = seals
        self._chains = chains

    def load(self, stream: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a stream's facts after a number, the whole chain verified."""
        chain = self._chains.find(stream)
        if chain is None or chain.facts is None:
            chain = self._whole(stream)
            self._chains.learn(stream, chain)
        return (chain.facts or ())[after:]

    def head(self, stream: str) -> int:
        """Return a stream's last number."""
        return self._chain(stream).head.number

    def _chain(self, stream: str) -> Chain:
        """Return a stream of which at least the end is verified."""
        chain = self._chains.find(stream)
        if chain is None:
            chain = self._end(stream)
            self._chains.learn(stream, chain)
        return chain

    def _whole(self, stream: str) -> Chain:
        facts = tuple(self._readable.facts(stream, 0))
        head = Head()
        for fact in facts:
            head = self._follow(stream, head, fact)
        self._check_cut(stream, head)
        return Chain(head, facts)

    def _end(self, stream: str) -> Chain:
        last = self._readable.last_facts(stream, 2)
        head = Head()
        if last:
            head = self._follow(stream, _head_before(last), last[0])
        self._check_cut(stream, head)
        return Chain(head, None)

    def _follow(self, stream: str, head: Head, fact: Recorded) -> Head:
        mac = self._seals.macs.mac(
            head.mac, stream=stream, number=head.number + 1, kind=fact.kind, body=fact.body, at=fact.at
        )
        if fact.number != head.number + 1 or not hmac.compare_digest(fact.mac.encode(), mac.hex().encode()):
            raise Refused(LedgerReason.ChainBroken, f"stream {stream}, number {head.number + 1}")
        return Head(fact.number, mac)

    def _check_cut(self, stream: str, head: Head) -> None:
        """A chain cannot tell that its end is missing; its entries in the ledger can."""
        if self._readable.ledger_number(stream) > head.number:
            raise Refused(LedgerReason.ChainBroken, f"stream {stream} is cut off after number {head.number}")

    def holder(self, slot: Slot) -> str | None:
        """Return the stream that holds a slot."""
        return self._readable.holder(slot)

    def document(self, kind: DocumentKind, key: str) -> bytes | None:
        """Return a document."""
        stored = self._readable.document(kind, key)
        return None if stored is None else self._seals.open(kind, key, stored)

    def documents(
        self, kind: DocumentKind, prefix: str = "", *, after: str = "", limit: int
    ) -> tuple[tuple[str, bytes], ...]:
        """Return documents by prefix, in key order."""
        found = self._readable.documents(kind, prefix, after, _page(limit))
        return tuple((key, self._seals.open(kind, key, stored)) for key, stored in found)

    def cases(
        self, by: CaseIndex, value: str = "", *, after: CaseCursor | None = None, limit: int
    ) -> tuple[CaseRow, ...]:
        """Return a page of cases, the first due first."""
        return tuple(self._readable.cases(by, value, after or _BEFORE_ALL, _page(limit)))

    def outbox_due(self, now: int, limit: int) -> tuple[Queued, ...]:
        """Return due effects, the first of each lane."""
        return tuple(self._readable.outbox_due(now, _page(limit)))

    @property
    def checkpoint_size(self) -> int:
        """How many entries the last committed checkpoint covers."""
        newest = self._readable.checkpoint()
        return 0 if newest is None else newest[0]

    def checkpoint(self) -> bytes | None:
        """Return the last committed checkpoint."""
        newest = self._readable.checkpoint()
        return None if newest is None else newest[1]

    def ledger_index(self, stream: str, number: int) -> int | None:
        """Return the index of a fact's entry."""
        return self._readable.ledger_index(stream, number)

    def leaves(self, start: int, limit: int) -> tuple[bytes, ...]:
        """Return entries from an index on."""
        return tuple(self._readable.leaves(start, _page(limit)))

    def hashes(self, level: int, start: int, count: int) -> tuple[bytes, ...]:
        """Return hashes of a tile level, a tile at most."""
        return tuple(self._readable.hashes(level, start, _page(count, TILE_WIDTH)))


def _head_before(last: list[Recorded]) -> Head:
    """Return where a stream stood before its last fact, on the word of the fact before that."""
    if len(last) == 1:
        return Head()
    try:
        return Head(last[1].number, bytes.fromhex(last[1].mac))
    except ValueError as error:
        raise Refused(LedgerReason.ChainBroken, f"stream {last[1].stream}, number {last[1].number}") from error


def _page(rows: int, rows_max: int = PAGE_ROWS_MAX) -> int:
    if not 0 < rows <= rows_max:
        raise Defect(f"a page of {rows} rows")
    return rows
