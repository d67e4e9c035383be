"""What the shell adds to the claim: keys bound to a handle, a start code for one scan, a handle that is retired."""

import pytest

from firstkey.actions import claim, devices, request
from firstkey.enrollment.case.words import Stage
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.device import Instead, JoinerDevice
from firstkey.values.errors import Malformed
from firstkey.values.instants import SECOND
from tests.actions.looking import documents, entries, facts, refusal
from tests.actions.site_world import SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A case that a device can claim."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    return world


def claiming(world: SiteWorld, keys: str, device: JoinerDevice | None = None) -> str:
    """Claim with keys that are refused; return why."""
    return refusal(claim.claim_case(world.site, world.by(device), claim.ClaimToMake(world.handle, keys)))


def scan(world: SiteWorld, code: str, device: JoinerDevice | None = None) -> claim.NumberToShow:
    """Scan a start code."""
    asked = claim.StartCodeScanned(world.handle, code)
    return done(claim.scan_start_code(world.site, world.by(device), asked))


def show(world: SiteWorld, case: str = "") -> claim.StartCodeShown:
    """Cora's screen shows a start code."""
    return done(claim.show_start_code(world.site, world.operators["cora"], case or world.case, claim.Nothing()))


def test_keys_are_bound_to_the_handle_that_is_claimed(world: SiteWorld) -> None:
    """A binding made for another case, or by another device, claims nothing; the device's own does."""
    other = JoinerDevice(now=world.clock.now)
    assert claiming(world, world.device.bind_keys("another-handle")) == "claim-keys-wrong"
    assert claiming(world, other.bind_keys(world.handle)) == "claim-keys-wrong"
    flipped = world.device.bind_keys(world.handle, Instead(signature_flipped=True))
    assert claiming(world, flipped) == "proof-signature-wrong"
    with pytest.raises(Malformed):
        done(claim.claim_case(world.site, world.by(), claim.ClaimToMake(world.handle, "no keys")))
    assert documents(world, DocumentKind.CLAIM_KEY) == {}
    assert world.claim().claimed
    assert len(documents(world, DocumentKind.CLAIM_KEY)) == 1


def test_the_first_device_has_the_case(world: SiteWorld) -> None:
    """A second device is a rival: told so, remembered once, and its key is not stored."""
    world.claim()
    rival = JoinerDevice(now=world.clock.now)
    for _ in range(2):
        assert claiming(world, rival.bind_keys(world.handle), rival) == "another-device-claimed"
    assert facts(world).count("RivalRefused") == 1
    assert len(documents(world, DocumentKind.CLAIM_KEY)) == 1


def test_a_start_code_is_scanned_once(world: SiteWorld) -> None:
    """The claiming device gets a number, once; nobody gets one for a code that is not there."""
    world.claim()
    shown = show(world)
    assert len(scan(world, shown.start_code).number) == 6
    again = claim.StartCodeScanned(world.handle, shown.start_code)
    assert refusal(claim.scan_start_code(world.site, world.by(), again)) == "not-found"
    unknown = claim.StartCodeScanned(world.handle, "0" * 26)
    assert refusal(claim.scan_start_code(world.site, world.by(), unknown)) == "not-found"


def test_a_start_code_is_for_its_case_and_its_claimant(world: SiteWorld) -> None:
    """Scanned by a rival, before the claim, or on another case it gives no number; afterwards it still does."""
    shown = show(world)
    asked = claim.StartCodeScanned(world.handle, shown.start_code)
    assert refusal(claim.scan_start_code(world.site, world.by(), asked)) == "not-found"
    world.claim()
    rival = JoinerDevice(now=world.clock.now)
    assert refusal(claim.scan_start_code(world.site, world.by(rival), asked)) == "another-device-claimed"
    case, handle = world.case, world.handle
    world.record_joiner(person="p-200", account="dir:200")
    elsewhere = claim.StartCodeScanned(handle, show(world, case=world.open(account="dir:200").case).start_code)
    assert refusal(claim.scan_start_code(world.site, world.by(), elsewhere)) == "not-found"
    world.case, world.handle = case, handle
    assert scan(world, shown.start_code).number


def test_no_start_code_is_shown_for_a_case_that_is_not_there(world: SiteWorld) -> None:
    """A made-up case has no screen to scan."""
    asking = claim.show_start_code(world.site, world.operators["cora"], "no-case", claim.Nothing())
    assert refusal(asking) == "not-found"


def test_only_the_digest_of_a_start_code_is_kept(world: SiteWorld) -> None:
    """What is stored of it cannot be scanned."""
    shown = show(world)
    assert list(documents(world, DocumentKind.START_CODE)) == [shown.id]
    assert shown.start_code not in str(documents(world, DocumentKind.START_CODE))


def anchoring(world: SiteWorld, start_code: str, number: str, name: str = "cora") -> str:
    """Anchor in a way that is refused; return why."""
    signed = world.sign_on_case(name, "anchor_claim", str(world.shown.claim))
    asked = claim.AnchorToRecord(start_code, number, signed)
    return refusal(claim.anchor_claim(world.site, world.operators[name], world.case, asked))


