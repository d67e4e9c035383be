"""The ground: what must hold each time, as one table read by one function, in the appending transaction.

A row says what must hold and at which moments. A decision at a moment walks the rows in order and is refused by the
first that fails. The same rows say when a live pass or a pending credential has lost its ground (`lost`), so that what
kills and what refuses can never differ.
"""

from collections.abc import Callable
from enum import Flag, auto
from typing import NamedTuple

from firstkey.enrollment.case.ending import is_here, is_over
from firstkey.enrollment.case.key_terms import unmet_term
from firstkey.enrollment.case.limits import (
    FIRST_PASS_AFTER_APPROVAL_MS_MAX,
    LATER_PASS_AFTER_FIRST_MS_MAX,
    PRESENCE_AGE_MS_MAX,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, present, require
from firstkey.enrollment.case.state import Approval, Case, Pass
from firstkey.enrollment.case.surroundings import DeviceProof, Vouching
from firstkey.enrollment.case.words import Cause, Covered, PassState
from firstkey.policy.model import Anchor, Bootstrap, Purpose, Verdict
from firstkey.policy.staffing import meets_quorum
from firstkey.policy.strictness import anchor_missing
from firstkey.values.errors import Refused


class Moment(Flag):
    """When the ground is looked at. Arming is looked at as issuance is.

    `PENDING` asks whether a credential made on it may stay pending, `ACTIVATION` whether it may become active.
    """

    ISSUANCE = auto()
    REDEMPTION = auto()
    REGISTRATION = auto()
    PENDING = auto()
    ACTIVATION = auto()


BEFORE_CREDENTIAL = Moment.ISSUANCE | Moment.REDEMPTION | Moment.REGISTRATION
EVERY = BEFORE_CREDENTIAL | Moment.PENDING | Moment.ACTIVATION


class Question(NamedTuple):
    """A row is asked about a scene, at a moment, with the device that asks (None where no device does)."""

    scene: Scene
    moment: Moment
    device: DeviceProof | None


class Row(NamedTuple):
    """One row of the table. `standing`: losing it kills a live pass and suspends a pending credential."""

    holds: Callable[[Question], bool]
    moments: Moment
    reason: R
    standing: bool


def _open(q: Question) -> bool:
    return q.scene.case.closed is None


def _not_held(q: Question) -> bool:
    return q.scene.case.hold is None


def _account_active(q: Question) -> bool:
    account, case = q.scene.around.account, q.scene.case
    same = (account.account, account.incarnation) == (case.account, case.incarnation)
    return same and is_here(account, q.scene.now)


def policy_holds(scene: Scene) -> bool:
    """Whether the policy in force still leads this case to the path that it pinned, and allows it.

    An account that has become privileged since is another matter, whatever a path's own conditions say; and a case
    without an anchor cannot be mended into one that the policy now demands an anchor of.
    """
    ruling = scene.ruling
    if ruling.path != scene.case.path or ruling.verdict is Verdict.PROHIBIT or ruling.requirements is None:
        return False
    risen = scene.around.account.privileged and not scene.case.privileged
    return not risen and not anchor_missing(scene.case.requirements, ruling.requirements)


def _policy_holds(q: Question) -> bool:
    return policy_holds(q.scene)


def _proofing_stands(q: Question) -> bool:
    proofing, scene = q.scene.case.proofing, q.scene
    if not scene.case.proofing_needed:
        return q.moment is Moment.REDEMPTION or _own_key_stands(scene)
    return proofing is not None and proofing.level >= scene.required.level


def vouching_key(scene: Scene, credential: str) -> Vouching | None:
    """Return the account's credential of that id, if it may authorise another now."""
    found = (key for key in scene.around.vouching if key.credential == credential)
    return next((key for key in found if not is_over(key.ends_at, scene.now)), None)


def _own_key_stands(scene: Scene) -> bool:
    own_key = scene.case.own_key
    return own_key is not None and vouching_key(scene, own_key.credential) is not None


def approvals_standing(scene: Scene) -> tuple[Approval, ...]:
    """Return the approvals that count now: by people who are still eligible, all whom they acted for included."""

    def eligible(person: str) -> bool:
        return any((person, word) in scene.around.eligible for word in scene.required.approvers)

    return tuple(a for a in scene.case.approvals if all(eligible(person) for person in a.by.persons))


def _quorum_whole(q: Question) -> bool:
    known = {each.person: (each.unit, each.vendor) for each in q.scene.around.affiliations}
    people = [known.get(approval.by.person, (None, UNKNOWN_VENDOR)) for approval in approvals_standing(q.scene)]
    return meets_quorum(people, q.scene.required)


def _assertions_verified(q: Question) -> bool:
    case, verified = q.scene.case, q.scene.around.verified
    acts = {a.by for a in approvals_standing(q.scene)} | {part.by for part in (case.proofing, case.claim) if part}
    statements = {by.statement for by in acts if by is not None}
    own_key = set() if case.own_key is None else {case.own_key.statement}
    return statements | own_key <= verified


def _anchored(q: Question) -> bool:
    claim, required = q.scene.case.claim, q.scene.required
    if required.bootstrap is Bootstrap.OWN_KEY:
        return True
    if required.bootstrap is Bootstrap.ATTENDED:
        return q.moment is Moment.REDEMPTION or (claim is not None and claim.anchor is Anchor.PRESENCE)
    if required.relayable or Anchor.AUTHENTICATOR in required.anchors:
        return q.moment is not Moment.ACTIVATION or (claim is not None and claim.anchor is not None)
    return claim is not None and claim.anchor in required.anchors


def _clock_sure(q: Question) -> bool:
    return not q.scene.around.clock_doubtful


def _proofing_young(q: Question) -> bool:
    proofing, scene = q.scene.case.proofing, q.scene
    return proofing is None or scene.now - proofing.counts_from <= scene.required.proofing_age_ms_max


def _approvals_in_time(q: Question) -> bool:
    case, scene = q.scene.case, q.scene
    if case.first_pass_at is not None:
        return scene.now - case.first_pass_at <= LATER_PASS_AFTER_FIRST_MS_MAX
    times = sorted((a.at for a in approvals_standing(scene)), reverse=True)[: scene.required.quorum]
    return not times or scene.now - times[-1] <= FIRST_PASS_AFTER_APPROVAL_MS_MAX


def _presence_fresh(q: Question) -> bool:
    claim = q.scene.case.claim
    if claim is None or claim.anchor is not Anchor.PRESENCE or claim.anchored_at is None:
        return True
    return q.scene.now - claim.anchored_at < PRESENCE_AGE_MS_MAX


def _claimed(q: Question) -> bool:
    return q.scene.case.claim is not None


def _device_is_claimant(q: Question) -> bool:
    claim = q.scene.case.claim
    return q.device is None or (claim is not None and q.device.device_key == claim.device_key)


def _epoch_current(q: Question) -> bool:
    pass_ = q.scene.case.live_pass
    return pass_ is None or pass_.epoch == q.scene.around.epoch


def _tries_left(q: Question) -> bool:
    return q.scene.case.tries_failed < q.scene.required.tries


def _within_window(q: Question) -> bool:
    case, now = q.scene.case, q.scene.now
    if q.moment is Moment.REGISTRATION:
        return case.window is not None and not is_over(case.window.ends_at, now)
    pass_ = case.live_pass
    return pass_ is None or not is_over(pass_.ends_at, now)


def _checkpoint_covers(q: Question) -> bool:
    wanted = (Covered.COSIGNED,) if q.scene.required.cosigned else (Covered.SIGNED, Covered.COSIGNED)
    return q.scene.around.covered in wanted


def _somebody_takes_it(q: Question) -> bool:
    return bool(q.scene.required.destinations)


def _key_meets_terms(q: Question) -> bool:
    credential = q.scene.case.credential
    return credential is None or unmet_term(q.scene.required.key, credential.made) is None


def _cooled_off(q: Question) -> bool:
    credential = q.scene.case.credential
    return credential is None or q.scene.now - credential.registered_at >= q.scene.required.cooling_off_ms


def _partner_ready(q: Question) -> bool:
    partner = q.scene.around.partner
    if q.scene.case.purpose is not Purpose.BREAK_GLASS:
        return True
    return partner is not None and (partner.ready or partner.completed)


def _makers_differ(q: Question) -> bool:
    partner, credential = q.scene.around.partner, q.scene.case.credential
    if q.scene.case.purpose is not Purpose.BREAK_GLASS:
        return True
    return partner is not None and credential is not None and credential.made.maker not in ("", partner.maker)


UNKNOWN_VENDOR = "unknown"
"""Somebody of whom no source says where they belong is not taken for one of the organisation's own."""

GROUND = (
    Row(_open, EVERY, R.CaseOver, standing=True),
    Row(_not_held, EVERY, R.CaseHeld, standing=True),
    Row(_account_active, EVERY, R.AccountGone, standing=True),
    Row(_policy_holds, EVERY, R.PolicyMoved, standing=True),
    Row(_clock_sure, EVERY, R.ClockDoubtful, standing=False),
    Row(_claimed, EVERY, R.ClaimMissing, standing=True),
    Row(_device_is_claimant, BEFORE_CREDENTIAL, R.WrongDevice, standing=False),
    Row(_proofing_stands, EVERY, R.ProofingMissing, standing=True),
    Row(_quorum_whole, EVERY, R.ApprovalMissing, standing=True),
    Row(_assertions_verified, EVERY, R.AssertionUnverified, standing=True),
    Row(_anchored, EVERY, R.AnchorMissing, standing=True),
    Row(_proofing_young, Moment.ISSUANCE, R.EvidenceTooOld, standing=False),
    Row(_approvals_in_time, Moment.ISSUANCE, R.ApprovalTooOld, standing=False),
    Row(_presence_fresh, Moment.ISSUANCE, R.PresenceTooOld, standing=False),
    Row(_epoch_current, BEFORE_CREDENTIAL, R.EpochRaised, standing=True),
    Row(_tries_left, BEFORE_CREDENTIAL, R.TriesUsedUp, standing=True),
    Row(_within_window, Moment.REDEMPTION | Moment.REGISTRATION, R.WindowOver, standing=False),
    Row(_checkpoint_covers, Moment.ACTIVATION, R.CheckpointMissing, standing=False),
    Row(_somebody_takes_it, Moment.ACTIVATION, R.DestinationMissing, standing=False),
    Row(_key_meets_terms, Moment.ACTIVATION, R.KeyTermUnmet, standing=False),
    Row(_cooled_off, Moment.ACTIVATION, R.CoolingOff, standing=False),
    Row(_partner_ready, Moment.ACTIVATION, R.PartnerNotReady, standing=False),
    Row(_makers_differ, Moment.ACTIVATION, R.MakerMissing, standing=False),
)
"""The table of DESIGN section 3. Order is what a person is told first."""


def live_pass(case: Case) -> Pass:
    """Return the live pass.

    Raises:
        Refused: WindowOver or EpochRaised, if that killed it; NotAStep where there is none, or it died otherwise.
    """
    pass_ = present(case.pass_, R.NotAStep)
    why_dead: dict[str | None, R] = {Cause.EPOCH_RAISED: R.EpochRaised, PassState.EXPIRED: R.WindowOver}
    require(pass_.live, why_dead.get(pass_.cause) or why_dead.get(pass_.state, R.NotAStep))
    return pass_


def stand_on_ground(scene: Scene, moment: Moment, device: DeviceProof | None = None) -> None:
    """Refuse by the first row that does not hold at this moment.

    Raises:
        Refused: the row's reason.
    """
    question = Question(scene, moment, device)
    for row in GROUND:
        if moment in row.moments and not row.holds(question):
            raise Refused(row.reason)


def lost(scene: Scene, moment: Moment) -> R | None:
    """Return why what stands at this moment has lost its ground for good or until mended, or None."""
    question = Question(scene, moment, None)
    rows = (row for row in GROUND if row.standing and moment in row.moments)
    return next((row.reason for row in rows if not row.holds(question)), None)
