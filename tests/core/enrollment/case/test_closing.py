"""A case that ends early takes what it still has with it, in the same append."""

import pytest

from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.facts import CaseClosed, CredentialRecalled, Fact, PassRevoked
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, Closure, CredentialState, PassState, Stage
from tests.core.enrollment.turns import alter, part
from tests.core.enrollment.world import START, World

AT = START + 7
CLOSED = CaseClosed(at=AT, reason=Closure.WITHDRAWN)
REVOKED = PassRevoked(at=AT, pass_id="pass-1", cause=Cause.PARTNER_CLOSED)
RECALLED = CredentialRecalled(at=AT, credential="credential-1", cause=Cause.PARTNER_CLOSED)


def closed(world: World) -> tuple[Fact, ...]:
    """Return the facts that end a world's case."""
    return closing(world.state, Closure.WITHDRAWN, AT, Cause.PARTNER_CLOSED)


@pytest.mark.parametrize("state", PassState)
def test_a_live_pass_is_revoked_before_the_case_closes(state: PassState) -> None:
    """A live pass dies first, with the cause; a dead one is left as it is."""
    world = part(World().up_to(Stage.DELIVERY), "pass_", state=state)
    live = state in {PassState.ISSUED, PassState.ARMED, PassState.REDEEMED}
    assert closed(world) == ((REVOKED, CLOSED) if live else (CLOSED,))


@pytest.mark.parametrize("state", CredentialState)
def test_a_pending_credential_is_recalled_before_the_case_closes(state: CredentialState) -> None:
    """A pending or suspended credential is recalled, with the cause; an active one, or one that is over, is not."""
    world = part(World().up_to(Stage.ACTIVATION), "credential", state=state)
    recalled = state in {CredentialState.PENDING, CredentialState.SUSPENDED}
    assert closed(world) == ((RECALLED, CLOSED) if recalled else (CLOSED,))


def test_pass_and_credential_die_before_the_case() -> None:
    """Where both are there, the pass dies first, then the credential, then the case."""
    made = World().up_to(Stage.ACTIVATION).state.credential
    assert closed(alter(World().up_to(Stage.DELIVERY), credential=made)) == (REVOKED, RECALLED, CLOSED)


def test_a_case_with_nothing_just_closes() -> None:
    """A case that has neither pass nor credential closes by one fact."""
    assert closed(World().up_to(Stage.PROOFING)) == (CLOSED,)


def test_who_signed_for_the_end_stands_in_its_fact() -> None:
    """Where people signed that a case be over, its closing names them."""
    by = (By("adam", "statement-8"), By("alma", "statement-9"))
    facts = closing(World().up_to(Stage.PROOFING).state, Closure.FRAUD_REPORTED, AT, by=by)
    assert facts == (CaseClosed(at=AT, reason=Closure.FRAUD_REPORTED, by=by),)


def test_the_cause_is_the_closing_unless_more_is_said() -> None:
    """Without a cause of its own, the pass dies because the case closed."""
    facts = closing(World().up_to(Stage.DELIVERY).state, Closure.EXPIRED, AT)
    assert facts == (
        PassRevoked(at=AT, pass_id="pass-1", cause=Cause.CASE_CLOSED),
        CaseClosed(at=AT, reason=Closure.EXPIRED),
    )
