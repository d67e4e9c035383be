"""The promises of `ports.fact_store`, on every store."""

import asyncio
import threading
from typing import Any

import pytest

from firstkey.ledger.refusals import LedgerReason
from firstkey.ports.fact_store import (
    ATTEMPTS_MAX,
    Conflict,
    NewFact,
    Reader,
    Slot,
    SlotTaken,
    StoreReason,
    Transaction,
    answer,
    answer_async,
)
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import CaseIndex, CaseRow, OutboxItem
from firstkey.values.errors import Defect, Malformed, Refused, Unavailable
from tests.contracts.site import BEGINNING, Site, appending, do, fact, judged, see, taking

PLACE = Slot(SlotKind.LIVE_PASS, "account-1")


def test_facts_are_numbered_from_1_and_come_back_as_they_were(site: Site) -> None:
    """Numbers of a stream are dense from 1, whatever other streams do, and a fact comes back byte for byte."""
    first = do(site, appending("case-1", 10, 11))
    do(site, appending("case-2", 20))
    second = do(site, appending("case-1", 12))
    stored = see(site, lambda reader: reader.load("case-1"))
    assert [recorded.number for recorded in stored] == [1, 2, 3]
    assert stored == (*first, *second)
    assert (stored[0].body, stored[0].at, stored[0].kind) == (b'{"value":10}', BEGINNING, "ThingHappened")


def test_a_stream_is_read_from_a_number_on(site: Site) -> None:
    """`load` leaves out what the reader has already; an unknown stream is empty and its head is 0."""
    do(site, appending("case-1", 1, 2, 3))
    assert [recorded.number for recorded in do(site, lambda tx: tx.load("case-1", after=2))] == [3]
    assert (see(site, lambda reader: reader.head("case-1")), see(site, lambda reader: reader.head("none"))) == (3, 0)
    assert see(site, lambda reader: reader.load("none")) == ()


def test_a_work_sees_what_it_appended(site: Site) -> None:
    """Inside a work, `load` and `head` include what the work itself appended, loaded before or not."""

    def work(tx: Transaction) -> tuple[int, int, int]:
        tx.append("case-1", 1, [fact(2)])
        seen = len(tx.load("case-1"))
        tx.append("case-1", 2, [fact(3)])
        return seen, len(tx.load("case-1")), tx.head("case-1")

    do(site, appending("case-1", 1))
    assert do(site, work) == (2, 3, 3)


def test_everything_of_a_work_commits_or_nothing(site: Site) -> None:
    """A work that raises leaves no fact, slot, document or verifier behind, and its error is the answer."""

    def work(tx: Transaction) -> None:
        tx.append("case-1", 0, [fact(1), fact(2)])
        tx.take(PLACE, "case-1")
        tx.put_document(DocumentKind.PERSON, "p", b"x")
        tx.put_verifier("pass-1", b"v")
        raise Refused(StoreReason.TooLate, "on purpose")

    with pytest.raises(Refused, match="on purpose"):
        do(site, work)
    assert see(site, lambda r: (r.load("case-1"), r.holder(PLACE), r.document(DocumentKind.PERSON, "p"))) == (
        (),
        None,
        None,
    )
    assert answer(site.verifiers().read("pass-1"), 5) is None
    assert [recorded.number for recorded in do(site, appending("case-1", 3))] == [1]
    assert judged(site).entries == 1


def test_what_a_failing_work_changed_is_put_back(site: Site) -> None:
    """A work that raises after it replaced, deleted and freed what stood there leaves it as it stood."""

    def view(reader: Reader) -> list[Any]:
        cases, effects = reader.cases(CaseIndex.ALL, limit=9), reader.outbox_due(BEGINNING, 9)
        return [reader.holder(PLACE), reader.documents(DocumentKind.PERSON, limit=9), cases, effects]

    def prepare(tx: Transaction) -> int:
        tx.put_document(DocumentKind.PERSON, "kept", b"old")
        tx.put_document(DocumentKind.PERSON, "deleted", b"old")
        tx.put_verifier("pass-1", b"v")
        tx.project(CaseRow("case-1", "a", "p", "byod", "first_key", "proofing", 1, 2, 3))
        return tx.enqueue(OutboxItem("a", "send", b"x"))

    def failing(tx: Transaction) -> None:
        tx.free(PLACE, "case-1")
        tx.put_document(DocumentKind.PERSON, "kept", b"new")
        tx.delete_document(DocumentKind.PERSON, "deleted")
        tx.destroy_verifier("pass-1")
        tx.project(CaseRow("case-1", "a", "p", "byod", "first_key", "approval", 1, 2, 4))
        tx.outbox_again(sequence, BEGINNING + 1)
        tx.outbox_done(sequence)
        raise Refused(StoreReason.TooLate, "on purpose")

    do(site, taking(PLACE, "case-1"))
    sequence = do(site, prepare)
    before = see(site, view)
    with pytest.raises(Refused, match="on purpose"):
        do(site, failing)
    assert see(site, view) == before
    assert answer(site.verifiers().read("pass-1"), 5) == b"v"


