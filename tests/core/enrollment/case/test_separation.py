"""Who may play which part, through every entry point; and that an act says exactly what it is taken for."""

from functools import partial
from itertools import combinations, product
from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import (
    FOR_CAUSE,
    check_act_on,
    check_eligible,
    check_two_people,
    check_uninvolved,
    kept_apart,
    with_duty,
)
from firstkey.enrollment.case.surroundings import By, SignedAct
from firstkey.enrollment.case.words import Closure, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.request import ReviseCase
from firstkey.policy.model import Duty
from firstkey.values.instants import MINUTE
from tests.core.enrollment.entries import ENTRIES, Entry
from tests.core.enrollment.turns import alter, eligible, not_eligible, refusal_of, scene, withdraw_approval
from tests.core.enrollment.world import ADMIN_A, ADMIN_B, APPROVER, JOINER, PASS_PATH, REQUESTER, START, World

SOMEBODY, DELEGATE = "sam", "dora"

APART = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.PROOFER, Duty.APPROVER),  # proofer and approver always differ
        (Duty.REQUESTER, Duty.APPROVER),  # a requester who is a person differs from both ...
        (Duty.REQUESTER, Duty.PROOFER),  # ... which a policy that says so may give up
        (Duty.APPROVER, Duty.DELIVERER),  # approver differs from deliverer and confirmer
        (Duty.APPROVER, Duty.CONFIRMER),
        (Duty.RELEASER, Duty.DELIVERER),  # who released a claim neither delivers nor confirms the next
        (Duty.RELEASER, Duty.CONFIRMER),
    )
)
"""The design's rules (section 7)."""

FILLS = {name: entry for name, entry in ENTRIES.items() if entry.duty is not None}
UNINVOLVED = {name: entry for name, entry in ENTRIES.items() if entry.uninvolved}


def everybody(entry: Entry) -> World:
    """Return the entry's world, in which some people may do everything that the entry asks for."""
    world = entry.prepared()
    return eligible(world, *product((SOMEBODY, DELEGATE, JOINER), (entry.role,)))


def brought(world: World, entry: Entry, **changed: Any) -> Decision:
    """Bring the entry's act in."""
    return world.do(entry.command(world, entry.act(world, **changed)))


def refused(world: World, entry: Entry, **changed: Any) -> R | None:
    """Bring the entry's act in, and return why it is refused, or None."""
    return refusal_of(world, lambda w: brought(w, entry, **changed))


def ways_of(person: str) -> tuple[dict[str, str], ...]:
    """Return how somebody can have a part in an act: alone, by a delegate, and for another."""
    return (
        {"person": person},
        {"person": DELEGATE, "delegator": person},
        {"person": person, "delegator": DELEGATE},
    )


@pytest.mark.parametrize("held", Duty)
@pytest.mark.parametrize("name", FILLS)
def test_one_person_holds_no_two_duties_that_are_kept_apart(name: str, held: Duty) -> None:
    """Who has held one duty in the case may fill another only where the two need not be apart, in whatever way."""
    entry = FILLS[name]
    expected = R.DutiesConflict if frozenset({held, entry.duty}) in APART else None
    for way in ways_of(SOMEBODY):
        world = everybody(entry)
        alter(world, duties=frozenset({(held, SOMEBODY)}))
        assert refused(world, entry, **way) is expected


@pytest.mark.parametrize("name", FILLS)
def test_the_joiner_holds_no_duty(name: str) -> None:
    """The joiner fills no duty but the requester's, neither alone, nor by a delegate, nor for another."""
    entry = FILLS[name]
    for way in (
        {"person": JOINER},
        {"person": DELEGATE, "delegator": JOINER},
        {"person": JOINER, "delegator": DELEGATE},
    ):
        world = alter(everybody(entry), duties=frozenset())
        assert refused(world, entry, **way) is R.JoinerHoldsNoDuty
        assert refused(world, entry, person=DELEGATE) is None


