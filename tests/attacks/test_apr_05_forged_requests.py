"""APR-05: a forged request, a frame or a prefetch performs what only a person may."""

import pytest

from firstkey.web.routes import ROUTES, Guard
from tests.attacks.siege import Siege, told

ELSEWHERE = "https://evil.example"


def test_reading_changes_nothing(siege: Siege) -> None:
    """GET and HEAD on every address, in an approver's session and from the claiming device, leave all as it was."""
    live, _ = siege.armed()
    readers = ((siege.cast.approver.client, ("GET", "HEAD", "OPTIONS")), (live.joiner.client, ("GET",)))
    with siege.nothing_changes():
        for row in ROUTES:
            path = row.path.replace("{case}", live.case)
            for client, methods in readers:
                for method in methods:
                    answer = client.request(method, f"{path}?handle={live.handle}")
                    assert answer.status in (200, 400, 401, 404, 405), (method, path)
    assert siege.shown(live)["pass_state"] == "armed"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
    ],
    ids=str,
)
def test_a_page_elsewhere_makes_no_browser_act(siege: Siege, headers: dict[str, str]) -> None:
    """With the operator's cookie, and even with a genuine signature, a write from another page is refused."""
    live = siege.open()
    siege.proof(live)
    desk = siege.cast.approver
    signed = desk.sign("give_approval", live.case, 1, digests=(siege.shown(live)["digest"],))
    with siege.nothing_changes():
        answer = desk.post(f"{live.url}/approvals", {"signed": signed}, **headers)
        assert answer.status in (403, 415)
        assert desk.post(f"{live.url}/withdraw", {}, **headers).status in (403, 415)
    assert siege.shown(live)["approvals"] == []


def test_every_write_of_an_operator_names_its_page() -> None:
    """No row of the table lets a session write by a method that a link, a frame or a form makes by itself."""
    writes = [row for row in ROUTES if row.guard is Guard.SESSION and row.method != "GET"]
    assert writes
    assert {row.method for row in ROUTES} == {"GET", "POST"}


def test_a_session_without_an_assertion_fills_no_duty(siege: Siege) -> None:
    """A request in the session with the signature left out, empty, or another's, is refused each time."""
    live = siege.open()
    siege.proof(live)
    desk = siege.cast.approver
    other = siege.second.sign("give_approval", live.case, 1, digests=(siege.shown(live)["digest"],))
    with siege.nothing_changes():
        for body in ({}, {"signed": None}, {"signed": {"digest": "", "assertion": {}}}):
            assert desk.post(f"{live.url}/approvals", body).status in (400, 409)
        assert told(desk.post(f"{live.url}/approvals", {"signed": other})) == (409, "statement-unknown")
