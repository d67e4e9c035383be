"""HTTP as it should not be: broken heads, lying lengths, floods, silence. A problem or a hang-up; nothing changes."""

import contextlib
import threading
from collections.abc import Callable, Iterator

import pytest

from firstkey.values.errors import Unavailable
from firstkey.web.connection import CONNECTIONS_MAX
from firstkey.web.door import HEADERS
from firstkey.web.problems import PROBLEM_TYPE
from tests.fuzz.wire import WAIT_SECONDS_MAX, Told, answers, connect, read_all, request, tell
from tests.journeys.place import Place, until

NEVER_ANSWERED = {500, 501, 502, 503, 504}
FLOOD_BYTES = 64 * 1024 * 1024
CHUNK = b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
SLOW = 4
"""How many of a kind are silent at once."""


@pytest.fixture(autouse=True)
def _nothing_changes(place: Place) -> Iterator[None]:
    """Whatever a test here sends, the ledger stays as it is, and the server answers afterwards."""
    before = place.entries()
    yield
    assert place.entries() == before
    assert place.stranger().request("GET", "/healthz").status == 200


def start(port: int, line: str, *headers: str, body: bytes = b"{}") -> bytes:
    """Return a request with a first line and headers of a test's choice."""
    lines = [line, f"Host: localhost:{port}", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


POST = "POST /api/sign-in HTTP/1.1"
HEADS: dict[str, Callable[[int], bytes]] = {
    "no HTTP": lambda port: b"\x00\x01\x02\x03 hello\r\n\r\n",
    "a TLS hello": lambda port: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "HTTP/2 at once": lambda port: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": lambda port: b"GET /\r\n",
    "HTTP/9.9": lambda port: start(port, "POST /api/sign-in HTTP/9.9", "Content-Length: 2"),
    "no Host": lambda port: request(port, b"{}", Host=""),
    "two Hosts": lambda port: start(port, POST, "Host: evil.test", "Content-Length: 2"),
    "two lengths": lambda port: start(port, POST, "Content-Length: 2", "Content-Length: 3"),
    "a negative length": lambda port: start(port, POST, "Content-Length: -2"),
    "a length that is none": lambda port: start(port, POST, "Content-Length: two"),
    "a length beyond counting": lambda port: start(port, POST, "Content-Length: " + "9" * 40),
    "length and chunks": lambda port: start(
        port, POST, "Content-Length: 2", "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n"
    ),
    "an unknown coding": lambda port: start(port, POST, "Transfer-Encoding: gzip"),
    "a chunk that is none": lambda port: start(port, POST, "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk beyond counting": lambda port: start(port, POST, "Transfer-Encoding: chunked", body=b"f" * 40 + b"\r\n"),
    "a NUL in a header": lambda port: start(port, POST, "X-Any: a\x00b", "Content-Length: 2"),
    "a header without a name": lambda port: start(port, POST, ": x", "Content-Length: 2"),
    "a header on two lines": lambda port: start(port, POST, "X-Any: a\r\n b", "Content-Length: 2"),
    "a bare line feed": lambda port: b"POST /api/sign-in HTTP/1.1\nHost: localhost\n\n",
    "a head too long": lambda port: start(port, POST, "X-Any: " + "a" * 100_000, "Content-Length: 2"),
    "ten thousand headers": lambda port: start(port, POST, *["X: y"] * 10_000, "Content-Length: 2"),
    "a target too long": lambda port: start(port, f"POST /{'a' * 100_000} HTTP/1.1", "Content-Length: 2"),
    "two content types": lambda port: start(port, POST, "Content-Type: text/plain", "Content-Length: 2"),
    "two origins": lambda port: start(port, POST, "Origin: https://a.test", "Origin: x", "Content-Length: 2"),
}


def is_told(told: Told) -> bool:
    """Whether an answer is a problem as all problems are."""
    whole = told.headers.items() >= HEADERS.items() and told.headers["content-type"] == PROBLEM_TYPE
    return 400 <= told.status < 500 and whole and b'"next_step"' in told.body


@pytest.mark.parametrize("name", HEADS)
def test_a_broken_head_is_a_problem_or_nothing(place: Place, name: str) -> None:
    """The server says what is wrong as it always does, or hangs up; there is never a fault."""
    told = tell(place.address.port, HEADS[name](place.address.port), ends=True)
    assert len(told) <= 2
    assert all(is_told(each) for each in told), told


@pytest.mark.parametrize(
    "method", ["OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND", "get", "X" * 50]
)
@pytest.mark.parametrize("target", ["/api/cases", "/api/claim", "/nowhere", "*"])
def test_another_method_changes_nothing(place: Place, method: str, target: str) -> None:
    """What is not in the table is not there, and says what is."""
    told = tell(place.address.port, request(place.address.port, b"{}", method=method, target=target))
    assert [each.status for each in told] in ([404], [405], [400])
    assert all(is_told(each) for each in told)
    assert all("allow" in each.headers for each in told if each.status == 405)


TARGETS = (
    "/api/cases/%00",
    "/api/cases/%0d%0aSet-Cookie:%20x",
    "/api/cases/%ff%fe",
    "/api/cases/%E2%80%AE",
    "/api/cases/..%2f..%2fetc%2fpasswd",
    "/api/cases/" + "a" * 5_000,
    "/api/cases//",
    "//evil.test/",
    "http://evil.test/api/cases",
    "/api/../metrics",
    "/api/cases/%",
    "/api/cases/%zz",
    "/api/cases;jsessionid=1",
    "/api/cases?limit=1&limit=2",
    "/api/cases?%ff=1",
    "/api/cases?after=%00",
    "/api/cases?" + "&".join(f"f{n}=1" for n in range(500)),
    "/api/cases?limit=" + "9" * 5_000,
)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[:40])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_odd_address_finds_nothing(place: Place, target: str, method: str) -> None:
    """Asked by an operator, with everything right but the address: it cannot be read, or nothing is there."""
    session = place.cast.requester.client.session
    cookie = f"__Host-firstkey={session}"
    told = tell(place.address.port, request(place.address.port, method=method, target=target, Cookie=cookie))
    assert [each.status for each in told] in ([400], [404])


@pytest.mark.parametrize("said", [1, 1_000, 65_536])
def test_a_body_shorter_than_it_said(place: Place, said: int) -> None:
    """Whoever hangs up in the middle of a body has asked for nothing."""
    told = tell(place.address.port, request(place.address.port, b"{}", Content_Length=str(2 + said)), ends=True)
    assert all(is_told(each) for each in told)


def test_a_body_longer_than_it_said(place: Place) -> None:
    """What comes after the length is another request, or none; it is no part of the first."""
    rest = b'{"handle":"x"}\r\n\r\n'
    told = tell(
        place.address.port, request(place.address.port, b"{", Content_Length="1", Connection="keep-alive") + rest
    )
    assert [each.status for each in told] == [400, 400]


def test_a_flood_of_chunks_is_cut_off(place: Place) -> None:
    """Chunks without end are read up to the limit of the route; then there is an answer and a hang-up."""
    with connect(place.address.port) as connection:
        connection.sendall(request(place.address.port, Content_Length="", Transfer_Encoding="chunked"))
        sent = 0
        try:
            while sent < FLOOD_BYTES:
                connection.sendall(CHUNK)
                sent += len(CHUNK)
        except OSError:
            pass
        assert sent < FLOOD_BYTES
        told = answers(read_all(connection))
    assert [each.status for each in told] in ([413], [])  # the answer may be lost with the connection


def test_a_body_that_is_announced_too_large_is_not_waited_for(place: Place) -> None:
    """The answer comes when the limit is passed, however much was promised."""
    body = b" " * 80_000
    with connect(place.address.port) as connection:
        connection.sendall(request(place.address.port, body, Content_Length=str(10**9)))
        told = answers(read_all(connection))
    assert [each.status for each in told] == [413]


@pytest.mark.parametrize("headers", [{"Expect": "100-continue"}, {"Upgrade": "websocket", "Connection": "Upgrade"}])
def test_other_protocols_are_not_spoken(place: Place, headers: dict[str, str]) -> None:
    """Whoever asks to go on in another way is answered in this one."""
    data = request(place.address.port, b"[]", **{**headers, "Connection": headers.get("Connection", "close")})
    statuses = [each.status for each in tell(place.address.port, data)]
    assert statuses[-1] == 400
    assert set(statuses[:-1]) <= {100}


def test_whoever_is_silent_is_hung_up_on(place: Place) -> None:
    """A head or a body that trickles in is not waited for; meanwhile others are answered."""
    port = place.address.port
    heads = [connect(port) for _ in range(SLOW)]
    bodies = [connect(port) for _ in range(SLOW)]
    ended = threading.Event()

    def trickle() -> None:
        while not ended.wait(0.5):
            for connection in [*heads, *bodies]:
                try:
                    connection.sendall(b"a")
                except OSError:
                    continue

    for connection in heads:
        connection.sendall(b"POST /api/sign-in HTTP/1.1\r\nX-Slow: ")
    for connection in bodies:
        connection.sendall(request(port, b"", Content_Length="60000"))
    trickling = threading.Thread(target=trickle)
    trickling.start()
    assert place.stranger().request("GET", "/healthz").status == 200
    told = [answers(read_all(connection)) for connection in bodies]
    silent = [read_all(connection) for connection in heads]
    ended.set()
    trickling.join(WAIT_SECONDS_MAX)
    for connection in [*heads, *bodies]:
        connection.close()
    assert silent == [b""] * SLOW
    assert all([each.status for each in one] in ([400], []) for one in told)


def is_answered(place: Place) -> bool:
    """Whether a newcomer is answered now."""
    try:
        return place.stranger().request("GET", "/healthz").status == 200
    except Unavailable:
        return False


def test_a_thousand_connections_lock_nobody_out_for_good(place: Place) -> None:
    """Those beyond the limit are hung up on; when the others have gone, everybody is answered."""
    with contextlib.ExitStack() as opened, contextlib.suppress(OSError):  # this process has a limit of files too
        for _ in range(CONNECTIONS_MAX + 100):
            opened.enter_context(connect(place.address.port))
    until(lambda: is_answered(place))