def test_a_stale_number_is_tried_again_and_then_unavailable(site: Site) -> None:
    """A work that insists on a number that has passed is called ATTEMPTS_MAX times; then it is unavailable."""
    calls = []

    def work(tx: Transaction) -> None:
        calls.append(tx.now)
        tx.append("case-1", 0, [fact(2)])

    do(site, appending("case-1", 1))
    with pytest.raises(Conflict) as caught:
        do(site, work)
    assert isinstance(caught.value, Unavailable)
    assert len(calls) == ATTEMPTS_MAX


def test_a_conflict_decided_again_succeeds(site: Site) -> None:
    """A work that reads again after a conflict, decides on what stands now."""
    seen = [0]

    def work(tx: Transaction) -> int:
        after, seen[0] = seen[0], tx.head("case-1")
        return tx.append("case-1", after, [fact(2)])[0].number

    do(site, appending("case-1", 1))
    assert do(site, work) == 2


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(NewFact("PassIssued", b"{}", fact().activity), id="a pass outside enrollment"),
        pytest.param(NewFact("ThingHappened", b'{"b":1, "a":2}', fact().activity), id="no canonical body"),
        pytest.param(NewFact("thing", b"{}", fact().activity), id="no fact's name"),
        pytest.param(NewFact("ThingHappened", b'"' + b"x" * 65_536 + b'"', fact().activity), id="too long"),
    ],
)
def test_a_fact_that_the_ledger_cannot_hold_is_refused(site: Site, bad: NewFact) -> None:
    """What cannot stand in the ledger fails its own work, not the ledger."""
    with pytest.raises(Malformed):
        do(site, lambda tx: tx.append("case-1", 0, [fact(1), bad]))
    do(site, appending("case-1", 1))
    assert judged(site).streams == {"case-1": 1}


def test_a_slot_has_one_holder(site: Site) -> None:
    """A taken slot is refused with its holder's name, to the holder too, until the holder frees it."""
    do(site, taking(PLACE, "case-1"))
    for stream in ("case-2", "case-1"):
        with pytest.raises(SlotTaken) as caught:
            do(site, taking(PLACE, stream))
        assert (caught.value.holder, caught.value.slot, caught.value.type) == ("case-1", PLACE, "slot-taken")
    do(site, lambda tx: tx.take(Slot(SlotKind.OPEN_CASE, "account-1"), "case-2"))
    do(site, lambda tx: tx.free(PLACE, "case-1"))
    do(site, lambda tx: tx.take(PLACE, "case-2"))
    assert see(site, lambda reader: reader.holder(PLACE)) == "case-2"


def test_only_the_holder_frees_a_slot(site: Site) -> None:
    """Freeing a slot that another stream holds, or nobody, is a defect and changes nothing."""
    do(site, lambda tx: tx.take(PLACE, "case-1"))
    with pytest.raises(Defect):
        do(site, lambda tx: tx.free(PLACE, "case-2"))
    with pytest.raises(Defect):
        do(site, lambda tx: tx.free(Slot(SlotKind.LIVE_PASS, "nobody"), "case-2"))
    assert see(site, lambda reader: reader.holder(PLACE)) == "case-1"


def test_an_expired_holder_is_freed_in_the_same_transaction(site: Site) -> None:
    """A work may end the old holder in its own stream, free its slot and take it, all at once."""
    do(site, taking(PLACE, "case-1"))

    def work(tx: Transaction) -> None:
        holder = tx.holder(PLACE)
        assert holder is not None
        tx.append(holder, tx.head(holder), [fact(9, "ThingExpired")])
        tx.free(PLACE, holder)
        tx.take(PLACE, "case-2")

    do(site, work)
    assert see(site, lambda r: (r.head("case-1"), r.holder(PLACE))) == (2, "case-2")


