"""Every route, asked by somebody who has shown nothing; and what a look changes, which is nothing."""

from typing import Any

import pytest

from firstkey.demo.people import done
from firstkey.simulator.client import Client
from firstkey.simulator.device import JoinerDevice
from firstkey.web.routes import ROUTES, Guard, Route
from tests.journeys.place import Place

EXPECTED = {
    Guard.OPEN: (400, "body-malformed"),
    Guard.SESSION: (401, "sign-in-needed"),
    Guard.DEVICE: (401, "use-nonce"),
    Guard.FEED: (401, "use-nonce"),
}
LOOKS = ("GET", "HEAD")
UNKNOWN_PATHS = ("/", "/admin", "/api", "/api/", "/api/cases/", "/api/cases/x/unknown", "/api/claim/", "/api/ledger")


def path_of(route: Route, case: str = "nobodys-case") -> str:
    """Return a route's path with a case in its place."""
    return route.path.replace("{case}", case)


def ask(client: Client, route: Route, body: Any, **headers: str) -> Any:
    """Ask a route, as its method wants it."""
    return client.request(route.method, path_of(route), None if route.method == "GET" else body, headers)


def of_guard(guard: Guard) -> list[Route]:
    """Return the routes with a guard."""
    return [route for route in ROUTES if route.guard is guard]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_nobody_gets_in_without_showing_what_the_route_demands(place: Place, route: Route) -> None:
    """Without credentials a route answers by its guard alone, before it looks at anything; nothing is written."""
    before = place.entries()
    answer = ask(place.stranger(), route, {"unheard_of": 1})
    assert (answer.status, answer.problem) == EXPECTED[route.guard]
    assert place.entries() == before


@pytest.mark.parametrize("route", of_guard(Guard.SESSION), ids=lambda route: route.operation)
@pytest.mark.parametrize("cookie", ["", "x", "A" * 43])
def test_a_made_up_session_is_none(place: Place, route: Route, cookie: str) -> None:
    """A cookie that the server has not given admits nobody."""
    client = place.stranger()
    client.session = cookie
    answer = ask(client, route, {})
    assert (answer.status, answer.problem) == (401, "sign-in-needed")


@pytest.mark.parametrize("route", of_guard(Guard.DEVICE), ids=lambda route: route.operation)
def test_a_device_without_a_case_finds_none(place: Place, route: Route) -> None:
    """A genuine proof of some key, with a handle that names nothing, is told one thing by every route."""
    client, device = place.stranger(), JoinerDevice()
    client.prover = device.prove
    handle = "A" * 22
    more: dict[str, Any] = {
        "claim_case": {"keys": device.bind_keys(handle)},
        "scan_to_take_over": {"start_code": "0" * 26, "keys": device.bind_keys(handle)},
        "replace_claim_at_station": {"keys": device.bind_keys(handle)},
        "scan_start_code": {"start_code": "0" * 26},
        "redeem_pass": {"code": "0" * 26},
        "register_credential": {"response": {}},
        "assert_own_key": {"signed": {"digest": "0" * 64, "assertion": {}}},
    }
    before = place.entries()
    answer = ask(client, route, {"handle": handle, **more.get(route.operation, {})})
    assert (answer.status, answer.problem) == (404, "not-found")
    assert place.entries() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", UNKNOWN_PATHS)
def test_what_is_not_in_the_table_does_not_exist(place: Place, method: str, path: str) -> None:
    """An unknown path is not found, by whatever method, and never redirected."""
    answer = place.stranger().request(method, path)
    assert answer.status == 404
    assert method == "HEAD" or answer.problem == "not-found"


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/cases"), ("GET", "/api/claim"), ("DELETE", "/readyz")])
def test_another_method_is_refused(place: Place, method: str, path: str) -> None:
    """A path that exists takes the methods of its rows and no other."""
    answer = place.stranger().request(method, path)
    assert (answer.status, answer.problem) == (405, "method-wrong")


def test_a_look_changes_nothing(place: Place) -> None:
    """GET and HEAD of everything that has them leave ledger and case as they were."""
    live, desk = place.open_case(), place.cast.requester
    before, shown = place.entries(), desk.show(live.case)
    policy = done(desk.client.request("GET", "/api/policies"), "policies")["in_force"]
    paths = [path_of(route, live.case).replace("{policy}", policy) for route in ROUTES if route.method == "GET"]
    for path in [*paths, "/api/cases?stage=proofing", "/healthz", "/readyz", "/api/openapi.json", "/metrics"]:
        statuses = [desk.client.request(method, path.replace("{", "").replace("}", "")).status for method in LOOKS]
        assert len(set(statuses)) == 1
        assert statuses[0] in ({404} if "{" in path else {200, 400}), path
    assert (place.entries(), desk.show(live.case)) == (before, shown)
    done(desk.post(f"{live.url}/withdraw", {}), "withdraw")
    assert place.entries() > before


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "after=%C2%B2:x", "stage=nowhere", "after=1"])
def test_a_query_is_read_strictly(place: Place, query: str) -> None:
    """What does not fit a list's terms is the one decoding problem."""
    answer = place.cast.requester.client.request("GET", f"/api/cases?{query}")
    assert (answer.status, answer.problem) == (400, "body-malformed")


def test_a_list_comes_in_pages(place: Place) -> None:
    """Each page ends with a cursor that begins the next, until there is none."""
    live = place.open_case()
    seen, after = [], ""
    for _ in range(10):
        page = done(place.cast.requester.client.request("GET", f"/api/cases?limit=1{after}"), "list")
        seen += [row["case"] for row in page["cases"]]
        if page["after"] is None:
            break
        after = f"&after={page['after']}"
    assert live.case in seen
    assert len(seen) == len(set(seen))
    done(place.cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")


@pytest.mark.parametrize("route", of_guard(Guard.FEED), ids=lambda route: route.operation)
def test_a_key_that_no_source_has_registered_feeds_nothing(place: Place, route: Route) -> None:
    """A genuine proof of some key is told one thing by every route of feeds, and nothing is written."""
    client, device = place.stranger(), JoinerDevice()
    client.prover = device.prove
    bodies: dict[str, Any] = {
        "feed_people": {"people": []},
        "feed_present": {"present": []},
        "feed_assets": {"assets": []},
        "feed_case": {"account": "dir:1"},
        "report_check": {
            "case": "nobodys-case",
            "method": "vendor_check",
            "level": 1,
            "commitment": "0" * 64,
            "proofed_at": 0,
        },
    }
    before = place.entries()
    answer = ask(client, route, bodies[route.operation])
    assert (answer.status, answer.problem) == (404, "not-found")
    assert place.entries() == before
