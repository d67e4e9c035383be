"""The site's two keys outside the database: one seals facts, one signs the ledger's heads."""

from collections.abc import Sequence
from typing import Protocol

from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.note import Verifier


class FactMac(Protocol):
    """Holds the site's MAC key. Quick, deterministic, callable from any thread; never raises."""

    def mac(self, previous: bytes, *, stream: str, number: int, kind: str, body: bytes, at: int) -> bytes:
        """Return the MAC of a fact and the MAC before it, as `ledger.entry.fact_mac` defines it (32 bytes)."""


class CheckpointSigner(Protocol):
    """Holds the ledger's key. Called by one thread at a time, once for each commit that adds an entry."""

    @property
    def origin(self) -> str:
        """The ledger's name, the first line of its checkpoints."""

    @property
    def verifier(self) -> Verifier:
        """The public half of the key, named as the origin."""

    def sign(self, checkpoint: Checkpoint, previous: Checkpoint | None, proof: Sequence[bytes]) -> bytes:
        """Return the signed note of a head that continues the previous one.

        Args:
            checkpoint: the head to sign.
            previous: the last head committed; None for the first.
            proof: the consistency proof between the two.

        Raises:
            Refused: the heads are inconsistent; nothing was signed.
            Unavailable: the key cannot be reached now.
        """
