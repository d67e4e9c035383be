"""Issuance: the system issues a complete case one pass at a time, three at most; whoever has a duty may kill it."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import PassExpired, PassIssued, PassRevoked
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Native, Pass, known
from firstkey.enrollment.case.words import Cause, NativeState, PassState, Stage
from firstkey.enrollment.issuance import IssuePass, RevokePass, issue_pass
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import Channel, Purpose, Requirements
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.core.enrollment.turns import Turn, alter, refusal_of, refused, revoke, scene, sweep
from tests.core.enrollment.world import (
    ADMIN_A,
    ATTENDED_PATH,
    OWN_KEY_PATH,
    PRESENCE_PATH,
    START,
    World,
)

NATIVE = Native("native-1", "directory", NativeState.MINTED, START)


@pytest.mark.parametrize("requirements", [PRESENCE_PATH, replace(PRESENCE_PATH, channel=Channel.DEVICE_SEALED)])
def test_a_complete_case_gets_a_pass(requirements: Requirements) -> None:
    """The fact names pass, number, channel and epoch; no secret exists; the account's place for a pass is taken."""
    world = World(requirements=requirements).up_to(Stage.ISSUANCE)
    world.surround(epoch=5)
    before = world.state
    decision = world.issue()
    fact = PassIssued(at=START, pass_id="pass-1", number=1, channel=requirements.channel, epoch=5)
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert decision.takes == {("live_pass", "account-1")}
    pass_ = Pass(pass_id="pass-1", number=1, state=PassState.ISSUED, channel=requirements.channel, epoch=5)
    assert world.state == replace(before, pass_=pass_, passes_issued=1, first_pass_at=START)


def test_a_later_pass_leaves_the_first_ones_time() -> None:
    """The time of the first pass stays, and the number goes on."""
    case = World().up_to(Stage.ISSUANCE).state
    earlier = replace(case, first_pass_at=START - 1, passes_issued=1)
    fact = PassIssued(at=START, pass_id="pass-2", number=2, channel=Channel.IN_PERSON, epoch=1)
    pass_ = Pass("pass-2", 2, PassState.ISSUED, Channel.IN_PERSON, 1)
    assert apply_fact(earlier, fact) == replace(earlier, pass_=pass_, passes_issued=2)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: w.surround(live_pass_elsewhere=True), R.PassElsewhere),
        (lambda w: w.surround(native_elsewhere=True), R.NativePassStands),
        (lambda w: alter(w, native=NATIVE), R.NativePassStands),
        (lambda w: alter(w, native=replace(NATIVE, state=NativeState.USED)), R.NativePassStands),
        (lambda w: alter(w, native=replace(NATIVE, state=NativeState.REAPED)), None),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: w.let_pass(72 * HOUR + 1), R.EvidenceTooOld),
        (World.issue, R.NotAStep),
    ],
)
def test_what_keeps_a_pass_from_being_issued(turn: Turn, reason: R | None) -> None:
    """No pass beside another of the account, nor beside a native pass that stands, nor on ground that does not."""
    world = World().up_to(Stage.ISSUANCE)
    turn(world)
    assert refusal_of(world, lambda w: w.issue("pass-2")) is reason


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (Stage.PROOFING, R.ClaimMissing),
        (Stage.APPROVAL, R.ClaimMissing),
        (Stage.CLAIM, R.ClaimMissing),
        (Stage.REGISTRATION, R.NotAStep),
        (Stage.ACTIVATION, R.NotAStep),
        (Stage.CLOSED, R.CaseOver),
    ],
)
def test_an_incomplete_case_gets_no_pass(stage: Stage, reason: R) -> None:
    """Before the chain is whole, and after the pass is redeemed, nothing is issued."""
    assert refusal_of(World().up_to(stage), lambda w: w.issue("pass-2")) is reason


def test_where_no_pass_exists_none_is_issued() -> None:
    """Attended and own_key cases know no pass."""
    assert refusal_of(World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION), World.issue) is R.BootstrapDiffers
    own_key = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.REDEMPTION)
    assert refusal_of(own_key, World.issue) is R.BootstrapDiffers


@pytest.mark.parametrize(("issued", "reason"), [(0, None), (2, None), (3, R.PassesUsedUp), (4, R.PassesUsedUp)])
def test_three_passes_a_case(issued: int, reason: R | None) -> None:
    """The third pass is the last: without another to come the case is over."""
    world = alter(World().up_to(Stage.ISSUANCE), passes_issued=issued)
    assert refusal_of(world, World.issue) is reason
    if reason is None:
        assert known(world.state.pass_).number == issued + 1


def test_the_fourth_pass_is_refused_by_itself() -> None:
    """Issuance looks at the count itself, whatever is written of it before."""
    world = World().up_to(Stage.ISSUANCE)
    for issued, reason in ((2, None), (3, R.PassesUsedUp), (4, R.PassesUsedUp)):
        alter(world, passes_issued=issued)
        assert refusal_of(world, lambda w: issue_pass(scene(w), IssuePass("pass-9"))) is reason


