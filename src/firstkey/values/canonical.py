"""Canonical JSON: the one byte form of a value (RFC 8785 within the restriction of the design, section 11).

Keys match `[a-z][a-z0-9_]{0,63}`; numbers are integers within 2^53-1; no lone surrogates. Within that, sorted keys, no
white space and UTF-8 equal RFC 8785. A reader refuses bytes that differ from their own re-encoding, so that a value has
one digest.
"""

import json
import re
from enum import Enum
from typing import Any

from firstkey.values.errors import Malformed, Says

Json = Any  # dict[str, Json] | list[Json] | str | int | bool | None; a recursive alias needs Python 3.12

INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 32
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")


class CanonicalReason(Enum):
    """Why bytes are not canonical JSON."""

    NotCanonical = Says("These bytes are not canonical JSON.", "Encode the value again with sorted keys and no spaces.")


def _check(value: Json, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise Malformed(CanonicalReason.NotCanonical, "nested too deeply")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or _KEY.fullmatch(key) is None:
                raise Malformed(CanonicalReason.NotCanonical, f"key {str(key)[:70]!r}")
            _check(item, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise Malformed(CanonicalReason.NotCanonical, "an integer outside 2^53-1")
    elif value is not None and not isinstance(value, str):
        raise Malformed(CanonicalReason.NotCanonical, f"a value of type {type(value).__name__}")


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a value.

    Raises:
        Malformed: the value has a key, number or string outside the restriction.
    """
    _check(value, 0)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise Malformed(CanonicalReason.NotCanonical, "a lone surrogate") from error


def decode(data: bytes) -> Json:
    """Read canonical bytes; anything that is not its own re-encoding is refused (so duplicate keys are, too).

    Raises:
        Malformed: not JSON, not canonical, or outside the restriction.
    """
    try:
        value = json.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise Malformed(CanonicalReason.NotCanonical) from error
    if encode(value) != data:
        raise Malformed(CanonicalReason.NotCanonical, "another byte form of the same value")
    return value
