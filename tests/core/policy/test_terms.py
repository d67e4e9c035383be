"""One row for every term, and an order on each."""

import pytest
from hypothesis import given

from firstkey.policy.model import KeyTerms, Requirements
from firstkey.policy.terms import NO_CHANNELS, TERMS, requirements_of, show, values_in
from tests.core.policy.sample import LAX, PAIRS, STRICT, any_requirements


def test_every_field_of_requirements_has_a_row() -> None:
    """A term that is added to the model must say here how it is written and which way it is stricter."""
    assert set(TERMS) == (set(Requirements.__struct_fields__) - {"key"}) | set(KeyTerms.__struct_fields__)
    assert set(PAIRS) == set(TERMS) - {"bootstrap"}


def test_no_two_terms_share_a_key() -> None:
    """A line of a policy sets one term."""
    assert len({term.key for term in TERMS.values()}) == len(TERMS)


@pytest.mark.parametrize("term", sorted(PAIRS))
def test_each_order_tells_the_stricter_from_the_laxer(term: str) -> None:
    """The stricter value is at least as strict as the laxer, and not the other way round."""
    at_least = TERMS[term].order.at_least
    assert at_least(STRICT[term], LAX[term])
    assert not at_least(LAX[term], STRICT[term])
    assert at_least(LAX[term], LAX[term])
    assert at_least(STRICT[term], STRICT[term])


@given(any_requirements)
def test_requirements_are_their_terms(drawn: Requirements) -> None:
    """Taking requirements apart and putting them together gives the same."""
    assert requirements_of(values_in(drawn)) == drawn


@pytest.mark.parametrize("name", ["email", "E-Mail", "SMS", "voice", "chat", "Phone"])
def test_channels_that_can_be_forwarded_do_not_exist(name: str) -> None:
    """Mail, text messages, telephone and chat are refused with a reason and with what to write instead."""
    unfit = TERMS["channel"].kind.read(name)
    assert unfit in NO_CHANNELS.values()
    assert unfit.instead == 'channel = "device_sealed"'


def test_a_term_is_shown_as_the_line_that_sets_it() -> None:
    """What people read is what they would write; an absent limit is said in words."""
    assert show("quorum", 2) == "approval.quorum = 2"
    assert show("credential_lifetime_ms", None) == "no credential.lifetime"
