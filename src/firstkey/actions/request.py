"""Opening a case, holding it, letting it go on."""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.operators import CaseAnswer, case_answer, do_signed, do_signed_by_two
from firstkey.actions.people import person_of_account
from firstkey.actions.site import Operator, Site
from firstkey.enrollment.case.limits import CASE_LIFETIME_MS_MAX
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Cause, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.request import HoldCase, LiftHold, OpenCase
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import b64u, commitment, sha256_hex

HANDLE_BYTES = 16
SALT_BYTES = 32


class CaseToOpen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a requester asks for. `stolen` says of a lost credential that somebody else may have it."""

    account: str
    purpose: Purpose
    position: int = 0
    lost_credential: str | None = None
    stolen: bool = False
    lifetime_ms: int = CASE_LIFETIME_MS_MAX


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
        Refused: AccountUnknown, or what the core finds; a prohibited request is recorded.
    """
    case, handle = b64u(site.entropy.draw(16)), b64u(site.entropy.draw(HANDLE_BYTES))
    salt = site.entropy.draw(SALT_BYTES)

    def work(casework: Casework) -> Decision:
        person = person_of_account(casework.tx, asked.account)
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
            requester=caller.person,
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


class ActOfTwo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two people signed."""

    signed: tuple[SignedStatement, ...]


async def hold_case(site: Site, caller: Operator, case: str, asked: ActOnCase) -> CaseAnswer:
    """Stop a case."""
    return await do_signed(site, caller, case, asked.signed, lambda act: HoldCase(act=act))


async def lift_hold(site: Site, caller: Operator, case: str, asked: ActOfTwo) -> CaseAnswer:
    """Let a held case go on."""
    return await do_signed_by_two(site, caller, case, asked.signed, lambda acts: LiftHold(acts=acts))
