"""Documents are sealed under the key that facts are sealed with, which the database does not hold."""

from typing import Any

import pytest

from firstkey.ports.fact_store import answer
from firstkey.ports.kinds import DocumentKind
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld

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
