"""One honest case by each bootstrap, from its first fact to its last."""

import pytest

from firstkey.enrollment.case.words import Closure, PassState, Stage
from firstkey.enrollment.lifecycle.replay import replay
from firstkey.policy.model import Purpose, Requirements
from tests.core.enrollment.world import ATTENDED_PATH, OWN_KEY_PATH, PASS_PATH, PRESENCE_PATH, REPLACEMENT_PATH, World

WALKS = [
    (
        PASS_PATH,
        Purpose.FIRST_KEY,
        (
            "CaseOpened ProofingRecorded ApprovalGiven DeviceClaimed ClaimAnchored PassIssued PassArmed PassRedeemed"
            " CeremonyStarted CredentialRegistered CredentialActivated CaseClosed"
        ),
    ),
    (
        PRESENCE_PATH,
        Purpose.FIRST_KEY,
        (
            "CaseOpened ProofingRecorded ApprovalGiven DeviceClaimed ClaimAnchored PassIssued PassArmed PassRedeemed"
            " CeremonyStarted CredentialRegistered CredentialActivated CaseClosed"
        ),
    ),
    (
        ATTENDED_PATH,
        Purpose.FIRST_KEY,
        (
            "CaseOpened ProofingRecorded ApprovalGiven DeviceClaimed AttendanceConfirmed"
            " CeremonyStarted CredentialRegistered CredentialActivated CaseClosed"
        ),
    ),
    (
        OWN_KEY_PATH,
        Purpose.ADD_KEY,
        "CaseOpened DeviceClaimed OwnKeyAsserted CeremonyStarted CredentialRegistered CredentialActivated CaseClosed",
    ),
    (
        REPLACEMENT_PATH,
        Purpose.REPLACEMENT,
        (
            "CaseOpened ApprovalGiven DeviceClaimed OwnKeyAsserted"
            " CeremonyStarted CredentialRegistered CredentialActivated CaseClosed"
        ),
    ),
]


@pytest.mark.parametrize(("requirements", "purpose", "facts"), WALKS)
def test_an_honest_case_walks_to_completion(requirements: Requirements, purpose: Purpose, facts: str) -> None:
    """An honest case leaves exactly the facts of its bootstrap, in order, and ends completed with no live pass."""
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.CLOSED)
    assert world.kinds == facts.split()
    assert world.state.closed is Closure.COMPLETED
    assert world.state.live_pass is None
    assert world.state.credentials_made == 1
    assert world.state.pass_ is None or world.state.pass_.state is PassState.SPENT


@pytest.mark.parametrize(("requirements", "purpose", "facts"), WALKS)
def test_a_case_is_the_fold_of_its_facts(requirements: Requirements, purpose: Purpose, facts: str) -> None:
    """Replaying the facts gives the very state that the decisions left."""
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.CLOSED)
    assert replay(world.facts) == world.case
    assert len(world.facts) == len(facts.split())
