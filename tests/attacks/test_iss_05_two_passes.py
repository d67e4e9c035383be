"""ISS-05: one account or case comes to two live passes."""

from concurrent.futures import ThreadPoolExecutor

from tests.attacks.siege import Siege

AT_ONCE = 24


def test_many_requests_at_once_make_one_pass(siege: Siege) -> None:
    """However many ask in the same moment, one pass is issued and armed, and all are told of the same one."""
    live = siege.prepared_case()
    browsers = [siege.browser_of(live.joiner) for _ in range(AT_ONCE)]
    for browser in browsers:
        browser.request("POST", "/api/claim/status", {"handle": live.handle})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = pool.map(lambda b: b.request("POST", "/api/claim/pass", {"handle": live.handle}), browsers)
        answers = list(asked)
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["state"]["pass_id"] for answer in answers}) == 1
    assert len({answer.json["sealed"]["ciphertext"] for answer in answers}) == 1
    assert [siege.facts(live).count(name) for name in ("PassIssued", "PassArmed")] == [1, 1]
    assert siege.verifiers(live) == 1
    held = siege.rows("SELECT count(*) FROM slots WHERE kind = 'live_pass' AND stream = ?", f"case/{live.case}")
    assert held == [(1,)]


def test_one_case_of_a_purpose_is_open_at_a_time(siege: Siege) -> None:
    """A second case for the same account and purpose, through whichever requester, is refused while one is open."""
    live = siege.open()
    account = siege.shown(live)["account"]
    for desk in (siege.cast.requester, siege.second):
        with siege.nothing_changes():
            answer = desk.post("/api/cases", {"account": account, "purpose": "first_key"})
            assert answer.status == 409
    assert len(siege.rows("SELECT 1 FROM cases WHERE account = ? AND stage != 'closed'", account)) == 1
