"""Texts that look like others, or hold what nobody sees: identifiers are compared as they are, and some are refused."""

import unicodedata
from collections.abc import Callable

import pytest

from firstkey.simulator.client import Answer
from tests.journeys.place import Place

UNSEEN = {
    "NUL": "\x00",
    "a line feed": "\n",
    "a tab": "\t",
    "escape": "\x1b[2J",
    "delete": "\x7f",
    "a C1 control": "\x9b",
    "turned to the left": "\u202e",
    "isolated": "\u2066",
}


def open_case(place: Place, account: str) -> Answer:
    """Ask for a first key for an account."""
    return place.cast.requester.post("/api/cases", {"account": account, "purpose": "first_key"})


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_is_refused(place: Place, name: str) -> None:
    """A control character, or one that turns the reading, stands in no identifier and in no name."""
    before, account = place.entries(), place.people[1].account
    for text in (UNSEEN[name] + account, account + UNSEEN[name], account[:2] + UNSEEN[name] + account[2:]):
        answer = open_case(place, text)
        assert (answer.status, answer.problem) == (400, "body-malformed")
    signed = place.cast.requester.sign("record_people", names=("0" * 64,))
    rows = [{"person": "p-x", "account": "dir:x", "user_name": "x", "display_name": f"Eve{UNSEEN[name]}Adams"}]
    answer = place.cast.requester.post("/api/people", {"people": rows, "signed": signed})
    assert (answer.status, answer.problem) == (400, "body-malformed")
    assert place.entries() == before


CYRILLIC = {"a": "а", "e": "е", "o": "о", "i": "і", "c": "с", "p": "р"}  # noqa: RUF001  # look-alikes on purpose
LOOK_ALIKE = str.maketrans(CYRILLIC)
FORMS: dict[str, Callable[[str], str]] = {
    "Cyrillic letters": lambda text: text.translate(LOOK_ALIKE),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "a combining mark": lambda text: text + "\u0301",
    "a zero-width joiner": lambda text: text[:3] + "\u200d" + text[3:],
    "upper case": lambda text: text.upper(),
    "a space behind": lambda text: text + " ",
    "another normal form": lambda text: unicodedata.normalize("NFD", text + "é"),
    "compatibility form": lambda text: text.replace("i", "ⁱ"),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_looks_like_an_account_is_none(place: Place, name: str) -> None:
    """No letter is taken for another: what is not exactly the identifier names nobody."""
    before, account = place.entries(), place.people[1].account
    text = FORMS[name](account)
    assert text != account
    answer = open_case(place, text)
    assert (answer.status, answer.problem) == (404, "account-unknown")
    assert place.entries() == before


@pytest.mark.parametrize("name", FORMS)
def test_what_looks_like_a_case_is_none(place: Place, name: str) -> None:
    """The same for a handle, asked by a device, and for a code in the place of another."""
    before, handle = place.entries(), "handle-of-nobody-ac"
    answer = place.joiner().post("/status", FORMS[name](handle))
    assert (answer.status, answer.problem) == (404, "not-found")
    assert place.entries() == before


@pytest.mark.parametrize("number", ["1e400", "-1", "1.5", "9" * 400, "1e2", "-0", "9007199254740993", "true", '"5"'])
def test_a_number_that_is_none_is_refused(place: Place, number: str) -> None:
    """Instants and levels are whole, not negative where that means nothing, and no larger than is stored."""
    before = place.entries()
    body = f'{{"account":"nobody","purpose":"first_key","position":{number}}}'
    answer = place.cast.requester.client.request(
        "POST", "/api/cases", body.encode(), {"Content-Type": "application/json"}
    )
    assert answer.status in (400, 404, 409)
    assert place.entries() == before
