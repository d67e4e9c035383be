"""Where a page of a list ended, as whoever reads it may keep it: sealed, so that it says nothing and cannot be made.

A cursor is good for the person it was given to and the list it was given for, and for nothing else; it never expires,
for it names a place in an order and no page.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Site
from firstkey.ports.queues import CaseCursor
from firstkey.values import canonical
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed

NONCE_BYTES = 12
CURSOR_CHARACTERS_MAX = 400


def _cipher(site: Site) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"firstkey-cursor-1").derive(site.keys.nonce.reveal())
    return AESGCM(key)


def seal_cursor(site: Site, cursor: CaseCursor, *listed: str) -> str:
    """Return a cursor as it is handed out.

    Args:
        site: the site.
        cursor: where the page ended.
        listed: whose list of what it is.
    """
    nonce = site.entropy.draw(NONCE_BYTES)
    data = canonical.encode([cursor.due_at, cursor.case])
    return b64u(nonce + _cipher(site).encrypt(nonce, data, canonical.encode([*listed])))


def open_cursor(site: Site, text: str, *listed: str) -> CaseCursor:
    """Return where a page ended.

    Raises:
        Malformed: CursorWrong; it was not given out here, or for another list.
    """
    try:
        data = unb64u(text)
        due_at, case = canonical.decode(
            _cipher(site).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], canonical.encode([*listed]))
        )
    except (Malformed, InvalidTag, ValueError) as error:
        raise Malformed(ActionReason.CursorWrong) from error
    return CaseCursor(due_at, case)
