"""Replay: a case is the fold of its facts, and a stream that the table does not allow stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.enrollment.case.facts import (
    FACTS,
    CredentialEnded,
    CredentialHeld,
    Fact,
    HoldLifted,
    decode_fact,
    encode_fact,
)
from firstkey.enrollment.case.state import Hold, NeverOpened, stage_of
from firstkey.enrollment.case.transitions import TRANSITIONS
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.replay import REPLAY, STAGES, Folded, NotInTable, apply_fact, replay
from firstkey.values.errors import Defect
from tests.core.enrollment.case.samples import filled
from tests.core.enrollment.turns import alter, case_at, hold
from tests.core.enrollment.world import PROHIBITED, World

OF_THE_ACCOUNT: set[type[Fact]] = {CredentialHeld, CredentialEnded}
"""Facts of the account's stream alone; suspension, restoration and recall stand in both."""


def held() -> World:
    """Return a held case."""
    world = World().up_to(Stage.ISSUANCE)
    hold(world)
    return world


AT: dict[Stage, Folded] = {
    Stage.UNOPENED: None,
    Stage.REFUSED: NeverOpened("case-1"),
    Stage.HELD: held().case,
    **{stage: case_at(stage) for stage in Stage if stage not in {Stage.UNOPENED, Stage.REFUSED, Stage.HELD}},
}
"""A case at every stage."""


def test_every_fact_has_one_fold() -> None:
    """Each fact of a case is folded by one stage, and each other fact belongs to the account."""
    folded = [fact for stage in STAGES for fact in stage.REPLAY]
    assert len(folded) == len(set(folded))
    assert set(REPLAY) == set(folded) == set(FACTS) - OF_THE_ACCOUNT


def test_the_samples_stand_where_they_say() -> None:
    """The cases that this file replays on are at their stages."""
    assert {stage: stage_of(case) for stage, case in AT.items()} == {stage: stage for stage in Stage}


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_that_the_table_refuses_stops_the_replay(kind: type[Fact]) -> None:
    """A fact at a stage where the table has no cell is not folded, whatever it says."""
    for stage in (stage for stage in Stage if not TRANSITIONS[kind][stage]):
        with pytest.raises(NotInTable, match=f"{kind.__name__} at {stage}"):
            apply_fact(AT[stage], filled(kind))


def test_a_fold_that_leads_elsewhere_stops_the_replay() -> None:
    """A fact that would lead where its cell does not is a defect: here a hold that is lifted over a live pass."""
    world = alter(World().up_to(Stage.DELIVERY), hold=Hold("notice", None))
    with pytest.raises(Defect, match="HoldLifted led from held to delivery") as caught:
        apply_fact(world.state, HoldLifted(at=world.now, by=()))
    assert not isinstance(caught.value, NotInTable)


STREAM = World().up_to(Stage.CLOSED).facts
PLACES = range(len(STREAM))
UNSEEN = {"CeremonyStarted", "CredentialActivated", "CaseClosed"}
"""Facts without which the rest of an honest stream still folds: the chain of MACs sees that they are gone."""
AGAIN = {
    "ProofingRecorded",
    "ApprovalGiven",
    "DeviceClaimed",
    "ClaimAnchored",
    "CeremonyStarted",
    "CredentialActivated",
}
"""What leaves its stage open, so that the table alone would let it happen again: the rules and the slots do not."""


@pytest.mark.parametrize("place", [place for place in PLACES if STREAM[place].kind not in UNSEEN])
def test_a_stream_with_a_fact_cut_out_stops(place: int) -> None:
    """Without a fact that the rest stands on, a stream does not replay."""
    with pytest.raises(Defect):
        replay([*STREAM[:place], *STREAM[place + 1 :]])


@pytest.mark.parametrize("place", [place for place in PLACES if STREAM[place].kind not in AGAIN])
def test_a_stream_with_a_fact_doubled_stops(place: int) -> None:
    """What happens once does not replay twice."""
    with pytest.raises(NotInTable):
        replay([*STREAM[: place + 1], *STREAM[place:]])


@pytest.mark.parametrize("place", list(PLACES[1:]))
def test_a_stream_that_begins_in_the_middle_stops(place: int) -> None:
    """A case begins with its opening."""
    with pytest.raises(NotInTable):
        replay(STREAM[place:])


@given(st.integers(0, 12))
def test_replay_can_stop_and_go_on(cut: int) -> None:
    """Folding a stream in two parts gives what folding it whole gives."""
    world = World().up_to(Stage.CLOSED)
    assert replay(world.facts[cut:], replay(world.facts[:cut])) == world.case


def test_a_stream_survives_its_bytes() -> None:
    """What is replayed from the stored bytes is the case that was decided."""
    world = World().up_to(Stage.CLOSED)
    assert replay(decode_fact(encode_fact(fact)) for fact in world.facts) == world.case


def test_no_facts_are_no_case() -> None:
    """Before its first fact there is nothing; nothing more leaves a case as it is."""
    assert replay([]) is None
    case = case_at(Stage.CLAIM)
    assert replay([], case) is case


def test_a_refused_request_replays_to_no_case() -> None:
    """The fold of a refusal remembers the id and nothing else."""
    world = World(ruling=PROHIBITED)
    world.open()
    assert replay(world.facts) == NeverOpened("case-1")
    with pytest.raises(NotInTable):
        replay(world.facts * 2)


def test_a_fact_of_the_account_is_none_of_a_case() -> None:
    """At no stage does a case take a fact of the account's stream."""
    for case in AT.values():
        for kind in OF_THE_ACCOUNT:
            with pytest.raises(NotInTable):
                apply_fact(case, filled(kind))
