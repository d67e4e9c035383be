"""The lock and the published checkpoint beside the database, and what is refused when a site is opened."""

import stat
import sys
from pathlib import Path
from subprocess import run

import pytest
import structlog

from firstkey.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from firstkey.ledger.note import SignatureType, signer_from
from firstkey.ledger.refusals import LedgerReason
from firstkey.storage.refusals import StorageReason
from firstkey.storage.signing import LocalCheckpointSigner, LocalFactMac
from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.storage.sqlite.site_files import CHECKPOINT_FILE, LOCK_FILE
from firstkey.storage.sqlite.store import SqliteFactStore
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret
from tests.contracts.site import MAC_KEY, ORIGIN, SIGNER, SqliteSite, appending, checkpoint, do, judged, see

OPEN_ELSEWHERE = """
import sys
from pathlib import Path
from firstkey.storage.sqlite.site_files import SiteLock
from firstkey.values.errors import Refused
try:
    SiteLock(Path(sys.argv[1]))
except Refused as refusal:
    sys.exit(refusal.type)
"""


OTHER_KEY = signer_from(ORIGIN, SignatureType.ED25519, Secret(b"o" * 32))
OTHER_NAME = signer_from("another.example/ledger", SignatureType.ED25519, Secret(b"s" * 32))


def published(site: SqliteSite) -> Checkpoint:
    """Return the published checkpoint, its signature verified."""
    return open_checkpoint((site.folder / CHECKPOINT_FILE).read_bytes(), [SIGNER.verifier])


def test_a_site_is_held_by_one_process(sqlite_site: SqliteSite) -> None:
    """A second opener, here or in another process, is refused clearly until the first lets go."""
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.SiteInUse
    command = [sys.executable, "-c", OPEN_ELSEWHERE, str(sqlite_site.folder)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    told = run(command, env=environment, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr.strip()) == (1, "site-in-use")
    sqlite_site.close()
    assert run(command, env=environment, capture_output=True, text=True, check=False).returncode == 0


def test_the_database_is_for_its_owner(sqlite_site: SqliteSite) -> None:
    """Nobody but the owner may read the database, its log, or the lock."""
    do(sqlite_site, appending("a", 1))
    private = [*sqlite_site.folder.glob(f"{DATABASE_FILE}*"), sqlite_site.folder / LOCK_FILE]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert len(private) == 4


def test_the_published_checkpoint_is_the_committed_one(sqlite_site: SqliteSite) -> None:
    """Once the writer rests, the file holds the signed head of all entries, and nothing else is left lying about."""
    for number in range(1, 6):
        do(sqlite_site, appending("a", number))
        committed = checkpoint(sqlite_site)
        sqlite_site.close()
        assert published(sqlite_site) == committed
        assert committed.size == number
        sqlite_site.store = sqlite_site.open()
    sqlite_site.close()
    assert sorted(path.name for path in sqlite_site.folder.glob("checkpoint*")) == [CHECKPOINT_FILE]


def test_a_checkpoint_that_cannot_be_published_undoes_nothing(sqlite_site: SqliteSite) -> None:
    """When the file cannot be replaced the commit stands and is answered; the next start publishes it."""
    new = sqlite_site.folder / "checkpoint.new"
    new.mkdir()
    assert [do(sqlite_site, appending("a", number))[0].number for number in (1, 2)] == [1, 2]
    sqlite_site.close()
    assert not (sqlite_site.folder / CHECKPOINT_FILE).exists()
    new.rmdir()
    sqlite_site.store = sqlite_site.open()
    assert published(sqlite_site).size == 2


def test_a_store_older_than_its_head_is_not_opened(sqlite_site: SqliteSite) -> None:
    """A database put back from a copy is behind the published head: refused, but for the fence."""
    do(sqlite_site, appending("a", 1))
    sqlite_site.close()
    copy = (sqlite_site.folder / DATABASE_FILE).read_bytes()
    sqlite_site.store = sqlite_site.open()
    do(sqlite_site, appending("a", 2))
    sqlite_site.close()
    (sqlite_site.folder / DATABASE_FILE).write_bytes(copy)
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.StoreOlderThanHead
    head = (sqlite_site.folder / CHECKPOINT_FILE).read_bytes()
    sqlite_site.store = sqlite_site.open(unsafe_older_than_head=True)
    for number in range(3):
        do(sqlite_site, appending("b", number))
    assert judged(sqlite_site).entries == 4
    sqlite_site.close()
    assert (sqlite_site.folder / CHECKPOINT_FILE).read_bytes() == head, "the fence publishes nothing over it"
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.StoreForked, "grown beyond the head, it is still another ledger"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"nothing of the kind", StorageReason.CheckpointForeign, id="no checkpoint"),
        pytest.param(b"", StorageReason.CheckpointForeign, id="empty"),
        pytest.param(None, StorageReason.CheckpointForeign, id="another key's"),
    ],
)
def test_a_published_checkpoint_of_another_ledger_is_told(
    sqlite_site: SqliteSite, tmp_path: Path, content: bytes | None, reason: StorageReason
) -> None:
    """What stands in the file must be a head that the ledger's key has signed."""
    do(sqlite_site, appending("a", 1))
    sqlite_site.close()
    other = sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), OTHER_KEY, None, ())
    (sqlite_site.folder / CHECKPOINT_FILE).write_bytes(other if content is None else content)
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is reason


