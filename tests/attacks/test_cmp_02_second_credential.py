"""CMP-02: a second credential, or a sibling pass, survives success."""

from firstkey.demo import steps
from firstkey.demo.people import done
from tests.attacks.siege import Siege, told


def test_the_pass_dies_with_the_credential(siege: Siege) -> None:
    """From the registration on the same device gets no challenge, no pass and no second key, active or not yet."""
    live = siege.redeemed()
    response = steps.register(live)
    assert siege.shown(live)["pass_state"] == "spent"
    for _ in range(2):
        assert live.joiner.post("/ceremony", live.handle).status == 409
        assert live.joiner.post("/register", live.handle, response=response).status == 409
        assert live.joiner.post("/pass", live.handle).status == 409
        steps.wait_until_active(live)
    assert siege.facts(live).count("CredentialRegistered") == 1
    assert siege.facts(live).count("PassIssued") == 1
    assert siege.rows("SELECT 1 FROM slots WHERE kind = 'live_pass' AND stream = ?", f"case/{live.case}") == []


def test_another_key_is_another_case(siege: Siege) -> None:
    """Asked for a first key again, the account is refused: it holds one."""
    person = siege.hire()
    siege.completed(person)
    with siege.nothing_changes():
        assert told(siege.ask(person)) == (409, "account-holds-credential")


def test_a_parallel_case_gets_no_second_pass(siege: Siege) -> None:
    """While one case of an account has a live pass another one of it has none; when the first ends, it may."""
    person = siege.hire("certified")
    first, second = siege.prepared_case(person), siege.open(person, "emergency")
    steps.get_pass(first)
    siege.claim(second)
    siege.proof(second, method="video_call", level=1)
    siege.approve(second)
    siege.anchor(second)
    with siege.nothing_changes():
        assert told(second.joiner.post("/pass", second.handle)) == (409, "pass-elsewhere")
    siege.cast.requester.post(f"{first.url}/withdraw", {})
    assert second.joiner.post("/pass", second.handle).status == 200


def test_a_spare_needs_the_first_keys_word(siege: Siege) -> None:
    """A further key comes by the assertion of the one that works; without it there is no window."""
    person = siege.hire()
    first = siege.completed(person)
    browser = first.joiner.sign_in()
    begun = done(browser.request("POST", "/api/cases", {"account": person.account, "purpose": "add_key"}), "open")
    live = siege.live(begun, person)
    siege.claim(live)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "bootstrap-differs")
        assert told(live.joiner.post("/ceremony", live.handle)).status == 409
    spare = live._replace(joiner=live.joiner)
    spare.joiner.authenticator.held.update(first.joiner.authenticator.held)
    done(spare.joiner.vouch(live.handle, live.case), "vouch")
    assert siege.facts(live)[-1] == "OwnKeyAsserted"
