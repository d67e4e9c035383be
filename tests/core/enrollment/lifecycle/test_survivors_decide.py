"""The door to a case, where breaking it on purpose went unseen."""

import pytest

from firstkey.enrollment.case.refusals import R
from tests.core.enrollment.turns import refusal_of
from tests.core.enrollment.world import World


@pytest.mark.parametrize(("opened", "refusal"), [(False, R.LifetimeMissing), (True, R.NotAStep)])
def test_a_case_is_opened_once_whatever_else_is_wrong(opened: bool, refusal: R) -> None:
    """That there is a case already is told before anything that is wrong with the request."""
    world = World()
    if opened:
        world.open()
    assert refusal_of(world, lambda w: w.open(lifetime_ms=0)) is refusal
