"""The API against its own description: whatever is sent, it answers as it says that it answers, and never with a fault.

The second half holds that the description is no dead letter: each operation has succeeded, and each that a rule can
refuse has been refused by one, over HTTP, in the course of this module.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

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

from firstkey.web.answers import PROBLEMS
from firstkey.web.routes import ROUTES, Route
from tests.attacks.siege import Siege, besieged
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
EXAMPLES = 400 if os.environ.get("FIRSTKEY_SOAK") == "1" else 8
SCHEMA = described()

_COUNTED = re.compile(r'firstkey_requests_total\{operation="(\w+)",status="(\d+)"\} ([0-9.e+]+)')

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


def cases(route: Route) -> st.SearchStrategy[Case[Any]]:
    """Return requests to an operation: as it describes them, and as it does not."""
    operation = SCHEMA[route.path][route.method]
    found: st.SearchStrategy[Case[Any]] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if route.asked is not None:
        found |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return found


@pytest.mark.soak
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_an_operation_answers_as_it_says(sender: Sender, route: Route) -> None:
    """No fault, no status, type, header or body that the description does not have."""

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases(route), at_home=st.booleans())
    def answers(case: Case[Any], at_home: bool) -> None:
        response = sender.send(case, route, at_home=at_home)
        if response is not None:
            case.validate_response(response, checks=CHECKS)

    answers()


def reached(siege: Siege, status: int) -> set[str]:
    """Return the operations that this server has answered so."""
    text = siege.stranger().request("GET", "/metrics").body.decode()
    return {operation for operation, said, count in _COUNTED.findall(text) if int(said) == status and float(count) > 0}


def test_each_operation_succeeds_and_is_refused(siege: Siege, sender: Sender) -> None:
    """Honest people reach a success of every operation, and what was sent above a rule's no of each that has one."""
    everything(siege)
    done, refused = reached(siege, 200), reached(siege, 409)
    ruled: dict[str, Any] = {name: set(said.get(409, "").split()) - NO_RULE for name, said in PROBLEMS.items()}
    assert [route.operation for route in ROUTES if route.operation not in done] == []
    assert [name for name, types in ruled.items() if types and name not in refused] == []
