"""The way in and the way out of every route: host, origin, rates, body, caller, action; and what becomes of a no."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from firstkey.actions.devices import recognise
from firstkey.actions.idempotency import KeptAnswer, KeyedWrite, NoticingStore, may_be_kept, noticing
from firstkey.actions.reasons import ActionReason
from firstkey.actions.refusals import record_refusal
from firstkey.actions.sessions import recognise_session, session_text
from firstkey.actions.sign_in import SignedInAnswer
from firstkey.actions.site import Caller, Device, Feed, Operator, Site, Stranger
from firstkey.ceremonies.device_proof import make_nonce
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Malformed, Refused, Unavailable, problem_type
from firstkey.values.secret import Secret
from firstkey.web.answers import PROBLEMS
from firstkey.web.bodies import check_text, read_body, read_query
from firstkey.web.metrics import Metrics
from firstkey.web.problems import NONCE_REASONS, PROBLEM_TYPE, TYPE_PREFIX, Problem, WebReason, problem_of
from firstkey.web.proxy import CERTIFICATE_HEADER, forwarded_certificate, source_of
from firstkey.web.rates import Rates, TooManyRequests
from firstkey.web.routes import PROVEN, Guard, Route
from firstkey.web.tally import Tally

COOKIE = "__Host-firstkey"
PROOF_HEADER = "firstkey-proof"
NONCE_HEADER = "FirstKey-Nonce"
KEY_HEADER = "idempotency-key"
JSON = "application/json"

BODY_SECONDS_MAX = 10.0
"""A body that has not arrived by then is not waited for."""

LEFT_SECONDS_MAX = 1.0
LEFT_BYTES_MAX = 256 * 1024
"""What of a refused body is read and thrown away, so that its sender can read the answer."""

PARAMETER_CHARACTERS_MAX = 200
BUSY_SECONDS = 1

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

ONCE = ("host", "origin", "content-type", "sec-fetch-site", PROOF_HEADER, KEY_HEADER, CERTIFICATE_HEADER)
"""Headers that decide something; two of a kind are two opinions."""

_KEY = re.compile(r'(?P<quote>"?)(?P<key>[A-Za-z0-9._:-]{8,128})(?P=quote)')

log = structlog.get_logger()


class Answered(NamedTuple):
    """An answer before it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    session: Secret | None = None


class Visit:
    """One request on its way, and what is known of it so far.

    Args:
        request: the request.
        route: the row that it is for.

    Attributes:
        caller: who it is; a stranger until shown otherwise.
        body: what has been read, None before.
        store: notices what the action appends; None where nothing does.
        keyed: the idempotency key's part; None without one.
    """

    def __init__(self, request: Request, route: Route) -> None:
        self.request = request
        self.route = route
        self.source = source_of(request)
        self.caller: Caller = Stranger(self.source)
        self.body: bytes | None = b"" if route.method == "GET" else None
        self.store: NoticingStore | None = None
        self.keyed: KeyedWrite | None = None

    @property
    def has_appended(self) -> bool:
        """Whether the action has written something down."""
        return self.store is not None and self.store.appended


