"""RDM-03: somebody stands in the middle of the page, and passes on what the joiner enters."""

from firstkey.demo import steps
from firstkey.demo.people import done
from firstkey.policy.model import Tier
from firstkey.simulator.alter import Alter
from firstkey.values.canonical import Json
from tests.attacks.siege import Siege, told

PROXY = "https://join.example-login.test"


def test_a_key_made_for_the_proxys_page_proves_nothing_here(siege: Siege) -> None:
    """What a browser at the look-alike address signs, passed on word for word, is not the claiming device's request."""
    live, code = siege.armed()
    device, browser = live.joiner.device, siege.stranger()

    def at_the_proxy(method: str, url: str, body: bytes, nonce: str) -> str:
        return device.prove(method, url.replace(siege.address.origin, PROXY), body, nonce)

    browser.prover = at_the_proxy
    with siege.nothing_changes():
        for step in ("redeem", "status", "pass"):
            body: dict[str, Json] = {"handle": live.handle} | ({"code": code} if step == "redeem" else {})
            answer = browser.request("POST", f"/api/claim/{step}", body)
            assert told(answer) == (404, "not-found"), step
    steps.redeem(live, code)


def test_a_proxy_with_a_key_of_its_own_redeems_nothing(siege: Siege) -> None:
    """It has handle and code, entered by the victim: with its own key it is another device, and the pass is revoked."""
    live, code = siege.armed()
    proxy = siege.joiner(siege.recorded(live.joiner.person))
    assert told(proxy.post("/redeem", live.handle, code=code)) == (409, "another-device-claimed")
    assert siege.shown(live)["closed"] == "misused"
    assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")
    assert "PassRedeemed" not in siege.facts(live)


def test_a_proxy_that_claims_first_is_not_anchored_by_its_number(siege: Siege) -> None:
    """It shows its own claim's page to the joiner; without the code from the confirmer's screen there is no number."""
    live = siege.open()
    proxy = live.joiner
    siege.claim(live)
    siege.proof(live)
    siege.approve(live)
    desk = siege.cast.confirmer
    shown = done(desk.post(f"{live.url}/start-codes", {}), "start code")
    victim = siege.joiner(siege.recorded(proxy.person))
    with siege.nothing_changes():
        guess = proxy.post("/start-code", live.handle, start_code="0" * 26)
        assert told(guess) == (404, "not-found")
    scanned = victim.post("/start-code", live.handle, start_code=shown["start_code"])
    assert told(scanned) == (409, "another-device-claimed")
    signed = siege.act(live, "anchor_claim", desk, siege.shown(live)["claim"])
    typed = desk.post(f"{live.url}/anchor", {"start_code": shown["id"], "number": "000000", "signed": signed})
    assert typed.status == 409
    assert told(proxy.post("/pass", live.handle)) == (409, "anchor-missing")
    assert siege.shown(live)["anchor"] is None


def test_a_passkey_made_on_the_proxys_page_is_refused(siege: Siege) -> None:
    """The authenticator's answer names the page that it was made on."""
    live = siege.redeemed()
    for altered in ({"origin": PROXY}, {"origin": siege.address.origin + ".evil.test"}):
        response = live.joiner.make_passkey(live.handle, Alter(client_data=altered))
        assert told(live.joiner.post("/register", live.handle, response=response)) == (409, "ceremony-refused")
    assert "CredentialRegistered" not in siege.facts(live)


def test_an_unanchored_path_gives_nothing_that_works(siege: Siege) -> None:
    """Where nothing ties the claim, a proxy that wins ends with a key of low tier that stays pending."""
    live = siege.open("uncovered")
    assert done(live.joiner.claim(live.handle), "claim")["relayable"] is True
    siege.proof(live)
    siege.approve(live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    assert siege.last(live)["tier"] == Tier.LOW
    assert siege.shown(live)["credential_state"] == "pending"
    assert live.joiner.try_sign_in().problem == "not-found"
