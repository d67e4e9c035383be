"""A connection's own limits, below every route: how many there are, and how long the head of a request may take.

uvicorn's HTTP/1.1 protocol waits for a request's head for ever once a byte of it has come, and answers what is no
HTTP in plain text. Bodies have their limits in the door.
"""

import asyncio

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from firstkey.values.errors import Malformed
from firstkey.web.door import HEADERS
from firstkey.web.problems import PROBLEM_TYPE, WebReason, problem_of

CONNECTIONS_MAX = 800
"""Below the 1,024 files that a process may usually have open; whoever comes then is hung up on."""

HEAD_SECONDS_MAX = 10.0
HEAD_BYTES_MAX = 16 * 1024


class BoundedConnection(H11Protocol):
    """One connection of a client."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX:
            transport.abort()
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; while it is no whole head, the time for one runs."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the connection go."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # what uvicorn would say
        """Answer what is no HTTP, as everything that cannot be read is answered."""
        problem = problem_of(Malformed(WebReason.BodyMalformed), known=False)
        body = msgspec.json.encode(problem)
        named = {**HEADERS, "content-type": PROBLEM_TYPE, "content-length": str(len(body)), "connection": "close"}
        headers = [(name.encode(), value.encode()) for name, value in named.items()]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:
            self.cycle.disconnected = True  # whoever still works on the request has nobody to tell
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: whoever asks for another protocol is answered in this one."""

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS_MAX, self.transport.abort)

    def _stop_waiting(self) -> None:
        timer, self._head_timer = self._head_timer, None
        if timer is not None:
            timer.cancel()
