"""AFT-02: a credential is silently moved to another account."""

import json
from pathlib import Path

from firstkey.demo.process import run_firstkey
from firstkey.demo.steps import Live
from firstkey.simulator.client import Answer
from tests.attacks.rest import Rest
from tests.attacks.siege import Siege
from tests.attacks.tampering import Edit, copied, edited, replaced, statement, tried


def account(rest: Rest, live: Live) -> str:
    """Whose case it is."""
    return rest.site.recorded(live.joiner.person).account


def sign_in_both(rest: Rest, tmp_path: Path, *edits: Edit) -> list[Answer]:
    """Thief and victim sign in, each with their own key; no answers where the copy is not served."""

    def attack(_: Siege) -> list[Answer]:
        return [live.joiner.try_sign_in() for live in (rest.thief, rest.victim)]

    return tried(rest.site, tmp_path / "copy", attack, *edits) or []


def test_unedited_each_is_who_they_are(rest: Rest, tmp_path: Path) -> None:
    """Without an edit both sign in, each as the person of their own case: a refusal below is the edit's."""
    people = [answer.json["person"] for answer in sign_in_both(rest, tmp_path)]
    assert people == [rest.thief.joiner.person, rest.victim.joiner.person]


def test_a_key_written_to_another_holder_signs_nobody_in(rest: Rest, tmp_path: Path) -> None:
    """The thief's key with the victim's name on it is refused, for itself too; the victim's own still works."""
    key = rest.site.told(f"account/{account(rest, rest.thief)}")[0]["credential"]
    names = [f'"{live.joiner.person}"'.encode() for live in (rest.thief, rest.victim)]
    edit = replaced("credential_key", key, lambda body: body.replace(names[0], names[1]))
    thief, victim = sign_in_both(rest, tmp_path, edit)
    assert (thief.status, victim.json["person"]) == (404, rest.victim.joiner.person)


def test_a_key_moved_to_another_accounts_stream_is_not_held(rest: Rest, tmp_path: Path) -> None:
    """The fact that an account holds the key, moved into another account's stream, is no fact of it."""
    mine, theirs = (f"account/{account(rest, live)}" for live in (rest.thief, rest.victim))
    edit = statement("UPDATE facts SET stream = ?, number = 2 WHERE stream = ?", theirs, mine)
    assert not [answer for answer in sign_in_both(rest, tmp_path, edit) if answer.status == 200]


def test_an_auditor_finds_it_without_the_server(rest: Rest, tmp_path: Path) -> None:
    """Offline, from the database file and the key of its ledger, a binding that was changed in any way is found."""
    mine, theirs = account(rest, rest.thief), account(rest, rest.victim)
    ways = {
        "whole": None,
        "case": f"UPDATE facts SET body = CAST(replace(body, '{mine}', '{theirs}') AS BLOB) WHERE kind = 'CaseOpened'",
        "stream": f"UPDATE facts SET stream = 'account/{theirs}', number = 2 WHERE stream = 'account/{mine}'",
        "deleted": f"DELETE FROM facts WHERE stream = 'account/{mine}'",
    }
    says = {}
    for name, sql in ways.items():
        (tmp_path / name).mkdir()
        with copied(rest.site, tmp_path / name) as copy:
            if sql is not None:
                edited(copy, statement(sql))
            key = rest.site.prepared.ledger_key
            ended = run_firstkey("ledger", "verify", "--site", str(copy), "--key", key, "--json")
        says[name] = json.loads(ended.out)["says"]
    assert says.pop("whole") != "broken"
    assert set(says.values()) == {"broken"}
