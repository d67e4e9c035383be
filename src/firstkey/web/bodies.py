"""Reading bodies and queries: strictly, whole, and with one problem for whatever is wrong with them."""

import json
import re
import unicodedata
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from firstkey.values.errors import Malformed
from firstkey.web.problems import WebReason

_WHERE = re.compile(r" - at `(\$(?:\.[a-z_0-9]+|\[\.\.\.\])*)`\Z")

OWN_WORDS = (
    ("Invalid enum value", "None of the words that may stand here"),
    ("Object contains unknown field", "An unknown field"),
)
"""What is said where the decoder would repeat what was sent: a code could stand in a wrong place."""

DEPTH_MAX = 16
QUERY_FIELDS_MAX = 16

WITH_LINES = frozenset({"document"})
"""Fields whose text has lines, as a policy's; in all others a line break is a control character like any other."""
LINES = str.maketrans("", "", "\t\n")

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows, so that a text reads as another."""


def _told(error: Exception) -> str:
    """Return what was wrong and where, in the words of our own schema and none of the sender's."""
    if not isinstance(error, msgspec.ValidationError):
        return ""
    text = str(error)
    where = _WHERE.search(text)
    said = next((ours for theirs, ours in OWN_WORDS if text.startswith(theirs)), text.partition(" - at `")[0])
    return said if where is None else f"{said}, at {where[1]}"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(WebReason.BodyMalformed, "a key twice")
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(WebReason.BodyMalformed, f"{name} is not JSON")


def check_text(text: str) -> None:
    """Refuse text that no UTF-8 can hold (JSON can spell half a surrogate pair), and characters that nobody sees.

    Raises:
        Malformed: BodyMalformed.
    """
    if text.isascii() and text.isprintable():
        return
    if not TURNING.isdisjoint(text) or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise Malformed(WebReason.BodyMalformed, "a control character, or half of a surrogate pair")


def _check(value: Any, left: int = DEPTH_MAX) -> None:
    """Refuse what is nested too deeply, and text as `check_text` does."""
    if left < 0:
        raise Malformed(WebReason.BodyMalformed, "nested too deeply")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_text(name)
            has_lines = name in WITH_LINES and isinstance(item, str)
            _check(item.translate(LINES) if has_lines else item, left - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, left - 1)


def read_body(data: bytes, kind: type) -> Any:
    """Read a JSON body as a type; unknown fields, duplicate keys and anything left over are refused.

    Raises:
        Malformed: BodyMalformed.
    """
    try:
        value = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
        _check(value)
        return msgspec.convert(value, kind)
    except (ValueError, RecursionError) as error:
        raise Malformed(WebReason.BodyMalformed, _told(error)) from error


def read_query(query: bytes, kind: type) -> Any:
    """Read a query as a type, no field twice; text becomes what the field wants.

    Raises:
        Malformed: BodyMalformed.
    """
    try:
        text = query.decode("ascii")
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=QUERY_FIELDS_MAX
        )
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Malformed(WebReason.BodyMalformed, "a field twice")
        _check(found)
        return msgspec.convert(found, kind, strict=False)
    except (ValueError, Malformed) as error:
        raise Malformed(WebReason.BodyMalformed, _told(error)) from error