class Door:
    """The way in and out of one site's routes.

    Args:
        site: the site.
        metrics: counts what passes.
    """

    def __init__(self, site: Site, metrics: Metrics) -> None:
        self._site = site
        self._host = site.settings.origin.partition("://")[2]
        self._metrics = metrics
        self.rates = Rates(site.clock)
        self.tally = Tally(site)

    def endpoint(self, route: Route) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of one row."""

        async def answer(request: Request) -> Response:
            began, visit = time.perf_counter(), Visit(request, route)
            try:
                answered = await self._carry_out(visit)
            except Exception as error:  # noqa: BLE001  # the one place where whatever was raised becomes an answer
                answered = await self._refuse(error, visit)
            self._metrics.answered(route.operation, answered.status, time.perf_counter() - began)
            return self._response(answered, visit)

        return answer

    def unless_too_many(self, request: Request) -> None:
        """Count a request to what is open and costs something. Raises TooManyRequests."""
        self.rates.stranger(source_of(request))

    # In

    async def _carry_out(self, visit: Visit) -> Answered:
        request, route = visit.request, visit.route
        if request.headers.get("host") != self._host:
            raise Refused(ActionReason.NotFound)
        if any(len(request.headers.getlist(name)) > 1 for name in ONCE):
            raise Malformed(WebReason.BodyMalformed, "a header twice")
        if route.guard is Guard.OPEN:
            self.rates.stranger(visit.source)
        if route.method != "GET":
            self._check_origin(request, named=route.guard is Guard.SESSION)
        if route.guard is Guard.SESSION:
            visit.caller = await self._person(visit)
        visit.body = await _read(request, route) if visit.body is None else visit.body
        if route.guard in PROVEN:
            visit.caller = self._device(visit, visit.body)
        arguments = [_parameter(request.path_params[name]) for name in route.names]
        if route.asked is not None:
            get = route.method == "GET"
            query = request.scope["query_string"]
            arguments.append(read_query(query, route.asked) if get else read_body(visit.body, route.asked))
        return await self._act(visit, visit.body, arguments)

    def _check_origin(self, request: Request, *, named: bool) -> None:
        """Refuse a write from another site's page; a browser that bears a session must name the page."""
        ours = self._site.settings.origin
        same = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if request.headers.get("origin", "" if named else ours) != ours or not same:
            raise Refused(WebReason.OriginWrong)

    async def _person(self, visit: Visit) -> Operator:
        try:
            person = await recognise_session(self._site, _session(visit.request), visit.source)
        except Refused:
            self.rates.stranger(visit.source)
            raise
        self.rates.person(person.person)
        return person

    def _device(self, visit: Visit, body: bytes) -> Device:
        request, route = visit.request, visit.route
        try:
            proof = request.headers.get(PROOF_HEADER)
            if proof is None:
                raise Refused(ActionReason.UseNonce)
            url = self._site.settings.origin + request.url.path
            device = recognise(self._site, proof, method=route.method, url=url, body=body, source=visit.source)
        except Refused:
            self.rates.stranger(visit.source)
            raise
        self.rates.device(device.device_key, visit.source)
        if route.guard is Guard.FEED:
            return Feed(device.device_key, device.proof_id, visit.source)
        return msgspec.structs.replace(device, certificate=forwarded_certificate(request))

    async def _act(self, visit: Visit, body: bytes, arguments: list[Any]) -> Answered:
        route, caller, site = visit.route, visit.caller, self._site
        if not isinstance(caller, Stranger) and route.method != "GET":
            key = _key(visit.request)
            if key is not None:
                named = f"{route.method} {visit.request.url.path}\n".encode()
                visit.keyed = KeyedWrite(site, caller, key, named + body)
                kept = await visit.keyed.find()
                if kept is not None:
                    return Answered(*kept)
            visit.store = NoticingStore(site.store) if visit.keyed is None else visit.keyed.store
            site = noticing(site, visit.store)
        result = await route.action(site, caller, *arguments)
        if isinstance(caller, Device):
            self.rates.let_in(caller.device_key)
        if isinstance(result, SignedInAnswer):  # the session goes into the cookie, never into a body
            shown = {"person": result.person, "account": result.account}
            return Answered(200, msgspec.json.encode(shown), session=result.session)
        answered = Answered(200, msgspec.json.encode(result))
        if may_be_kept(type(result)):
            await _keep(visit, answered)
        return answered

    # Out

    async def _refuse(self, error: Exception, visit: Visit) -> Answered:
        problem = problem_of(error, known=not isinstance(visit.caller, Stranger))
        answered = refusal(problem, error)
        if problem.status == 500:
            log.error("defect", operation=visit.route.operation, id=str(uuid4()), exc_info=error)
        elif isinstance(error, Refused):
            self._metrics.refused(problem.type)
            told = problem.type.removeprefix(TYPE_PREFIX)
            if told not in PROBLEMS.get(visit.route.operation, {}).get(problem.status, "").split():
                log.error("undocumented", operation=visit.route.operation, status=problem.status, type=told)
            await self._write_down(error, visit)
            if error.reason not in NONCE_REASONS:  # every device asks for its first nonce so
                said = problem_type(error.reason)
                log.info("refused", operation=visit.route.operation, status=problem.status, type=said)
            if visit.has_appended:
                await _keep(visit, answered)
        if visit.body is None and not await _throw_away(visit.request):
            return answered._replace(headers={**answered.headers, "connection": "close"})
        return answered

    async def _write_down(self, error: Refused, visit: Visit) -> None:
        """Count a stranger's refusal, make anybody else's an entry; what the action wrote down is not told twice."""
        if error.reason in NONCE_REASONS or visit.has_appended:
            return  # a device that asks for its nonce has done nothing wrong
        caller, route, reason = visit.caller, visit.route, problem_type(error.reason)
        unknown = isinstance(caller, Device) and not self.rates.is_known(caller.device_key)
        if isinstance(caller, Stranger) or unknown or isinstance(error, TooManyRequests):
            self.tally.count(visit.source, route.activity, reason)
            return
        try:
            await record_refusal(
                self._site,
                caller,
                operation=route.operation,
                reason=reason,
                activity=route.activity,
                asked_of=visit.request.path_params.get("case"),
            )
        except Unavailable:
            self.tally.count(visit.source, route.activity, reason)

    def _response(self, answered: Answered, visit: Visit) -> Response:
        headers = {**HEADERS, **answered.headers}
        if visit.route.guard in PROVEN:
            headers[NONCE_HEADER] = make_nonce(self._site.keys.nonce, self._site.clock.now())
        media_type = JSON if answered.status == 200 else PROBLEM_TYPE
        response = Response(answered.body, answered.status, headers, media_type)
        if answered.session is not None:
            session = session_text(answered.session)
            response.set_cookie(COOKIE, session, path="/", secure=True, httponly=True, samesite="strict")
        return response


