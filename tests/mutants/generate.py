"""Mutants made from the syntax tree: every comparison, conjunct, guard, limit, row and cell of the enrollment core.

An operator answers, for one node of the tree, which texts might stand in its place. What mypy or an import would find
at once is left out where that is easily told; what is left is for the tests to find.
"""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from tests.mutants.mutant import PACKAGE, Edit, Mutant, read

FOLDERS = ("enrollment",)
FILES = ("policy/floors.py", "policy/strictness.py", "policy/staffing.py", "policy/evaluate.py")
GRIDS = "enrollment/case/transitions.py"
WORDS_ONLY = {"enrollment/case/refusals.py"}
"""Files that only name things."""

JUDGEMENTS = {"comparison", "conjunct", "negation", "limit", "moment"}
"""Kinds of change that turn what a rule asks: `make mutants` tries each of them."""
FLOORS = {"policy/floors.py", "policy/strictness.py"}
"""Tables whose every entry is such a question: `make mutants` tries whatever can be changed in them."""

NEIGHBOURS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
COMPARISON = re.compile(r"<=|>=|==|!=|<|>|not\s+in|is\s+not|\bin\b|\bis\b")
OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
OTHER_WORDS = {
    "Anchor": ("PRESENCE", "CLIENT_CERTIFICATE"),
    "Bootstrap": ("ATTENDED", "PASS"),
    "Cause": ("LEFT", "LOST"),
    "Closure": ("EXPIRED", "DENIED"),
    "CredentialState": ("ENDED", "PENDING"),
    "Duty": ("DELIVERER", "CONFIRMER"),
    "Moment": ("ISSUANCE", "ACTIVATION"),
    "NativeState": ("MINTED", "USED"),
    "PassState": ("REVOKED", "SPENT"),
    "R": ("NotAStep", "CaseOver"),
    "Stage": ("HELD", "ISSUANCE"),
    "Verdict": ("VERIFY", "PROHIBIT"),
}
"""For a word of each closed list, the word put in its place, or the second where it is that one."""

NOTHING, NO_KEYWORD = "*()", "**{}"
"""An element, and a keyword or entry, that are none."""


class Node(NamedTuple):
    """A node with what stands around it.

    Attributes:
        node: of the syntax tree.
        above: the nodes that it stands in, outermost first.
        source: the text.
    """

    node: Any
    above: tuple[ast.AST, ...]
    source: "Source"

    @property
    def parent(self) -> ast.AST:
        """The node that it stands in."""
        return self.above[-1]

    @property
    def of_table(self) -> bool:
        """Whether it stands outside every function."""
        return not any(isinstance(node, ast.FunctionDef | ast.Lambda) for node in self.above)


class Change(NamedTuple):
    """A text in the place of a span of characters."""

    start: int
    end: int
    after: str


class Source(NamedTuple):
    """A file's text, and where each line begins."""

    text: str
    begins: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Source":
        """Find where the lines begin."""
        return cls(text, tuple(accumulate((len(line) for line in text.splitlines(keepends=True)), initial=0)))

    def offset(self, line: int, column: int) -> int:
        """Return the place, in characters, of a line and a column in UTF-8 bytes as the syntax tree has them."""
        start = self.begins[line - 1]
        return start + len(self.text[start:].encode()[:column].decode())

    def span(self, node: Any) -> tuple[int, int]:
        """Return where a node begins and ends."""
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def of_node(self, node: Any) -> str:
        """Return a node's text."""
        start, end = self.span(node)
        return self.text[start:end]


def _instead(at: Node, node: Any, *texts: str) -> Iterator[Change]:
    start, end = at.source.span(node)
    yield from (Change(start, end, text) for text in texts)


def comparison(at: Node) -> Iterator[Change]:
    """Each comparison with its near neighbours."""
    left = at.node.left
    for operator, right in zip(at.node.ops, at.node.comparators, strict=True):
        start, end = at.source.span(left)[1], at.source.span(right)[0]
        found = COMPARISON.search(at.source.text, start, end)
        assert found is not None
        yield from (Change(found.start(), found.end(), text) for text in NEIGHBOURS[type(operator)])
        left = right


def conjunct(at: Node) -> Iterator[Change]:
    """Each conjunct held true, each disjunct held false."""
    neutral = "True" if isinstance(at.node.op, ast.And) else "False"
    for value in at.node.values:
        yield from _instead(at, value, neutral)


def condition(at: Node) -> Iterator[Change]:
    """Each condition held true, and held false."""
    yield from _instead(at, at.node.test, "True", "False")


