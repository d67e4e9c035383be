"""Rules of redemption: the code, once, by the claiming device alone; or what stands in its place."""

from msgspec.structs import replace

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.ending import last_instant
from firstkey.enrollment.case.ground import Moment, live_pass, stand_on_ground, vouching_key
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import check_duty, with_duty
from firstkey.enrollment.case.state import Case, OwnKey, Window, known
from firstkey.enrollment.case.surroundings import CodeJudged, DeviceProof, SignedAct
from firstkey.enrollment.case.words import Cause, Closure, PassState
from firstkey.policy.model import Anchor, Bootstrap, Duty


class RedeemPass(Command, frozen=True):
    """Spend the code: the claiming device's proof over the request, and the code's judgement."""

    device: DeviceProof
    code: CodeJudged


class ConfirmAttendance(Command, frozen=True):
    """The confirmer stands with the joiner: names the claim, the joiner and, where known, the key's serial."""

    act: SignedAct
    serial: str | None = None


class AssertOwnKey(Command, frozen=True):
    """An active credential of the account, verified over this case and claim."""

    device: DeviceProof
    credential: str
    claim: str
    statement: str


def _window_ends_at(scene: Scene) -> int:
    return scene.now + scene.required.window_ms


def redeem_pass(scene: Scene, command: RedeemPass) -> Step:
    """Spend the code, or count a try. Both are durable before either is told; neither happens after the pass's end."""
    case = scene.case
    pass_ = live_pass(case)
    require(pass_.state is PassState.ARMED, R.NotAStep)
    not_after = last_instant(known(pass_.ends_at))
    stand_on_ground(scene, Moment.REDEMPTION, command.device)
    require(command.code.pass_id == pass_.pass_id, R.CodeIsForAnotherPass)
    if command.code.matched:
        redeemed = facts.PassRedeemed(at=scene.now, pass_id=pass_.pass_id, window_ends_at=_window_ends_at(scene))
        return Step((redeemed,), not_after=not_after)
    failed = case.tries_failed + 1
    happened: tuple[facts.Fact, ...] = (facts.TryFailed(at=scene.now, pass_id=pass_.pass_id, tries_failed=failed),)
    if failed >= scene.required.tries:
        happened += closing(case, Closure.TRIES_EXHAUSTED, scene.now, Cause.TRIES_EXHAUSTED)
    return Step(happened, refusal=R.CodeWrong, not_after=not_after)


def confirm_attendance(scene: Scene, command: ConfirmAttendance) -> Step:
    """Open one window, anchored by the visit. After it, a new act."""
    act = command.act
    require(scene.required.bootstrap is Bootstrap.ATTENDED, R.BootstrapDiffers)
    stand_on_ground(scene, Moment.REDEMPTION)
    claim = present(scene.case.claim, R.ClaimMissing)
    names = (claim.claim, scene.case.person) + (() if command.serial is None else (command.serial,))
    check_duty(scene, act, Duty.CONFIRMER, "confirm_attendance", *names)
    ends_at = _window_ends_at(scene)
    return Step(
        (facts.AttendanceConfirmed(scene.now, claim.claim, window_ends_at=ends_at, by=act.by, serial=command.serial),)
    )


def assert_own_key(scene: Scene, command: AssertOwnKey) -> Step:
    """Let an active credential of the account authorise the next, which gets no more than it has itself."""
    require(scene.required.bootstrap is Bootstrap.OWN_KEY, R.BootstrapDiffers)
    stand_on_ground(scene, Moment.REDEMPTION, command.device)
    claim = present(scene.case.claim, R.ClaimMissing)
    require(command.claim == claim.claim, R.ActNotForThis)
    require(command.statement in scene.around.verified, R.AssertionUnverified)
    key = present(vouching_key(scene, command.credential), R.CredentialNotActive)
    require(key.credential != scene.case.lost_credential, R.CredentialNotActive)
    asserted = facts.OwnKeyAsserted(
        at=scene.now,
        claim=claim.claim,
        credential=key.credential,
        statement=command.statement,
        window_ends_at=_window_ends_at(scene),
        tier=key.tier,
        ends_at=key.ends_at,
    )
    return Step((asserted,))


BURNS = frozenset({Cause.TRIES_EXHAUSTED, Cause.CEREMONIES_EXHAUSTED})
"""Causes that burn a pass rather than revoke it: the joiner's device used it up."""


def _redeemed(case: Case, fact: facts.PassRedeemed) -> Case:
    """The code is gone; a window is open."""
    pass_ = replace(known(case.pass_), state=PassState.REDEEMED, ends_at=fact.window_ends_at)
    return replace(case, pass_=pass_, window=Window(ends_at=fact.window_ends_at))


def _try_failed(case: Case, fact: facts.TryFailed) -> Case:
    """A wrong code is counted, over all passes of the case, and remembered."""
    return replace(case, tries_failed=fact.tries_failed, adverse_at=fact.at)


def _revoked(case: Case, fact: facts.PassRevoked) -> Case:
    """The pass is dead. What the epoch killed does not count among the case's three."""
    state = PassState.BURNED if fact.cause in BURNS else PassState.REVOKED
    counted = case.passes_issued - (1 if fact.cause is Cause.EPOCH_RAISED else 0)
    pass_ = replace(known(case.pass_), state=state, cause=fact.cause)
    return replace(case, pass_=pass_, passes_issued=counted, window=None)


def _expired(case: Case, _: facts.PassExpired) -> Case:
    """The pass is dead of age."""
    return replace(case, pass_=replace(known(case.pass_), state=PassState.EXPIRED), window=None)


def _attendance_confirmed(case: Case, fact: facts.AttendanceConfirmed) -> Case:
    """The visit is the anchor, and opens a window."""
    claim = replace(known(case.claim), anchor=Anchor.PRESENCE, anchored_at=fact.at, by=fact.by)
    duties = with_duty(case.duties, Duty.CONFIRMER, fact.by)
    return replace(case, claim=claim, duties=duties, window=Window(ends_at=fact.window_ends_at, serial=fact.serial))


def _own_key_asserted(case: Case, fact: facts.OwnKeyAsserted) -> Case:
    """Another credential speaks for this one, and opens a window."""
    return replace(case, own_key=OwnKey(**facts.shared(fact, OwnKey)), window=Window(ends_at=fact.window_ends_at))


RULES: Rules = {RedeemPass: redeem_pass, ConfirmAttendance: confirm_attendance, AssertOwnKey: assert_own_key}

REPLAY: Folds = {
    facts.PassRedeemed: _redeemed,
    facts.TryFailed: _try_failed,
    facts.PassRevoked: _revoked,
    facts.PassExpired: _expired,
    facts.AttendanceConfirmed: _attendance_confirmed,
    facts.OwnKeyAsserted: _own_key_asserted,
}
