"""REQ-04: a case that went wrong is remembered, however many others are opened and withdrawn around it."""

import pytest

from firstkey.actions import casework, claim, closure, devices, request
from firstkey.enrollment.case.refusals import R
from firstkey.policy.model import Purpose
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.operator import Operator as Person
from firstkey.values.errors import Refused
from tests.actions.site_world import ORIGIN, SITE, SiteWorld, done


def test_a_page_full_of_withdrawn_cases_hides_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """With pages of one row, the case that met a rival still makes the next request stricter."""
    monkeypatch.setattr(casework, "PAGE_ROWS_MAX", 1)
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
