"""What the writer remembers of streams: layers that follow commits, and a bound."""

from firstkey.ledger.entry import Activity, Head
from firstkey.ports.fact_store import Recorded
from firstkey.storage.chains import Chain, Chains


def chain(length: int, *, loaded: bool = True) -> Chain:
    """Return a chain of some length."""
    facts = tuple(
        Recorded("a", n, "ThingHappened", 0, b"{}", f"{n:064x}", Activity.SYSTEM) for n in range(1, length + 1)
    )
    return Chain(Head(length, bytes.fromhex(f"{length:064x}")), facts if loaded else None)


def test_the_least_recently_used_stream_is_forgotten_first() -> None:
    """Over the maximum of facts the stream longest not asked for goes; the newest stays, however long."""
    chains = Chains(10)
    for stream in ("a", "b", "c"):
        chains.learn(stream, chain(2))
    assert chains.find("a") is not None
    chains.learn("d", chain(3))
    assert [stream for stream in "abcd" if chains.find(stream)] == ["a", "c", "d"]
    chains.learn("e", chain(99))
    assert [stream for stream in "abcde" if chains.find(stream)] == ["e"]


def test_a_stream_without_its_facts_counts_as_one() -> None:
    """Heads alone take little room, but room."""
    chains = Chains(3)
    for stream in ("a", "b", "c", "d"):
        chains.learn(stream, chain(50, loaded=False))
    assert [stream for stream in "abcd" if chains.find(stream)] == ["b", "c", "d"]


def test_a_change_moves_down_when_its_work_and_its_group_end_well() -> None:
    """What a work changed is seen by itself, then by its group, then by all; dropped, it is seen by nobody."""
    for work_well, group_well, expected in ((True, True, 2), (True, False, 1), (False, True, 1)):
        chains = Chains(100)
        chains.learn("a", chain(1))
        chains.change("a", chain(2))
        assert chains.find("a") == chain(2)
        chains.work_ended(well=work_well)
        assert chains.find("a") == chain(2 if work_well else 1)
        chains.group_ended(well=group_well)
        assert chains.find("a") == chain(expected)


def test_what_is_read_of_a_changed_stream_stays_in_its_layer() -> None:
    """A stream loaded after a change of this group is forgotten with the group, not taken for committed."""
    chains = Chains(100)
    chains.change("a", chain(2, loaded=False))
    chains.learn("a", chain(2))
    chains.work_ended(well=True)
    chains.learn("a", chain(2))
    chains.group_ended(well=False)
    assert chains.find("a") is None


def test_an_extended_chain_stands_at_its_last_fact() -> None:
    """Facts are added to those that were loaded, and to none where none were."""
    more = chain(3).facts or ()
    assert chain(1).extended(more[1:]) == chain(3)
    assert chain(1, loaded=False).extended(more[1:]) == chain(3, loaded=False)
