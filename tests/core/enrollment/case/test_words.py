"""The closed lists are those of the design, no longer and no shorter."""

from firstkey.enrollment.case.words import LIVE, Closure, CredentialState, NativeState, PassState, Stage


def test_the_closures_are_the_designs() -> None:
    """A case ends for one of eleven reasons (design, section 3)."""
    assert [reason.value for reason in Closure] == (
        "completed denied withdrawn expired tries_exhausted passes_exhausted misused left superseded fraud_reported"
        " restored"
    ).split()


def test_a_pass_lives_and_ends_as_the_design_says() -> None:
    """A pass is issued, armed, redeemed, and ends in one of four ways; the first three are live."""
    assert [state.value for state in PassState] == "issued armed redeemed spent revoked expired burned".split()
    assert frozenset({PassState.ISSUED, PassState.ARMED, PassState.REDEEMED}) == LIVE


def test_a_credential_and_a_native_pass_have_their_states() -> None:
    """A credential is pending, active or suspended until it is recalled or ended; a native pass stands until reaped."""
    assert [state.value for state in CredentialState] == "pending active suspended recalled ended".split()
    assert [state.value for state in NativeState] == "minted used reaped".split()


def test_the_stages_are_in_the_order_of_the_lifecycle() -> None:
    """The stages stand in the order in which an honest case meets them."""
    assert [stage.value for stage in Stage] == (
        "unopened proofing approval claim issuance delivery redemption registration activation held closed refused"
    ).split()
