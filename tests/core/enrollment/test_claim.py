"""Claim: one device takes the case, is anchored by what its holder could not bring along, and is let go by two."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseRevised, ClaimAnchored, ClaimReleased, DeviceClaimed, PassRevoked
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Claim, known
from firstkey.enrollment.case.surroundings import By, CertificateSeen, DeviceProof
from firstkey.enrollment.case.words import Cause, PassState, Stage
from firstkey.enrollment.claim import AnchorByCertificate, AnchorByPresence, ClaimDevice, ReleaseClaim, ReplaceClaim
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import Anchor, Duty, Purpose, Requirements
from firstkey.values.instants import DAY, MINUTE, SECOND
from tests.core.enrollment.turns import (
    alter,
    case_at,
    handover,
    mint,
    part,
    reap,
    refusal_of,
    refused,
    release,
    replace_claim,
)
from tests.core.enrollment.world import (
    ADMIN_A,
    ADMIN_B,
    ATTENDED_PATH,
    CONFIRMER,
    DEVICE,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    RELAYABLE_PATH,
    RIVAL,
    SHIPPED_PATH,
    START,
    World,
)

CLAIM = Claim(claim="claim-1", device_key="device-1", sealing_key="sealing-1")
SHIPPED_OR_MANAGED = replace(PASS_PATH, anchors=frozenset({Anchor.AUTHENTICATOR, Anchor.CLIENT_CERTIFICATE}))


def claimed(requirements: Requirements = PASS_PATH) -> World:
    """Return a case that a device has claimed and nothing anchors yet."""
    purpose = Purpose.ADD_KEY if requirements is OWN_KEY_PATH else Purpose.FIRST_KEY
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.CLAIM)
    world.claim()
    return world


# Claiming


def test_the_first_device_takes_the_case() -> None:
    """The fact names the claim and both keys; the device key is taken for good."""
    world = World().up_to(Stage.CLAIM)
    before = world.state
    decision = world.claim()
    fact = DeviceClaimed(at=START, claim="claim-1", device_key="device-1", sealing_key="sealing-1", by=None)
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert decision.takes == {("device_key", "device-1")}
    assert world.state == replace(before, claim=CLAIM)


def test_a_confirmers_station_takes_an_attended_case() -> None:
    """In person the confirmer signs for the claim; the statement is spent and the duty held, but nothing anchored."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.CLAIM)
    before = world.state
    decision = world.claim()
    by = By(CONFIRMER, f"statement-{world.statements}")
    fact = DeviceClaimed(at=START, claim="claim-1", device_key="device-1", sealing_key="sealing-1", by=by)
    assert decision.facts == (fact,)
    assert decision.takes == {("device_key", "device-1"), ("statement", f"{by.statement}:case-1")}
    assert world.state == replace(before, claim=CLAIM, duties=before.duties | {(Duty.CONFIRMER, CONFIRMER)})
    assert world.stage is Stage.REDEMPTION


@pytest.mark.parametrize("stage", [Stage.PROOFING, Stage.APPROVAL, Stage.CLAIM])
def test_a_case_is_claimed_before_or_after_approval(stage: Stage) -> None:
    """Claiming waits for nothing, and moves an earlier stage nowhere; a claimed case is not claimed again."""
    world = World().up_to(stage)
    assert refusal_of(world, World.claim) is None
    assert world.stage is stage
    assert refusal_of(world, lambda w: w.claim(RIVAL, "claim-2")) is R.ClaimTaken


def test_only_an_attended_path_has_a_station() -> None:
    """Where the joiner's own device claims no act is brought, and a station brings one."""
    world = World().up_to(Stage.CLAIM)
    act = world.act("claim_device", CONFIRMER, "claim-1")
    command = ClaimDevice(claim="claim-1", device=DEVICE, sealing_key="sealing-1", act=act)
    assert refusal_of(world, lambda w: w.do(command)) is R.BootstrapDiffers
    attended = World(requirements=ATTENDED_PATH).up_to(Stage.CLAIM)
    assert refusal_of(attended, lambda w: w.do(replace(command, act=None))) is R.BootstrapDiffers