@pytest.mark.parametrize("name", FILLS)
def test_a_duty_is_held_by_delegate_and_delegator(name: str) -> None:
    """Who acted, and whom they acted for, have held the duty from then on."""
    entry = FILLS[name]
    world = everybody(entry)
    before = world.state.duties
    brought(world, entry, person=DELEGATE, delegator=SOMEBODY)
    assert world.state.duties >= before | {(entry.duty, DELEGATE), (entry.duty, SOMEBODY)}


@pytest.mark.parametrize("name", ENTRIES)
def test_every_act_is_spent(name: str) -> None:
    """The statement of an act that was taken is used up for this case, whatever the act was."""
    entry = ENTRIES[name]
    world = entry.prepared()
    act = entry.act(world)
    assert ("statement", f"{act.statement}:case-1") in world.do(entry.command(world, act)).takes


@pytest.mark.parametrize("held", Duty)
@pytest.mark.parametrize("name", UNINVOLVED)
def test_who_must_be_uninvolved_holds_no_duty(name: str, held: Duty) -> None:
    """Lifting a hold, calling a fraud, giving a destination up and reviewing take people without a duty in the case."""
    entry = UNINVOLVED[name]
    for way in ways_of(SOMEBODY):
        world = everybody(entry)
        assert refused(alter(world, duties=frozenset()), entry, **way) is None
        world = alter(everybody(entry), duties=frozenset({(held, SOMEBODY)}))
        assert refused(world, entry, **way) is R.DutiesConflict


@pytest.mark.parametrize("name", UNINVOLVED)
def test_the_joiner_is_never_uninvolved(name: str) -> None:
    """The joiner has a part in the case without holding a duty, alone, by a delegate or for another."""
    entry = UNINVOLVED[name]
    for way in (
        {"person": JOINER},
        {"person": DELEGATE, "delegator": JOINER},
        {"person": JOINER, "delegator": DELEGATE},
    ):
        world = alter(everybody(entry), duties=frozenset())
        assert refused(world, entry, **way) is R.JoinerHoldsNoDuty


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"act": "sign_in"}, R.ActNotForThis),
        ({"case": "case-2"}, R.ActNotForThis),
        ({"revision": 2}, R.ActNotForThis),
        ({"revision": 0}, R.ActNotForThis),
        ({"made_at": START + 1}, R.ActNotFresh),
        ({"made_at": START - 2 * MINUTE}, None),
        ({"made_at": START - 2 * MINUTE - 1}, R.ActNotFresh),
        ({"statement": "statement-0"}, R.AssertionUnverified),
    ],
)
@pytest.mark.parametrize("name", ENTRIES)
def test_an_act_is_exactly_this_one(name: str, changed: dict[str, Any], reason: R | None) -> None:
    """Through every entry an act must be of this word, case and revision, at most two minutes old, and verified."""
    entry = ENTRIES[name]
    assert refused(entry.prepared(), entry, **changed) is reason


@pytest.mark.parametrize("name", ENTRIES)
def test_an_act_names_what_it_is_about(name: str) -> None:
    """An act that names less, more, something else or the same in another order is not taken."""
    entry = ENTRIES[name]
    others = {(*entry.names, "more"), entry.names[1:], tuple(f"{each}0" for each in entry.names), entry.names[::-1]}
    for names in others - {entry.names}:
        assert refused(entry.prepared(), entry, names=names) is R.ActNotForThis


@pytest.mark.parametrize("name", ENTRIES)
def test_everybody_who_acts_is_eligible_now(name: str) -> None:
    """Who acts and whom they act for must both hold the duty or relation now, whatever they held before."""
    entry = ENTRIES[name]
    own = entry.word == "withdraw_approval"
    world = entry.prepared()
    stranger = refused(world, entry, person=SOMEBODY)
    assert stranger is (R.ApprovalMissing if own else R.NotEligible)
    assert refused(world, entry, delegator=SOMEBODY) is (None if own else R.NotEligible)
    if not own:
        assert refused(not_eligible(world, entry.person), entry) is R.NotEligible


