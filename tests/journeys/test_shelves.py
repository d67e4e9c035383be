"""Routes on shelves: what is found is what Starlette finds by trying each route in turn."""

import pytest
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from firstkey.web.routes import ROUTES
from firstkey.web.shelves import SHELVED, Shelves


async def _nothing(_: object) -> Response:
    return Response()


PLAIN = [Route(row.path, _nothing, methods=[row.method]) for row in ROUTES]
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
PATHS = sorted({row.path for row in ROUTES})
TRIED = [
    filled
    for path in PATHS
    for name in ("AAAAAAAAAAAAAAAAAAAAAA", "hold", "")
    for filled in (
        "/".join(name if part.startswith("{") else part for part in path.split("/")),
        "/".join(name if part.startswith("{") else part for part in path.split("/")) + "/",
        path + "/more",
        path.upper(),
    )
] + ["", "/", "//", "/api", "/{case}", "/api/cases/{case}"]


def in_turn(scope: Scope) -> tuple[Match, Route | None]:
    """Try each route as Starlette does."""
    partial: Route | None = None
    for route in PLAIN:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return match, route
        partial = partial or (route if match is Match.PARTIAL else None)
    return (Match.NONE if partial is None else Match.PARTIAL), partial


@pytest.mark.parametrize("method", METHODS)
def test_the_same_route_is_found(method: str) -> None:
    """For every address of the table, right or a little wrong, and every method, match, route and parameters agree."""
    shelves = Shelves(PLAIN)
    matched = 0
    for path in TRIED:
        scope: Scope = {"type": "http", "method": method, "path": path, "headers": []}
        match, route = in_turn(scope)
        found, more = shelves.matches(scope)
        assert (found, more.get(SHELVED)) == (match, route), path
        if route is not None:
            matched += 1
            assert more["path_params"] == route.matches(scope)[1]["path_params"]
    assert matched >= len(PATHS)


def test_nothing_but_http_is_found() -> None:
    """A web socket leads nowhere."""
    assert Shelves(PLAIN).matches({"type": "websocket", "path": PATHS[0]})[0] is Match.NONE
