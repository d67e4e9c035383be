"""Misbehaviour as data: what a hostile client or authenticator writes in the place of the truth.

An alteration is applied before signing: the signature is genuine over what was altered, so only the rule that the
alteration breaks can refuse it. `SIGNATURE` is the exception that proves the signature is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firstkey.simulator.keys import EDDSA
from firstkey.values.canonical import Json

UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


@dataclass(frozen=True)
class Alter:
    """What differs from an honest response. The default differs in nothing.

    Attributes:
        client_data: members put over those of the client data (`type`, `challenge`, `origin`, `crossOrigin`, …).
        client_data_json: these bytes instead of any client data.
        rp_id: the relying party whose hash the authenticator signs.
        flags_set: bits of the authenticator data's flags to set (`UP`, `UV`, `BE`, `BS`, `AT`, `ED`).
        flags_cleared: bits to clear; clearing wins.
        algorithm: the COSE algorithm of the new key, offered or not.
        attestation: "none", "self" or "x5c", whatever was asked for.
        extensions: an authenticator extension map, which sets the ED flag.
        authenticator_data_tail: bytes after the authenticator data's end, signed with it.
        attestation_object_tail: bytes after the attestation object's end.
        signature_flipped: one bit of the signature is turned.
        response: members put over those of `response`, in their encoded form.
        outer: members put over those of the credential (`id`, `rawId`, `type`, `authenticatorAttachment`, …).
    """

    client_data: Mapping[str, Json] = field(default_factory=dict)
    client_data_json: bytes | None = None
    rp_id: str | None = None
    flags_set: int = 0
    flags_cleared: int = 0
    algorithm: int | None = None
    attestation: str | None = None
    extensions: Mapping[str, Json] | None = None
    authenticator_data_tail: bytes = b""
    attestation_object_tail: bytes = b""
    signature_flipped: bool = False
    response: Mapping[str, Json] = field(default_factory=dict)
    outer: Mapping[str, Json] = field(default_factory=dict)


HONEST = Alter()

WRONG_ORIGIN = Alter(client_data={"origin": "https://firstkey.example.evil.test"})
CROSS_ORIGIN = Alter(client_data={"crossOrigin": True})
TOP_ORIGIN = Alter(client_data={"crossOrigin": True, "topOrigin": "https://evil.test"})
TYPE_OF_REGISTRATION = Alter(client_data={"type": "webauthn.create"})
TYPE_OF_AUTHENTICATION = Alter(client_data={"type": "webauthn.get"})
WRONG_CHALLENGE = Alter(client_data={"challenge": "d3JvbmcgY2hhbGxlbmdlIG9mIDMyIGJ5dGVzIGluIGFsbC4"})
WRONG_RP_ID = Alter(rp_id="evil.test")
USER_NOT_PRESENT = Alter(flags_cleared=UP)
USER_NOT_VERIFIED = Alter(flags_cleared=UV)
BACKUP_ELIGIBLE = Alter(flags_set=BE)
BACKED_UP_UNELIGIBLE = Alter(flags_set=BS, flags_cleared=BE)
OTHER_ID = Alter(outer={"id": "b3RoZXI", "rawId": "b3RoZXI"})
OTHER_RAW_ID = Alter(outer={"rawId": "b3RoZXI"})
AUTHENTICATOR_DATA_TAIL = Alter(authenticator_data_tail=b"\x00")
ATTESTATION_OBJECT_TAIL = Alter(attestation_object_tail=b"\x00")
SIGNATURE = Alter(signature_flipped=True)
ALGORITHM_EDDSA = Alter(algorithm=EDDSA)

IN_ANY_CEREMONY: dict[str, Alter] = {
    "wrong_origin": WRONG_ORIGIN,
    "cross_origin": CROSS_ORIGIN,
    "top_origin": TOP_ORIGIN,
    "wrong_challenge": WRONG_CHALLENGE,
    "wrong_rp_id": WRONG_RP_ID,
    "user_not_present": USER_NOT_PRESENT,
    "user_not_verified": USER_NOT_VERIFIED,
    "backed_up_uneligible": BACKED_UP_UNELIGIBLE,
    "other_id": OTHER_ID,
    "other_raw_id": OTHER_RAW_ID,
    "authenticator_data_tail": AUTHENTICATOR_DATA_TAIL,
    "signature": SIGNATURE,
}
"""By name, what no policy admits in a ceremony of either kind (`signature` needs something signed: not fmt none)."""

IN_REGISTRATION: dict[str, Alter] = IN_ANY_CEREMONY | {
    "type": TYPE_OF_AUTHENTICATION,
    "attestation_object_tail": ATTESTATION_OBJECT_TAIL,
}
IN_AUTHENTICATION: dict[str, Alter] = IN_ANY_CEREMONY | {"type": TYPE_OF_REGISTRATION}
