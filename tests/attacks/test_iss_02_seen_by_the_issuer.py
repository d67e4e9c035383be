"""ISS-02: whoever issues the pass, or reads a screen, a log or the database beside, sees its code."""

from firstkey.demo import steps
from tests.attacks.siege import Siege, told


def spellings(code: str) -> list[bytes]:
    """Return a code as it could stand somewhere."""
    bare = code.replace("-", "")
    return [bare.encode(), bare.lower().encode(), code.encode(), bare[:-1].encode(), bare.encode().hex().encode()]


def everywhere(siege: Siege) -> bytes:
    """Return all that the site keeps and the server has said."""
    files = [path.read_bytes() for path in siege.site.rglob("*") if path.is_file()]
    return b"\n".join([*files, siege.server.said().encode()])


def test_a_sealed_code_is_seen_by_its_device_alone(siege: Siege) -> None:
    """While it lives, neither database, log, ledger nor any operator's page holds it in any spelling."""
    live, code = siege.armed()
    kept = everywhere(siege)
    pages = [siege.cast.requester.client.request("GET", path).body for path in (live.url, "/api/cases", "/metrics")]
    asked = live.joiner.post("/pass", live.handle)
    found = b"\n".join([kept, asked.body, *pages])
    assert not [spelt for spelt in spellings(code) if spelt in found]
    steps.redeem(live, code)
    assert not [spelt for spelt in spellings(code) if spelt in everywhere(siege)]


def test_a_code_for_the_counter_is_in_one_answer(siege: Siege) -> None:
    """It is shown once, to the deliverer who signed for it; asked again, nobody is told, and nothing holds it."""
    live, shown = siege.at_the_counter()
    code = shown.json["code"]
    pass_id = siege.shown(live)["pass_id"]
    for desk in (siege.cast.confirmer, siege.cast.requester):
        again = desk.post(f"{live.url}/pass/reveal", {"signed": siege.act(live, "arm_pass", desk, pass_id)})
        assert told(again) == (409, "not-a-step")
    pages = [siege.cast.requester.client.request("GET", path).body for path in (live.url, "/api/cases")]
    found = b"\n".join([everywhere(siege), *pages])
    assert not [spelt for spelt in spellings(code) if spelt in found]


def test_the_approver_delivers_nothing(siege: Siege) -> None:
    """The person who consented is refused the code, however well they sign for it."""
    live = siege.prepared_case("counter")
    live.joiner.post("/pass", live.handle)
    desk = siege.cast.approver
    signed = siege.act(live, "arm_pass", desk, siege.shown(live)["pass_id"])
    with siege.nothing_changes():
        assert told(desk.post(f"{live.url}/pass/reveal", {"signed": signed})) == (409, "duties-conflict")
