"""Compiled floors: the threat model's section 5.2 and the design's limits, which no path gets below."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given

from firstkey.policy.evaluate import select
from firstkey.policy.facts import FACTS
from firstkey.policy.floors import COMPILED_DISTINCT, FLOORS, Floor, apart, below, caught, held_apart, on, regions
from firstkey.policy.model import Anchor, Bootstrap, Duty, Policy, Spread, Tier, Trust
from firstkey.policy.terms import TERMS
from firstkey.values.instants import HOUR, MINUTE
from tests.core.policy.sample import any_policy, any_when, changed, facts, policy, requirements

SOUND = requirements(
    level=3,
    proofing_age_ms_max=HOUR,
    quorum=2,
    spread=frozenset(Spread),
    distinct=apart("requester deliverer", "requester confirmer"),
    credential_lifetime_ms=HOUR,
)
"""Requirements of a pass path that no floor objects to, but those that prohibit the pass."""

WITHOUT_END: dict[str, Any] = {
    "level": 0,
    "quorum": 0,
    "proofing_age_ms_max": 365 * 24 * HOUR,
    "spread": frozenset(),
    "distinct": frozenset(),
    "user_verification": False,
    "device_bound": False,
    "roaming": False,
    "trust": Trust.NONE,
    "anchors": frozenset(),
    "tier": Tier.PRIVILEGED,
    "credential_lifetime_ms": None,
    "after_review": False,
    "pass_lifetime_ms": 24 * HOUR,
    "window_ms": 24 * HOUR,
    "tries": 100,
    "ceremonies": 100,
}
"""For every term that a floor speaks of, the laxest value."""

HARDWARE: dict[str, Any] = {"trust": Trust.ANCHORED, "device_bound": True}
DELEGATE = apart("requester deliverer", "requester confirmer")


def combination(**values: str) -> frozenset[tuple[str, ...]]:
    """Return one combination of facts as a region."""
    given_facts = facts(**values)
    return frozenset({tuple(given_facts[name] for name in FACTS)})


def least(term: str, bootstrap: Any = Bootstrap.PASS, tier: Any = Tier.STANDARD, **values: str) -> list[Any]:
    """Return what the floors demand of a term in a case of these facts, on a path that gives all else away."""
    lax = changed(SOUND, **WITHOUT_END | {"bootstrap": bootstrap, "tier": tier})
    return [demand for _, name, demand in below(lax, combination(**values)) if name == term]


@pytest.mark.parametrize(
    ("values", "level", "quorum", "hours"),
    [
        ({"device": "certified"}, 2, 1, 72),
        ({"device": "own"}, 2, 2, 24),
        ({"device": "unknown"}, 2, 2, 24),
        ({"device": "shared"}, 2, 1, 72),
        ({"device": "uncovered"}, 2, 1, 72),
        ({"workplace": "remote"}, 3, 2, 4),
        ({"employment": "contractor"}, 2, 2, 72),
        ({"purpose": "emergency"}, 1, 2, 72),
        ({"purpose": "break_glass", "account": "privileged"}, 3, 2, 72),
        ({"request": "delegated"}, 2, 1, 72),
        ({"request": "bulk"}, 2, 2, 72),
        ({"account": "privileged"}, 2, 2, 72),
        ({"purpose": "recovery"}, 2, 1, 72),
        ({"purpose": "recovery", "account": "privileged"}, 2, 2, 72),
        ({"purpose": "replacement"}, 1, 1, 72),
        ({"purpose": "replacement", "account": "privileged"}, 1, 2, 72),
    ],
)
def test_evidence_and_quorum_of_the_threat_model(values: dict[str, str], level: int, quorum: int, hours: int) -> None:
    """Each row of section 5.2, and of the design's own floors, has its level, its age and its number of approvers."""
    assert max(least("level", **values)) == level
    assert max(least("quorum", **values)) == quorum
    assert min(least("proofing_age_ms_max", **values)) == hours * HOUR


