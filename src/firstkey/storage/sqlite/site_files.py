"""The files beside the database: the lock that makes this process the only one, and the latest checkpoint."""

import fcntl
import os
from itertools import count
from pathlib import Path

from firstkey.ledger.checkpoint import Checkpoint, open_checkpoint
from firstkey.ledger.note import Verifier
from firstkey.storage.refusals import StorageReason
from firstkey.values.errors import Refused

LOCK_FILE = "lock"
CHECKPOINT_FILE = "checkpoint"


class SiteLock:
    """Holds a site until `release`, or until the process ends in whatever way.

    Args:
        folder: the site's folder.

    Raises:
        Refused: another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._file = os.fdopen(os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise Refused(StorageReason.SiteInUse, str(folder)) from error

    def release(self) -> None:
        """Let go of the site. May be called twice."""
        self._file.close()


class CheckpointFile:
    """The latest committed checkpoint, for whoever may read the folder. It is replaced whole, never written into.

    Args:
        folder: the site's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / CHECKPOINT_FILE

    def head(self, key: Verifier) -> Checkpoint | None:
        """Return the head that was published, None when there is none.

        Args:
            key: the ledger's.

        Raises:
            Refused: CheckpointForeign; it is no checkpoint, or this ledger's key has not signed it.
        """
        if not self._path.exists():
            return None
        try:
            return open_checkpoint(self._path.read_bytes(), [key])
        except Refused as refused:
            raise Refused(StorageReason.CheckpointForeign, refused.says.title.rstrip(".")) from refused

    def put_aside(self) -> Path:
        """Keep a head that the database no longer leads to under another name, and return that."""
        number = next(number for number in count(1) if not self._aside(number).exists())
        self._path.replace(self._aside(number))
        return self._aside(number)

    def _aside(self, number: int) -> Path:
        return self._path.with_suffix(f".fenced-{number}")

    def publish(self, note: bytes) -> None:
        """Replace it. After a loss of power the one before may be back: an older head that is still true.

        Raises:
            OSError: it cannot be written; the one before stands.
        """
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
