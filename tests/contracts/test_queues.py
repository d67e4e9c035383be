"""Documents and slots that age, the queues of cases and the outbox, on every store."""

import pytest
from msgspec.structs import replace

from firstkey.ports.fact_store import Reader, Slot
from firstkey.ports.kinds import (
    FORGETTABLE_DOCUMENTS,
    FORGETTABLE_SLOTS,
    WRITE_ONCE_DOCUMENTS,
    DocumentKind,
    SlotKind,
)
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseIndex, CaseRow, OutboxItem
from firstkey.values.canonical import INTEGER_MAX
from firstkey.values.errors import Defect
from firstkey.values.instants import MINUTE
from tests.contracts.site import BEGINNING, Site, do, see


def put(site: Site, key: str, body: bytes, kind: DocumentKind = DocumentKind.PERSON) -> None:
    """Put a document."""
    do(site, lambda tx: tx.put_document(kind, key, body))


def project(site: Site, row: CaseRow) -> None:
    """Put a case into the queues."""
    do(site, lambda tx: tx.project(row))


CASE = CaseRow("case-1", "account-1", "person-1", "byod", "first_key", "proofing", 1, 100, 1)


def test_a_document_is_put_replaced_and_deleted(site: Site) -> None:
    """A document is found under its kind and key alone, and its last bytes count."""
    put(site, "p1", b"old")
    put(site, "p1", b"new")
    assert see(site, lambda reader: reader.document(DocumentKind.PERSON, "p1")) == b"new"
    assert see(site, lambda reader: reader.document(DocumentKind.ASSET, "p1")) is None
    do(site, lambda tx: tx.delete_document(DocumentKind.PERSON, "p1"))
    do(site, lambda tx: tx.delete_document(DocumentKind.PERSON, "p1"))
    assert see(site, lambda reader: reader.document(DocumentKind.PERSON, "p1")) is None


def test_documents_are_listed_by_prefix_in_pages(site: Site) -> None:
    """Pages by the last key give every document of a prefix once, in order of bytes, and no other."""
    keys = ["a", "p/", "p/1", "p/10", "p/2", "p/é", "q"]
    for key in keys:
        put(site, key, key.encode())
    put(site, "p/3", b"x", DocumentKind.ASSET)

    def view(reader: Reader) -> list[tuple[str, bytes]]:
        after, listed = "", list[tuple[str, bytes]]()
        while page := reader.documents(DocumentKind.PERSON, "p/", after=after, limit=2):
            listed += page
            after = page[-1][0]
        return listed

    assert see(site, view) == [(key, key.encode()) for key in ("p/", "p/1", "p/10", "p/2", "p/é")]


@pytest.mark.parametrize("kind", sorted(DocumentKind))
def test_evidence_is_written_once(site: Site, kind: DocumentKind) -> None:
    """A document that is named by what it says, or is evidence, takes no other bytes; the rest do."""
    put(site, "key", b"one", kind)
    put(site, "key", b"one", kind)
    if kind in WRITE_ONCE_DOCUMENTS:
        with pytest.raises(Defect):
            put(site, "key", b"two", kind)
    else:
        put(site, "key", b"two", kind)
    stands = b"one" if kind in WRITE_ONCE_DOCUMENTS else b"two"
    assert see(site, lambda reader: reader.document(kind, "key")) == stands


@pytest.mark.parametrize("kind", sorted(DocumentKind))
def test_only_what_ages_is_forgotten(site: Site, kind: DocumentKind) -> None:
    """Old documents of a forgettable kind go, as many as asked, and young ones stay; of another kind none ever goes."""
    for key in ("a", "b", "c"):
        put(site, key, b"x", kind)
    site.clock.pass_ms(MINUTE)
    put(site, "d", b"x", kind)
    if kind not in FORGETTABLE_DOCUMENTS:
        with pytest.raises(Defect):
            do(site, lambda tx: tx.forget_documents(kind, BEGINNING + MINUTE, 9))
        return
    assert [do(site, lambda tx: tx.forget_documents(kind, BEGINNING + MINUTE, 2)) for _ in range(3)] == [2, 1, 0]
    assert see(site, lambda reader: [key for key, _ in reader.documents(kind, limit=9)]) == ["d"]


@pytest.mark.parametrize("kind", sorted(SlotKind))
def test_only_slots_of_short_lived_things_are_forgotten(site: Site, kind: SlotKind) -> None:
    """Slots whose thing is refused by its own window go with age; those that keep things unique for ever stay."""
    do(site, lambda tx: tx.take(Slot(kind, "old"), "case-1"))
    site.clock.pass_ms(MINUTE)
    do(site, lambda tx: tx.take(Slot(kind, "new"), "case-1"))
    if kind in FORGETTABLE_SLOTS:
        assert do(site, lambda tx: tx.forget_slots(kind, BEGINNING + MINUTE, 9)) == 1
    else:
        with pytest.raises(Defect):
            do(site, lambda tx: tx.forget_slots(kind, BEGINNING + MINUTE, 9))
    held = see(site, lambda reader: [reader.holder(Slot(kind, key)) for key in ("old", "new")])
    assert held == [None if kind in FORGETTABLE_SLOTS else "case-1", "case-1"]