# Anchoring by certificate


def test_a_certificate_of_the_assigned_device_anchors() -> None:
    """The server records the serial that the certificate names; nobody acts."""
    world = claimed()
    before = world.state
    decision = world.anchor()
    fact = ClaimAnchored(at=START, claim="claim-1", anchor=Anchor.CLIENT_CERTIFICATE, asset="serial-1")
    assert decision.facts == (fact,)
    anchored = replace(CLAIM, anchor=Anchor.CLIENT_CERTIFICATE, anchored_at=START)
    assert world.state == replace(before, claim=anchored)
    assert world.stage is Stage.ISSUANCE


@pytest.mark.parametrize(
    ("seen", "asset", "reason"),
    [
        (CertificateSeen(asset="serial-1", device_key="device-1"), "serial-1", None),
        (CertificateSeen(asset="serial-1", device_key="device-2"), "serial-1", R.WrongDevice),
        (CertificateSeen(asset="serial-2", device_key="device-1"), "serial-1", R.AssetDiffers),
        (CertificateSeen(asset="serial-1", device_key="device-1"), None, R.AssetDiffers),
    ],
)
def test_a_certificate_names_the_device_on_record(seen: CertificateSeen, asset: str | None, reason: R | None) -> None:
    """The certificate must come from the claiming device and name the serial that a source of record assigns."""
    world = claimed()
    world.surround(asset=asset)
    assert refusal_of(world, lambda w: w.do(AnchorByCertificate(seen))) is reason


@pytest.mark.parametrize(
    ("requirements", "certificate", "presence"),
    [
        (PASS_PATH, None, R.AnchorNotOnPath),
        (PRESENCE_PATH, R.AnchorNotOnPath, None),
        (RELAYABLE_PATH, None, None),
        (SHIPPED_PATH, R.AnchorNotOnPath, R.AnchorNotOnPath),
        (SHIPPED_OR_MANAGED, None, R.AnchorNotOnPath),
        (ATTENDED_PATH, R.AnchorNotOnPath, R.AnchorNotOnPath),
        (replace(ATTENDED_PATH, anchors=frozenset(Anchor)), R.AnchorNotOnPath, R.AnchorNotOnPath),
        (OWN_KEY_PATH, R.AnchorNotOnPath, R.AnchorNotOnPath),
    ],
)
def test_a_path_takes_its_own_anchors(requirements: Requirements, certificate: R | None, presence: R | None) -> None:
    """A pass path takes the anchors that it names, a relayable one either; attended and own_key are not anchored so."""
    assert refusal_of(claimed(requirements), World.anchor) is certificate
    assert refusal_of(claimed(requirements), World.visit) is presence


def test_what_nobody_claimed_is_not_anchored() -> None:
    """There must be a claim to anchor."""
    assert refusal_of(World().up_to(Stage.CLAIM), World.anchor) is R.ClaimMissing
    assert refusal_of(World(requirements=PRESENCE_PATH).up_to(Stage.CLAIM), World.visit) is R.ClaimMissing


@pytest.mark.parametrize("anchor", [None, *Anchor])
def test_a_claim_is_anchored_once_but_visited_again(anchor: Anchor | None) -> None:
    """An anchored claim takes no certificate; only a visit may be repeated, for a later pass."""
    path = replace(PASS_PATH, anchors=frozenset({Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE}))
    certificate = part(claimed(path), "claim", anchor=anchor)
    visit = part(claimed(path), "claim", anchor=anchor)
    assert refusal_of(certificate, World.anchor) is (None if anchor is None else R.AlreadyAnchored)
    assert refusal_of(visit, World.visit) is (None if anchor in {None, Anchor.PRESENCE} else R.AlreadyAnchored)


# Anchoring by presence


