"""Refusals of strangers: counted by source and reason, written down once a minute, in bounded memory."""

import asyncio
import hashlib
import json
from typing import Any

from firstkey.actions.refusals import STRANGERS
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import answer
from firstkey.ports.kinds import DocumentKind
from firstkey.values.instants import MINUTE
from firstkey.web.tally import Tally
from tests.actions.site_world import SiteWorld

WAIT_SECONDS = 10.0


def told(world: SiteWorld) -> list[dict[str, Any]]:
    """Return the bodies of the entries about strangers."""
    records = answer(world.store.read(lambda reader: reader.load(STRANGERS)), WAIT_SECONDS)
    return [json.loads(record.body) for record in records]


def salt_of(world: SiteWorld, committed: str) -> bytes | None:
    """Return what stands behind a commitment."""
    return answer(world.store.read(lambda reader: reader.document(DocumentKind.SALT, committed)), WAIT_SECONDS)


def test_one_entry_for_a_source_and_a_reason() -> None:
    """However many were refused, one entry says so, under the activity that they were for."""
    world = SiteWorld()
    tally = Tally(world.site)
    for _ in range(40):
        tally.count("192.0.2.1", Activity.SIGN_IN, "not-found")
    tally.count("192.0.2.2", Activity.SIGN_IN, "not-found")
    tally.count("192.0.2.1", Activity.SIGN_IN, "too-many-requests")
    due_at_once = tally.is_due
    world.clock.instant += MINUTE
    assert (due_at_once, tally.is_due) == (False, True)
    asyncio.run(tally.write_down())
    assert sorted((row["reason"], row["count"]) for row in told(world)) == [
        ("not-found", 1),
        ("not-found", 40),
        ("too-many-requests", 1),
    ]
    assert not tally.is_due


def test_a_source_stands_behind_a_salt() -> None:
    """The ledger holds a commitment that the salt and the address open; with the salt erased it says nothing."""
    world = SiteWorld()
    tally = Tally(world.site)
    tally.count("192.0.2.1", Activity.ENROLLMENT, "use-nonce")
    asyncio.run(tally.write_down())
    committed = told(world)[0]["source"]
    kept = salt_of(world, committed)
    assert kept is not None
    assert kept[32:] == b"192.0.2.1"
    assert hashlib.sha256(kept).hexdigest() == committed


def test_memory_is_bounded() -> None:
    """Sources beyond those that are told apart are counted together, none is forgotten."""
    world = SiteWorld()
    tally = Tally(world.site, rows_max=3)
    for number in range(50):
        tally.count(f"192.0.2.{number}", Activity.ENROLLMENT, "use-nonce")
    asyncio.run(tally.write_down())
    rows = told(world)
    assert len(rows) == 4
    assert [row["count"] for row in rows if row["source"] is None] == [47]


def test_what_cannot_be_stored_is_counted_on() -> None:
    """A store that is busy loses nothing: what was counted is written down later."""
    world = SiteWorld()
    tally = Tally(world.site)
    tally.count("192.0.2.1", Activity.ENROLLMENT, "use-nonce")
    world.store._closed = True
    asyncio.run(tally.write_down())
    world.store._closed = False
    world.clock.instant += MINUTE
    tally.count("192.0.2.1", Activity.ENROLLMENT, "use-nonce")
    assert tally.is_due
    asyncio.run(tally.write_down())
    assert [row["count"] for row in told(world)] == [2]


def test_nothing_counted_is_nothing_written() -> None:
    """A quiet minute leaves no entry."""
    world = SiteWorld()
    asyncio.run(Tally(world.site).write_down())
    assert told(world) == []
