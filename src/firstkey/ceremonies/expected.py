"""What both ceremonies must answer to."""

from dataclasses import dataclass

from firstkey.values.encoding import b64u
from firstkey.values.errors import Defect
from firstkey.values.instants import MINUTE

CHALLENGE_BYTES = 32
CEREMONY_TIMEOUT = 5 * MINUTE  # WebAuthn 15.1: 5 to 10 minutes


@dataclass(frozen=True, kw_only=True)
class ExpectedCeremony:
    """What a ceremony of either kind must answer to.

    Attributes:
        ceremony_id: our id of the ceremony; the verdict repeats it.
        expected_challenge: the bytes sent in the options.
        expected_rp_id: the relying party, a domain.
        expected_origin: the one page that may ask, as a browser writes it: `https://join.example.org`.
        require_user_verification: refuse an authenticator that did not verify its user.
    """

    ceremony_id: str
    expected_challenge: bytes
    expected_rp_id: str
    expected_origin: str
    require_user_verification: bool = True


def challenge_text(challenge: bytes) -> str:
    """Return a challenge as options carry it, base64url; ours have 32 bytes."""
    if len(challenge) != CHALLENGE_BYTES:
        raise Defect("a challenge has 32 bytes")
    return b64u(challenge)