def sieve(at: Node) -> Iterator[Change]:
    """Each condition of a comprehension held true."""
    for test in at.node.ifs:
        yield from _instead(at, test, "True")


def negation(at: Node) -> Iterator[Change]:
    """Each `not` dropped."""
    if isinstance(at.node.op, ast.Not):
        yield from _instead(at, at.node, at.source.of_node(at.node.operand))


def statement(at: Node) -> Iterator[Change]:
    """Each guard, and each other call that is a statement, dropped."""
    if isinstance(at.node.value, ast.Call):
        yield from _instead(at, at.node, "pass")


def addition(at: Node) -> Iterator[Change]:
    """Each statement that adds to something dropped."""
    yield from _instead(at, at.node, "pass")


def call(at: Node) -> Iterator[Change]:
    """`min` and `max`, `any` and `all` swapped; what must be present not looked at; each keyword left out."""
    name = at.node.func.id if isinstance(at.node.func, ast.Name) else ""
    if name in OPPOSITES:
        yield from _instead(at, at.node.func, OPPOSITES[name])
    if name == "present":
        yield from _instead(at, at.node, at.source.of_node(at.node.args[0]))
    if name in {"Row", "TypeVar"}:
        return
    for keyword in at.node.keywords:
        if keyword.arg not in {None, "strict"}:
            yield from _instead(at, keyword, NO_KEYWORD)


def calculation(at: Node) -> Iterator[Change]:
    """Union and intersection swapped; what is added or taken away left out."""
    swapped = {ast.BitOr: "&", ast.BitAnd: "|"}.get(type(at.node.op))
    if swapped is not None:
        start, end = at.source.span(at.node.left)[1], at.source.span(at.node.right)[0]
        place = at.source.text.index("|" if swapped == "&" else "&", start, end)
        yield Change(place, place + 1, swapped)
    elif isinstance(at.node.op, ast.Add | ast.Sub):
        yield from _instead(at, at.node, at.source.of_node(at.node.left))


def element(at: Node) -> Iterator[Change]:
    """Each element of a tuple, list or set left out."""
    unpacked = isinstance(at.parent, ast.Assign) and isinstance(at.parent.targets[0], ast.Tuple)
    if isinstance(at.parent, ast.Subscript) or unpacked or isinstance(getattr(at.node, "ctx", None), ast.Store):
        return
    for each in at.node.elts:
        yield from _instead(at, each, NOTHING)


def entry(at: Node) -> Iterator[Change]:
    """Each entry of a mapping left out."""
    for key, value in zip(at.node.keys, at.node.values, strict=True):
        if key is not None:
            yield Change(at.source.span(key)[0], at.source.span(value)[1], NO_KEYWORD)


def constant(at: Node) -> Iterator[Change]:
    """Each yes a no and each no a yes; each number one more, and one less."""
    value = at.node.value
    if isinstance(at.parent, ast.keyword) and at.parent.arg == "strict":  # of zip: lengths that cannot differ
        return
    if isinstance(value, bool):
        yield from _instead(at, at.node, str(not value))
    elif isinstance(value, int):
        yield from _instead(at, at.node, str(value + 1), f"({value - 1})" if value < 1 else str(value - 1))


def limit(at: Node) -> Iterator[Change]:
    """Each named maximum one more, and one less, in its own unit."""
    if at.of_table and isinstance(at.node.value, ast.BinOp) and isinstance(at.node.value.op, ast.Mult):
        text = at.source.of_node(at.node.value)
        yield from _instead(at, at.node.value, f"{text} + 1", f"{text} - 1")


def word(at: Node) -> Iterator[Change]:
    """Each word of a closed list another of its list."""
    kind = at.node.value.id if isinstance(at.node.value, ast.Name) else ""
    if kind in OTHER_WORDS and isinstance(at.node.ctx, ast.Load):
        first, second = OTHER_WORDS[kind]
        yield from _instead(at, at.node, f"{kind}.{second if at.node.attr == first else first}")


def moment(at: Node) -> Iterator[Change]:
    """Each moment of each row of the ground, there or not."""
    if isinstance(at.node.func, ast.Name) and at.node.func.id == "Row":
        moments = at.node.args[1]
        every = ("ISSUANCE", "REDEMPTION", "REGISTRATION", "PENDING", "ACTIVATION")
        yield from _instead(at, moments, *(f"({at.source.of_node(moments)}) ^ Moment.{name}" for name in every))


