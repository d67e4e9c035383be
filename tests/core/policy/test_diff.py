"""A diff says what a change weakens, term by term, for every case that would notice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firstkey.policy.diff import Change, Effect, compare, weakens
from firstkey.policy.evaluate import select
from firstkey.policy.facts import FACTS
from firstkey.policy.floors import caught
from firstkey.policy.model import Bootstrap, FirstScreen, Path, Policy, Verdict
from firstkey.policy.terms import TERMS, values_in
from tests.core.policy.sample import LAX, PAIRS, STRICT, any_policy, changed, path, policy, requirements

GOOD = requirements()
ONE = path("one", GOOD, when="device=certified")
TWO = path("two", changed(GOOD, quorum=3), when="device=own")
SAMPLE = policy(ONE, TWO, path("rest"))


def effects(old: Policy, new: Policy) -> list[tuple[str, str, str, Effect]]:
    """Return what changed where, and what it does."""
    return [(change.before, change.after, change.what, change.effect) for change in compare(old, new)]


@given(any_policy())
def test_a_policy_against_itself_is_without_change(drawn: Policy) -> None:
    """Nothing changes where nothing was changed, whatever the policy."""
    assert compare(drawn, drawn) == ()
    assert compare(drawn, replace(drawn, name="other", version=2, sha256="11" * 32)) == ()


@pytest.mark.parametrize("term", sorted(PAIRS))
def test_weakening_any_one_term_is_told(term: str) -> None:
    """Each term, made laxer alone, is one weakening; made stricter again, it is none."""
    lax = policy(replace(ONE, requirements=changed(GOOD, **{term: LAX[term]})), TWO, path("rest"))
    assert compare(SAMPLE, lax) == (Change("one", "one", term, STRICT[term], LAX[term], Effect.WEAKENS),)
    assert weakens(SAMPLE, lax) == compare(SAMPLE, lax)
    assert effects(lax, SAMPLE) == [("one", "one", term, Effect.STRENGTHENS)]
    assert weakens(lax, SAMPLE) == ()


@pytest.mark.parametrize(
    ("term", "value"),
    [
        ("bootstrap", Bootstrap.ATTENDED),
        ("methods", LAX["methods"] - STRICT["methods"]),
        ("approvers", LAX["approvers"] - STRICT["approvers"]),
        ("formats", LAX["formats"] - STRICT["formats"]),
        ("destinations", ("elsewhere",)),
        ("anchors", LAX["anchors"] - STRICT["anchors"]),
        ("aaguids", frozenset({"00000000-0000-4000-8000-000000000002"})),
    ],
)
def test_what_cannot_be_compared_counts_as_weakening(term: str, value: Any) -> None:
    """Another way in, other people or other models are neither stricter nor laxer, so two people must sign."""
    other = policy(replace(ONE, requirements=changed(GOOD, **{term: value})), TWO, path("rest"))
    assert effects(SAMPLE, other) == [("one", "one", term, Effect.UNCLEAR)]
    assert len(weakens(SAMPLE, other)) == len(weakens(other, SAMPLE)) == 1


@pytest.mark.parametrize(
    ("old", "new", "what", "effect"),
    [
        ({"verdict": Verdict.VERIFY}, {"verdict": Verdict.ALLOW}, "verdict", Effect.WEAKENS),
        ({"verdict": Verdict.ALLOW}, {"verdict": Verdict.VERIFY}, "verdict", Effect.STRENGTHENS),
        ({"stricter_of_first": True}, {"stricter_of_first": False}, "stricter_of_first", Effect.WEAKENS),
        ({"stricter_of_first": False}, {"stricter_of_first": True}, "stricter_of_first", Effect.STRENGTHENS),
        ({}, {"first_screen": FirstScreen.OWN_PHONE}, "first_screen", Effect.UNCLEAR),
    ],
)
def test_what_a_path_says_beside_its_terms(old: dict[str, Any], new: dict[str, Any], what: str, effect: Effect) -> None:
    """Dropping the additional verification, or what recovery keeps, weakens."""
    assert effects(policy(replace(ONE, **old)), policy(replace(ONE, **new))) == [("one", "one", what, effect)]


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ({"requester_may_proof": True}, Effect.WEAKENS),
        ({"extra_roots": frozenset({"aa"})}, Effect.WEAKENS),
    ],
)
def test_what_a_policy_says_as_a_whole(change: dict[str, Any], effect: Effect) -> None:
    """Letting the requester proof, or trusting another root, weakens everything at once."""
    (what,) = change
    assert effects(SAMPLE, replace(SAMPLE, **change)) == [("", "", what, effect)]
    assert effects(replace(SAMPLE, **change), SAMPLE) == [("", "", what, Effect.STRENGTHENS)]


def test_exchanging_one_root_for_another_is_unclear() -> None:
    """Another trusted root is not a stricter one."""
    old, new = (replace(SAMPLE, extra_roots=frozenset({root})) for root in ("aa", "bb"))
    assert effects(old, new) == [("", "", "extra_roots", Effect.UNCLEAR)]


def test_opening_and_closing() -> None:
    """A new path opens what was prohibited, for the cases that reach it; taking it away closes them."""
    opened = policy(ONE, TWO, path("three", GOOD, when="device=managed,own"), path("rest"))
    assert effects(SAMPLE, opened) == [("rest", "three", "verdict", Effect.WEAKENS)]
    assert effects(opened, SAMPLE) == [("three", "rest", "verdict", Effect.STRENGTHENS)]
    assert effects(policy(ONE), policy(ONE, path("rest"))) == []
    assert effects(policy(), policy(ONE)) == [("", "one", "verdict", Effect.WEAKENS)]


def test_widening_a_condition_is_told_where_it_lets_in() -> None:
    """Cases that go by a laxer path from now on are told with both paths' names."""
    wide = policy(replace(ONE, when=path(when="device=certified,own").when), TWO, path("rest"))
    assert effects(SAMPLE, wide) == [("two", "one", "quorum", Effect.WEAKENS)]
    assert effects(wide, SAMPLE) == [("one", "two", "quorum", Effect.STRENGTHENS)]