def test_a_missing_published_checkpoint_is_told_and_made_again(sqlite_site: SqliteSite) -> None:
    """Without the file nothing shows that the database is the newest: the log says so, and the site starts."""
    do(sqlite_site, appending("a", 1))
    sqlite_site.close()
    (sqlite_site.folder / CHECKPOINT_FILE).unlink()
    with structlog.testing.capture_logs() as logs:
        sqlite_site.store = sqlite_site.open()
    assert [line["event"] for line in logs] == ["checkpoint_missing"]
    assert published(sqlite_site).size == 1


@pytest.mark.parametrize(
    ("signer", "reason"),
    [
        pytest.param("OTHER_KEY", StorageReason.LedgerKeyDiffers, id="another key"),
        pytest.param("OTHER_NAME", StorageReason.LedgerNameDiffers, id="another name"),
    ],
)
def test_a_ledger_under_another_key_or_name_is_not_opened(
    sqlite_site: SqliteSite, signer: str, reason: StorageReason
) -> None:
    """The last head must have been signed by the key that is here, under the name that the site has."""
    do(sqlite_site, appending("a", 1))
    sqlite_site.close()
    (sqlite_site.folder / CHECKPOINT_FILE).unlink()
    with pytest.raises(Refused) as caught:
        SqliteFactStore(
            sqlite_site.folder, LocalFactMac(MAC_KEY), LocalCheckpointSigner(globals()[signer]), sqlite_site.clock
        )
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE hashes SET hash = zeroblob(32) WHERE level = 0 AND "index" = 2',
        'DELETE FROM hashes WHERE level = 0 AND "index" = 2',
        'DELETE FROM entries WHERE "index" = 2',
        "DELETE FROM checkpoints WHERE size = 3",
        "INSERT INTO checkpoints SELECT 4, note FROM checkpoints WHERE size = 3",
    ],
)
def test_a_tree_that_does_not_lead_to_its_head_is_not_opened(sqlite_site: SqliteSite, statement: str) -> None:
    """The last entries, their hashes and the head must agree when a site is opened."""
    for number in range(3):
        do(sqlite_site, appending("a", number))
    sqlite_site.close()
    sqlite_site.sql(statement)
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.TreeBroken


def test_another_schema_is_not_opened(sqlite_site: SqliteSite) -> None:
    """A database of another version, or of another program, is refused and left as it is."""
    sqlite_site.close()
    sqlite_site.sql("UPDATE site SET value = 99 WHERE name = 'schema'")
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.SchemaNewer
    sqlite_site.sql("UPDATE site SET value = 0 WHERE name = 'schema'")
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.SchemaOlder
    sqlite_site.sql("DROP TABLE site")
    with pytest.raises(Refused) as caught:
        sqlite_site.open()
    assert caught.value.reason is StorageReason.SchemaUnknown


def test_a_garbled_activity_stops_the_fold(sqlite_site: SqliteSite) -> None:
    """A stored fact of an activity that does not exist is refused as a broken chain."""
    do(sqlite_site, appending("a", 1))
    sqlite_site.edit_fact("a", 1, {"activity": "nothing"})
    with pytest.raises(Refused) as caught:
        see(sqlite_site, lambda reader: reader.load("a"))
    assert caught.value.reason is LedgerReason.ChainBroken