def test_a_visit_is_code_and_number_and_one_confirmer(world: SiteWorld) -> None:
    """Another number, another confirmer, a code not scanned, one unknown, or one too old anchor nothing."""
    world.claim()
    world.proof()
    shown = show(world)
    assert anchoring(world, shown.id, "") == "wrong-device"
    number = scan(world, shown.start_code).number
    other = f"{(int(number) + 1) % 10**6:06d}"
    assert anchoring(world, shown.id, other) == "number-differs"
    assert anchoring(world, shown.id, number, "anna") == "start-code-over"
    assert anchoring(world, "unknown", number) == "not-found"
    world.clock.instant += 121 * SECOND
    assert anchoring(world, shown.id, number) == "start-code-over"
    assert world.shown.anchor is None
    world.visit()
    assert world.shown.anchor is not None


def test_a_start_code_anchors_once(world: SiteWorld) -> None:
    """The same visit cannot be recorded a second time."""
    world.claim()
    shown = show(world)
    number = scan(world, shown.start_code).number
    claimed = str(world.shown.claim)
    signed = world.sign_on_case("cora", "anchor_claim", claimed)
    anchor = claim.AnchorToRecord(shown.id, number, signed)
    done(claim.anchor_claim(world.site, world.operators["cora"], world.case, anchor))
    assert anchoring(world, shown.id, number) == "slot-taken"


def test_letting_a_device_go_retires_its_handle(world: SiteWorld) -> None:
    """Two people sign; the old handle finds nothing, the new one takes a device, be it the same again."""
    world.claim()
    signed = tuple(world.sign_on_case(name, "release_claim", str(world.shown.claim)) for name in ("rita", "paul"))
    let_go = done(claim.release_claim(world.site, world.operators["rita"], world.case, claim.ClaimToRelease(signed)))
    assert refusal(devices.show_claim(world.site, world.by(), devices.Handle(world.handle))) == "not-found"
    world.handle = let_go.handle
    assert world.claim_status().claimed is False
    assert world.claim().claimed


def test_one_person_lets_no_device_go(world: SiteWorld) -> None:
    """One signature, or one person's two, are too few; so is a pair that the sender is no part of."""
    world.claim()
    claimed = str(world.shown.claim)

    def releasing(sender: str, *names: str) -> str:
        signed = tuple(world.sign_on_case(name, "release_claim", claimed) for name in names)
        asked = claim.ClaimToRelease(signed)
        return refusal(claim.release_claim(world.site, world.operators[sender], world.case, asked))

    assert releasing("rita", "rita") == "people-too-few"
    assert releasing("rita", "rita", "rita") == "people-too-few"
    assert releasing("cora", "rita", "paul") == "statement-unknown"
    assert world.claim_status().claimed


def test_not_me_holds_the_case(world: SiteWorld) -> None:
    """The claiming device's word stops it; a rival's word does not."""
    world.claim()
    rival = JoinerDevice(now=world.clock.now)
    handle = devices.Handle(world.handle)
    assert refusal(claim.not_me(world.site, world.by(rival), handle)) == "another-device-claimed"
    assert not world.shown.held
    assert done(claim.not_me(world.site, world.by(), handle)).stage is Stage.HELD
    assert world.shown.held


def test_a_hold_is_lifted_by_two_without_a_part_in_the_case(world: SiteWorld) -> None:
    """The requester cannot be one of them; two others can, and the case goes on where it was."""
    world.claim()
    done(claim.not_me(world.site, world.by(), devices.Handle(world.handle)))

    def lift(*names: str) -> request.ActOfTwo:
        return request.ActOfTwo(tuple(world.sign_on_case(name, "lift_hold") for name in names))

    before = entries(world)
    lifting = request.lift_hold(world.site, world.operators["anna"], world.case, lift("rita", "anna"))
    assert (refusal(lifting), entries(world)) == ("duties-conflict", before)
    answer = done(request.lift_hold(world.site, world.operators["anna"], world.case, lift("cora", "anna")))
    assert answer.stage is Stage.PROOFING


def test_a_claim_keeps_the_key_that_its_codes_are_sealed_to(world: SiteWorld) -> None:
    """Another case's device that names it is refused, and the code is sealed to the first as before."""
    world.proof()
    world.approve()
    named = world.claim().claim
    world.visit()
    first = world.case, world.handle, world.device
    world.record_joiner(person="p-101", account="dir:101")
    world.open(account="dir:101")
    other = JoinerDevice(now=world.clock.now)
    asked = claim.ClaimToMake(world.handle, other.bind_keys(world.handle), named)
    assert refusal(claim.claim_case(world.site, world.by(other), asked)) == "claim-taken"
    world.case, world.handle, world.device = first
    assert world.redeem(world.get_pass()).stage is Stage.REGISTRATION
