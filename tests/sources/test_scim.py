"""SCIM users into records of people: strictly, whole, and with the row that is wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from firstkey.sources.scim import ENTERPRISE_USER, LIST_RESPONSE, USER, read_users
from firstkey.values.errors import Malformed

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT.parent / "shared/data/scim/AzureAD_SCIMReferenceCode/SCIM_Inbound.postman_collection_steps.json"


def user(**changed: Any) -> dict[str, Any]:
    """A user as an HR system writes one; a value of `...` leaves its attribute out."""
    content: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE_USER],
        "id": "id-1",
        "externalId": "hr-1",
        "userName": "joy@example.org",
        "displayName": "Joy",
        "userType": "Employee",
        "active": True,
        "emails": [{"value": "joy@example.org", "type": "work"}],
        ENTERPRISE_USER: {"department": "Works", "organization": "Example"},
        **changed,
    }
    return {name: value for name, value in content.items() if value is not ...}


def document(*users: dict[str, Any], **changed: Any) -> bytes:
    """A list response."""
    content = {"schemas": [LIST_RESPONSE], "totalResults": len(users), "Resources": list(users), **changed}
    return json.dumps(content).encode()


def refused(data: bytes) -> str:
    """Read what cannot be read; return what is said of it."""
    with pytest.raises(Malformed) as malformed:
        read_users(data)
    assert malformed.value.type == "feed-unfit"
    return malformed.value.detail


def test_a_user_becomes_a_record() -> None:
    """Stable ids, names for people, and the facts that a system of people may assert; nothing else."""
    (record,) = read_users(document(user()))
    assert (record.person, record.account, record.user_name) == ("hr-1", "scim:id-1", "joy@example.org")
    assert (record.display_name, record.unit, record.vendor, record.asset) == ("Joy", "Works", None, None)
    assert record.facts == {"account": "standard", "employment": "employee"}
    assert (record.active, record.privileged, record.manager) == (True, False, None)


def test_one_user_alone_is_a_feed() -> None:
    """As a create request has it, before the resource has an id."""
    (record,) = read_users(json.dumps(user(id=...)).encode())
    assert record.account == "scim:hr-1"


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        ({"active": False}, "active", False),
        ({"displayName": ...}, "display_name", "joy@example.org"),
        ({"roles": [{"value": "privileged", "type": "work"}]}, "privileged", True),
        ({"roles": [{"value": "reader"}]}, "privileged", False),
        ({"userType": "Contractor"}, "vendor", "Example"),
        ({"userType": "Contractor", ENTERPRISE_USER: {}}, "vendor", "unnamed"),
        ({ENTERPRISE_USER: ...}, "unit", None),
        ({"addresses": [{"country": "FR", "type": "home"}, {"country": "DE", "type": "work"}]}, "country", "DE"),
        ({"addresses": [{"country": "Germany", "type": "work"}]}, "country", None),
        (
            {"emails": [{"value": "j@home", "type": "home"}, {"value": "j@work", "type": "work"}]},
            "addresses",
            ("j@work",),
        ),
        ({"timezone": "Europe/Berlin"}, "time_zone", "Europe/Berlin"),
        ({"preferredLanguage": "de"}, "language", "de"),
    ],
    ids=str,
)
def test_what_a_record_takes_from_a_user(changed: dict[str, Any], name: str, value: object) -> None:
    """Each attribute that decides leads to its field, and a contractor without a named organisation to nobody's own."""
    (record,) = read_users(document(user(**changed)))
    assert getattr(record, name) == value
    assert record.facts["account"] == ("privileged" if record.privileged else "standard")
    assert record.facts["employment"] == ("contractor" if changed.get("userType") == "Contractor" else "employee")


def test_a_manager_is_somebody_of_the_feed() -> None:
    """Named by the resource's id, found by the person's; one who is not there is refused."""
    report = user(id="id-2", externalId="hr-2", **{ENTERPRISE_USER: {"manager": {"value": "id-1", "displayName": "J"}}})
    assert [record.manager for record in read_users(document(user(), report))] == [None, "hr-1"]
    assert "row 1: the manager" in refused(document(report))


UNFIT: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "no JSON"),
    "not UTF-8": (b"\xff", "no JSON"),
    "a key twice": (b'{"schemas":[],"schemas":[]}', "twice"),
    "deep": (b"[" * 100_000, "no JSON"),
    "a list": (b"[]", "row 1"),
    "no schema": (document(user(schemas=[ENTERPRISE_USER])), "row 1: schemas"),
    "another schema": (document(user(schemas=[USER, "urn:x"])), "row 1: schemas"),
    "an unknown attribute": (document(user(shoeSize=9)), "row 1"),
    "another spelling": (document(user(username="x")), "row 1"),
    "an unknown attribute of the extension": (document(user(**{ENTERPRISE_USER: {"desk": "4"}})), "row 1"),
    "no stable id": (document(user(externalId=...)), "row 1"),
    "an empty id": (document(user(externalId="")), "row 1"),
    "a number for a name": (document(user(userName=1)), "row 1"),
    "active by word": (document(user(active="true")), "row 1"),
    "no word of who is active": (document(user(active=...)), "row 1"),
    "another type of user": (document(user(userType="Intern")), "row 1"),
    "no type of user": (document(user(userType=...)), "row 1"),
    "the second row": (document(user(), user(externalId="hr-2", active=1)), "row 2"),
    "a person twice": (document(user(), user(id="id-2")), "twice"),
    "a page of a longer list": (document(user(), totalResults=2), "longer list"),
    "no resources": (document(user(), Resources=None), "longer list"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_is_no_feed_is_refused_whole(name: str) -> None:
    """It is told where; the same feed without that fault is read."""
    data, said = UNFIT[name]
    assert said in refused(data)
    assert read_users(document(user()))


@pytest.mark.skipif(not STEPS.exists(), reason="the public SCIM requests are not beside this checkout")
def test_public_create_requests_are_read() -> None:
    """Every create request of Microsoft's inbound reference is a user: employees, contractors, an inactive one."""
    bodies = [step["body"] for step in json.loads(STEPS.read_text()) if step["name"].startswith("Create ")]
    filled = (re.sub(r'"\{\{(\$?\w+)\}\}"', r'"\1"', body) for body in bodies)
    alone = [value | {ENTERPRISE_USER: _without_manager(value)} for value in map(json.loads, filled)]
    records = [read_users(json.dumps(value).encode())[0] for value in alone]
    assert len(records) >= 4
    assert {record.facts["employment"] for record in records} == {"employee", "contractor"}
    assert {record.active for record in records} == {True, False}


def _without_manager(value: dict[str, Any]) -> dict[str, Any]:
    """A request of its own names a manager whom an earlier request made."""
    return {name: item for name, item in value[ENTERPRISE_USER].items() if name != "manager"}


def test_the_example_is_read() -> None:
    """The feed that the demonstration plays has a manager, and everybody else reports to them."""
    records = read_users((ROOT / "examples" / "hr-feed.json").read_bytes())
    manager, *others = records
    assert manager.manager is None
    assert {record.manager for record in others} == {manager.person}
    assert {record.vendor is None for record in others} == {True, False}
