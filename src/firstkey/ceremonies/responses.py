"""The browser's PublicKeyCredential as JSON (WebAuthn 5.1), for both ceremonies.

What the browser derives for convenience (`authenticatorData`, `publicKey` and `publicKeyAlgorithm` beside an
attestation object, extension results) is never looked at: it is not what was signed.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from firstkey.ceremonies.json_text import binary, member, read_object
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.encoding import b64u
from firstkey.values.errors import Malformed, Refused

ResponseJson = bytes | Mapping[str, Any]
"""JSON text of at most 64 KiB, or the object already read from it."""

TRANSPORTS_MAX = 16

REGISTRATION_PARTS = ("clientDataJSON", "attestationObject")
AUTHENTICATION_PARTS = ("clientDataJSON", "authenticatorData", "signature")

_TRANSPORT = re.compile(r"[a-z0-9-]{1,32}")
_UNREADABLE = CeremonyReason.ResponseMalformed


class Response(Struct, frozen=True):
    """A credential's answer.

    Attributes:
        credential_id: base64url; `id` and `rawId` are equal.
        parts: the binary members asked for, by name.
        user_handle: bytes, where an authentication carries one.
        transports: sorted, each once; what the client says, unsigned.
        attachment: `platform`, `cross-platform` or None; what the client says, unsigned.
    """

    credential_id: str
    parts: Mapping[str, bytes]
    user_handle: bytes | None
    transports: tuple[str, ...]
    attachment: str | None


def read_response(response: ResponseJson, parts: tuple[str, ...]) -> Response:
    """Read a RegistrationResponseJSON or AuthenticationResponseJSON; unknown members are left alone.

    Args:
        response: what the browser made.
        parts: the binary members of `response.response` that make it an answer of the kind expected.

    Raises:
        Malformed: ResponseMalformed; an answer to the other ceremony lacks a part.
        Refused: CredentialIdWrong, when `id` and `rawId` differ.
    """
    outer = read_object(response, _UNREADABLE) if isinstance(response, bytes) else response
    if outer.get("type") != "public-key":
        raise Malformed(_UNREADABLE, "not a public key credential")
    credential_id = binary(outer, "rawId", _UNREADABLE)
    if member(outer, "id", str, _UNREADABLE) != b64u(credential_id):
        raise Refused(CeremonyReason.CredentialIdWrong, "id and rawId differ")
    inner = member(outer, "response", dict, _UNREADABLE)
    attachment = outer.get("authenticatorAttachment")
    return Response(
        credential_id=b64u(credential_id),
        parts={name: binary(inner, name, _UNREADABLE) for name in parts},
        user_handle=None if inner.get("userHandle") is None else binary(inner, "userHandle", _UNREADABLE),
        transports=_transports(inner.get("transports", [])),
        attachment=attachment if attachment in ("platform", "cross-platform") else None,
    )


def named_credential(response: ResponseJson) -> str:
    """Return the id (base64url) of the credential that an authentication claims to be of, to find its record by.

    Raises:
        Malformed: ResponseMalformed.
        Refused: CredentialIdWrong.
    """
    return read_response(response, AUTHENTICATION_PARTS).credential_id


def _transports(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and _TRANSPORT.fullmatch(name) for name in value):
        raise Malformed(_UNREADABLE, "transports are no list of words")
    return tuple(sorted(set(value)))[:TRANSPORTS_MAX]
