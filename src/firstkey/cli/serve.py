"""`firstkey serve`: one process for one site, on one port."""

import asyncio
import contextlib
import errno
import socket
import sys
from enum import Enum
from pathlib import Path

import click
import structlog
import uvicorn

from firstkey.assembly import make_server, open_site
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import told
from firstkey.settings import Settings
from firstkey.values.errors import Refused, Says

BACKLOG_MAX = 512
GRACE_SECONDS_MAX = 5


class ServeReason(Enum):
    """Why a server does not start."""

    AddressUnusable = Says("The address cannot be listened on.", "Change host and port in firstkey.toml.")
    PortTaken = Says("Another program listens there.", "Stop it, or change the port in firstkey.toml.")


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    where = f"{settings.host} port {settings.port}"
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG_MAX)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise Refused(ServeReason.PortTaken if taken else ServeReason.AddressUnusable, where) from error


def _log_to_stderr() -> None:
    """Log a JSON object a line, without bodies, queries or headers: a code must never get here."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


@click.command("serve")
@site_option
@told()
def command(site: Path | None) -> None:
    """Run a site's server until it is told to stop (Ctrl-C, SIGTERM).

    It speaks HTTP; a proxy in front of it ends TLS, except for a trial on localhost.
    """
    folder = existing_site(site)
    _log_to_stderr()
    opened, settings = open_site(folder)
    try:
        listener = _listen(settings)
        config = uvicorn.Config(
            make_server(opened),
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
        with listener, contextlib.suppress(KeyboardInterrupt):
            asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    finally:
        opened.store.close()
