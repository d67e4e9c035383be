"""REQ-06: an account never passes from one person to another, whatever a list of people says."""

import pytest

from firstkey.actions.people import person_of_account
from firstkey.actions.reasons import ActionReason
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld


def test_a_person_is_not_recorded_with_the_account_of_another() -> None:
    """A namesake proofed honestly would end with a key on somebody else's account: the whole list is refused."""
    world = SiteWorld()
    world.record_joiner()
    with pytest.raises(Refused) as caught:
        world.record_joiner(person="p-200")
    assert caught.value.reason is ActionReason.AccountTaken
    assert world.store.read(lambda reader: person_of_account(reader, "dir:100")).result().person == "p-100"
