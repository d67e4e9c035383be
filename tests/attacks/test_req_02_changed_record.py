"""REQ-02: what the record says of somebody is changed first, and the pass asked for second."""

import msgspec
import pytest

from firstkey.actions.casework import Casework, run
from firstkey.actions.people import PersonRecord, find_person
from firstkey.demo import steps
from firstkey.demo.people import Joiner
from firstkey.demo.steps import Live
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY
from tests.actions.site_world import POLICY, SiteWorld, done
from tests.attacks.siege import Siege

BEFORE, NAME, AFTER = POLICY.partition(b'name = "managed_device_new"')
ANYBODY, MANAGER = b'approval.approvers = ["approver"]', b'approval.approvers = ["manager"]'
BY_MANAGER = BEFORE + NAME + AFTER.replace(ANYBODY, MANAGER, 1)


def registered_with(siege: Siege, first: str, serial: str) -> Live:
    """A remote hire to whom a key was shipped; the record now names a serial, and a key of that serial registers."""
    person = siege.hire("remote", asset=first, facts={"device": "shipped_key", "workplace": "remote"})
    person = msgspec.structs.replace(person, asset=serial)
    siege.record(person)
    live = siege.open(person)
    live = live._replace(joiner=Joiner(siege.address, person.person, "Joy", siege.shipped(serial)))
    siege.claim(live)
    siege.proof(live, method="document_chip_in_person", level=3)
    siege.approve(live)
    steps.redeem(live, steps.get_pass(live).code)
    steps.register(live)
    return live


def test_a_serial_of_today_anchors_nothing(siege: Siege) -> None:
    """A key whose serial was written into the record a moment ago ties nobody; the one that was shipped does."""
    shipped = registered_with(siege, "0a01", "0a01")
    assert siege.facts(shipped)[-2:] == ["CredentialRegistered", "ClaimAnchored"]
    swapped = registered_with(siege, "0b01", "0b02")
    assert siege.facts(swapped)[-1] == "CredentialRegistered"
    assert (siege.shown(swapped)["anchor"], siege.shown(swapped)["credential_state"]) == (None, "pending")


def joiner(world: SiteWorld) -> PersonRecord:
    """The joiner's record."""

    def work(casework: Casework) -> PersonRecord:
        return known(find_person(casework.tx, "p-100"))

    return done(run(world.site, work))


@pytest.mark.parametrize("field", ["manager", "asset"])
def test_what_has_changed_counts_when_it_has_matured(field: str) -> None:
    """Changed, or taken away and given again, a value counts 14 days later; until then nothing does."""
    world = SiteWorld()
    world.record_joiner()
    at = {"manager": PersonRecord.manager_at, "asset": PersonRecord.asset_at}[field]
    world.record_joiner(**{field: "first"})
    assert at(joiner(world), world.clock.now()) == "first"
    world.record_joiner(**{field: None})
    world.record_joiner(**{field: "second"})
    changed_at = world.clock.now()
    assert at(joiner(world), changed_at) is None
    assert at(joiner(world), changed_at + 14 * DAY - 1) is None
    assert at(joiner(world), changed_at + 14 * DAY) == "second"


def test_a_manager_of_today_approves_nothing() -> None:
    """An administrator who makes an accomplice the joiner's manager has gained nothing for 14 days."""
    world = SiteWorld(BY_MANAGER)
    world.record_joiner(manager=world.people["cora"].person)
    world.open()
    world.proof()
    world.record_joiner(manager=world.people["anna"].person)
    with pytest.raises(Refused) as caught:
        world.approve("anna")
    assert caught.value.reason is R.NotEligible
    assert world.shown.approvals == ()
