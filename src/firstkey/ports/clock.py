"""The two clocks: one that tells the time and may be set, one that cannot be set."""

from typing import Protocol


class Clock(Protocol):
    """Tells time. Both may be read from any thread, never block, and never raise."""

    def now(self) -> int:
        """Return the instant (milliseconds since 1970 UTC). It may jump, when somebody sets the clock."""

    def monotonic(self) -> int:
        """Return milliseconds since some moment before this process; never set, and counting suspended time."""
