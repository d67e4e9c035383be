"""Staffing is an exact question: who can fill a case's duties without holding two that must be apart."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.policy.floors import COMPILED_DISTINCT, REQUESTER_PROOFER
from firstkey.policy.model import Anchor, ApproverRule, Bootstrap, Channel, Duty, Requirements, Spread, Staffing
from firstkey.policy.staffing import Effort, Person, effort, fill, meets_quorum, slots_of, staffed
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR
from tests.core.policy.sample import changed, path, requirements

PLAIN = requirements(
    methods=frozenset({ProofingMethod.DOCUMENT_IN_PERSON}),
    approvers=frozenset({ApproverRule.APPROVER}),
    quorum=1,
    channel=Channel.DEVICE_SEALED,
    spread=frozenset(),
    distinct=frozenset(),
    proofing_age_ms_max=24 * HOUR,
)
ATTENDED = changed(PLAIN, bootstrap=Bootstrap.ATTENDED, anchors=frozenset())


def person(name: str, words: str, unit: str | None = None, vendor: str | None = None) -> Person:
    """Return somebody who holds these words."""
    return Person(name, frozenset(words.split()), unit, vendor)


ALL = "proofer approver confirmer deliverer"


@pytest.mark.parametrize(
    ("required", "duties"),
    [
        (PLAIN, ["proofer", "approver"]),
        (changed(PLAIN, methods=frozenset({ProofingMethod.VENDOR_CHECK, ProofingMethod.VIDEO_CALL})), ["approver"]),
        (changed(PLAIN, quorum=3), ["proofer", "approver", "approver", "approver"]),
        (ATTENDED, ["proofer", "approver", "confirmer"]),
        (changed(PLAIN, anchors=frozenset({Anchor.PRESENCE})), ["proofer", "approver", "confirmer"]),
        (changed(PLAIN, anchors=frozenset({Anchor.PRESENCE, Anchor.AUTHENTICATOR})), ["proofer", "approver"]),
        (changed(PLAIN, channel=Channel.IN_PERSON), ["proofer", "approver", "deliverer"]),
        (changed(PLAIN, bootstrap=Bootstrap.OWN_KEY, methods=frozenset(), quorum=0), []),
        (changed(PLAIN, quorum=0, spread=frozenset({Spread.NOT_VENDOR_ALONE})), ["proofer"]),
    ],
)
def test_parts_that_people_must_play(required: Requirements, duties: list[str]) -> None:
    """A vendor signs its own check, a certificate needs nobody, attendance and presence need a confirmer."""
    assert [slot.duty.value for slot in slots_of(required)] == duties


def test_a_vouch_is_the_managers() -> None:
    """Where a live vouch is the only method, the manager proofs; beside others, a proofer may."""
    vouch = slots_of(changed(PLAIN, methods=frozenset({ProofingMethod.LIVE_VOUCH})))[0]
    assert vouch.words == {"manager"}
    both = slots_of(changed(PLAIN, methods=PLAIN.methods | {ProofingMethod.LIVE_VOUCH}))[0]
    assert both.words == {"manager", "proofer"}


@pytest.mark.parametrize(
    ("required", "people", "enough"),
    [
        (PLAIN, [], False),
        (PLAIN, [person("a", ALL)], False),
        (PLAIN, [person("a", ALL), person("b", "deliverer")], False),
        (PLAIN, [person("a", ALL), person("b", "approver")], True),
        (PLAIN, [person("a", "proofer"), person("b", "approver")], True),
        (ATTENDED, [person("a", ALL), person("b", ALL)], True),
        (ATTENDED, [person("a", "proofer"), person("b", "approver confirmer")], False),
        (
            changed(ATTENDED, distinct=frozenset({(Duty.CONFIRMER, Duty.PROOFER)})),
            [person("a", ALL), person("b", ALL)],
            False,
        ),
        (changed(PLAIN, quorum=2), [person("a", ALL), person("b", ALL)], False),
        (changed(PLAIN, quorum=2), [person("a", ALL), person("b", ALL), person("c", "approver")], True),
        (changed(PLAIN, approvers=frozenset({ApproverRule.MANAGER})), [person("a", ALL), person("b", ALL)], False),
        (changed(PLAIN, approvers=frozenset({ApproverRule.MANAGER})), [person("a", ALL), person("b", "manager")], True),
    ],
)
def test_people_on_record_fill_the_parts_or_do_not(required: Requirements, people: list[Person], enough: bool) -> None:
    """Different people for what must be apart, one person for what need not, and only holders of a word."""
    assert staffed(required, tuple(people)) is enough


def test_no_more_people_take_part_than_may() -> None:
    """Parts that two people must play stay empty where one alone may take part."""
    people = (person("a", "proofer"), person("b", "approver"))
    slots = slots_of(PLAIN)
    assert fill(slots, people, PLAIN, most=1) is None
    assert fill(slots, people, PLAIN, most=2) == ((Duty.PROOFER, people[0]), (Duty.APPROVER, people[1]))


def test_who_asked_is_spent_for_approval() -> None:
    """The person who opened the case can neither approve nor, where the policy keeps that apart, proof."""
    people = (person("a", ALL), person("b", ALL))
    assert staffed(PLAIN, people, requester="a")
    apart = changed(PLAIN, distinct=REQUESTER_PROOFER)
    assert staffed(apart, people)
    assert not staffed(apart, people, requester="a")
    assert staffed(apart, (*people, person("c", ALL)), requester="a")


TWO_UNITS = changed(PLAIN, quorum=2, spread=frozenset({Spread.DIFFERENT_UNITS}))
NOT_VENDOR = changed(PLAIN, quorum=2, spread=frozenset({Spread.NOT_VENDOR_ALONE}))


@pytest.mark.parametrize(
    ("required", "approvers", "met"),
    [
        (PLAIN, [], False),
        (PLAIN, [(None, None)], True),
        (TWO_UNITS, [("u1", None), ("u1", None)], False),
        (TWO_UNITS, [("u1", None), ("u1", None), ("u2", None)], True),
        (TWO_UNITS, [(None, None), (None, None)], False),
        (NOT_VENDOR, [("u1", "bpo"), ("u1", "bpo")], False),
        (NOT_VENDOR, [("u1", "bpo"), ("u1", None)], True),
        (NOT_VENDOR, [("u1", "one"), ("u1", "two")], False),
        (changed(NOT_VENDOR, quorum=0), [], True),
    ],
)
def test_a_quorum_spans_what_it_must(
    required: Requirements, approvers: list[tuple[str | None, str | None]], met: bool
) -> None:
    """Number alone is not enough where units must differ or a vendor must not approve alone."""
    assert meets_quorum(approvers, required) is met


def test_the_spread_counts_in_staffing() -> None:
    """Two approvers of one unit, or of vendors alone, cannot carry a case that asks for more."""
    proofer = person("p", "proofer", "u9")
    same = (proofer, person("a", "approver", "u1", "bpo"), person("b", "approver", "u1", "bpo"))
    assert staffed(changed(PLAIN, quorum=2), same)
    assert not staffed(TWO_UNITS, same)
    assert not staffed(NOT_VENDOR, same)
    other = (*same, person("c", "approver", "u2"))
    assert staffed(TWO_UNITS, other)
    assert staffed(NOT_VENDOR, other)


def test_people_of_different_units_are_not_alike() -> None:
    """Whoever is looked at first, the one approver of another unit is found."""
    crowd = (person("p", "proofer", "u9"), *(person(name, "approver", "u1") for name in "abc"))
    alone = person("x", "approver", "u2")
    assert not staffed(TWO_UNITS, crowd)
    assert staffed(TWO_UNITS, (alone, *crowd))
    assert staffed(TWO_UNITS, (*crowd, alone))


drawn_people = st.lists(
    st.builds(
        Person,
        st.uuids().map(str),
        st.frozensets(st.sampled_from([*ALL.split(), "manager"])),
        st.sampled_from([None, "u1", "u2"]),
        st.sampled_from([None, "bpo"]),
    ),
    max_size=5,
    unique_by=lambda each: each.person,
).map(tuple)
drawn_requirements = st.builds(
    lambda **terms: changed(PLAIN, **terms),
    methods=st.frozensets(
        st.sampled_from([ProofingMethod.DOCUMENT_IN_PERSON, ProofingMethod.LIVE_VOUCH, ProofingMethod.VENDOR_CHECK]),
        min_size=1,
    ),
    approvers=st.frozensets(st.sampled_from([ApproverRule.APPROVER, ApproverRule.MANAGER]), min_size=1),
    quorum=st.integers(1, 3),
    anchors=st.sampled_from([frozenset({Anchor.PRESENCE}), frozenset({Anchor.CLIENT_CERTIFICATE})]),
    channel=st.sampled_from(Channel),
    spread=st.frozensets(st.sampled_from(Spread)),
    distinct=st.frozensets(st.sampled_from([(Duty.CONFIRMER, Duty.PROOFER), (Duty.CONFIRMER, Duty.DELIVERER)])),
)


def by_trying_all(required: Requirements, people: tuple[Person, ...]) -> bool:
    """Answer the same question by trying every assignment of people to parts."""
    slots = slots_of(required)
    apart = COMPILED_DISTINCT | required.distinct
    for cast in product(people, repeat=len(slots)):
        held: dict[str, list[Duty]] = {}
        for slot, somebody in zip(slots, cast, strict=True):
            held.setdefault(somebody.person, []).append(slot.duty)
        pairs = [(one, other) for duties in held.values() for one, other in product(duties, duties) if one < other]
        approvers = [
            (each.unit, each.vendor) for slot, each in zip(slots, cast, strict=True) if slot.duty == "approver"
        ]
        if (
            all(somebody.words & slot.words for slot, somebody in zip(slots, cast, strict=True))
            and all(len(duties) == len(set(duties)) for duties in held.values())
            and not apart & set(pairs)
            and meets_quorum(approvers, required)
        ):
            return True
    return False


@given(drawn_requirements, drawn_people)
def test_the_search_is_exact(required: Requirements, people: tuple[Person, ...]) -> None:
    """It finds a cast exactly when trying every assignment finds one."""
    assert staffed(required, people) is by_trying_all(required, people)


def test_a_large_site_is_answered_at_once() -> None:
    """Thousands of people alike are looked at once, found or not found."""
    people = tuple(person(str(number), "approver", f"u{number % 300}", "bpo") for number in range(3_000))
    assert not staffed(changed(PLAIN, quorum=4, spread=frozenset(Spread)), people)
    proofer = person("p", "proofer")
    assert not staffed(changed(PLAIN, quorum=4, spread=frozenset(Spread)), (*people, proofer))
    assert not staffed(changed(PLAIN, quorum=4, spread=frozenset(Spread)), (*people, proofer, person("x", "approver")))
    assert staffed(
        changed(PLAIN, quorum=4, spread=frozenset(Spread)), (*people, proofer, person("x", "approver", "u1"))
    )


@pytest.mark.parametrize(
    ("required", "people", "acts"),
    [
        (PLAIN, 2, 2),
        (ATTENDED, 2, 3),
        (changed(ATTENDED, quorum=2), 3, 4),
        (changed(ATTENDED, distinct=frozenset({(Duty.CONFIRMER, Duty.PROOFER)})), 3, 3),
        (changed(PLAIN, methods=frozenset({ProofingMethod.VENDOR_CHECK})), 1, 1),
        (changed(PLAIN, bootstrap=Bootstrap.OWN_KEY, methods=frozenset(), quorum=0), 0, 0),
        (changed(PLAIN, approvers=frozenset({ApproverRule.MANAGER, ApproverRule.UNIT_OWNER}), quorum=2), 3, 3),
    ],
)
def test_what_a_case_takes_at_the_least(required: Requirements, people: int, acts: int) -> None:
    """People beside the joiner and signed acts are the fewest that the duties allow."""
    takes = effort(path(required=required), required)
    assert takes is not None
    assert takes[:2] == (people, acts)


@pytest.mark.parametrize(
    "required",
    [
        changed(PLAIN, approvers=frozenset({ApproverRule.MANAGER}), quorum=2),
        changed(PLAIN, approvers=frozenset({ApproverRule.MANAGER, ApproverRule.UNIT_OWNER}), quorum=3),
        changed(
            PLAIN, methods=frozenset({ProofingMethod.LIVE_VOUCH}), approvers=frozenset({ApproverRule.MANAGER}), quorum=1
        ),
        changed(PLAIN, approvers=frozenset()),
    ],
)
def test_a_path_can_be_impossible_by_its_own_text(required: Requirements) -> None:
    """There is one manager and one owner of the unit, and who vouches does not approve."""
    assert effort(path(required=required), required) is None


def test_the_first_deadline_is_the_nearest() -> None:
    """The expected answer, the proofing's age or 72 hours to the first pass, whichever comes first."""
    slow = changed(PLAIN, proofing_age_ms_max=300 * HOUR)
    assert effort(path(required=slow), slow) == Effort(2, 2, 72 * HOUR)
    assert effort(path(required=PLAIN), PLAIN) == Effort(2, 2, 24 * HOUR)
    answered = path(required=PLAIN, staffing=Staffing(HOUR))
    assert effort(answered, PLAIN) == Effort(2, 2, HOUR)
    own = changed(PLAIN, bootstrap=Bootstrap.OWN_KEY, methods=frozenset(), quorum=0)
    assert effort(path(required=own), own) == Effort(0, 0, 30 * DAY)


def test_in_delegation_the_requester_is_one_of_the_people() -> None:
    """A delegate is a person, kept from what the path keeps them from; opening a case is no signed act."""
    delegated = path(required=PLAIN, when="request=delegated")
    assert effort(delegated, PLAIN) == Effort(2, 2, 24 * HOUR)
    assert effort(delegated, changed(PLAIN, distinct=REQUESTER_PROOFER)) == Effort(3, 2, 24 * HOUR)


def test_the_fewest_people_are_fewer_than_the_first_that_come_to_mind() -> None:
    """Where using somebody again leads astray, the search still finds the smallest cast."""
    chain = [(Duty.CONFIRMER, Duty.REQUESTER), (Duty.CONFIRMER, Duty.DELIVERER), (Duty.DELIVERER, Duty.PROOFER)]
    visit = changed(PLAIN, anchors=frozenset({Anchor.PRESENCE}), channel=Channel.IN_PERSON, distinct=frozenset(chain))
    assert effort(path(required=visit, when="request=delegated"), visit) == Effort(3, 4, 24 * HOUR)
