"""`firstkey serve`: one process for one site, on one port."""

import asyncio
import contextlib
import errno
import logging
import os
import resource
import socket
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TextIO, cast

import click
import structlog
import uvicorn

from firstkey.assembly import make_server, open_site
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import told
from firstkey.ports.clock import Clock
from firstkey.settings import Settings
from firstkey.values.errors import Refused, Says
from firstkey.web.connection import HEAD_BYTES_MAX, BoundedConnection

BACKLOG_MAX = 512
GRACE_SECONDS_MAX = 5
PR_SET_DUMPABLE = 4  # linux/prctl.h
SOCKET_MASK = 0o117
"""The proxy's socket is for the server's user and group."""


class ServeReason(Enum):
    """Why a server does not start."""

    AddressUnusable = Says("The address cannot be listened on.", "Change host and port in firstkey.toml.")
    PortTaken = Says("Another program listens there.", "Stop it, or change the port in firstkey.toml.")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    where = f"{settings.host} port {settings.port}"
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG_MAX)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise Refused(ServeReason.PortTaken if taken else ServeReason.AddressUnusable, where) from error
    # An answer goes out in two writes; without this the second waits 40 ms for the other side to confirm the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def _named_shortly(path: Path) -> Iterator[str]:
    """Yield a short name of a path while its folder is open: a socket's own address is 107 bytes at most."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _listen_for_proxy(path: Path) -> socket.socket:
    """Listen where the trusted proxy speaks; who may open the socket is what its folder's and its own rights say."""
    path.unlink(missing_ok=True)  # the site's lock is held: whoever left it there is gone
    listener, mask = socket.socket(socket.AF_UNIX), os.umask(SOCKET_MASK)
    try:
        with _named_shortly(path) as near:
            listener.bind(near)
        listener.listen(BACKLOG_MAX)
    except OSError as error:
        listener.close()
        raise Refused(ServeReason.AddressUnusable, str(path)) from error
    finally:
        os.umask(mask)
    return listener


def _log_to_stderr() -> None:
    """Log a JSON object a line, without bodies, queries or headers: a code must never get here."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Steadfast(sys.stderr))),
    )
    logging.getLogger().handlers = [_Told(logging.WARNING)]


class _Steadfast:
    """Writes what can be written: a log on a full disk must not end what it tells of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or do not."""
        with contextlib.suppress(OSError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what waits, or do not."""
        with contextlib.suppress(OSError):
            self._stream.flush()


class _Told(logging.Handler):
    """What a library logs, told as our own lines are."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it, without its arguments where they are not part of its text."""
        told = structlog.get_logger()
        told.warning("library", name=record.name, says=record.getMessage().strip(), exc_info=record.exc_info)


def _leave_no_dump() -> None:
    """Have a crash write no memory anywhere: codes and keys are in it. A dump that is piped ignores the limit."""
    import ctypes

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def run_server(folder: Path, clock: Clock | None = None) -> None:
    """Serve a site until the process is told to stop.

    Args:
        folder: the site's.
        clock: as `assembly.open_site`.

    Raises:
        Malformed, Refused: as `open_site`; the address cannot be listened on.
    """
    _log_to_stderr()
    _leave_no_dump()
    opened, settings = open_site(folder, clock)
    with contextlib.ExitStack() as held:
        held.callback(opened.store.close)
        listeners = [held.enter_context(_listen(settings))]
        if settings.proxy_socket:
            listeners.append(held.enter_context(_listen_for_proxy(folder / settings.proxy_socket)))
        config = uvicorn.Config(
            make_server(opened),
            http=BoundedConnection,
            h11_max_incomplete_event_size=HEAD_BYTES_MAX,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=GRACE_SECONDS_MAX,
        )
        click.echo(f"{settings.name}: {settings.origin}")
        click.echo(f"Listening on {settings.host} port {settings.port}; stop with Ctrl-C.")
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(uvicorn.Server(config).serve(sockets=listeners))


@click.command("serve")
@site_option
@told()
def command(site: Path | None) -> None:
    """Run a site's server until it is told to stop (Ctrl-C, SIGTERM).

    It speaks HTTP; a proxy in front of it ends TLS, except for a trial on localhost.
    """
    run_server(existing_site(site))
