"""A founder and the person of that name whom HR knows are one human: two administrators say so, once.

Founders come before any source of record, so each is a person of their own, unless they named their HR id in founding.
From the act on there is one person, by HR's id: the founder's account, keys and duties are theirs, and wherever an open
case names the founder, it names them; nobody counts twice.
"""

import msgspec

from firstkey.actions.acts import SignedStatement, credential_record, store_credential
from firstkey.actions.administration import accept_from_administrators, check_administrators_stay, judge_all
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import FOUNDING, PersonRecord, find_person, forget_person, store_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import FounderIdentified
from firstkey.actions.site_stream import append_site_facts, site_state
from firstkey.actions.streams import read_holdings
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.case.refusals import R
from firstkey.values.errors import Refused

IDENTIFY_FOUNDER = "identify_founder"
SIGNERS = 2


class FounderToIdentify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A founder, the person of record whom they are, and two administrators' acts that name both."""

    founder: Text
    person: Text
    signed: tuple[SignedStatement, ...]


class FounderAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one person, and all their accounts."""

    person: str
    accounts: tuple[str, ...]


def _both(casework: Casework, asked: FounderToIdentify) -> tuple[PersonRecord, PersonRecord]:
    founders = {person for person, _, _ in site_state(casework.site, casework.tx).state.founders}
    founder, person = find_person(casework.tx, asked.founder), find_person(casework.tx, asked.person)
    if asked.founder not in founders or founder is None or founder.source != FOUNDING:
        raise Refused(ActionReason.PersonUnknown, "no founder who is still to be identified")
    if person is None or person.source == FOUNDING or asked.person in founders:
        raise Refused(ActionReason.PersonUnknown, "no person of record who is no founder yet")
    return founder, person


async def identify_founder(site: Site, caller: Operator, asked: FounderToIdentify) -> FounderAnswer:
    """Make a founder the person of record whom they are. Their sessions end.

    Raises:
        Refused: NotEligible, ActNotForThis, PeopleTooFew, PersonUnknown; AdministratorsTooFew, if the person has left.
    """
    judged = await judge_all(site, caller, asked.signed)

    def work(casework: Casework) -> FounderAnswer:
        tx = casework.tx
        by = accept_from_administrators(casework, judged, IDENTIFY_FOUNDER, (asked.founder, asked.person))
        if len(by) != SIGNERS:
            raise Refused(R.PeopleTooFew)
        founder, person = _both(casework, asked)
        for account in founder.every_account:
            for held in read_holdings(site, tx, account).state.held:
                record = credential_record(tx, held.credential)
                store_credential(tx, msgspec.structs.replace(record, holder=person.person))
        forget_person(tx, founder)
        one = msgspec.structs.replace(person, accounts=(*person.accounts, *founder.every_account))
        store_person(tx, one)
        identified = FounderIdentified(at=tx.now, founder=asked.founder, person=asked.person, by=by)
        check_administrators_stay(casework, append_site_facts(site, tx, identified))
        casework.look_again(one)
        return FounderAnswer(one.person, one.every_account)

    return await run(site, work)
