"""What a ceremony must answer to, and its client data: registration steps 5 to 12, authentication steps 8 to 14 and 20.

One origin, compared as a string: no list, no prefix, no sub-domain, no other port. The page is never framed, so a cross
origin is refused whoever the framing page is. Members that the standard may add are left alone (5.8.1).
"""

import hashlib

from msgspec import Struct

from firstkey.ceremonies.json_text import member, read_object
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.encoding import b64u
from firstkey.values.errors import Defect, Refused
from firstkey.values.instants import MINUTE

CHALLENGE_BYTES = 32
CEREMONY_TIMEOUT = 5 * MINUTE  # WebAuthn 15.1: 5 to 10 minutes

CREATE = "webauthn.create"
GET = "webauthn.get"


class ExpectedCeremony(Struct, frozen=True, kw_only=True):
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


def judge_client_data(data: bytes, expected_type: str, expected: ExpectedCeremony) -> bytes:
    """Check clientDataJSON; step numbers are of WebAuthn L3 7.1 and, after the slash, 7.2.

    Args:
        data: the bytes as the client made them.
        expected_type: CREATE or GET.
        expected: the challenge and the origin.

    Returns:
        SHA-256 of the bytes.

    Raises:
        Malformed: not a JSON object with the members of CollectedClientData.
        Refused: CeremonyTypeWrong, ChallengeWrong, OriginWrong or CrossOriginRefused.
    """
    unreadable = CeremonyReason.ClientDataMalformed
    client_data = read_object(data, unreadable)  # steps 5, 6 / 8, 9
    if member(client_data, "type", str, unreadable) != expected_type:  # step 7 / 10
        raise Refused(CeremonyReason.CeremonyTypeWrong)
    if member(client_data, "challenge", str, unreadable) != b64u(expected.expected_challenge):  # step 8 / 11
        raise Refused(CeremonyReason.ChallengeWrong)
    origin = member(client_data, "origin", str, unreadable)
    if origin != expected.expected_origin:  # step 9 / 12
        raise Refused(CeremonyReason.OriginWrong, f"{origin!r:.200}")
    if client_data.get("crossOrigin", False) is not False or "topOrigin" in client_data:  # steps 10, 11 / 13, 14
        raise Refused(CeremonyReason.CrossOriginRefused)
    return hashlib.sha256(data).digest()  # step 12 / 20
