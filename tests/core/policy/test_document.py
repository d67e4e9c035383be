"""Documents are read strictly, and every problem is told with its line."""

import pytest

from firstkey.policy.document import DOCUMENT_BYTES_MAX, Document, Key, Problem, Problems
from firstkey.policy.kinds import FLAG, many, number, one

KEYS = {
    "name": Key(number(0, 9)),
    "flag": Key(FLAG, False),
    "in.list": Key(many(one({"a": 1, "b": 2})), frozenset()),
}


def problems_of(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with a document of these keys."""
    read = Document(text.encode())
    read.read(read.top, KEYS, (), "a sample")
    with pytest.raises(Problems) as found:
        read.finish()
    return found.value.problems


def test_a_sound_document_is_read() -> None:
    """Values become ours, and keys that are not given take their defaults."""
    read = Document(b'name = 3\n[in]\nlist = ["b"]\n')
    assert read.read(read.top, KEYS, (), "a sample") == {"name": 3, "flag": False, "in.list": {2}}
    read.finish()


@pytest.mark.parametrize(
    ("document", "line", "column", "reason"),
    [
        (b"name = 1\nflag = \n", 2, 8, "Invalid value"),
        (b"name = 1\nname = 2\n\n", 2, 9, "Cannot overwrite a value"),
        (b"[a]\n[a]\n", 2, 3, "Cannot declare"),
        (b"a = 1\nb = [1,\n\n2", 4, 2, "Unclosed array"),
        (b"a = 1\nb = '\xff'\n", 2, 6, "not UTF-8"),
        (b"# \xc3\xa9 \xff", 1, 5, "not UTF-8"),
        (b"\xef\xbb\xbfa = 1", 1, 1, "Invalid statement"),
        (b"x = " + b"[" * 5_000, 1, 5_005, "recursion"),
        (b"x = " + b"1" * 5_000, 1, 5_005, "4300 digits"),
        (b"#" * (DOCUMENT_BYTES_MAX + 1), 1, 1, "longer than"),
    ],
)
def test_what_is_no_toml_is_told_with_line_and_column(document: bytes, line: int, column: int, reason: str) -> None:
    """Broken syntax, doubled keys, bytes that are no text and sizes beyond all reason end in one problem."""
    with pytest.raises(Problems) as found:
        Document(document)
    (problem,) = found.value.problems
    assert (problem.line, problem.column, problem.where) == (line, column, "TOML")
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        ("name = 1\nflga = true", 2, 'key "flga"'),
        ("name = 1\n[in]\nlist = []\nlost = 1", 4, 'key "in.lost"'),
        ("name = 1\nin = 1", 2, 'key "in"'),
        ("name = 1\n[other]", 2, 'key "other"'),
        ('name = 1\n"in.list" = ["a"]', 2, 'key "in.list"'),
        ("\nflag = true", 1, "a sample"),
        ("name = true", 1, "name true"),
        ("name = 1\nflag = 1", 2, "flag 1"),
        ('name = 1\nin.list = [\n"a",\n"c"]', 4, 'in.list "c"'),
        ("name = 1979-05-27", 1, 'name "1979-05-27"'),
    ],
)
def test_each_problem_is_told_with_its_line(text: str, line: int, where: str) -> None:
    """Unknown keys, missing keys and values that do not fit name the line, what is there, and what to write."""
    (problem,) = problems_of(text)
    assert (problem.line, problem.where) == (line, where)
    assert problem.reason.endswith(".")
    assert problem.instead.startswith("Write ")


def test_all_problems_are_told_at_once_in_order() -> None:
    """One reading finds everything that is wrong, from the first line to the last."""
    found = problems_of('name = 10\nflag = "no"\nlost = 1\n[in]\nlist = ["a", "a"]\n')
    assert [problem.line for problem in found] == [1, 2, 3, 5]


@pytest.mark.parametrize("text", ["", "item = 1", "item = []", "item = [1]", "[item]", "[[item]]\n" * 3])
def test_an_array_of_tables_has_at_least_one_and_not_too_many(text: str) -> None:
    """What is no list of tables, an empty one and an overlong one are problems."""
    read = Document(text.encode())
    assert list(read.tables("item", 2)) == []
    assert len(read.problems) == 1