def test_order_matters_only_where_cases_notice() -> None:
    """Exchanging paths that catch different cases changes nothing; where they overlap, the difference is told."""
    assert compare(SAMPLE, policy(TWO, ONE, path("rest"))) == ()
    wide = replace(TWO, when=path(when="device=certified,own").when)
    assert effects(policy(wide, ONE), policy(ONE, wide)) == [("two", "one", "quorum", Effect.WEAKENS)]


def test_another_name_is_no_change() -> None:
    """A path is what it asks of which cases."""
    assert compare(SAMPLE, policy(replace(ONE, name="renamed", reason="Another.", line=9), TWO, path("rest"))) == ()


def stricter_everywhere(old: Path | None, new: Path | None) -> bool:
    """Whether what one path asks is at least what another asks, in every term."""
    if new is None or new.requirements is None:
        return True
    if old is None or old.requirements is None:
        return False
    mine, theirs = values_in(old.requirements), values_in(new.requirements)
    terms = all(TERMS[name].order.at_least(theirs[name], mine[name]) for name in TERMS)
    return terms and new.stricter_of_first >= old.stricter_of_first


@given(any_policy(), any_policy(), st.sampled_from(sorted(caught(()))))
def test_a_diff_without_weakening_weakens_no_case(old: Policy, new: Policy, case: tuple[str, ...]) -> None:
    """Whatever two policies are compared: when nothing is told, no combination of facts is served more laxly."""
    values = dict(zip(FACTS, case, strict=True))
    if not weakens(old, new):
        assert stricter_everywhere(select(old, values), select(new, values))
    if not stricter_everywhere(select(old, values), select(new, values)):
        assert weakens(old, new)
