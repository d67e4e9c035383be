"""Signature counters (WebAuthn L3 6.1.1): an authenticator that keeps one never shows it lower than before.

A key that cannot leave its device and whose counter goes back has been copied: it is suspended, and two administrators
may restore it. Assertions may arrive in another order than they were made, so a counter is held only against one that
was seen before the statement now signed was made. Keys that may leave their device keep no counter worth anything.
"""

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.ceremonies.authentication import AuthenticationVerdict, StoredCredential
from firstkey.ports.fact_store import Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.errors import Refused


class Seen(msgspec.Struct, frozen=True):
    """The highest counter of a credential, and the instant at which it was seen (milliseconds)."""

    sign_count: int
    at: int


class KeyCopied(Refused):
    """The counter of a device-bound key went back.

    Args:
        person: the holder.
        credential: the key's id.
    """

    def __init__(self, person: str, credential: str) -> None:
        super().__init__(ActionReason.KeyCopied)
        self.person = person
        self.credential = credential


def check_counter(
    tx: Transaction, record: StoredCredential, verdict: AuthenticationVerdict, made_at: int, person: str
) -> None:
    """Refuse a counter that went back; else remember it.

    Args:
        tx: the transaction in which the assertion counts.
        record: the credential, as stored.
        verdict: the assertion, judged.
        made_at: when the statement that it signs was made.
        person: the holder.

    Raises:
        KeyCopied: it went back, and the key is bound to its device.
    """
    body = tx.document(DocumentKind.COUNTER, record.credential_id)
    seen = Seen(0, -1) if body is None else msgspec.json.decode(body, type=Seen)
    count = verdict.sign_count
    counts = not record.backup_eligible and max(count, seen.sign_count) > 0
    if counts and made_at > seen.at and count <= seen.sign_count:
        raise KeyCopied(person, record.credential_id)
    if counts and count > seen.sign_count:
        body = canonical.encode(msgspec.to_builtins(Seen(count, tx.now)))
        tx.put_document(DocumentKind.COUNTER, record.credential_id, body)
