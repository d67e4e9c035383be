"""What was made, term by term."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.key_terms import KEY_TERMS, unmet_term
from firstkey.enrollment.case.surroundings import Made
from firstkey.policy.model import KeyTerms, Trust
from tests.core.enrollment.world import GOOD, KEY

LAX = KeyTerms(
    user_verification=False,
    device_bound=False,
    trust=Trust.NONE,
    formats=frozenset({"packed", "none"}),
    algorithms=frozenset({-7, -8}),
)
POOR = replace(GOOD, user_verified=False, backup_eligible=True, trust=Trust.NONE, fmt="none", algorithm=-8)
"""Made under no demands at all."""


@pytest.mark.parametrize(
    ("terms", "made", "unmet"),
    [
        (KEY, GOOD, None),
        (LAX, POOR, None),
        (LAX, GOOD, None),
        # each demand alone, and what it refuses
        (replace(LAX, user_verification=True), POOR, "user_verification"),
        (replace(LAX, user_verification=True), replace(POOR, user_verified=True), None),
        (replace(LAX, device_bound=True), POOR, "device_bound"),
        (replace(LAX, device_bound=True), replace(POOR, backup_eligible=False), None),
        (replace(LAX, trust=Trust.SELF), POOR, "trust"),
        (replace(LAX, trust=Trust.SELF), replace(POOR, trust=Trust.SELF), None),
        (replace(LAX, trust=Trust.SELF), replace(POOR, trust=Trust.ANCHORED), None),
        (replace(LAX, trust=Trust.ANCHORED), replace(POOR, trust=Trust.SELF), "trust"),
        (replace(LAX, formats=frozenset({"packed"})), POOR, "formats"),
        (replace(LAX, formats=frozenset()), POOR, "formats"),
        (replace(LAX, algorithms=frozenset({-7})), POOR, "algorithms"),
        (replace(LAX, algorithms=frozenset()), POOR, "algorithms"),
        (replace(LAX, roaming=True), POOR, "roaming"),
        (replace(LAX, roaming=True), replace(POOR, roaming=True), None),
        (LAX, replace(POOR, roaming=True), None),
        (replace(LAX, aaguids=frozenset({"aaguid-1"})), POOR, None),
        (replace(LAX, aaguids=frozenset({"aaguid-2"})), POOR, "aaguids"),
        (replace(LAX, aaguids=frozenset()), POOR, "aaguids"),
    ],
)
def test_each_term_refuses_alone(terms: KeyTerms, made: Made, unmet: str | None) -> None:
    """A key that falls short in one term is refused by the name of that term; an empty list takes nothing."""
    assert unmet_term(terms, made) == unmet


def test_every_term_is_compared() -> None:
    """Each term that a policy can ask for is in the table, once."""
    assert [name for name, _ in KEY_TERMS] == list(KeyTerms.__struct_fields__)


def test_what_nobody_judged_meets_nothing() -> None:
    """A response of which nothing is known falls short of the usual terms."""
    assert unmet_term(KEY, Made(ceremony="ceremony-1")) == "user_verification"
    assert unmet_term(replace(KEY, user_verification=False), Made(ceremony="ceremony-1")) == "device_bound"
