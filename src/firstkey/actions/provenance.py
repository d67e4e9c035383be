"""What each credential rests on, kept beside it from its registration on, so that one look finds all that rest on one
thing: a person in any duty, a piece of evidence, a device, a policy, a model, another key, or a span of the ledger.

A row follows from its case's facts and is written in their transaction; it says nothing that the facts do not say. A
credential that another one vouched for rests on all that the other rests on.
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum, StrEnum

import msgspec

from firstkey.actions.effects import made_at
from firstkey.enrollment.case.state import Case, Credential
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.ledger.entry import read_entry
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.values import canonical
from firstkey.values.errors import Malformed, Says

CASE = "case/"
SPAN_ENTRIES_MAX = 100_000

_SPAN = re.compile(r"(0|[1-9][0-9]{0,14})-(0|[1-9][0-9]{0,14})")


class ProvenanceReason(Enum):
    """Why nothing can be looked for."""

    SpanMalformed = Says(
        "A span of entries is two numbers.", f"Write FIRST-LAST, at most {SPAN_ENTRIES_MAX} entries in all."
    )


class Node(StrEnum):
    """Kinds of what a credential can rest on."""

    CASE = "case"
    CREDENTIAL = "credential"
    DEVICE = "device"
    ENTRIES = "entries"
    EVIDENCE = "evidence"
    MODEL = "model"
    PERSON = "person"
    POLICY = "policy"


class Provenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a credential rests on.

    Attributes:
        credential: its id. account, person: whose it is. case: that made it.
        path, policy: the path, and the hex digest of the policy that was pinned.
        duties: (duty, person) of all who ever had a part in the case, delegates and delegators alike.
        evidence: commitment of the proofing that stands.
        device: thumbprint of the claiming device's key.
        model: AAGUID.
        vouched_by: the key whose assertion made the case go on.
        destination: where it was made, None for here.
        over: whether it is out of use for good.
    """

    credential: str
    account: str
    person: str
    case: str
    path: str
    policy: str
    duties: tuple[tuple[str, str], ...]
    evidence: str | None
    device: str | None
    model: str
    vouched_by: str | None
    destination: str | None
    over: bool = False


class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential that rests on what was looked for, and why it does: duties, or the kind of thing."""

    provenance: Provenance
    why: tuple[str, ...]


def record_provenance(tx: Transaction, case: Case) -> None:
    """Keep what a case's credential rests on, if there is one."""
    made = case.credential
    if made is None:
        return
    row = Provenance(
        credential=made.credential,
        account=case.account,
        person=case.person,
        case=case.case,
        path=case.path,
        policy=case.policy,
        duties=tuple(sorted((duty.value, person) for duty, person in case.duties)),
        evidence=None if case.proofing is None else case.proofing.evidence,
        device=None if case.claim is None else case.claim.device_key,
        model=made.made.aaguid,
        vouched_by=None if case.own_key is None else case.own_key.credential,
        destination=made_at(case),
        over=_is_over(tx, case, made),
    )
    _put(tx, row)


def _is_over(tx: Transaction, case: Case, made: Credential) -> bool:
    """Whether it is out of use for good: with its case, or by its account once the case has completed."""
    if case.closed is Closure.COMPLETED:
        before = _row(tx, made.credential)
        return before is not None and before.over
    return case.closed is not None or made.state is CredentialState.RECALLED


def end_provenance(tx: Transaction, credential: str) -> None:
    """Note that a credential is out of use for good, by its account."""
    row = _row(tx, credential)
    if row is not None:
        _put(tx, msgspec.structs.replace(row, over=True))


def _row(reader: Reader, credential: str) -> Provenance | None:
    body = reader.document(DocumentKind.PROVENANCE, credential)
    return None if body is None else msgspec.json.decode(body, type=Provenance)


def _put(tx: Transaction, row: Provenance) -> None:
    tx.put_document(DocumentKind.PROVENANCE, row.credential, canonical.encode(msgspec.to_builtins(row)))


def every_provenance(reader: Reader) -> Iterator[Provenance]:
    """Read all rows, a page at a time."""
    after = ""
    while page := reader.documents(DocumentKind.PROVENANCE, after=after, limit=PAGE_ROWS_MAX):
        yield from (msgspec.json.decode(body, type=Provenance) for _, body in page)
        after = page[-1][0]


def _span(value: str) -> range:
    match = _SPAN.fullmatch(value)
    first, last = (int(match[1]), int(match[2])) if match else (0, SPAN_ENTRIES_MAX)
    if last - first not in range(SPAN_ENTRIES_MAX):
        raise Malformed(ProvenanceReason.SpanMalformed, value)
    return range(first, last + 1)


def _cases_in(reader: Reader, span: range) -> frozenset[str]:
    """Return the cases of which an entry lies in a span."""
    found: set[str] = set()
    start = span.start
    while start < span.stop and (leaves := reader.leaves(start, min(PAGE_ROWS_MAX, span.stop - start))):
        found.update(
            stream.removeprefix(CASE)
            for stream in (read_entry(leaf).stream for leaf in leaves)
            if stream.startswith(CASE)
        )
        start += len(leaves)
    return frozenset(found)


def _question(
    reader: Reader, node: Node, value: str, known_as: Callable[[str], str]
) -> Callable[[Provenance], tuple[str, ...]]:
    """Return what tells of a row why it rests on something; nothing when it does not."""
    if node is Node.PERSON:
        person = known_as(value)
        return lambda row: tuple(duty for duty, who in row.duties if known_as(who) == person)
    if node is Node.ENTRIES:
        cases = _cases_in(reader, _span(value))
        return lambda row: (node.value,) if row.case in cases else ()
    if node is Node.CREDENTIAL:  # a founder's key has no row, and what it vouched for rests on it all the same
        named = {"credential": (node.value,), "vouched_by": (f"vouched for by {value}",)}
        return lambda row: next((why for name, why in named.items() if getattr(row, name) == value), ())
    return lambda row: (node.value,) if getattr(row, node.value) == value else ()


def resting_on(
    reader: Reader, node: Node, value: str, known_as: Callable[[str], str] = lambda person: person
) -> tuple[Found, ...]:
    """Find every credential that rests on something, directly or through the keys that vouched for it.

    Args:
        reader: a view of the store.
        node: what kind of thing.
        value: its id; of entries `FIRST-LAST`, both included.
        known_as: by which id a person goes now.

    Returns:
        Credentials in the order of their ids, those that are out of use among them.

    Raises:
        Malformed: SpanMalformed.
    """
    why_direct = _question(reader, node, value, known_as)
    rows = {row.credential: row for row in every_provenance(reader)}
    why = {credential: reasons for credential, row in rows.items() if (reasons := why_direct(row))}
    reached = set(why)
    while reached:
        reached = {row.credential for row in rows.values() if row.vouched_by in reached and row.credential not in why}
        why |= {credential: (f"vouched for by {rows[credential].vouched_by}",) for credential in reached}
    return tuple(Found(rows[credential], why[credential]) for credential in sorted(why))
