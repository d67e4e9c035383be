"""The application: for each row of the route table the same way in, and the same way out."""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from firstkey.actions.devices import recognise
from firstkey.actions.reasons import ActionReason
from firstkey.actions.sign_in import SignedInAnswer, recognise_session, session_text
from firstkey.actions.site import Caller, Site, Stranger
from firstkey.ceremonies.device_proof import make_nonce
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Malformed, Refused
from firstkey.values.secret import Secret
from firstkey.web.bodies import read_body, read_query
from firstkey.web.openapi import openapi
from firstkey.web.problems import PROBLEM_TYPE, WebReason, problem_of
from firstkey.web.proxy import forwarded_certificate, source_of
from firstkey.web.routes import ROUTES, Guard, Route

COOKIE = "__Host-firstkey"
PROOF_HEADER = "firstkey-proof"
NONCE_HEADER = "FirstKey-Nonce"

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}
"""On every answer."""

log = structlog.get_logger()


class Door:
    """The way in and out of one site's routes.

    Args:
        site: the site.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._host = site.settings.origin.partition("://")[2]

    def endpoint(self, route: Route) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of one row."""

        async def answer(request: Request) -> Response:
            caller: Caller = Stranger()
            try:
                body = await self._body(request, route)
                caller = await self._caller(request, route, body)
                result = await self._act(request, route, caller, body)
            except Exception as error:  # noqa: BLE001  # the one place where whatever was raised becomes an answer
                return self._problem(error, route, caller)
            return self._answer(result, route)

        return answer

    async def _body(self, request: Request, route: Route) -> bytes:
        if request.headers.get("host") != self._host:
            raise Refused(ActionReason.NotFound)
        if route.method == "GET":
            return b""
        if request.headers.get("content-type") != "application/json":
            raise Refused(WebReason.ContentTypeWrong)
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > route.body_bytes_max:
                raise Refused(WebReason.BodyTooLarge)
        return bytes(data)

    async def _caller(self, request: Request, route: Route, body: bytes) -> Caller:
        source = source_of(request)
        if route.method != "GET":
            self._check_origin(request, named=route.guard is Guard.SESSION)
        if route.guard is Guard.OPEN:
            return Stranger(source)
        if route.guard is Guard.DEVICE:
            proof = request.headers.get(PROOF_HEADER)
            if proof is None:
                raise Refused(ActionReason.UseNonce)
            url = self._site.settings.origin + request.url.path
            device = recognise(self._site, proof, method=route.method, url=url, body=body, source=source)
            return msgspec.structs.replace(device, certificate=forwarded_certificate(request))
        return await recognise_session(self._site, _session(request), source)

    def _check_origin(self, request: Request, *, named: bool) -> None:
        """Refuse a write from another site's page; a browser that bears a session must name the page."""
        ours = self._site.settings.origin
        same = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if request.headers.get("origin", "" if named else ours) != ours or not same:
            raise Refused(WebReason.OriginWrong)

    async def _act(self, request: Request, route: Route, caller: Caller, body: bytes) -> Any:
        arguments: list[Any] = [request.path_params[name] for name in route.names]
        if route.asked is not None:
            get = route.method == "GET"
            arguments.append(
                read_query(dict(request.query_params), route.asked) if get else read_body(body, route.asked)
            )
        return await route.action(self._site, caller, *arguments)

    def _headers(self, route: Route) -> dict[str, str]:
        if route.guard is not Guard.DEVICE:
            return HEADERS
        return {**HEADERS, NONCE_HEADER: make_nonce(self._site.keys.nonce, self._site.clock.now())}

    def _answer(self, result: Any, route: Route) -> Response:
        if isinstance(result, SignedInAnswer):
            return _with_session(result, self._headers(route))
        return Response(msgspec.json.encode(result), 200, self._headers(route), "application/json")

    def _problem(self, error: Exception, route: Route, caller: Caller) -> Response:
        problem = problem_of(error, known=not isinstance(caller, Stranger))
        if problem.status == 500:
            log.error("defect", operation=route.operation, id=str(uuid4()), exc_info=error)
        return Response(msgspec.json.encode(problem), problem.status, self._headers(route), PROBLEM_TYPE)


def _session(request: Request) -> Secret:
    try:
        return Secret(unb64u(request.cookies.get(COOKIE, "")))
    except Malformed as error:
        raise Refused(ActionReason.SignInNeeded) from error


def _with_session(result: SignedInAnswer, headers: dict[str, str]) -> Response:
    """The session goes into the cookie, never into a body."""
    body = msgspec.json.encode({"person": result.person, "account": result.account})
    response = Response(body, 200, headers, "application/json")
    response.set_cookie(COOKIE, session_text(result.session), path="/", secure=True, httponly=True, samesite="strict")
    return response


def make_app(site: Site, lifespan: Any = None) -> Starlette:
    """Make the application of a site.

    Args:
        site: the site.
        lifespan: what runs beside it, an ASGI lifespan context.
    """
    door = Door(site)
    begun = time.monotonic()
    document = msgspec.json.encode(openapi(site.settings.origin))

    async def healthy(_: Request) -> Response:
        return Response(b'{"healthy":true}', 200, HEADERS, "application/json")

    async def ready(_: Request) -> Response:
        body = msgspec.json.encode({"ready": True, "seconds": int(time.monotonic() - begun)})
        return Response(body, 200, HEADERS, "application/json")

    async def described(_: Request) -> Response:
        return Response(document, 200, HEADERS, "application/json")

    async def unknown(_: Request, __: Exception) -> Response:
        problem = problem_of(Refused(ActionReason.NotFound), known=False)
        return Response(msgspec.json.encode(problem), problem.status, HEADERS, PROBLEM_TYPE)

    async def other_method(_: Request, __: Exception) -> Response:
        problem = problem_of(Refused(WebReason.MethodWrong), known=False)
        return Response(msgspec.json.encode(problem), problem.status, HEADERS, PROBLEM_TYPE)

    routes = [StarletteRoute(row.path, door.endpoint(row), methods=[row.method]) for row in ROUTES]
    routes += [
        StarletteRoute("/healthz", healthy, methods=["GET"]),
        StarletteRoute("/readyz", ready, methods=["GET"]),
        StarletteRoute("/api/openapi.json", described, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={404: unknown, 405: other_method}, lifespan=lifespan)
    app.router.redirect_slashes = False  # a redirect would name whatever host was asked for
    return app
