"""Reading a pass's verifier: handed to the action of redemption and to nobody else."""

from concurrent.futures import Future
from typing import Protocol


class VerifierReader(Protocol):
    """Reads verifiers, outside any transaction: a judgement names the pass it was made for, and is compared again."""

    def read(self, pass_id: str) -> Future[bytes | None]:
        """Return a pass's verifier as it was put; None once it is destroyed.

        Raises:
            Unavailable: too many reads wait, or storage failed (from the future).
        """
