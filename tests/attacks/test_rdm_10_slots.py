"""RDM-10: who meets something that another case holds is not told which case that is."""

import pytest

from firstkey.ports.fact_store import StoreReason
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld


def test_a_device_of_another_case_is_refused_and_told_nothing_of_it() -> None:
    """A device key that has taken one case takes no other, and the refusal names none."""
    world = SiteWorld()
    world.record_joiner()
    world.record_joiner(person="p-200", account="dir:200")
    world.open()
    world.claim()
    first = world.case
    world.open(account="dir:200")
    with pytest.raises(Refused) as caught:
        world.claim()
    assert caught.value.reason is StoreReason.SlotTaken
    assert first not in caught.value.detail