def refusal(problem: Problem, error: Exception) -> Answered:
    """Return a problem as it is answered; whoever may try again is told when."""
    headers: dict[str, str] = {}
    if isinstance(error, TooManyRequests):
        headers["retry-after"] = str(error.retry_after_seconds)
    elif problem.status == 503:
        headers["retry-after"] = str(BUSY_SECONDS)
    return Answered(problem.status, msgspec.json.encode(problem), headers)


async def _read(request: Request, route: Route) -> bytes:
    if request.headers.get("content-type") != JSON:
        raise Refused(WebReason.ContentTypeWrong)
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            async for chunk in request.stream():
                data += chunk
                if len(data) > route.body_bytes_max:
                    raise Refused(WebReason.BodyTooLarge)
    except (TimeoutError, ClientDisconnect) as error:
        raise Malformed(WebReason.BodyMalformed, "the body did not arrive whole") from error
    return bytes(data)


async def _throw_away(request: Request) -> bool:
    """Read what is left of a body that nobody wants; return whether that was all."""
    left = LEFT_BYTES_MAX
    try:
        async with asyncio.timeout(LEFT_SECONDS_MAX):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return False
    except (TimeoutError, ClientDisconnect, RuntimeError):  # RuntimeError: a stream begun before is not read twice
        return False
    return True


async def _keep(visit: Visit, answered: Answered) -> None:
    if visit.keyed is not None:
        with suppress(Unavailable):  # it has been carried out; whoever asks again is told so
            await visit.keyed.keep(KeptAnswer(answered.status, answered.body))


def _key(request: Request) -> str | None:
    sent = request.headers.get(KEY_HEADER)
    if sent is None:
        return None
    matched = _KEY.fullmatch(sent)
    if matched is None:
        raise Malformed(WebReason.BodyMalformed, "an idempotency key is 8 to 128 letters, digits and . _ : -")
    return matched["key"]


def _parameter(text: str) -> str:
    """Return a path's parameter. What no identifier can be names nothing."""
    try:
        check_text(text)
    except Malformed as error:
        raise Refused(ActionReason.NotFound) from error
    if len(text) > PARAMETER_CHARACTERS_MAX:
        raise Refused(ActionReason.NotFound)
    return text


def _session(request: Request) -> Secret:
    try:
        return Secret(unb64u(request.cookies.get(COOKIE, "")))
    except Malformed as error:
        raise Refused(ActionReason.SignInNeeded) from error
