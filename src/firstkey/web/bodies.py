"""Reading bodies and queries: strictly, whole, and with one problem for whatever is wrong with them."""

import json
from typing import Any

import msgspec

from firstkey.values.errors import Malformed
from firstkey.web.problems import WebReason

DEPTH_MAX = 16


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(WebReason.BodyMalformed, "a key twice")
    return found


def _no_constant(name: str) -> Any:
    raise Malformed(WebReason.BodyMalformed, f"{name} is not JSON")


def _check(value: Any, left: int = DEPTH_MAX) -> None:
    """Refuse what is nested too deeply, and text that no UTF-8 can hold: JSON can spell half a surrogate pair."""
    if left < 0:
        raise Malformed(WebReason.BodyMalformed, "nested too deeply")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for name, item in value.items():
            name.encode()
            _check(item, left - 1)
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
        detail = str(error) if isinstance(error, msgspec.ValidationError) else ""
        raise Malformed(WebReason.BodyMalformed, detail) from error


def read_query(query: dict[str, str], kind: type) -> Any:
    """Read a query as a type; text becomes what the field wants.

    Raises:
        Malformed: BodyMalformed.
    """
    try:
        return msgspec.convert(query, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(WebReason.BodyMalformed, str(error)) from error
