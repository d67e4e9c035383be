"""Who asks for a recall, and what they are shown: what rests on something, and how red it still is."""

from enum import StrEnum
from itertools import islice
from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import accept_from_administrators, judge_all
from firstkey.actions.casework import Casework, run
from firstkey.actions.confirmations import OVER, is_confirmed, standing_of
from firstkey.actions.effects import Effect
from firstkey.actions.provenance import Found, Node, resting_on
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recall import (
    RecallKept,
    begin_recall,
    check_enough_administrators,
    confirm_recall,
    digest_of,
    every_recall,
    kept_recall,
    portion_of,
)
from firstkey.actions.scopes import EVERYTHING
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.actions.streams import read_case
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import CredentialState
from firstkey.policy.model import ApproverRule
from firstkey.ports.fact_store import Reader, answer_async
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused

RECALL_CREDENTIALS, CONFIRM_RECALL = "recall_credentials", "confirm_recall"
MAY_LOOK = frozenset({ADMINISTRATOR, ApproverRule.SECURITY.value})
LISTED_MAX = 200
LOOK_SECONDS_MAX = 60.0
"""For looking through every credential; everything else is answered as usual."""


class Progress(StrEnum):
    """How far a credential of a recall is out of use. All are red but the last two."""

    WAITING = "waiting"
    HELD = "held"
    SUSPENDED = "suspended"
    RECALLED = "recalled"
    CONFIRMED = "confirmed"
    RESTORED = "restored"


GREEN = frozenset({Progress.CONFIRMED, Progress.RESTORED})


class CredentialFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential that rests on what was looked for.

    Attributes:
        why: duties of the person, or the kind of thing, or the key that vouched for it.
        destination: where it stands beside this site, None for here alone.
    """

    credential: str
    account: str
    person: str
    case: str
    path: str
    destination: str | None
    why: tuple[str, ...]


class ProvenanceAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to look for; `after` is the last credential of the page before."""

    node: Node
    value: Text
    after: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=LISTED_MAX)] = LISTED_MAX


class ProvenancePage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Credentials in use that rest on something: how many in all, what the act of recalling them names, a page."""

    count: int
    digest: str
    credentials: tuple[CredentialFound, ...]
    after: str | None


class RecallToBegin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to recall, the digest of what was found, and one or two administrators' act that names all three."""

    node: Node
    value: Text
    digest: str
    signed: Annotated[tuple[SignedStatement, ...], msgspec.Meta(min_length=1, max_length=2)]


class RecallToConfirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The act of a second administrator, that names recall and digest."""

    signed: SignedStatement


class RecallShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall. `final`: a second administrator has signed, so that it goes on until all is confirmed."""

    recall: str
    node: Node
    value: str
    digest: str
    count: int
    begun_at: int
    by: tuple[str, ...]
    final: bool
    portions: int


class RecallRow(CredentialFound, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A credential of a recall, and how far it has come; red until it is read back as gone."""

    progress: Progress
    red: bool


class RecallAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which portion to show, from 0."""

    portion: Annotated[int, msgspec.Meta(ge=0)] = 0


class RecallReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall and a portion of its credentials; `next_portion` is None after the last."""

    state: RecallShown
    credentials: tuple[RecallRow, ...]
    next_portion: int | None


class RecallsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page after a recall's id."""

    after: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=LISTED_MAX)] = 50


