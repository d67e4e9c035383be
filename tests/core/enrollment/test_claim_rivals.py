"""Claim, rivals: another device is turned away, told once, and its code is never a try."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseClosed, Fact, PassRevoked, RivalRefused
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.surroundings import CodeJudged
from firstkey.enrollment.case.words import Cause, Closure, Stage
from firstkey.enrollment.claim import RefuseRival
from firstkey.enrollment.lifecycle.decide import Decision
from tests.core.enrollment.turns import alter, hold, part, refusal_of, rival
from tests.core.enrollment.world import DEVICE, RIVAL, START, World

TOLD = RivalRefused(at=START, claim="claim-1", rival_key="device-2")
RIGHT, WRONG = CodeJudged("pass-1", matched=True), CodeJudged("pass-1", matched=False)
MISUSED = (
    PassRevoked(at=START, pass_id="pass-1", cause=Cause.MISUSED),
    CaseClosed(at=START, reason=Closure.MISUSED),
)


def comes(world: World, code: CodeJudged | None = None) -> Decision:
    """A rival comes, perhaps with a code."""
    return world.do(RefuseRival(RIVAL, code))


def test_a_rival_is_told_once_per_claim() -> None:
    """The first request is a fact and a refusal, remembered against the person; a later one leaves no fact."""
    world = World().up_to(Stage.ISSUANCE)
    before = world.state
    decision = comes(world)
    assert decision.facts == (TOLD,)
    assert decision.refusal is R.AnotherDeviceClaimed
    assert (decision.takes, decision.frees) == (frozenset(), frozenset())
    assert world.state == replace(before, claim=replace(known(before.claim), rival_seen=True), adverse_at=START)
    assert refusal_of(world, comes) is R.AnotherDeviceClaimed


def test_a_new_claim_is_told_of_its_own_rivals() -> None:
    """Whether a rival was seen belongs to the claim."""
    world = World().up_to(Stage.CLAIM)
    world.claim()
    comes(world)
    alter(world, claim=None)
    world.claim(claim="claim-2")
    assert comes(world).facts == (replace(TOLD, claim="claim-2"),)


def test_the_claiming_device_is_no_rival() -> None:
    """A rival proves a key of its own, on a case that another key has claimed."""
    assert refusal_of(World().up_to(Stage.ISSUANCE), lambda w: w.do(RefuseRival(DEVICE))) is R.RivalIsTheClaimant
    assert refusal_of(World().up_to(Stage.CLAIM), rival) is R.ClaimMissing


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize(
    ("code", "compared", "stage", "facts"),
    [
        (None, 0, Stage.REDEMPTION, ()),
        (WRONG, 0, Stage.REDEMPTION, ()),
        (RIGHT, 0, Stage.REDEMPTION, MISUSED),
        (RIGHT, 4, Stage.REDEMPTION, MISUSED),
        (RIGHT, 5, Stage.REDEMPTION, ()),
        (RIGHT, 6, Stage.REDEMPTION, ()),
        (WRONG, 5, Stage.REDEMPTION, ()),
        (RIGHT, 0, Stage.ISSUANCE, ()),
        (RIGHT, 0, Stage.DELIVERY, ()),
        (RIGHT, 0, Stage.REGISTRATION, ()),
        (RIGHT, 0, Stage.ACTIVATION, ()),
    ],
)
def test_only_a_right_code_says_that_it_has_leaked(
    code: CodeJudged | None, compared: int, stage: Stage, facts: tuple[Fact, ...], seen: bool
) -> None:
    """The right code in a rival's hands ends pass and case; a wrong or sixth one, or one for no armed pass, nothing."""
    world = part(World().up_to(stage), "claim", rival_seen=seen)
    world.surround(rival_codes_compared=compared)
    expected = (*(() if seen else (TOLD,)), *facts)
    if expected:
        decision = comes(world, code)
        assert decision.facts == expected
        assert decision.refusal is R.AnotherDeviceClaimed
        assert world.state.closed is (Closure.MISUSED if facts else None)
    else:
        assert refusal_of(world, lambda w: comes(w, code)) is R.AnotherDeviceClaimed
    assert world.state.tries_failed == 0


@pytest.mark.parametrize("matched", [False, True])
def test_a_code_is_judged_for_the_pass_that_lives(matched: bool) -> None:
    """A judgement of another pass's code is not taken for this one's."""
    world = World().up_to(Stage.REDEMPTION)
    other = CodeJudged("pass-2", matched=matched)
    assert refusal_of(world, lambda w: comes(w, other)) is R.CodeIsForAnotherPass
    assert refusal_of(World().up_to(Stage.ISSUANCE), lambda w: comes(w, other)) is None


def test_a_rival_of_a_held_case_is_told() -> None:
    """A hold does not hide a rival; there is no pass left whose code it could bring."""
    world = World().up_to(Stage.REDEMPTION)
    hold(world)
    assert comes(world, RIGHT).facts == (TOLD,)
