"""Facts made from their fields' types: drawn at random, or one of each kind."""

import types
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.surroundings import By, Made
from firstkey.policy.model import Requirements
from firstkey.values.canonical import INTEGER_MAX
from tests.core.enrollment.world import GOOD, PASS_PATH

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    int: st.integers(-INTEGER_MAX, INTEGER_MAX),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    bool: st.booleans(),
    types.NoneType: st.none(),
}


@cache
def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return values of a field's type, as far as facts use types at all."""
    if kind in LEAVES:
        return LEAVES[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(values_of, arguments))
    if origin is frozenset:
        return st.frozensets(values_of(arguments[0]), max_size=3)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, arguments))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert issubclass(kind, msgspec.Struct), kind
    fields = {name: values_of(hint) for name, hint in get_type_hints(kind).items() if not name.startswith("__")}
    return st.builds(kind, **{name: fields[name] for name in kind.__struct_fields__})


def facts_of(kind: type[Fact]) -> st.SearchStrategy[Fact]:
    """Return facts of one kind."""
    return values_of(kind)


def _filled(kind: Any, name: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in {str, int, bool}:
        return {str: f"{name}-1", int: 7, bool: True}[kind]
    if origin in (Union, types.UnionType):
        return _filled(arguments[0], name)
    if origin is tuple:
        return tuple(By(f"person-{number}", f"statement-{number}", f"delegator-{number}") for number in (1, 2))
    of_kind = {By: By("person-1", "statement-1", "delegator-1"), Made: GOOD, Requirements: PASS_PATH}
    return next(iter(kind)) if issubclass(kind, Enum) else of_kind[kind]


def filled(kind: type[Fact]) -> Fact:
    """Return a fact with every field told, the optional ones too; texts say their field's name."""
    return kind(**{field.name: _filled(field.type, field.name) for field in msgspec.structs.fields(kind)})


def bare(kind: type[Fact]) -> Fact:
    """Return a fact that tells only what it must."""
    fields = msgspec.structs.fields(kind)
    return kind(**{field.name: _filled(field.type, field.name) for field in fields if field.required})
