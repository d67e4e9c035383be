"""Instants and durations. An instant is an `int`: milliseconds since 1970-01-01T00:00:00Z. A duration is milliseconds.

Nothing here reads a clock: time comes in as an argument.
"""

import re
from datetime import UTC, datetime
from enum import Enum

from firstkey.values.errors import Malformed, Says

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:[0-5]\d)", re.ASCII)


class TimeReason(Enum):
    """Why a time could not be read."""

    NotATime = Says("This is not an RFC 3339 time.", "Write it like 2026-03-01T08:00:00Z.")


def rfc3339(instant: int) -> str:
    """Format an instant of the years 1 to 9999 as RFC 3339 UTC with milliseconds, `2026-03-01T08:00:00.000Z`."""
    whole, millis = divmod(instant, SECOND)
    moment = datetime.fromtimestamp(whole, UTC).replace(microsecond=millis * 1000, tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def parse_rfc3339(text: str) -> int:
    """Read an RFC 3339 time with any offset; fractions below a millisecond are dropped.

    Raises:
        Malformed: it is not RFC 3339, or names no real moment of the years 1 to 9999 in UTC.
    """
    if _RFC3339.fullmatch(text) is None:
        raise Malformed(TimeReason.NotATime)
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(TimeReason.NotATime) from error
    return int(moment.replace(microsecond=0).timestamp()) * SECOND + moment.microsecond // 1000
