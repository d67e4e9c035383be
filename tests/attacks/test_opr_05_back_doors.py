"""OPR-05: support impersonates somebody, or founding and recovery are back doors."""

from pathlib import Path

from firstkey.demo.people import Desk
from firstkey.demo.process import run_firstkey
from firstkey.simulator.client import Answer, Client
from firstkey.values.canonical import Json
from firstkey.web.routes import ROUTES
from tests.attacks.rest import Rest
from tests.attacks.siege import Siege, Told, told, unfounded
from tests.attacks.tampering import copied, edited, statement, tried

FOUNDING = ("options", "register", "statement", "sign")


def knock(client: Client, step: str, code: str) -> Answer:
    """Try a step of founding."""
    more: dict[str, dict[str, Json]] = {
        "options": {"name": "Eve"},
        "register": {"ceremony": "A" * 22, "response": {}},
        "statement": {"person": "p-1"},
        "sign": {"signed": {"digest": "0" * 64, "assertion": {}}},
    }
    return client.request("POST", f"/api/founding/{step}", {"code": code, **more[step]})


def test_founding_is_over_for_good(siege: Siege) -> None:
    """With the very code that founded the site every step of founding answers as if there were none."""
    stranger = siege.stranger()
    with siege.nothing_changes():
        for step in FOUNDING:
            assert told(knock(stranger, step, siege.prepared.founding_code)) == (404, "not-found"), step
    again = run_firstkey("init", "--site", str(siege.site))
    assert again.exit_code != 0


def test_emptying_tables_founds_nothing(rest: Rest, tmp_path: Path) -> None:
    """Whoever deletes people, keys and sessions from the database has no way in: the ledger says that it is over."""

    def attack(there: Siege) -> list[Told]:
        stranger = there.stranger()
        return [told(knock(stranger, step, rest.site.prepared.founding_code)) for step in FOUNDING]

    edit = statement("DELETE FROM documents WHERE kind IN ('person', 'credential_key', 'session')")
    answers = tried(rest.site, tmp_path / "served", attack, edit)
    assert answers in (None, [(404, "not-found")] * len(FOUNDING))
    (tmp_path / "begun").mkdir()
    with copied(rest.site, tmp_path / "begun") as copy:
        edited(copy, edit)
        assert run_firstkey("init", "--site", str(copy)).exit_code != 0


def test_emptying_the_sites_own_stream_serves_nothing(rest: Rest, tmp_path: Path) -> None:
    """Without the facts that say so the site does not serve at all; nor can it be founded anew."""
    (tmp_path / "copy").mkdir()
    with copied(rest.site, tmp_path / "copy") as copy:
        edited(copy, statement("DELETE FROM facts WHERE stream = 'site'"))
        for command in ("serve", "init"):
            ended = run_firstkey(command, "--site", str(copy))
            assert ended.exit_code != 0
            assert "founding code" not in ended.out.lower()


def test_nobody_acts_as_another(siege: Siege) -> None:
    """No route, header or field makes one person another; what is signed is signed by who holds the key."""
    names = {row.operation for row in ROUTES}
    assert not [name for name in names if any(word in name for word in ("impersonate", "sudo", "assume", "act_as"))]
    live = siege.open()
    siege.proof(live)
    rita, anna = siege.cast.requester, siege.cast.approver
    claimed = {"X-Remote-User": anna.person, "X-On-Behalf-Of": anna.person, "Remote-User": anna.person}
    signed = rita.sign("give_approval", live.case, 1, digests=(siege.shown(live)["digest"],))
    with siege.nothing_changes():
        answer = rita.post(f"{live.url}/approvals", {"signed": signed}, **claimed)
        assert told(answer) == (409, "duties-conflict")
    stranger = siege.stranger()
    assert told(stranger.request("GET", live.url, headers=claimed)) == (401, "sign-in-needed")


def test_a_founding_code_is_guessed_by_nobody(tmp_path: Path) -> None:
    """Before it is founded a wrong code, and a right one too late, let nobody in; nothing else works meanwhile."""
    with unfounded(tmp_path) as site:
        stranger = site.stranger()
        assert told(knock(stranger, "options", "0" * 26)) == (404, "not-found")
        assert stranger.request("POST", "/api/sign-in/options", {}).problem == "not-founded"
        assert knock(stranger, "options", site.prepared.founding_code).status == 200
        site.server.clock.let_pass(60 * 60 * 1000)
        assert told(knock(stranger, "options", site.prepared.founding_code)) == (404, "not-found")
        desk = Desk(site.address, "Eve", site.maker.authenticator())
        assert desk.post("/api/cases", {"account": "x", "purpose": "first_key"}).status == 401
