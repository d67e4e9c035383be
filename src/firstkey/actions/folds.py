"""State folded from streams, kept in memory and never trusted: whatever is kept is held against the store each time.

A kept state names the number and MAC of the last fact in it. Reading asks the store for that fact and what follows; if
the fact there is another one (its transaction was lost, or the store is another), everything is folded again.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from firstkey.ports.fact_store import Reader, Recorded

FOLDS_KEPT_MAX = 1_000

State = TypeVar("State")


class Folding(NamedTuple, Generic[State]):
    """How facts of a kind of stream become a state."""

    initial: Callable[[], State]
    apply: Callable[[State, Recorded], State]


class Folded(NamedTuple, Generic[State]):
    """A state and the number of the last fact in it, 0 for none."""

    number: int
    state: State


class Folds:
    """States of streams, the least recently used forgotten first. May be used from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, str, Any]] = OrderedDict()
        self._lock = Lock()

    def read(self, reader: Reader, stream: str, folding: Folding[State]) -> Folded[State]:
        """Return the state of a stream as the reader sees it."""
        with self._lock:
            number, mac, state = self._kept.get(stream, (0, "", None))
        if number > 0:
            records = reader.load(stream, after=number - 1)
            if records and (records[0].number, records[0].mac) == (number, mac):
                return self._fold(stream, folding, records[1:], Folded(number, state))
        return self._fold(stream, folding, reader.load(stream), Folded(0, folding.initial()))

    def _fold(
        self, stream: str, folding: Folding[State], records: tuple[Recorded, ...], known: Folded[State]
    ) -> Folded[State]:
        number, state = known
        for record in records:
            number, state = record.number, folding.apply(state, record)
        if records:
            with self._lock:
                self._kept[stream] = (number, records[-1].mac, state)
                self._kept.move_to_end(stream)
                while len(self._kept) > FOLDS_KEPT_MAX:
                    self._kept.popitem(last=False)
        return Folded(number, state)
