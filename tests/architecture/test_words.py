"""One word for one thing, no name that says nothing, no exception without its reason."""

from pathlib import Path

import pytest

from tests.architecture.size import ROOT
from tests.architecture.words import EMPTY_NAMES, RULED_OUT, files, names_that_say_nothing, unexplained, words_ruled_out


@pytest.mark.parametrize("word", RULED_OUT)
def test_a_word_ruled_out_is_found(word: str) -> None:
    """Each such word is found in a sentence, in any case, and as a part of an identifier."""
    texts = [f"Send the {word} again.", f"{word.capitalize()} sent.", f"last_{word.replace(' ', '_')} = 1"]
    assert [len(list(words_ruled_out("docs/page.md", text))) for text in texts] == [1, 1, 1]


@pytest.mark.parametrize("text", ["lastToken = 1", "class TokenStore:", "csrf_token"])
def test_an_identifier_is_read_as_its_words(text: str) -> None:
    """A word inside a compound name counts."""
    assert len(list(words_ruled_out("src/firstkey/web/page.py", text))) == 1


@pytest.mark.parametrize(
    "text", ["import tokenize", "secrets.token_bytes(32)", "the inviting page", "a ticketless way"]
)
def test_other_words_are_left_alone(text: str) -> None:
    """A longer word, or a name of the standard library that is listed, does not count."""
    assert list(words_ruled_out("src/firstkey/web/page.py", text)) == []


def test_the_words_are_kept() -> None:
    """Neither the package nor the documents use a word that the glossary rules out."""
    named = [(path.relative_to(ROOT).as_posix(), path) for path in files()]
    assert [found for name, path in named for found in words_ruled_out(name, path.read_text())] == []


@pytest.mark.parametrize("name", EMPTY_NAMES)
def test_an_empty_name_is_found(name: str, tmp_path: Path) -> None:
    """A module or package with such a name, or such a part of a name, is found."""
    (tmp_path / name).mkdir()
    (tmp_path / f"case_{name}.py").touch()
    assert len(names_that_say_nothing(tmp_path)) == 2


def test_every_name_says_something() -> None:
    """No module or package of FirstKey is named after nothing in particular."""
    assert names_that_say_nothing() == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = 1  # type: ignore", 1),
        ("x = 1  # type: ignore[assignment]", 1),
        ("x = 1  # noqa", 1),
        ("x = 1  # noqa: S101", 1),
        ("x = 1  # type: ignore[assignment]  # a secret is no key", 0),
        ("x = 1  # noqa: S101 - the caller has checked", 0),
        ("x = 1  # noqa: S101 -- the caller has checked", 0),
        ("x = 1  # noqa: BLE001, S101  # whatever a parser raises", 0),
        ("x = 1", 0),
    ],
)
def test_an_exception_gives_its_reason(line: str, found: int) -> None:
    """An exception from a tool names its rule and says why in the same line."""
    assert len(list(unexplained("module.py", line))) == found


def test_all_exceptions_give_their_reason() -> None:
    """Package, tests and benchmarks hold no exception without one, but for the lines above."""
    paths = [path for folder in ("src", "tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))]
    others = [path for path in paths if path != Path(__file__)]
    assert [found for path in others for found in unexplained(str(path.relative_to(ROOT)), path.read_text())] == []
