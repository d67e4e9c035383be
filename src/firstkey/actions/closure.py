"""Ending a case, and reviewing an exceptional one."""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.claim import Nothing
from firstkey.actions.operators import CaseAnswer, case_answer, do_signed, do_signed_by_two
from firstkey.actions.request import ActOfTwo
from firstkey.actions.site import Operator, Site
from firstkey.enrollment.closure import RecordReview, ReportFraud, WithdrawCase
from firstkey.enrollment.lifecycle.decide import Decision


async def withdraw_case(site: Site, caller: Operator, case: str, _: Nothing) -> CaseAnswer:
    """End a case that is no longer wanted."""

    def work(casework: Casework) -> Decision:
        casework.check_sees(caller.person, case, as_joiner=True)
        return casework.decide(case, WithdrawCase(person=caller.person))

    return case_answer(case, tell(await run(site, work)))


async def report_fraud(site: Site, caller: Operator, case: str, asked: ActOfTwo) -> CaseAnswer:
    """End a held case as a fraud."""
    return await do_signed_by_two(site, caller, case, asked.signed, lambda acts: ReportFraud(acts=acts))


class ReviewToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reviewer found, and their act that names it."""

    outcome: str
    signed: SignedStatement


async def record_review(site: Site, caller: Operator, case: str, asked: ReviewToRecord) -> CaseAnswer:
    """Review a case after it is over."""
    return await do_signed(site, caller, case, asked.signed, lambda act: RecordReview(act=act, outcome=asked.outcome))
