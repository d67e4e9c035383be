"""The offline judge: are these entries the ledger that was signed, whole, in order and unchanged?

It reads leaves, trusts nobody who stored them, and needs no key to find an edit, a cut, a fork or another order up to
the largest head it is given. Only a head that was kept where the site's operator does not reach makes the answer `ok`;
a ledger that agrees with itself alone is `unanchored`. With the site's MAC key it also tells whose facts they are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.entry import Activity, Head, follow, read_entry
from firstkey.ledger.merkle import Frontier, leaf_hash
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret


class Verdict(msgspec.Struct, frozen=True):
    """What was found of a ledger that was not refused.

    Attributes:
        entries: how many there are.
        root: root hash over all of them, hex.
        anchored_entries: how many of them an outside head covers; those after it rest on the site's word.
        streams: number of facts of each stream, by its name.
        activities: number of entries of each activity.
    """

    entries: int
    root: str
    anchored_entries: int
    streams: dict[str, int]
    activities: dict[Activity, int]

    @property
    def anchored(self) -> bool:
        """Whether an outside head was given that covers anything."""
        return self.anchored_entries > 0

    @property
    def says(self) -> str:
        """Return `ok` or `unanchored`."""
        return "ok" if self.anchored else "unanchored"


def judge(
    leaves: Iterable[bytes], checkpoint: Checkpoint, *, outside: Sequence[Checkpoint] = (), key: Secret | None = None
) -> Verdict:
    """Judge a whole ledger against the head it claims and the heads that others kept.

    Args:
        leaves: all entries as bytes, in order, from the first.
        checkpoint: the head of exactly these entries, opened.
        outside: heads of any size, opened, from where the site's operator does not reach. The claimed head itself
            counts only if it came from there too.
        key: the site's MAC key; without it MACs are not checked.

    Raises:
        Refused: naming what was found, and at which index or size.
    """
    roots = _roots((checkpoint, *outside))
    frontier, heads, activities = Frontier(), dict[str, Head](), Counter[Activity]()
    _compare(frontier, roots)
    for index, leaf in enumerate(leaves):
        if index == checkpoint.size:
            raise Refused(LedgerReason.EntriesUncovered, f"from entry {index}")
        try:
            entry = read_entry(leaf)
            if entry.index != index:
                raise Refused(LedgerReason.EntryMisplaced, f"it calls itself {entry.index}")
            heads[entry.stream] = follow(key, heads.get(entry.stream, Head()), entry)
        except Refused as refusal:
            raise type(refusal)(refusal.reason, f"entry {index}: {refusal.detail}") from refusal
        activities[entry.activity] += 1
        frontier = frontier.append(leaf_hash(leaf))
        _compare(frontier, roots)
    if frontier.size < max(roots):
        raise Refused(LedgerReason.LedgerCut, f"{frontier.size} entries, a head covers {max(roots)}")
    anchored = max((head.size for head in outside), default=0)
    streams = {stream: head.number for stream, head in heads.items()}
    return Verdict(frontier.size, frontier.root().hex(), anchored, streams, dict(activities))


def _roots(heads: Sequence[Checkpoint]) -> dict[int, bytes]:
    """Return the root that each known size must have."""
    roots: dict[int, bytes] = {}
    for head in heads:
        if head.origin != heads[0].origin:
            raise Refused(LedgerReason.OriginsDiffer, f"{heads[0].origin}, {head.origin}")
        if roots.setdefault(head.size, head.root) != head.root:
            raise Refused(LedgerReason.HeadsDiffer, f"size {head.size}")
    return roots


def _compare(frontier: Frontier, roots: dict[int, bytes]) -> None:
    if frontier.size in roots and frontier.root() != roots[frontier.size]:
        raise Refused(LedgerReason.RootDiffers, f"at {frontier.size} entries")
