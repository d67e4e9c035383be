"""Starts over HTTP: what rests on the old epoch is dead, a copy put back is not served, and wrong keys are named."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstkey.demo import steps
from firstkey.demo.process import run_firstkey
from firstkey.demo.steps import Live
from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.storage.sqlite.site_files import CHECKPOINT_FILE
from tests.durability.crowd import hire, open_for, sign_in_again
from tests.journeys.place import Place, founded
from tests.journeys.sites import run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A founded site behind a real server."""
    with founded(tmp_path_factory.mktemp("start")) as found:
        yield found


def prepared(place: Place) -> Live:
    """Open a case for somebody new and bring it to where the joiner can ask for a pass."""
    live = open_for(place, hire(place, 1)[0])
    steps.prepare(place.cast, live)
    return live


def problem(answer: object) -> str:
    """The last part of a problem's type."""
    return str(getattr(answer, "problem", None)).rpartition(":")[2]


def verified(place: Place) -> dict[str, object]:
    """What `ledger verify` says of the site."""
    ended = run_firstkey("ledger", "verify", "--site", str(place.prepared.site), "--json")
    assert ended.exit_code == 0, ended.out + ended.err
    told: dict[str, object] = json.loads(ended.out)
    return told


def test_a_restart_ends_sessions_and_passes_and_nothing_else(place: Place) -> None:
    """After a kill operators sign in again, the armed code is dead, the next press gets another pass, and it serves."""
    live = prepared(place)
    code = steps.get_pass(live).code
    place.server.kill()
    place.server.start()
    assert '"event": "ledger_unanchored"' in place.server.said()
    listed = place.cast.requester.client.request("GET", "/api/cases")
    assert (listed.status, problem(listed)) == (401, "sign-in-needed")
    sign_in_again(place)
    refused = live.joiner.post("/redeem", live.handle, code=code)
    assert (refused.status, problem(refused) in ("epoch-raised", "not-a-step")) == (409, True), "swept already or not"
    steps.finish(live, steps.get_pass(live).code)
    assert verified(place)["says"] == "unanchored"


def test_a_copy_put_back_is_not_served_until_it_is_fenced(place: Place) -> None:
    """A database older than its head is refused and says how to go on; fenced, its open cases are over as restored."""
    site = place.prepared.site
    live = prepared(place)
    place.server.stop()
    shutil.copy(site / DATABASE_FILE, site.parent / "copy")
    place.server.start()
    sign_in_again(place)
    code = steps.get_pass(live).code
    steps.redeem(live, code)
    place.server.stop()
    shutil.copy(site.parent / "copy", site / DATABASE_FILE)

    refused = run_firstkey("serve", "--site", str(site))
    assert refused.exit_code == 1
    assert "older than the head" in refused.err
    assert "firstkey fence" in refused.err

    unsure = run("fence", "--site", site)
    assert (unsure.exit_code, "No way back" in unsure.output) == (1, True)
    assert (site / DATABASE_FILE).read_bytes() == (site.parent / "copy").read_bytes(), "nobody has said yes"
    fenced = run("fence", "--site", site, "--yes", "--json")
    assert fenced.exit_code == 0, fenced.output
    told = json.loads(fenced.stdout)
    assert told["closed"] == 1
    assert Path(told["abandoned_head"]).exists()
    place.server.start()
    sign_in_again(place)
    assert place.cast.requester.show(live.case)["closed"] == "restored"
    assert verified(place)["says"] == "unanchored"
    outside = run("ledger", "verify", "--site", site, "--checkpoint", told["abandoned_head"], "--json")
    assert (outside.exit_code, json.loads(outside.stdout)["says"]) == (1, "broken"), "whoever kept the head finds it"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("keys/facts", "keys/facts", id="facts"),
        pytest.param("keys/ledger", "keys/ledger", id="ledger"),
    ],
)
def test_a_wrong_key_is_named(place: Place, name: str, said: str) -> None:
    """A server under another site's key does not start, and names the file; nothing is written."""
    site = place.prepared.site
    place.server.stop()
    before = (site / DATABASE_FILE).read_bytes()
    key = (site / name).read_bytes()
    (site / name).write_bytes(b"k" * 32)
    head = (site / CHECKPOINT_FILE).read_bytes()
    (site / CHECKPOINT_FILE).unlink()
    try:
        refused = run_firstkey("serve", "--site", str(site))
        assert (refused.exit_code, said in refused.err) == (1, True), refused.err
        assert (site / DATABASE_FILE).read_bytes() == before
    finally:
        (site / name).write_bytes(key)
        (site / CHECKPOINT_FILE).write_bytes(head)
        place.server.start()


def test_another_name_in_the_settings_is_told(place: Place) -> None:
    """The ledger bears the site's name; under another the server does not start."""
    site = place.prepared.site
    place.server.stop()
    settings = (site / "firstkey.toml").read_text()
    (site / "firstkey.toml").write_text(settings.replace('site = "localhost"', 'site = "otherhost"'))
    try:
        refused = run_firstkey("serve", "--site", str(site))
        assert (refused.exit_code, "firstkey.toml" in refused.err) == (1, True), refused.err
    finally:
        (site / "firstkey.toml").write_text(settings)
        place.server.start()


def test_a_second_server_on_a_site_is_refused(place: Place) -> None:
    """While one serves, another does not start, says why, and raises no epoch."""
    entries = place.entries()
    refused = run_firstkey("serve", "--site", str(place.prepared.site))
    assert (refused.exit_code, "holds this site" in refused.err) == (1, True)
    assert place.entries() == entries
