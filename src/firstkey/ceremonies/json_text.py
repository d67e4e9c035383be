"""JSON as strangers send it: UTF-8, an object, no key twice, no nesting that ends the interpreter's stack."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from msgspec import Meta

from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Malformed

T = TypeVar("T")

INPUT_BYTES_MAX = 64 * 1024

Octets32 = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")]
"""32 bytes as base64url without padding, one text for one value."""


def read_object(data: bytes, reason: CeremonyReason) -> dict[str, Any]:
    """Read a JSON object; members that nobody knows are left in it.

    Args:
        data: UTF-8, at most 64 KiB; a byte order mark is skipped, as the Encoding standard's "UTF-8 decode" does.
        reason: what a failure is called.

    Raises:
        Malformed: with `reason`, for anything else than a JSON object without duplicate keys.
    """
    if len(data) > INPUT_BYTES_MAX:
        raise Malformed(reason, "longer than 64 KiB")
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Malformed(reason) from error
    if not isinstance(value, dict):
        raise Malformed(reason, "not an object")
    return value


def member(source: Mapping[str, Any], name: str, kind: type[T], reason: CeremonyReason) -> T:
    """Take a member of exactly this type; a bool is no int.

    Raises:
        Malformed: with `reason`, when it is absent or of another type.
    """
    value = source.get(name)
    if type(value) is not kind:
        raise Malformed(reason, f"{name} is not {kind.__name__}")
    return value


def binary(source: Mapping[str, Any], name: str, reason: CeremonyReason) -> bytes:
    """Take a member that is base64url of at most 64 KiB.

    Raises:
        Malformed: with `reason`, when it is absent, too long or not base64url.
    """
    text = member(source, name, str, reason)
    if len(text) > INPUT_BYTES_MAX * 4 // 3:
        raise Malformed(reason, f"{name} is longer than 64 KiB")
    try:
        return unb64u(text)
    except Malformed as error:
        raise Malformed(reason, f"{name} is not base64url") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members
