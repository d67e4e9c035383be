"""How sure we are who somebody is: the closed list of proofing methods, and what each may reach.

Levels are NIST SP 800-63A-4 identity assurance levels, 1 to 3; 0 is no assurance. Whatever a method claims, its
ceiling holds: a call with a face on it stays at 1, however sure the agent was.
"""

from enum import StrEnum


class ProofingMethod(StrEnum):
    """How identity was proofed. Nothing else counts; what third parties can know is no method."""

    DOCUMENT_IN_PERSON = "document_in_person"
    DOCUMENT_CHIP_IN_PERSON = "document_chip_in_person"
    VENDOR_CHECK = "vendor_check"
    VENDOR_CHECK_INJECTION_RESISTANT = "vendor_check_injection_resistant"
    VIDEO_CALL = "video_call"
    STRONG_SESSION = "strong_session"
    LIVE_VOUCH = "live_vouch"
    EARLIER_PROOFING = "earlier_proofing"


LEVEL_MAX: dict[ProofingMethod, int] = {
    ProofingMethod.DOCUMENT_IN_PERSON: 2,
    ProofingMethod.DOCUMENT_CHIP_IN_PERSON: 3,
    ProofingMethod.VENDOR_CHECK: 2,
    ProofingMethod.VENDOR_CHECK_INJECTION_RESISTANT: 3,
    ProofingMethod.VIDEO_CALL: 1,
    ProofingMethod.STRONG_SESSION: 2,
    ProofingMethod.LIVE_VOUCH: 2,
    ProofingMethod.EARLIER_PROOFING: 3,
}
"""The highest level each method can reach."""

NEEDS_COMPANION = frozenset({ProofingMethod.EARLIER_PROOFING})
"""Methods that count only with a live vouch or a strong session beside them."""
