"""The digest does not depend on how a set was made."""

from msgspec.structs import replace

from firstkey.enrollment.case.digest import digest_of
from firstkey.enrollment.case.words import Stage
from tests.core.enrollment.turns import alter
from tests.core.enrollment.world import KEY, PASS_PATH, World

SAME_PLACE = (-8, -264)
"""Two numbers for which a set of two has one place: the first to come stands first."""


def test_equal_sets_have_one_digest() -> None:
    """Sets that are equal give one digest, in whatever order their members came and are kept."""
    one, other = frozenset(SAME_PLACE), frozenset(reversed(SAME_PLACE))
    assert one == other
    assert tuple(one) != tuple(other)
    cases = (
        alter(World().up_to(Stage.APPROVAL), requirements=replace(PASS_PATH, key=replace(KEY, algorithms=algorithms)))
        for algorithms in (one, other)
    )
    assert len({digest_of(world.state) for world in cases}) == 1
