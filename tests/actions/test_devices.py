"""What a joiner's device shows, and what it is told: a proof once, one answer for what is not its own."""

from typing import Any

import pytest

from firstkey.actions import claim, delivery, devices, redemption
from firstkey.actions.devices import Handle
from firstkey.actions.site import Device
from firstkey.ceremonies.device_proof import NONCE_LIFETIME, make_nonce
from firstkey.enrollment.case.words import Closure, Stage
from firstkey.simulator.device import JoinerDevice
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY
from tests.actions.looking import entries, facts, refusal
from tests.actions.site_world import SiteWorld, done

URL = "https://join.example.org/api/claim/status"


@pytest.fixture
def world() -> SiteWorld:
    """A case that a device has claimed."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.claim()
    return world


def test_a_proof_is_spent_by_whatever_it_asks(world: SiteWorld) -> None:
    """The same proof finds nothing a second time, on this route or another; a fresh one does."""
    spent, handle = world.by(), Handle(world.handle)
    done(devices.show_claim(world.site, spent, handle))
    assert refusal(devices.show_claim(world.site, spent, handle)) == "not-found"
    assert refusal(delivery.get_pass(world.site, spent, handle)) == "not-found"
    assert refusal(claim.not_me(world.site, spent, handle)) == "not-found"
    assert done(devices.show_claim(world.site, world.by(), handle)).claimed


def test_a_code_that_was_looked_at_has_spent_its_proof(world: SiteWorld) -> None:
    """Durably, before the code is compared: with the same proof the right one finds nothing."""
    world.proof()
    world.approve()
    world.visit()
    code, caller = world.get_pass(), world.by()
    wrong = redemption.CodeToRedeem(world.handle, "0" * 26)
    assert refusal(redemption.redeem_pass(world.site, caller, wrong)) == "code-wrong"
    right = redemption.CodeToRedeem(world.handle, code)
    assert refusal(redemption.redeem_pass(world.site, caller, right)) == "not-found"
    assert world.shown.tries_failed == 1


def test_proofs_of_two_devices_do_not_spend_each_other(world: SiteWorld) -> None:
    """A proof's id is one device's; a rival cannot use up what the joiner's device will send."""
    rival = JoinerDevice(now=world.clock.now)
    asking = devices.show_claim(world.site, Device(rival.device_key, "one"), Handle(world.handle))
    assert refusal(asking) == "another-device-claimed"
    assert done(devices.show_claim(world.site, Device(world.device.device_key, "one"), Handle(world.handle))).claimed


def test_a_handle_that_names_nothing_is_told_nothing(world: SiteWorld) -> None:
    """One answer, and nothing is written."""
    before = entries(world)
    assert refusal(devices.show_claim(world.site, world.by(), Handle("x"))) == "not-found"
    assert entries(world) == before


def test_a_rival_is_remembered_once_for_each_claim(world: SiteWorld) -> None:
    """However often it comes, the ledger grows by one entry."""
    rival = JoinerDevice(now=world.clock.now)
    before = entries(world)
    for _ in range(4):
        asking = devices.show_claim(world.site, world.by(rival), Handle(world.handle))
        assert refusal(asking) == "another-device-claimed"
    assert (entries(world), facts(world)[-1]) == (before + 1, "RivalRefused")


def test_asking_writes_down_what_is_due(world: SiteWorld) -> None:
    """A device that looks after the case's end is told the end, and it is in the ledger."""
    world.clock.instant += 30 * DAY
    answer = world.claim_status()
    assert (answer.stage, answer.closed) == (Stage.CLOSED, Closure.EXPIRED)
    assert facts(world)[-1] == "CaseClosed"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"method": "GET"}, "proof-for-another-request"),
        ({"url": URL + "/x"}, "proof-for-another-request"),
        ({"body": b"{}"}, "proof-for-another-request"),
    ],
    ids=str,
)
def test_a_proof_is_for_its_own_request(world: SiteWorld, changed: dict[str, str | bytes], reason: str | None) -> None:
    """Method, address and body are those that the device's key signed."""
    nonce = make_nonce(world.site.keys.nonce, world.clock.now())
    proof = world.device.prove("POST", URL, b'{"handle":"x"}', nonce)
    asked: Any = {"method": "POST", "url": URL, "body": b'{"handle":"x"}', "source": "test", **changed}
    if reason is None:
        device = devices.recognise(world.site, proof, **asked)
        assert (device.device_key, device.source) == (world.device.device_key, "test")
        return
    with pytest.raises(Refused) as refused:
        devices.recognise(world.site, proof, **asked)
    assert refused.value.type == reason


def test_a_nonce_is_the_sites_and_five_minutes_old_at_most(world: SiteWorld) -> None:
    """Another site's nonce, one made up, and one too old are refused; a fresh one is not."""
    asked = {"method": "POST", "url": URL, "source": ""}

    def recognise(nonce: str) -> Device:
        proof = world.device.prove("POST", URL, b"", nonce)
        return devices.recognise(world.site, proof, body=b"", **asked)

    nonce = make_nonce(world.site.keys.nonce, world.clock.now())
    assert recognise(nonce).device_key == world.device.device_key
    for wrong in ("", "x", make_nonce(SiteWorld().site.keys.nonce, world.clock.now())):
        with pytest.raises(Refused) as refused:
            recognise(wrong)
        assert refused.value.type == "proof-nonce-wrong"
    world.clock.instant += NONCE_LIFETIME
    with pytest.raises(Refused) as refused:
        recognise(nonce)
    assert refused.value.type == "proof-nonce-expired"
