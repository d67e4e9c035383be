"""OpenAPI 3.1 of the route table: made from the types that bodies are read with, and from the table of problems."""

import inspect
import re
from typing import Any

import msgspec

from firstkey import VERSION
from firstkey.actions.sign_in import SignedInAnswer
from firstkey.web.answers import PROBLEMS
from firstkey.web.problems import PROBLEM_TYPE, TYPE_PREFIX, Problem
from firstkey.web.routes import PROVEN, ROUTES, Guard, Route

JSON = "application/json"


class SignedInShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed in; the session is in the cookie."""

    person: str
    account: str


SECURITY: dict[Guard, list[dict[str, list[str]]]] = {
    Guard.OPEN: [],
    Guard.SESSION: [{"session": []}],
    Guard.DEVICE: [{"device_proof": []}],
    Guard.FEED: [{"device_proof": []}],
}

SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-firstkey",
        "description": "Set by sign_in. A write in a session also bears `Origin`, exactly this site's.",
    },
    "device_proof": {
        "type": "apiKey",
        "in": "header",
        "name": "FirstKey-Proof",
        "description": (
            "A compact JWS (ES256) by the device's key over this very request, in the manner of RFC 9449: header `typ` "
            "firstkey-proof+jwt and `jwk`; payload `htm`, `htu`, `nonce` (from the last answer's FirstKey-Nonce), "
            "`body` (SHA-256, base64url), `iat`, `jti`."
        ),
    },
}

WHO: dict[Guard, str] = {
    Guard.OPEN: "Asked by anybody; whoever is refused learns one thing.",
    Guard.SESSION: "Asked by a person who has signed in.",
    Guard.DEVICE: "Asked by the joiner's device, which proves its key with every request.",
    Guard.FEED: "Asked by a source of record, which proves its registered key with every request, as a device does.",
}

TAGS: tuple[tuple[str, str, str], ...] = (
    ("/api/founding", "founding", "The first people of a site, with the code from its terminal."),
    ("/api/sign-", "sign-in", "Opening and closing a session with a passkey. No pass is ever of use here."),
    ("/api/claim", "the joiner's device", "A case as the joiner's page sees it, named by its handle."),
    ("/api/cases", "cases", "A case as the people see it who work on it."),
    ("/", "administration", "People, duties and whatever else a site is run by. Acts are signed: ask for a statement."),
)

DESCRIPTION = (
    "From hired to holding a working, device-bound passkey. A case is opened for an account; identity is proofed, "
    "people approve, the joiner's device claims the case and is anchored, a pass is issued and redeemed, a passkey is "
    "made and becomes active. Acts by people are signed: ask for a statement (ask_statement), sign its challenge with "
    "a passkey, and send digest and assertion as `signed`. Every refusal is a problem (RFC 9457): `type` is stable, "
    "`next_step` says what to do. Instants are milliseconds since 1970 UTC; bytes are base64url without padding."
)

SAYS = {
    400: "The request, or something in it, cannot be read.",
    401: "Nothing valid was shown: sign in, or prove the device's key.",
    403: "That is not for whoever asks.",
    404: "There is nothing here for whoever asks.",
    409: "A rule says no.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    429: "That is more at once than is answered.",
    503: "The site is busy; nothing was changed.",
}

RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
NONCE = {"description": "For the next device proof.", "schema": {"type": "string"}}
COOKIE = {"description": "The session, for this host alone.", "schema": {"type": "string"}}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Marks a request that is sent again as the same one: nothing is done twice, and the answer is given again "
        "unless it carried a code. A fresh one for each request; a UUID will do."
    ),
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{8,128}$"},
}
PARAMETERS = {"type": "string", "minLength": 1, "maxLength": 200}


def _shown(kind: type) -> type:
    return SignedInShown if kind is SignedInAnswer else kind


def _prose(route: Route) -> tuple[str, str]:
    """Return an operation's summary and description, from its action's docstring."""
    text = inspect.cleandoc(route.action.__doc__ or "")
    summary, _, rest = text.partition("\n")
    rest = re.split(r"\n*(?:Args|Raises|Returns):\n", "\n" + rest)[0].strip()
    return summary, "\n\n".join(part for part in (rest, WHO[route.guard]) if part)


def _problem(status: int, types: str, schema: Any, headers: dict[str, Any]) -> dict[str, Any]:
    closed = {
        "allOf": [schema],
        "properties": {"type": {"enum": [TYPE_PREFIX + name for name in types.split()]}, "status": {"const": status}},
    }
    headers = {**headers, "Retry-After": RETRY_AFTER} if status == 503 or "too-many-requests" in types else headers
    said = {"description": SAYS[status], "content": {PROBLEM_TYPE: {"schema": closed}}}
    return {**said, "headers": headers} if headers else said


def _answers(route: Route, schemas: dict[type, Any], problem: Any) -> dict[str, Any]:
    headers: dict[str, Any] = {"FirstKey-Nonce": NONCE} if route.guard in PROVEN else {}
    done: dict[str, Any] = {"description": "Done.", "content": {JSON: {"schema": schemas[_shown(route.answer)]}}}
    of_done = {**headers, "Set-Cookie": COOKIE} if route.answer is SignedInAnswer else headers
    if of_done:
        done["headers"] = of_done
    refused = PROBLEMS.get(route.operation, {})
    return {"200": done, **{str(status): _problem(status, refused[status], problem, headers) for status in refused}}


def _operation(route: Route, schemas: dict[type, Any], problem: Any, components: dict[str, Any]) -> dict[str, Any]:
    summary, description = _prose(route)
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": summary,
        "description": description,
        "tags": [next(tag for prefix, tag, _ in TAGS if route.path.startswith(prefix))],
        "security": SECURITY[route.guard],
        "responses": _answers(route, schemas, problem),
    }
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": PARAMETERS} for name in route.names
    ]
    if route.method != "GET" and route.guard is not Guard.OPEN:
        parameters.append(KEY)
    if route.asked is not None and route.method == "GET":
        named = components[schemas[route.asked]["$ref"].rpartition("/")[2]]
        parameters += [
            {"name": name, "in": "query", "required": name in named.get("required", ()), "schema": schema}
            for name, schema in named["properties"].items()
        ]
    elif route.asked is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas[route.asked]}}}
    return operation | ({"parameters": parameters} if parameters else {})


def openapi(origin: str) -> dict[str, Any]:
    """Return the OpenAPI document of the site at an origin."""
    kinds = list(
        dict.fromkeys(kind for route in ROUTES for kind in (route.asked, _shown(route.answer)) if kind is not None)
    )
    schemas, components = msgspec.json.schema_components([*kinds, Problem], ref_template="#/components/schemas/{name}")
    by_kind = dict(zip(kinds, schemas[:-1], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_kind, schemas[-1], components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "FirstKey",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": origin}],
        "tags": [{"name": tag, "description": says} for _, tag, says in TAGS],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SCHEMES},
    }
