"""States kept in memory: never believed, only compared, and forgotten in order."""

import pytest

from firstkey.actions import folds
from firstkey.actions.folds import Folding, Folds
from firstkey.actions.reasons import ActionReason
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import NewFact, Recorded, Transaction
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld

STREAM = "test"


class Counting:
    """A folding that lists the bodies of facts, and counts how many it was given."""

    def __init__(self) -> None:
        self.applied = 0
        self.folding: Folding[tuple[bytes, ...]] = Folding(tuple, self._apply)

    def _apply(self, state: tuple[bytes, ...], record: Recorded) -> tuple[bytes, ...]:
        self.applied += 1
        return (*state, record.body)


def add(world: SiteWorld, body: bytes, stream: str = STREAM) -> None:
    """Append a fact."""

    def work(tx: Transaction) -> None:
        tx.append(stream, tx.head(stream), [NewFact("Happened", body, Activity.SYSTEM)])

    world.store.execute(work).result()


def read(world: SiteWorld, kept: Folds, counting: Counting, stream: str = STREAM) -> tuple[int, tuple[bytes, ...]]:
    """Read a stream's state."""
    found = world.store.read(lambda reader: kept.read(reader, stream, counting.folding)).result()
    return found.number, found.state


def test_only_what_is_new_is_folded() -> None:
    """A second look applies nothing, a further fact is applied alone, and an empty stream is the initial state."""
    world, kept, counting = SiteWorld(), Folds(), Counting()
    assert read(world, kept, counting) == (0, ())
    add(world, b"1")
    add(world, b"2")
    assert read(world, kept, counting) == (2, (b"1", b"2"))
    assert read(world, kept, counting) == (2, (b"1", b"2"))
    assert counting.applied == 2
    add(world, b"3")
    assert read(world, kept, counting) == (3, (b"1", b"2", b"3"))
    assert counting.applied == 3


def test_a_state_of_facts_that_were_undone_is_not_believed() -> None:
    """What a lost transaction had appended is gone from the next answer, though another fact has its number."""
    world, kept, counting = SiteWorld(), Folds(), Counting()
    add(world, b"1")

    def lost(tx: Transaction) -> None:
        tx.append(STREAM, 1, [NewFact("Happened", b"2", Activity.SYSTEM)])
        assert kept.read(tx, STREAM, counting.folding).state == (b"1", b"2")
        raise Refused(ActionReason.NotFound)

    with pytest.raises(Refused):
        world.store.execute(lost).result()
    assert read(world, kept, counting) == (1, (b"1",))
    add(world, b"3")
    assert read(world, kept, counting) == (2, (b"1", b"3"))


def test_another_stores_state_is_not_believed() -> None:
    """The same stream and number in another site leads to that site's state."""
    first, second, kept, counting = SiteWorld(), SiteWorld(), Folds(), Counting()
    add(first, b"1")
    add(second, b"2")
    assert read(first, kept, counting) == (1, (b"1",))
    assert read(second, kept, counting) == (1, (b"2",))


def test_the_least_recently_used_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit a stream is folded again, and the answer is the same."""
    monkeypatch.setattr(folds, "FOLDS_KEPT_MAX", 2)
    world, kept, counting = SiteWorld(), Folds(), Counting()
    for name in ("a", "b", "c"):
        add(world, f'"{name}"'.encode(), name)
        read(world, kept, counting, name)
    assert counting.applied == 3
    assert read(world, kept, counting, "c") == (1, (b'"c"',))
    assert counting.applied == 3
    assert read(world, kept, counting, "a") == (1, (b'"a"',))
    assert counting.applied == 4
