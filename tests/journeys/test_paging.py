"""Lists by cursor: every case once, whatever is changed meanwhile, and cursors that say nothing and cannot be made."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from firstkey.demo.people import Desk
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from tests.journeys.place import Place

PAGE = 2


def listed(desk: Desk, **query: str | int) -> Json:
    """Return one page."""
    answer = desk.client.request("GET", f"/api/cases?{urlencode(query)}")
    assert answer.status == 200, answer.json
    return answer.json


def every(desk: Desk, **query: str | int) -> Iterator[Json]:
    """Yield every row, page after page."""
    page = listed(desk, **query)
    yield from page["cases"]
    while page["after"] is not None:
        page = listed(desk, **query, after=page["after"])
        yield from page["cases"]


@pytest.fixture(scope="module")
def cases(place: Place) -> list[str]:
    """Cases of several people, one of them withdrawn."""
    opened = []
    for person in place.people:
        if person.asset is None:
            continue
        answer = place.cast.requester.post("/api/cases", {"account": person.account, "purpose": "first_key"})
        if answer.status == 200:
            opened.append(answer.json["case"])
    assert len(opened) > 2 * PAGE
    place.cast.requester.post(f"/api/cases/{opened[0]}/withdraw", {})
    return opened


def test_every_case_is_listed_once(place: Place, cases: list[str]) -> None:
    """Pages of two give each case once, the first due first, and the last page says that it is."""
    rows = list(every(place.cast.requester, limit=PAGE))
    assert sorted(row["case"] for row in rows) == sorted(cases)
    assert [row["due_at"] for row in rows] == sorted(row["due_at"] for row in rows)


@pytest.mark.parametrize("by", ["stage", "account", "person", "path"])
def test_a_list_is_narrowed(place: Place, cases: list[str], by: str) -> None:
    """By stage, account, person or path: exactly the rows that are so; by something unheard of, none."""
    rows = list(every(place.cast.requester))
    for value in {row[by] for row in rows}:
        narrowed = {row["case"] for row in every(place.cast.requester, limit=PAGE, **{by: value})}
        assert narrowed == {row["case"] for row in rows if row[by] == value}
    if by != "stage":
        assert list(every(place.cast.requester, **{by: "unheard-of"})) == []


def test_a_list_is_narrowed_by_several(place: Place, cases: list[str]) -> None:
    """All that is asked for must hold."""
    row = next(row for row in every(place.cast.requester) if row["stage"] != "closed")
    asked = {name: row[name] for name in ("stage", "account", "person", "path")}
    assert [found["case"] for found in every(place.cast.requester, **asked)] == [row["case"]]
    assert list(every(place.cast.requester, **{**asked, "stage": "closed"})) == []


def test_a_page_stands_while_cases_come_and_go(place: Place, cases: list[str]) -> None:
    """A cursor names a place in the order: what was before it is not repeated, what comes after is not lost."""
    desk = place.cast.requester
    first = listed(desk, limit=PAGE)
    gone = first["cases"][0]
    desk.post(f"/api/cases/{gone['case']}/withdraw", {})
    rest = [*listed(desk, limit=100, after=first["after"])["cases"]]
    before, after = {row["case"] for row in first["cases"]}, [row["case"] for row in rest]
    assert before.intersection(after) == {gone["case"]}, "it is over, and stands at the end now"
    assert len(set(after)) == len(after)
    assert before.union(after) == set(cases)


def test_a_cursor_says_nothing(place: Place, cases: list[str]) -> None:
    """Neither a case nor an instant can be read from it, and two for the same place differ."""
    desk = place.cast.requester
    page, again = listed(desk, limit=PAGE), listed(desk, limit=PAGE)
    assert page["after"] != again["after"]
    last = page["cases"][-1]
    data = unb64u(page["after"])
    assert all(said.encode() not in data for said in (last["case"], str(last["due_at"])))


def test_a_cursor_is_not_made_or_borrowed(place: Place, cases: list[str]) -> None:
    """Turned in one bit, of another list or of another person, it is refused as what cannot be read."""
    desk, other = place.cast.requester, place.cast.confirmer
    after = str(listed(desk, limit=PAGE)["after"])
    data = unb64u(after)
    made = [b64u(bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]])) for at in range(0, len(data), 5)]
    made += ["", "x", "A" * 64, b64u(json.dumps([0, "case/x"]).encode()), after + "A", after[:-2], "0:case/x"]
    for text in made:
        answer = desk.client.request("GET", f"/api/cases?{urlencode({'after': text})}")
        assert (answer.status, answer.problem) == (400, "body-malformed"), text
    for client, query in ((other, {"after": after}), (desk, {"after": after, "stage": "claim"})):
        answer = client.client.request("GET", f"/api/cases?{urlencode(query)}")
        assert (answer.status, answer.problem) == (400, "body-malformed")
