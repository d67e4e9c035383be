"""The routes by the shape of their address, so that a request is held against a few of them and not against all."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

SHELVED = "firstkey.route"


def _shape(path: str) -> tuple[int, str]:
    """Return how many parts an address has, and the last of them; nothing for a parameter."""
    last = path.rpartition("/")[2]
    return path.count("/"), "" if last.startswith("{") else last


class Shelves(BaseRoute):
    """All routes as one: what Starlette would find by trying each in turn, found on the shelf where it must stand.

    Args:
        routes: none with a parameter that spans parts of an address.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        shaped = [(_shape(route.path), route) for route in routes]
        self._shelves = {
            (parts, last): [route for shape, route in shaped if shape in ((parts, last), (parts, ""))]
            for (parts, last), _ in shaped
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Find the route of a request, or one for another method."""
        found: tuple[Match, Scope] = (Match.NONE, {})
        if scope["type"] != "http":
            return found
        parts, last = _shape(scope["path"])
        for route in self._shelves.get((parts, last)) or self._shelves.get((parts, ""), []):
            match, more = route.matches(scope)
            if match is Match.FULL:
                return match, {**more, SHELVED: route}
            if match is Match.PARTIAL and found[0] is Match.NONE:
                found = match, {**more, SHELVED: route}
        return found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the route that was found."""
        await scope[SHELVED].handle(scope, receive, send)