class RecallList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Recalls by id; `after` asks for the next page."""

    recalls: tuple[RecallShown, ...]
    after: str | None


def _let_in(site: Site, reader: Reader, caller: Operator, now: int) -> None:
    grants = site_state(site, reader).state.grants_of(caller.person, now)
    if not any(grant.duty in MAY_LOOK and grant.scope == EVERYTHING for grant in grants):
        raise Refused(ActionReason.NotFound)


def find_in_use(site: Site, reader: Reader, node: Node, value: str) -> tuple[Found, ...]:
    """Return the credentials in use that rest on something."""
    standing = site_state(site, reader).state
    found = resting_on(reader, node, value, standing.known_as)
    return tuple(each for each in found if not each.provenance.over)


def _shown(kept: RecallKept) -> RecallShown:
    return RecallShown(**{name: getattr(kept, name) for name in RecallShown.__struct_fields__})


def credential_found(each: Found) -> CredentialFound:
    """Return a credential as it is listed."""
    row = each.provenance
    return CredentialFound(row.credential, row.account, row.person, row.case, row.path, row.destination, each.why)


async def show_provenance(site: Site, caller: Operator, asked: ProvenanceAsked) -> ProvenancePage:
    """List what rests on something; nothing happens to it.

    Raises:
        Malformed: SpanMalformed.
        Refused: NotFound.
    """

    def view(reader: Reader) -> ProvenancePage:
        _let_in(site, reader, caller, site.clock.now())
        found = find_in_use(site, reader, asked.node, asked.value)
        rest = [each for each in found if each.provenance.credential > asked.after]
        page = tuple(credential_found(each) for each in rest[: asked.limit])
        last = page[-1].credential if len(rest) > asked.limit else None
        return ProvenancePage(len(found), digest_of(found), page, last)

    return await answer_async(site.store.read(view), LOOK_SECONDS_MAX)


async def recall_credentials(site: Site, caller: Operator, asked: RecallToBegin) -> RecallShown:
    """Take everything that rests on something out of use.

    Raises:
        Malformed: SpanMalformed, or an assertion cannot be read.
        Refused: NotEligible, ActNotForThis, PeopleTooFew, RecallDiffers, AdministratorsTooFew, NotFound.
    """
    recall = b64u(site.entropy.draw(16))
    judged = await judge_all(site, caller, asked.signed)
    found = await answer_async(
        site.store.read(lambda reader: find_in_use(site, reader, asked.node, asked.value)), LOOK_SECONDS_MAX
    )

    def work(casework: Casework) -> RecallShown:
        names = (asked.node.value, asked.value, asked.digest)
        by = accept_from_administrators(casework, judged, RECALL_CREDENTIALS, names)
        if not found:
            raise Refused(ActionReason.NotFound)
        if digest_of(found) != asked.digest:
            raise Refused(ActionReason.RecallDiffers)
        check_enough_administrators(casework, found)
        return _shown(begin_recall(casework, recall, asked.node, asked.value, found, by))

    return await run(site, work)


async def confirm_recalled(site: Site, caller: Operator, recall: str, asked: RecallToConfirm) -> RecallShown:
    """Make a recall final.

    Raises:
        Refused: NotFound, NotEligible, ActNotForThis, PeopleTooFew, NotAStep.
    """
    judged = await judge_all(site, caller, (asked.signed,))

    def work(casework: Casework) -> RecallShown:
        kept = kept_recall(casework.tx, recall)
        by = accept_from_administrators(casework, judged, CONFIRM_RECALL, (recall, kept.digest))
        if kept.final:
            raise Refused(R.NotAStep, "the recall is final already")
        if by[0].person in map(site_state(site, casework.tx).state.known_as, kept.by):
            raise Refused(R.PeopleTooFew)
        return _shown(confirm_recall(casework, kept, by[0]))

    return await run(site, work)


async def list_recalls(site: Site, caller: Operator, asked: RecallsAsked) -> RecallList:
    """List the recalls that there were.

    Raises:
        Refused: NotFound.
    """

    def view(reader: Reader) -> RecallList:
        _let_in(site, reader, caller, site.clock.now())
        found = [_shown(kept) for kept in islice(every_recall(reader, asked.after), asked.limit + 1)]
        listed = tuple(found[: asked.limit])
        return RecallList(listed, f"{listed[-1].recall}0" if len(found) > asked.limit else None)

    return await answer_async(site.store.read(view), ANSWER_WITHIN_SECONDS)


async def show_recall(site: Site, caller: Operator, recall: str, asked: RecallAsked) -> RecallReport:
    """Show how far a recall has come.

    Raises:
        Refused: NotFound.
    """

    def view(reader: Reader) -> RecallReport:
        _let_in(site, reader, caller, site.clock.now())
        kept = kept_recall(reader, recall)
        reached = asked.portion < kept.suspended
        rows = tuple(_row(site, reader, each, reached) for each in portion_of(reader, recall, asked.portion))
        following = asked.portion + 1
        return RecallReport(_shown(kept), rows, following if following < kept.portions else None)

    return await answer_async(site.store.read(view), ANSWER_WITHIN_SECONDS)


def _row(site: Site, reader: Reader, each: Found, reached: bool) -> RecallRow:
    listed = credential_found(each)
    progress = _progress(site, reader, listed, reached)
    fields = {name: getattr(listed, name) for name in CredentialFound.__struct_fields__}
    return RecallRow(**fields, progress=progress, red=progress not in GREEN)


def _progress(site: Site, reader: Reader, listed: CredentialFound, reached: bool) -> Progress:
    """Return how far a credential has come, by our facts and by what its destination was read back to show."""
    standing = standing_of(site, reader, listed.case, listed.credential)
    if standing in OVER:
        gone = listed.destination is None or is_confirmed(reader, listed.account, listed.credential, Effect.RECALL)
        return Progress.CONFIRMED if gone else Progress.RECALLED
    if not reached:
        return Progress.WAITING
    if standing is CredentialState.SUSPENDED:
        state = read_case(site, reader, listed.case).state
        held = isinstance(state, Case) and state.closed is None
        return Progress.HELD if held else Progress.SUSPENDED
    return Progress.RESTORED
