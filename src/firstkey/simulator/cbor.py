"""Canonical CBOR as CTAP2 asks for it: shortest lengths, definite, map keys by major type, then length, then bytes.

Covers what authenticators write: integers, byte and text strings, lists, maps, booleans. Encoding only.
"""

from collections.abc import Mapping, Sequence

from firstkey.values.errors import Defect

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP = range(6)


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    raise Defect("an argument beyond 64 bits")


def _order(key: bytes) -> tuple[int, int, bytes]:
    return key[0] >> 5, len(key), key


def encode(value: object) -> bytes:
    """Return the canonical CBOR bytes of a value (RFC 8949; CTAP 2.2 section 8 for the order of keys).

    Args:
        value: int, bytes, str, bool, a sequence or a mapping of these.

    Raises:
        Defect: a value of another kind.
    """
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, Mapping):
        pairs = sorted(((encode(key), encode(item)) for key, item in value.items()), key=lambda pair: _order(pair[0]))
        return _head(_MAP, len(pairs)) + b"".join(key + item for key, item in pairs)
    if isinstance(value, Sequence):
        return _head(_LIST, len(value)) + b"".join(encode(item) for item in value)
    raise Defect(f"no CBOR for {type(value).__name__}")
