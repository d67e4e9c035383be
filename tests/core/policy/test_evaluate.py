"""A ruling: the first path that holds, joined with all that may only make it stricter, or a reasoned no."""

from importlib import resources
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from firstkey.policy import evaluate
from firstkey.policy.evaluate import failed_condition, rule, select
from firstkey.policy.facts import FACTS
from firstkey.policy.floors import REQUESTER_PROOFER, below, regions
from firstkey.policy.load import load_policy
from firstkey.policy.model import Bootstrap, FirstScreen, Policy, Ruling, Trust, Verdict
from firstkey.policy.staffing import Person
from firstkey.policy.terms import TERMS, values_in
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import HOUR, MINUTE
from tests.core.policy.sample import all_facts, any_policy, changed, facts, path, policy, requirements

GOOD = requirements(
    spread=frozenset(),
    roaming=False,
    distinct=REQUESTER_PROOFER,
    methods=frozenset({ProofingMethod.DOCUMENT_IN_PERSON}),
)
MANAGED = path("managed", GOOD, when="device=certified purpose=first_key,recovery")
ATTENDED = path(
    "attended",
    changed(GOOD, bootstrap=Bootstrap.ATTENDED, anchors=frozenset(), roaming=True),
    when="device=own,unknown purpose=first_key,recovery",
    first_screen=FirstScreen.STATION,
)
CLOSED = path("closed", when="device=shared")
SAMPLE = policy(MANAGED, ATTENDED, CLOSED)


def test_the_first_path_that_holds_is_the_cases() -> None:
    """File order decides between paths that both hold, and names do not."""
    one, two = path("one", GOOD, when="device=certified"), path("two", GOOD, when="device=certified,own")
    assert select(policy(one, two), facts()) is one
    assert select(policy(two, one), facts()) is two
    assert select(policy(one, two), facts(device="own")) is two
    assert select(policy(one, two), facts(device="shared")) is None


def test_all_conditions_must_hold() -> None:
    """A path fails by its first condition that does not hold."""
    assert failed_condition(MANAGED, facts()) is None
    assert failed_condition(MANAGED, facts(purpose="emergency")) == MANAGED.when[1]
    assert failed_condition(path("any", GOOD), facts()) is None


@given(any_policy(), all_facts)
def test_selection_and_ruling_are_functions(drawn: Policy, values: dict[str, str]) -> None:
    """The same policy and facts give the same path and the same ruling, in whatever order the facts are listed."""
    turned = dict(reversed(values.items()))
    assert select(drawn, values) is select(drawn, turned)
    assert rule(drawn, values) == rule(drawn, turned)


def test_a_ruling_carries_the_paths_requirements() -> None:
    """What the path asks is what the case pins, with the policy's digest and the path's reason."""
    ruling = rule(SAMPLE, facts())
    assert ruling == Ruling(SAMPLE.sha256, "managed", Verdict.VERIFY, GOOD, ("The reason of managed.",))


@pytest.mark.parametrize(
    ("values", "path_name", "reason"),
    [({"purpose": "emergency"}, None, evaluate.NO_PATH), ({"device": "shared"}, "closed", "The reason of closed.")],
)
def test_no_path_and_a_closed_path_are_prohibited(values: dict[str, str], path_name: str | None, reason: str) -> None:
    """What no path catches is prohibited, and what a path prohibits is so for its own reason."""
    ruling = rule(SAMPLE, facts(**values))
    assert ruling == Ruling(SAMPLE.sha256, path_name, Verdict.PROHIBIT, None, (reason,))


def test_what_is_remembered_is_joined_in() -> None:
    """A person who failed under stricter requirements meets them again on any other path, and the ruling says so."""
    failed = changed(GOOD, quorum=3, tries=1)
    ruling = rule(SAMPLE, facts(), (failed, changed(GOOD, proofing_age_ms_max=HOUR)))
    assert ruling.requirements == changed(GOOD, quorum=3, tries=1, proofing_age_ms_max=HOUR)
    assert [reason.rpartition(": ")[2] for reason in ruling.reasons[1:]] == [
        'proofing.age = "1h".',
        "approval.quorum = 3.",
        "tries = 1.",
    ]


