"""How much one caller may ask for: leaky buckets, each for one key, in bounded memory, that fail closed.

Three rates. A *person* is limited by their own. A *device* that has been let in before is limited by its own; any other
device, and whoever shows nothing valid, is a *stranger*, limited by the source that they come from. So nobody can lock
out a person or a device by flooding from beside them. Where there is no room for another bucket, strangers share one.
"""

import ipaddress
import math
from typing import NamedTuple

from firstkey.ports.clock import Clock
from firstkey.values.errors import Refused
from firstkey.values.instants import SECOND
from firstkey.web.problems import WebReason

BUCKETS_MAX = 10_000
EVERYBODY = ""
"""The key of the bucket that is shared by all for whom there is none."""


class Rate(NamedTuple):
    """So many requests at once, and so many a second in the long run."""

    at_once: int
    per_second: int


STRANGERS = Rate(at_once=1_000, per_second=50)
DEVICES = Rate(at_once=400, per_second=10)
PEOPLE = Rate(at_once=2_000, per_second=100)


class TooManyRequests(Refused):
    """A bucket is empty.

    Args:
        wait_ms: after how long it holds a request again.
    """

    def __init__(self, wait_ms: int) -> None:
        super().__init__(WebReason.TooManyRequests)
        self.retry_after_seconds = max(1, math.ceil(wait_ms / SECOND))


class Buckets:
    """Buckets of one rate.

    Args:
        rate: of each.
        clock: tells the time; the one that cannot be set is read.
        buckets_max: how many are kept.
    """

    def __init__(self, rate: Rate, clock: Clock, buckets_max: int = BUCKETS_MAX) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets_max = buckets_max
        self._full_at: dict[str, float] = {}
        self._looked_through_at = -SECOND

    def __contains__(self, key: str) -> bool:
        return key in self._full_at

    def __len__(self) -> int:
        return len(self._full_at)

    def open(self, key: str) -> bool:
        """Make a bucket for a key, full; return whether there was room."""
        if key not in self._full_at and self._has_room():
            self._full_at[key] = float(self._clock.monotonic())
        return key in self._full_at

    def take(self, key: str) -> None:
        """Take one request out of a key's bucket.

        Raises:
            TooManyRequests: it is empty.
        """
        if not self.open(key):
            key = EVERYBODY
        now, each = self._clock.monotonic(), SECOND / self._rate.per_second
        full_at = max(self._full_at.get(key, 0.0), float(now)) + each  # when it will be full again: all that it is
        over = full_at - now - each * self._rate.at_once
        if over > 0:
            raise TooManyRequests(math.ceil(over))
        self._full_at[key] = full_at

    def _has_room(self) -> bool:
        """Whether there is room for another bucket; full ones are let go first, but not at every call."""
        now = self._clock.monotonic()
        if len(self._full_at) >= self._buckets_max and now - self._looked_through_at >= SECOND:
            self._looked_through_at = now
            self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        return len(self._full_at) < self._buckets_max


class Rates:
    """The rates of one site.

    Args:
        clock: tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._strangers = Buckets(STRANGERS, clock)
        self._devices = Buckets(DEVICES, clock)
        self._people = Buckets(PEOPLE, clock)

    def stranger(self, source: str) -> None:
        """Count a request of somebody who has shown nothing valid. Raises TooManyRequests."""
        self._strangers.take(network_of(source))

    def person(self, person: str) -> None:
        """Count a request of a person in a session. Raises TooManyRequests."""
        self._people.take(person)

    def device(self, device_key: str, source: str) -> None:
        """Count a request of a device whose proof was valid. Raises TooManyRequests."""
        if device_key in self._devices:
            self._devices.take(device_key)
        else:
            self.stranger(source)

    def is_known(self, device_key: str) -> bool:
        """Whether a device has been let in before."""
        return device_key in self._devices

    def let_in(self, device_key: str) -> None:
        """Remember that a device has been let in, while there is room."""
        self._devices.open(device_key)


def network_of(source: str) -> str:
    """Return what an address is counted as: itself, or the /64 that one IPv6 subscriber has."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return EVERYBODY
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
