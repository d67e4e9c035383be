"""People as an HR system writes them: SCIM 2.0 users (RFC 7643) with the enterprise extension, into records of people.

Attributes of both schemas are known by their exact names; those that FirstKey has no use for are read over, anything
else is refused. What a record says:

    person        externalId, the HR system's stable id
    account       `scim:` and the resource's id, or externalId where the feed comes before the resource
    employment    userType, `Employee` or `Contractor`; nothing else is guessed
    privileged    a role whose value is `privileged`
    unit          the enterprise department
    vendor        the enterprise organization, of a contractor
    manager       the enterprise manager, who stands in the same feed
    country       of the work address (RFC 7643 section 4.1.2), two letters
    addresses     of notices: the work e-mail addresses
    time_zone, language   timezone and preferredLanguage

Where somebody works, and on what, is said by the inventory of assets, not here.
"""

import re
from typing import Annotated, Any, Literal

import msgspec

from firstkey.actions.recording import PersonToRecord
from firstkey.sources.reasons import SourceReason
from firstkey.sources.rows import read_json, read_rows
from firstkey.values.errors import Malformed

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PRIVILEGED = "privileged"
WORK = "work"

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
ReadOver = Any


def _attribute(name: str) -> str:
    """Return a field's attribute, spelled as the schema spells it."""
    first, *others = name.split("_")
    return ENTERPRISE_USER if name == "enterprise" else first + "".join(part.capitalize() for part in others)


class Manager(msgspec.Struct, frozen=True, rename={"ref": "$ref", "display_name": "displayName"}):
    """Whose report somebody is (RFC 7643 section 4.3); `value` is the id of the manager's resource."""

    value: Text
    ref: str | None = None
    display_name: str | None = None


class Enterprise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The enterprise extension (RFC 7643 section 4.3)."""

    employee_number: ReadOver = None
    cost_center: ReadOver = None
    organization: Text | None = None
    division: ReadOver = None
    department: Text | None = None
    manager: Manager | None = None


class Role(msgspec.Struct, frozen=True, rename="camel"):
    """A role (RFC 7643 section 4.1.2)."""

    value: Text


class Address(msgspec.Struct, frozen=True, rename="camel"):
    """A postal address (RFC 7643 section 4.1.2); a `country` that is not ISO 3166-1 alpha-2 says nothing."""

    country: str | None = None
    type: str | None = None


class Email(msgspec.Struct, frozen=True, rename="camel"):
    """An e-mail address (RFC 7643 section 4.1.2)."""

    value: str = ""
    type: str | None = None


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_attribute):
    """A user resource: its common attributes (RFC 7643 section 3.1), the user schema (4.1) and the extension (4.3)."""

    schemas: tuple[str, ...]
    external_id: Text
    user_name: Text
    user_type: Literal["Employee", "Contractor"]
    active: bool
    id: Text | None = None
    display_name: Text | None = None
    roles: tuple[Role, ...] = ()
    enterprise: Enterprise = Enterprise()
    addresses: tuple[Address, ...] = ()
    emails: tuple[Email, ...] = ()
    entitlements: ReadOver = None
    groups: ReadOver = None
    ims: ReadOver = None
    locale: ReadOver = None
    meta: ReadOver = None
    name: ReadOver = None
    nick_name: ReadOver = None
    phone_numbers: ReadOver = None
    photos: ReadOver = None
    preferred_language: str | None = None
    profile_url: ReadOver = None
    timezone: str | None = None
    title: ReadOver = None
    x509_certificates: ReadOver = None


def read_users(document: bytes) -> tuple[PersonToRecord, ...]:
    """Read a feed.

    Args:
        document: JSON, UTF-8: one user, or a list response (RFC 7644 section 3.4.2).

    Returns:
        A record a person, in the feed's order. The facts are those that a system of people may assert.

    Raises:
        Malformed: FeedUnfit, with the row and what is wrong with it. Then nothing of the feed is taken.
    """
    users = read_rows(resources(read_json(document, SourceReason.FeedUnfit)), User, SourceReason.FeedUnfit)
    if len({user.external_id for user in users}) != len(users):
        raise Malformed(SourceReason.FeedUnfit, "an externalId twice")
    by_id = {user.id: user.external_id for user in users if user.id is not None}
    return tuple(person_of_user(number, user, by_id) for number, user in enumerate(users, 1))


def shown_ids(values: list[Any]) -> dict[str, str]:
    """Return which externalId each resource's id stands for, of rows that may yet prove unreadable."""
    rows = (value for value in values if isinstance(value, dict))
    pairs = ((row.get("id"), row.get("externalId")) for row in rows)
    return {shown: external for shown, external in pairs if isinstance(shown, str) and isinstance(external, str)}


def resources(value: Any) -> Any:
    """Return the users' resources of a document, all of them or none."""
    if not isinstance(value, dict) or LIST_RESPONSE not in value.get("schemas", ()):
        return [value]
    resources = value.get("Resources")
    if not isinstance(resources, list) or value.get("totalResults") != len(resources):
        raise Malformed(SourceReason.FeedUnfit, "a page of a longer list; write the whole")
    return resources


def _is_country(address: Address) -> bool:
    return address.type == WORK and re.fullmatch(r"[A-Z]{2}", address.country or "") is not None


def person_of_user(number: int, user: User, by_id: dict[str, str]) -> PersonToRecord:
    """Return the record that a user resource makes.

    Args:
        number: its place in the feed, from 1.
        user: the resource.
        by_id: externalId by resource id, of all in the feed.

    Raises:
        Malformed: FeedUnfit; other schemas, or a manager who is not in the feed.
    """
    if USER not in user.schemas or not set(user.schemas) <= {USER, ENTERPRISE_USER}:
        raise Malformed(SourceReason.FeedUnfit, f"row {number}: schemas")
    enterprise, contractor = user.enterprise, user.user_type == "Contractor"
    manager = None if enterprise.manager is None else by_id.get(enterprise.manager.value)
    if enterprise.manager is not None and manager is None:
        raise Malformed(SourceReason.FeedUnfit, f"row {number}: the manager is not in this feed")
    privileged = any(role.value == PRIVILEGED for role in user.roles)
    return PersonToRecord(
        person=user.external_id,
        account=f"scim:{user.id or user.external_id}",
        user_name=user.user_name,
        display_name=user.display_name or user.user_name,
        active=user.active,
        privileged=privileged,
        manager=manager,
        unit=enterprise.department,
        vendor=(enterprise.organization or "unnamed") if contractor else None,
        country=next((each.country for each in user.addresses if _is_country(each)), None),
        time_zone=user.timezone or None,
        language=user.preferred_language or None,
        addresses=tuple(each.value for each in user.emails if each.type == WORK and each.value),
        facts={
            "account": "privileged" if privileged else "standard",
            "employment": "contractor" if contractor else "employee",
        },
    )
