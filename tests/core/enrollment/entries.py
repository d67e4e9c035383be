"""Every way by which a person's signed act comes into a case: what it says, who usually signs it, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.approval import DenyApproval, GiveApproval, WithdrawApproval
from firstkey.enrollment.case.digest import digest_to_sign
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import Evidence, SignedAct
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.claim import AnchorByPresence, ClaimDevice, ReleaseClaim, ReplaceClaim
from firstkey.enrollment.closure import RecordReview, ReportFraud
from firstkey.enrollment.delivery import ArmPass
from firstkey.enrollment.proofing import RecordProofing, WithdrawProofing
from firstkey.enrollment.redemption import ConfirmAttendance
from firstkey.enrollment.registration import ReapNativePass
from firstkey.enrollment.request import HoldCase, LiftHold
from firstkey.policy.model import Duty
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY
from tests.core.enrollment import turns
from tests.core.enrollment.world import (
    ADMIN_A,
    ADMIN_B,
    APPROVER,
    ATTENDED_PATH,
    CONFIRMER,
    DELIVERER,
    DEVICE,
    JOINER,
    MANAGER,
    PASS_PATH,
    PRESENCE_PATH,
    PROOFER,
    REVIEWER,
    RIVAL,
    World,
)


@dataclass(frozen=True)
class Entry:
    """One way in.

    Attributes:
        word: what the act is called in its statement.
        names: what else the statement names, in order.
        person: who usually signs.
        role: the word that makes somebody eligible to.
        duty: the duty that the act fills, if it fills one.
        prepared: a world in which the act is awaited.
        command: what brings the act in.
        uninvolved: whether it takes somebody without any duty in the case.
    """

    word: str
    names: tuple[str, ...]
    person: str
    role: str
    duty: Duty | None
    prepared: Callable[[], World]
    command: Callable[[World, SignedAct], Command]
    uninvolved: bool = False

    def act(self, world: World, person: str | None = None, **changed: Any) -> SignedAct:
        """Return the act as it should be, or changed."""
        digests = (digest_to_sign(world.state),)
        return world.act(self.word, person or self.person, *self.names, **{"digests": digests, **changed})


def _vouch(world: World) -> Evidence:
    since = world.now - 14 * DAY
    return world.evidence(method=ProofingMethod.LIVE_VOUCH, voucher_level=2, relation_since=since)


def _vouched(world: World, act: SignedAct) -> Command:
    return RecordProofing(_vouch(world), act)


def _visited(world: World, act: SignedAct) -> Command:
    return AnchorByPresence(world.presence(confirmer=act.person), act)


def _replaced(world: World, act: SignedAct) -> Command:
    claim = ClaimDevice(claim="claim-2", device=RIVAL, sealing_key="sealing-2")
    seen = world.presence(confirmer=act.person, device_key=RIVAL.device_key)
    return ReplaceClaim(claim, "handle-2", seen, act)


def _stationed(world: World, act: SignedAct) -> Command:
    return ReplaceClaim(ClaimDevice(claim="claim-2", device=RIVAL, sealing_key="sealing-2", act=act), "handle-2")


def _with_other(world: World, act: SignedAct) -> tuple[SignedAct, SignedAct]:
    return (act, world.act(act.act, ADMIN_B, *act.names))


def _after_other(world: World, act: SignedAct) -> tuple[SignedAct, SignedAct]:
    return (world.act(act.act, ADMIN_B, *act.names), act)


def _claimed() -> World:
    world = World(requirements=PRESENCE_PATH).up_to(Stage.CLAIM)
    world.claim()
    return world


def _held() -> World:
    world = World().up_to(Stage.CLAIM)
    turns.hold(world)
    return world


def _minted() -> World:
    world = turns.handover()
    turns.mint(world)
    return world


def _reviewed() -> World:
    return World(requirements=replace(PASS_PATH, after_review=True)).up_to(Stage.CLOSED)


Pair = Callable[[World, SignedAct], tuple[SignedAct, SignedAct]]
PAIRS: tuple[Pair, ...] = (_with_other, _after_other)
"""Where two sign, an act stands first or second."""


def _of_two(pair: Pair, command: Callable[[tuple[SignedAct, ...]], Command]) -> Callable[[World, SignedAct], Command]:
    return lambda world, act: command(pair(world, act))


ENTRIES: dict[str, Entry] = {
    "proofing": Entry(
        word="record_proofing",
        names=World().evidence().named,
        person=PROOFER,
        role="proofer",
        duty=Duty.PROOFER,
        prepared=lambda: World().up_to(Stage.PROOFING),
        command=lambda world, act: RecordProofing(world.evidence(), act),
    ),
    "vouch": Entry(
        word="record_proofing",
        names=_vouch(World()).named,
        person=MANAGER,
        role="manager",
        duty=Duty.PROOFER,
        prepared=lambda: World().up_to(Stage.PROOFING),
        command=_vouched,
    ),
    "proofing withdrawn": Entry(
        word="withdraw_proofing",
        names=(),
        person=PROOFER,
        role="proofer",
        duty=None,
        prepared=lambda: World().up_to(Stage.CLAIM),
        command=lambda world, act: WithdrawProofing(act),
    ),
    "approval": Entry(
        word="give_approval",
        names=(),
        person=APPROVER,
        role="approver",
        duty=Duty.APPROVER,
        prepared=lambda: World().up_to(Stage.APPROVAL),
        command=lambda world, act: GiveApproval(act),
    ),
    "denial": Entry(
        word="deny_approval",
        names=(),
        person=APPROVER,
        role="approver",
        duty=Duty.APPROVER,
        prepared=lambda: World().up_to(Stage.APPROVAL),
        command=lambda world, act: DenyApproval(act),
    ),
    "approval withdrawn": Entry(
        word="withdraw_approval",
        names=(),
        person=APPROVER,
        role="approver",
        duty=None,
        prepared=lambda: World().up_to(Stage.CLAIM),
        command=lambda world, act: WithdrawApproval(act),
    ),
    "station claims": Entry(
        word="claim_device",
        names=("claim-1",),
        person=CONFIRMER,
        role="confirmer",
        duty=Duty.CONFIRMER,
        prepared=lambda: World(requirements=ATTENDED_PATH).up_to(Stage.CLAIM),
        command=lambda world, act: ClaimDevice(claim="claim-1", device=DEVICE, sealing_key="sealing-1", act=act),
    ),
    "visit": Entry(
        word="anchor_claim",
        names=("claim-1",),
        person=CONFIRMER,
        role="confirmer",
        duty=Duty.CONFIRMER,
        prepared=_claimed,
        command=_visited,
    ),
    "claim replaced": Entry(
        word="anchor_claim",
        names=("claim-2",),
        person=CONFIRMER,
        role="confirmer",
        duty=Duty.CONFIRMER,
        prepared=_claimed,
        command=_replaced,
    ),
    "station replaces": Entry(
        word="claim_device",
        names=("claim-2",),
        person=CONFIRMER,
        role="confirmer",
        duty=Duty.CONFIRMER,
        prepared=lambda: World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION),
        command=_stationed,
    ),
    "attendance": Entry(
        word="confirm_attendance",
        names=("claim-1", JOINER),
        person=CONFIRMER,
        role="confirmer",
        duty=Duty.CONFIRMER,
        prepared=lambda: World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION),
        command=lambda world, act: ConfirmAttendance(act),
    ),
    "delivery": Entry(
        word="arm_pass",
        names=("pass-1",),
        person=DELIVERER,
        role="deliverer",
        duty=Duty.DELIVERER,
        prepared=lambda: World(requirements=PRESENCE_PATH).up_to(Stage.DELIVERY),
        command=lambda world, act: ArmPass(act=act),
    ),
    "hold": Entry(
        word="hold_case",
        names=(),
        person=ADMIN_A,
        role="administrator",
        duty=None,
        prepared=lambda: World().up_to(Stage.CLAIM),
        command=lambda world, act: HoldCase(act=act),
    ),
    "review": Entry(
        word="record_review",
        names=("in order",),
        person=REVIEWER,
        role="security",
        duty=None,
        prepared=_reviewed,
        command=lambda world, act: RecordReview(act, "in order"),
        uninvolved=True,
    ),
}

for place, pair in enumerate(PAIRS, start=1):
    ENTRIES |= {
        f"release {place}": Entry(
            word="release_claim",
            names=("claim-1",),
            person=ADMIN_A,
            role="releaser",
            duty=Duty.RELEASER,
            prepared=_claimed,
            command=_of_two(pair, lambda acts: ReleaseClaim("handle-2", acts)),
        ),
        f"hold lifted {place}": Entry(
            word="lift_hold",
            names=(),
            person=ADMIN_A,
            role="administrator",
            duty=None,
            prepared=_held,
            command=_of_two(pair, LiftHold),
            uninvolved=True,
        ),
        f"fraud {place}": Entry(
            word="report_fraud",
            names=(),
            person=ADMIN_A,
            role="administrator",
            duty=None,
            prepared=_held,
            command=_of_two(pair, ReportFraud),
            uninvolved=True,
        ),
        f"destination lost {place}": Entry(
            word="declare_destination_lost",
            names=("native-1",),
            person=ADMIN_A,
            role="administrator",
            duty=None,
            prepared=_minted,
            command=_of_two(pair, lambda acts: ReapNativePass("native-1", acts)),
            uninvolved=True,
        ),
    }
