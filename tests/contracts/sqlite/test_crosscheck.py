"""The rows beside the leaves: whoever moves an entry's row to hide that a stream was cut is found when a site opens."""

from contextlib import closing

import pytest

from firstkey.storage.refusals import StorageReason
from firstkey.storage.sqlite.connection import open_reader
from firstkey.storage.sqlite.crosscheck import check_places
from firstkey.values.errors import Refused
from tests.contracts.site import SqliteSite, appending, do, see


def places(site: SqliteSite) -> None:
    """Check the rows of a site's entries."""
    with closing(open_reader(site.folder)) as connection:
        check_places(connection)


def test_entries_that_stand_where_their_leaves_say_are_fine(sqlite_site: SqliteSite) -> None:
    """What the store has written passes, an empty ledger too."""
    places(sqlite_site)
    do(sqlite_site, appending("a", 1, 2, 3))
    do(sqlite_site, appending("b", 1))
    places(sqlite_site)


def test_a_stream_put_back_with_its_entries_rows_moved_is_found(sqlite_site: SqliteSite) -> None:
    """A fact cut off its stream, and its entry's row moved elsewhere: the stream reads as whole, the places do not."""
    do(sqlite_site, appending("a", 1, 2))
    do(sqlite_site, appending("b", 1))
    sqlite_site.close()
    sqlite_site.sql("DELETE FROM facts WHERE stream = 'a' AND number = 2")
    sqlite_site.sql("UPDATE entries SET stream = 'c' WHERE stream = 'a' AND number = 2")
    sqlite_site.store = sqlite_site.open()
    assert see(sqlite_site, lambda reader: len(reader.load("a"))) == 1, "what is read alone shows nothing"
    with pytest.raises(Refused) as caught:
        places(sqlite_site)
    assert (caught.value.reason, caught.value.detail) == (StorageReason.FactsDiffer, "entry 1")
