"""RDM-10: a session is fixed, a claim borrowed, or a parameter changed on the way."""

import pytest

from firstkey.demo import steps
from firstkey.ports.fact_store import StoreReason
from firstkey.simulator.device import Instead
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld
from tests.attacks.siege import Siege, told


def test_a_planted_session_is_nobodys(siege: Siege) -> None:
    """Whatever cookie an attacker put there, signing in makes another, and the planted one opens nothing."""
    joiner = siege.completed().joiner
    planted = b64u(b"s" * 32)
    browser = siege.stranger()
    browser.session = planted
    begun = browser.request("POST", "/api/sign-in/options", {}).json
    assertion = joiner.holder.sign_in(unb64u(begun["statement"]), begun["options"])
    signed = {"digest": begun["digest"], "assertion": assertion}
    assert browser.request("POST", "/api/sign-in", {"signed": signed}).status == 200
    assert browser.session not in (planted, None)
    browser.session = planted
    assert told(browser.request("GET", "/api/cases")) == (401, "sign-in-needed")


def test_a_claim_is_no_session_and_is_bound_to_its_key(siege: Siege) -> None:
    """A claim gives no cookie; its handle, case and claim id in another's hands are another device's."""
    live, code = siege.armed()
    assert "set-cookie" not in live.joiner.post("/status", live.handle).headers
    assert live.joiner.client.session is None
    borrower = siege.stranger()
    assert told(borrower.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})).status == 401
    steps.redeem(live, code)


def test_whose_key_it_becomes_stands_in_the_case(siege: Siege) -> None:
    """A person, an account or a user that is named in a request is no field; the challenge names the case's own."""
    live, other = siege.redeemed(), siege.hire()
    named: tuple[dict[str, Json], ...] = ({"account": other.account}, {"person": other.person}, {"user": "root"})
    with siege.nothing_changes():
        for more in named:
            assert told(live.joiner.post("/ceremony", live.handle, **more)) == (400, "body-malformed")
    begun = live.joiner.post("/ceremony", live.handle).json
    assert begun["options"]["user"]["name"] == siege.recorded(live.joiner.person).user_name
    assert other.account not in str(begun)


@pytest.mark.parametrize(
    "changed",
    [
        Instead(payload={"htm": "GET"}),
        Instead(payload={"htu": "http://localhost/api/claim/pass"}),
        Instead(payload={"body": b64u(bytes(32))}),
        Instead(payload={"nonce": b64u(bytes(40))}),
        Instead(header={"alg": "none"}),
        Instead(header={"typ": "firstkey-claim-keys+jwt"}),
        Instead(signature_flipped=True),
    ],
)
def test_a_request_is_the_one_that_was_signed(siege: Siege, changed: Instead) -> None:
    """Method, address, body, nonce, algorithm, kind or signature changed: it is a stranger's, and no try is lost."""
    live, code = siege.armed()
    browser, device = siege.stranger(), live.joiner.device
    browser.prover = lambda method, url, body, nonce: device.prove(method, url, body, nonce, changed)
    with siege.nothing_changes():
        answer = browser.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})
        assert answer.status in (400, 401, 404)
    steps.redeem(live, code)


def test_keys_bound_to_another_case_take_none(siege: Siege) -> None:
    """The binding in which a device's first key signs its second names its case: another's is refused."""
    one, other = siege.open(), siege.open()
    binding = one.joiner.device.bind_keys(one.handle)
    with siege.nothing_changes():
        assert told(one.joiner.post("", other.handle, keys=binding)).status in (404, 409)
        assert told(other.joiner.post("", other.handle, keys=binding)).status in (404, 409)
    siege.claim(one)


def test_a_device_of_another_case_is_refused_and_told_nothing_of_it() -> None:
    """A device key that has taken one case takes no other, and the refusal names none."""
    world = SiteWorld()
    world.record_joiner()
    world.record_joiner(person="p-200", account="dir:200")
    world.open()
    world.claim()
    first = world.case
    world.open(account="dir:200")
    with pytest.raises(Refused) as caught:
        world.claim()
    assert caught.value.reason is StoreReason.SlotTaken
    assert first not in caught.value.detail
