"""Calls `firstkey`, each command a process of its own; the server's is ended by its own pid whatever happens."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

import firstkey
from firstkey.demo.reasons import DemoReason
from firstkey.simulator.client import Client
from firstkey.values.errors import Refused, Unavailable

COMMAND_SECONDS_MAX = 60
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 10
POLL_SECONDS = 0.05
HOST = "localhost"


class Address:
    """Where a server is, and the browsers that are open on it.

    Args:
        port: on this machine.

    Attributes:
        origin: of its page. site: its site's id.
        proxy: the socket where its trusted proxy speaks, if it has one.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://{HOST}:{port}"
        self.site = HOST
        self.proxy: Path | None = None
        self._clients: list[Client] = []

    def client(self, certificate: bytes | None = None) -> Client:
        """Open a browser; on a managed device with a certificate (DER) it comes through the proxy."""
        proxy = None if certificate is None else self.proxy
        self._clients.append(Client(self.port, self.origin, host=HOST, proxy=proxy, certificate=certificate))
        return self._clients[-1]

    def close_clients(self) -> None:
        """Close every browser's connection; whoever is used again opens another."""
        for client in self._clients:
            client.close()


class Ended(NamedTuple):
    """How a command ended."""

    exit_code: int
    out: str
    err: str


def local_address() -> Address:
    """Return an address on localhost whose port is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address(int(probe.getsockname()[1]))


def _command(arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", "firstkey.cli.main", *arguments]


def _environment() -> dict[str, str]:
    """Return this process's environment, in which the very package that runs here is found first."""
    package = str(Path(firstkey.__file__).parents[1])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def run_firstkey(*arguments: str) -> Ended:
    """Run a command to its end.

    Raises:
        Refused: CommandFailed, when it does not end.
    """
    try:
        ended = subprocess.run(  # noqa: S603  # a list, no shell: our own interpreter and module
            _command(arguments),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(DemoReason.CommandFailed, f"firstkey {arguments[0]}: no end") from error
    return Ended(ended.returncode, ended.stdout, ended.stderr)


class Server:
    """`firstkey serve` in a process, from `with` to the end of its block.

    Args:
        site: the site's folder.
        address: where its settings say that it listens.
        command: another program that serves the site; of the arguments the interpreter is the first.

    Raises (on entering):
        Refused: ServerSilent, with what the server said.
    """

    def __init__(self, site: Path, address: Address, command: Sequence[str] | None = None) -> None:
        self._command = list(command or _command(("serve", "--site", str(site))))
        self._address = address
        self._said: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile()  # closed when the server has stopped
        self._process = subprocess.Popen(  # noqa: S603  # a list, no shell: our own interpreter and module
            self._command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
        )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process's id, None before and after."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """Close the browsers and end the server. May be called twice."""
        self._address.close_clients()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._close_said()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL); the browsers find out by themselves."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            self._close_said()

    def said(self) -> str:
        """What the running server has printed and logged so far."""
        if self._said is None:
            return ""
        return os.pread(self._said.fileno(), os.fstat(self._said.fileno()).st_size, 0).decode(errors="replace")

    def wait(self) -> None:
        """Wait until the server ends by itself."""
        if self._process is not None:
            self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        client, until = self._address.client(), time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.request("GET", "/readyz").status == 200:
                    return
            except Unavailable:
                time.sleep(POLL_SECONDS)
        raise Refused(DemoReason.ServerSilent, self.said().strip())

    def _close_said(self) -> None:
        said, self._said = self._said, None
        if said is not None:
            said.close()
