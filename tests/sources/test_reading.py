"""Files of people and assets: every row that can be read, every other with its line, and files that are none."""

import json
from typing import Any

import pytest

from firstkey.sources.reading import PEOPLE_COLUMNS, read_inventory, read_people
from firstkey.sources.scim import USER
from firstkey.values.errors import Malformed
from firstkey.values.instants import DAY, parse_rfc3339

HEAD = "person,account,user_name,display_name"


def table(*lines: str, more: str = "") -> bytes:
    """A CSV file of people."""
    return "\r\n".join((HEAD + more, *lines)).encode()


def test_a_row_says_what_its_cells_say() -> None:
    """Each column is read as what it is; an empty cell says nothing; a byte order mark is no column."""
    names = [name for name in PEOPLE_COLUMNS if name not in HEAD.split(",")]
    cells = {
        "active": "no",
        "privileged": "Yes",
        "ends_at": "2031-05-01",
        "addresses": "a@x.example; b@x.example",
        "employment": "contractor",
        "country": "DE",
    }
    line = ",".join(["p-1", "ad:1", "joe", '"Doe, Joe"', *(cells.get(name, "") for name in names)])
    read = read_people(b"\xef\xbb\xbf" + table(line, more="," + ",".join(names)))
    ((number, person),) = read.rows
    assert (number, read.wrong, read.unit) == (2, (), "line")
    assert (person.display_name, person.active, person.privileged) == ("Doe, Joe", False, True)
    assert person.ends_at == parse_rfc3339("2031-05-01T00:00:00Z") + DAY
    assert (person.addresses, person.facts) == (("a@x.example", "b@x.example"), {"employment": "contractor"})
    assert (person.country, person.manager, person.service) == ("DE", None, False)


def test_an_end_may_be_an_instant() -> None:
    """A date ends with its day, a time at that moment."""
    read = read_people(table("p-1,ad:1,j,J,2031-05-01T08:00:00Z", more=",ends_at"))
    assert read.rows[0][1].ends_at == parse_rfc3339("2031-05-01T08:00:00Z")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("p-1,ad:1,j", "3 cells"),
        ("p-1,ad:1,j,J,maybe", "neither yes nor no"),
        ('p-1,ad:1,j,"=1+1",no', "formula"),
        ("p-1,ad:1,@j,J,no", "formula"),
        (f"p-1,ad:1,j,{'J' * 1025},no", "too long"),
        ("p 1,ad:1,j,J,no", "person"),
        (",ad:1,j,J,no", "person"),
        (f"{'p' * 151},ad:1,j,J,no", "person"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(line: str, why: str) -> None:
    """The rows around it are read all the same, blank lines counted and passed over."""
    read = read_people(table("p-0,ad:0,j,J,yes", "", line, "p-2,ad:2,j,J,yes", more=",active"))
    assert [number for number, _ in read.rows] == [2, 5]
    ((number, said),) = read.wrong
    assert number == 4
    assert why in said


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "not UTF-8"),
        (b"person,account,user_name\n", "display_name is missing"),
        (b"person,account,user_name,display_name,unit,unit\n", "twice"),
        (b"person,account,user_name,display_name,wage\n", "no column 'wage'"),
        (b'person,account,user_name,display_name\n"p\n', "line"),
        (b"[", "no JSON"),
        (b'{"schemas": [], "schemas": []}', "no JSON"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(document: bytes, why: str) -> None:
    """With what is wrong with it."""
    with pytest.raises(Malformed) as refused:
        read_people(document)
    assert why in refused.value.detail


def user(number: int, **changed: Any) -> dict[str, Any]:
    """A SCIM resource."""
    content = {"schemas": [USER], "id": f"s-{number}", "externalId": f"p-{number}", "userName": f"u{number}"}
    return {**content, "userType": "Employee", "active": True, **changed}


def test_scim_resources_are_read_one_by_one() -> None:
    """A resource that is none is told with its place, as is one with an id that no stream can bear."""
    users = [user(1), user(2, userType="Astronaut"), user(3, externalId="p 3"), user(4, schemas=["urn:other"]), user(5)]
    listed = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": len(users),
        "Resources": users,
    }
    read = read_people(json.dumps(listed).encode())
    assert [person.person for _, person in read.rows] == ["p-1", "p-5"]
    assert [each.line for each in read.wrong] == [2, 3, 4]
    assert read.unit == "row"


def test_an_inventory_is_read_from_either() -> None:
    """CSV and JSON say the same; an asset may be nobody's."""
    text = read_inventory(b"serial,model,assigned_to,managed,shipped\nC1,Laptop,p-1,yes,no\nC2,Laptop,,no,\n")
    rows = [
        {"serial": "C1", "model": "Laptop", "assigned_to": "p-1", "managed": True},
        {"serial": "C2", "model": "Laptop", "assigned_to": None, "managed": False},
        {"serial": "C3"},
    ]
    listed = read_inventory(json.dumps(rows).encode())
    assert [asset for _, asset in text.rows] == [asset for _, asset in listed.rows]
    assert [each.line for each in listed.wrong] == [3]
    assert text.rows[1][1].assigned_to is None
