"""The description that the server gives of itself: well-formed, closed, and of exactly the routes that there are."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from firstkey.values.errors import Says, problem_type
from firstkey.web.answers import PROBLEMS
from firstkey.web.openapi import openapi
from firstkey.web.problems import TYPE_PREFIX
from firstkey.web.routes import ROUTES, Guard, Route

DOCUMENT = openapi("https://join.example.org")


def every(value: Any, key: str) -> Iterator[Any]:
    """Yield what stands under a key, anywhere."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from every(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from every(item, key)


def resolve(reference: str) -> Any:
    """Return what a reference leads to.

    Raises:
        KeyError: nothing.
    """
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def operation(route: Route) -> dict[str, Any]:
    """Return what the document says of a route."""
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return found


def objects(schema: Any, seen: set[str]) -> Iterator[dict[str, Any]]:
    """Yield every object that a schema can lead to, by whatever reference."""
    if isinstance(schema, list):
        for item in schema:
            yield from objects(item, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if reference is not None and reference not in seen:
        seen.add(reference)
        yield from objects(resolve(reference), seen)
    if "properties" in schema:
        yield schema
    for item in schema.values():
        yield from objects(item, seen)


def test_every_reference_resolves() -> None:
    """No reference leads nowhere, and there are some."""
    references = set(every(DOCUMENT, "$ref"))
    assert len(references) > 30
    assert all(resolve(reference) is not None for reference in references)


def test_it_is_of_exactly_the_routes() -> None:
    """Paths and methods are those of the route table, and each operation has a name of its own."""
    described = {(path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == {(route.path, route.method) for route in ROUTES}
    names = [operation(route)["operationId"] for route in ROUTES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_a_request_is_closed(route: Route) -> None:
    """Everything that a body can hold is named: no object of it takes unknown fields."""
    content = operation(route).get("requestBody", {}).get("content", {})
    assert (route.method == "POST") == bool(content)
    for schema in (kind["schema"] for kind in content.values()):
        found = list(objects(schema, set()))
        assert found
        assert all(each.get("additionalProperties") is False for each in found)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_an_operation_says_what_it_demands(route: Route) -> None:
    """Its guard, its path's parameters and its problems stand in the document."""
    said = operation(route)
    assert bool(said["security"]) == (route.guard is not Guard.OPEN)
    named = [each["name"] for each in said.get("parameters", ()) if each["in"] == "path"]
    assert named == list(route.names)
    assert said["summary"]
    assert said["description"]
    assert said["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    headers = {each["name"] for each in said.get("parameters", ()) if each["in"] == "header"}
    assert headers == ({"Idempotency-Key"} if route.method == "POST" and route.guard is not Guard.OPEN else set())


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_an_operation_names_each_answer_that_it_can_give(route: Route) -> None:
    """A success, and exactly the problems of the table, each under its own status; who may try again is told when."""
    answers = dict(operation(route)["responses"])
    assert set(answers.pop("200")["content"]) == {"application/json"}
    assert {int(status) for status in answers} == set(PROBLEMS[route.operation])
    for status, answer in answers.items():
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema["properties"]["status"] == {"const": int(status)}
        types = [kind.removeprefix(TYPE_PREFIX) for kind in schema["properties"]["type"]["enum"]]
        assert types == PROBLEMS[route.operation][int(status)].split()
        assert ("Retry-After" in answer.get("headers", {})) == (status in ("429", "503"))


def test_a_problem_of_the_table_is_a_problem_that_there_is() -> None:
    """No operation names a type that no rule has, nor one under a status that it does not bear."""
    reasons = (reason for kind in Enum.__subclasses__() for reason in kind)
    known = {problem_type(reason) for reason in reasons if isinstance(reason.value, Says)}
    for statuses in PROBLEMS.values():
        assert {name for types in statuses.values() for name in types.split()} <= known
        assert set(statuses) <= {400, 401, 403, 404, 409, 413, 415, 429, 503}
