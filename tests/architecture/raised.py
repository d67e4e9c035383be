"""What a function can say no to, read off the source: every reason that it, or anything that it names, can raise.

It follows names, not values, so it finds too much rather than too little: a method stands for all methods of its name,
a table for every row, and a command for its rule. What a handler catches is taken away again.
"""

import ast
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import firstkey
from firstkey.enrollment.lifecycle.decide import RULES
from firstkey.ports.fact_store import StoreReason
from firstkey.values.errors import Says

PACKAGE = Path(firstkey.__file__).parent
PARTS = ("values", "policy", "ceremonies", "ledger", "enrollment", "ports", "actions", "sources")
NOT_FOLLOWED = {
    "firstkey.enrollment.lifecycle.decide": {
        "AFTER_CLOSURE": "it asks which command it is",
        "RULES": "which rule it is, the command says",
        "open_case": "as the rules",
        "settle": "what has ended closes the case, and only why is told",
    },
    "firstkey.actions.casework": {
        "_before": "what is remembered makes a path stricter and refuses nothing",
        "_let_go_of": "what is due in another case is written down there",
        "_push": "what credentials learn from a case is never refused",
        "decide_holdings": "as above",
        "look_again": "what is due is written down",
        "policy_in_force": "a stored policy has been read before",
        "ruling_of": "a ruling says what is prohibited, and the rule refuses",
    },
    "firstkey.actions.devices": {"RefuseRival": "whatever is found beyond the rival is not a rival's to know"},
    "firstkey.actions.rulings": {"loaded": "a stored policy has been read before"},
    "firstkey.actions.crew": {"policy_in_force": "as above"},
}
"""Names that are used in a module and lead to no answer of it, and why."""

METHODS_OF = {"actions": ("actions", "enrollment")}
"""A method's name is looked for in the part that uses it, or in these."""

WATCHERS = frozenset({"firstkey.actions.idempotency", "firstkey.actions.refusals", "firstkey.actions.folds"})
"""Modules whose methods stand between an action and the store; the door answers for them."""

CATCHES_ALL = frozenset({"Refused", "FirstKeyError", "Exception", "BaseException"})
Symbol = tuple[str, str]


class No(NamedTuple):
    """A reason, and whether it says that something could not be read."""

    reason: Enum
    malformed: bool


Nos = frozenset[No]
NONE: Nos = frozenset()


