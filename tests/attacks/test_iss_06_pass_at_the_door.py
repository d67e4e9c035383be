"""ISS-06: the pass works as a sign-in, or anywhere outside registration."""

from firstkey.values.encoding import b64u
from firstkey.web.routes import ROUTES, Guard
from tests.architecture.size import PACKAGE
from tests.attacks.siege import Siege

COOKIE = "__Host-firstkey"


def test_no_route_takes_a_pass_for_a_person(siege: Siege) -> None:
    """Code, handle and claim, in every place where a credential could stand, open no session on any route."""
    live, code = siege.armed()
    claim = siege.shown(live)["claim"]
    stranger = siege.stranger()
    secrets = (code, live.handle, claim, b64u(code.encode()))
    with siege.nothing_changes():
        for row in ROUTES:
            for secret in secrets:
                named = {"Cookie": f"{COOKIE}={secret}", "Authorization": f"Bearer {secret}", "FirstKey-Proof": secret}
                path = row.path.replace("{case}", live.case)
                body = None if row.method == "GET" else {"handle": live.handle, "code": secret, "signed": secret}
                answer = stranger.request(row.method, path, body, named)
                allowed = row.guard is Guard.OPEN and answer.status in (400, 404)
                assert allowed or answer.status in (400, 401), (row.operation, answer.status)
                assert "set-cookie" not in answer.headers
    assert stranger.session is None
    assert siege.shown(live)["pass_state"] == "armed"


def test_the_code_signs_nobody_in(siege: Siege) -> None:
    """From the claiming device itself, the right code at the sign-in is answered as anything else that is wrong."""
    live, code = siege.armed()
    browser = siege.browser_of(live.joiner)
    begun = browser.request("POST", "/api/sign-in/options", {}).json
    secret = b64u(code.encode())
    parts = dict.fromkeys(("clientDataJSON", "authenticatorData", "signature", "userHandle"), secret)
    assertion = {"id": secret, "rawId": secret, "type": "public-key", "response": parts, "clientExtensionResults": {}}
    answer = browser.request("POST", "/api/sign-in", {"signed": {"digest": begun["digest"], "assertion": assertion}})
    assert (answer.status, answer.problem, browser.session) == (404, "not-found", None)
    assert siege.rows("SELECT 1 FROM facts WHERE kind = 'SignedIn' AND body LIKE ?", f"%{live.joiner.person}%") == []


def test_one_module_reads_a_verifier_and_one_compares() -> None:
    """The statement that reads verifiers stands in one file, and one action compares a code with one."""

    def naming(text: str) -> set[str]:
        return {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if text in path.read_text()}

    assert naming("select(verifiers") == {"storage/verifiers.py"}
    assert naming("codes.compare(") == {"actions/redemption.py"}
    assert naming("SqliteVerifierReader(") <= {"assembly.py", "storage/verifiers.py"}
