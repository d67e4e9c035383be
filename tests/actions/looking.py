"""Looks into a site behind its back, and changes what lies there as an intruder with the database could."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from firstkey.actions.casework import Casework
from firstkey.actions.people import find_person
from firstkey.enrollment.activation import SuspendCredential
from firstkey.enrollment.case.words import Cause
from firstkey.ports.fact_store import Slot, Transaction
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.simulator.operator import Operator as Person
from firstkey.storage.memory import MemoryRows
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from tests.actions.site_world import POLICY, SiteWorld, done

T = TypeVar("T")


def refusal(coroutine: Coroutine[Any, Any, Any]) -> str:
    """Run an action that is refused; return the problem type."""
    with pytest.raises(Refused) as refused:
        done(coroutine)
    return refused.value.type


def documents(world: SiteWorld, kind: DocumentKind) -> dict[str, bytes]:
    """Return the documents of a kind, by key."""
    return dict(world.store.read(lambda reader: reader.documents(kind, limit=PAGE_ROWS_MAX)).result())


def plant(world: SiteWorld, kind: DocumentKind, key: str, body: bytes) -> None:
    """Write a document as one could who has the database and the site's key of facts, written once or not."""

    def work(tx: Transaction) -> None:
        tx.delete_document(kind, key)
        tx.put_document(kind, key, body)

    world.store.execute(work).result()


def scribble(world: SiteWorld, kind: DocumentKind, key: str) -> None:
    """Turn one bit of a stored document, as one could who has the database alone."""

    def turn(rows: MemoryRows) -> None:
        stored, at = rows.tables["documents"][kind, key]
        rows.tables["documents"][kind, key] = (stored[:-1] + bytes([stored[-1] ^ 1]), at)

    world.store.look(turn).result()


def remove(world: SiteWorld, kind: DocumentKind, key: str) -> None:
    """Take a document away."""
    world.store.execute(lambda tx: tx.delete_document(kind, key)).result()


def verifiers(world: SiteWorld) -> dict[str, bytes]:
    """Return the verifiers that are stored, by pass."""
    return dict(world.store.look(lambda rows: dict(rows.tables["verifiers"])).result())


def facts(world: SiteWorld, stream: str = "") -> tuple[str, ...]:
    """Return the names of a stream's facts; of the world's case if no other is named."""
    loaded = world.store.read(lambda reader: reader.load(stream or f"case/{world.case}")).result()
    return tuple(record.kind for record in loaded)


def entries(world: SiteWorld) -> int:
    """Count the ledger's entries."""
    return int(world.store.look(lambda rows: len(rows.tables["entries"])).result())


def holder(world: SiteWorld, kind: SlotKind, key: str) -> str | None:
    """Return who holds a slot."""
    return world.store.read(lambda reader: reader.holder(Slot(kind, key))).result()


def in_casework(world: SiteWorld, work: Any) -> Any:
    """Carry out a work on cases."""

    def carry_out(tx: Transaction) -> Any:
        return work(Casework(world.site, tx))

    return world.store.execute(carry_out).result()


def suspend(world: SiteWorld, person: Person) -> None:
    """Take the credential of somebody's authenticator out of use, as a report of theft does."""
    command = SuspendCredential(credential=b64u(next(iter(person.authenticator.held))), cause=Cause.STOLEN)

    def work(casework: Casework) -> None:
        record = find_person(casework.tx, person.person)
        assert record is not None
        casework.decide_holdings(record, command)

    in_casework(world, work)


def policy_with(path: str, **lines: str) -> bytes:
    """Return the small team's policy with lines of one path changed or added; a key's dots are two underscores."""
    head, name, rest = POLICY.decode().partition(f'name = "{path}"\n')
    body, separator, tail = rest.partition("[[path]]")
    for key, value in lines.items():
        dotted = key.replace("__", ".")
        kept = [line for line in body.splitlines() if line.split(" = ")[0] != dotted]
        body = "\n".join([f"{dotted} = {value}", *kept]) + "\n\n"
    return f"{head}{name}{body}{separator}{tail}".encode()