def test_an_anchor_that_is_remembered_cannot_be_shopped_away() -> None:
    """After an anchored path was tried, an unanchored pass is prohibited; attendance is an anchor."""
    low = values_in(changed(GOOD, anchors=frozenset()))
    relayable = path("relayable", changed(GOOD, **low), when="device=uncovered")
    ruled = rule(policy(relayable, ATTENDED), facts(device="uncovered"), (GOOD,))
    assert (ruled.verdict, ruled.reasons) == (Verdict.PROHIBIT, (evaluate.ANCHOR_MISSING,))
    assert rule(policy(relayable, ATTENDED), facts(device="uncovered")).verdict is Verdict.VERIFY
    assert rule(policy(relayable, ATTENDED), facts(device="own"), (GOOD,)).verdict is Verdict.VERIFY


def test_recovery_joins_the_first_and_only_where_the_path_says_so() -> None:
    """What the first credential was made under binds recovery, and a first key has nothing before it."""
    first = changed(GOOD, quorum=3)
    recovery = path("recovery", GOOD, when="purpose=recovery", stricter_of_first=True)
    joined = rule(policy(recovery), facts(purpose="recovery"), first=first).requirements
    assert joined is not None
    assert joined.quorum == 3
    alone = rule(policy(recovery), facts(purpose="recovery")).requirements
    assert alone == GOOD
    assert rule(SAMPLE, facts(), first=first).requirements == GOOD


@pytest.mark.parametrize(
    ("remembered", "key"),
    [
        ({"formats": frozenset({"tpm"})}, "credential.formats"),
        ({"algorithms": frozenset({-257})}, "credential.algorithms"),
        ({"aaguids": frozenset({"00000000-0000-4000-8000-00000000000f"})}, "credential.aaguids"),
        ({"level": 3}, "proofing.level"),
    ],
)
def test_demands_that_leave_nothing_are_prohibited(remembered: dict[str, Any], key: str) -> None:
    """Where path and memory together can be met by no key and no proofing, the answer is a reasoned no."""
    ruling = rule(SAMPLE, facts(), (changed(GOOD, **remembered),))
    assert (ruling.verdict, ruling.requirements) == (Verdict.PROHIBIT, None)
    assert ruling.reasons[0].startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("weak", "key"),
    [
        ({"level": 1}, "proofing.level"),
        ({"pass_lifetime_ms": 11 * MINUTE}, "pass_lifetime"),
        ({"trust": Trust.NONE, "device_bound": False, "aaguids": None}, "credential.attestation"),
    ],
)
def test_a_policy_below_a_floor_rules_nothing_in(weak: dict[str, Any], key: str) -> None:
    """Floors hold in the ruling itself, however a policy came to be in force."""
    ruling = rule(policy(path("weak", changed(GOOD, **weak))), facts())
    assert ruling.verdict is Verdict.PROHIBIT
    assert any(reason.endswith(f": {key}.") for reason in ruling.reasons)


def test_requester_and_proofer_are_kept_apart_in_the_ruling() -> None:
    """The pair is in what the case pins, unless the policy gives it up for a standard account."""
    bare = path("bare", changed(GOOD, distinct=frozenset()))
    for gives_up, account, kept in ((False, "standard", True), (True, "standard", False), (True, "privileged", True)):
        ruling = rule(policy(bare, requester_may_proof=gives_up), facts(account=account))
        assert ruling.requirements is not None
        assert (ruling.requirements.distinct >= REQUESTER_PROOFER) is kept


PEOPLE = tuple(Person(name, frozenset({"proofer", "security"})) for name in "abc")


