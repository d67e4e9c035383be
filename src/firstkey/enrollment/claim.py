"""Rules of the claim: one device, fresh keys, an anchor that its holder could not bring along; what a rival gets."""

from msgspec.structs import replace

from firstkey.enrollment.case import facts, limits
from firstkey.enrollment.case.closing import closing
from firstkey.enrollment.case.digest import ANY_DEVICE
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import check_duty, check_two_people, with_duty
from firstkey.enrollment.case.state import Case, Claim, known
from firstkey.enrollment.case.surroundings import CertificateSeen, CodeJudged, DeviceProof, Presence, SignedAct
from firstkey.enrollment.case.words import Cause, Closure, PassState
from firstkey.policy.model import Anchor, Bootstrap, Duty, Requirements


class ClaimDevice(Command, frozen=True):
    """Take the case with two fresh keys; the first has signed the second.

    On an attended path the confirmer's station makes them, so `act` is the confirmer's.
    """

    claim: str
    device: DeviceProof
    sealing_key: str
    act: SignedAct | None = None


class AnchorByCertificate(Command, frozen=True):
    """Tie the claim to the joiner by the client certificate of the device on record."""

    certificate: CertificateSeen


class AnchorByPresence(Command, frozen=True):
    """Tie the claim to the joiner by a start code and a number, in person."""

    presence: Presence
    act: SignedAct


class ReleaseClaim(Command, frozen=True):
    """Let the device go. Two people sign; the old handle dies and a new one is given."""

    handle_digest: str
    acts: tuple[SignedAct, ...]


class ReplaceClaim(Command, frozen=True):
    """Let the device go for the one before which the confirmer now stands with the joiner: a new in-person anchor.

    `act` and `presence` anchor the new claim on a pass path; on an attended one `claim.act` is enough.
    """

    claim: ClaimDevice
    handle_digest: str
    presence: Presence | None = None
    act: SignedAct | None = None


class RefuseRival(Command, frozen=True):
    """Another device came with a valid proof of a key of its own, perhaps with a code."""

    device: DeviceProof
    code: CodeJudged | None = None


def _taken(scene: Scene, command: ClaimDevice) -> facts.DeviceClaimed:
    require(scene.case.claim is None, R.ClaimTaken)
    attended = scene.required.bootstrap is Bootstrap.ATTENDED
    require(attended == (command.act is not None), R.BootstrapDiffers)
    if command.act is not None:
        check_duty(scene, command.act, Duty.CONFIRMER, "claim_device", command.claim)
    return facts.DeviceClaimed(
        at=scene.now,
        claim=command.claim,
        device_key=command.device.device_key,
        sealing_key=command.sealing_key,
        by=None if command.act is None else command.act.by,
    )


def claim_device(scene: Scene, command: ClaimDevice) -> Step:
    """Bind the case to the device's key. First come: whether it is the joiner's is what the anchor is for."""
    return Step((_taken(scene, command),))


def _claim(scene: Scene) -> Claim:
    return present(scene.case.claim, R.ClaimMissing)


def _anchors_taken(required: Requirements) -> frozenset[Anchor]:
    """Return the anchors that a claim on this path may be given before registration; a relayable one takes either."""
    if required.bootstrap is not Bootstrap.PASS:
        return frozenset()
    if required.relayable:
        return frozenset({Anchor.PRESENCE, Anchor.CLIENT_CERTIFICATE})
    return required.anchors


def anchor_by_certificate(scene: Scene, command: AnchorByCertificate) -> Step:
    """Match the certificate to the asset on record. The server records it; nobody acts."""
    claim, seen = _claim(scene), command.certificate
    require(Anchor.CLIENT_CERTIFICATE in _anchors_taken(scene.required), R.AnchorNotOnPath)
    require(claim.anchor is None, R.AlreadyAnchored)
    require(seen.device_key == claim.device_key, R.WrongDevice)
    require(seen.asset == scene.around.asset, R.AssetDiffers)
    anchored = facts.ClaimAnchored(at=scene.now, claim=claim.claim, anchor=Anchor.CLIENT_CERTIFICATE, asset=seen.asset)
    return Step((anchored,))


def anchor_by_presence(scene: Scene, command: AnchorByPresence) -> Step:
    """Tie by a visit: the code from the confirmer's screen and the number on the joiner's, both, by one confirmer.

    Either alone can be relayed. A claim anchored by presence may be anchored afresh for a later pass.
    """
    claim, seen, act = _claim(scene), command.presence, command.act
    require(Anchor.PRESENCE in _anchors_taken(scene.required), R.AnchorNotOnPath)
    require(claim.anchor in (None, Anchor.PRESENCE), R.AlreadyAnchored)
    check_duty(scene, act, Duty.CONFIRMER, "anchor_claim", claim.claim)
    require(seen.device_key == claim.device_key, R.WrongDevice)
    scanned_in_time = 0 <= seen.scanned_at - seen.shown_at <= limits.START_CODE_LIFETIME_MS_MAX
    typed_in_time = 0 <= scene.now - seen.scanned_at <= limits.NUMBER_LIFETIME_MS_MAX
    require(scanned_in_time and typed_in_time and seen.confirmer == act.person, R.StartCodeOver)
    require(seen.number_matched, R.NumberDiffers)
    anchored = facts.ClaimAnchored(
        at=scene.now,
        claim=claim.claim,
        anchor=Anchor.PRESENCE,
        start_code=seen.start_code,
        by=act.by,
    )
    return Step((anchored,))


