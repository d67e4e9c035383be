"""The join: symmetric where terms compare, the present way where they do not, never laxer than either."""

import pytest
from hypothesis import given

from firstkey.policy.model import Anchor, Bootstrap, Requirements
from firstkey.policy.strictness import anchor_missing, stricter
from firstkey.policy.terms import TERMS, values_in
from tests.core.policy.sample import LAX, STRICT, any_requirements, requirements

HOW = {"bootstrap", "channel", "anchors", "methods", "approvers", "destinations"}
COMPARED = sorted(set(TERMS) - HOW)


@given(any_requirements, any_requirements)
def test_the_join_commutes_on_compared_terms(one: Requirements, other: Requirements) -> None:
    """Which side is the present one matters only to how, never to how much."""
    left, right = values_in(stricter(one, other)), values_in(stricter(other, one))
    assert {term: left[term] for term in COMPARED} == {term: right[term] for term in COMPARED}


@given(any_requirements)
def test_the_join_is_idempotent(one: Requirements) -> None:
    """Joining requirements with themselves changes nothing."""
    assert stricter(one, one) == one


@given(any_requirements, any_requirements)
def test_the_join_is_never_laxer_than_either(one: Requirements, other: Requirements) -> None:
    """In every compared term the result is at least as strict as both sides."""
    joined = values_in(stricter(one, other))
    for side in (one, other):
        for term in COMPARED:
            assert TERMS[term].order.at_least(joined[term], values_in(side)[term]), term


@given(any_requirements, any_requirements, any_requirements)
def test_the_join_is_associative(one: Requirements, two: Requirements, three: Requirements) -> None:
    """However many requirements are remembered, their order does not matter."""
    assert stricter(stricter(one, two), three) == stricter(one, stricter(two, three))


@given(any_requirements, any_requirements)
def test_the_way_in_stays_the_present_one(one: Requirements, other: Requirements) -> None:
    """Bootstrap, channel, anchors, methods, approvers and destinations are the present path's."""
    joined, present = values_in(stricter(one, other)), values_in(one)
    assert {term: joined[term] for term in HOW} == {term: present[term] for term in HOW}


@pytest.mark.parametrize("term", COMPARED)
def test_each_term_takes_the_tighter_of_two(term: str) -> None:
    """One side strict and the other lax, in this term alone: the strict value stands, from whichever side it came."""
    strict, lax = requirements(), requirements(**{term: LAX[term]})
    assert values_in(stricter(strict, lax))[term] == STRICT[term]
    assert values_in(stricter(lax, strict))[term] == STRICT[term]


ANCHORED = requirements(anchors=frozenset({Anchor.PRESENCE}))
RELAYABLE = requirements(anchors=frozenset())
ATTENDED = requirements(bootstrap=Bootstrap.ATTENDED, anchors=frozenset())
OWN_KEY = requirements(bootstrap=Bootstrap.OWN_KEY, anchors=frozenset())


@pytest.mark.parametrize(
    ("present", "other", "missing"),
    [
        (RELAYABLE, ANCHORED, True),
        (RELAYABLE, ATTENDED, True),
        (RELAYABLE, RELAYABLE, False),
        (ANCHORED, ATTENDED, False),
        (ATTENDED, ANCHORED, False),
        (OWN_KEY, ANCHORED, False),
        (RELAYABLE, OWN_KEY, False),
    ],
)
def test_an_anchor_demanded_must_be_there(present: Requirements, other: Requirements, missing: bool) -> None:
    """Where the other side is anchored the present one must be; attendance and an own key count."""
    assert anchor_missing(present, other) is missing