OPERATORS: tuple[tuple[type[ast.AST], Callable[[Node], Iterator[Change]]], ...] = (
    (ast.Compare, comparison),
    (ast.BoolOp, conjunct),
    (ast.If, condition),
    (ast.IfExp, condition),
    (ast.comprehension, sieve),
    (ast.UnaryOp, negation),
    (ast.Expr, statement),
    (ast.AugAssign, addition),
    (ast.Call, call),
    (ast.Call, moment),
    (ast.BinOp, calculation),
    (ast.Tuple, element),
    (ast.List, element),
    (ast.Set, element),
    (ast.Dict, entry),
    (ast.Constant, constant),
    (ast.Assign, limit),
    (ast.Attribute, word),
)

NOT_CODE: dict[type[ast.AST], tuple[str, ...]] = {
    ast.FunctionDef: ("returns", "decorator_list"),
    ast.arg: ("annotation",),
    ast.AnnAssign: ("annotation",),
    ast.ClassDef: ("bases", "keywords", "decorator_list"),
    ast.JoinedStr: ("values",),
    ast.Assert: ("test", "msg"),
    ast.Raise: ("exc", "cause"),
}
"""Fields that are types, or words for people."""


def _walk(node: ast.AST, above: tuple[ast.AST, ...], source: Source) -> Iterator[Node]:
    yield Node(node, above, source)
    for name, field in ast.iter_fields(node):
        if name not in NOT_CODE.get(type(node), ()):
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from _walk(child, (*above, node), source)


def _where(above: tuple[ast.AST, ...]) -> str:
    """Return the function or table that a node stands in."""
    names = [node.name for node in above if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for node in above:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not names and isinstance(target, ast.Name):
            names.append(target.id)
    return ".".join(names)


def _type_alias(node: ast.AST, above: tuple[ast.AST, ...]) -> bool:
    """Whether a union at the top of a module is one of types."""
    return (
        len(above) == 1
        and isinstance(node, ast.Assign)
        and isinstance(node.value, ast.BinOp | ast.Subscript)
        and ("None" in ast.unparse(node.value) or isinstance(node.value, ast.Subscript))
    )


def in_source(file: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of one file."""
    source, seen = Source.of(text), set[tuple[int, str]]()
    aliases: set[int] = set()
    for at in _walk(ast.parse(text), (), source):
        if _type_alias(at.node, at.above):
            aliases.add(id(at.node))
        if any(id(node) in aliases for node in (at.node, *at.above)):
            continue
        for kind, operator in OPERATORS:
            if isinstance(at.node, kind):
                for change in operator(at):
                    edit = Edit(file, change.start, text[change.start : change.end], change.after)
                    place = (edit.start, edit.before + "\0" + edit.after)
                    if place not in seen and edit.before != edit.after:
                        seen.add(place)
                        yield Mutant(operator.__name__, _where((*at.above, at.node)), (edit,))


def in_grids(file: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of the transition tables: each cell shut or opened, each way of a cell with several shut."""
    for grid in re.finditer(r'^(_\w+_GRID) = """\n(.*?)\n"""', text, re.MULTILINE | re.DOTALL):
        header, *rows = re.finditer(r"^.*$", text[: grid.end(2)][grid.start(2) :], re.MULTILINE)
        columns = header.group().split()
        letters = "".join(columns) if len(columns[0]) == 1 else columns[1]
        for row in rows:
            name, *cells = re.finditer(r"\S+", row.group())
            for column, cell in zip(columns, cells, strict=True):
                start, before = grid.start(2) + row.start() + cell.start(), cell.group()
                shorter = [before.replace(letter, "") for letter in before] if len(columns[0]) == 1 else []
                ways = [letters] if before == "-" else ["-", *filter(None, shorter)]
                for after in ways:
                    yield Mutant("cell", f"{name.group()} at {column}", (Edit(file, start, before, after),))


def files(root: Path) -> list[str]:
    """Return the files that are broken, by their path below the package."""
    package = root / PACKAGE
    found = [path.relative_to(package).as_posix() for folder in FOLDERS for path in (package / folder).rglob("*.py")]
    return [file for file in sorted(found) if file not in WORDS_ONLY] + list(FILES)


def judges(mutant: Mutant) -> bool:
    """Whether a generated mutant changes what a rule asks, not what it does or says besides."""
    return mutant.name in JUDGEMENTS or mutant.module in FLOORS


def generated(root: Path) -> Iterator[Mutant]:
    """Yield every mutant that is made from the syntax tree."""
    for file in files(root):
        text = read(root, file)
        yield from in_source(file, text)
        if file == GRIDS:
            yield from in_grids(file, text)
