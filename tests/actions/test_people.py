"""Records of people: found by person or account, and judged by date."""

import pytest

from firstkey.actions.people import PersonRecord, find_person, person_of_account, store_person
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld

RECORD = PersonRecord("p-1", "dir:1", "joy", "Joy", incarnation=3, privileged=True, unit="u", vendor="v", ends_at=9)


def test_a_person_is_found_by_id_and_by_account() -> None:
    """What was stored comes back by either way; who is not on record is not found."""
    world = SiteWorld(founded=False)
    world.store.execute(lambda tx: store_person(tx, RECORD)).result()
    assert world.store.read(lambda reader: find_person(reader, "p-1")).result() == RECORD
    assert world.store.read(lambda reader: person_of_account(reader, "dir:1")).result() == RECORD
    assert world.store.read(lambda reader: find_person(reader, "p-2")).result() is None
    with pytest.raises(Refused) as refused:
        world.store.read(lambda reader: person_of_account(reader, "dir:2")).result()
    assert refused.value.type == "account-unknown"


def test_an_account_is_not_given_to_another() -> None:
    """A second person with the same account is refused, and the first keeps it."""
    world = SiteWorld(founded=False)
    world.store.execute(lambda tx: store_person(tx, RECORD)).result()
    other = PersonRecord("p-2", "dir:1", "eve", "Eve")
    with pytest.raises(Refused) as refused:
        world.store.execute(lambda tx: store_person(tx, other)).result()
    assert refused.value.type == "account-taken"
    assert world.store.read(lambda reader: person_of_account(reader, "dir:1")).result() == RECORD


def test_a_decision_sees_standing_and_affiliation() -> None:
    """Nothing of a name, all that decides."""
    standing, affiliation = RECORD.standing, RECORD.affiliation
    assert (standing.account, standing.person, standing.incarnation) == ("dir:1", "p-1", 3)
    assert (standing.active, standing.privileged, standing.ends_at) == (True, True, 9)
    assert (affiliation.person, affiliation.unit, affiliation.vendor) == ("p-1", "u", "v")
    assert not {"joy", "Joy"} & {str(value) for value in (*vars_of(standing), *vars_of(affiliation))}


def vars_of(value: object) -> list[object]:
    """Return the values of a struct."""
    return [getattr(value, name) for name in getattr(value, "__struct_fields__", ())]
