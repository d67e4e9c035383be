"""Recall by provenance: every credential that rests on something is out of use at once, and then for good.

One administrator who signs what was found takes all of it out of use: suspended here, pushed to the destinations, the
sessions of these accounts ended. A second one makes it final: recalled here, removed there, read back. What is not
confirmed is red; nothing but a reading shows that something is gone. A key that its case has not activated yet is
stopped by a hold on the case, which two people without a part in it end (docs/decisions/0010).

Portions of a long list follow one another by themselves, from the outbox: a restart loses none.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from firstkey.actions.administration import ADMINISTRATORS_MIN
from firstkey.actions.casework import Casework
from firstkey.actions.confirmations import OVER, standing_of
from firstkey.actions.effects import Effect, Wanted, item_of
from firstkey.actions.people import PersonRecord, find_person
from firstkey.actions.provenance import Found, Node, Provenance
from firstkey.actions.reasons import ActionReason
from firstkey.actions.sessions import end_session, sessions_of
from firstkey.actions.site_stream import new_fact, site_state
from firstkey.actions.streams import read_holdings
from firstkey.enrollment.activation import HoldingsCommand, RecallCredential, SuspendCredential
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, Closure, CredentialState
from firstkey.enrollment.request import HoldCase
from firstkey.ledger.entry import Activity
from firstkey.policy.model import Tier
from firstkey.ports.fact_store import Reader
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused

PORTION = 100
"""So many credentials are taken out of use in one transaction."""

NOTICE = "recall"


class RecallBegun(Fact, frozen=True):
    """Administrators signed that all credentials resting on something are to be out of use; `digest` names them."""

    node: Node
    value: str
    count: int
    digest: str
    by: tuple[By, ...]


class RecallConfirmed(Fact, frozen=True):
    """A second administrator signed that it is for good."""

    by: By


class CredentialNamed(Fact, frozen=True):
    """A credential that a recall takes out of use, and why it rests on what is recalled."""

    credential: str
    account: str
    case: str
    why: tuple[str, ...]


class RecallKept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recall and how far it has come.

    Attributes:
        by: who began it. final: whether a second administrator has signed.
        portions: how many portions there are; suspended, finished: how many are out of use, and for good.
    """

    recall: str
    node: Node
    value: str
    digest: str
    count: int
    begun_at: int
    by: tuple[str, ...]
    final: bool
    portions: int
    suspended: int = 0
    finished: int = 0

    @property
    def waits(self) -> bool:
        """Whether there is something that it can do by itself."""
        return self.suspended < self.portions or (self.final and self.finished < self.portions)


def digest_of(found: Sequence[Found]) -> str:
    """Return what the act of recalling names: SHA-256, hex, of the canonical list of credential ids, sorted."""
    return sha256_hex(canonical.encode(sorted(each.provenance.credential for each in found)))


def recall_stream(recall: str) -> str:
    """Return the name of a recall's stream."""
    return f"recall/{recall}"


def kept_recall(reader: Reader, recall: str) -> RecallKept:
    """Return a recall.

    Raises:
        Refused: NotFound.
    """
    body = reader.document(DocumentKind.RECALL, recall)
    if body is None or "/" in recall:
        raise Refused(ActionReason.NotFound)
    return msgspec.json.decode(body, type=RecallKept)


def every_recall(reader: Reader, after: str = "") -> Iterator[RecallKept]:
    """Read all recalls, by id."""
    while page := reader.documents(DocumentKind.RECALL, after=after, limit=1):
        yield kept_recall(reader, page[0][0])
        after = f"{page[0][0]}0"  # past its portions, whose keys continue with a slash


def portion_of(reader: Reader, recall: str, number: int) -> tuple[Found, ...]:
    """Return the credentials of a portion, from 0."""
    body = reader.document(DocumentKind.RECALL, f"{recall}/{number}")
    return () if body is None else msgspec.json.decode(body, type=tuple[Found, ...])


def _put(casework: Casework, kept: RecallKept) -> None:
    casework.tx.put_document(DocumentKind.RECALL, kept.recall, canonical.encode(msgspec.to_builtins(kept)))


def _append(casework: Casework, recall: str, *happened: Fact) -> None:
    tx, stream = casework.tx, recall_stream(recall)
    tx.append(stream, tx.head(stream), [new_fact(fact, Activity.ADMINISTRATION) for fact in happened])


def check_enough_administrators(casework: Casework, found: Sequence[Found]) -> None:
    """Refuse a recall after which fewer than two administrators could sign, for nobody could mend what it did.

    Raises:
        Refused: AdministratorsTooFew.
    """
    tx, gone = casework.tx, {each.provenance.credential for each in found}

    def can_sign(person: str) -> bool:
        record = find_person(tx, person)
        accounts = () if record is None else record.every_account
        held = (each for account in accounts for each in read_holdings(casework.site, tx, account).state.held)
        usable = (each for each in held if each.tier is Tier.PRIVILEGED and each.credential not in gone)
        return any(casework.is_usable(person, each.credential) for each in usable)

    administrators = site_state(casework.site, tx).state.administrators(tx.now)
    if sum(map(can_sign, administrators)) < ADMINISTRATORS_MIN:
        raise Refused(ActionReason.AdministratorsTooFew)


