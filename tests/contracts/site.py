"""A site to try stores on: its clock, its keys, a store of either kind, and somebody who edits behind its back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from firstkey.ledger.checkpoint import Checkpoint, open_checkpoint
from firstkey.ledger.entry import Activity
from firstkey.ledger.note import SignatureType, signer_from
from firstkey.ledger.verify import Verdict, judge
from firstkey.ports.fact_store import FactStore, NewFact, Reader, Recorded, Slot, Transaction, answer
from firstkey.ports.verifiers import VerifierReader
from firstkey.storage.memory import MemoryFactStore
from firstkey.storage.signing import LocalCheckpointSigner, LocalFactMac
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_writer
from firstkey.storage.sqlite.store import SqliteFactStore
from firstkey.storage.timekeeper import Timekeeper
from firstkey.storage.verifiers import MemoryVerifierReader, SqliteVerifierReader
from firstkey.values import canonical
from firstkey.values.secret import Secret

ORIGIN = "ledger.example/site"
MAC_KEY = Secret(b"m" * 32)
SIGNER = signer_from(ORIGIN, SignatureType.ED25519, Secret(b"s" * 32))
BEGINNING = 1_800_000_000_000
PATIENCE_SECONDS = 30


class SettableClock:
    """A clock that stands until it is moved. `ticks` milliseconds pass at each reading of the time."""

    def __init__(self) -> None:
        self.told = BEGINNING
        self.counted = 5_000
        self.ticks = 0

    def now(self) -> int:
        """Return the time told, and move on by `ticks`."""
        self.pass_ms(self.ticks)
        return self.told

    def monotonic(self) -> int:
        """Return the time counted."""
        return self.counted

    def pass_ms(self, duration: int) -> None:
        """Let time pass for both clocks."""
        self.told += duration
        self.counted += duration

    def set_by_ms(self, difference: int) -> None:
        """Set the clock that can be set."""
        self.told += difference


class Site(Protocol):
    """A site with an open store."""

    clock: SettableClock

    @property
    def store(self) -> FactStore:
        """The store."""

    def reopen(self) -> None:
        """Close the store, if it is open, and open it again: nothing is remembered but what is stored."""

    def close(self) -> None:
        """Close the store."""

    def edit_fact(self, stream: str, number: int, changes: dict[str, Any]) -> None:
        """Change fields of a stored fact behind the store's back."""

    def cut_fact(self, stream: str, number: int) -> None:
        """Delete a stored fact behind the store's back."""

    def verifiers(self) -> VerifierReader:
        """Return the reader of verifiers."""


class SqliteSite:
    """A site in a folder."""

    def __init__(self, folder: Path, connect: Callable[[Path], sqlite3.Connection] = open_writer) -> None:
        self.folder = folder
        self.clock = SettableClock()
        self._connect = connect
        self.store = self.open()

    def open(self, *, unsafe_older_than_head: bool = False) -> SqliteFactStore:
        """Open a store on the folder."""
        return SqliteFactStore(
            self.folder,
            LocalFactMac(MAC_KEY),
            LocalCheckpointSigner(SIGNER),
            self.clock,
            connect=self._connect,
            unsafe_older_than_head=unsafe_older_than_head,
        )

    def reopen(self) -> None:
        """Close the store and open it again."""
        self.close()
        self.store = self.open()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Run a statement on the closed site's database, as somebody with the file may."""
        with sqlite3.connect(self.folder / DATABASE_FILE) as connection:
            rows = connection.execute(statement, values).fetchall()
        connection.close()
        return rows

    def edit_fact(self, stream: str, number: int, changes: dict[str, Any]) -> None:
        """Change fields of a stored fact."""
        self.close()
        for column, value in changes.items():
            self.sql(f"UPDATE facts SET {column} = ? WHERE stream = ? AND number = ?", value, stream, number)
        self.store = self.open()

    def cut_fact(self, stream: str, number: int) -> None:
        """Delete a stored fact."""
        self.close()
        self.sql("DELETE FROM facts WHERE stream = ? AND number = ?", stream, number)
        self.store = self.open()

    def verifiers(self) -> VerifierReader:
        """Return the reader of verifiers."""
        return SqliteVerifierReader(self.store)


class MemorySite:
    """A site in memory."""

    def __init__(self) -> None:
        self.clock = SettableClock()
        self.store = MemoryFactStore(LocalFactMac(MAC_KEY), LocalCheckpointSigner(SIGNER), self.clock)

    def reopen(self) -> None:
        """Forget all but the rows, and let the store be used again."""
        rows = self.store._rows
        self.store = MemoryFactStore(LocalFactMac(MAC_KEY), LocalCheckpointSigner(SIGNER), self.clock)
        self.store._rows = rows
        self.store._timekeeper = Timekeeper(self.clock)  # the first has seen an empty ledger
        self.store._sequencer = self.store._read_again()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def edit_fact(self, stream: str, number: int, changes: dict[str, Any]) -> None:
        """Change fields of a stored fact."""
        facts = self.store._rows.tables["facts"]
        edited = msgspec.structs.replace(facts.pop((stream, number)), **changes)
        facts[edited.stream, edited.number] = edited
        self.reopen()

    def cut_fact(self, stream: str, number: int) -> None:
        """Delete a stored fact."""
        del self.store._rows.tables["facts"][stream, number]
        self.reopen()

    def verifiers(self) -> VerifierReader:
        """Return the reader of verifiers."""
        return MemoryVerifierReader(self.store)


def fact(value: int = 0, kind: str = "ThingHappened", activity: Activity = Activity.SYSTEM) -> NewFact:
    """Return a fact that tells a number."""
    return NewFact(kind, canonical.encode({"value": value}), activity)


def do(site: Site, work: Callable[[Transaction], Any]) -> Any:
    """Carry out a work and wait for it."""
    return answer(site.store.execute(work), PATIENCE_SECONDS)


def see(site: Site, view: Callable[[Reader], Any]) -> Any:
    """Call a view and wait for it."""
    return answer(site.store.read(view), PATIENCE_SECONDS)


def appending(stream: str, *values: int) -> Callable[[Transaction], tuple[Recorded, ...]]:
    """Return a work that appends facts after whatever stands in a stream."""
    return lambda tx: tx.append(stream, tx.head(stream), [fact(value) for value in values])


def taking(slot: Slot, stream: str) -> Callable[[Transaction], None]:
    """Return a work that takes a slot and appends a fact to its holder."""

    def work(tx: Transaction) -> None:
        tx.append(stream, tx.head(stream), [fact()])
        tx.take(slot, stream)

    return work


def leaves(site: Site) -> list[bytes]:
    """Return the whole ledger."""

    def view(reader: Reader) -> list[bytes]:
        found: list[bytes] = []
        while page := reader.leaves(len(found), 100):
            found += page
        return found

    read: list[bytes] = see(site, view)
    return read


def checkpoint(site: Site) -> Checkpoint:
    """Return the last committed checkpoint, its signature verified."""
    return open_checkpoint(see(site, lambda reader: reader.checkpoint()), [SIGNER.verifier])


def judged(site: Site) -> Verdict:
    """Verify the whole ledger against its own head, with the site's key."""
    return judge(leaves(site), checkpoint(site), key=MAC_KEY)
