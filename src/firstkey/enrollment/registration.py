"""Rules of registration: the claiming device, inside its window, one credential, that meets the path's terms.

The ceremonies have judged whether the answer is genuine; here its facts meet the path's terms.
"""

from msgspec.structs import replace

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.ending import earliest, last_instant
from firstkey.enrollment.case.ground import Moment, stand_on_ground
from firstkey.enrollment.case.key_terms import unmet_term
from firstkey.enrollment.case.limits import READ_BACK_AFTER_WINDOW_MS_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Folds, Rules, Scene, Step, present, require
from firstkey.enrollment.case.separation import check_two_uninvolved
from firstkey.enrollment.case.state import Case, Credential, Native, Window, known
from firstkey.enrollment.case.surroundings import DeviceProof, Made, SignedAct
from firstkey.enrollment.case.words import Cause, CredentialState, NativeState, PassState
from firstkey.policy.model import Anchor


class StartCeremony(Command, frozen=True):
    """Give the claiming device a challenge. `challenge` is base64url."""

    device: DeviceProof
    ceremony: str
    challenge: str


class RegisterCredential(Command, frozen=True):
    """Bring the answer, judged."""

    device: DeviceProof
    made: Made


class MintNativePass(Command, frozen=True):
    """Mint the destination's own pass, sealed to the claiming device."""

    device: DeviceProof
    native: str
    destination: str


class NoteNativePassUsed(Command, frozen=True):
    """The destination says that its pass was used."""

    native: str


class ReadBackCredential(Command, frozen=True):
    """A credential stands at the destination. `present_before`: it did before the native pass was minted."""

    native: str
    made: Made
    present_before: bool = False


class ReapNativePass(Command, frozen=True):
    """The native pass was read back as gone; or, with acts, two administrators sign that the destination is lost."""

    native: str
    acts: tuple[SignedAct, ...] = ()


def start_ceremony(scene: Scene, command: StartCeremony) -> Step:
    """Give a challenge; an earlier one of this window is void."""
    stand_on_ground(scene, Moment.REGISTRATION, command.device)
    made_elsewhere = scene.around.handover.intersection(scene.required.destinations)
    require(not made_elsewhere, R.DestinationMakesCredential)
    window = present(scene.case.window, R.WindowOver)
    require(window.ceremonies_started < scene.required.ceremonies, R.CeremoniesUsedUp)
    return Step((facts.CeremonyStarted(at=scene.now, ceremony=command.ceremony, challenge=command.challenge),))


def _registered(scene: Scene, made: Made, destination: str | None) -> tuple[facts.Fact, ...]:
    """The credential, with no more than path, account and vouching key allow; and the anchor, where it is one."""
    case, required, account = scene.case, scene.required, scene.around.account
    own_key, lifetime = case.own_key, required.credential_lifetime_ms
    ends_at = earliest(
        account.ends_at,
        None if lifetime is None else scene.now + lifetime,
        None if own_key is None else own_key.ends_at,
    )
    registered = facts.CredentialRegistered(
        at=scene.now,
        made=made,
        tier=required.tier if own_key is None else min(required.tier, own_key.tier),
        ends_at=ends_at,
        destination=destination,
    )
    claim = known(case.claim)
    shipped = Anchor.AUTHENTICATOR in required.anchors and made.serial is not None and made.serial == scene.around.asset
    if not shipped or claim.anchor is not None:
        return (registered,)
    anchored = facts.ClaimAnchored(at=scene.now, claim=claim.claim, anchor=Anchor.AUTHENTICATOR, asset=made.serial)
    return (registered, anchored)


def _refused_because(scene: Scene, window: Window, made: Made) -> str | None:
    if made.refused is not None:
        return made.refused
    if window.serial is not None and made.serial is not None and made.serial != window.serial:
        return "serial"
    return unmet_term(scene.required.key, made)


def register_credential(scene: Scene, command: RegisterCredential) -> Step:
    """Store the credential, pending, and spend the pass in the same append; or record why not.

    The last refused ceremony ends the pass.
    """
    case, made = scene.case, command.made
    stand_on_ground(scene, Moment.REGISTRATION, command.device)
    window = present(case.window, R.WindowOver)
    require(window.ceremony == made.ceremony, R.CeremonyUnknown)
    reason = _refused_because(scene, window, made)
    if reason is None:
        return Step(_registered(scene, made, None), not_after=last_instant(window.ends_at))
    happened: tuple[facts.Fact, ...] = (facts.CeremonyRefused(at=scene.now, ceremony=made.ceremony, reason=reason),)
    if case.live_pass is not None and window.ceremonies_started >= scene.required.ceremonies:
        dead = facts.PassRevoked(at=scene.now, pass_id=case.live_pass.pass_id, cause=Cause.CEREMONIES_EXHAUSTED)
        happened += (dead,)
    genuine = made.refused is None
    return Step(
        happened, refusal=R.KeyTermUnmet if genuine else R.CeremonyRefused, not_after=last_instant(window.ends_at)
    )