def test_a_visit_anchors() -> None:
    """The fact names the start code and who stood there; code and statement are spent, the duty is held."""
    world = claimed(PRESENCE_PATH)
    before = world.state
    decision = world.visit()
    by = By(CONFIRMER, f"statement-{world.statements}")
    fact = ClaimAnchored(at=START, claim="claim-1", anchor=Anchor.PRESENCE, start_code=f"start-{START}", by=by)
    assert decision.facts == (fact,)
    assert decision.takes == {("start_code", f"start-{START}"), ("statement", f"{by.statement}:case-1")}
    anchored = replace(CLAIM, anchor=Anchor.PRESENCE, anchored_at=START, by=by)
    assert world.state == replace(before, claim=anchored, duties=before.duties | {(Duty.CONFIRMER, CONFIRMER)})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"confirmer": "dan"}, R.StartCodeOver),
        ({"device_key": "device-2"}, R.WrongDevice),
        ({"number_matched": False}, R.NumberDiffers),
        # scanned within sixty seconds of being shown
        ({"shown_at": START - 60 * SECOND + 1, "scanned_at": START}, None),
        ({"shown_at": START - 60 * SECOND, "scanned_at": START}, None),
        ({"shown_at": START - 60 * SECOND - 1, "scanned_at": START}, R.StartCodeOver),
        ({"shown_at": START, "scanned_at": START}, None),
        ({"shown_at": START + 1, "scanned_at": START}, R.StartCodeOver),
        # typed within two minutes of the scan, and not before it
        ({"shown_at": START - 2 * MINUTE, "scanned_at": START - 2 * MINUTE + 1}, None),
        ({"shown_at": START - 2 * MINUTE, "scanned_at": START - 2 * MINUTE}, None),
        ({"shown_at": START - 2 * MINUTE - 1, "scanned_at": START - 2 * MINUTE - 1}, R.StartCodeOver),
        ({"shown_at": START + 1, "scanned_at": START + 1}, R.StartCodeOver),
        ({"shown_at": START - DAY, "scanned_at": START - DAY}, R.StartCodeOver),
    ],
)
def test_code_and_number_by_one_confirmer_in_time(changed: dict[str, Any], reason: R | None) -> None:
    """Start code and number are both needed, from the claiming device, before one confirmer, at this moment."""
    assert refusal_of(claimed(PRESENCE_PATH), lambda w: w.visit(**changed)) is reason


def test_a_visit_afresh_makes_presence_young_again() -> None:
    """For a later pass the same claim is anchored anew, and the new visit counts."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.ISSUANCE)
    world.let_pass(10 * MINUTE)
    assert refusal_of(world, World.issue) is R.PresenceTooOld
    world.visit()
    assert world.state.claim is not None
    assert world.state.claim.anchored_at == START + 10 * MINUTE
    assert refusal_of(world, World.issue) is None


@pytest.mark.parametrize("anchor", [World.anchor, World.visit])
def test_a_relayable_claim_is_anchored_while_its_credential_waits(anchor: Any) -> None:
    """Presence or certificate from the same device key ends the wait of a pending credential and opens no window."""
    world = World(requirements=RELAYABLE_PATH).up_to(Stage.ACTIVATION)
    assert refusal_of(world, World.activate) is R.AnchorMissing
    anchor(world)
    assert (world.stage, world.state.window) == (Stage.ACTIVATION, None)
    assert refusal_of(world, World.activate) is None


# Releasing


@pytest.mark.parametrize("signed_device", [None, "any", "device-1"])
@pytest.mark.parametrize("stage", [Stage.CLAIM, Stage.ISSUANCE, Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION])
def test_two_people_release_a_claim(stage: Stage, signed_device: str | None) -> None:
    """The pass dies, the handle is retired, the device is gone, and what was signed for that device is void."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.APPROVAL if stage is Stage.CLAIM else stage)
    if stage is Stage.CLAIM:
        world.claim()
        world.approve()
    before = world.state
    signed = None if before.signed is None or signed_device is None else replace(before.signed, device=signed_device)
    alter(world, signed=signed)
    decision = release(world)
    by = tuple(By(who, f"statement-{world.statements + place}") for place, who in ((-1, ADMIN_A), (0, ADMIN_B)))
    revoked = PassRevoked(at=START, pass_id="pass-1", cause=Cause.CLAIM_RELEASED)
    released = ClaimReleased(at=START, claim="claim-1", handle_digest="handle-2", by=by)
    revised = CaseRevised(at=START, revision=2, expires_at=before.expires_at)
    named = signed_device == "device-1"
    assert decision.facts == (
        *((revoked,) if before.live_pass else ()),
        released,
        *((revised,) if named else ()),
    )
    assert world.state.handle_digest == "handle-2"
    assert (world.state.claim, world.state.window, world.state.live_pass) == (None, None, None)
    assert world.state.revision == (2 if named else 1)
    assert world.state.duties == before.duties | {(Duty.RELEASER, ADMIN_A), (Duty.RELEASER, ADMIN_B)}
    assert decision.frees >= {("handle", "handle-1")}
    assert decision.takes >= {("handle", "handle-2")}
    assert ("device_key", "device-1") not in decision.frees


