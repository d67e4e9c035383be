"""Authenticator data (WebAuthn 6.1): strict reading, and the checks that both ceremonies share."""

import hashlib
from enum import IntFlag
from uuid import UUID

from msgspec import Struct

from firstkey.ceremonies import cbor
from firstkey.ceremonies.client_data import ExpectedCeremony
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed, Refused

_HEADER_BYTES = 37
_ATTESTED_HEADER_BYTES = 18


class Flag(IntFlag):
    """The flags (6.1); two more bits are reserved, and ignored."""

    UP = 0x01  # user present
    UV = 0x04  # user verified
    BE = 0x08  # backup eligible
    BS = 0x10  # backed up
    AT = 0x40  # attested credential data follow
    ED = 0x80  # extension outputs follow


class AttestedCredential(Struct, frozen=True):
    """Attested credential data (6.5.1).

    Attributes:
        aaguid: the model that the authenticator says it is; only a verified trust path makes it more than a label.
        credential_id: any length that 16 bits can say; the limit of 1023 bytes is registration step 25.
        public_key: the COSE_Key, canonical CBOR, not yet judged.
    """

    aaguid: UUID
    credential_id: bytes
    public_key: bytes


class AuthenticatorData(Struct, frozen=True):
    """What the authenticator signed over, beside the client data's hash.

    Attributes:
        raw: the bytes that were read, all of them.
        rp_id_hash: SHA-256 of the rp_id, 32 bytes.
        flags: what the authenticator did, and what it says of the key.
        sign_count: 0 where the authenticator does not count.
        attested: the credential, where AT is set.
    """

    raw: bytes
    rp_id_hash: bytes
    flags: Flag
    sign_count: int
    attested: AttestedCredential | None

    @property
    def credential(self) -> AttestedCredential:
        """The new credential; Malformed where there is none, as in an authentication."""
        if self.attested is None:
            raise _malformed("no credential")
        return self.attested


def read_authenticator_data(data: bytes) -> AuthenticatorData:
    """Read authenticator data, to its last byte; extension outputs must be a map and are otherwise ignored.

    Raises:
        Malformed: truncated, followed by more, or with CBOR that is not canonical.
    """
    if len(data) < _HEADER_BYTES:
        raise _malformed("truncated")
    flags, end = Flag(data[32]), _HEADER_BYTES
    attested = None
    if Flag.AT in flags:
        attested, end = _read_attested(data, end)
    if Flag.ED in flags:
        extensions, end = cbor.decode_prefix(data, end)
        if not isinstance(extensions, dict):
            raise _malformed("extensions are no map")
    if end != len(data):
        raise _malformed("bytes that no flag announces")
    return AuthenticatorData(data, data[:32], flags, int.from_bytes(data[33:_HEADER_BYTES], "big"), attested)


def judge_authenticator_data(data: AuthenticatorData, expected: ExpectedCeremony) -> None:
    """Check what both ceremonies check; step numbers are of WebAuthn L3 7.1 and, after the slash, 7.2.

    Raises:
        Refused: RelyingPartyWrong, UserNotPresent, UserNotVerified or BackupFlagsImpossible.
    """
    if data.rp_id_hash != hashlib.sha256(expected.expected_rp_id.encode()).digest():  # step 14 / 15
        raise Refused(CeremonyReason.RelyingPartyWrong)
    if Flag.UP not in data.flags:  # step 15 / 16; no ceremony of ours is conditional
        raise Refused(CeremonyReason.UserNotPresent)
    if expected.require_user_verification and Flag.UV not in data.flags:  # step 16 / 17
        raise Refused(CeremonyReason.UserNotVerified)
    if Flag.BS in data.flags and Flag.BE not in data.flags:  # step 17 / 18
        raise Refused(CeremonyReason.BackupFlagsImpossible)


def _read_attested(data: bytes, start: int) -> tuple[AttestedCredential, int]:
    id_start = start + _ATTESTED_HEADER_BYTES
    id_end = id_start + int.from_bytes(data[id_start - 2 : id_start], "big")
    if not id_start < id_end <= len(data):
        raise _malformed("a credential id that is empty or truncated")
    _, end = cbor.decode_prefix(data, id_end)
    aaguid = UUID(bytes=data[start : start + 16])
    return AttestedCredential(aaguid, data[id_start:id_end], data[id_end:end]), end


def _malformed(detail: str) -> Malformed:
    return Malformed(CeremonyReason.AuthenticatorDataMalformed, detail)