def test_passes_come_one_after_another() -> None:
    """A second and a third pass follow a dead one, by one press each; a fourth does not."""
    world = World().up_to(Stage.ISSUANCE)
    for number in (1, 2, 3):
        world.issue(f"pass-{number}")
        assert known(world.state.pass_).number == world.state.passes_issued == number
        revoke(world)
    assert world.stage is Stage.CLOSED
    assert world.state.closed == "passes_exhausted"


def test_what_the_epoch_killed_does_not_count() -> None:
    """A pass that only a raised epoch killed leaves its number to the next."""
    world = World().up_to(Stage.ISSUANCE)
    for epoch in (2, 3, 4, 5):
        world.issue(f"pass-{epoch}")
        world.surround(epoch=epoch)
        assert sweep(world).facts == (PassRevoked(at=START, pass_id=f"pass-{epoch}", cause=Cause.EPOCH_RAISED),)
        assert world.state.passes_issued == 0
    assert world.issue("pass-6").facts == (
        PassIssued(at=START, pass_id="pass-6", number=1, channel=Channel.DEVICE_SEALED, epoch=5),
    )


@pytest.mark.parametrize("since", [DAY - 1, DAY, DAY + 1])
def test_later_passes_come_within_a_day_of_the_first(since: int) -> None:
    """At 24 hours after the first pass a later one can still be issued, and lives; a moment later the case is over."""
    world = World().up_to(Stage.ISSUANCE)
    world.issue()
    revoke(world)
    world.let_pass(since)
    reason = refusal_of(world, lambda w: w.issue("pass-2"))
    assert reason is (None if since <= DAY else R.PassesUsedUp)
    assert reason is not None or world.stage is Stage.DELIVERY


def test_a_later_pass_on_a_presence_path_needs_fresh_presence() -> None:
    """The visit that let the first pass be issued is too old for the next; a new visit is not."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.DELIVERY)
    revoke(world)
    world.let_pass(10 * MINUTE)
    assert refusal_of(world, lambda w: w.issue("pass-2")) is R.PresenceTooOld
    world.visit()
    assert refusal_of(world, lambda w: w.issue("pass-2")) is None


# Revoking


@pytest.mark.parametrize("stage", [Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION])
def test_a_live_pass_is_revoked_at_once(stage: Stage) -> None:
    """The pass is dead, its window shut, the account's place free; the case goes on."""
    world = World().up_to(stage)
    before = world.state
    decision = revoke(world)
    assert decision.facts == (PassRevoked(at=START, pass_id="pass-1", cause=Cause.REQUESTED),)
    assert decision.frees == {("live_pass", "account-1")}
    dead = replace(known(before.pass_), state=PassState.REVOKED, cause=Cause.REQUESTED)
    assert world.state == replace(before, pass_=dead, window=None)
    assert world.stage is Stage.ISSUANCE


@pytest.mark.parametrize("role", ["proofer", "administrator", "manager"])
def test_anybody_with_a_part_may_revoke(role: str) -> None:
    """Lowering trust takes some duty or relation, and nobody without any may."""
    world = World().up_to(Stage.DELIVERY)
    assert refused(world, RevokePass("sam")) is R.NotEligible
    world.surround(eligible=world.around.eligible | {("sam", role)})
    assert refused(world, RevokePass("sam")) is None


def test_revoking_needs_no_ground_but_a_live_pass() -> None:
    """A doubtful clock does not keep a pass alive; a pass that is dead, or not there, is not revoked."""
    world = World().up_to(Stage.REDEMPTION)
    world.surround(clock_doubtful=True)
    assert refused(world, RevokePass(ADMIN_A)) is None
    assert refused(world, RevokePass(ADMIN_A)) is R.NotAStep
    assert refused(World().up_to(Stage.ISSUANCE), RevokePass(ADMIN_A)) is R.NotAStep


def test_an_issued_pass_that_nobody_arms_dies_with_the_day() -> None:
    """An inert pass lives 24 hours from the first pass, and not a millisecond longer."""
    world = World().up_to(Stage.DELIVERY)
    world.let_pass(DAY)
    assert sweep(world).facts == ()
    world.let_pass(1)
    first, *_ = sweep(world).facts
    assert first == PassExpired(at=START + DAY + 1, pass_id="pass-1")


def issued_twice(world: World) -> Decision:
    """Ask for a second pass."""
    return world.issue("pass-2")


def test_one_live_pass_a_case() -> None:
    """While its pass lives, whatever its state, a case gets no other."""
    for stage in (Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION):
        assert refusal_of(World().up_to(stage), issued_twice) is R.NotAStep