def test_a_release_leaves_the_rest_as_it_was() -> None:
    """The fold of a release takes claim, window and handle, and nothing else."""
    case = case_at(Stage.REGISTRATION, ATTENDED_PATH)
    by = (By(ADMIN_A, "statement-8", "olaf"), By(ADMIN_B, "statement-9"))
    fact = ClaimReleased(at=START, claim="claim-1", handle_digest="handle-2", by=by)
    duties = case.duties | {(Duty.RELEASER, person) for person in (ADMIN_A, ADMIN_B, "olaf")}
    released = replace(case, claim=None, window=None, handle_digest="handle-2", duties=duties)
    assert apply_fact(case, fact) == released


def test_a_released_claim_takes_a_new_handle() -> None:
    """The old handle is retired: it cannot be given again."""
    world = claimed()
    acts = tuple(world.act("release_claim", person, "claim-1") for person in (ADMIN_A, ADMIN_B))
    assert refusal_of(world, lambda w: w.do(ReleaseClaim("handle-1", acts))) is R.ReleaseNeedsNewHandle
    assert refusal_of(world, lambda w: w.do(ReleaseClaim("handle-2", acts))) is None


def test_what_is_not_claimed_is_not_released() -> None:
    """There must be a claim to let go."""
    assert refusal_of(World().up_to(Stage.CLAIM), release) is R.ClaimMissing
    assert refusal_of(World().up_to(Stage.ACTIVATION), release) is R.NotAStep


def test_a_claim_is_not_released_while_a_native_pass_stands() -> None:
    """A destination's pass is sealed to the device: it is read back as gone first."""
    world = handover()
    mint(world)
    assert refusal_of(world, release) is R.NativePassStands
    reap(world)
    assert refusal_of(world, release) is None


@pytest.mark.parametrize(("revision", "reason"), [(15, None), (16, R.RevisionsUsedUp)])
def test_voiding_needs_a_revision_to_be_left(revision: int, reason: R | None) -> None:
    """A release that voids signatures is a revision; one that voids none is not."""
    world = World().up_to(Stage.APPROVAL)
    world.claim()
    world.approve()
    assert refusal_of(alter(world, revision=revision), release) is reason
    assert refusal_of(alter(World().up_to(Stage.ISSUANCE), revision=16), release) is None


# Replacing


def test_a_new_in_person_anchor_replaces_the_device() -> None:
    """Before the confirmer the old device goes and the new one is claimed and anchored, in one append."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.REDEMPTION)
    before = world.state
    decision = replace_claim(world)
    by = By(CONFIRMER, f"statement-{world.statements}")
    assert decision.facts == (
        PassRevoked(at=START, pass_id="pass-1", cause=Cause.CLAIM_RELEASED),
        ClaimReleased(at=START, claim="claim-1", handle_digest="handle-2", by=()),
        DeviceClaimed(at=START, claim="claim-2", device_key="device-2", sealing_key="sealing-2", by=None),
        ClaimAnchored(at=START, claim="claim-2", anchor=Anchor.PRESENCE, start_code=f"start-{START}", by=by),
    )
    claim = Claim("claim-2", "device-2", "sealing-2", anchor=Anchor.PRESENCE, anchored_at=START, by=by)
    revoked = replace(known(before.pass_), state=PassState.REVOKED, cause=Cause.CLAIM_RELEASED)
    assert world.state == replace(before, handle_digest="handle-2", claim=claim, pass_=revoked)
    assert world.stage is Stage.ISSUANCE


def test_a_replacement_voids_what_named_the_old_device() -> None:
    """Approvers who signed for the old device sign again."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.APPROVAL)
    world.claim()
    world.approve()
    kinds = [fact.kind for fact in replace_claim(world).facts]
    assert kinds == ["ClaimReleased", "CaseRevised", "DeviceClaimed", "ClaimAnchored"]
    assert (world.stage, world.state.signed, world.state.revision) == (Stage.APPROVAL, None, 2)


