"""REQ-06: a namesake, a re-hire or a record matched wrongly gets the pass that was meant for somebody else."""

import msgspec
import pytest

from firstkey.actions.people import person_of_account
from firstkey.actions.reasons import ActionReason
from firstkey.demo.reasons import DemoReason
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld
from tests.attacks.siege import Siege, told


def test_a_rehire_is_another(siege: Siege) -> None:
    """Whoever leaves and comes back under the same name finds the old case closed, and the old pass opens nothing."""
    person = siege.hire()
    live, code = siege.armed(person)
    siege.record(msgspec.structs.replace(person, active=False))
    assert siege.facts(live)[-2:] == ["PassRevoked", "CaseClosed"]
    assert siege.last(live)["reason"] == "left"
    assert siege.verifiers(live) == 0
    siege.record(person)
    with siege.nothing_changes():
        assert told(live.joiner.post("/redeem", live.handle, code=code)) == (409, "not-a-step")
        assert told(live.joiner.post("/pass", live.handle)) == (409, "case-over")
    again = siege.open(person)
    assert siege.told(f"case/{again.case}")[0]["incarnation"] == 2
    assert siege.facts(again) == ["CaseOpened"]


def test_an_account_does_not_pass_to_another_person(siege: Siege) -> None:
    """A list that gives somebody's account to a namesake is refused whole, and nobody is recorded."""
    person = siege.hire()
    namesake = msgspec.structs.replace(person, person=f"{person.person}-b")
    with siege.nothing_changes():
        for wrong in ((namesake,), (msgspec.structs.replace(person, account="dir:another"),)):
            with pytest.raises(Refused) as refused:
                siege.record(*wrong)
            assert refused.value.reason is DemoReason.StepRefused
    assert siege.shown(siege.open(person))["person"] == person.person


def test_a_person_is_not_recorded_with_the_account_of_another() -> None:
    """A namesake proofed honestly would end with a key on somebody else's account: the whole list is refused."""
    world = SiteWorld()
    world.record_joiner()
    with pytest.raises(Refused) as caught:
        world.record_joiner(person="p-200")
    assert caught.value.reason is ActionReason.AccountTaken
    assert world.store.read(lambda reader: person_of_account(reader, "dir:100")).result().person == "p-100"
