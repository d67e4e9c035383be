"""RDM-02: a code, a claim or a registration is replayed after it succeeded, or after its record was tidied away."""

from firstkey.demo import steps
from firstkey.demo.steps import Live
from firstkey.values.canonical import Json
from firstkey.values.instants import DAY, MINUTE
from tests.attacks.siege import Siege


def replay(siege: Siege, live: Live, code: str, response: Json) -> None:
    """Send everything again: nothing is accepted, and nothing changes."""
    with siege.nothing_changes():
        answers = (
            live.joiner.post("/redeem", live.handle, code=code),
            live.joiner.post("/register", live.handle, response=response),
            live.joiner.post("/pass", live.handle),
            live.joiner.post("/ceremony", live.handle),
            live.joiner.claim(live.handle),
        )
    assert all(answer.status == 409 for answer in answers), answers


def test_what_is_spent_stays_spent(siege: Siege) -> None:
    """At once, after the time of the pass, after a restart, and after four hundred days, it opens nothing."""
    person = siege.hire()
    live, code = siege.armed(person)
    steps.redeem(live, code)
    response = steps.register(live)
    steps.wait_until_active(live)
    replay(siege, live, code, response)
    siege.later(11 * MINUTE)
    replay(siege, live, code, response)
    siege.restart()
    replay(siege, live, code, response)
    siege.later(400 * DAY)
    replay(siege, live, code, response)
    assert siege.credentials(person) == ["CredentialHeld"]


def test_a_request_is_not_sent_again(siege: Siege) -> None:
    """The very bytes of a redemption, proof and all, sent a second time, are answered as nothing."""
    live, code = siege.armed()
    proofs: list[str] = []
    browser = siege.stranger()

    def keep(method: str, url: str, body: bytes, nonce: str) -> str:
        proofs.append(live.joiner.device.prove(method, url, body, nonce))
        return proofs[-1]

    browser.prover = keep
    sent = ("POST", "/api/claim/status", {"handle": live.handle})
    assert browser.request(*sent).status == 200
    browser.prover = lambda *_: proofs[-1]
    with siege.nothing_changes():
        again = browser.request(*sent)
        assert (again.status, again.problem) == (404, "not-found")
        other = browser.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})
        assert (other.status, other.problem) == (404, "not-found")