def begin_recall(
    casework: Casework, recall: str, node: Node, value: str, found: Sequence[Found], by: tuple[By, ...]
) -> RecallKept:
    """Note all that is found, and take the first portion out of use in the same transaction."""
    portions = [tuple(found[start : start + PORTION]) for start in range(0, len(found), PORTION)]
    for number, portion in enumerate(portions):
        body = canonical.encode(msgspec.to_builtins(portion))
        casework.tx.put_document(DocumentKind.RECALL, f"{recall}/{number}", body)
    digest = digest_of(found)
    begun = RecallBegun(at=casework.tx.now, node=node, value=value, count=len(found), digest=digest, by=by)
    _append(casework, recall, begun)
    kept = RecallKept(
        recall=recall,
        node=node,
        value=value,
        digest=digest,
        count=len(found),
        begun_at=casework.tx.now,
        by=tuple(each.person for each in by),
        final=len(by) > 1,
        portions=len(portions),
    )
    return _go_on(casework, kept)


def confirm_recall(casework: Casework, kept: RecallKept, by: By) -> RecallKept:
    """Make it final, and the first portion so in the same transaction."""
    _append(casework, kept.recall, RecallConfirmed(at=casework.tx.now, by=by))
    return _go_on(casework, replace(kept, final=True))


def carry_on(casework: Casework, wanted: Wanted) -> None:
    """Take the next portion; a rule of the outbox that is done as soon as it is asked."""
    kept = kept_recall(casework.tx, wanted.subject)
    if kept.waits:
        _go_on(casework, kept)


def _go_on(casework: Casework, kept: RecallKept) -> RecallKept:
    """Take a portion: of what is to be suspended first, then of what is to be final; and see to the next."""
    if kept.suspended < kept.portions:
        _suspend_portion(casework, kept)
        kept = replace(kept, suspended=kept.suspended + 1)
    if kept.final and kept.suspended == kept.portions and kept.finished < kept.portions:
        for each in portion_of(casework.tx, kept.recall, kept.finished):
            _end(casework, each.provenance)
        kept = replace(kept, finished=kept.finished + 1)
    _put(casework, kept)
    if kept.waits:
        lane = recall_stream(kept.recall)
        casework.tx.enqueue(item_of(Effect.PORTION, Wanted("", "", lane, kept.recall)))
    return kept


def _suspend_portion(casework: Casework, kept: RecallKept) -> None:
    portion = portion_of(casework.tx, kept.recall, kept.suspended)
    for each in portion:
        _stop(casework, each.provenance)
        _end_sessions(casework, each.provenance)
    named = (
        CredentialNamed(
            at=casework.tx.now,
            credential=each.provenance.credential,
            account=each.provenance.account,
            case=each.provenance.case,
            why=each.why,
        )
        for each in portion
    )
    _append(casework, kept.recall, *named)


def _completed(casework: Casework, row: Provenance) -> bool:
    state = casework.read(row.case)
    return isinstance(state, Case) and state.closed is Closure.COMPLETED


def _at_account(casework: Casework, row: Provenance, command: HoldingsCommand) -> None:
    record = find_person(casework.tx, row.person)
    known = record is not None and row.account in record.every_account
    nobody = PersonRecord(row.person, row.account, "", "", active=False)
    casework.decide_holdings(record.at_account(row.account) if record is not None and known else nobody, command)


def _stop(casework: Casework, row: Provenance) -> None:
    """Take a credential out of use: by its account, or with the case that has not activated it yet."""
    if _completed(casework, row):
        command = SuspendCredential(credential=row.credential, cause=Cause.WITHDRAWN_FOR_CAUSE)
        _at_account(casework, row, command)
        return
    standing = standing_of(casework.site, casework.tx, row.case, row.credential)
    state = casework.read(row.case)
    if standing not in OVER and isinstance(state, Case) and state.hold is None:
        casework.decide(row.case, HoldCase(notice=NOTICE))


def _end(casework: Casework, row: Provenance) -> None:
    """Make it final, unless two administrators have given it back since."""
    standing = standing_of(casework.site, casework.tx, row.case, row.credential)
    if standing is CredentialState.SUSPENDED and _completed(casework, row):
        command = RecallCredential(credential=row.credential, cause=Cause.WITHDRAWN_FOR_CAUSE)
        _at_account(casework, row, command)


def _end_sessions(casework: Casework, row: Provenance) -> None:
    """End every session of an account, by whichever key it was opened."""
    tx = casework.tx
    standing = site_state(casework.site, tx).state
    for who in standing.ids_of(standing.known_as(row.person)):
        for key, session in sessions_of(tx, who, standing.epoch, tx.now):
            if session.account == row.account:
                end_session(tx, who, key)
