"""RDM-08: a replica or a cache shows as live what is spent or revoked."""

import ast

from tests.architecture.size import PACKAGE
from tests.attacks.siege import Siege, told

READERS = {
    "acts.py": "a key, judged again by what the deciding transaction says of it",
    "feeds.py": "whom a source no longer knows; each is looked at again before they leave",
    "idempotency.py": "an answer that was given before, to the same person for the same bytes",
    "outbox.py": "what is to be done outside; whether it is still wanted is asked again",
    "queries.py": "what people look at",
    "recalls.py": "what rests on something; each key is looked at again before it is out of use",
    "sweeping.py": "which cases may be due; each decides for itself",
}
"""Actions that read outside a deciding transaction, and what."""


def test_what_is_revoked_is_dead_in_the_next_request(siege: Siege) -> None:
    """On connections that were open before, and had seen it live, the very next request finds it dead."""
    for _ in range(5):
        live, code = siege.armed()
        browser = siege.browser_of(live.joiner)
        assert browser.request("POST", "/api/claim/status", {"handle": live.handle}).json["pass_state"] == "armed"
        assert siege.cast.requester.post(f"{live.url}/pass/revoke", {}).status == 200
        answer = browser.request("POST", "/api/claim/redeem", {"handle": live.handle, "code": code})
        assert told(answer) == (409, "not-a-step")
        assert siege.facts(live)[-1] == "PassRevoked"
        assert siege.verifiers(live) == 0


def test_a_person_who_left_is_gone_in_the_next_request(siege: Siege) -> None:
    """A session that was used a moment ago is over as soon as its holder has left."""
    person = siege.hire()
    live = siege.completed(person)
    browser = live.joiner.sign_in()
    assert told(browser.request("GET", "/api/cases")) == (404, "not-found")
    siege.leave(person)
    assert told(browser.request("GET", "/api/cases")) == (401, "sign-in-needed")


def test_nothing_that_decides_reads_elsewhere() -> None:
    """Actions ask the store's readers only for what is shown; all else is read in the transaction that appends."""
    found = set()
    for path in (PACKAGE / "actions").glob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        if any(isinstance(call, ast.Attribute) and ast.unparse(call).endswith("store.read") for call in calls):
            found.add(path.name)
    assert found <= set(READERS)
