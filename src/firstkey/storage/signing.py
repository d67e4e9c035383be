"""The site's two keys held in this process; a key in hardware would be another module beside this one."""

from collections.abc import Sequence

from firstkey.ledger.checkpoint import Checkpoint, sign_checkpoint
from firstkey.ledger.entry import fact_mac
from firstkey.ledger.note import Signer, Verifier
from firstkey.values.secret import Secret


class LocalFactMac:
    """Seals facts; a `ports.signing.FactMac`.

    Args:
        key: the site's MAC key, at least 32 bytes, kept outside the database.
    """

    def __init__(self, key: Secret) -> None:
        self._key = key

    def mac(self, previous: bytes, *, stream: str, number: int, kind: str, body: bytes, at: int) -> bytes:
        """Return the MAC of a fact and the MAC before it."""
        return fact_mac(self._key, previous, stream=stream, number=number, kind=kind, body_bytes=body, at=at)


class LocalCheckpointSigner:
    """Signs heads; a `ports.signing.CheckpointSigner`.

    Args:
        signer: the ledger's key, named as its origin.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    @property
    def origin(self) -> str:
        """The ledger's name."""
        return self._signer.verifier.name

    @property
    def verifier(self) -> Verifier:
        """The public half of the key."""
        return self._signer.verifier

    def sign(self, checkpoint: Checkpoint, previous: Checkpoint | None, proof: Sequence[bytes]) -> bytes:
        """Return the signed note of a head that continues the previous one."""
        return sign_checkpoint(checkpoint, self._signer, previous, proof)
