"""PLT-03: headers of a proxy are forged, or requests smuggled past it."""

import base64
import socket

import pytest

from tests.attacks.siege import Siege, told

CERTIFICATE_HEADERS = (
    "Client-Cert",
    "X-Client-Cert",
    "X-SSL-Client-Cert",
    "SSL-Client-Cert",
    "X-Forwarded-Client-Cert",
)

SMUGGLED = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 20\r\n",
    "length and chunks": b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "a strange coding": b"Transfer-Encoding: xchunked\r\n",
    "a folded line": b"X-A: b\r\n Content-Length: 20\r\n",
    "a space before the colon": b"Content-Length : 2\r\n",
    "a negative length": b"Content-Length: -2\r\n",
    "a long length": b"Content-Length: 99999999999999999999\r\n",
    "a bare carriage return": b"X-A: b\rContent-Length: 20\r\n",
    "a zero byte": b"X-A: b\x00c\r\nContent-Length: 2\r\n",
}


@pytest.mark.parametrize("header", CERTIFICATE_HEADERS)
def test_a_certificate_in_a_header_is_anybodys_word(siege: Siege, header: str) -> None:
    """Sent over TCP, the very certificate of the assigned device is not read; over the proxy's socket it anchors."""
    person = siege.hire("certified")
    live = siege.open(person)
    siege.claim(live)
    certificate = siege.maker.devices.certificate(str(person.asset))
    direct = siege.browser_of(live.joiner)
    sent = {header: f":{base64.b64encode(certificate).decode()}:"}
    with siege.nothing_changes():
        answer = direct.request("POST", "/api/claim/certificate", {"handle": live.handle}, sent)
        assert told(answer) == (409, "certificate-missing")
    siege.anchor(live)
    assert siege.shown(live)["anchor"] == "client_certificate"


def test_a_source_is_only_what_is_counted(siege: Siege) -> None:
    """An address, scheme or user in a header opens nothing, and lets nobody in as somebody else."""
    stranger = siege.stranger()
    live = siege.open()
    headers = {
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-IP": "127.0.0.1",
        "Forwarded": "for=127.0.0.1;proto=https",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-User": siege.cast.requester.person,
        "Authorization": "Basic YWRtaW46YWRtaW4=",
    }
    with siege.nothing_changes():
        assert told(stranger.request("GET", live.url, headers=headers)) == (401, "sign-in-needed")
        assert told(stranger.request("POST", "/api/cases", {}, headers)) == (401, "sign-in-needed")


def test_the_proxys_socket_is_not_anybodys(siege: Siege) -> None:
    """The socket that is believed lies in the site's folder, and only the server's user and group may open it."""
    path = siege.address.proxy
    assert path is not None
    assert path.stat().st_mode & 0o007 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("framing", SMUGGLED, ids=lambda name: name)
def test_a_request_has_one_end(siege: Siege, framing: str) -> None:
    """A body whose end two readers could see differently is refused, and what lies behind it is not carried out."""
    live = siege.open()
    session = siege.cast.requester.client.session
    cookie = f"Cookie: __Host-firstkey={session}\r\nOrigin: {siege.address.origin}\r\n".encode()
    host = f"Host: localhost:{siege.address.port}\r\n".encode()
    hidden = f"POST {live.url}/withdraw HTTP/1.1\r\n".encode() + host + cookie
    hidden += b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    first = b"POST /api/sign-in/options HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\n" + SMUGGLED[framing]
    with siege.nothing_changes(), socket.create_connection(("localhost", siege.address.port), 5) as connection:
        connection.sendall(first + b"\r\n{}" + hidden)
        connection.settimeout(5)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 415", b"HTTP/1.1 413")) or answer == b"", answer[:200]
    assert siege.shown(live)["closed"] is None
