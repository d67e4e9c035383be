"""REQ-02, PRF-07: a first manager or asset counts at once, a changed one after 14 days."""

import pytest

from firstkey.actions.casework import Casework, run
from firstkey.actions.people import PersonRecord, find_person
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY
from tests.actions.site_world import POLICY, SiteWorld, done

BEFORE, NAME, AFTER = POLICY.partition(b'name = "managed_device_new"')
ANYBODY, MANAGER = b'approval.approvers = ["approver"]', b'approval.approvers = ["manager"]'
BY_MANAGER = BEFORE + NAME + AFTER.replace(ANYBODY, MANAGER, 1)


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