def test_cases_are_listed_by_what_comes_first_due(site: Site) -> None:
    """Pages by cursor give each case of a stage, account or person once, the first due first, ties by name."""
    rows = [replace(CASE, case=f"case-{n}", due_at=due) for n, due in enumerate((300, 100, INTEGER_MAX, 100))]
    rows.append(replace(CASE, case="other", stage="approval", account="account-2", person="person-2", path="path-2"))
    for row in rows:
        project(site, row)

    def view(reader: Reader) -> list[str]:
        after, listed = None, []
        while page := reader.cases(CaseIndex.STAGE, "proofing", after=after, limit=2):
            listed += [row.case for row in page]
            after = page[-1].cursor
        return listed

    assert see(site, view) == ["case-1", "case-3", "case-0", "case-2"]
    asked = [(CaseIndex.ACCOUNT, "account-2"), (CaseIndex.PERSON, "person-2"), (CaseIndex.STAGE, "approval")]
    asked.append((CaseIndex.PATH, "path-2"))
    assert see(site, lambda reader: [reader.cases(*index, limit=9) for index in asked]) == [(rows[-1],)] * 4
    assert len(see(site, lambda reader: reader.cases(CaseIndex.ALL, limit=9))) == 5


def test_a_case_is_listed_as_it_stands_now(site: Site) -> None:
    """A case projected again has one row, the last."""
    project(site, CASE)
    moved = replace(CASE, stage="approval", due_at=200, updated_at=2)
    project(site, moved)
    assert see(site, lambda reader: reader.cases(CaseIndex.ALL, limit=9)) == (moved,)
    assert see(site, lambda reader: reader.cases(CaseIndex.STAGE, "proofing", limit=9)) == ()


@pytest.mark.parametrize("limit", [0, PAGE_ROWS_MAX + 1])
def test_lists_have_a_maximum(site: Site, limit: int) -> None:
    """A page without rows, or of more than the maximum, is a defect of the caller."""
    with pytest.raises(Defect):
        see(site, lambda reader: reader.cases(CaseIndex.ALL, limit=limit))
    with pytest.raises(Defect):
        see(site, lambda reader: reader.documents(DocumentKind.PERSON, limit=limit))


def due(site: Site, now: int = BEGINNING) -> list[bytes]:
    """Return the bodies of what is due."""
    return [queued.item.body for queued in see(site, lambda reader: reader.outbox_due(now, 9))]


def test_effects_are_due_in_order_in_each_lane(site: Site) -> None:
    """Of each lane one effect is due at a time, the oldest; lanes do not wait for each other."""
    items = [OutboxItem("a", "send", b"a1"), OutboxItem("a", "send", b"a2"), OutboxItem("b", "send", b"b1")]
    sequences = do(site, lambda tx: [tx.enqueue(item) for item in items])
    assert due(site) == [b"a1", b"b1"]
    do(site, lambda tx: tx.outbox_done(sequences[0]))
    assert due(site) == [b"a2", b"b1"]


def test_an_effect_tried_in_vain_holds_up_its_lane(site: Site) -> None:
    """Until its next time comes nothing of its lane is due; attempts are counted."""
    first, _ = do(site, lambda tx: [tx.enqueue(OutboxItem("a", "send", body)) for body in (b"a1", b"a2")])
    do(site, lambda tx: tx.outbox_again(first, BEGINNING + MINUTE))
    assert due(site) == []
    assert due(site, BEGINNING + MINUTE) == [b"a1"]
    assert see(site, lambda reader: reader.outbox_due(BEGINNING + MINUTE, 9)[0].attempts) == 1


def test_a_recall_outranks_what_came_before_it(site: Site) -> None:
    """An outranking effect goes before everything in its lane, and after outranking ones before it."""
    do(site, lambda tx: tx.enqueue(OutboxItem("a", "send", b"a1")))
    do(site, lambda tx: [tx.enqueue(OutboxItem("a", "recall", body, outranks=True)) for body in (b"r1", b"r2")])
    assert due(site) == [b"r1"]


def test_numbers_of_effects_are_never_used_again(site: Site) -> None:
    """An effect's number tells it from all that ever were, also after they are gone and the site was opened again."""
    first = do(site, lambda tx: tx.enqueue(OutboxItem("a", "send", b"1")))
    do(site, lambda tx: tx.outbox_done(first))
    site.reopen()
    assert do(site, lambda tx: tx.enqueue(OutboxItem("a", "send", b"2"))) > first
