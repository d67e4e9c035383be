"""What the proxy's socket is told from: a peer over TCP without an address is nobody's proxy."""

import asyncio
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import Request

from firstkey.web.connection import BoundedConnection
from firstkey.web.proxy import forwarded_certificate, is_from_proxy, source_of

SENT = (
    b"POST /api/claim/certificate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
    b"Client-Cert: :AAAA:\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2, 192.0.2.3\r\n\r\n{}"
)
Told = tuple[bool, bytes | None, str, bytes]


def served(listener: socket.socket, call: Callable[[], None]) -> Told:
    """Serve what has come, or comes by the call, until one request was looked at."""
    told: list[Told] = []
    looked = asyncio.Event()

    async def look(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        told.append((is_from_proxy(request), forwarded_certificate(request), source_of(request), body))
        looked.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def until_told() -> None:
        config = uvicorn.Config(look, http=BoundedConnection, proxy_headers=False, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        call()
        async with asyncio.timeout(10):
            await looked.wait()
        server.should_exit = True
        await running

    asyncio.run(until_told())
    return told[0]


def send(peer: socket.socket) -> None:
    """Send the request and hang up at once, so that the peer has no address when it is looked at."""
    peer.sendall(SENT)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def test_whoever_hangs_up_does_not_become_the_proxy() -> None:
    """A request over TCP whose sender has hung up has no address, and its headers are anybody's words all the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send(socket.create_connection(listener.getsockname()))
        assert served(listener, lambda: None) == (False, None, "", b"{}")


def test_the_proxy_is_believed(tmp_path: Path) -> None:
    """Over the Unix socket the same headers count, and of the addresses the last, which the proxy has added."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "proxy.sock"))
        listener.listen()
        with socket.socket(socket.AF_UNIX) as peer:

            def call() -> None:
                peer.connect(str(tmp_path / "proxy.sock"))
                peer.sendall(SENT)

            assert served(listener, call) == (True, b"\x00\x00\x00", "192.0.2.3", b"{}")
