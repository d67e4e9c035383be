"""The ground's rows of time and of activation from within: their limits, and each of their conditions alone."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.ground import Moment, live_pass
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Window
from firstkey.enrollment.case.surroundings import Partner
from firstkey.enrollment.case.words import Cause, Covered, PassState, Stage
from firstkey.policy.model import Anchor, Purpose
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND
from tests.core.enrollment.turns import (
    alter,
    approved,
    holds,
    not_eligible,
    part,
    policy_asks,
    refusal_of,
)
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    DEVICE,
    JOINER,
    PASS_PATH,
    PRESENCE_PATH,
    RIVAL,
    SECOND_APPROVER,
    World,
)


@pytest.mark.parametrize(("age", "young"), [(72 * HOUR - 1, True), (72 * HOUR, True), (72 * HOUR + 1, False)])
def test_proofing_is_young_enough(age: int, young: bool) -> None:
    """Proofing counts up to the path's age, to the millisecond; where none is needed none ages."""
    world = World().up_to(Stage.ISSUANCE)
    part(world, "proofing", counts_from=world.now - age)
    assert holds(world, R.EvidenceTooOld) is young
    assert holds(alter(world, proofing=None), R.EvidenceTooOld)


def test_the_age_is_the_stricter_of_pinned_and_current() -> None:
    """A policy that has come to ask for younger proofing is asked."""
    world = World().up_to(Stage.ISSUANCE)
    world.let_pass(4 * HOUR + 1)
    assert holds(world, R.EvidenceTooOld)
    policy_asks(world, proofing_age_ms_max=4 * HOUR)
    assert not holds(world, R.EvidenceTooOld)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
@pytest.mark.parametrize(("quorum", "since_the_last"), [(1, 0), (2, MINUTE)])
def test_the_first_pass_comes_in_time(quorum: int, since_the_last: int, beyond: int) -> None:
    """The first pass comes within 72 hours of the oldest approval counted: of two, the newest where one is asked."""
    world = approved(quorum)
    world.requirements = world.state.requirements
    world.let_pass(72 * HOUR - since_the_last + beyond)
    assert holds(world, R.ApprovalTooOld) is (beyond <= 0)


def test_an_approval_that_does_not_count_has_no_age() -> None:
    """Without approvals that count there is nothing to be late for; their number is another row's."""
    world = approved()
    world.let_pass(72 * HOUR + 1)
    assert not holds(world, R.ApprovalTooOld)
    assert holds(not_eligible(not_eligible(world, APPROVER), SECOND_APPROVER), R.ApprovalTooOld)


@pytest.mark.parametrize(("since", "in_time"), [(DAY - 1, True), (DAY, True), (DAY + 1, False)])
def test_a_later_pass_comes_within_a_day_of_the_first(since: int, in_time: bool) -> None:
    """A later pass comes within 24 hours of the first, whatever the age of the approvals."""
    world = World().up_to(Stage.ISSUANCE)
    world.let_pass(72 * HOUR + 1)
    alter(world, first_pass_at=world.now - since)
    assert holds(world, R.ApprovalTooOld) is in_time


