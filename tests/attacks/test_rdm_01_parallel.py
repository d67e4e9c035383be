"""RDM-01: the right code is redeemed many times in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from firstkey.simulator.client import Answer, Client
from tests.attacks.siege import Siege

AT_ONCE = 24
ROUNDS = 3


def at_once(siege: Siege, browsers: list[Client], path: str, body: dict[str, str]) -> list[Answer]:
    """Send one request from every browser in the same moment, each with a proof of its own."""
    gate = Barrier(len(browsers))

    def send(browser: Client) -> Answer:
        gate.wait(10)
        return browser.request("POST", path, body)

    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(send, browsers))


def test_a_code_is_redeemed_once(siege: Siege) -> None:
    """Of many with the right code from the claiming device one redeems; the others are told that it is done."""
    for _ in range(ROUNDS):
        live, code = siege.armed()
        browsers = [siege.browser_of(live.joiner) for _ in range(AT_ONCE)]
        for browser in browsers:
            browser.request("POST", "/api/claim/status", {"handle": live.handle})
        answers = at_once(siege, browsers, "/api/claim/redeem", {"handle": live.handle, "code": code})
        told = [(answer.status, answer.problem) for answer in answers]
        assert told.count((200, None)) == 1
        assert set(told) == {(200, None), (409, "not-a-step")}
        assert siege.facts(live).count("PassRedeemed") == 1
        assert siege.verifiers(live) == 0


def test_a_registration_is_stored_once(siege: Siege) -> None:
    """The same answer of the authenticator, many times at once, makes one credential."""
    live = siege.redeemed()
    response = live.joiner.make_passkey(live.handle)
    browsers = [siege.browser_of(live.joiner) for _ in range(AT_ONCE)]
    for browser in browsers:
        browser.request("POST", "/api/claim/status", {"handle": live.handle})
    answers = at_once(siege, browsers, "/api/claim/register", {"handle": live.handle, "response": response})
    told = [(answer.status, answer.problem) for answer in answers]
    assert told.count((200, None)) == 1
    assert set(told) == {(200, None), (409, "ceremony-unknown")}
    assert siege.facts(live).count("CredentialRegistered") == 1
