"""What a judged value says when nobody says anything: found by breaking its defaults."""

from firstkey.enrollment.case.surroundings import Account, Evidence, Made, Surroundings
from firstkey.policy.model import Trust
from firstkey.values.assurance import ProofingMethod


def test_nothing_is_known_of_a_rival_at_first() -> None:
    """Surroundings that do not say otherwise count no code of a rival."""
    assert Surroundings(account=Account("account-1", "joiner", 1)).rival_codes_compared == 0


def test_a_voucher_of_whom_nothing_is_said_has_no_level() -> None:
    """Evidence without a word on the voucher gives that person no level."""
    evidence = Evidence(ProofingMethod.LIVE_VOUCH, level=2, commitment="evidence-1", proofed_at=0)
    assert (evidence.voucher_level, evidence.relation_since) == (0, None)


def test_a_key_of_which_nothing_is_said_meets_nothing() -> None:
    """A response without a judgement has no algorithm, no trust and no verified user, and may be a synced key."""
    made = Made(ceremony="ceremony-1")
    assert (made.algorithm, made.trust, made.user_verified, made.backup_eligible) == (0, Trust.NONE, False, True)
