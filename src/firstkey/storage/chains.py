"""The streams as the writer remembers them, so that a work finds a stream without asking the database.

Three layers: what is committed, what the works of this group added, what this work added. A layer moves down when the
group commits or the work ends well, and is dropped otherwise: memory never runs ahead of the database.
"""

from collections import OrderedDict

import msgspec

from firstkey.ledger.entry import Head
from firstkey.ports.fact_store import Recorded


class Chain(msgspec.Struct, frozen=True):
    """A verified stream: where it stands and, when somebody loaded them, its facts."""

    head: Head
    facts: tuple[Recorded, ...] | None

    def extended(self, facts: tuple[Recorded, ...]) -> "Chain":
        """Return the chain with facts after it."""
        last = facts[-1]
        return Chain(Head(last.number, bytes.fromhex(last.mac)), None if self.facts is None else self.facts + facts)


class Chains:
    """Remembers chains, the least recently used forgotten first.

    Args:
        facts_max: how many facts to remember over all streams; a stream without facts counts as one.
    """

    def __init__(self, facts_max: int) -> None:
        self._facts_max = facts_max
        self._weight = 0
        self._committed: OrderedDict[str, Chain] = OrderedDict()
        self._group: dict[str, Chain] = {}
        self._work: dict[str, Chain] = {}

    def find(self, stream: str) -> Chain | None:
        """Return a stream as this work sees it, if it is remembered."""
        changed = self._work.get(stream) or self._group.get(stream)
        if changed is not None:
            return changed
        if stream in self._committed:
            self._committed.move_to_end(stream)
        return self._committed.get(stream)

    def learn(self, stream: str, chain: Chain) -> None:
        """Remember a stream as it was read; if this group changed it, as part of that change."""
        for layer in (self._work, self._group):
            if stream in layer:
                layer[stream] = chain
                return
        self._keep(stream, chain)

    def change(self, stream: str, chain: Chain) -> None:
        """Note what this work made of a stream."""
        self._work[stream] = chain

    def work_ended(self, *, well: bool) -> None:
        """Keep or drop what the work changed."""
        if well:
            self._group.update(self._work)
        self._work.clear()

    def group_ended(self, *, well: bool) -> None:
        """Keep or drop what the group changed."""
        if well:
            for stream, chain in self._group.items():
                self._keep(stream, chain)
        self._work.clear()
        self._group.clear()

    def _keep(self, stream: str, chain: Chain) -> None:
        self._drop(stream)
        self._committed[stream] = chain
        self._weight += _weight(chain)
        while self._weight > self._facts_max and len(self._committed) > 1:
            self._drop(next(iter(self._committed)))

    def _drop(self, stream: str) -> None:
        if stream in self._committed:
            self._weight -= _weight(self._committed.pop(stream))


def _weight(chain: Chain) -> int:
    return 1 + len(chain.facts or ())
