"""Instants as text: RFC 3339, strictly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.values.errors import Malformed
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND, parse_rfc3339, rfc3339

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(-62_135_596_800_000, 253_402_300_799_999)  # the years 1 to 9999


@given(INSTANTS)
def test_reading_what_was_written_gives_the_instant(instant: int) -> None:
    """parse_rfc3339 undoes rfc3339 in all years that RFC 3339 can write."""
    text = rfc3339(instant)
    assert len(text) == len("2026-03-01T08:00:00.000Z")
    assert parse_rfc3339(text) == instant
    assert EPOCH + timedelta(milliseconds=instant) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-03-01T08:00:00Z", 1_772_352_000_000),
        ("2026-03-01T08:00:00.5Z", 1_772_352_000_500),
        ("2026-03-01T08:00:00.123999999Z", 1_772_352_000_123),
        ("2026-03-01T09:30:00+01:30", 1_772_352_000_000),
        ("2026-03-01T00:00:00-08:00", 1_772_352_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ],
)
def test_any_offset_and_fraction_is_read(text: str, instant: int) -> None:
    """Offsets are taken into account and fractions below a millisecond dropped."""
    assert parse_rfc3339(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T08:00Z",
        "2026-03-01T08:00:00",
        "2026-03-01 08:00:00Z",
        "2026-03-01T08:00:00z",
        "2026-03-01T08:00:00Z\n",
        "2026-03-01T08:00:00,5Z",
        "2026-03-01T08:00:00.Z",
        "2026-03-01T08:00:00.1234567890Z",
        "2026-03-01T08:00:00+0100",
        "2026-03-01T08:00:00+24:00",
        "2026-03-01T08:00:00+00:60",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "\N{ARABIC-INDIC DIGIT TWO}026-03-01T08:00:00Z",
    ],
)
def test_what_is_no_time_is_malformed(text: str) -> None:
    """Other formats, moments that never were and those outside the years 1 to 9999 are refused."""
    with pytest.raises(Malformed):
        parse_rfc3339(text)


def test_durations_are_milliseconds() -> None:
    """The units build on one another."""
    assert (SECOND, MINUTE, HOUR, DAY) == (1_000, 60_000, 3_600_000, 86_400_000)
