"""Reading a pass's verifier: handed to the action of redemption and to nobody else."""

from concurrent.futures import Future
from typing import Protocol

from firstkey.ports.fact_store import Transaction


class VerifierReader(Protocol):
    """Reads verifiers.

    A costly judgement is made outside any transaction: it names the pass it was made for, and is compared again.
    """

    def read(self, pass_id: str) -> Future[bytes | None]:
        """Return a pass's verifier as it was put; None once it is destroyed.

        Raises:
            Unavailable: too many reads wait, or storage failed (from the future).
        """

    def read_within(self, tx: Transaction, pass_id: str) -> bytes | None:
        """Return a pass's verifier as a running work sees it, for a judgement that costs nothing."""
