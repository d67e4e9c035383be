"""Opening a case, holding it, letting it go on."""

from collections.abc import Callable

import msgspec

from firstkey.actions.acts import Evidence, SignedStatement, judge_signed
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.crew import may_see
from firstkey.actions.operators import CaseAnswer, case_answer, do_signed, do_signed_by_two
from firstkey.actions.people import PersonRecord, person_of_account
from firstkey.actions.reasons import ActionReason
from firstkey.actions.scopes import subject_of
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.actions.velocity import OPEN_CASE, count_act
from firstkey.ceremonies.statements import ActVerdict
from firstkey.enrollment.case.limits import CASE_LIFETIME_MS_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Cause, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.request import HoldCase, LiftHold, OpenCase, ReviseCase
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import b64u, commitment, sha256_hex
from firstkey.values.errors import Refused

HANDLE_BYTES = 16
SALT_BYTES = 32
REPORT_STOLEN = "report_stolen"
"""The act that names an account and its credential which somebody else may have."""


class CaseToOpen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a requester asks for.

    Attributes:
        stolen: of a lost credential, that somebody else may have it. It is suspended at once, so the requester's signed
            act has to name it, for a session alone takes no key away.
        on_behalf_of: whom the requester acts for, by their delegation.
    """

    account: str
    purpose: Purpose
    position: int = 0
    lost_credential: str | None = None
    stolen: bool = False
    lifetime_ms: int = CASE_LIFETIME_MS_MAX
    on_behalf_of: str | None = None
    signed: SignedStatement | None = None


class CaseBegun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new case. The handle names it to the joiner's page, in the fragment of its address, and admits nobody."""

    case: str
    handle: str
    stage: Stage
    path: str
    relayable: bool
    seen_by_staff: bool


async def open_case(site: Site, caller: Operator, asked: CaseToOpen) -> CaseBegun:
    """Open a case on the path that the policy picks.

    Raises:
        Refused: AccountUnknown, also where the caller may not see the person; VelocityReached; what the act lacks;
            or what the core finds. A prohibited request is recorded.
    """
    judged = None if asked.signed is None else await judge_signed(site, asked.signed, caller.person)

    def whose(casework: Casework) -> PersonRecord:
        person = person_of_account(casework.tx, asked.account)
        standing, now = site_state(site, casework.tx).state, casework.tx.now
        itself = caller.person == person.person
        if not itself and not may_see(casework.tx, standing, caller.person, person, subject_of(person), now):
            raise Refused(ActionReason.AccountUnknown)
        count_act(casework.tx, standing, caller.person, OPEN_CASE)
        if asked.stolen:
            _accept_report(casework, asked, judged)
        return person

    return await begin_case(site, asked, caller.person, whose)


def _accept_report(casework: Casework, asked: CaseToOpen, judged: tuple[ActVerdict, Evidence] | None) -> None:
    if judged is None:
        raise Refused(ActionReason.ReportUnsigned)
    verdict, evidence = judged
    said = (verdict.act, verdict.case, verdict.names, verdict.on_behalf_of)
    if said != (REPORT_STOLEN, None, (asked.account, asked.lost_credential), asked.on_behalf_of):
        raise Refused(R.ActNotForThis)
    casework.accept(verdict, evidence)


async def begin_case(
    site: Site, asked: CaseToOpen, requester: str | None, whose: Callable[[Casework], PersonRecord]
) -> CaseBegun:
    """Open a case for whoever may ask.

    Args:
        site: the site.
        asked: what for.
        requester: the person who asks; None for a feed.
        whose: finds the person, and refuses what the asker may not, in the same transaction.
    """
    case, handle = b64u(site.entropy.draw(16)), b64u(site.entropy.draw(HANDLE_BYTES))
    salt = site.entropy.draw(SALT_BYTES)

    def work(casework: Casework) -> Decision:
        person = whose(casework)
        committed = commitment(salt, person.account.encode())
        casework.tx.put_document(DocumentKind.SALT, committed, salt)
        command = OpenCase(
            site=site.settings.site,
            case=case,
            account=person.account,
            account_commitment=committed,
            purpose=asked.purpose,
            handle_digest=sha256_hex(handle.encode()),
            lifetime_ms=asked.lifetime_ms,
            requester=requester,
            delegator=asked.on_behalf_of,
            position=asked.position,
            lost_credential=asked.lost_credential,
            lost_cause=None if asked.lost_credential is None else Cause.STOLEN if asked.stolen else Cause.LOST,
        )
        return casework.decide(case, command)

    state = tell(await run(site, work))
    assert isinstance(state, Case)  # a decision without a refusal has opened it
    required = state.requirements
    return CaseBegun(
        case=case,
        handle=handle,
        stage=case_answer(case, state).stage,
        path=state.path,
        relayable=required.relayable,
        seen_by_staff=required.seen_by_staff,
    )


class ActOnCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed act and nothing else."""

    signed: SignedStatement


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed act; where it never should have been given, `for_cause`, and the act names that."""

    signed: SignedStatement
    for_cause: bool = False


class ActOfTwo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two people signed."""

    signed: tuple[SignedStatement, ...]


class EndToBringForward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the case is to end now, an instant in milliseconds, before it would have."""

    expires_at: int


async def revise_case(site: Site, caller: Operator, case: str, asked: EndToBringForward) -> CaseAnswer:
    """Bring the end of a case forward, before there is a pass; what was signed under the case before is void."""

    def work(casework: Casework) -> Decision:
        casework.check_sees(caller.person, case)
        return casework.decide(case, ReviseCase(person=caller.person, expires_at=asked.expires_at))

    return case_answer(case, tell(await run(site, work)))


async def hold_case(site: Site, caller: Operator, case: str, asked: ActOnCase) -> CaseAnswer:
    """Stop a case."""
    return await do_signed(site, caller, case, asked.signed, lambda act: HoldCase(act=act))


async def lift_hold(site: Site, caller: Operator, case: str, asked: ActOfTwo) -> CaseAnswer:
    """Let a held case go on."""
    return await do_signed_by_two(site, caller, case, asked.signed, lambda acts: LiftHold(acts=acts))
