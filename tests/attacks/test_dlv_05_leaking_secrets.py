"""DLV-05: a secret leaks through an address, a referrer, a history, a log, a cache or a chat."""

from firstkey.demo import steps
from firstkey.demo.people import Opened
from firstkey.simulator.client import Answer, Client
from firstkey.web.routes import ROUTES, Guard
from tests.attacks.siege import Siege


class Recorded(Client):
    """A browser whose every request and answer is kept, as a proxy or a HAR file would."""

    requests: list[tuple[str, bytes, dict[str, str]]]
    answers: list[Answer]

    def _once(self, method: str, path: str, data: bytes, headers: dict[str, str]) -> Answer:  # type: ignore[override]  # a list
        answer = super()._once(method, path, data, headers)
        self.requests.append((path, data, {**self._headers(method, path, b""), **headers}))
        self.answers.append(answer)
        return answer


def test_the_code_stands_in_one_body_and_nowhere_else(siege: Siege) -> None:
    """Over a whole enrollment no address, header, answer or log holds the code; the one body of its redemption does."""
    live = siege.prepared_case()
    browser = Recorded(siege.address.port, siege.address.origin, host="localhost")
    browser.requests, browser.answers = [], []
    browser.prover, live.joiner.client = live.joiner.device.prove, browser
    opened: Opened = steps.get_pass(live)
    steps.redeem(live, opened.code)
    steps.register(live)
    steps.wait_until_active(live)
    browser.close()
    code = opened.code.encode()
    assert sum(code in body for _, body, _ in browser.requests) == 1
    assert not any(opened.code in path or opened.code in str(headers) for path, _, headers in browser.requests)
    assert not any(code in answer.body or opened.code in str(answer.headers) for answer in browser.answers)
    assert opened.code not in siege.server.said()
    assert live.handle not in siege.server.said()


def test_no_address_has_a_place_for_a_secret() -> None:
    """What stands in an address names a thing (a start code by its digest); handles and codes have no place in any."""
    names = {name for row in ROUTES for name in row.names}
    assert names.isdisjoint({"handle", "code", "pass", "session", "nonce"})
    assert names <= {"account", "case", "credential", "delegation", "person", "policy", "recall", "start_code"}
    devices = [row for row in ROUTES if row.guard is Guard.DEVICE]
    assert all(row.method == "POST" and not row.names for row in devices)


def test_every_answer_forbids_keeping_and_telling(siege: Siege) -> None:
    """Whatever is asked, right or wrong, the answer is stored nowhere, framed nowhere and names no referrer."""
    live, code = siege.armed()
    stranger = siege.stranger()
    answers = [
        stranger.request("GET", "/api/openapi.json"),
        stranger.request("GET", f"/nowhere?code={code}"),
        stranger.request("POST", "/api/sign-in", b"{"),
        stranger.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code}),
        live.joiner.post("/status", live.handle),
        siege.cast.requester.client.request("GET", live.url),
        siege.cast.requester.client.request("PUT", live.url),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert code not in answer.body.decode()


def test_what_was_sent_wrongly_is_not_repeated(siege: Siege) -> None:
    """A code typed into the wrong field or address comes back in no answer and stands in no log."""
    live, code = siege.armed()
    desk = siege.cast.requester
    answers = [
        desk.post("/api/cases", {"account": code, "purpose": "first_key"}),
        desk.post("/api/cases", {"account": "x", "purpose": code}),
        desk.client.request("GET", f"/api/cases/{code}"),
        desk.client.request("GET", f"/api/cases?stage={code}"),
        desk.post(f"{live.url}/withdraw", {code: code}),
        live.joiner.post("/status", code),
    ]
    assert all(answer.status in (400, 404, 409) for answer in answers)
    assert not any(code in answer.body.decode() for answer in answers)
    assert code not in siege.server.said()
