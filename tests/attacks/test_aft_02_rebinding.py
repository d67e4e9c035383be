"""AFT-02: a credential is silently moved to another account."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstkey.demo.process import run_firstkey
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from tests.attacks.siege import Siege, besieged
from tests.attacks.tampering import copied, edited, replaced, statement, tried


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Siege, Live, Live]]:
    """A site at rest, with two people whose keys work."""
    with besieged(tmp_path_factory.mktemp("rebinding")) as site:
        thief, victim = site.completed(), site.completed()
        site.server.stop()
        yield site, thief, victim


def account(site: Siege, live: Live) -> str:
    """Whose case it is."""
    return site.recorded(live.joiner.person).account


def signed_in_as(live: Live) -> Callable[[Siege], Answer]:
    """Somebody signs in with their key."""

    def attack(_: Siege) -> Answer:
        return live.joiner.try_sign_in()

    return attack


def test_unedited_each_is_who_they_are(owned: tuple[Siege, Live, Live], tmp_path: Path) -> None:
    """Without an edit both sign in, each as the person of their own case."""
    site, thief, _ = owned
    answer = tried(site, tmp_path / "copy", lambda database: None, signed_in_as(thief))
    assert answer is not None
    assert answer.json["person"] == thief.joiner.person


def test_a_key_written_to_another_holder_signs_nobody_in(owned: tuple[Siege, Live, Live], tmp_path: Path) -> None:
    """The thief's key with the victim's name on it is refused, for itself too."""
    site, thief, victim = owned
    key = site.told(f"account/{account(site, thief)}")[0]["credential"]
    mine, theirs = thief.joiner.person.encode(), victim.joiner.person.encode()
    edit = replaced("credential_key", key, lambda body: body.replace(b'"' + mine + b'"', b'"' + theirs + b'"'))
    answer = tried(site, tmp_path / "copy", edit, signed_in_as(thief))
    assert answer is None or answer.status != 200


def test_a_key_moved_to_another_accounts_stream_is_not_held(owned: tuple[Siege, Live, Live], tmp_path: Path) -> None:
    """The fact that an account holds the key, moved into another account's stream, is no fact of it."""
    site, thief, victim = owned
    mine, theirs = (f"account/{account(site, live)}" for live in (thief, victim))
    edit = statement("UPDATE facts SET stream = ?, number = 2 WHERE stream = ?", theirs, mine)
    for live in (thief, victim):
        answer = tried(site, tmp_path / f"copy-{live.case[:6]}", edit, signed_in_as(live))
        assert answer is None or answer.status != 200


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE facts SET body = CAST(replace(body, '{mine}', '{theirs}') AS BLOB) WHERE kind = 'CaseOpened'",
        "UPDATE facts SET stream = 'account/{theirs}', number = 2 WHERE stream = 'account/{mine}'",
        "DELETE FROM facts WHERE stream = 'account/{mine}'",
    ],
    ids=["case", "stream", "deleted"],
)
def test_an_auditor_finds_it_without_the_server(owned: tuple[Siege, Live, Live], tmp_path: Path, sql: str) -> None:
    """Offline, from the database file and the key of its ledger, the binding that was changed is found."""
    site, thief, victim = owned
    said = sql.format(mine=account(site, thief), theirs=account(site, victim))
    (tmp_path / "copy").mkdir()
    with copied(site, tmp_path / "copy") as copy:
        whole = run_firstkey("ledger", "verify", "--site", str(copy), "--key", site.prepared.ledger_key, "--json")
        edited(copy, statement(said))
        ended = run_firstkey("ledger", "verify", "--site", str(copy), "--key", site.prepared.ledger_key, "--json")
    assert json.loads(whole.out)["says"] != "broken"
    assert (ended.exit_code != 0, json.loads(ended.out)["says"]) == (True, "broken")
