"""Randomness, as an argument."""

from typing import Protocol


class Entropy(Protocol):
    """Draws from a cryptographic source. May be called from any thread; never returns fewer bytes, never repeats."""

    def draw(self, count: int) -> bytes:
        """Return `count` uniform random bytes."""
