"""Every table, key and list item of a TOML document is found on its line."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firstkey.policy.lines import Place, lines_of

TRICKY = '''\
# a comment with [brackets] and "quotes
title = "a # no comment" # one = two
"quoted key" = 1
'single.quoted' = 2
a.b . c = 3
long = """
[not.a.table]
key = "no key" \\
"""
four_quotes = """a""""
raw = \'\'\'
x = [1,
\'\'\'
list = [ # first
    1, 2,

    "three ]", [4,
      5],
    { x = 1, "y z".w = [6,
      7] },
]
when = 1979-05-27 07:32:00
empty = []
none = {}

[table] # a comment
key = {inner = {deepest = true}, other = 1.5}

[table . "sub.table"]
k = 1

[[path]]
name = "one"

[path.when]
x = 1

  [[ path.item ]]
  y = 1

[[path.item]]
y = 2

[[path]]
name = "two"
[path.when]
x = 1
[[path.item]]
y = 3
'''


def every_place(value: Any, place: Place = ()) -> set[Place]:
    """Return the place of every table, key and item that TOML's own reader found."""
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place}.union(*(every_place(each, (*place, key)) for key, each in inside))


def test_every_place_of_a_tricky_document_is_found() -> None:
    """Strings, comments, nested lists and inline tables hide no key and make none up."""
    assert set(lines_of(TRICKY)) == every_place(tomllib.loads(TRICKY))


def test_places_are_found_on_their_lines() -> None:
    """Keys after long strings, items of long lists and keys of later tables are where they stand."""
    found, lines = lines_of(TRICKY), TRICKY.split("\n")
    expected: dict[Place, str] = {
        ("title",): "title",
        ("quoted key",): '"quoted',
        ("single.quoted",): "'single",
        ("a", "b", "c"): "a.b",
        ("four_quotes",): "four",
        ("list", 1): "    1, 2",
        ("list", 2): '    "three',
        ("list", 3, 1): "      5]",
        ("list", 4, "y z", "w", 1): "      7]",
        ("when",): "when",
        ("table",): "[table]",
        ("table", "key", "inner", "deepest"): "key =",
        ("table", "sub.table"): "[table .",
        ("path",): "[[path]]",
        ("path", 0, "item", 0): "  [[ path.item",
    }
    for place, start in expected.items():
        assert lines[found[place] - 1].startswith(start), place
    assert found["path", 1, "item", 0, "y"] == len(lines) - 1
    assert found["path", 1] > found["path", 0, "item", 1] > found["path", 0, "when"]


def test_windows_line_ends_count_once() -> None:
    """A line that ends in two characters is one line."""
    assert lines_of("a = 1\r\n\r\nb = [\r\n  2,\r\n]\r\n") == {(): 1, ("a",): 1, ("b",): 3, ("b", 0): 4}


names = st.text(st.sampled_from("ab"), min_size=1, max_size=3) | st.sampled_from(['"x y"', "'q.r'", '"\\u00e9"'])
gap = st.sampled_from(["", " ", "\n", " # c ] } =\n", "\n\n  "])
scalar = st.sampled_from(["1", "true", '"]#"', "'}='", '"""\n\n"""', "-1.5e3", "1979-05-27T07:32:00Z", '"\\""'])


@st.composite
def value(draw: st.DrawFn, depth: int = 2) -> str:
    """Draw a value as TOML."""
    kind = draw(st.integers(0, 2)) if depth else 0
    if kind == 1:
        items = draw(st.lists(value(depth - 1), max_size=3))
        return "[" + "".join(f"{draw(gap)}{item}{draw(gap)}," for item in items) + draw(gap) + "]"
    if kind == 2:
        keys = draw(st.lists(names, unique=True, max_size=3))
        return "{ " + ", ".join(f"{key} = {draw(value(depth - 1))}" for key in keys) + " }"
    return draw(scalar)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, int]]:
    """Draw a document, and the line of every table in it that has a name of its own."""
    text, at = "", {}
    for place in range(draw(st.integers(0, 4))):
        for key in draw(st.lists(names, unique=True, max_size=3)):
            text += (
                f"{draw(st.sampled_from(['', '  ']))}{key} = {draw(value())}{draw(st.sampled_from(['', ' # x = 1']))}\n"
            )
        text += draw(st.sampled_from(["", "\n", "# [no]\n"]))
        at[f"t{place}"] = text.count("\n") + 1
        text += draw(st.sampled_from([f"[t{place}]\n", f"[[t{place}]]\n", f'["t{place}"]# t\n', f"[ t{place} . x ]\n"]))
    return text, at


@given(documents())
def test_drawn_documents_keep_every_place_and_line(drawn: tuple[str, dict[str, int]]) -> None:
    """Whatever stands between them, the reader agrees with TOML's own about places, and with the writer about lines."""
    text, at = drawn
    found = lines_of(text)
    assert set(found) == every_place(tomllib.loads(text))
    assert {place[0]: line for place, line in found.items() if len(place) == 1 and place[0] in at} == at
