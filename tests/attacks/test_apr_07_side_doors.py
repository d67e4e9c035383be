"""APR-07: an entry point skips the checks that all others make."""

import ast

from firstkey.web.routes import ROUTES, Guard
from tests.architecture.size import PACKAGE
from tests.attacks.siege import Siege, told

OPEN_DOORS = {
    "founder_options",
    "enroll_founder",
    "founding_statement",
    "sign_founding",
    "sign_in_options",
    "sign_in",
}
"""What answers somebody who has shown nothing; a new one is seen here."""


def modules_that(calls: str) -> set[str]:
    """Return the modules of the package that call something, written so."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == calls:
                found.add(path.relative_to(PACKAGE).as_posix())
    return found


def test_what_is_not_in_the_table_does_not_exist(siege: Siege) -> None:
    """Addresses that others have for this answer as nothing, in an administrator's session too."""
    desk = siege.cast.requester
    live = siege.open()
    with siege.nothing_changes():
        for path in ("/issue", "/pass", "/approve", "/admin", "/debug", "/activate", "/credentials", "/credential"):
            assert told(desk.post(live.url + path, {})) == (404, "not-found")
        for path in (
            "/admin",
            "/debug",
            "/api/passes",
            "/api/credentials",
            "/api/users",
            "/graphql",
            "/api/impersonate",
        ):
            assert told(desk.post(path, {})) == (404, "not-found")


def test_every_door_has_its_guard(siege: Siege) -> None:
    """Without a session or a proof every row of the table says so, but for founding and signing in."""
    assert {row.operation for row in ROUTES if row.guard is Guard.OPEN} == OPEN_DOORS
    live = siege.open()
    stranger = siege.stranger()
    with siege.nothing_changes():
        for row in ROUTES:
            if row.guard is Guard.OPEN:
                continue
            path = row.path.replace("{case}", live.case)
            answer = stranger.request(row.method, path, None if row.method == "GET" else {"handle": live.handle})
            assert answer.status == 401, row.operation


def test_a_session_is_not_a_duty(siege: Siege) -> None:
    """Somebody who joined a moment ago, in a session of their own, acts on nothing and sees nothing."""
    joined = siege.completed().joiner
    browser = joined.sign_in()
    live = siege.open()
    acts = {"signed": {"digest": "0" * 64, "assertion": {}}}
    with siege.nothing_changes():
        for row in ROUTES:
            if row.guard is not Guard.SESSION or not row.names:
                continue
            path = row.path.replace("{case}", live.case)
            answer = browser.request(row.method, path, None if row.method == "GET" else acts)
            assert answer.status in (400, 403, 404, 409), row.operation


def test_a_prohibited_path_is_no_path(siege: Siege) -> None:
    """What no path is meant for is refused and noted, whoever asks and however it is spelt."""
    person = siege.hire("privileged")
    answer = siege.ask(person, "emergency")
    assert told(answer) == (409, "path-prohibited")
    assert siege.rows("SELECT 1 FROM cases WHERE account = ?", person.account) == []
    refused = [
        row for row in siege.rows("SELECT body FROM facts WHERE kind = 'CaseRefused'") if person.account in str(row)
    ]
    assert len(refused) == 1


def test_one_module_decides_and_appends() -> None:
    """The core's decision is asked in one place; nothing else appends to a case's or an account's stream."""
    assert modules_that("decide") == {"actions/casework.py"}
    assert modules_that("decide_holdings") == {"actions/casework.py"}
    appending = modules_that("tx.append") | modules_that("casework.tx.append")
    for path in appending - {"actions/casework.py"}:
        text = (PACKAGE / path).read_text()
        assert "tx.append(case_stream" not in text, path
    assert {path for path in appending if "tx.append(account_stream" in (PACKAGE / path).read_text()} <= {
        "actions/casework.py",
        "actions/founding.py",
    }
