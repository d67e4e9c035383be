"""The application: the routes of the table behind one door, and beside them the site's health and its description."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Site
from firstkey.values.errors import Refused
from firstkey.web import health
from firstkey.web.door import COOKIE, HEADERS, JSON, Answered, Door, refusal
from firstkey.web.metrics import Metrics
from firstkey.web.openapi import openapi
from firstkey.web.problems import PROBLEM_TYPE, WebReason, problem_of
from firstkey.web.routes import ROUTES
from firstkey.web.shelves import Shelves

__all__ = ["COOKIE", "HEADERS", "make_app"]

UNKNOWN = "unknown"
"""The operation that requests to no address are measured under."""

Plain = Callable[[Request], Awaitable[Answered]]


def _sent(answered: Answered) -> Response:
    headers = {**HEADERS, "content-type": PROBLEM_TYPE, **answered.headers}
    return Response(answered.body, answered.status, headers)


def _problem(error: Exception, **headers: str) -> Response:
    answered = refusal(problem_of(error, known=False), error)
    return _sent(answered._replace(headers={**answered.headers, **headers}))


def make_app(site: Site, lifespan: Any = None) -> Starlette:
    """Make the application of a site.

    Args:
        site: the site.
        lifespan: what runs beside it, an ASGI lifespan context; it ends after the last of what is counted is stored.
    """
    metrics = Metrics()
    door = Door(site, metrics)
    document = msgspec.json.encode(openapi(site.settings.origin))

    def plain(operation: str, answer: Plain, *, costs: bool) -> StarletteRoute:
        async def endpoint(request: Request) -> Response:
            try:
                if costs:
                    door.unless_too_many(request)
                response = _sent(await answer(request))
            except Exception as error:  # noqa: BLE001  # as in the door
                response = _problem(error)
            metrics.answered(operation, response.status_code, 0.0)
            return response

        return StarletteRoute(f"/{operation}", endpoint, methods=["GET"])

    async def described(_: Request) -> Answered:
        return Answered(200, document, {"content-type": JSON})

    async def unknown(_: Request, __: Exception) -> Response:
        metrics.answered(UNKNOWN, 404, 0.0)
        return _problem(Refused(ActionReason.NotFound))

    async def other_method(_: Request, error: Exception) -> Response:
        metrics.answered(UNKNOWN, 405, 0.0)
        allowed = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
        return _problem(Refused(WebReason.MethodWrong), allow=allowed)

    routes = [StarletteRoute(row.path, door.endpoint(row), methods=[row.method]) for row in ROUTES]
    routes += [
        plain("healthz", lambda _: health.healthy(), costs=False),
        plain("readyz", lambda request: health.ready(site, request), costs=True),
        plain("metrics", lambda request: health.measured(site, metrics, request), costs=True),
        plain("api/openapi.json", described, costs=True),
    ]

    @contextlib.asynccontextmanager
    async def counting(app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as ends:
            if lifespan is not None:
                await ends.enter_async_context(lifespan(app))
            await ends.enter_async_context(door.tally.kept())
            yield

    app = Starlette(routes=[Shelves(routes)], exception_handlers={404: unknown, 405: other_method}, lifespan=counting)
    app.router.redirect_slashes = False  # a redirect would name whatever host was asked for
    return app
