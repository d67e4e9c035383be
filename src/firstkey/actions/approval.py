"""Consenting to a case, refusing it, taking consent back."""

from firstkey.actions.operators import CaseAnswer, do_signed
from firstkey.actions.request import ActOnCase, Withdrawal
from firstkey.actions.site import Operator, Site
from firstkey.enrollment.approval import DenyApproval, GiveApproval, WithdrawApproval


async def give_approval(site: Site, caller: Operator, case: str, asked: ActOnCase) -> CaseAnswer:
    """Consent to exactly the digest that the act signs."""
    return await do_signed(site, caller, case, asked.signed, lambda act: GiveApproval(act=act))


async def deny_approval(site: Site, caller: Operator, case: str, asked: ActOnCase) -> CaseAnswer:
    """Say no, which closes the case."""
    return await do_signed(site, caller, case, asked.signed, lambda act: DenyApproval(act=act))


async def withdraw_approval(site: Site, caller: Operator, case: str, asked: Withdrawal) -> CaseAnswer:
    """Take one's own consent back; for cause, that recalls what came of it."""
    return await do_signed(site, caller, case, asked.signed, lambda act: WithdrawApproval(act, asked.for_cause))
