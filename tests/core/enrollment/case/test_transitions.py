"""The transition table says what the design says, and each of its cells is reached."""

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.facts import FACTS, Fact
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS, LETTERS, TRANSITIONS
from firstkey.enrollment.case.words import CredentialState, Stage
from tests.core.enrollment.walks import all_passed

OPEN = frozenset(Stage) - {Stage.UNOPENED, Stage.CLOSED, Stage.REFUSED}
LETS_IN: set[type[Fact]] = {
    facts.ApprovalGiven,
    facts.PassIssued,
    facts.PassArmed,
    facts.PassRedeemed,
    facts.TryFailed,
    facts.AttendanceConfirmed,
    facts.OwnKeyAsserted,
    facts.CredentialActivated,
    facts.CredentialRestored,
}
IN_A_WINDOW: set[type[Fact]] = {
    facts.CeremonyStarted,
    facts.CeremonyRefused,
    facts.CredentialRegistered,
    facts.NativePassMinted,
}


def leads(fact: type[Fact]) -> dict[Stage, frozenset[Stage]]:
    """Return where a fact may stand, and where it leads from there."""
    return {before: after for before, after in TRANSITIONS[fact].items() if after}


def test_the_table_is_whole() -> None:
    """Every fact at every stage has a cell, and every stage its own letter."""
    assert set(TRANSITIONS) == set(FACTS)
    assert all(set(row) == set(Stage) for row in TRANSITIONS.values())
    assert set(LETTERS) == set(Stage)
    assert len(set(LETTERS.values())) == len(Stage)


def test_a_case_begins_once() -> None:
    """Before its first fact a case can be opened or refused, and nothing else; later it can be neither."""
    for fact in FACTS:
        begins = fact in {facts.CaseOpened, facts.CaseRefused}
        assert bool(TRANSITIONS[fact][Stage.UNOPENED]) is begins
        assert not begins or set(leads(fact)) == {Stage.UNOPENED}
    assert leads(facts.CaseRefused)[Stage.UNOPENED] == {Stage.REFUSED}


def test_nothing_terminal_comes_back() -> None:
    """A refused request takes no fact; a closed case stays closed, and only says what is found or done afterwards."""
    assert [fact for fact in FACTS if TRANSITIONS[fact][Stage.REFUSED]] == []
    afterwards = {fact: TRANSITIONS[fact][Stage.CLOSED] for fact in FACTS if TRANSITIONS[fact][Stage.CLOSED]}
    assert afterwards == dict.fromkeys(
        (
            facts.ProofingWithdrawn,
            facts.ApprovalWithdrawn,
            facts.NativePassUsed,
            facts.NativePassReaped,
            facts.StrayCredentialFound,
            facts.ReviewRecorded,
        ),
        frozenset({Stage.CLOSED}),
    )


def test_only_closing_closes() -> None:
    """No fact but CaseClosed leads to the end, and CaseClosed leads nowhere else."""
    for fact in FACTS:
        for before, after in leads(fact).items():
            assert (Stage.CLOSED in after) is (fact is facts.CaseClosed or before is Stage.CLOSED)
    assert set().union(*leads(facts.CaseClosed).values()) == {Stage.CLOSED}


def test_a_pass_that_is_issued_or_armed_dies_before_its_case() -> None:
    """A case closes from every open stage but delivery: there a pass is live, and is revoked first."""
    assert set(leads(facts.CaseClosed)) == OPEN - {Stage.DELIVERY}


def test_a_held_case_stays_held() -> None:
    """Whatever is said of a held case, it is held until the hold is lifted or the case closes."""
    for fact in FACTS:
        after = TRANSITIONS[fact][Stage.HELD]
        if fact not in {facts.HoldLifted, facts.CaseClosed}:
            assert after <= {Stage.HELD}
    assert set(leads(facts.HoldLifted)) == {Stage.HELD}
    assert Stage.HELD not in leads(facts.HoldLifted)[Stage.HELD]
    assert leads(facts.CaseHeld) == dict.fromkeys(OPEN - {Stage.HELD}, frozenset({Stage.HELD}))


def test_nothing_is_let_in_while_held() -> None:
    """While a case is held no pass is issued, armed or redeemed, nothing registered, activated or restored."""
    assert [fact for fact in LETS_IN | IN_A_WINDOW if TRANSITIONS[fact][Stage.HELD]] == []


def test_a_pass_has_one_way() -> None:
    """A pass is issued once the case is complete, armed once issued, redeemed or tried once armed, and nowhere else."""
    assert leads(facts.PassIssued) == {Stage.ISSUANCE: {Stage.DELIVERY}}
    assert leads(facts.PassArmed) == {Stage.DELIVERY: {Stage.REDEMPTION}}
    assert leads(facts.PassRedeemed) == {Stage.REDEMPTION: {Stage.REGISTRATION}}
    assert leads(facts.TryFailed) == {Stage.REDEMPTION: {Stage.REDEMPTION}}


def test_attendance_and_own_key_open_the_window() -> None:
    """What stands in the place of redemption opens the window, or a new one after it."""
    opening: tuple[type[Fact], ...] = (facts.AttendanceConfirmed, facts.OwnKeyAsserted)
    for fact in opening:
        assert leads(fact) == dict.fromkeys((Stage.REDEMPTION, Stage.REGISTRATION), frozenset({Stage.REGISTRATION}))


def test_a_credential_is_made_in_a_window_and_once() -> None:
    """Ceremonies and credentials belong to registration; a credential leads to activation, where none is made."""
    for fact in IN_A_WINDOW:
        assert set(leads(fact)) == {Stage.REGISTRATION}
    assert leads(facts.CredentialRegistered) == {Stage.REGISTRATION: {Stage.ACTIVATION}}
    assert leads(facts.CredentialActivated) == {Stage.ACTIVATION: {Stage.ACTIVATION}}


