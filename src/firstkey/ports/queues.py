"""Rows beside the facts that are listed rather than folded: cases by what they wait for, and effects to carry out."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

PAGE_ROWS_MAX = 500


class CaseIndex(StrEnum):
    """What cases can be listed by."""

    ALL = "all"
    STAGE = "stage"
    ACCOUNT = "account"
    PERSON = "person"
    PATH = "path"


class CaseCursor(NamedTuple):
    """Where a page ended."""

    due_at: int
    case: str


class CaseRow(msgspec.Struct, frozen=True):
    """A case as the queues show it; everything in it follows from the case's facts.

    Attributes:
        case: the case's stream.
        account: its account.
        person: the joiner.
        path: the policy's path.
        purpose: what the case is for.
        stage: what it waits for.
        opened_at: instant (milliseconds).
        due_at: its next deadline (milliseconds); `values.canonical.INTEGER_MAX` for none.
        updated_at: instant of its last fact (milliseconds).
    """

    case: str
    account: str
    person: str
    path: str
    purpose: str
    stage: str
    opened_at: int
    due_at: int
    updated_at: int

    @property
    def cursor(self) -> CaseCursor:
        """Where a page that ends with this row ends."""
        return CaseCursor(self.due_at, self.case)


class OutboxItem(msgspec.Struct, frozen=True):
    """An outside effect, noted in the transaction that wants it.

    Attributes:
        lane: effects of one lane (an account) are carried out one after another.
        kind: what is to be done.
        body: canonical JSON.
        outranks: goes before everything in its lane that does not (a recall).
        due_at: not before this instant (milliseconds).
    """

    lane: str
    kind: str
    body: bytes
    outranks: bool = False
    due_at: int = 0


class Queued(msgspec.Struct, frozen=True):
    """An effect in the outbox.

    Attributes:
        sequence: its number, never used again.
        item: what was noted.
        attempts: how often it was tried in vain.
    """

    sequence: int
    item: OutboxItem
    attempts: int
