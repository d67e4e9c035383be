"""REQ-04: refused on a strict path, somebody tries again on a laxer one."""

import msgspec
import pytest

from firstkey.actions import claim, closure, devices, request, streams
from firstkey.demo import steps
from firstkey.demo.people import done as said
from firstkey.enrollment.case.refusals import R
from firstkey.policy.model import Purpose
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.operator import Operator as Person
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY
from tests.actions.site_world import ORIGIN, SITE, SiteWorld, done
from tests.attacks.siege import Siege, told


def test_another_path_asks_for_what_the_first_one_did(siege: Siege) -> None:
    """Denied as a contractor, asked for as an employee: two must approve for thirty days, then one."""
    person = siege.hire("contractor")
    denied = siege.open(person)
    siege.proof(denied)
    no = siege.cast.approver
    said(no.post(f"{denied.url}/approvals/deny", {"signed": siege.act(denied, "deny_approval", no)}), "denial")
    assert siege.last(denied)["reason"] == "denied"
    person = msgspec.structs.replace(person, facts={**person.facts, "employment": "employee"})
    siege.record(person)
    laxer = siege.open(person)
    assert (laxer.path, siege.shown(laxer)["quorum"]) == ("managed_device_new", 2)
    siege.claim(laxer)
    siege.proof(laxer)
    steps.approve_by(siege.cast.approver, laxer)
    siege.anchor(laxer)
    with siege.nothing_changes():
        assert told(laxer.joiner.post("/pass", laxer.handle)) == (409, "approval-missing")
    siege.cast.requester.post(f"{laxer.url}/withdraw", {})
    siege.later(31 * DAY)
    assert siege.shown(siege.open(person))["quorum"] == 1


def test_the_requester_does_not_pick_the_path(siege: Siege) -> None:
    """A request that names a path, a tier or what it must meet is not one."""
    person = siege.hire("contractor")
    with siege.nothing_changes():
        for more in ({"path": "managed_device_new"}, {"requirements": {"quorum": 0}}, {"tier": "privileged"}):
            assert told(siege.ask(person, **more)) == (400, "body-malformed")


def test_a_page_full_of_withdrawn_cases_hides_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """With pages of one row, the case that met a rival still makes the next request stricter."""
    monkeypatch.setattr(streams, "PAGE_ROWS_MAX", 1)
    world = SiteWorld()
    world.record_joiner()
    for _ in range(6):
        world.open()
        done(closure.withdraw_case(world.site, world.operators["rita"], world.case, claim.Nothing()))
    world.open()
    world.proof()
    world.approve()
    world.claim()
    with pytest.raises(Refused):
        done(devices.show_claim(world.site, world.by(JoinerDevice(now=world.clock.now)), devices.Handle(world.handle)))
    world.visit()
    world.redeem(world.get_pass())
    world.register()
    world.sweep()
    joiner = world.sign_in(Person("p-100", SITE, ORIGIN, world.authenticator))
    asked = request.CaseToOpen(account="dir:100", purpose=Purpose.ADD_KEY)
    with pytest.raises(Refused) as caught:
        done(request.open_case(world.site, joiner, asked))
    assert caught.value.reason is R.PathProhibited
