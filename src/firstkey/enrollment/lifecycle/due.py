"""What time and the rest of the world have made true of a case, whoever asks, whatever is asked.

The rules run before and after every command, so that no decision is made on a state that time has overtaken, and a pass
dies in the very append that learns that its ground is gone. They are a list; the first that finds something is applied,
and the list is read again.
"""

from collections.abc import Callable

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.facts import CredentialRestored, CredentialSuspended, Fact, PassExpired, PassRevoked
from firstkey.enrollment.case.ground import Moment, lost, policy_holds
from firstkey.enrollment.case.limits import LATER_PASS_AFTER_FIRST_MS_MAX, PASSES_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.words import Cause, Closure, CredentialState
from firstkey.enrollment.lifecycle.replay import replay
from firstkey.policy.model import Purpose
from firstkey.values.errors import Defect

DUE_ROUNDS_MAX = 8
"""A case can have this many things due at once, at most: pass, credential, closure, and the same again after a fact."""


def _account_left(scene: Scene) -> tuple[Fact, ...]:
    account = scene.around.account
    if is_here(account, scene.now) and account.incarnation == scene.case.incarnation:
        return ()
    return closing(scene.case, Closure.LEFT, scene.now, Cause.LEFT)


def _case_over(scene: Scene) -> tuple[Fact, ...]:
    case, now = scene.case, scene.now
    if is_over(case.expires_at, now):
        return closing(case, Closure.EXPIRED, now)
    if case.credential is not None and is_over(case.credential.ends_at, now):
        return closing(case, Closure.EXPIRED, now, Cause.END_DATE)
    return ()


def _policy_moved(scene: Scene) -> tuple[Fact, ...]:
    return () if policy_holds(scene) else closing(scene.case, Closure.SUPERSEDED, scene.now)


def _partner_closed(scene: Scene) -> tuple[Fact, ...]:
    partner = scene.around.partner
    if scene.case.purpose is not Purpose.BREAK_GLASS or partner is None or not partner.closed or partner.completed:
        return ()
    return closing(scene.case, Closure.SUPERSEDED, scene.now, Cause.PARTNER_CLOSED)


def _pass_lost(scene: Scene) -> tuple[Fact, ...]:
    pass_ = scene.case.live_pass
    if pass_ is None:
        return ()
    waited = scene.now - known(scene.case.first_pass_at)
    unarmed_too_long = pass_.ends_at is None and waited > LATER_PASS_AFTER_FIRST_MS_MAX
    if unarmed_too_long or is_over(pass_.ends_at, scene.now):
        return (PassExpired(at=scene.now, pass_id=pass_.pass_id),)
    reason = lost(scene, Moment.REDEMPTION)  # a redeemed pass stands on the same rows
    if reason is None:
        return ()
    cause = Cause.EPOCH_RAISED if reason is R.EpochRaised else Cause.GROUND_LOST
    return (PassRevoked(at=scene.now, pass_id=pass_.pass_id, cause=cause),)


def _credential_lost(scene: Scene) -> tuple[Fact, ...]:
    credential = scene.case.credential
    if credential is None:
        return ()
    whole = lost(scene, Moment.PENDING) is None
    if credential.state is CredentialState.PENDING and not whole:
        return (CredentialSuspended(at=scene.now, credential=credential.credential, cause=Cause.GROUND_LOST),)
    if credential.state is CredentialState.SUSPENDED and whole:
        return (CredentialRestored(at=scene.now, credential=credential.credential),)
    return ()


def _nothing_left(scene: Scene) -> tuple[Fact, ...]:
    """A pass case that can have no further pass, and has nothing under way, is over."""
    case = scene.case
    under_way = case.live_pass is not None or case.credential is not None or case.native_standing
    if not case.pass_needed or under_way or case.hold is not None:
        return ()
    if case.tries_failed >= scene.required.tries:
        return closing(case, Closure.TRIES_EXHAUSTED, scene.now)
    since = scene.now - (scene.now if case.first_pass_at is None else case.first_pass_at)
    if case.passes_issued >= PASSES_MAX or since > LATER_PASS_AFTER_FIRST_MS_MAX:
        return closing(case, Closure.PASSES_EXHAUSTED, scene.now)
    return ()


DUE: tuple[Callable[[Scene], tuple[Fact, ...]], ...] = (
    _account_left,
    _case_over,
    _policy_moved,
    _partner_closed,
    _pass_lost,
    _credential_lost,
    _nothing_left,
)


def settle(scene: Scene) -> tuple[tuple[Fact, ...], Scene]:
    """Apply what is due until nothing is.

    Returns:
        The facts, and the scene after them.

    Raises:
        Defect: rules that feed one another.
    """
    settled: tuple[Fact, ...] = ()
    for _ in range(DUE_ROUNDS_MAX):
        if scene.case.closed is not None:
            return settled, scene
        facts = next((found for rule in DUE if (found := rule(scene))), ())
        if not facts:
            return settled, scene
        case = replay(facts, scene.case)
        assert isinstance(case, Case)  # nothing that is due unmakes a case
        settled, scene = settled + facts, scene.with_case(case)
    raise Defect("what is due does not come to an end")
