"""The exception tree: a refusal is typed, says what to do next, and can be told from a defect."""

from enum import Enum

import pytest

from firstkey.values.errors import Defect, FirstKeyError, Malformed, Refused, Says, Unavailable, problem_type


class Reason(Enum):
    """Reasons invented for this test."""

    PassSpent = Says("The pass is spent.", "Ask for another.")
    NotBase64Url = Says("This is not base64url.", "Encode it again.")
    IDPSaysNo = Says("The provider says no.", "Ask the provider.")
    Late = Says("It is late.", "Come earlier.")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.PassSpent, "pass-spent"),
        (Reason.NotBase64Url, "not-base64-url"),
        (Reason.IDPSaysNo, "idp-says-no"),
        (Reason.Late, "late"),
    ],
)
def test_a_problem_type_is_the_name_in_kebab_case(reason: Enum, expected: str) -> None:
    """Each capital that begins a word is set off by a hyphen."""
    assert problem_type(reason) == expected
    assert Refused(reason).type == expected


def test_a_refusal_carries_its_reason_and_detail() -> None:
    """A refusal keeps the reason, what it says, and the detail, and prints title and detail."""
    refusal = Refused(Reason.PassSpent, "number 2")
    assert (refusal.reason, refusal.says.next_step, refusal.detail) == (
        Reason.PassSpent,
        "Ask for another.",
        "number 2",
    )
    assert str(refusal) == "The pass is spent. number 2"
    assert str(Refused(Reason.PassSpent)) == "The pass is spent."


def test_the_families_are_apart() -> None:
    """Malformed is a refusal; unavailable and defect are none; all have one root."""
    assert issubclass(Malformed, Refused)
    assert not issubclass(Unavailable, Refused)
    assert not issubclass(Defect, Refused)
    assert all(issubclass(family, FirstKeyError) for family in (Refused, Unavailable, Defect))
