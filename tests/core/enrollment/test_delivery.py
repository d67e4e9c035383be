"""Delivery: the channel says who asks for the code, and asking arms the pass for ten minutes at most."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import PassArmed
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import PassState, Stage
from firstkey.enrollment.delivery import ArmPass
from firstkey.policy.model import Anchor, Channel, Duty
from firstkey.values.instants import HOUR, MINUTE
from tests.core.enrollment.turns import Turn, part, refusal_of, refused, revoke, sweep
from tests.core.enrollment.world import (
    DELIVERER,
    DEVICE,
    PASS_PATH,
    PRESENCE_PATH,
    RIVAL,
    SHIPPED_PATH,
    START,
    World,
    ruling_for,
)


def test_a_sealed_pass_is_armed_by_the_claiming_device() -> None:
    """The device's signed request is enough: no operator acts, no duty is held."""
    world = World().up_to(Stage.DELIVERY)
    before = world.state
    decision = world.arm()
    fact = PassArmed(at=START, pass_id="pass-1", ends_at=START + 10 * MINUTE, by=None)
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert (decision.takes, decision.frees) == (frozenset(), frozenset())
    armed = replace(known(before.pass_), state=PassState.ARMED, ends_at=START + 10 * MINUTE)
    assert world.state == replace(before, pass_=armed)


def test_a_pass_is_shown_to_the_deliverer() -> None:
    """In person the deliverer signs for it and holds the duty; the statement is spent."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.DELIVERY)
    before = world.state
    decision = world.arm()
    by = By(DELIVERER, f"statement-{world.statements}")
    assert decision.facts == (PassArmed(at=START, pass_id="pass-1", ends_at=START + 10 * MINUTE, by=by),)
    assert decision.takes == {("statement", f"{by.statement}:case-1")}
    armed = replace(known(before.pass_), state=PassState.ARMED, ends_at=START + 10 * MINUTE)
    assert world.state == replace(before, pass_=armed, duties=before.duties | {(Duty.DELIVERER, DELIVERER)})


@pytest.mark.parametrize(
    ("device", "signed", "sealed", "in_person"),
    [
        (True, False, None, R.ActNotForThis),
        (True, True, R.WrongDevice, None),
        (False, True, R.WrongDevice, None),
        (False, False, R.WrongDevice, R.ActNotForThis),
    ],
)
def test_the_channel_says_who_asks(device: bool, signed: bool, sealed: R | None, in_person: R | None) -> None:
    """A sealed code is asked for by the device and nobody else; one to be shown, by the deliverer's act."""
    for requirements, reason in ((PASS_PATH, sealed), (PRESENCE_PATH, in_person)):
        world = World(requirements=requirements).up_to(Stage.DELIVERY)
        act = world.act("arm_pass", DELIVERER, "pass-1") if signed else None
        assert refused(world, ArmPass(device=DEVICE if device else None, act=act)) is reason


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: part(w, "claim", device_key="device-9"), R.WrongDevice),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: w.let_pass(24 * HOUR), None),
        (lambda w: w.let_pass(24 * HOUR + 1), R.PassesUsedUp),
        (lambda w: part(w, "proofing", counts_from=START - 72 * HOUR - 1), R.EvidenceTooOld),
        (lambda w: w.surround(epoch=2), R.EpochRaised),
        (revoke, R.NotAStep),
        (World.arm, R.NotAStep),
        (lambda w: w.up_to(Stage.REGISTRATION), R.NotAStep),
    ],
)
def test_arming_looks_at_the_ground_as_issuance_does(turn: Turn, reason: R | None) -> None:
    """The ground is asked again, the claiming device's key included; a pass is armed once, while it lives."""
    world = World().up_to(Stage.DELIVERY)
    turn(world)
    assert refusal_of(world, lambda w: w.do(ArmPass(device=DEVICE))) is reason


def test_the_rival_arms_nothing() -> None:
    """Only the claiming device asks for the code that is sealed to it."""
    assert refused(World().up_to(Stage.DELIVERY), ArmPass(device=RIVAL)) is R.WrongDevice


def test_without_a_pass_nothing_is_armed() -> None:
    """There must be a pass that was issued."""
    assert refusal_of(World().up_to(Stage.ISSUANCE), World.arm) is R.NotAStep


def test_presence_is_fresh_when_the_code_is_shown() -> None:
    """A pass issued on a visit is armed within ten minutes of it."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.DELIVERY)
    world.let_pass(10 * MINUTE - 1)
    assert refusal_of(world, World.arm) is None
    late = World(requirements=PRESENCE_PATH).up_to(Stage.DELIVERY)
    late.let_pass(10 * MINUTE)
    assert refusal_of(late, World.arm) is R.PresenceTooOld


@pytest.mark.parametrize("pinned", [10 * MINUTE - 1, 10 * MINUTE, 10 * MINUTE + 1, HOUR])
@pytest.mark.parametrize("current", [5 * MINUTE, HOUR])
def test_an_armed_pass_lives_ten_minutes_at_most(pinned: int, current: int) -> None:
    """It lives as long as the stricter of pinned and current policy lets it, and never longer than ten minutes."""
    world = World(requirements=replace(PASS_PATH, pass_lifetime_ms=pinned)).up_to(Stage.DELIVERY)
    world.ruling = ruling_for(replace(PASS_PATH, pass_lifetime_ms=current))
    world.arm()
    assert known(world.state.pass_).ends_at == START + min(pinned, current, 10 * MINUTE)


@pytest.mark.parametrize("anchor", [None, *Anchor])
def test_a_code_is_shown_only_for_an_anchored_claim(anchor: Anchor | None) -> None:
    """A person sees a code only when the device is tied to the joiner; before the shipped key is made it is not."""
    world = World(requirements=replace(SHIPPED_PATH, channel=Channel.IN_PERSON)).up_to(Stage.DELIVERY)
    part(world, "claim", anchor=anchor)
    assert refusal_of(world, World.arm) is (R.AnchorMissing if anchor is None else None)
