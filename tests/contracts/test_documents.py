"""Documents are sealed under the key that facts are sealed with, which the database does not hold."""

from typing import Any

import pytest

from firstkey.ports.fact_store import StoreReason, Transaction, answer
from firstkey.ports.kinds import DocumentKind
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld
from tests.contracts.site import Site, do

PERSON, SESSION = DocumentKind.PERSON, DocumentKind.SESSION


def _rows(world: SiteWorld) -> dict[Any, Any]:
    documents: dict[Any, Any] = world.store._rows.tables["documents"]
    return documents


def _edited(stored: bytes) -> bytes:
    return stored.replace(b'"active":true', b'"active":frue')


@pytest.mark.parametrize(
    "bend",
    [
        lambda key, row: (key, (_edited(row[0]), row[1])),
        lambda key, row: ((PERSON, "person:somebody-else"), row),
        lambda key, row: ((SESSION, key[1]), row),
        lambda key, row: (key, (row[0][32:], row[1])),
        lambda key, row: (key, (b"", row[1])),
    ],
    ids=["edited", "under another key", "of another kind", "without its seal", "emptied"],
)
def test_a_document_changed_behind_the_stores_back_is_refused(bend: Any) -> None:
    """Read as it was written it is returned; edited, moved or planted it is a broken chain."""
    world = SiteWorld()
    world.record_joiner()
    known = (PERSON, "person:p-100")
    assert answer(world.store.execute(lambda tx: tx.document(*known)), 5) is not None
    (kind, key), row = bend(known, _rows(world)[known])
    _rows(world)[kind, key] = row
    with pytest.raises(Refused) as caught:
        answer(world.store.execute(lambda tx: tx.document(kind, key)), 5)
    assert caught.value.type == "chain-broken"


def test_a_work_sees_what_it_has_made_of_a_document(site: Site) -> None:
    """Read before and after each change within one work, a document is as the work left it; undone, as it was."""
    kind, key = DocumentKind.SESSION, "session-1"

    def work(tx: Transaction) -> list[bytes | None]:
        seen = [tx.document(kind, key)]
        tx.put_document(kind, key, b"one")
        seen.append(tx.document(kind, key))
        tx.put_document(kind, key, b"two")
        seen.append(tx.document(kind, key))
        tx.delete_document(kind, key)
        seen.append(tx.document(kind, key))
        tx.put_document(kind, key, b"three")
        tx.forget_documents(kind, tx.now + 1, 10)
        return [*seen, tx.document(kind, key)]

    def undone(tx: Transaction) -> None:
        tx.put_document(kind, key, b"never")
        assert tx.document(kind, key) == b"never"
        raise Refused(StoreReason.TooLate)

    assert do(site, work) == [None, b"one", b"two", None, None]
    do(site, lambda tx: tx.put_document(kind, key, b"four"))
    with pytest.raises(Refused):
        do(site, undone)
    assert do(site, lambda tx: tx.document(kind, key)) == b"four"
