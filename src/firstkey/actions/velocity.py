"""Velocity limits: how often one person may do one kind of act within an hour, counted in the act's own transaction.

The figures are what a desk that enrolls a few hundred people a day can live with, and a stolen session or a bribed
operator cannot. They are lifted for one person, one act and one hour by an administrator who has not met that limit.
Counts are kept by slices of five minutes, so that an act counts for an hour, and up to five minutes more.
"""

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site_state import SiteState
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE

SLICE_MS = 5 * MINUTE
LIFTED_MS = HOUR
OPEN_CASE = "open_case"

ACTS_PER_HOUR: dict[str, int] = {
    OPEN_CASE: 300,
    "record_proofing": 120,
    "give_approval": 300,
    "deny_approval": 300,
    "anchor_claim": 120,
    "claim_device": 60,
    "confirm_attendance": 60,
    "arm_pass": 60,
}
OTHER_ACTS_PER_HOUR = 120
"""Of each kind of signed act that is not in the table."""

CASES_BY_A_SOURCE_PER_HOUR = 2_000
LEAVERS_BY_A_SOURCE_PER_HOUR = 200

UNLIMITED = frozenset(
    {
        "hold_case",
        "recall_credentials",
        "suspend_credential",
        "withdraw_approval",
        "withdraw_proofing",
        "end_delegation",
        "found_site",
    }
)
"""Acts that only lower trust are always open; founding has its own bounds."""


class Counted(msgspec.Struct, frozen=True):
    """What was done lately: (beginning of a slice, how often)."""

    slices: tuple[tuple[int, int], ...] = ()


def limit_of(act: str) -> int:
    """Return how often an act may be done within an hour."""
    return ACTS_PER_HOUR.get(act, OTHER_ACTS_PER_HOUR)


def _recent(reader: Reader, who: str, act: str, now: int) -> tuple[tuple[int, int], ...]:
    body = reader.document(DocumentKind.ACT_COUNT, f"{who}:{act}")
    kept = () if body is None else msgspec.json.decode(body, type=Counted).slices
    return tuple((start, count) for start, count in kept if start > now - HOUR - SLICE_MS)


def done_lately(reader: Reader, who: str, act: str, now: int) -> int:
    """Return how often somebody did an act within the last hour."""
    return sum(count for _, count in _recent(reader, who, act, now))


def count_act(tx: Transaction, standing: SiteState, who: str, act: str, limit: int | None = None) -> None:
    """Count one act.

    Raises:
        Refused: VelocityReached; nothing is counted.
    """
    if act in UNLIMITED:
        return
    recent, allowed = _recent(tx, who, act, tx.now), limit_of(act) if limit is None else limit
    if sum(count for _, count in recent) >= allowed and not standing.is_lifted(who, act, tx.now):
        raise Refused(ActionReason.VelocityReached, f"{act}: {allowed} an hour")
    slices = dict(recent)
    start = tx.now - tx.now % SLICE_MS
    slices[start] = slices.get(start, 0) + 1
    counted = canonical.encode(msgspec.to_builtins(Counted(tuple(slices.items()))))
    tx.put_document(DocumentKind.ACT_COUNT, f"{who}:{act}", counted)