@pytest.mark.parametrize(
    ("values", "tier", "attested"),
    [
        ({"device": "certified"}, Tier.LOW, True),
        ({"device": "own"}, Tier.LOW, False),
        ({"device": "own"}, Tier.STANDARD, True),
        ({"device": "shared"}, Tier.LOW, True),
        ({"workplace": "remote", "device": "uncovered"}, Tier.LOW, True),
        ({"employment": "contractor", "device": "own"}, Tier.LOW, False),
        ({"employment": "contractor", "device": "own"}, Tier.STANDARD, True),
        ({"device": "uncovered"}, Tier.LOW, False),
        ({"purpose": "emergency"}, Tier.STANDARD, False),
        ({"purpose": "break_glass"}, Tier.LOW, True),
        ({"request": "delegated", "device": "own"}, Tier.LOW, True),
        ({"request": "bulk", "device": "own"}, Tier.LOW, False),
        ({"request": "bulk", "device": "own"}, Tier.STANDARD, True),
        ({"account": "privileged", "purpose": "add_key"}, Tier.LOW, True),
        ({"purpose": "recovery"}, Tier.PRIVILEGED, True),
    ],
)
def test_key_class_of_the_threat_model(values: dict[str, str], tier: Tier, attested: bool) -> None:
    """Where section 5.2 wants attested hardware the floor wants an anchored attestation and a device-bound key."""
    assert (Trust.ANCHORED in least("trust", tier=tier, **values)) is attested
    assert (True in least("device_bound", tier=tier, **values)) is attested


@pytest.mark.parametrize(
    ("values", "ways"),
    [
        ({"device": "own"}, {"attended"}),
        ({"device": "unknown"}, {"attended"}),
        ({"device": "shared"}, {"attended"}),
        ({"device": "own", "purpose": "recovery"}, {"attended"}),
        ({"device": "own", "purpose": "add_key"}, {"attended", "own_key"}),
        ({"purpose": "break_glass"}, {"attended"}),
        ({"purpose": "first_key"}, {"attended", "pass"}),
        ({"purpose": "emergency"}, {"attended", "pass"}),
        ({"purpose": "add_key"}, {"attended", "pass", "own_key"}),
        ({"purpose": "replacement"}, {"attended", "pass", "own_key"}),
    ],
)
def test_ways_in_that_a_floor_leaves(values: dict[str, str], ways: set[str]) -> None:
    """No pass on an own, unknown or shared device, nor for break-glass; no own key where no key is left."""
    assert {way for way in Bootstrap if not least("bootstrap", bootstrap=way, **values)} == ways


@pytest.mark.parametrize(
    ("floor", "values", "whole"),
    [
        ("every path but own_key", {}, {"level": 1, "quorum": 1, "proofing_age_ms_max": 72 * HOUR}),
        ("replacement", {"purpose": "replacement"}, {"quorum": 1}),
        ("recovery", {"purpose": "recovery"}, {"level": 2, "quorum": 1}),
        ("a managed device", {}, {"level": 2, "quorum": 1, **HARDWARE}),
        ("an uncovered device", {"device": "uncovered"}, {"level": 2, "quorum": 1}),
        ("an own device", {"device": "own"}, {"level": 2, "quorum": 2, "proofing_age_ms_max": 24 * HOUR, **HARDWARE}),
        ("a shared device", {"device": "shared"}, {"level": 2, "quorum": 1, "roaming": True, **HARDWARE}),
        (
            "remote hire",
            {"workplace": "remote"},
            {"level": 3, "quorum": 2, "proofing_age_ms_max": 4 * HOUR, **HARDWARE, "spread": {Spread.DIFFERENT_UNITS}},
        ),
        (
            "contractor",
            {"employment": "contractor"},
            {"level": 2, "quorum": 2, "spread": {Spread.NOT_VENDOR_ALONE}, **HARDWARE},
        ),
        ("delegated", {"request": "delegated"}, {"level": 2, "quorum": 1, "distinct": DELEGATE, **HARDWARE}),
        ("bulk", {"request": "bulk"}, {"level": 2, "quorum": 2, "spread": {Spread.NOT_VENDOR_ALONE}, **HARDWARE}),
        (
            "emergency",
            {"purpose": "emergency"},
            {
                "level": 1,
                "quorum": 2,
                "credential_lifetime_ms": 24 * HOUR,
                "after_review": True,
                "anchors": frozenset(Anchor),
            },
        ),
        ("break-glass", {"purpose": "break_glass"}, {"level": 3, "quorum": 2, "roaming": True, **HARDWARE}),
        (
            "a privileged account",
            {"account": "privileged"},
            {"level": 2, "quorum": 2, **HARDWARE, "anchors": frozenset(Anchor)},
        ),
    ],
)
def test_a_refusal_names_the_whole_row(floor: str, values: dict[str, str], whole: dict[str, Any]) -> None:
    """Under its own name each row says all that section 5.2 wants of it, whatever another row wants as well."""
    lax = changed(SOUND, **WITHOUT_END | {"tier": Tier.STANDARD})
    said = {term: demand for name, term, demand in below(lax, combination(**values)) if name == floor}
    assert {term: demand for term, demand in said.items() if term != "bootstrap"} == whole


