"""The maxima are those of the design, each with its unit."""

from firstkey.enrollment.case import limits
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND

DESIGN = {
    "CASE_LIFETIME_MS_MAX": 30 * DAY,  # a case lives 30 days at most
    "REVISIONS_MAX": 16,
    "PASSES_MAX": 3,  # at most 3 passes a case
    "FIRST_PASS_AFTER_APPROVAL_MS_MAX": 72 * HOUR,  # the first comes within 72 hours of the oldest approval counted
    "LATER_PASS_AFTER_FIRST_MS_MAX": 24 * HOUR,  # later ones within 24 hours of the first
    "PASS_LIFETIME_MS_MAX": 10 * MINUTE,  # armed, it lives 10 minutes at most
    "WINDOW_MS_MAX": 10 * MINUTE,  # one registration window of at most 10 minutes
    "CEREMONIES_MAX": 3,  # and 3 ceremonies
    "TRIES_MAX": 5,  # 5 at most, per case over all its passes
    "RIVAL_CODES_COMPARED_MAX": 5,  # its code is compared at most 5 times a case
    "PRESENCE_AGE_MS_MAX": 10 * MINUTE,  # presence under 10 minutes old
    "START_CODE_LIFETIME_MS_MAX": 60 * SECOND,  # single-use, 60 seconds
    "NUMBER_LIFETIME_MS_MAX": 2 * MINUTE,  # then the number typed, by the same confirmer
    "ACT_AGE_MS_MAX": 2 * MINUTE,  # single use, two minutes
    "READ_BACK_AFTER_WINDOW_MS_MAX": 15 * MINUTE,  # read back within 15 minutes after the window
    "RELATION_AGE_MS_MIN": 14 * DAY,  # has been manager 14 days
    "EARLIER_PROOFING_AGE_MS_MAX": 365 * DAY,  # earlier proofing keeps its level 12 months
    "VOUCHER_LEVEL_MIN": 2,  # if the manager has level 2
    "LOAN_LIFETIME_MS_MAX": 24 * HOUR,  # its credential ends after 24 hours
    "REMEMBERED_MS": 30 * DAY,  # for 30 days
    "KEYS_PER_ACCOUNT_MAX": 10,
    "PEOPLE_WHERE_TWO_SIGN": 2,
}


def test_every_limit_is_the_designs() -> None:
    """Each limit has the value that the design gives it."""
    assert {name: getattr(limits, name) for name in DESIGN} == DESIGN


def test_a_duration_says_its_unit() -> None:
    """Every number of the file is a count, or a duration that says milliseconds; no other unit occurs."""
    names = {name for name, value in vars(limits).items() if isinstance(value, int)} - {
        "DAY",
        "HOUR",
        "MINUTE",
        "SECOND",
    }
    durations = {name for name in names if getattr(limits, name) >= SECOND}
    assert durations == {name for name in names if "_MS" in name}
