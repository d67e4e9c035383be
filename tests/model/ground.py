"""The ground said anew, for all surroundings at once: where a step may be taken at all.

It is written from the design's table (section 3, "The ground is checked every time"), not from the core's: a step that
the core takes outside of it is a violation of the second invariant, and so is a pass that is usable outside of it.
"""

from enum import Enum, auto

from firstkey.enrollment.case import facts as f
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Approval, Case
from firstkey.enrollment.case.words import Covered
from firstkey.policy.model import Anchor, Bootstrap, Purpose, Requirements, Verdict
from firstkey.values.instants import HOUR, MINUTE
from tests.model.environment import View

PRESENCE_AGE = 10 * MINUTE
FIRST_PASS, LATER_PASS = 72 * HOUR, 24 * HOUR


class Moment(Enum):
    """When the ground is looked at: a column of the design's table."""

    ISSUE = auto()
    REDEEM = auto()
    REGISTER = auto()
    ACTIVATE = auto()


MOMENTS: dict[type[Fact], tuple[Moment, ...]] = {
    f.PassIssued: (Moment.ISSUE,),
    f.PassArmed: (Moment.ISSUE,),
    f.PassRedeemed: (Moment.REDEEM,),
    f.TryFailed: (Moment.REDEEM,),
    f.AttendanceConfirmed: (Moment.REDEEM,),
    f.OwnKeyAsserted: (Moment.REDEEM,),
    f.CeremonyStarted: (Moment.REGISTER,),
    f.CeremonyRefused: (Moment.REGISTER,),
    f.NativePassMinted: (Moment.REGISTER, Moment.ACTIVATE),
    f.CredentialActivated: (Moment.ACTIVATE,),
}
"""Fact -> the columns on whose ground it happens. A credential made here is registered on its ceremony's ground."""


def moments_of(fact: Fact) -> tuple[Moment, ...]:
    """Return the columns on whose ground a fact happens; none for what takes no ground."""
    if isinstance(fact, f.CredentialRegistered):
        return (Moment.REGISTER,) if fact.destination is None else ()
    return MOMENTS.get(type(fact), ())


def _counted(case: Case, eligible: frozenset[tuple[str, str]], verified: frozenset[str]) -> list[Approval]:
    """Return the approvals by people still eligible whose assertion verifies again."""
    words = case.requirements.approvers

    def counts(approval: Approval) -> bool:
        known = approval.by.statement in verified
        return known and all(any((person, word) in eligible for word in words) for person in approval.by.persons)

    return [approval for approval in case.approvals if counts(approval)]


def _of_the_account(case: Case, now: int, view: View) -> int:
    return (
        view.where("account.active", bool)
        & view.where("account.incarnation", lambda number: number == case.incarnation)
        & view.where("account.ends_at", lambda end: end is None or now < end)
        & view.where("account.privileged", lambda risen: not risen or case.privileged)
        & view.where("ruling.path", lambda path: path == case.path)
        & view.where("ruling.verdict", lambda verdict: verdict is not Verdict.PROHIBIT)
        & view.where("ruling.requirements", lambda current: current is not None)
        & view.where("clock_doubtful", lambda doubtful: not doubtful)
    )


def _of_the_consents(case: Case, now: int, view: View, moment: Moment) -> int:
    """Proofing and quorum; their age matters where a pass comes of it."""
    pinned, proofing = case.requirements, case.proofing
    level = 0 if proofing is None else proofing.level
    age = None if proofing is None else now - proofing.counts_from
    issuing = moment is Moment.ISSUE

    def proofed(current: Requirements | None, verified: frozenset[str]) -> bool:
        both = (pinned,) if current is None else (pinned, current)
        if pinned.bootstrap is Bootstrap.OWN_KEY:
            return True
        signed = proofing is not None and (proofing.by is None or proofing.by.statement in verified)
        young = not issuing or all(age is not None and age <= each.proofing_age_ms_max for each in both)
        return signed and young and all(level >= each.level for each in both)

    def approved(current: Requirements | None, eligible: frozenset[tuple[str, str]], verified: frozenset[str]) -> bool:
        quorum = max(each.quorum for each in ((pinned,) if current is None else (pinned, current)))
        counted = _counted(case, eligible, verified)
        if issuing and case.first_pass_at is None:
            counted = [approval for approval in counted if now - approval.at <= FIRST_PASS]
        return len(counted) >= quorum

    mask = view.where("ruling.requirements verified", proofed)
    mask &= view.where("ruling.requirements eligible verified", approved)
    if issuing and case.first_pass_at is not None and now - case.first_pass_at > LATER_PASS:
        return 0
    return mask


def _of_the_claim(case: Case, now: int, view: View, moment: Moment) -> bool:
    claim, required = case.claim, case.requirements
    if claim is None:
        return False
    if required.bootstrap is Bootstrap.OWN_KEY:
        return True
    if required.bootstrap is Bootstrap.ATTENDED:
        return moment is Moment.REDEEM or claim.anchor is Anchor.PRESENCE
    if not required.anchors or Anchor.AUTHENTICATOR in required.anchors:
        return moment is not Moment.ACTIVATE or claim.anchor is not None
    fresh = claim.anchored_at is not None and now - claim.anchored_at < PRESENCE_AGE
    aged = moment is Moment.ISSUE and claim.anchor is Anchor.PRESENCE and not fresh
    return claim.anchor in required.anchors and not aged


def _of_the_pass(case: Case, now: int, view: View, moment: Moment) -> int:
    """Epoch, tries and window."""
    live, pinned = case.live_pass, case.requirements
    mask = -1 if live is None else view.where("epoch", lambda epoch: epoch == live.epoch)
    tries = case.tries_failed
    mask &= view.where(
        "ruling.requirements", lambda r: tries < min(pinned.tries, pinned.tries if r is None else r.tries)
    )
    if moment is Moment.REGISTER:
        return mask if case.window is not None and now < case.window.ends_at else 0
    over = live is not None and live.ends_at is not None and now >= live.ends_at
    return 0 if over else mask


def _of_activation(case: Case, now: int, view: View) -> int:
    pinned, credential = case.requirements, case.credential

    def covered(current: Requirements | None, far: Covered) -> bool:
        cosigned = pinned.cosigned or (current is not None and current.cosigned)
        return far is Covered.COSIGNED or (far is Covered.SIGNED and not cosigned)

    def cooled(current: Requirements | None) -> bool:
        both = (pinned,) if current is None else (pinned, current)
        return credential is None or all(now - credential.registered_at >= each.cooling_off_ms for each in both)

    mask = view.where("ruling.requirements covered", covered) & view.where("ruling.requirements", cooled)
    return mask if pinned.destinations else 0


def ground(case: Case, now: int, view: View, moment: Moment) -> int:
    """Return the surroundings in which a case has the ground for a step."""
    if case.closed is not None or case.hold is not None or now >= case.expires_at:
        return 0
    if not _of_the_claim(case, now, view, moment):
        return 0
    mask = _of_the_account(case, now, view) & _of_the_consents(case, now, view, moment)
    if moment is Moment.ACTIVATE:
        return mask & _of_activation(case, now, view)
    return mask & _of_the_pass(case, now, view, moment)


def partner_allows(case: Case, partner_ready: bool) -> bool:
    """Whether a break-glass key may become active beside its partner; others have none."""
    return case.purpose is not Purpose.BREAK_GLASS or partner_ready
