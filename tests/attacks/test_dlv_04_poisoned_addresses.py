"""DLV-04: a forged host or forwarding header poisons the addresses that the server builds, or a look-alike hosts it."""

import pytest

from firstkey.web.routes import ROUTES
from tests.attacks.siege import Siege, told

EVIL = "evil.example"
HEADERS = (
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": EVIL},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Original-Host": EVIL},
    {"X-Host": EVIL},
    {"X-Rewrite-URL": f"https://{EVIL}/"},
    {"Referer": f"https://{EVIL}/"},
)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_answer_names_a_host_that_was_sent(siege: Siege, headers: dict[str, str]) -> None:
    """Opening a case, a challenge and the description are the same whatever a header claims, and name our origin."""
    live = siege.redeemed()
    stranger = siege.stranger()
    answers = [
        siege.cast.requester.client.request("GET", live.url, headers=headers),
        stranger.request("POST", "/api/sign-in/options", {}, headers),
        stranger.request("GET", "/api/openapi.json", headers=headers),
        live.joiner.client.request("POST", "/api/claim/ceremony", {"handle": live.handle}, headers),
    ]
    assert [answer.status for answer in answers] == [200] * 4
    assert not any(EVIL in answer.body.decode() or EVIL in str(answer.headers) for answer in answers)
    assert answers[3].json["options"]["rp"]["id"] == siege.address.site
    assert answers[2].json["servers"] == [{"url": siege.address.origin}]


def test_another_host_is_not_ours(siege: Siege) -> None:
    """A request for another host is answered as an address that does not exist, on every route."""
    stranger = siege.stranger()
    live = siege.open()
    with siege.nothing_changes():
        for row in ROUTES:
            path = row.path.replace("{case}", live.case)
            body = None if row.method == "GET" else {"handle": live.handle}
            for host in (EVIL, f"localhost.{EVIL}", "LOCALHOST:1", f"user@localhost:{siege.address.port}"):
                answer = stranger.request(row.method, path, body, {"Host": host})
                assert told(answer) == (404, "not-found"), (row.operation, host)


def test_a_redirect_leads_nowhere(siege: Siege) -> None:
    """No address is answered with one to go to."""
    stranger = siege.stranger()
    for path in ("/", "//evil.example/", "/api", "/api/cases/", "/api/claim/", "/healthz/"):
        answer = stranger.request("GET", path)
        assert answer.status in (200, 401, 404, 405), path
        assert "location" not in answer.headers
