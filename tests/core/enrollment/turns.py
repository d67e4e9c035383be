"""Turns that a case can take off the straight way, each a function of a world; and whether a turn is refused.

A success and its refusal share one set-up: the same world, the same turn, and one change before it.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.approval import DenyApproval, WithdrawApproval
from firstkey.enrollment.case.ground import GROUND, Moment, Question
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Scene, scene_of
from firstkey.enrollment.case.state import Case, Credential
from firstkey.enrollment.case.surroundings import DeviceProof
from firstkey.enrollment.case.words import Cause, CredentialState, Stage
from firstkey.enrollment.claim import ClaimDevice, RefuseRival, ReleaseClaim, ReplaceClaim
from firstkey.enrollment.closure import FenceCase, ReportFraud, Sweep, WithdrawCase
from firstkey.enrollment.issuance import RevokePass
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.proofing import WithdrawProofing
from firstkey.enrollment.registration import (
    MintNativePass,
    NoteNativePassUsed,
    ReadBackCredential,
    ReapNativePass,
)
from firstkey.enrollment.request import HoldCase, LiftHold, ReviseCase
from firstkey.policy.model import Purpose, Requirements, Tier
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE
from tests.core.enrollment.world import (
    ADMIN_A,
    ADMIN_B,
    APPROVER,
    CONFIRMER,
    DEVICE,
    GOOD,
    PASS_PATH,
    PROOFER,
    REQUESTER,
    RIVAL,
    SECOND_APPROVER,
    START,
    World,
    ruling_for,
)

Turn = Callable[[World], object]

HANDOVER = "directory"
"""A destination that makes the credential on a page of its own."""

HANDOVER_PATH = replace(PASS_PATH, destinations=(HANDOVER,))
NATIVE = replace(GOOD, ceremony="")
"""What is read back at a destination: no ceremony of ours."""

PENDING = Credential(
    credential="credential-1",
    made=GOOD,
    state=CredentialState.PENDING,
    registered_at=START,
    tier=Tier.STANDARD,
    ends_at=None,
)
"""The credential that an honest case makes."""


def refusal_of(world: World, turn: Turn) -> R | None:
    """Return why a turn is refused, when nothing has happened; None when it is taken."""
    try:
        turn(world)
    except Refused as refused:
        return R[refused.reason.name]
    return None


def refused(world: World, command: Command) -> R | None:
    """Return why a command is refused, when nothing has happened; None when it is taken."""
    return refusal_of(world, lambda w: w.do(command))


def scene(world: World) -> Scene:
    """Return the scene that a command would find now."""
    return scene_of(world.state, world.around, world.ruling or ruling_for(world.requirements), world.now)


def alter(world: World, **changed: Any) -> World:
    """Change fields of the case by hand."""
    world.case = replace(world.state, **changed)
    return world


def part(world: World, name: str, **changed: Any) -> World:
    """Change fields of one part of the case by hand."""
    return alter(world, **{name: replace(getattr(world.state, name), **changed)})


def holds(world: World, reason: R, moment: Moment = Moment.ISSUANCE, device: DeviceProof | None = None) -> bool:
    """Whether the ground's row with this reason holds for a world's case, asked or not."""
    (row,) = (row for row in GROUND if row.reason is reason)
    return row.holds(Question(scene(world), moment, device))


def policy_asks(world: World, **changed: Any) -> None:
    """Have the policy in force ask for more."""
    world.ruling = ruling_for(replace(world.requirements, **changed))


def approved(quorum: int = 1, **changed: Any) -> World:
    """Return a case that two people have approved, the first a minute before the second."""
    world = World(requirements=replace(PASS_PATH, quorum=2, **changed)).up_to(Stage.APPROVAL)
    world.approve()
    world.let_pass(MINUTE)
    world.approve(SECOND_APPROVER)
    return alter(world, requirements=replace(world.requirements, quorum=quorum))


def account(world: World, **changed: Any) -> World:
    """Change what the sources say of the account."""
    world.surround(account=replace(world.around.account, **changed))
    return world


def eligible(world: World, *pairs: tuple[str, str]) -> World:
    """Give people duties or relations."""
    world.surround(eligible=world.around.eligible | set(pairs))
    return world


def not_eligible(world: World, person: str) -> World:
    """Take all duties and relations from somebody: they left, or moved."""
    world.surround(eligible=frozenset(pair for pair in world.around.eligible if pair[0] != person))
    return world


def hold(world: World) -> Decision:
    """Say "not me" by a notice's link."""
    return world.do(HoldCase(notice="notice-1"))


