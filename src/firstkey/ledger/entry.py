"""The ledger entry, its one byte form, and the chain of MACs that ties the facts of a stream together.

An entry is canonical JSON; its bytes are the leaf. The rule that a pass appears under enrollment alone is kept both
when an entry is written and when it is read, so no ledger that verifies can break it. The MAC of a fact covers the fact
and the MAC before it in its stream, under a key that the database does not hold; it tells a row that the site wrote
from a row that somebody put there. What it cannot show, that the end was cut off, the tree and its outside heads do.
"""

import hashlib
import hmac
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from firstkey.ledger.refusals import LedgerReason
from firstkey.ledger.tiles import ENTRY_BYTES_MAX
from firstkey.values import canonical
from firstkey.values.errors import Defect, Malformed, Refused
from firstkey.values.secret import Secret

MAC_KEY_BYTES_MIN = 32
ENROLLMENT_ONLY = ("Pass", "NativePass")  # facts whose names begin so stand under enrollment alone

_MAC_LABEL = b"firstkey fact mac v1"
_Count = Annotated[int, msgspec.Meta(ge=0, le=canonical.INTEGER_MAX)]


class Activity(StrEnum):
    """What an entry is part of, so that enrollment is told from sign-in at a glance."""

    ENROLLMENT = "enrollment"
    SIGN_IN = "sign_in"
    ADMINISTRATION = "administration"
    SYSTEM = "system"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fact as the ledger tells it.

    Attributes:
        v: version of this form.
        index: position in the ledger, from 0, dense.
        activity: what the fact is part of.
        at: instant of the fact (milliseconds).
        stream: the stream it belongs to; printable ASCII without spaces.
        number: position in the stream, from 1, dense.
        kind: name of the fact, `PassIssued`.
        body: the fact itself, a canonical JSON value; personal values only as salted commitments.
        mac: the fact's MAC, 64 lower-case hex characters.
        doubtful: the site's clocks disagreed, so `at` is the ledger's last time. In the bytes only when it is true.
    """

    v: Literal[1] = 1
    index: _Count
    activity: Activity
    at: _Count
    stream: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,200}\Z")]
    number: Annotated[int, msgspec.Meta(ge=1, le=canonical.INTEGER_MAX)]
    kind: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Za-z0-9]{0,63}\Z")]
    body: Any
    mac: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    doubtful: bool = False


class Head(NamedTuple):
    """Where a stream stands: its last number and that fact's MAC."""

    number: int = 0
    mac: bytes = b""


def leaf_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry.

    Raises:
        Malformed: a field out of its bounds, a body that is no canonical JSON, more than 65,535 bytes, or a pass
            outside enrollment.
    """
    value = msgspec.structs.asdict(entry)
    if not entry.doubtful:
        del value["doubtful"]
    data = canonical.encode(value)
    _checked(value, data)
    return data


def read_entry(data: bytes) -> Entry:
    """Read an entry; only bytes that `leaf_bytes` could have written.

    Raises:
        Malformed: they are not.
    """
    return _checked(canonical.decode(data), data)


def _checked(value: canonical.Json, data: bytes) -> Entry:
    try:
        entry = msgspec.convert(value, Entry)
    except msgspec.ValidationError as error:
        raise Malformed(LedgerReason.EntryMalformed, str(error)) from error
    if "v" not in value or value.get("doubtful") is False or len(data) > ENTRY_BYTES_MAX:
        raise Malformed(LedgerReason.EntryMalformed, f"another form, or too long with {len(data)} bytes")
    if entry.activity is not Activity.ENROLLMENT and entry.kind.startswith(ENROLLMENT_ONLY):
        raise Malformed(LedgerReason.PassOutsideEnrollment, f"{entry.kind} under {entry.activity}")
    return entry


def fact_mac(key: Secret, previous: bytes, *, stream: str, number: int, kind: str, body_bytes: bytes, at: int) -> bytes:
    """Return a fact's MAC: HMAC-SHA-256 over its fields, each behind its length as a big-endian uint64.

    Args:
        key: the site's MAC key, at least 32 bytes.
        previous: the MAC before it in its stream, 32 bytes; empty for the first.
        stream: the stream's name.
        number: position in the stream, from 1.
        kind: name of the fact.
        body_bytes: the fact as canonical JSON bytes.
        at: instant (milliseconds).

    Raises:
        Defect: the key is too short to be one.
    """
    if len(key.reveal()) < MAC_KEY_BYTES_MIN:
        raise Defect("the MAC key is too short")
    fields = (_MAC_LABEL, previous, stream.encode(), b"%d" % number, kind.encode(), body_bytes, b"%d" % at)
    message = b"".join(len(field).to_bytes(8, "big") + field for field in fields)
    return hmac.digest(key.reveal(), message, hashlib.sha256)


def follow(key: Secret | None, head: Head, entry: Entry) -> Head:
    """Go on from a stream's head by one fact.

    Args:
        key: the site's MAC key; without it only the order is checked.
        head: where the stream stands; `Head()` before its first fact.
        entry: the fact that is said to come next.

    Raises:
        Refused: it is not the next one, or its MAC does not fit.
    """
    stream, number = entry.stream, entry.number
    if number != head.number + 1:
        raise Refused(LedgerReason.ChainBroken, f"stream {stream}, number {number}: {head.number + 1} is due")
    if key is not None:
        body = canonical.encode(entry.body)
        due = fact_mac(key, head.mac, stream=stream, number=number, kind=entry.kind, body_bytes=body, at=entry.at)
        if not hmac.compare_digest(entry.mac, due.hex()):
            raise Refused(LedgerReason.ChainBroken, f"stream {stream}, number {number}: the MAC does not fit")
    return Head(number, bytes.fromhex(entry.mac))


def verify_chain(key: Secret, entries: Iterable[Entry]) -> dict[str, Head]:
    """Check the facts of any number of streams, each stream from its beginning and in its order.

    Returns:
        Where each stream stands, to compare with what else is known of its end.

    Raises:
        Refused: naming the first stream and number that fail.
    """
    heads: dict[str, Head] = {}
    for entry in entries:
        heads[entry.stream] = follow(key, heads.get(entry.stream, Head()), entry)
    return heads
