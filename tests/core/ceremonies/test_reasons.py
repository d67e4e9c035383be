"""Refusals: each says what is wrong and what to do, as one sentence each, under a name of its own."""

import re

import pytest

from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import problem_type


@pytest.mark.parametrize("reason", CeremonyReason)
def test_a_refusal_is_two_sentences(reason: CeremonyReason) -> None:
    """Title and next step are sentences, and the problem type is words with hyphens."""
    assert all(re.fullmatch(r"[A-Z][^.]*\.", text) for text in reason.value)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", problem_type(reason))


def test_no_two_refusals_have_one_title() -> None:
    """A refusal is known by its title, too (and members of equal value would be one member)."""
    assert len({reason.value.title for reason in CeremonyReason}) == len(CeremonyReason)
