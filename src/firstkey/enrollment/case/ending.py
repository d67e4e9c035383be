"""Whether a date has come: one reading of "until" for accounts, credentials and passes. The instant itself is over."""

from firstkey.enrollment.case.surroundings import Account


def is_over(ends_at: int | None, now: int) -> bool:
    """Whether an end has come; None has no end."""
    return ends_at is not None and now >= ends_at


def is_here(account: Account, now: int) -> bool:
    """Whether the account's person has not left, by the source's word or by the end date that it gave."""
    return account.active and not is_over(account.ends_at, now)


def last_instant(ends_at: int) -> int:
    """Return the last instant that is not over."""
    return ends_at - 1


def earliest(*ends: int | None) -> int | None:
    """Return the first of several ends; None among them is no end."""
    return min((end for end in ends if end is not None), default=None)