FOR_ALL = {"every path", "every path but own_key", "relayable"}
PERSON, KEY, WAY, AGE = {"level", "quorum"}, {"trust", "device_bound"}, {"bootstrap"}, {"proofing_age_ms_max"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("add_key certified", {}),
        ("add_key uncovered remote contractor", {}),
        ("add_key own", {"an own device": WAY}),
        ("add_key unknown", {"an own device": WAY}),
        ("add_key shared", {"a shared device": WAY}),
        ("add_key delegated", {"delegated": PERSON | KEY | {"distinct"}}),
        ("add_key bulk", {"bulk": PERSON | KEY | {"spread"}}),
        ("add_key privileged", {"a privileged account": KEY | {"anchors"}}),
        ("first_key uncovered", {"an uncovered device": PERSON}),
        ("first_key certified", {"a managed device": PERSON | KEY}),
        ("first_key managed", {"a managed device": PERSON | KEY}),
        ("first_key shipped_key", {"a managed device": PERSON | KEY}),
        ("first_key own", {"an own device": WAY | PERSON | KEY | AGE}),
        ("first_key unknown", {"an own device": WAY | PERSON | KEY | AGE}),
        ("first_key shared", {"a shared device": WAY | PERSON | KEY | {"roaming"}}),
        (
            "first_key uncovered remote",
            {"an uncovered device": PERSON, "remote hire": PERSON | KEY | AGE | {"spread"}},
        ),
        ("first_key uncovered contractor", {"an uncovered device": PERSON, "contractor": PERSON | KEY | {"spread"}}),
        (
            "first_key uncovered privileged",
            {"an uncovered device": PERSON, "a privileged account": PERSON | KEY | {"anchors"}},
        ),
        ("replacement certified", {"replacement": {"quorum"}}),
        ("replacement own", {"replacement": {"quorum"}, "an own device": WAY}),
        ("replacement privileged", {"replacement": {"quorum"}, "a privileged account": KEY | {"quorum", "anchors"}}),
        ("recovery certified", {"recovery": PERSON}),
        ("recovery shared remote contractor", {"recovery": PERSON, "a shared device": WAY}),
        ("recovery privileged", {"recovery": PERSON, "a privileged account": PERSON | KEY | {"anchors"}}),
        ("emergency", {"emergency": PERSON | {"credential_lifetime_ms", "after_review", "anchors"}}),
        ("break_glass", {"break-glass": WAY | PERSON | KEY | {"roaming"}}),
    ],
)
def test_a_row_speaks_of_its_own_cases_alone(words: str, told: dict[str, set[str]]) -> None:
    """A path that gives everything away is told each row that its case meets, of each what it wants, and no other."""
    values = {fact: word for word in words.split() for fact, each in FACTS.items() if word in each.values}
    found: dict[str, set[str]] = {}
    for name, term, _ in below(changed(SOUND, **WITHOUT_END | {"tier": Tier.STANDARD}), combination(**values)):
        found.setdefault(name, set()).add(term)
    assert {name: terms for name, terms in found.items() if name not in FOR_ALL} == told


def test_an_own_key_alone_needs_neither_proofing_nor_approval() -> None:
    """Quorum 0 and level 0 are legal by own key alone, and for replacement not even there."""
    assert least("quorum", Bootstrap.OWN_KEY, purpose="add_key", account="privileged", tier=Tier.PRIVILEGED) == []
    assert least("level", Bootstrap.OWN_KEY, purpose="add_key") == []
    assert least("quorum", Bootstrap.OWN_KEY, purpose="replacement") == [1]
    assert least("quorum", Bootstrap.ATTENDED, purpose="add_key") == [1]


def test_a_relayable_path_is_low_and_dated_and_never_privileged() -> None:
    """Without an anchor a pass yields a low credential with an end; for a privileged account there is no such path."""
    relayable = changed(SOUND, anchors=frozenset(), tier=Tier.STANDARD, credential_lifetime_ms=None)
    named = {(floor, term) for floor, term, _ in below(relayable, combination(account="privileged"))}
    assert {("relayable", "tier"), ("relayable", "credential_lifetime_ms")} <= named
    assert ("a privileged account", "anchors") in named


def test_emergency_ends_in_a_day_and_is_reviewed() -> None:
    """A hurried credential lasts 24 hours, its case is reviewed, and its pass is anchored."""
    assert least("credential_lifetime_ms", purpose="emergency", tier=Tier.LOW) == [365 * 24 * HOUR, 24 * HOUR]
    assert least("after_review", purpose="emergency") == [True]
    assert frozenset(Anchor) in least("anchors", purpose="emergency")