@pytest.mark.parametrize(
    ("changed", "age", "fresh"),
    [
        ({}, 10 * MINUTE - 1, True),
        ({}, 10 * MINUTE, False),
        ({}, 10 * MINUTE + 1, False),
        ({"anchor": Anchor.CLIENT_CERTIFICATE}, 10 * MINUTE, True),
        ({"anchor": None}, 10 * MINUTE, True),
    ],
)
def test_presence_is_under_ten_minutes_old(changed: dict[str, Any], age: int, fresh: bool) -> None:
    """A visit is good for less than ten minutes; an anchor of another kind does not age."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.ISSUANCE)
    part(world, "claim", anchored_at=world.now - age, **changed)
    assert holds(world, R.PresenceTooOld) is fresh
    assert holds(part(world, "claim", anchored_at=None), R.PresenceTooOld)
    assert holds(alter(world, claim=None), R.PresenceTooOld)


def test_the_device_is_the_claimant() -> None:
    """The device that asks must be the claiming one; where none asks none is compared; before a claim none is right."""
    world = World().up_to(Stage.ISSUANCE)
    asked = [holds(world, R.WrongDevice, device=device) for device in (DEVICE, RIVAL, None)]
    assert asked == [True, False, True]
    alter(world, claim=None)
    assert [holds(world, R.WrongDevice, device=device) for device in (DEVICE, None)] == [False, True]


@pytest.mark.parametrize("state", PassState)
@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_a_live_pass_is_of_the_present_epoch(state: PassState, epoch: int) -> None:
    """A live pass belongs to the site's epoch; a dead one does not matter, nor does there have to be one."""
    world = part(World().up_to(Stage.DELIVERY), "pass_", state=state)
    world.surround(epoch=epoch)
    live = state in {PassState.ISSUED, PassState.ARMED, PassState.REDEEMED}
    assert holds(world, R.EpochRaised) is (epoch == 1 or not live)
    assert holds(alter(world, pass_=None), R.EpochRaised)


