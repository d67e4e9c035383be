"""People as an administrator brings them in from a source of record: one signed list, all or nothing."""

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import MATURES_MS, SOURCE_RANK, PersonRecord, find_person, store_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import PeopleRecorded, append_site_facts, site_state
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.policy.facts import FACTS, Asserted, FactReason
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Malformed, Refused

RECORD_PEOPLE = "record_people"
OF_RECORD = frozenset({"people", "assets"})
"""The kinds of source that such a list can speak for; how a case was opened is nobody's to import."""


class PersonToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person as a source of record has them. `facts` are selection facts by name (see `policy.facts`)."""

    person: Text
    account: Text
    user_name: str
    display_name: str
    active: bool = True
    privileged: bool = False
    ends_at: int | None = None
    manager: str | None = None
    unit: str | None = None
    vendor: str | None = None
    asset: str | None = None
    facts: dict[str, str] = {}


class PeopleToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list, and an administrator's act that names its digest."""

    people: tuple[PersonToRecord, ...]
    signed: SignedStatement


class PeopleAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many were stored."""

    recorded: int


def digest_of_people(people: tuple[PersonToRecord, ...]) -> str:
    """Return what the act names: SHA-256, hex, of the canonical list."""
    return sha256_hex(canonical.encode(msgspec.to_builtins(people)))


async def record_people(site: Site, caller: Operator, asked: PeopleToRecord) -> PeopleAnswer:
    """Store people, and write down in the same transaction what it means for their open cases and their keys.

    Raises:
        Malformed: a fact that no such source may assert.
        Refused: NotEligible, ActNotForThis, AccountTaken.
    """
    verdict, evidence = await judge_signed(site, asked.signed, caller.person)
    digest = digest_of_people(asked.people)

    def work(casework: Casework) -> PeopleAnswer:
        tx = casework.tx
        if (caller.person, ADMINISTRATOR) not in site_state(site, tx).state.eligible:
            raise Refused(R.NotEligible)
        if (verdict.act, verdict.names) != (RECORD_PEOPLE, (digest,)):
            raise Refused(R.ActNotForThis)
        casework.accept(verdict, evidence)
        for person in asked.people:
            record = _record(find_person(tx, person.person), person, tx.now)
            store_person(tx, record)
            casework.look_again(record)
        recorded = PeopleRecorded(
            at=tx.now,
            person=caller.person,
            statement=verdict.statement_digest,
            count=len(asked.people),
            digest=digest,
        )
        append_site_facts(site, tx, recorded)
        return PeopleAnswer(recorded=len(asked.people))

    return await run(site, work)


def _record(before: PersonRecord | None, said: PersonToRecord, now: int) -> PersonRecord:
    """Join what is said now to what was said before; an account that comes back is another incarnation."""
    if before is not None and before.account != said.account:
        raise Refused(ActionReason.AccountUnknown)
    returned = before is not None and said.active and not before.active
    incarnation = 1 if before is None else before.incarnation + (1 if returned else 0)
    same_manager = before is not None and before.manager == said.manager
    account = "privileged" if said.privileged else "standard"
    asserted = [
        Asserted(name, value, f"{_kind_of_source(name)}:import", SOURCE_RANK, now)
        for name, value in sorted({**said.facts, "account": account}.items())
        if not _says_already(before, name, value)
    ]
    return PersonRecord(
        person=said.person,
        account=said.account,
        user_name=said.user_name,
        display_name=said.display_name,
        incarnation=incarnation,
        active=said.active,
        privileged=said.privileged,
        ends_at=said.ends_at,
        manager=said.manager,
        manager_since=before.manager_since if same_manager and before is not None else now,
        unit=said.unit,
        vendor=said.vendor,
        asset=said.asset,
        manager_counts_from=_counts_from(before, said, "manager", now),
        asset_counts_from=_counts_from(before, said, "asset", now),
        asserted=(*(() if before is None else before.asserted), *asserted),
    )


def _counts_from(before: PersonRecord | None, said: PersonToRecord, name: str, now: int) -> int:
    """Return from when a manager or asset counts. Taken away and given again, it is a changed one."""
    was, since = (None, 0) if before is None else (getattr(before, name), getattr(before, f"{name}_counts_from"))
    if was == getattr(said, name):
        return since
    return 0 if (was, since) == (None, 0) else now + MATURES_MS


def _kind_of_source(fact: str) -> str:
    """Return whose word a fact is, of those that a list can speak for."""
    known = FACTS.get(fact)
    kinds = OF_RECORD.intersection(() if known is None else known.of_record)
    if not kinds:
        raise Malformed(FactReason.UnknownFact, fact)
    return min(kinds)


def _says_already(before: PersonRecord | None, name: str, value: str) -> bool:
    said = [one for one in (() if before is None else before.asserted) if one.fact == name]
    return bool(said) and said[-1].value == value
