"""Spending the code; attendance and own key in its place.

A code is looked at only after the handle, the device's proof, and the ground: whatever the core would refuse after the
comparison is refused before it. A sealed code is compared in the transaction that spends it; a typed one, which takes
Argon2id, outside any transaction, and what came of it is compared again.
"""

from typing import NamedTuple

import msgspec

from firstkey.actions.acts import (
    SignedStatement,
    StatementAsked,
    StatementToSign,
    judge_signed,
    new_statement,
    prepare_statement,
)
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.devices import (
    DeviceAnswer,
    Found,
    Handle,
    device_answer,
    find,
    find_again,
    is_rival,
    refuse_rival,
    show_claim,
)
from firstkey.actions.operators import CaseAnswer, do_signed
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device, Operator, Site
from firstkey.actions.streams import read_holdings
from firstkey.ceremonies.statements import Purpose
from firstkey.enrollment.case.limits import RIVAL_CODES_COMPARED_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import CodeJudged, DeviceProof
from firstkey.enrollment.case.words import PassState
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.redemption import AssertOwnKey, ConfirmAttendance, RedeemPass
from firstkey.policy.model import Bootstrap, Channel
from firstkey.ports.kinds import DocumentKind
from firstkey.values import codes
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret

OWN_KEY_ACT = "assert_own_key"


class CodeToRedeem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The handle and the code as typed or opened."""

    handle: str
    code: str


async def redeem_pass(site: Site, caller: Device, asked: CodeToRedeem) -> DeviceAnswer:
    """Spend the code, once.

    Raises:
        Malformed: CodeMalformed; never a try.
        Refused: NotFound, AnotherDeviceClaimed, CodeWrong (one try less), or what the ground lacks.
        Unavailable: too many typed codes are being checked; no try was counted.
    """
    code = codes.read(asked.code)
    found, decision = await run(site, lambda casework: _look(site, casework, caller, asked.handle, code))
    if decision is None:
        decision = await _redeem_slowly(site, caller, found, code)
    return device_answer(known(_case(tell(decision))))


class _Looked(NamedTuple):
    """The case, and what was decided; None where the code is to be compared first."""

    found: Found
    decision: Decision | None = None


def _look(site: Site, casework: Casework, caller: Device, handle: str, code: Secret) -> _Looked:
    """Find the case; refuse before the comparison what the core would refuse after it; spend a sealed code."""
    found = find(casework, caller, handle)
    pass_ = found.state.live_pass
    sealed = pass_ is not None and pass_.channel is Channel.DEVICE_SEALED and pass_.state is PassState.ARMED

    def judged() -> CodeJudged:
        return site.codes.compare_within(casework.tx, known(pass_).pass_id, code)

    if is_rival(caller, found.state):
        compared = int(casework.tx.document(DocumentKind.RIVAL_COUNT, found.case) or b"0")
        if compared >= RIVAL_CODES_COMPARED_MAX:
            raise Refused(R.AnotherDeviceClaimed)
        return _Looked(found, refuse_rival(casework, caller, found, judged()) if sealed else None)
    if pass_ is None:
        return _Looked(found)
    right, wrong = (
        RedeemPass(DeviceProof(caller.device_key), CodeJudged(pass_.pass_id, said)) for said in (True, False)
    )
    try:
        if sealed:
            return _Looked(found, casework.decide_either(found.case, right, lambda: judged().matched, wrong))
        casework.rehearse(found.case, right)
    except Refused as refused:
        swept = casework.decide(found.case, Sweep())  # whatever the ground has lost is written down all the same
        if not swept.facts or not isinstance(refused.reason, R):
            raise
        return _Looked(found, msgspec.structs.replace(swept, refusal=refused.reason))
    return _Looked(found)


async def _redeem_slowly(site: Site, caller: Device, found: Found, code: Secret) -> Decision:
    """Compare a typed code outside any transaction, then decide."""
    pass_ = found.state.live_pass
    looked_at = pass_ is not None and pass_.state is PassState.ARMED
    judged = await site.codes.compare(pass_.pass_id, code) if looked_at and pass_ is not None else None

    def work(casework: Casework) -> Decision:
        state = casework.read(found.case)
        now = Found(found.case, known(state if isinstance(state, Case) else None))
        if is_rival(caller, now.state):
            return refuse_rival(casework, caller, now, judged)
        if judged is None:
            raise Refused(R.NotAStep)
        return casework.decide(found.case, RedeemPass(device=DeviceProof(caller.device_key), code=judged))

    return await run(site, work)


def _case(state: object) -> Case | None:
    return state if isinstance(state, Case) else None


class AttendanceToConfirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The confirmer's act that names claim, joiner and, where known, the key's serial."""

    signed: SignedStatement
    serial: str | None = None


async def confirm_attendance(site: Site, caller: Operator, case: str, asked: AttendanceToConfirm) -> CaseAnswer:
    """Open the window of an attended case."""
    return await do_signed(
        site, caller, case, asked.signed, lambda act: ConfirmAttendance(act=act, serial=asked.serial)
    )


async def ask_own_key(site: Site, caller: Device, asked: Handle) -> StatementToSign:
    """Make the statement that an active credential of the account signs, over this case and claim."""

    def work(casework: Casework) -> StatementToSign:
        found = find(casework, caller, asked.handle)
        if is_rival(caller, found.state) or found.state.claim is None:
            raise Refused(ActionReason.NotFound)
        if found.state.closed is not None or found.state.requirements.bootstrap is not Bootstrap.OWN_KEY:
            raise Refused(R.BootstrapDiffers)
        act = StatementAsked(
            act=OWN_KEY_ACT, case=found.case, revision=found.state.revision, names=(found.state.claim.claim,)
        )
        statement = new_statement(site, casework.tx.now, Purpose.ACT, act, found.state.person)
        held = read_holdings(site, casework.tx, found.state.account).state.held
        allowed = tuple(each.credential for each in held if each.may_vouch)
        return prepare_statement(site, casework.tx, statement, allowed)

    return await run(site, work)


class OwnKeyToAssert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The handle and the assertion over the statement asked for."""

    handle: str
    signed: SignedStatement


async def assert_own_key(site: Site, caller: Device, asked: OwnKeyToAssert) -> DeviceAnswer:
    """Let an active credential of the account authorise the next. A stranger to the case learns nothing of keys."""
    await show_claim(site, caller, Handle(asked.handle))
    verdict, evidence = await judge_signed(site, asked.signed, None)

    def work(casework: Casework) -> Decision:
        found = find_again(casework, asked.handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found)
        said = (verdict.act, verdict.case, verdict.revision, verdict.person)
        if said != (OWN_KEY_ACT, found.case, found.state.revision, found.state.person):
            raise Refused(R.ActNotForThis)
        casework.accept(verdict, evidence, as_holder=True)
        command = AssertOwnKey(
            device=DeviceProof(caller.device_key),
            credential=verdict.credential_id,
            claim=verdict.names[0] if verdict.names else "",
            statement=verdict.statement_digest,
        )
        return casework.decide(found.case, command, statements=frozenset({verdict.statement_digest}))

    return device_answer(known(_case(tell(await run(site, work)))))
