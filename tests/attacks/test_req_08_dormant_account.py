"""REQ-08: the first enrollment of a dormant account is grabbed, because having no key entitles to one."""

import os

from firstkey.values.encoding import b64u
from tests.attacks.siege import Siege, told

STEPS = ("/status", "/pass", "/ceremony", "/certificate", "/own-key/options", "/not-me")


def test_without_a_case_there_is_no_ceremony(siege: Siege) -> None:
    """A device that names no case gets one answer at each step, and no challenge is stored."""
    grabber = siege.joiner(siege.hire())
    handle = b64u(os.urandom(16))
    with siege.nothing_changes():
        answers = {told(grabber.post(step, handle)) for step in STEPS}
        answers.add(told(grabber.claim(handle)))
        answers.add(told(grabber.post("/redeem", handle, code="0" * 26)))
        answers.add(told(grabber.post("/register", handle, response={})))
    assert answers == {(404, "not-found")}


def test_an_open_case_is_not_enough(siege: Siege) -> None:
    """Whoever claims a case that nobody has proofed or approved is given neither pass nor challenge."""
    live = siege.open()
    siege.claim(live)
    with siege.nothing_changes():
        assert told(live.joiner.post("/pass", live.handle)) == (409, "proofing-missing")
        assert told(live.joiner.post("/ceremony", live.handle)) == (409, "proofing-missing")
        assert told(live.joiner.post("/register", live.handle, response={})) == (409, "ceremony-unknown")
    assert siege.facts(live) == ["CaseOpened", "DeviceClaimed"]


def test_nobody_opens_a_case_for_themselves_without_a_session(siege: Siege) -> None:
    """An account without a key cannot sign in, and whoever is not signed in opens no case."""
    person = siege.hire()
    answer = siege.stranger().request("POST", "/api/cases", {"account": person.account, "purpose": "first_key"})
    assert told(answer) == (401, "sign-in-needed")
    assert siege.rows("SELECT 1 FROM cases WHERE account = ?", person.account) == []