def test_of_works_racing_for_a_slot_one_wins(site: Site) -> None:
    """Of 32 works that take one slot from 8 threads at once, exactly one does."""
    start = threading.Barrier(8)
    ended: list[Any] = []

    def race(runner: int) -> None:
        start.wait()
        for turn in range(4):
            stream = f"case-{runner}-{turn}"
            try:
                do(site, taking(PLACE, stream))
            except SlotTaken as refusal:
                ended.append(refusal)
            else:
                ended.append(stream)

    runners = [threading.Thread(target=race, args=(runner,)) for runner in range(8)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    winners = [end for end in ended if isinstance(end, str)]
    assert (len(ended), winners) == (32, [see(site, lambda reader: reader.holder(PLACE))])
    assert judged(site).streams == {winners[0]: 1}


def test_appends_from_many_threads_leave_dense_numbers(site: Site) -> None:
    """Whoever appends at the same time, each number of a stream and each index of the ledger is given once."""
    runners = [threading.Thread(target=lambda: [do(site, appending("case-1", 1)) for _ in range(10)]) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert see(site, lambda reader: [recorded.number for recorded in reader.load("case-1")]) == list(range(1, 41))
    assert judged(site).streams == {"case-1": 40}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"body": b'{"value":7}'}, id="another body"),
        pytest.param({"at": 1}, id="another time"),
        pytest.param({"kind": "ThingUndone"}, id="another kind"),
        pytest.param({"mac": "0" * 64}, id="another mac"),
        pytest.param({"mac": "é"}, id="no mac"),
        pytest.param({"number": 9}, id="another number"),
        pytest.param({"stream": "case-2"}, id="moved to another stream"),
    ],
)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_edited_fact_stops_the_fold(site: Site, number: int, changes: dict[str, Any]) -> None:
    """Any edit behind the store's back is found when the stream is loaded, by a reader and by a work; others go on."""
    do(site, appending("case-1", 1, 2, 3))
    do(site, appending("other", 1))
    assert len(do(site, lambda tx: tx.load("case-1"))) == 3
    site.edit_fact("case-1", number, changes)
    for ask in (see, do):
        with pytest.raises(Refused) as caught:
            ask(site, lambda reader: reader.load("case-1"))
        assert caught.value.reason is LedgerReason.ChainBroken
    assert see(site, lambda reader: reader.head("other")) == 1


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_cut_stream_stops_the_fold(site: Site, number: int) -> None:
    """A fact deleted behind the store's back is missed, be it the last; nothing can be appended after a cut."""
    do(site, appending("case-1", 1, 2, 3))
    site.cut_fact("case-1", number)
    with pytest.raises(Refused) as caught:
        do(site, lambda tx: tx.load("case-1"))
    assert caught.value.reason is LedgerReason.ChainBroken
    if number > 1:
        with pytest.raises(Refused) as caught:
            do(site, appending("case-1", 4))
        assert caught.value.reason is LedgerReason.ChainBroken


def test_a_work_must_not_call_the_store(site: Site) -> None:
    """A work that calls its own store is told so, instead of waiting for itself."""
    with pytest.raises(Defect):
        do(site, lambda _: site.store.execute(lambda _: None))
    assert do(site, lambda tx: tx.now) == BEGINNING


def test_a_reader_cannot_write(site: Site) -> None:
    """What a view is given has no way to write."""
    for word in ("append", "take", "free", "put_document", "put_verifier", "project", "enqueue"):
        assert word not in see(site, dir)


def test_what_is_committed_survives_the_store(site: Site) -> None:
    """Facts, slots and documents are there when the site is opened again, and appends go on after them."""
    do(site, taking(PLACE, "case-1"))
    site.reopen()
    assert do(site, lambda tx: (tx.head("case-1"), tx.holder(PLACE))) == (1, "case-1")
    assert [recorded.number for recorded in do(site, appending("case-1", 2))] == [2]
    assert judged(site).streams == {"case-1": 2}


def test_a_closed_store_is_unavailable(site: Site) -> None:
    """After `close`, which may be called twice, works and views are refused as unavailable."""
    site.close()
    site.close()
    with pytest.raises(Unavailable):
        site.store.execute(lambda _: None)
    with pytest.raises(Unavailable):
        site.store.read(lambda _: None)


def test_answers_come_to_an_event_loop(site: Site) -> None:
    """From asyncio many works are awaited at once, and a refusal comes as the exception it is."""

    async def ask() -> list[Any]:
        works: list[Any] = [site.store.execute(appending("case-1", value)) for value in range(20)]
        works.append(site.store.execute(lambda tx: tx.free(PLACE, "nobody")))
        return await asyncio.gather(*(answer_async(work, 30) for work in works), return_exceptions=True)

    *recorded, refused = asyncio.run(ask())
    assert sorted(facts[0].number for facts in recorded) == list(range(1, 21))
    assert isinstance(refused, Defect)
