"""The API against its own description: whatever is sent, it answers as it says that it answers, and never with a fault.

The second half holds that the description is no dead letter: each operation has succeeded, and each that a rule can
refuse has been refused by one, over HTTP, in the course of this module.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from firstkey.demo.people import done as done_
from firstkey.web.answers import PROBLEMS
from firstkey.web.routes import ROUTES, Route
from tests.attacks.siege import Siege, besieged, unfounded
from tests.fuzz.conftest import faults
from tests.fuzz.described import Sender, described
from tests.fuzz.honest import everything

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 400 if os.environ.get("FIRSTKEY_SOAK") == "1" else 4
SCHEMA = described()

_COUNTED = re.compile(r'firstkey_requests_total\{operation="(\w+)",status="(\d+)"\} ([0-9.e+]+)')

NO_NO = frozenset(
    {
        "sign_founding",  # whatever is wrong, somebody without a session learns one thing: 404
        "sign_in",  # as above
        *(route.operation for route in ROUTES if route.method == "GET"),  # a look is never refused by a rule
    }
)
"""Operations that no rule refuses with 409, and why."""

NO_RULE = frozenset({"chain-broken"})
"""Problems of status 409 that no rule tells, but a database that was edited."""


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """A founded site behind a real server."""
    with besieged(tmp_path_factory.mktemp("siege")) as found:
        yield found
        assert faults(found.server.said()) == []


@pytest.fixture(scope="module")
def sender(siege: Siege) -> Iterator[Sender]:
    """Somebody in a session, and the device of a completed case."""
    made = Sender(siege, siege.cast.confirmer, siege.completed())
    yield made
    made.close()


def cases(route: Route, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Return requests to an operation: as it describes them, or as it does not."""
    found: st.SearchStrategy[Case[Any]] = SCHEMA[route.path][route.method].as_strategy(generation_mode=mode)
    return found


MODES = [(GenerationMode.POSITIVE, True), (GenerationMode.POSITIVE, False), (GenerationMode.NEGATIVE, True)]
"""As described, with names of what there is; as described, made up; and not as described."""


@pytest.mark.soak
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_an_operation_answers_as_it_says(sender: Sender, route: Route) -> None:
    """No fault, no status, type, header or body that the description does not have."""
    for mode, at_home in MODES if route.asked is not None else MODES[:1]:
        send_many(sender, route, mode, at_home=at_home)


def send_many(sender: Sender, route: Route, mode: GenerationMode, *, at_home: bool) -> None:
    """Send what is generated, and hold each answer against the description."""

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases(route, mode))
    def answers(case: Case[Any]) -> None:
        response = sender.send(case, route, at_home=at_home)
        if response is not None:
            case.validate_response(response, checks=CHECKS)

    answers()


def reached(siege: Siege, status: int) -> set[str]:
    """Return the operations that this server has answered so."""
    text = siege.stranger().request("GET", "/metrics").body.decode()
    return {operation for operation, said, count in _COUNTED.findall(text) if int(said) == status and float(count) > 0}


def repeat_a_key(siege: Siege) -> None:
    """Send the writes that nothing else refuses under a key that belongs to another request."""
    for desk in siege.desks:
        desk.sign_in()
    desk, live, named = siege.cast.confirmer, siege.completed(), {"Idempotency-Key": str(uuid4())}
    client = live.joiner.client
    assert client.request("POST", "/api/claim/status", {"handle": live.handle}, named).status == 200
    assert desk.post("/api/statements", {"act": "any"}, **named).status == 200
    for path, body in ((f"{live.url}/start-codes", {}), ("/api/sign-out", {}), ("/api/statements", {"act": "other"})):
        assert desk.post(path, body, **named).problem == "idempotency-key-reused"
    start, keys = {"start_code": "0" * 26}, {"keys": live.joiner.device.bind_keys(live.handle)}
    for path, more in (("status", {"handle": "x"}), ("own-key/options", {}), ("start-code", start), ("", keys)):
        asked = {"handle": live.handle, **more}
        assert (
            client.request("POST", f"/api/claim/{path}".rstrip("/"), asked, named).problem == "idempotency-key-reused"
        )
    feeds: dict[str, Any] = {
        "people": {"people": []},
        "people/present": {"present": []},
        "assets": {"assets": []},
        "cases": {"account": "x"},
        "proofing": {
            "case": "x",
            "method": "vendor_check",
            "level": 1,
            "commitment": "0" * 64,
            "proofed_at": 0,
        },
    }
    for path, body in feeds.items():
        answer = client.request("POST", f"/api/sources/{path}", body, named)
        assert answer.problem == "idempotency-key-reused", path


def refused_while_founding(folder: Path) -> set[str]:
    """Return what a site refuses that waits for its founders: too few, too many, and whoever comes too early."""
    with unfounded(folder) as site:
        desks, code = site.desks, site.prepared.founding_code
        late = {"code": code, "name": "Sixth"}
        assert desks[0].post("/api/sign-in/options", {}).problem == "not-founded"
        desks[0].enroll(code)
        early = {"code": code, "person": desks[0].person}
        assert desks[0].post("/api/founding/statement", early).problem == "founders-too-few"
        begun = done_(desks[1].post("/api/founding/options", late), "options")
        for desk in desks[1:]:
            desk.enroll(code)
        response = site.maker.authenticator().register(begun["options"], site.address.origin)
        made = {"code": code, "ceremony": begun["ceremony"], "response": response}
        assert desks[0].post("/api/founding/register", made).problem == "founders-too-many"
        assert desks[0].post("/api/founding/options", late).problem == "founders-too-many"
        return reached(site, 409)


def test_each_operation_succeeds_and_is_refused(siege: Siege, sender: Sender, tmp_path: Path) -> None:
    """Honest people reach a success of every operation, and what was sent above a rule's no of each that has one."""
    everything(siege)
    repeat_a_key(siege)
    done, refused = reached(siege, 200), reached(siege, 409) | refused_while_founding(tmp_path)
    ruled: dict[str, Any] = {name: set(said.get(409, "").split()) - NO_RULE for name, said in PROBLEMS.items()}
    assert [route.operation for route in ROUTES if route.operation not in done] == []
    assert [name for name, types in ruled.items() if types and name not in refused] == []
    assert [name for name, types in ruled.items() if not types] == sorted(NO_NO, key=list(PROBLEMS).index)
