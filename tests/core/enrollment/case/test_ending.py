"""One reading of "until": the instant itself is over."""

import pytest

from firstkey.enrollment.case.ending import earliest, is_here, is_over, last_instant
from firstkey.enrollment.case.surroundings import Account


@pytest.mark.parametrize(("now", "over"), [(99, False), (100, True), (101, True)])
def test_an_end_is_over_at_its_instant(now: int, over: bool) -> None:
    """Until the millisecond before its end something lasts; what has no end is never over."""
    assert is_over(100, now) is over
    assert is_over(None, now) is False


@pytest.mark.parametrize(("now", "here"), [(99, True), (100, False), (101, False)])
def test_an_account_is_here_until_its_end(now: int, here: bool) -> None:
    """A person is here while the source says so and the end date that it gave has not come."""
    account = Account("account-1", "joiner", 1, ends_at=100)
    assert is_here(account, now) is here
    assert is_here(Account("account-1", "joiner", 1), now) is True
    assert is_here(Account("account-1", "joiner", 1, active=False), now) is False
    assert is_here(Account("account-1", "joiner", 1, active=False, ends_at=1_000), now) is False


def test_the_last_instant_is_not_over() -> None:
    """The last instant before an end is the one after which it is over."""
    assert not is_over(100, last_instant(100))
    assert is_over(100, last_instant(100) + 1)


def test_the_earliest_of_several_ends_counts() -> None:
    """The first end there is counts, at whatever place it stands; without any there is none."""
    assert earliest(None, 3, 2, None) == earliest(2, 3) == earliest(2) == 2
    assert earliest(0, 5) == 0
    assert earliest(None, None) is earliest() is None
