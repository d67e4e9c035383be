"""What is single-use within a short window is remembered for that window and a margin, then forgotten in portions.

Once the window is over it refuses by itself what the row refused until then. Evidence, people and policies are never
forgotten; a statement that was signed stands in its evidence too.
"""

from firstkey.actions.sessions import SESSION_LIFETIME_MS_MAX
from firstkey.ports.fact_store import Transaction
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values.instants import DAY, HOUR

PORTION_ROWS_MAX = 200

MARGIN = 2 * HOUR
"""No window of a statement, start code or ceremony is longer; each has its own length where it is judged. A device's
proof, of which there is one a request, is good for five minutes."""

SLOTS: tuple[tuple[SlotKind, int], ...] = (
    (SlotKind.DEVICE_PROOF, HOUR // 2),
    (SlotKind.START_CODE, MARGIN),
    (SlotKind.STATEMENT, MARGIN),
    (SlotKind.IDEMPOTENCY, DAY),
)

DOCUMENTS: tuple[tuple[DocumentKind, int], ...] = (
    (DocumentKind.CEREMONY, MARGIN),
    (DocumentKind.DEVICE_NONCE, MARGIN),
    (DocumentKind.START_CODE, MARGIN),
    (DocumentKind.STATEMENT, MARGIN),
    (DocumentKind.IDEMPOTENT_ANSWER, DAY),
    (DocumentKind.SESSION, SESSION_LIFETIME_MS_MAX + MARGIN),
    (DocumentKind.SESSION_OF, SESSION_LIFETIME_MS_MAX + MARGIN),
    (DocumentKind.ACT_COUNT, MARGIN),
)


def forget_portion(tx: Transaction) -> int:
    """Forget what is old, a portion of each kind; return how many rows.

    While the clock is doubtful nothing is: its time may be wrong.
    """
    if tx.clock_doubtful:
        return 0
    slots = sum(tx.forget_slots(kind, tx.now - age, PORTION_ROWS_MAX) for kind, age in SLOTS)
    return slots + sum(tx.forget_documents(kind, tx.now - age, PORTION_ROWS_MAX) for kind, age in DOCUMENTS)
