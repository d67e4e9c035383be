"""The load: requests made and signed beforehand, fired from this process at a server in another, each answer timed.

A request is its bytes. So many connections as there are clients take the next one as soon as their last is answered;
nothing is signed, encoded or decoded between a shot and its answer.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

HOST = "127.0.0.1"
HEAD_END = b"\r\n\r\n"
SHOT_SECONDS_MAX = 60


class Answer(NamedTuple):
    """What came back: the status, the head and the body as bytes, and how long it took."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body, read."""
        return msgspec.json.decode(self.body)

    def header(self, name: str) -> str:
        """A header by its lower-case name, empty where there is none."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            named, _, value = line.partition(":")
            if named.lower() == name:
                return value.strip()
        return ""


class Volley(NamedTuple):
    """Answers in the order of their requests, and the time from the first shot to the last answer."""

    answers: list[Answer]
    seconds: float

    @property
    def each(self) -> float:
        """Seconds for one request, of the whole volley."""
        return self.seconds / len(self.answers)


def percentile(times: Iterable[float], share: float) -> float:
    """Return the time within which that share was over."""
    ordered = sorted(times)
    return ordered[round(share * (len(ordered) - 1))]


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body


class _Connection(asyncio.Protocol):
    """One client: sends the next request of all when its last is answered."""

    def __init__(self, waiting: Iterator[tuple[int, bytes]], answers: list[Answer | None]) -> None:
        self._waiting = waiting
        self._answers = answers
        self._transport: asyncio.Transport | None = None
        self._place = 0
        self._begun = 0.0
        self._data = b""
        self._body_at = 0
        self._end = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def shoot(self) -> None:
        """Send the next request, or close when there is none."""
        assert self._transport is not None
        self._place, request = next(self._waiting, (-1, b""))
        if self._place < 0:
            self._transport.close()
            self.done.set_result(None)
            return
        self._data, self._end = b"", 0
        self._begun = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Collect an answer."""
        self._data += data
        if not self._end:
            head = self._data.find(HEAD_END)
            if head < 0:
                return
            length = self._data[:head].lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._body_at = head + len(HEAD_END)
            self._end = self._body_at + int(length)
        if len(self._data) >= self._end:
            seconds = time.perf_counter() - self._begun
            status = int(self._data[9:12])
            self._answers[self._place] = Answer(
                status, self._data[: self._body_at], self._data[self._body_at : self._end], seconds
            )
            self.shoot()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the server went away."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed a connection"))


async def _fire(port: int, requests: Sequence[bytes], clients: int) -> Volley:
    loop = asyncio.get_running_loop()
    answers: list[Answer | None] = [None] * len(requests)
    waiting = iter(enumerate(requests))

    def connection() -> _Connection:
        return _Connection(waiting, answers)

    connections = [
        (await loop.create_connection(connection, HOST, port, local_addr=(f"127.{client + 1}.0.1", 0)))[1]
        for client in range(min(clients, len(requests)))
    ]
    begun = time.perf_counter()
    for each in connections:
        each.shoot()
    await asyncio.wait_for(asyncio.gather(*(each.done for each in connections)), SHOT_SECONDS_MAX)
    seconds = time.perf_counter() - begun
    return Volley([answer for answer in answers if answer is not None], seconds)


def fire(port: int, requests: Sequence[bytes], clients: int) -> Volley:
    """Fire requests at a server on this machine.

    Args:
        port: where it listens.
        requests: as bytes.
        clients: how many connections, each with one request at a time and an address of its own on this machine.

    Raises:
        OSError: the server cannot be reached, or closed a connection.
        TimeoutError: it did not answer.
    """
    return asyncio.run(_fire(port, requests, clients))
