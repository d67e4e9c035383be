"""The files beside the database: the lock that makes this process the only one, and the latest checkpoint."""

import fcntl
import os
from pathlib import Path

from firstkey.ledger.checkpoint import parse_checkpoint
from firstkey.ledger.note import parse_note
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

    def size(self) -> int:
        """Return how many entries it covers, 0 when there is none.

        Raises:
            Malformed: it is no checkpoint.
        """
        if not self._path.exists():
            return 0
        return parse_checkpoint(parse_note(self._path.read_bytes()).text).size

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
