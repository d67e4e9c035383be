"""Taking a credential out of use for now, and giving it back. Lowering trust takes one person, raising it two.

The holder may stop any key of theirs; so may whoever administers the site or answers for its security. What stands at
a destination is told there, and what is in use here ends with it: a session lives no longer than its key.
"""

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed, signed_act
from firstkey.actions.administration import check_named, judge_all
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import PersonRecord, person_of_account
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.actions.streams import read_holdings
from firstkey.ceremonies.statements import Text
from firstkey.enrollment.activation import RestoreCredential, SuspendCredential
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.enrollment.case.words import Cause, CredentialState
from firstkey.policy.model import ApproverRule
from firstkey.values.errors import Refused

SUSPEND_CREDENTIAL = "suspend_credential"
MAY_SUSPEND = frozenset({ADMINISTRATOR, ApproverRule.SECURITY.value})


class CredentialToSuspend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential of an account, and an act that names account and credential."""

    account: Text
    credential: Text
    signed: SignedStatement


class CredentialToRestore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential of an account, and what two administrators signed: act `restore_credential`, the account in the
    place of a case, revision 0, naming the credential.
    """

    account: Text
    credential: Text
    signed: tuple[SignedStatement, ...]


class CredentialShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a credential stands now; None when it is out of use for good."""

    account: str
    credential: str
    state: CredentialState | None


def _shown(casework: Casework, account: str, credential: str) -> CredentialShown:
    held = read_holdings(casework.site, casework.tx, account).state.find(credential)
    return CredentialShown(account, credential, None if held is None else held.state)


def _whose(casework: Casework, account: str) -> PersonRecord:
    try:
        return person_of_account(casework.tx, account)
    except Refused as refused:
        raise Refused(ActionReason.NotFound) from refused  # who may not suspend learns nothing of accounts


async def suspend_credential(site: Site, caller: Operator, asked: CredentialToSuspend) -> CredentialShown:
    """Take a credential out of use until two administrators give it back.

    Raises:
        Refused: NotFound, also for whoever may not; ActNotForThis, CredentialNotHeld, CredentialStateDiffers.
    """
    verdict, evidence = await judge_signed(site, asked.signed, caller.person)

    def work(casework: Casework) -> CredentialShown:
        tx, person = casework.tx, _whose(casework, asked.account)
        duties = {grant.duty for grant in site_state(site, tx).state.grants_of(caller.person, tx.now)}
        own = person.person == caller.person
        if not own and not duties & MAY_SUSPEND:
            raise Refused(ActionReason.NotFound)
        check_named(verdict, SUSPEND_CREDENTIAL, (asked.account, asked.credential))
        casework.accept(verdict, evidence, as_holder=own)
        command = SuspendCredential(credential=asked.credential, cause=Cause.REQUESTED)
        casework.decide_holdings(person.at_account(asked.account), command)
        return _shown(casework, asked.account, asked.credential)

    return await run(site, work)


async def restore_credential(site: Site, caller: Operator, asked: CredentialToRestore) -> CredentialShown:
    """Give a suspended credential back.

    Raises:
        Refused: AccountUnknown, or what the core finds in the acts and the credential.
    """
    judged = await judge_all(site, caller, asked.signed)
    acts = tuple(signed_act(each.verdict) for each in judged)

    def work(casework: Casework) -> CredentialShown:
        allowed = site_state(site, casework.tx).state.administrators(casework.tx.now)
        if not {act.person for act in acts} <= allowed:
            raise Refused(R.NotEligible)  # first: who may not restore learns nothing of accounts
        person = person_of_account(casework.tx, asked.account).at_account(asked.account)
        for verdict, evidence in judged:
            casework.accept(verdict, evidence)
        command = RestoreCredential(credential=asked.credential, acts=acts)
        casework.decide_holdings(person, command, frozenset(act.statement for act in acts))
        return _shown(casework, asked.account, asked.credential)

    return await run(site, work)