def mint_native_pass(scene: Scene, command: MintNativePass) -> Step:
    """Mint only when everything that activation asks for holds: the destination activates at once."""
    stand_on_ground(scene, Moment.REGISTRATION, command.device)
    stand_on_ground(scene, Moment.ACTIVATION)
    require(not scene.case.native_standing and not scene.around.native_elsewhere, R.NativePassStands)
    takes = command.destination in scene.required.destinations and command.destination in scene.around.handover
    require(takes, R.DestinationNotHandover)
    window = present(scene.case.window, R.WindowOver)
    minted = facts.NativePassMinted(
        at=scene.now, native=command.native, destination=command.destination, window_ends_at=window.ends_at
    )
    return Step((minted,), not_after=last_instant(window.ends_at))


def _native(case: Case, native: str) -> Native:
    ours = present(case.native, R.NativePassUnknown)
    require(ours.native == native, R.NativePassUnknown)
    return ours


def note_native_pass_used(scene: Scene, command: NoteNativePassUsed) -> Step:
    """Remember what the destination says; it changes nothing else."""
    native = _native(scene.case, command.native)
    require(native.state is NativeState.MINTED, R.NativePassUnknown)
    return Step((facts.NativePassUsed(at=scene.now, native=native.native),))


def read_back_credential(scene: Scene, command: ReadBackCredential) -> Step:
    """Take a credential found at the destination for this case's, if it can be; anything else is a stray: an alarm."""
    case, made = scene.case, command.made
    native = _native(case, command.native)
    ours = case.credential is not None and case.credential.credential == made.credential
    require(not ours, R.CredentialStateDiffers)
    in_time = scene.now <= native.window_ends_at + READ_BACK_AFTER_WINDOW_MS_MAX
    redeemed = case.pass_ is None or case.pass_.state in (PassState.REDEEMED, PassState.EXPIRED)
    waits = case.closed is None and case.hold is None and case.credential is None and case.native_standing
    fits = made.refused is None and unmet_term(scene.required.key, made) is None
    if in_time and redeemed and waits and fits and not command.present_before:
        require(not scene.around.clock_doubtful, R.ClockDoubtful)
        return Step(_registered(scene, made, native.destination))
    stray = facts.StrayCredentialFound(at=scene.now, destination=native.destination, credential=made.credential)
    return Step((stray,), refusal=R.CredentialIsStray)


def reap_native_pass(scene: Scene, command: ReapNativePass) -> Step:
    """Record that the native pass is gone: read back so, or signed by two administrators whose destination is lost."""
    native, acts = _native(scene.case, command.native), command.acts
    require(native.state is not NativeState.REAPED, R.NativePassUnknown)
    if not acts:
        return Step((facts.NativePassReaped(at=scene.now, native=native.native, cause=Cause.READ_BACK_GONE),))
    check_two_uninvolved(scene, acts, "declare_destination_lost", native.native)
    signed = tuple(act.by for act in acts)
    reaped = facts.NativePassReaped(at=scene.now, native=native.native, cause=Cause.DESTINATION_LOST, by=signed)
    return Step((reaped,))


def _ceremony_started(case: Case, fact: facts.CeremonyStarted) -> Case:
    """An answer to this challenge, and to no other, is awaited."""
    window = known(case.window)
    started = window.ceremonies_started + 1
    begun = replace(window, ceremonies_started=started, ceremony=fact.ceremony, challenge=fact.challenge)
    return replace(case, window=begun)


def _ceremony_refused(case: Case, _: facts.CeremonyRefused) -> Case:
    """The challenge is spent."""
    return replace(case, window=replace(known(case.window), ceremony=None, challenge=None))


def _stored(case: Case, fact: facts.CredentialRegistered) -> Case:
    """The pass is spent and the window shut in the moment that the credential exists."""
    credential = Credential(
        credential=fact.made.credential,
        made=fact.made,
        state=CredentialState.PENDING,
        registered_at=fact.at,
        tier=fact.tier,
        ends_at=fact.ends_at,
    )
    pass_ = replace(known(case.pass_), state=PassState.SPENT) if case.live_pass is not None else case.pass_
    count = case.credentials_made + 1
    return replace(case, credential=credential, credentials_made=count, pass_=pass_, window=None)


def _native_minted(case: Case, fact: facts.NativePassMinted) -> Case:
    """The destination's own pass stands until it is read back as gone."""
    return replace(case, native=Native(state=NativeState.MINTED, **facts.shared(fact, Native)))


def _native_used(case: Case, _: facts.NativePassUsed) -> Case:
    """The destination has seen it."""
    return replace(case, native=replace(known(case.native), state=NativeState.USED))


def _native_reaped(case: Case, _: facts.NativePassReaped) -> Case:
    """It is gone."""
    return replace(case, native=replace(known(case.native), state=NativeState.REAPED))


def _stray_found(case: Case, fact: facts.StrayCredentialFound) -> Case:
    """Somebody else's doing, and remembered."""
    return replace(case, adverse_at=fact.at)


RULES: Rules = {
    StartCeremony: start_ceremony,
    RegisterCredential: register_credential,
    MintNativePass: mint_native_pass,
    NoteNativePassUsed: note_native_pass_used,
    ReadBackCredential: read_back_credential,
    ReapNativePass: reap_native_pass,
}

REPLAY: Folds = {
    facts.CeremonyStarted: _ceremony_started,
    facts.CeremonyRefused: _ceremony_refused,
    facts.CredentialRegistered: _stored,
    facts.NativePassMinted: _native_minted,
    facts.NativePassUsed: _native_used,
    facts.NativePassReaped: _native_reaped,
    facts.StrayCredentialFound: _stray_found,
}