class Module:
    """A module's names: where each comes from, and what stands under it."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.name = name
        self.from_elsewhere: dict[str, Symbol] = {}
        self.own: dict[str, ast.AST] = {}
        for node in tree.body:
            self._learn(node)

    def _learn(self, node: ast.stmt) -> None:
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("firstkey"):
                for alias in names:
                    self.from_elsewhere[alias.asname or alias.name] = (module, alias.name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.own[name] = node
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self.own[name] = value
            case _:
                pass


def _modules() -> dict[str, Module]:
    found = {}
    for part in PARTS:
        for path in sorted((PACKAGE / part).rglob("*.py")):
            dotted = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
            found[dotted] = Module(dotted, ast.parse(path.read_text()))
    return found


class Reading:
    """One reading of the source."""

    def __init__(self) -> None:
        self.modules = _modules()
        self._known: dict[tuple[str, ast.AST], Nos] = {}
        self._methods: dict[str, list[tuple[str, ast.AST]]] = {}
        for module in self.modules.values():
            for node in module.own.values() if module.name not in WATCHERS else ():
                for method in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                        self._methods.setdefault(method.name, []).append((module.name, method))

    def of(self, module: str, name: str) -> Nos:
        """Return what a function of a module can raise."""
        node = self.modules[module].own[name]
        before: dict[tuple[str, ast.AST], Nos] = {}
        while True:  # until nothing is found any more that was not found before: functions call each other in circles
            self._visited: set[tuple[str, ast.AST]] = set()
            found = self._node(module, node)
            if before == self._known:
                return found
            before = dict(self._known)

    def _node(self, module: str, node: ast.AST) -> Nos:
        key = (module, node)
        if key in self._visited:
            return self._known.get(key, NONE)
        self._visited.add(key)
        if isinstance(node, ast.ClassDef):
            born = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name in ("__init__", "__post_init__")]
            found = self._union(module, born)
            if any(isinstance(base, ast.Name) and base.id == "Malformed" for base in node.bases):
                found = frozenset(No(no.reason, malformed=True) for no in found)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = self._union(module, [*node.body, *node.args.defaults])
        else:
            found = self._within(module, node)
        self._known[key] = self._known.get(key, NONE) | found
        return self._known[key]

    def _union(self, module: str, nodes: Sequence[ast.AST]) -> Nos:
        return NONE.union(*(self._within(module, node) for node in nodes))

    def _within(self, module: str, node: ast.AST) -> Nos:
        match node:
            case ast.Try():
                return self._tried(module, node)
            case ast.Call(func=ast.Name(id=name), args=given):
                return self._called(module, name, node, given)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if self._reason(
                module, name, attr
            ) is not None or self._is_module(module, name):
                said = self._reason(module, name, attr)
                if said is not None:
                    return frozenset({No(said, said.name.endswith("Malformed"))})
                return self._symbol(self._alias(module, name), attr)
            case ast.Attribute(value=value, attr=attr):
                return self._within(module, value) | self._method(module, attr)
            case ast.Name(id=name):
                return self._named(module, name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._union(module, node.body)
            case ast.AnnAssign(value=value):
                return NONE if value is None else self._within(module, value)
            case ast.Lambda(body=body):
                return self._within(module, body)
            case ast.arguments():
                return NONE
            case _:
                return self._union(module, list(ast.iter_child_nodes(node)))

    def _called(self, module: str, name: str, call: ast.Call, given: list[ast.expr]) -> Nos:
        if name == "isinstance":
            return self._within(module, given[0])
        malformed = name == "Malformed" or self._is_parser(module, name)
        if malformed or name == "Refused":
            told = frozenset(No(no.reason, malformed) for no in self._union(module, given))
            return told | self._within(module, call.func)
        return self._union(module, list(ast.iter_child_nodes(call)))

    def _tried(self, module: str, node: ast.Try) -> Nos:
        left, found = self._union(module, node.body), NONE
        for handler in node.handlers:
            names = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)} if handler.type else CATCHES_ALL
            caught = frozenset(no for no in left if _catches(names, no))
            left -= caught
            again = any(_raises_again(handler, n) for n in ast.walk(handler))
            found |= self._union(module, handler.body) | (caught if again else NONE)
        return left | found | self._union(module, [*node.orelse, *node.finalbody])

    def _method(self, module: str, name: str) -> Nos:
        if name in NOT_FOLLOWED.get(module, {}):
            return NONE
        if name == "take":
            return frozenset({No(StoreReason.SlotTaken, False)})
        if name == "not_after":
            return frozenset({No(StoreReason.TooLate, False)})
        part = module.split(".")[1]
        known = self._methods.get(name, ())
        near = [where for where in known if where[0].split(".")[1] in METHODS_OF.get(part, (part,))]
        return NONE.union(*(self._node(*where) for where in near))

    def _named(self, module: str, name: str) -> Nos:
        if name in NOT_FOLLOWED.get(module, {}):
            return NONE
        symbol = self.modules[module].from_elsewhere.get(name)
        if symbol is not None:
            return self._symbol(*symbol)
        return self._symbol(module, name) if name in self.modules[module].own else NONE

    def _symbol(self, module: str, name: str) -> Nos:
        if module not in self.modules:
            return NONE
        if name not in self.modules[module].own:
            further = self.modules[module].from_elsewhere.get(name)
            return NONE if further is None else self._symbol(*further)
        command = getattr(import_module(module), name)
        rule = _rules().get(command) if isinstance(command, type) else None
        found = NONE if rule is None else self._symbol(*rule)
        return found | self._node(module, self.modules[module].own[name])

    def _is_parser(self, module: str, name: str) -> bool:
        """Whether a function is handed the reason by which it raises Malformed."""
        where, there = self.modules[module].from_elsewhere.get(name, (module, name))
        node = self.modules[where].own.get(there) if where in self.modules else None
        if not isinstance(node, ast.FunctionDef):
            return False
        given = {argument.arg for argument in node.args.args}
        return any(
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "Malformed"
            and isinstance(call.args[0], ast.Name)
            and call.args[0].id in given
            for call in ast.walk(node)
        )

    def _alias(self, module: str, name: str) -> str:
        return ".".join(self.modules[module].from_elsewhere.get(name, ("", "")))

    def _is_module(self, module: str, name: str) -> bool:
        return self._alias(module, name) in self.modules

    def _reason(self, module: str, name: str, attr: str) -> Enum | None:
        where = self.modules[module].from_elsewhere.get(name, (module, name))
        if not (name == "R" or name.endswith("Reason")) or where[0] not in self.modules:
            return None
        member = getattr(getattr(import_module(where[0]), where[1], None), attr, None)
        return member if isinstance(member, Enum) and isinstance(member.value, Says) else None


def _raises_again(handler: ast.ExceptHandler, node: ast.AST) -> bool:
    """Whether a handler raises what it has caught: as it is, or something else for the same reason."""
    match node:
        case ast.Raise(exc=None):
            return True
        case ast.Attribute(value=ast.Name(id=name), attr="reason"):
            return name == handler.name
        case _:
            return False


def _catches(names: frozenset[str] | set[str], no: No) -> bool:
    if names & CATCHES_ALL or ("Malformed" in names and no.malformed):
        return True
    return "SlotTaken" in names and no.reason is StoreReason.SlotTaken


@cache
def _rules() -> dict[type, Symbol]:
    from firstkey.enrollment.request import OpenCase, open_case

    found = {command: (rule.__module__, rule.__name__) for command, rule in RULES.items()}
    return {**found, OpenCase: (open_case.__module__, open_case.__name__)}


@cache
def reading() -> Reading:
    """Return the reading, made once."""
    return Reading()


def raised(function: object) -> Iterator[No]:
    """Yield what a function can raise, by name of the reason."""
    module, name = function.__module__, function.__name__  # type: ignore[attr-defined]  # every function has both
    yield from sorted(reading().of(module, name), key=lambda no: (no.reason.name, no.malformed))