def test_limits_of_every_path() -> None:
    """A pass lives ten minutes, its window ten, with three ceremonies and five tries; users are verified."""
    names = ("pass_lifetime_ms", "window_ms", "ceremonies", "tries", "user_verification")
    assert [least(name) for name in names] == [[10 * MINUTE], [10 * MINUTE], [3], [5], [True]]


def test_a_remote_hire_who_comes_in_person_is_not_remote() -> None:
    """The floor of remote hire speaks of cases in which nobody need stand before the joiner."""
    attended = changed(SOUND, bootstrap=Bootstrap.ATTENDED, anchors=frozenset(), level=2, spread=frozenset())
    assert list(below(attended, combination(workplace="remote"))) == []
    presence = changed(SOUND, anchors=frozenset({Anchor.PRESENCE}), level=2, spread=frozenset())
    assert list(below(presence, combination(workplace="remote"))) == []
    assert list(below(changed(presence, anchors=SOUND.anchors), combination(workplace="remote")))


@pytest.mark.parametrize(
    ("floor", "term"), [(floor, term) for floor in FLOORS for term in floor.demands], ids=lambda each: str(each)[:24]
)
def test_weakening_any_demanded_term_falls_below_its_floor(floor: Floor, term: str) -> None:
    """Each demand of each row bites: the laxest value of that one term is refused in that floor's name."""
    found = []
    for way, tier, anchors in product(Bootstrap, Tier, (SOUND.anchors, frozenset())):
        weak = changed(SOUND, **{"bootstrap": way, "tier": tier, "anchors": anchors, term: WITHOUT_END[term]})
        if floor.given(weak):
            found.append({(name, what) for name, what, _ in below(weak, caught(floor.when))})
    assert found
    assert all((floor.name, term) in each for each in found)


@pytest.mark.parametrize("floor", FLOORS, ids=lambda floor: floor.name)
def test_floors_speak_of_real_facts_and_terms(floor: Floor) -> None:
    """Every row names facts, values and terms that exist, so none is silently empty."""
    assert caught(floor.when)
    assert all(condition.values <= set(FACTS[condition.fact].values) for condition in floor.when)
    assert set(floor.demands) <= set(TERMS)
    assert floor.demands or floor.ways != frozenset(Bootstrap)


def test_compiled_pairs_are_those_of_the_design() -> None:
    """Section 7: who is always kept from whom, each pair in one order."""
    named = {frozenset(duty.value for duty in pair) for pair in COMPILED_DISTINCT}
    assert named == {
        frozenset({"proofer", "approver"}),
        frozenset({"requester", "approver"}),
        frozenset({"approver", "deliverer"}),
        frozenset({"approver", "confirmer"}),
        frozenset({"releaser", "deliverer"}),
        frozenset({"releaser", "confirmer"}),
    }
    assert all(one < other for one, other in COMPILED_DISTINCT)


@pytest.mark.parametrize(
    ("gives_up", "account", "apart_still"),
    [(False, "standard", True), (True, "standard", False), (True, "privileged", True)],
)
def test_requester_and_proofer_differ_unless_given_up(gives_up: bool, account: str, apart_still: bool) -> None:
    """Only a policy that says so lets them be one person, and never for a privileged account."""
    held = held_apart(SOUND, policy(requester_may_proof=gives_up), account)
    assert ((Duty.PROOFER, Duty.REQUESTER) in held.distinct) is apart_still
    assert held.distinct >= SOUND.distinct


@given(any_policy())
def test_regions_part_all_combinations_as_selection_does(drawn: Policy) -> None:
    """Every combination of facts belongs to exactly the path that selection gives it, the last region to none."""
    reached = regions(drawn)
    assert len(reached) == len(drawn.paths) + 1
    assert sum(map(len, reached)) == len(caught(()))
    for combination_ in caught(()):
        selected = select(drawn, dict(zip(FACTS, combination_, strict=True)))
        place = len(drawn.paths) if selected is None else drawn.paths.index(selected)
        assert combination_ in reached[place]


@given(any_when)
def test_what_conditions_catch_is_what_fulfils_them(when: Any) -> None:
    """A combination is caught exactly when each condition holds of it."""
    for each in caught(()):
        values = dict(zip(FACTS, each, strict=True))
        assert (each in caught(when)) is all(values[term.fact] in term.values for term in when)


def test_conditions_are_written_in_words() -> None:
    """`on` makes one condition of each fact."""
    assert [(term.fact, sorted(term.values)) for term in on(device="own shared")] == [("device", ["own", "shared"])]
