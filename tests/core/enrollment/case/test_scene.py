"""The scene joins what was pinned with what holds now."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, Step, present, require, scene_of
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import Requirements
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from tests.core.enrollment.turns import case_at
from tests.core.enrollment.world import PASS_PATH, PROHIBITED, START, World, ruling_for

STRICTER = replace(PASS_PATH, level=3, quorum=2, tries=2, pass_lifetime_ms=5 * MINUTE)
LAXER = replace(PASS_PATH, level=1, quorum=0, tries=5, pass_lifetime_ms=15 * MINUTE)


@pytest.mark.parametrize(("current", "required"), [(STRICTER, STRICTER), (LAXER, PASS_PATH), (PASS_PATH, PASS_PATH)])
def test_the_stricter_of_pinned_and_current_holds(current: Requirements, required: Requirements) -> None:
    """What the policy asks now counts where it is stricter than what the case pinned, and never where it is laxer."""
    case, around = case_at(Stage.APPROVAL), World().around
    joined = scene_of(case, around, ruling_for(current), START + HOUR)
    assert joined == Scene(case=case, around=around, ruling=ruling_for(current), now=START + HOUR, required=required)


def test_a_ruling_without_requirements_leaves_the_pinned_ones() -> None:
    """Where the policy prohibits now, the pinned requirements still stand beside its no."""
    case, around = case_at(Stage.APPROVAL), World().around
    assert scene_of(case, around, PROHIBITED, START).required == PASS_PATH


def test_a_scene_goes_on_with_the_case() -> None:
    """After a fact only the case of the scene is another."""
    before = scene_of(case_at(Stage.APPROVAL), World().around, ruling_for(STRICTER), START)
    later = case_at(Stage.CLAIM)
    assert before.with_case(later) == replace(before, case=later)


def test_a_step_asks_for_nothing_more_by_itself() -> None:
    """A step holds its facts; a refusal and a last moment are said only where there are any."""
    assert (Step(()).refusal, Step(()).not_after) == (None, None)


def test_a_guard_refuses_with_its_reason() -> None:
    """`require` lets pass what holds, and refuses with reason and detail what does not."""
    require(True, R.WrongDevice)
    with pytest.raises(Refused) as caught:
        require(False, R.WrongDevice, "device-2")
    assert (caught.value.reason, caught.value.detail) == (R.WrongDevice, "device-2")


def test_what_must_be_there_is_returned() -> None:
    """`present` gives the part that is there, even an empty one, and refuses where there is none."""
    assert [present(part, R.ClaimMissing) for part in (0, "", ())] == [0, "", ()]
    with pytest.raises(Refused) as caught:
        present(None, R.ClaimMissing)
    assert caught.value.reason is R.ClaimMissing
