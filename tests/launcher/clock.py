"""A clock that a test moves while a server in another process reads it: two offsets, in a file."""

import os
import struct
import threading
from pathlib import Path

from firstkey.assembly import SystemClock

OFFSETS = struct.Struct("<qq")


class ClockFile:
    """The test's hand on the clock. What it writes holds for the server's next reading.

    Args:
        path: where; made when it is absent, and kept over restarts of the server.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            self._write(0, 0)

    def let_pass(self, milliseconds: int) -> None:
        """Let time go by: both clocks move on."""
        told, counted = self._read()
        self._write(told + milliseconds, counted + milliseconds)

    def set_by(self, milliseconds: int) -> None:
        """Set the clock forward, or back when negative; the one that cannot be set does not follow."""
        told, counted = self._read()
        self._write(told + milliseconds, counted)

    def agree(self) -> None:
        """Set the clock right again: to what the other one counts."""
        _, counted = self._read()
        self._write(counted, counted)

    @property
    def now(self) -> int:
        """What the server's clock tells (milliseconds)."""
        return SystemClock().now() + self._read()[0]

    def _read(self) -> tuple[int, int]:
        told, counted = OFFSETS.unpack(self.path.read_bytes())
        return told, counted

    def _write(self, told: int, counted: int) -> None:
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0) as out:
            out.write(OFFSETS.pack(told, counted))


class MovedClock:
    """The server's side: this machine's clocks with the offsets of a file; a `ports.clock.Clock`.

    Args:
        path: of a `ClockFile`.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)
        self._machine = SystemClock()
        self._own = threading.local()

    def now(self) -> int:
        """Return the time, milliseconds."""
        told, self._own.counted = OFFSETS.unpack(os.pread(self._file, OFFSETS.size, 0))
        return self._machine.now() + int(told)

    def monotonic(self) -> int:
        """Return the other clock, milliseconds; moved as `now` last found it, so that no pair of readings is torn."""
        if not hasattr(self._own, "counted"):
            self.now()
        return self._machine.monotonic() + int(self._own.counted)