def test_what_people_on_record_cannot_staff_is_prohibited_as_unstaffed() -> None:
    """Empty means nobody, too few is unstaffed, and where nobody asks it is not judged."""
    for people in ((), PEOPLE[:2]):
        ruling = rule(SAMPLE, facts(), people=people)
        assert (ruling.path, ruling.verdict, ruling.requirements) == ("managed", Verdict.PROHIBIT, None)
        assert ruling.reasons == (evaluate.UNSTAFFED,)
        assert ruling.reasons[0].startswith("unstaffed")
    assert rule(SAMPLE, facts(), people=PEOPLE).verdict is Verdict.VERIFY
    assert rule(SAMPLE, facts(), people=None).verdict is Verdict.VERIFY
    assert rule(SAMPLE, facts(), people=PEOPLE, requester="a").reasons == (evaluate.UNSTAFFED,)


def test_staffing_is_judged_by_the_joined_quorum() -> None:
    """Three people carry a quorum of two, not one of three that is remembered."""
    assert rule(SAMPLE, facts(), (changed(GOOD, quorum=3),), people=PEOPLE).reasons == (evaluate.UNSTAFFED,)


def test_a_mere_word_opens_no_other_path() -> None:
    """Where the facts of record lead to a no, a word that leads elsewhere is answered with a no."""
    ruling = rule(SAMPLE, facts(device="own"), of_record=facts(device="shared"))
    assert (ruling.verdict, ruling.reasons) == (Verdict.PROHIBIT, (evaluate.WORD_ONLY,))
    ruling = rule(SAMPLE, facts(device="own"), of_record=facts(purpose="emergency"))
    assert ruling.reasons == (evaluate.WORD_ONLY,)


def test_a_mere_word_takes_nothing_off_the_path_of_record() -> None:
    """A word moves the case to another path, and what the path of record asks comes along."""
    strict = path("managed", changed(GOOD, quorum=3, cooling_off_ms=30 * HOUR), when="device=certified")
    ruling = rule(policy(strict, ATTENDED), facts(device="own"), of_record=facts())
    assert ruling.path == "attended"
    assert ruling.requirements is not None
    assert (ruling.requirements.quorum, ruling.requirements.cooling_off_ms) == (3, 30 * HOUR)


HOW = {"bootstrap", "channel", "anchors", "methods", "approvers", "destinations"}
DEFAULT = load_policy((resources.files("firstkey") / "policies" / "default.toml").read_bytes())
OPEN = [(path, min(reached)) for path, reached in zip(DEFAULT.paths, regions(DEFAULT), strict=False) if reached]
"""Each path of the default policy, with a combination of facts that reaches it."""


def test_a_ruling_is_never_laxer_than_anything_it_rests_on() -> None:
    """Each path of the default, with each path remembered, as the first and of record: as strict, or a no."""
    ruled_in = 0
    for (taken, case), (other, elsewhere), role in product(OPEN, OPEN, ("remembered", "first", "of record")):
        values, recorded = (dict(zip(FACTS, each, strict=True)) for each in (case, elsewhere))
        remembered = (other.requirements,) if role == "remembered" and other.requirements else ()
        first = other.requirements if role == "first" else None
        ruling = rule(DEFAULT, values, remembered, first, of_record=recorded if role == "of record" else None)
        assert ruling.path == taken.name
        if ruling.requirements is None:
            assert ruling.verdict is Verdict.PROHIBIT
            assert ruling.reasons
            continue
        ruled_in += 1
        joined = role != "first" or taken.stricter_of_first
        for side in (taken.requirements, *((other.requirements,) if joined else ())):
            for term in (TERMS.keys() - HOW) if side is not None else ():
                assert TERMS[term].order.at_least(values_in(ruling.requirements)[term], values_in(side)[term]), term
        assert not list(below(ruling.requirements, frozenset({case})))
    assert ruled_in > len(OPEN) ** 2