def test_a_station_replaces_the_claim_of_an_attended_case() -> None:
    """In an attended case the confirmer's signed claim is enough; attendance anchors it afterwards."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION)
    act = world.act("claim_device", CONFIRMER, "claim-2")
    claim = ClaimDevice(claim="claim-2", device=RIVAL, sealing_key="sealing-2", act=act)
    decision = world.do(ReplaceClaim(claim, "handle-2"))
    by = By(CONFIRMER, act.statement)
    assert decision.facts == (
        ClaimReleased(at=START, claim="claim-1", handle_digest="handle-2", by=()),
        DeviceClaimed(at=START, claim="claim-2", device_key="device-2", sealing_key="sealing-2", by=by),
    )
    assert world.stage is Stage.REDEMPTION
    assert world.state.claim == Claim("claim-2", "device-2", "sealing-2")


def test_a_replacement_needs_what_a_visit_needs() -> None:
    """Without presence or act nothing is replaced; nor with somebody else's device, nor on a path without presence."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.ISSUANCE)
    claim = ClaimDevice(claim="claim-2", device=RIVAL, sealing_key="sealing-2")
    seen, act = world.presence(device_key="device-2"), world.act("anchor_claim", CONFIRMER, "claim-2")
    for command, reason in (
        (ReplaceClaim(claim, "handle-2", None, act), R.AnchorMissing),
        (ReplaceClaim(claim, "handle-2", seen, None), R.AnchorMissing),
        (ReplaceClaim(claim, "handle-1", seen, act), R.ReleaseNeedsNewHandle),
        (ReplaceClaim(claim, "handle-2", world.presence(), act), R.WrongDevice),
        (ReplaceClaim(replace(claim, device=DeviceProof("device-3")), "handle-2", seen, act), R.WrongDevice),
        (ReplaceClaim(replace(claim, act=act), "handle-2", seen, act), R.BootstrapDiffers),
        (ReplaceClaim(claim, "handle-2", seen, world.act("anchor_claim", CONFIRMER, "claim-1")), R.ActNotForThis),
        (ReplaceClaim(claim, "handle-2", seen, act), None),
    ):
        assert refused(world, command) is reason


@pytest.mark.parametrize("requirements", [PASS_PATH, OWN_KEY_PATH, SHIPPED_PATH])
def test_where_presence_is_no_anchor_it_replaces_nothing(requirements: Requirements) -> None:
    """A new in-person anchor is one that the path takes."""
    assert refusal_of(claimed(requirements), replace_claim) is R.AnchorNotOnPath


def test_what_is_not_claimed_is_not_replaced() -> None:
    """There must be a claim to replace, and no native pass sealed to it."""
    assert refusal_of(World(requirements=PRESENCE_PATH).up_to(Stage.CLAIM), replace_claim) is R.ClaimMissing
    world = handover(replace(PRESENCE_PATH, destinations=("directory",)))
    mint(world)
    assert refusal_of(world, replace_claim) is R.NativePassStands


def test_a_visit_of_the_present_device_still_anchors() -> None:
    """The commands of a visit and of a replacement differ in the claim that the confirmer signs for."""
    world = claimed(PRESENCE_PATH)
    act = world.act("anchor_claim", CONFIRMER, "claim-2")
    assert refusal_of(world, lambda w: w.do(AnchorByPresence(w.presence(), act))) is R.ActNotForThis
