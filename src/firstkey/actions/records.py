"""People as an administrator brings them in from a source of record: one signed list, all or nothing.

A list that changes what is on record of somebody who holds a duty takes two administrators: one alone could end the
keys of all others.
"""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import accept_from_administrators, judge_all
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import IMPORT, SOURCE_RANK, PersonRecord, find_person, store_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recording import PersonToRecord, Speaker, join_person
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import PeopleRecorded, append_site_facts, site_state
from firstkey.values import canonical
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused

RECORD_PEOPLE = "record_people"


class PeopleToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list, and an administrator's act that names its digest; `also` is another's, where two must sign."""

    people: tuple[PersonToRecord, ...]
    signed: SignedStatement
    also: SignedStatement | None = None


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
        Refused: NotEligible, ActNotForThis, AccountTaken, SecondSignatureMissing.
    """
    judged = await judge_all(site, caller, (asked.signed,) if asked.also is None else (asked.signed, asked.also))
    digest = digest_of_people(asked.people)

    def work(casework: Casework) -> PeopleAnswer:
        tx = casework.tx
        by = accept_from_administrators(casework, judged, RECORD_PEOPLE, (digest,))
        for said in asked.people:
            before = find_person(tx, said.person)
            record = join_person(before, said, Speaker(IMPORT, SOURCE_RANK), tx.now)
            if len(by) == 1 and before not in (None, record) and _is_operator(casework, record):
                raise Refused(ActionReason.SecondSignatureMissing, said.person)
            store_person(tx, record)
            casework.look_again(record)
        recorded = PeopleRecorded(
            at=tx.now, person=by[0].person, statement=by[0].statement, count=len(asked.people), digest=digest
        )
        append_site_facts(site, tx, recorded)
        return PeopleAnswer(recorded=len(asked.people))

    return await run(site, work)


def _is_operator(casework: Casework, record: PersonRecord) -> bool:
    return any(grant.person == record.person for grant in site_state(casework.site, casework.tx).state.grants)