def test_a_pending_credential_does_not_go_back() -> None:
    """From activation a case leads to nothing but a hold and its end."""
    for fact in FACTS:
        assert TRANSITIONS[fact][Stage.ACTIVATION] <= {Stage.ACTIVATION, Stage.HELD, Stage.CLOSED}


def test_approval_needs_standing_proofing() -> None:
    """No consent is given while proofing is awaited, and none before there is a case or after it."""
    assert set(leads(facts.ApprovalGiven)) == OPEN - {Stage.PROOFING, Stage.HELD}


def test_one_denial_closes_a_case_at_any_stage() -> None:
    """A no can be said at every open stage and moves nothing by itself; the case closes by the fact that follows."""
    assert leads(facts.ApprovalDenied) == {stage: {stage} for stage in OPEN}


def test_a_device_claims_what_no_device_has_claimed() -> None:
    """A claim is taken before or after proofing and approval, and never while a pass or a window is open."""
    assert set(leads(facts.DeviceClaimed)) == {Stage.PROOFING, Stage.APPROVAL, Stage.CLAIM}


def test_what_is_asserted_can_be_said_or_taken_back_at_any_stage() -> None:
    """Revision and proofing wait for nothing but a hold; what was given is withdrawn whenever it can stand."""
    afterwards = OPEN | {Stage.CLOSED}
    assert set(leads(facts.CaseRevised)) == OPEN - {Stage.HELD}
    assert set(leads(facts.ProofingRecorded)) == OPEN - {Stage.HELD}
    assert set(leads(facts.ProofingWithdrawn)) == afterwards - {Stage.PROOFING}
    assert set(leads(facts.ApprovalWithdrawn)) == afterwards


def test_what_is_made_can_die_while_it_stands() -> None:
    """A live pass dies at each of its stages; a pending credential is suspended or recalled, held or not."""
    passing = {Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION}
    assert set(leads(facts.PassExpired)) == passing
    assert set(leads(facts.PassRevoked)) == passing | {Stage.HELD}
    for fact in (facts.CredentialSuspended, facts.CredentialRecalled):
        assert leads(fact) == {stage: {stage} for stage in (Stage.ACTIVATION, Stage.HELD)}
    assert leads(facts.CredentialRestored) == {Stage.ACTIVATION: {Stage.ACTIVATION}}


def test_what_a_destination_says_is_heard_as_long_as_it_may_matter() -> None:
    """That its pass is used or gone, or that a stray was found, is taken from the window to after the end."""
    heard = {Stage.REGISTRATION, Stage.ACTIVATION, Stage.HELD, Stage.CLOSED}
    for fact in (facts.NativePassUsed, facts.NativePassReaped, facts.StrayCredentialFound):
        assert set(leads(fact)) == heard


def test_an_anchor_completes_a_claim_and_moves_nothing_else() -> None:
    """A claim is anchored, or visited afresh, while the case is not held; only a case that waited for that goes on."""
    stays = OPEN - {Stage.HELD, Stage.CLAIM}
    assert leads(facts.ClaimAnchored) == {stage: {stage} for stage in stays} | {Stage.CLAIM: {Stage.ISSUANCE}}


def test_a_released_claim_is_awaited_anew() -> None:
    """A claim is released when no pass is issued and no credential made; a case that had all else waits for a claim."""
    assert leads(facts.ClaimReleased) == {
        Stage.PROOFING: {Stage.PROOFING},
        Stage.APPROVAL: {Stage.APPROVAL},
        Stage.CLAIM: {Stage.CLAIM},
        Stage.ISSUANCE: {Stage.CLAIM},
        Stage.REDEMPTION: {Stage.CLAIM},
        Stage.REGISTRATION: {Stage.CLAIM},
    }


def test_a_rival_changes_no_stage() -> None:
    """Turning a rival away leaves the case where it is, held or not."""
    assert leads(facts.RivalRefused) == {stage: {stage} for stage in OPEN}


def test_a_review_follows_the_end() -> None:
    """A review is of a case that is over, and leaves it so."""
    assert leads(facts.ReviewRecorded) == {Stage.CLOSED: {Stage.CLOSED}}


def test_an_accounts_facts_do_not_stand_in_a_case() -> None:
    """That an account holds a credential, and that a credential has ended, is said in the account's stream alone."""
    assert [fact for fact in FACTS if not leads(fact)] == [facts.CredentialHeld, facts.CredentialEnded]


HOLDINGS = {
    facts.CredentialHeld: {"pending": "active"},
    facts.CredentialSuspended: {"active": "suspended"},
    facts.CredentialRestored: {"suspended": "active"},
    facts.CredentialRecalled: {"active": "recalled", "suspended": "recalled"},
    facts.CredentialEnded: {"active": "ended", "suspended": "ended"},
}


def test_a_held_credential_has_one_way() -> None:
    """A credential is held once, suspended and restored, recalled or ended; those two are for good."""
    assert set(HOLDINGS_TRANSITIONS) == set(HOLDINGS)
    for fact, row in HOLDINGS_TRANSITIONS.items():
        assert set(row) == set(CredentialState)
        assert {before: after for before, after in row.items() if after} == HOLDINGS[fact]


def test_every_cell_is_reached() -> None:
    """Each way that the table leaves open is gone by some case, and no case goes another."""
    open_ = {(fact, before, after) for fact in FACTS for before, row in leads(fact).items() for after in row}
    gone = all_passed()
    assert {(fact.__name__, before.value, after.value) for fact, before, after in open_ - gone} == set()
    assert gone <= open_