def lift(world: World) -> Decision:
    """Let it go on."""
    return world.do(LiftHold(tuple(world.act("lift_hold", person) for person in (ADMIN_A, ADMIN_B))))


def report_fraud(world: World) -> Decision:
    """Call a held case a fraud."""
    return world.do(ReportFraud(tuple(world.act("report_fraud", person) for person in (ADMIN_A, ADMIN_B))))


def revise(world: World) -> Decision:
    """End the case a millisecond earlier."""
    return world.do(ReviseCase(REQUESTER, world.state.expires_at - 1))


def withdraw_proofing(world: World) -> Decision:
    """The proofer takes the proofing back."""
    return world.do(WithdrawProofing(world.act("withdraw_proofing", PROOFER)))


def withdraw_approval(world: World, person: str = APPROVER) -> Decision:
    """An approver takes consent back."""
    return world.do(WithdrawApproval(world.act("withdraw_approval", person)))


def deny(world: World) -> Decision:
    """An approver says no."""
    return world.do(DenyApproval(world.act("deny_approval", APPROVER)))


def release(world: World) -> Decision:
    """Two people let the device go."""
    claim = world.state.claim.claim if world.state.claim else "claim-1"
    acts = tuple(world.act("release_claim", person, claim) for person in (ADMIN_A, ADMIN_B))
    return world.do(ReleaseClaim("handle-2", acts))


def replace_claim(world: World) -> Decision:
    """The confirmer stands with the joiner at another device."""
    claim = ClaimDevice(claim="claim-2", device=RIVAL, sealing_key="sealing-2")
    act = world.act("anchor_claim", CONFIRMER, "claim-2")
    return world.do(ReplaceClaim(claim, "handle-2", world.presence(device_key=RIVAL.device_key), act))


def rival(world: World) -> Decision:
    """Another device comes, without a code."""
    return world.do(RefuseRival(RIVAL))


def revoke(world: World) -> Decision:
    """Kill the pass."""
    return world.do(RevokePass(REQUESTER))


def sweep(world: World) -> Decision:
    """Write down what is due."""
    return world.do(Sweep())


def fence(world: World) -> Decision:
    """The site was restored."""
    return world.do(FenceCase())


def withdraw(world: World) -> Decision:
    """The requester ends the case."""
    return world.do(WithdrawCase(person=REQUESTER))


def handover(requirements: Requirements = HANDOVER_PATH) -> World:
    """Return a case whose credential is to be made at its destination, the window open."""
    world = World(requirements=requirements)
    world.surround(handover=frozenset({HANDOVER}))
    return world.up_to(Stage.REGISTRATION)


def mint(world: World, native: str = "native-1") -> Decision:
    """Mint the destination's own pass."""
    return world.do(MintNativePass(DEVICE, native, HANDOVER))


def used(world: World) -> Decision:
    """The destination says that its pass was used."""
    return world.do(NoteNativePassUsed("native-1"))


def read_back(world: World, **changed: Any) -> Decision:
    """A credential is found at the destination."""
    return world.do(ReadBackCredential("native-1", replace(NATIVE, **changed)))


def reap(world: World) -> Decision:
    """The native pass is read back as gone."""
    return world.do(ReapNativePass("native-1"))


def recovery(**changed: Any) -> World:
    """Return a case that recovers `credential-lost`, opened."""
    world = World(purpose=Purpose.RECOVERY)
    world.surround(keys=frozenset({"credential-lost"}))
    world.open(**{"lost_credential": "credential-lost", "lost_cause": Cause.LOST, **changed})
    return world


def case_at(stage: Stage, requirements: Requirements = PASS_PATH, purpose: Purpose = Purpose.FIRST_KEY) -> Case:
    """Return an honest case that waits for a stage."""
    return World(requirements=requirements, purpose=purpose).up_to(stage).state
