"""AUD-05: something happens without an entry in the ledger, because logging fails open."""

import json
import sqlite3
from pathlib import Path

import pytest

from firstkey.demo.process import run_firstkey
from firstkey.simulator.client import Answer
from tests.attacks.rest import Rest
from tests.attacks.siege import Siege
from tests.attacks.tampering import tried

MUTE = "CREATE TRIGGER mute BEFORE INSERT ON {} BEGIN SELECT RAISE(ABORT, 'no'); END"


def test_every_fact_is_an_entry(siege: Siege) -> None:
    """After a whole enrollment each fact of each stream has its entry, and refusals have theirs."""
    live = siege.completed()
    live.joiner.post("/pass", live.handle)
    missing = siege.rows(
        "SELECT stream, number FROM facts EXCEPT SELECT stream, number FROM entries"
        " UNION ALL SELECT stream, number FROM entries EXCEPT SELECT stream, number FROM facts"
    )
    assert missing == []
    assert siege.entered(live)
    indices = [index for (index,) in siege.rows('SELECT "index" FROM entries ORDER BY 1')]
    assert indices == list(range(len(indices)))
    assert "case-over" in siege.refusals(device=live.joiner.device.device_key)


@pytest.mark.parametrize("table", ["entries", "hashes", "checkpoints"])
def test_what_cannot_be_logged_does_not_happen(rest: Rest, tmp_path: Path, table: str) -> None:
    """With a ledger that takes no entry, hash or checkpoint nothing is decided: no case, no pass, no key."""
    live, person = rest.ready[0], rest.site.recorded(rest.bare.joiner.person)

    def mute(database: sqlite3.Connection) -> None:
        database.execute(MUTE.format(table))

    def attack(there: Siege) -> Answer:
        before, device = there.state(), live.joiner
        answers = [
            there.ask(person, "emergency"),
            device.post("/pass", live.handle),
            device.post("/not-me", live.handle),
        ]
        assert {answer.status for answer in answers} <= {401, 503}, [answer.body for answer in answers]
        assert [set(now) ^ set(was) for was, now in zip(before, there.state(), strict=True)] == [set()] * 4
        return answers[1]

    answer = tried(rest.site, tmp_path / "copy", attack, mute)
    assert answer is None or answer.status == 503


def test_the_log_verifies_after_all_that(siege: Siege) -> None:
    """Offline, beside the running server, the ledger of everything that was tried here is whole."""
    siege.completed()
    ended = run_firstkey("ledger", "verify", "--site", str(siege.site), "--key", siege.prepared.ledger_key, "--json")
    answer = json.loads(ended.out)
    assert answer["says"] in ("ok", "unanchored"), answer
    assert answer["entries"] > 0