@pytest.mark.parametrize("role", ["requester", "proofer", "approver", "confirmer", "deliverer", "releaser", "manager"])
@pytest.mark.parametrize("name", ENTRIES)
def test_no_other_duty_will_do(name: str, role: str) -> None:
    """Holding some other duty or relation makes nobody eligible; only a hold may be asked for by any operator."""
    entry = ENTRIES[name]
    world = eligible(entry.prepared(), (SOMEBODY, role))
    reason = refused(world, entry, person=SOMEBODY)
    if entry.word == "withdraw_approval":
        assert reason is R.ApprovalMissing
    else:
        holds = entry.word == "hold_case" and role != "manager"
        assert reason is (None if role == entry.role or holds else R.NotEligible)


@pytest.mark.parametrize(("one", "other"), list(product(Duty, Duty)))
def test_what_is_kept_apart_is_kept_apart_both_ways(one: Duty, other: Duty) -> None:
    """Two duties are apart in either order: the compiled pairs always, more where the policy says so."""
    bare = replace(PASS_PATH, distinct=frozenset())
    pair = frozenset({one, other})
    assert kept_apart(one, other, PASS_PATH) is (pair in APART)
    assert kept_apart(one, other, bare) is (pair in APART - {frozenset({Duty.REQUESTER, Duty.PROOFER})})
    assert kept_apart(one, other, replace(bare, distinct=frozenset({(one, other)})))
    assert kept_apart(other, one, replace(bare, distinct=frozenset({(one, other)})))


def test_a_duty_once_held_stays_held() -> None:
    """Who withdrew an approval, or was overtaken by another proofing, has held the duty all the same."""
    world = World().up_to(Stage.CLAIM)
    withdraw_approval(world)
    assert (Duty.APPROVER, APPROVER) in world.state.duties
    eligible(world, (APPROVER, "proofer"))
    assert refusal_of(world, lambda w: w.proof(APPROVER)) is R.DutiesConflict


def test_a_requester_of_a_revision_holds_the_duty() -> None:
    """Who revises a case asks for it, and is kept from approving it; who has approved it does not revise it."""
    world = eligible(World().up_to(Stage.APPROVAL), (SOMEBODY, "requester"), (APPROVER, "requester"))
    alter(world, duties=world.state.duties | {(Duty.APPROVER, APPROVER)})
    assert refusal_of(world, lambda w: w.do(ReviseCase(APPROVER, w.now + MINUTE))) is R.DutiesConflict
    world.do(ReviseCase(SOMEBODY, world.now + MINUTE))
    eligible(world, (SOMEBODY, "approver"))
    assert refusal_of(world, lambda w: w.approve(SOMEBODY)) is R.DutiesConflict


def act(person: str, delegator: str | None = None) -> SignedAct:
    """Return some act of a person."""
    return World().act("word", person, delegator=delegator)