def _release(scene: Scene, handle_digest: str, acts: tuple[SignedAct, ...]) -> tuple[facts.Fact, ...]:
    """The pass dead, the device gone, its handle retired, and what approvers signed void where it named the device."""
    case, claim = scene.case, _claim(scene)
    require(not case.native_standing, R.NativePassStands)
    require(handle_digest != case.handle_digest, R.ReleaseNeedsNewHandle)
    happened: list[facts.Fact] = []
    if case.live_pass is not None:
        happened.append(facts.PassRevoked(at=scene.now, pass_id=case.live_pass.pass_id, cause=Cause.CLAIM_RELEASED))
    released = facts.ClaimReleased(
        at=scene.now,
        claim=claim.claim,
        handle_digest=handle_digest,
        by=tuple(act.by for act in acts),
    )
    happened.append(released)
    if case.signed is not None and case.signed.device != ANY_DEVICE:
        require(case.revision < limits.REVISIONS_MAX, R.RevisionsUsedUp)
        happened.append(facts.CaseRevised(at=scene.now, revision=case.revision + 1, expires_at=case.expires_at))
    return tuple(happened)


def release_claim(scene: Scene, command: ReleaseClaim) -> Step:
    """Let the device go: two people sign. Neither of them delivers or confirms the next."""
    claim, acts = _claim(scene), command.acts
    check_two_people(acts)
    for act in acts:
        check_duty(scene, act, Duty.RELEASER, "release_claim", claim.claim)
    return Step(_release(scene, command.handle_digest, acts))


def replace_claim(scene: Scene, command: ReplaceClaim) -> Step:
    """Let the device go because the confirmer stands with the joiner at another: released and claimed in one append."""
    case = scene.case
    bare = replace(case, claim=None)
    claimed = _taken(scene.with_case(bare), command.claim)
    happened = (*_release(scene, command.handle_digest, ()), claimed)
    if scene.required.bootstrap is Bootstrap.ATTENDED:
        return Step(happened)
    visit = AnchorByPresence(present(command.presence, R.AnchorMissing), present(command.act, R.AnchorMissing))
    there = scene.with_case(_claimed(bare, claimed))
    return Step((*happened, *anchor_by_presence(there, visit).facts))


def refuse_rival(scene: Scene, command: RefuseRival) -> Step:
    """Turn a rival away: told once per claim, counted afterwards elsewhere; its code is never a try.

    A right code in a rival's hands means that it has leaked: the pass dies and the case with it. A wrong one changes
    nothing, and is compared five times a case at most.
    """
    case, claim, code = scene.case, _claim(scene), command.code
    require(command.device.device_key != claim.device_key, R.RivalIsTheClaimant)
    happened: list[facts.Fact] = []
    if not claim.rival_seen:
        happened.append(facts.RivalRefused(at=scene.now, claim=claim.claim, rival_key=command.device.device_key))
    pass_, compared = case.live_pass, scene.around.rival_codes_compared
    armed = pass_ if pass_ is not None and pass_.state is PassState.ARMED else None
    if code is not None and armed is not None and compared < limits.RIVAL_CODES_COMPARED_MAX:
        require(code.pass_id == armed.pass_id, R.CodeIsForAnotherPass)
        if code.matched:
            happened.extend(closing(case, Closure.MISUSED, scene.now, Cause.MISUSED))
    require(bool(happened), R.AnotherDeviceClaimed)
    return Step(tuple(happened), refusal=R.AnotherDeviceClaimed)


def _claimed(case: Case, fact: facts.DeviceClaimed) -> Case:
    """A device takes the case."""
    claim = Claim(claim=fact.claim, device_key=fact.device_key, sealing_key=fact.sealing_key)
    return replace(case, claim=claim, duties=with_duty(case.duties, Duty.CONFIRMER, fact.by))


def _anchored(case: Case, fact: facts.ClaimAnchored) -> Case:
    """The claim is tied to the joiner."""
    claim = replace(known(case.claim), anchor=fact.anchor, anchored_at=fact.at, by=fact.by)
    return replace(case, claim=claim, duties=with_duty(case.duties, Duty.CONFIRMER, fact.by))


def _released(case: Case, fact: facts.ClaimReleased) -> Case:
    """No device has the case; what it had opened is void."""
    duties = with_duty(case.duties, Duty.RELEASER, fact.by)
    return replace(case, claim=None, window=None, handle_digest=fact.handle_digest, duties=duties)


def _rival_refused(case: Case, fact: facts.RivalRefused) -> Case:
    """A rival is remembered."""
    return replace(case, claim=replace(known(case.claim), rival_seen=True), adverse_at=fact.at)


RULES: Rules = {
    ClaimDevice: claim_device,
    AnchorByCertificate: anchor_by_certificate,
    AnchorByPresence: anchor_by_presence,
    ReleaseClaim: release_claim,
    ReplaceClaim: replace_claim,
    RefuseRival: refuse_rival,
}

REPLAY: Folds = {
    facts.DeviceClaimed: _claimed,
    facts.ClaimAnchored: _anchored,
    facts.ClaimReleased: _released,
    facts.RivalRefused: _rival_refused,
}
