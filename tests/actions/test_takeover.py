"""Another device takes a claimed case over, in person: what it takes, and what becomes of the device before."""

import pytest

from firstkey.actions import claim, devices, takeover
from firstkey.actions.site import Device
from firstkey.enrollment.case.words import Closure
from firstkey.simulator.device import JoinerDevice
from firstkey.values.instants import MINUTE, SECOND
from tests.actions.looking import facts, refusal
from tests.actions.site_world import SiteWorld, done

FIRST, SECOND_CLAIM = "c" * 22, "d" * 22


@pytest.fixture
def world() -> SiteWorld:
    """A case whose pass is armed, at the wrong device."""
    world = SiteWorld()
    world.armed()
    return world


def scanned(world: SiteWorld, device: JoinerDevice) -> tuple[str, str]:
    """Cora shows a start code and the new device scans it; return the code's id and the number it shows."""
    shown = done(claim.show_start_code(world.site, world.operators["cora"], world.case, claim.Nothing()))
    asked = takeover.TakeoverToScan(world.handle, shown.start_code, device.bind_keys(world.handle))
    return shown.id, done(takeover.scan_to_take_over(world.site, world.by(device), asked)).number


def anchoring(world: SiteWorld, start_code: str, number: str) -> claim.AnchorToRecord:
    """Cora's act, naming the claim that her page shows."""
    visit = done(takeover.show_visit(world.site, world.operators["cora"], world.case, start_code))
    assert (visit.scanned, visit.takes_over) == (True, True)
    return claim.AnchorToRecord(start_code, number, world.sign_on_case("cora", "anchor_claim", str(visit.claim)))


def test_the_device_before_the_confirmer_takes_over(world: SiteWorld) -> None:
    """The pass dies, the old handle names nothing any more, and the case goes on to its end at the new device."""
    before, old, device = world.device, world.handle, JoinerDevice(now=world.clock.now)
    start_code, number = scanned(world, device)
    asked = anchoring(world, start_code, number)
    taken = done(takeover.replace_claim(world.site, world.operators["cora"], world.case, asked))
    assert facts(world)[-4:] == ("PassRevoked", "ClaimReleased", "DeviceClaimed", "ClaimAnchored")
    assert refusal(devices.show_claim(world.site, world.by(before), devices.Handle(old))) == "not-found"
    world.handle, world.device = taken.handle, device
    world.redeem(world.get_pass())
    world.register()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_another_number_takes_nothing_over(world: SiteWorld) -> None:
    """The number is the one on the new device's screen; a relayed start code alone moves nothing."""
    before, device = facts(world), JoinerDevice(now=world.clock.now)
    start_code, number = scanned(world, device)
    asked = anchoring(world, start_code, f"{(int(number) + 1) % 10**6:06d}")
    assert refusal(takeover.replace_claim(world.site, world.operators["cora"], world.case, asked)) == "number-differs"
    assert facts(world) == before


def test_a_start_code_is_not_waited_for(world: SiteWorld) -> None:
    """Two minutes after the scan the visit is over."""
    start_code, number = scanned(world, JoinerDevice(now=world.clock.now))
    world.clock.instant += 2 * MINUTE + SECOND
    asked = anchoring(world, start_code, number)
    assert refusal(takeover.replace_claim(world.site, world.operators["cora"], world.case, asked)) in (
        "start-code-over",
        "not-found",
    )


def test_without_a_start_code_another_device_is_a_rival(world: SiteWorld) -> None:
    """Whoever brings a code that nobody showed for this case is turned away, and that is on record."""
    device = JoinerDevice(now=world.clock.now)
    asked = takeover.TakeoverToScan(world.handle, "0" * 26, device.bind_keys(world.handle))
    assert refusal(takeover.scan_to_take_over(world.site, world.by(device), asked)) == "another-device-claimed"
    assert facts(world)[-1] == "RivalRefused"


def test_the_claiming_device_has_nothing_to_take_over(world: SiteWorld) -> None:
    """It is there already; and a start code that was never scanned by another leads nowhere."""
    shown = done(claim.show_start_code(world.site, world.operators["cora"], world.case, claim.Nothing()))
    asked = takeover.TakeoverToScan(world.handle, shown.start_code, world.device.bind_keys(world.handle))
    assert refusal(takeover.scan_to_take_over(world.site, world.by(), asked)) == "not-found"
    signed = world.sign_on_case("cora", "anchor_claim", str(world.shown.claim))
    unscanned = claim.AnchorToRecord(shown.id, "000000", signed)
    assert refusal(takeover.replace_claim(world.site, world.operators["cora"], world.case, unscanned)) == "not-found"


def test_a_visit_is_shown_to_its_confirmer_alone(world: SiteWorld) -> None:
    """Another operator learns nothing of it, and nobody the number."""
    shown = done(claim.show_start_code(world.site, world.operators["cora"], world.case, claim.Nothing()))
    visit = done(takeover.show_visit(world.site, world.operators["cora"], world.case, shown.id))
    assert visit == takeover.VisitShown(scanned=False, claim=None, takes_over=False)
    assert refusal(takeover.show_visit(world.site, world.operators["anna"], world.case, shown.id)) == "not-found"


def station(world: SiteWorld, device: JoinerDevice, claimed: str, handle: str) -> tuple[Device, claim.ClaimToMake]:
    """A station's request to claim, under Paul's act."""
    signed = world.sign_on_case("paul", "claim_device", claimed)
    return world.by(device), claim.ClaimToMake(handle, device.bind_keys(handle), claimed, signed)


def test_another_station_claims_an_attended_case() -> None:
    """The confirmer's act at the new station lets the old one go; there the case is over."""
    world = SiteWorld()
    world.record_joiner(facts={"employment": "employee", "workplace": "on_site", "device": "own"})
    world.open()
    world.proof()
    for name in ("anna", "cora"):
        world.approve(name)
    done(claim.claim_case(world.site, *station(world, world.device, FIRST, world.handle)))
    other = JoinerDevice(now=world.clock.now)
    asked = station(world, other, SECOND_CLAIM, world.handle)
    taken = done(takeover.replace_claim_at_station(world.site, *asked))
    assert taken.state.claim == SECOND_CLAIM
    old = devices.Handle(world.handle)
    assert refusal(devices.show_claim(world.site, world.by(), old)) == "not-found"
    assert done(devices.show_claim(world.site, world.by(other), devices.Handle(taken.handle))).claimed
