"""Bytes on the wire, as no decent client would send them, and whatever comes back."""

import re
import socket
from typing import NamedTuple

WAIT_SECONDS_MAX = 30.0
READ_BYTES = 1 << 16

_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")


class Told(NamedTuple):
    """One answer: its status, its headers by lower-case name, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes


def connect(port: int) -> socket.socket:
    """Open a connection to a server on this machine."""
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS_MAX)


def read_all(connection: socket.socket) -> bytes:
    """Read until the server hangs up."""
    found = b""
    try:
        while data := connection.recv(READ_BYTES):
            found += data
    except ConnectionError:
        pass  # it hung up without having read all that was sent
    return found


def answers(data: bytes) -> list[Told]:
    """Take the bytes of a connection apart."""
    found, rest = [], data
    while matched := _HEAD.search(rest):
        lines = (line.partition(b":") for line in matched[2].splitlines())
        headers = {name.decode().lower(): value.strip().decode() for name, _, value in lines}
        length = int(headers.get("content-length", "0"))
        body, rest = rest[matched.end() : matched.end() + length], rest[matched.end() + length :]
        found.append(Told(int(matched[1]), headers, body))
    return found


def tell(port: int, data: bytes, *, ends: bool = False) -> list[Told]:
    """Send bytes, `ends` with the word that there are no more, and return all answers until the server hangs up."""
    with connect(port) as connection:
        try:
            connection.sendall(data)
            if ends:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass  # it has heard enough
        return answers(read_all(connection))


def request(
    port: int, body: bytes = b"", method: str = "POST", target: str = "/api/sign-in/options", **headers: str
) -> bytes:
    """Return the bytes of a request; a header given as empty is left out, underscores are hyphens."""
    named = {
        "Host": f"localhost:{port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items() if value)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
