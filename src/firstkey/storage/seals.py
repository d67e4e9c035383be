"""Documents as they are stored: behind a MAC under the key that facts are sealed with.

A document that many decisions read is remembered once its MAC was verified. The database is read all the same, and what
stands there is compared with what is remembered, byte for byte: other bytes are verified anew.
"""

import hmac

from firstkey.ledger.refusals import LedgerReason
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.signing import FactMac
from firstkey.storage.limits import DOCUMENTS_REMEMBERED_MAX
from firstkey.values.errors import Refused

DOCUMENT = b"firstkey document"
"""Stands where a fact's MAC covers the MAC before it, so that neither passes for the other."""

MAC_BYTES = 32

REMEMBERED = frozenset(
    {
        DocumentKind.ACT_EVIDENCE,
        DocumentKind.CREDENTIAL_KEY,
        DocumentKind.PERSON,
        DocumentKind.POLICY,
        DocumentKind.SESSION,
    }
)
"""What is read again and again. What may have to be erased for good (salts) or is read once is not kept in memory."""


class Seals:
    """Seals documents and opens them. May be used from any thread.

    Args:
        macs: the key that facts and documents are sealed with.
    """

    def __init__(self, macs: FactMac) -> None:
        self.macs = macs
        self._opened: dict[tuple[DocumentKind, str], tuple[bytes, bytes]] = {}

    def seal(self, kind: DocumentKind, key: str, body: bytes) -> bytes:
        """Return a document as it is stored: its MAC, then its bytes."""
        return self.macs.mac(DOCUMENT, stream=kind.value, number=1, kind=key, body=body, at=0) + body

    def open(self, kind: DocumentKind, key: str, stored: bytes) -> bytes:
        """Return a document's bytes.

        Raises:
            Refused: ChainBroken; the MAC is not this document's.
        """
        known = self._opened.get((kind, key))
        if known is not None and known[0] == stored:
            return known[1]
        body = stored[MAC_BYTES:]
        if not hmac.compare_digest(self.seal(kind, key, body), stored):
            raise Refused(LedgerReason.ChainBroken, f"the document {kind} {key}")
        if kind in REMEMBERED:
            if len(self._opened) >= DOCUMENTS_REMEMBERED_MAX:
                self._opened.clear()
            self._opened[kind, key] = (stored, body)
        return body
