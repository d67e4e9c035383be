"""CBOR in the CTAP2 canonical encoding form, and nothing else: one byte form for a value, read in linear time.

Definite lengths, shortest heads, map keys unique and sorted, no floats, tags or undefined, at most eight levels, the
whole input. The decoder of `fido2` copies the rest of the input at every item (a 64 KiB array costs 60 ms), takes other
byte forms and keeps the last of two equal keys; to check first and decode there would be two parsers of one input. So
this is the only one, and the tests hold it against that one.
"""

from io import BytesIO
from typing import Any

from firstkey.ceremonies.json_text import INPUT_BYTES_MAX
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed

Cbor = Any  # int | bytes | str | bool | None | list[Cbor] | dict[int | bytes | str, Cbor]

DEPTH_MAX = 8

_LONG_HEADS = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}  # bytes, least value that needs them
_CONSTANTS = {20: False, 21: True, 22: None}


def decode(data: bytes, *, any_key_order: bool = False) -> Cbor:
    """Read one item that is the whole input.

    Args:
        data: at most 64 KiB.
        any_key_order: leave the order of keys alone, as the attestation object needs: browsers and operating systems
            make it, some out of order, and nothing is signed or compared over its bytes.

    Raises:
        Malformed: too long, too deep, truncated, followed by more, a key twice, or not canonical.
    """
    value, end = _read(data, 0, any_key_order=any_key_order)
    if end != len(data):
        raise _malformed("bytes follow the item")
    return value


def decode_prefix(data: bytes, start: int) -> tuple[Cbor, int]:
    """Read one item that begins at `start` and may be followed by more.

    Returns:
        The item, and the position after it.

    Raises:
        Malformed: as `decode`.
    """
    return _read(data, start, any_key_order=False)


def _read(data: bytes, start: int, *, any_key_order: bool) -> tuple[Cbor, int]:
    if len(data) > INPUT_BYTES_MAX:
        raise _malformed("longer than 64 KiB")
    stream = BytesIO(data)
    stream.seek(start)
    return _item(stream, 1, any_key_order), stream.tell()


def _item(stream: BytesIO, depth: int, any_key_order: bool) -> Cbor:
    if depth > DEPTH_MAX:
        raise _malformed("nested too deeply")
    major, argument = _head(stream)  # RFC 8949 3.1: 0 and 1 numbers, 2 bytes, 3 text, 4 array, 5 map, 6 tag, 7 the rest
    if major <= 1:
        return argument if major == 0 else -1 - argument
    if major <= 3:
        content = _take(stream, argument)
        return content if major == 2 else _text(content)
    if major == 4:  # each turn takes a byte or refuses, so a huge length costs nothing
        return [_item(stream, depth + 1, any_key_order) for _ in range(argument)]
    if major == 5:
        return _map(stream, argument, depth, any_key_order)
    if major == 7 and argument in _CONSTANTS:
        return _CONSTANTS[argument]
    raise _malformed("a tag, a float or an undefined value")


def _head(stream: BytesIO) -> tuple[int, int]:
    initial = _take(stream, 1)[0]
    major, argument = initial >> 5, initial & 0b11111
    if argument < 24:
        return major, argument
    if argument not in _LONG_HEADS or major == 7:
        raise _malformed("an indefinite length, a reserved head or a float")
    width, least = _LONG_HEADS[argument]
    argument = int.from_bytes(_take(stream, width), "big")
    if argument < least:
        raise _malformed("not the shortest form")
    return major, argument


def _take(stream: BytesIO, length: int) -> bytes:
    taken = stream.read(min(length, INPUT_BYTES_MAX))
    if len(taken) != length:
        raise _malformed("truncated")
    return taken


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _malformed("text that is not UTF-8") from error


def _map(stream: BytesIO, length: int, depth: int, any_key_order: bool) -> dict[int | bytes | str, Cbor]:
    members: dict[int | bytes | str, Cbor] = {}
    previous = b""
    for _ in range(length):
        start = stream.tell()
        key = _item(stream, depth + 1, any_key_order)
        if key is None or isinstance(key, bool | list | dict):
            raise _malformed("a key that is neither a number nor a string")
        encoded = bytes(stream.getbuffer()[start : stream.tell()])
        if key in members or (encoded < previous and not any_key_order):
            raise _malformed("a key twice, or keys out of order")  # of bytes, which with shortest heads is CTAP2's
        previous = encoded
        members[key] = _item(stream, depth + 1, any_key_order)
    return members


def _malformed(detail: str) -> Malformed:
    return Malformed(CeremonyReason.CborNotCanonical, detail)
