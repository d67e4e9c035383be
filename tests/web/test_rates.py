"""Rates: what is admitted at once and in the long run, what a flood does to others, and how much memory it takes."""

import pytest

from firstkey.values.instants import SECOND
from firstkey.web.problems import problem_of
from firstkey.web.rates import EVERYBODY, STRANGERS, Buckets, Rate, Rates, TooManyRequests, network_of

RATE = Rate(at_once=5, per_second=2)


class HandClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.instant = 1_000

    def now(self) -> int:
        """Return the instant."""
        return self.instant

    def monotonic(self) -> int:
        """Return the same."""
        return self.instant


def admitted(buckets: Buckets, key: str, tries: int = 1_000) -> int:
    """Take until it is refused; return how often that went well."""
    for count in range(tries):
        try:
            buckets.take(key)
        except TooManyRequests:
            return count
    return tries


def test_so_many_at_once_and_so_many_a_second() -> None:
    """A bucket admits its number at once, then what drips into it, and is never fuller than that number."""
    clock = HandClock()
    buckets = Buckets(RATE, clock)
    assert admitted(buckets, "a") == RATE.at_once
    clock.instant += SECOND
    assert admitted(buckets, "a") == RATE.per_second
    clock.instant += 1_000 * SECOND
    assert admitted(buckets, "a") == RATE.at_once


def test_whoever_is_refused_is_told_how_long_to_wait() -> None:
    """After as many seconds as were told a request is admitted, and the problem is 429."""
    clock = HandClock()
    buckets = Buckets(Rate(at_once=1, per_second=1), clock)
    buckets.take("a")
    with pytest.raises(TooManyRequests) as refused:
        buckets.take("a")
    assert problem_of(refused.value, known=False).status == 429
    clock.instant += refused.value.retry_after_seconds * SECOND
    buckets.take("a")


def test_one_does_not_pay_for_another() -> None:
    """Whoever empties their own bucket leaves the others' as they were."""
    buckets = Buckets(RATE, HandClock())
    admitted(buckets, "a")
    assert admitted(buckets, "b") == RATE.at_once


def test_memory_is_bounded_and_fails_closed() -> None:
    """Beyond so many buckets newcomers share one; when others have filled again there is room."""
    clock = HandClock()
    buckets = Buckets(RATE, clock, buckets_max=10)
    for number in range(10):
        buckets.take(str(number))
    newcomers = sum(admitted(buckets, f"new {number}") for number in range(100))
    assert newcomers == RATE.at_once
    assert len(buckets) == 11
    assert admitted(buckets, "3") == RATE.at_once - 1
    clock.instant += 60 * SECOND
    assert admitted(buckets, "late") == RATE.at_once


def test_a_flood_of_made_up_device_keys_is_one_source() -> None:
    """A device that was never let in counts as its source; one that was let in is not touched by the flood."""
    rates = Rates(HandClock())
    rates.let_in("honest")
    for number in range(STRANGERS.at_once):
        rates.device(f"made up {number}", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        rates.device("one more", "192.0.2.1")
    rates.device("honest", "192.0.2.1")
    rates.person("rita")
    rates.stranger("192.0.2.2")


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("", EVERYBODY),
        ("192.0.2.7, 192.0.2.8", EVERYBODY),
    ],
)
def test_a_source_is_what_one_subscriber_has(source: str, network: str) -> None:
    """An IPv6 subscriber has 2^64 addresses and one bucket; what is no address shares the common one."""
    assert network_of(source) == network