@pytest.mark.parametrize("failed", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("allowed", [1, 3, 5])
def test_a_try_is_left(failed: int, allowed: int) -> None:
    """Fewer tries must have failed than the stricter of pinned, 3, and current policy allows."""
    world = alter(World().up_to(Stage.REDEMPTION), tries_failed=failed)
    policy_asks(world, tries=allowed)
    assert holds(world, R.TriesUsedUp) is (failed < min(3, allowed))


@pytest.mark.parametrize("left", [-1, 0, 1])
def test_the_window_is_open_before_its_last_instant(left: int) -> None:
    """To redeem the pass's life, to register the window must not have ended; at its last instant it has."""
    world = World().up_to(Stage.REDEMPTION)
    part(world, "pass_", ends_at=world.now + left)
    assert holds(world, R.WindowOver, Moment.REDEMPTION) is (left > 0)
    alter(world, window=Window(ends_at=world.now + left))
    assert holds(part(world, "pass_", ends_at=None), R.WindowOver, Moment.REGISTRATION) is (left > 0)


@pytest.mark.parametrize(
    ("state", "cause", "why"),
    [
        (PassState.ISSUED, None, None),
        (PassState.ARMED, None, None),
        (PassState.REDEEMED, None, None),
        (PassState.EXPIRED, None, R.WindowOver),
        (PassState.REVOKED, Cause.EPOCH_RAISED, R.EpochRaised),
        (PassState.REVOKED, Cause.GROUND_LOST, R.NotAStep),
        (PassState.BURNED, Cause.TRIES_EXHAUSTED, R.NotAStep),
        (PassState.SPENT, None, R.NotAStep),
    ],
)
def test_a_dead_pass_says_why_it_is_dead(state: PassState, cause: Cause | None, why: R | None) -> None:
    """Who needs the live pass is told that the epoch was raised or its time is over, else that there is none to use."""
    world = part(World().up_to(Stage.REDEMPTION), "pass_", state=state, cause=cause)
    assert refusal_of(world, lambda w: live_pass(w.state)) is why
    assert why is not None or live_pass(world.state) == world.state.pass_
    assert refusal_of(alter(world, pass_=None), lambda w: live_pass(w.state)) is R.NotAStep


def test_where_nothing_is_open_nothing_ends() -> None:
    """Registration needs a window; where there is no pass, or no armed one, no life of one is over."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    assert holds(world, R.WindowOver, Moment.REDEMPTION)
    assert not holds(world, R.WindowOver, Moment.REGISTRATION)
    assert holds(World().up_to(Stage.DELIVERY), R.WindowOver, Moment.REDEMPTION)


@pytest.mark.parametrize("covered", Covered)
@pytest.mark.parametrize("cosigned", [False, True])
def test_a_checkpoint_covers_the_chain(covered: Covered, cosigned: bool) -> None:
    """A signed checkpoint over the chain is enough, unless the policy asks for a witness."""
    world = World().up_to(Stage.ACTIVATION)
    world.surround(covered=covered)
    policy_asks(world, cosigned=cosigned)
    enough = {Covered.COSIGNED} if cosigned else {Covered.SIGNED, Covered.COSIGNED}
    assert holds(world, R.CheckpointMissing, Moment.ACTIVATION) is (covered in enough)


@pytest.mark.parametrize(("destinations", "takes"), [((), False), (("local",), True), (("local", "directory"), True)])
def test_somebody_takes_the_credential(destinations: tuple[str, ...], takes: bool) -> None:
    """An empty list of destinations means nobody."""
    world = World(requirements=replace(PASS_PATH, destinations=destinations)).up_to(Stage.ACTIVATION)
    assert holds(world, R.DestinationMissing, Moment.ACTIVATION) is takes


@pytest.mark.parametrize("waited", [HOUR - 1, HOUR, HOUR + 1])
def test_a_credential_has_cooled_off(waited: int) -> None:
    """The cooling-off time counts from registration; before there is a credential none has to cool."""
    world = World(requirements=replace(PASS_PATH, cooling_off_ms=HOUR)).up_to(Stage.REGISTRATION)
    assert holds(world, R.CoolingOff, Moment.ACTIVATION)
    world.let_pass(SECOND)
    world.up_to(Stage.ACTIVATION)
    world.let_pass(waited)
    assert holds(world, R.CoolingOff, Moment.ACTIVATION) is (waited >= HOUR)


def test_the_key_still_meets_the_terms() -> None:
    """A key registered under laxer terms does not activate under stricter ones; before there is one none is judged."""
    world = World().up_to(Stage.ACTIVATION)
    assert holds(world, R.KeyTermUnmet, Moment.ACTIVATION)
    policy_asks(world, key=replace(PASS_PATH.key, roaming=True))
    assert not holds(world, R.KeyTermUnmet, Moment.ACTIVATION)
    assert holds(alter(world, credential=None), R.KeyTermUnmet, Moment.ACTIVATION)


PARTNER = Partner(closed=False, ready=True, maker="maker-2")


@pytest.mark.parametrize(
    ("partner", "maker", "ready", "differ"),
    [
        (PARTNER, "maker-1", True, True),
        (None, "maker-1", False, False),
        (replace(PARTNER, ready=False), "maker-1", False, True),
        (replace(PARTNER, ready=False, completed=True), "maker-1", True, True),
        (replace(PARTNER, ready=True, completed=True), "maker-1", True, True),
        (PARTNER, "maker-2", True, False),
        (PARTNER, "", True, False),
    ],
)
def test_a_break_glass_key_waits_for_its_partner(
    partner: Partner | None, maker: str, ready: bool, differ: bool
) -> None:
    """Both keys must be there, of makers that are known and not the same; no other purpose asks for a partner."""
    world = World(requirements=ATTENDED_PATH, purpose=Purpose.BREAK_GLASS)
    world.open(position=1, requester=JOINER)
    world.up_to(Stage.ACTIVATION)
    assert world.state.credential is not None
    part(world, "credential", made=replace(world.state.credential.made, maker=maker))
    world.surround(partner=partner)
    assert holds(world, R.PartnerNotReady, Moment.ACTIVATION) is ready
    assert holds(world, R.MakerMissing, Moment.ACTIVATION) is differ
    assert not holds(alter(world, credential=None), R.MakerMissing, Moment.ACTIVATION)
    alter(world, purpose=Purpose.FIRST_KEY)
    assert holds(world, R.PartnerNotReady, Moment.ACTIVATION)
    assert holds(world, R.MakerMissing, Moment.ACTIVATION)
