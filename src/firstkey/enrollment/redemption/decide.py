"""Rules of redemption: the code, once, by the claiming device alone; or what stands in its place."""

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.facts import AttendanceConfirmed, Fact, OwnKeyAsserted, PassRedeemed, TryFailed
from firstkey.enrollment.case.ground import Moment, stand_on_ground, vouching_key
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, present, require
from firstkey.enrollment.case.separation import check_duty
from firstkey.enrollment.case.words import Cause, Closure, PassState
from firstkey.enrollment.redemption.commands import AssertOwnKey, ConfirmAttendance, RedeemPass
from firstkey.policy.model import Bootstrap, Duty


def _window_ends_at(scene: Scene) -> int:
    return scene.now + scene.required.window_ms


def redeem_pass(scene: Scene, command: RedeemPass) -> Step:
    """Spend the code, or count a try. Both are durable before either is told; neither happens after the pass's end."""
    case = scene.case
    pass_ = present(case.live_pass, R.NotAStep)
    require(pass_.state is PassState.ARMED, R.NotAStep)
    stand_on_ground(scene, Moment.REDEMPTION, command.device)
    require(command.code.pass_id == pass_.pass_id, R.CodeIsForAnotherPass)
    if command.code.matched:
        redeemed = PassRedeemed(at=scene.now, pass_id=pass_.pass_id, window_ends_at=_window_ends_at(scene))
        return Step((redeemed,), not_after=pass_.ends_at)
    failed = case.tries_failed + 1
    facts: tuple[Fact, ...] = (TryFailed(at=scene.now, pass_id=pass_.pass_id, tries_failed=failed),)
    if failed >= scene.required.tries:
        facts += closing(case, Closure.TRIES_EXHAUSTED, scene.now, Cause.TRIES_EXHAUSTED)
    return Step(facts, refusal=R.CodeWrong, not_after=pass_.ends_at)


def confirm_attendance(scene: Scene, command: ConfirmAttendance) -> Step:
    """Open one window, anchored by the visit. After it, a new act."""
    act = command.act
    require(scene.required.bootstrap is Bootstrap.ATTENDED, R.BootstrapDiffers)
    stand_on_ground(scene, Moment.REDEMPTION)
    claim = present(scene.case.claim, R.ClaimMissing)
    names = (claim.claim, scene.case.person) + (() if command.serial is None else (command.serial,))
    check_duty(scene, act, Duty.CONFIRMER, "confirm_attendance", *names)
    confirmed = AttendanceConfirmed(
        at=scene.now,
        claim=claim.claim,
        confirmer=act.person,
        delegator=act.delegator,
        statement=act.statement,
        window_ends_at=_window_ends_at(scene),
        serial=command.serial,
    )
    return Step((confirmed,))


def assert_own_key(scene: Scene, command: AssertOwnKey) -> Step:
    """Let an active credential of the account authorise the next, which gets no more than it has itself."""
    require(scene.required.bootstrap is Bootstrap.OWN_KEY, R.BootstrapDiffers)
    stand_on_ground(scene, Moment.REDEMPTION, command.device)
    claim = present(scene.case.claim, R.ClaimMissing)
    require(command.claim == claim.claim, R.ActNotForThis)
    require(command.statement in scene.around.verified, R.AssertionUnverified)
    key = present(vouching_key(scene, command.credential), R.CredentialNotActive)
    require(key.credential != scene.case.lost_credential, R.CredentialNotActive)
    asserted = OwnKeyAsserted(
        at=scene.now,
        claim=claim.claim,
        credential=key.credential,
        statement=command.statement,
        window_ends_at=_window_ends_at(scene),
        tier=key.tier,
        ends_at=key.ends_at,
    )
    return Step((asserted,))