PEOPLE = {
    "two": ((act("a"), act("b")), True),
    "two for two": ((act("a", "c"), act("b", "d")), True),
    "none": ((), False),
    "one": ((act("a"),), False),
    "three": ((act("a"), act("b"), act("c")), False),
    "one twice": ((act("a"), act("a")), False),
    "one for the other": ((act("a", "b"), act("b")), False),
    "the other for one": ((act("a"), act("b", "a")), False),
    "both for a third": ((act("a", "c"), act("b", "c")), False),
    "each for the other": ((act("a", "b"), act("b", "a")), False),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_two_people_have_nobody_in_common(name: str) -> None:
    """Where two sign, two acts speak for people of whom none stands behind both."""
    acts, two = PEOPLE[name]
    persons = {person for each in acts for person in (each.person, each.delegator) if person}
    if two:
        assert check_two_people(acts) == persons
    else:
        assert refusal_of(World(), lambda _: check_two_people(acts)) is R.PeopleTooFew


@pytest.mark.parametrize("name", ["release 1", "hold lifted 1", "fraud 1", "destination lost 1"])
def test_every_act_of_two_takes_two(name: str) -> None:
    """Releasing, lifting, calling a fraud and giving a destination up are not one person's to do."""
    entry = ENTRIES[name]
    world = entry.prepared()
    twice = eligible(world, (ADMIN_B, entry.role))
    assert refused(twice, entry, person=ADMIN_B) is R.PeopleTooFew
    assert refused(world, entry) is None


def test_nobody_is_eligible_without_words() -> None:
    """An empty list of words means nobody; any one of several is enough, for each person."""
    around = World().around
    assert refusal_of(World(), lambda _: check_eligible(around, act(ADMIN_A))) is R.NotEligible
    assert refusal_of(World(), lambda _: check_eligible(around, act(ADMIN_A), "auditor", "releaser")) is None
    assert refusal_of(World(), lambda _: check_eligible(around, act(ADMIN_A, ADMIN_B), "releaser")) is None
    assert refusal_of(World(), lambda _: check_eligible(around, act(ADMIN_A, REQUESTER), "releaser")) is R.NotEligible


@pytest.mark.parametrize("age", [-1, 0, 1, 2 * MINUTE - 1, 2 * MINUTE, 2 * MINUTE + 1])
def test_an_act_lives_two_minutes(age: int) -> None:
    """An act is taken from the moment it was made until it is two minutes old."""
    world = World()
    made = world.act("word", ADMIN_A, made_at=world.now - age)

    def check(_: World) -> None:
        check_act_on(world.around, world.now, made, word="word", subject=("case-1", 1), names=())

    assert refusal_of(world, check) is (None if 0 <= age <= 2 * MINUTE else R.ActNotFresh)


def check_group(group: frozenset[str], world: World) -> None:
    """Check whether a group is uninvolved in a world's case."""
    check_uninvolved(scene(world), group)


def test_who_is_uninvolved() -> None:
    """People are uninvolved while none of them has held a duty in the case or is its joiner."""
    world = World().up_to(Stage.CLAIM)
    people = {REQUESTER: R.DutiesConflict, APPROVER: R.DutiesConflict, JOINER: R.JoinerHoldsNoDuty, ADMIN_A: None}
    for person, reason in people.items():
        assert refusal_of(world, partial(check_group, frozenset({person, ADMIN_B}))) is reason


@pytest.mark.parametrize("name", ["proofing withdrawn", "approval withdrawn"])
@pytest.mark.parametrize("closed", [None, *Closure])
@pytest.mark.parametrize("for_cause", [False, True])
def test_after_the_end_only_a_withdrawal_for_cause(name: str, closed: Closure | None, for_cause: bool) -> None:
    """Consent is withdrawn while the case is open; of a completed case only because it never should have been given."""
    entry = ENTRIES[name]
    world = alter(World().up_to(Stage.CLOSED) if closed else entry.prepared(), closed=closed)

    def withdrawn(w: World) -> None:
        signed = replace(entry.act(w), names=(FOR_CAUSE,) * for_cause)
        w.do(replace(entry.command(w, signed), for_cause=for_cause))

    taken = closed is None or (closed is Closure.COMPLETED and for_cause)
    assert refusal_of(world, withdrawn) is (None if taken else R.CaseOver)


def test_duties_are_added_for_everybody_who_acted() -> None:
    """Nobody, one person, a delegate with a delegator, or several: each has held the duty, besides those before."""
    before = frozenset({(Duty.PROOFER, "paul")})
    anna, arno = By("anna", "statement-1"), By("arno", "statement-2", "olaf")
    added = {(): (), (anna,): ("anna",), (arno,): ("arno", "olaf"), (anna, arno): ("anna", "arno", "olaf")}
    for by, people in added.items():
        expected = before | {(Duty.APPROVER, person) for person in people}
        assert with_duty(before, Duty.APPROVER, by) == expected
    assert with_duty(before, Duty.APPROVER, None) == before
    assert with_duty(before, Duty.APPROVER, arno) == before | {(Duty.APPROVER, "arno"), (Duty.APPROVER, "olaf")}


def test_every_pair_of_duties_is_met_by_some_entry() -> None:
    """Each duty but the requester's, which opens the case, has an entry here, so that each pair was tried."""
    assert {entry.duty for entry in FILLS.values()} == set(Duty) - {Duty.REQUESTER}
    assert {frozenset(pair) for pair in combinations(Duty, 2)} > APART
