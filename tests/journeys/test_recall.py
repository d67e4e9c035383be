"""`firstkey recall`, beside a server and over HTTP: found offline, begun and confirmed by signature, shown red."""

import json
from collections.abc import Iterator

import pytest

from firstkey.cli.console import Console, ConsoleReason, ServerSaidNo
from firstkey.cli.passkey import PasskeyReason
from firstkey.cli.recall import begin, confirm, look, rows_of, tell
from firstkey.demo import handover, steps
from firstkey.demo.people import Desk
from firstkey.destinations.handover_simulator import HONEST, Conduct
from firstkey.settings import Settings, read_settings
from firstkey.values.canonical import Json
from firstkey.values.errors import Refused
from tests.journeys.place import founded, until
from tests.journeys.sites import run, trial
from tests.journeys.test_handover import TRIAL, Elsewhere, elsewhere


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """A server whose paths end at the tenant."""
    with founded(tmp_path_factory.mktemp("recall"), elsewhere, TRIAL) as place:
        yield Elsewhere(place)


def settings(there: Elsewhere) -> Settings:
    """The site's."""
    return read_settings(there.place.prepared.site)


def at(there: Elsewhere, desk: Desk) -> Console:
    """Somebody at the command line, with the key that they sign in with."""
    return Console(settings(there), desk._authenticator)


def completed(there: Elsewhere, name: str) -> str:
    """Somebody gets a working key at the tenant; return its id."""
    live = there.redeemed(name)
    credential = handover.hand_over(live, there.page)
    steps.wait_until_active(live)
    return credential


def found(there: Elsewhere, node: str, value: str) -> Json:
    """Ask the command what rests on something."""
    result = run("recall", "find", node, value, "--site", there.place.prepared.site, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def rows(there: Elsewhere, desk: Desk, recall: str) -> list[Json]:
    """How far a recall has come."""
    with at(there, desk) as console:
        return list(rows_of(console, recall))


def test_a_recall_from_the_command_line(there: Elsewhere) -> None:
    """Found beside the running server; suspended by one signature; red until two signed and the tenant shows it."""
    hers = {completed(there, "Ines"), completed(there, "Jana")}
    anna = there.cast.approver.person
    listed = found(there, "person", anna)
    assert {each["credential"] for each in listed["credentials"]} == hers
    assert [each["why"] for each in listed["credentials"]] == [["approver"]] * 2
    there.page.behave(Conduct(drops=("recall",)))
    with at(there, there.cast.requester) as console:
        assert look(console, "person", anna)["digest"] == listed["digest"]
        recall = begin(console, "person", anna, listed["digest"])["recall"]
        red = list(rows_of(console, recall))
        assert {row["progress"] for row in red} == {"suspended"}
        with pytest.raises(SystemExit) as ended:
            tell(recall, red, as_json=False)
        assert ended.value.code == 1
        with pytest.raises(ServerSaidNo) as refused:
            confirm(console, recall)
        assert refused.value.problem == "people-too-few"
    until(lambda: not any(there.page.opens(credential) for credential in hers))
    with at(there, there.cast.proofer) as console:
        confirm(console, recall)
    assert all(row["red"] for row in rows(there, there.cast.confirmer, recall))
    there.page.behave(HONEST)
    until(lambda: not any(row["red"] for row in rows(there, there.cast.confirmer, recall)))
    tell(recall, rows(there, there.cast.confirmer, recall), as_json=True)
    assert found(there, "person", anna)["count"] == 0


def test_what_rests_on_nothing_else_stays(there: Elsewhere) -> None:
    """By device, evidence or case exactly one key is found; by model and policy all that there are."""
    mine = completed(there, "Yuki")
    row = found(there, "credential", mine)["credentials"][0]
    assert [each["credential"] for each in found(there, "case", row["case"])["credentials"]] == [mine]
    head = there.place.entries()
    assert mine in {each["credential"] for each in found(there, "entries", f"0-{head}")["credentials"]}
    text = run("recall", "find", "case", row["case"], "--site", there.place.prepared.site)
    assert "1 credential in use rests on it." in text.output
    assert "at tenant: case" in text.output


def test_looking_needs_no_server(there: Elsewhere) -> None:
    """The same answer comes when the server is down."""
    before = found(there, "person", there.cast.proofer.person)
    there.place.server.kill()
    try:
        assert found(there, "person", there.cast.proofer.person) == before
        with pytest.raises(Refused) as refused, at(there, there.cast.proofer):
            pass
        assert refused.value.reason is ConsoleReason.ServerSilent
    finally:
        there.place.server.start()


class Liar:
    """A passkey that signs whatever it is asked, and remembers that it was."""

    def __init__(self) -> None:
        self.asked = 0

    def authenticate(self, options: Json, origin: str) -> Json:
        """Count."""
        self.asked += 1
        return {}


def test_nothing_else_is_signed_than_what_was_meant(there: Elsewhere) -> None:
    """A server that puts other words under the signature gets none."""
    with at(there, there.cast.proofer) as console:
        to_sign = console.post("/api/statements", {"act": "confirm_recall", "names": ["another"]})
        console._passkey = liar = Liar()
        for meant in ({"names": ["this"]}, {"act": "grant_duty"}, {"site": "elsewhere"}):
            if "site" in meant:
                console._settings = Settings("elsewhere", "E", "http://localhost", "localhost")
            with pytest.raises(Refused) as refused:
                console._check(to_sign, {"purpose": "firstkey-act", "act": "confirm_recall", **meant})
            assert refused.value.reason is ConsoleReason.StatementDiffers
        assert liar.asked == 0


def test_without_a_security_key_nothing_begins(there: Elsewhere) -> None:
    """The command says what is missing, and what to do."""
    site = there.place.prepared.site
    result = run("recall", "begin", "person", "nobody", "--yes", "--site", site)
    assert (result.exit_code, PasskeyReason.NoSecurityKey.value.title in result.output) == (1, True)
    assert PasskeyReason.NoSecurityKey.value.next_step in result.output


def test_what_cannot_be_looked_for_is_said(there: Elsewhere) -> None:
    """A span that is none, a kind that is none, a site that was never served."""
    site = there.place.prepared.site
    assert run("recall", "find", "entries", "9-1", "--site", site).exit_code == 2
    assert run("recall", "find", "weather", "rain", "--site", site).exit_code == 2
    result = run("recall", "--help")
    assert "firstkey recall find person" in result.output


def test_a_site_that_waits_for_its_founders_has_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is found, and nothing breaks."""
    folder = tmp_path_factory.mktemp("fresh") / "site"
    trial(folder)
    result = run("recall", "find", "person", "p-1", "--site", folder)
    assert (result.exit_code, "0 credentials" in result.output) == (0, True)
