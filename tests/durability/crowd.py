"""More joiners than the example feed has, all alike: employees on site, with a managed device without certificate."""

from itertools import count

from firstkey.actions.recording import PersonToRecord
from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from tests.journeys.place import Place

_numbers = count(1)


def employee(number: int) -> PersonToRecord:
    """Return a person of record."""
    facts = {"account": "standard", "employment": "employee", "device": "managed", "workplace": "on_site"}
    return PersonToRecord(
        person=f"crowd-{number}",
        account=f"dir:crowd-{number}",
        user_name=f"crowd-{number}@example.org",
        display_name=f"Joiner {number}",
        unit="Logistics",
        asset=f"LT-{number}",
        facts=facts,
    )


def hire(place: Place, how_many: int) -> list[PersonToRecord]:
    """Bring people in, each of whom nobody has seen before."""
    people = [employee(next(_numbers)) for _ in range(how_many)]
    steps.record_people(place.cast.requester, tuple(people))
    return people


def open_for(place: Place, person: PersonToRecord) -> Live:
    """Open a case for one of them, who has a device and an authenticator of their own."""
    joiner = Joiner(place.address, person.person, person.display_name, place.maker.authenticator())
    return steps.open_case(place.cast, person.account, joiner)


def sign_in_again(place: Place) -> None:
    """Every operator opens a new session, as after a restart."""
    for desk in place.cast:
        desk.sign_in()
