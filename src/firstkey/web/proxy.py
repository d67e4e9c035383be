"""What the trusted proxy says of a connection, believed on its own Unix socket alone.

Whoever can open that socket is the proxy: the file's rights say who may. Over TCP the same headers are anybody's words
and are not read. Which of the two it is, our own end says: a peer over TCP that has hung up has no address either.
"""

import base64
import binascii

from starlette.requests import Request

from firstkey.values.errors import Malformed
from firstkey.web.problems import WebReason

CERTIFICATE_HEADER = "client-cert"
SOURCE_HEADER = "x-forwarded-for"


def is_from_proxy(request: Request) -> bool:
    """Whether a request came over the Unix socket: our end of it is a path, and has no port."""
    server = request.scope.get("server")
    return request.client is None and server is not None and server[1] is None


def source_of(request: Request) -> str:
    """Return the address that a request is counted by: the peer's, or the last that the proxy has added."""
    if request.client is not None:
        return request.client.host
    added = request.headers.getlist(SOURCE_HEADER) if is_from_proxy(request) else []
    return added[-1].rpartition(",")[2].strip() if added else ""


def forwarded_certificate(request: Request) -> bytes | None:
    """Return the client certificate, DER, of the connection that the proxy ended (RFC 9440 section 2.2).

    Raises:
        Malformed: CertificateUnreadable.
    """
    header = request.headers.get(CERTIFICATE_HEADER)
    if header is None or not is_from_proxy(request):
        return None
    if not (len(header) > 2 and header[0] == header[-1] == ":"):
        raise Malformed(WebReason.CertificateUnreadable)
    try:
        return base64.b64decode(header[1:-1], validate=True)
    except binascii.Error as error:
        raise Malformed(WebReason.CertificateUnreadable) from error
