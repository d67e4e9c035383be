"""Bytes as text: base64url without padding (RFC 4648 section 5), and SHA-256 digests as lower-case hex."""

import base64
import binascii
import hashlib
import re
from enum import Enum

from firstkey.values.errors import Defect, Malformed, Says

SALT_BYTES = 32
_B64U = re.compile(r"[A-Za-z0-9_-]*")


class EncodingReason(Enum):
    """Why encoded bytes could not be read."""

    NotBase64Url = Says(
        "This is not base64url without padding.", "Encode the bytes as base64url and leave off the '='."
    )


def b64u(data: bytes) -> str:
    """Encode bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """Decode base64url without padding, strictly: one text for one value.

    Raises:
        Malformed: another alphabet, padding, or bits that encode nothing.
    """
    if _B64U.fullmatch(text) is None:
        raise Malformed(EncodingReason.NotBase64Url)
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Malformed(EncodingReason.NotBase64Url) from error
    if b64u(data) != text:
        raise Malformed(EncodingReason.NotBase64Url)
    return data


def sha256_hex(data: bytes) -> str:
    """Return SHA-256 of data as 64 lower-case hex characters."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: bytes, value: bytes) -> str:
    """Commit to a personal value: SHA-256 over a 32-byte salt, then the value; hex. Erasing the salt erases the value.

    Raises:
        Defect: a salt of another length, which would let one commitment stand for two values.
    """
    if len(salt) != SALT_BYTES:
        raise Defect("a commitment needs a salt of 32 bytes")
    return sha256_hex(salt + value)
