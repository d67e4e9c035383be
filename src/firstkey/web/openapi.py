"""OpenAPI 3.1 of the route table, made from the very types that bodies are read with."""

from typing import Any

import msgspec

from firstkey import VERSION
from firstkey.actions.sign_in import SignedInAnswer
from firstkey.web.problems import PROBLEM_TYPE, Problem
from firstkey.web.routes import ROUTES, Guard, Route


class SignedInShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed in; the session is in the cookie."""

    person: str
    account: str


SECURITY: dict[Guard, list[dict[str, list[str]]]] = {
    Guard.OPEN: [],
    Guard.SESSION: [{"session": []}],
    Guard.DEVICE: [{"device_proof": []}],
}

SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-firstkey"},
    "device_proof": {"type": "apiKey", "in": "header", "name": "FirstKey-Proof"},
}

PROBLEM_STATUSES = (400, 401, 403, 404, 409, 413, 415, 503)


def _shown(kind: type) -> type:
    return SignedInShown if kind is SignedInAnswer else kind


def _operation(route: Route, schemas: dict[type, Any], problem: Any, components: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {"description": "Done.", "content": {"application/json": {"schema": schemas[_shown(route.answer)]}}}
    }
    for status in PROBLEM_STATUSES:
        content = {PROBLEM_TYPE: {"schema": problem}}
        answers[str(status)] = {"description": "See the problem's type.", "content": content}
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": (route.action.__doc__ or "").strip().partition("\n")[0],
        "security": SECURITY[route.guard],
        "responses": answers,
    }
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.names
    ]
    if route.asked is not None and route.method == "GET":
        named = components[schemas[route.asked]["$ref"].rpartition("/")[2]]
        parameters += [
            {"name": name, "in": "query", "required": name in named.get("required", ()), "schema": schema}
            for name, schema in named["properties"].items()
        ]
    elif route.asked is not None:
        content = {"application/json": {"schema": schemas[route.asked]}}
        operation["requestBody"] = {"required": True, "content": content}
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
        "info": {"title": "FirstKey", "version": VERSION, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SCHEMES},
    }
