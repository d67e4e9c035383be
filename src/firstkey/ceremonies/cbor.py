"""CBOR in the CTAP2 canonical encoding form, and nothing else: one byte form for a value, read in linear time.

Definite lengths, shortest heads, map keys unique and sorted, no floats, tags or undefined, at most eight levels, the
whole input. The decoder of `fido2` copies the rest of the input at every item (a 64 KiB array costs 60 ms), takes other
byte forms and keeps the last of two equal keys; to check first and decode there would be two parsers of one input. So
this is the only one, and the tests hold it against that one.
"""

from typing import Any

from firstkey.ceremonies.json_text import INPUT_BYTES_MAX
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed

DEPTH_MAX = 8

_LONG_HEADS = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}  # bytes, least value that needs them
_CONSTANTS = {20: False, 21: True, 22: None}


def decode(data: bytes, *, any_key_order: bool = False) -> Any:
    """Read one item that is the whole input: a number, bytes, text, a boolean, None, a list, or a dict of these.

    Args:
        data: at most 64 KiB.
        any_key_order: leave the order of keys alone, as the attestation object needs: browsers and operating systems
            make it, some out of order, and nothing is signed or compared over its bytes.

    Raises:
        Malformed: too long, too deep, truncated, followed by more, a key twice, or not canonical.
    """
    reader = _Reader(data, 0, any_key_order)
    value = reader.item(1)
    if reader.at != len(data):
        raise _malformed("bytes follow the item")
    return value


def decode_prefix(data: bytes, start: int) -> tuple[Any, int]:
    """Read one item that begins at `start` and may be followed by more.

    Returns:
        The item, and the position after it.

    Raises:
        Malformed: as `decode`.
    """
    reader = _Reader(data, start, any_key_order=False)
    return reader.item(1), reader.at


class _Reader:
    def __init__(self, data: bytes, at: int, any_key_order: bool) -> None:
        if len(data) > INPUT_BYTES_MAX:
            raise _malformed("longer than 64 KiB")
        self.data, self.at, self.any_key_order = data, at, any_key_order

    def item(self, depth: int) -> Any:
        if depth > DEPTH_MAX:
            raise _malformed("nested too deeply")
        major, argument = self._head()  # RFC 8949 3.1: 0 and 1 numbers, 2 bytes, 3 text, 4 array, 5 map, 7 the rest
        if major <= 1:
            return argument if major == 0 else -1 - argument
        if major <= 3:
            content = self._take(argument)
            return content if major == 2 else _text(content)
        if major == 4:  # each turn takes a byte or refuses, so a huge length costs nothing
            return [self.item(depth + 1) for _ in range(argument)]
        if major == 5:
            return self._map(argument, depth)
        if major == 7 and argument in _CONSTANTS:
            return _CONSTANTS[argument]
        raise _malformed("a tag, a float or an undefined value")

    def _head(self) -> tuple[int, int]:
        initial = self._take(1)[0]
        major, argument = initial >> 5, initial & 0b11111
        if argument < 24:
            return major, argument
        if argument not in _LONG_HEADS:
            raise _malformed("an indefinite length or a reserved head")
        width, least = _LONG_HEADS[argument]
        argument = int.from_bytes(self._take(width), "big")
        if argument < least:
            raise _malformed("not the shortest form")
        return major, argument

    def _take(self, length: int) -> bytes:
        taken = self.data[self.at : self.at + length]
        if len(taken) != length:
            raise _malformed("truncated")
        self.at += length
        return taken

    def _map(self, length: int, depth: int) -> dict[int | bytes | str, Any]:
        members: dict[int | bytes | str, Any] = {}
        previous = b""
        for _ in range(length):
            start = self.at
            key = self.item(depth + 1)
            if key is None or isinstance(key, bool | list | dict):
                raise _malformed("a key that is neither a number nor a string")
            encoded = self.data[start : self.at]
            if key in members or (encoded < previous and not self.any_key_order):
                raise _malformed("a key twice, or keys out of order")  # of bytes, which with shortest heads is CTAP2's
            previous = encoded
            members[key] = self.item(depth + 1)
        return members


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _malformed("text that is not UTF-8") from error


def _malformed(detail: str) -> Malformed:
    return Malformed(CeremonyReason.CborNotCanonical, detail)
