"""What the shell adds to registration: a challenge for one window, a judged answer, and what is kept of it."""

import pytest

from firstkey.actions import registration
from firstkey.actions.acts import credential_record
from firstkey.actions.devices import Handle
from firstkey.actions.registration import CredentialMade, made_of
from firstkey.ceremonies.registration import ExpectedRegistration, judge_registration
from firstkey.ceremonies.trust import TrustAnchors
from firstkey.enrollment.case.words import PassState, Stage
from firstkey.policy.model import Trust
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.simulator.alter import BACKUP_ELIGIBLE, IN_REGISTRATION
from firstkey.simulator.attestation_root import AttestationRoot
from firstkey.simulator.authenticator import Authenticator, Traits
from firstkey.simulator.device import JoinerDevice
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed
from firstkey.values.instants import MINUTE
from tests.actions.looking import documents, facts, holder, refusal
from tests.actions.site_world import AAGUID, ORIGIN, RP_ID, SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A case whose code is spent: its window is open."""
    world = SiteWorld()
    world.redeem(world.armed())
    return world


def start(world: SiteWorld) -> registration.CeremonyOptions:
    """Ask for a challenge."""
    return done(registration.start_ceremony(world.site, world.by(), Handle(world.handle)))


def registering(world: SiteWorld, response: object, device: JoinerDevice | None = None) -> str:
    """Bring an answer that is refused; return why."""
    assert isinstance(response, dict)
    asked = CredentialMade(world.handle, response)
    return refusal(registration.register_credential(world.site, world.by(device), asked))


UNREADABLE = frozenset({"other_raw_id", "attestation_object_tail", "authenticator_data_tail"})


@pytest.mark.parametrize("misbehaviour", IN_REGISTRATION)
def test_an_answer_that_is_not_genuine_is_refused_and_remembered(world: SiteWorld, misbehaviour: str) -> None:
    """It makes no credential; the ceremony is over, and an honest one in the same window makes one."""
    response = world.authenticator.register(start(world).options, ORIGIN, IN_REGISTRATION[misbehaviour])
    reason = registering(world, response)
    unreadable = "CeremonyRefused" not in facts(world)
    assert (reason == "ceremony-refused") != unreadable
    assert documents(world, DocumentKind.ATTESTATION) == {}
    world.authenticator = Authenticator(world.traits, world.attester)
    assert world.register().stage is Stage.ACTIVATION


def test_an_answer_that_cannot_be_read_costs_nothing(world: SiteWorld) -> None:
    """It is malformed, no ceremony is counted, and the same challenge is still good."""
    begun = start(world)
    asked = CredentialMade(world.handle, {"id": "x"})
    with pytest.raises(Malformed):
        done(registration.register_credential(world.site, world.by(), asked))
    assert "CeremonyRefused" not in facts(world)
    response = world.authenticator.register(begun.options, ORIGIN)
    done(registration.register_credential(world.site, world.by(), CredentialMade(world.handle, response)))


def test_a_challenge_is_for_the_last_ceremony(world: SiteWorld) -> None:
    """An answer to the one before is refused; to the newest it is taken, once."""
    first, second = start(world), start(world)
    assert first.ceremony != second.ceremony
    late = world.authenticator.register(first.options, ORIGIN)
    assert registering(world, late) == "ceremony-refused"
    begun = start(world)
    response = Authenticator(world.traits, world.attester).register(begun.options, ORIGIN)
    done(registration.register_credential(world.site, world.by(), CredentialMade(world.handle, response)))
    assert registering(world, response) in ("ceremony-unknown", "not-a-step")


def test_three_refused_ceremonies_end_the_pass(world: SiteWorld) -> None:
    """The third one kills it, and there is no fourth in this window."""
    for _ in range(3):
        alter = IN_REGISTRATION["wrong_origin"]
        authenticator = Authenticator(world.traits, world.attester)
        assert registering(world, authenticator.register(start(world).options, ORIGIN, alter)) == "ceremony-refused"
    assert world.shown.pass_state is PassState.BURNED
    starting = registration.start_ceremony(world.site, world.by(), Handle(world.handle))
    assert refusal(starting) in ("not-a-step", "window-over")


def test_another_device_registers_nothing(world: SiteWorld) -> None:
    """It gets no challenge, and an answer that it stole is refused; the claimant's own is taken."""
    rival = JoinerDevice(now=world.clock.now)
    starting = registration.start_ceremony(world.site, world.by(rival), Handle(world.handle))
    assert refusal(starting) == "another-device-claimed"
    response = world.authenticator.register(start(world).options, ORIGIN)
    assert registering(world, response, rival) == "another-device-claimed"
    done(registration.register_credential(world.site, world.by(), CredentialMade(world.handle, response)))


def test_the_window_ends_after_ten_minutes(world: SiteWorld) -> None:
    """An answer a millisecond before its end is taken, at its end none is."""
    begun = start(world)
    world.clock.instant += 10 * MINUTE - 1
    response = world.authenticator.register(begun.options, ORIGIN)
    world.clock.instant += 1
    assert registering(world, response) in ("ceremony-unknown", "window-over", "not-a-step")
    world.clock.instant -= 1
    done(registration.register_credential(world.site, world.by(), CredentialMade(world.handle, response)))


def test_a_key_that_the_path_does_not_take_is_refused(world: SiteWorld) -> None:
    """Synced, attested by nobody, or by a maker unknown: genuine, but not on these terms."""
    unknown = AttestationRoot().attester(aaguid=AAGUID)
    makers = {
        "synced": (Authenticator(world.traits, world.attester), BACKUP_ELIGIBLE),
        "unattested": (Authenticator(Traits()), None),
        "unknown maker": (Authenticator(world.traits, unknown), None),
    }
    for authenticator, alter in makers.values():
        options = start(world).options
        response = authenticator.register(options, ORIGIN, *(() if alter is None else (alter,)))
        assert registering(world, response) == "key-term-unmet"
    assert facts(world).count("CeremonyRefused") == len(makers)


def test_what_is_kept_of_a_registration(world: SiteWorld) -> None:
    """The answer as it was judged, the key with its holder and handle, and the slot that keeps it from coming back."""
    world.register()
    (credential, kept), *others = documents(world, DocumentKind.ATTESTATION).items()
    assert (others, b"attestationObject" in kept) == ([], True)
    record = world.store.read(lambda reader: credential_record(reader, credential)).result()
    held = next(iter(world.authenticator.held.values()))
    assert (record.holder, record.credential_id) == ("p-100", b64u(held.id))
    assert unb64u(record.user_handle) == held.user_handle
    assert holder(world, SlotKind.CREDENTIAL, credential) == f"case/{world.case}"


def test_the_options_exclude_what_the_account_holds() -> None:
    """A joiner with a key is not asked to make another on the same authenticator; the handle says nothing of who."""
    world = SiteWorld()
    world.redeem(world.armed())
    options = start(world).options
    assert options["excludeCredentials"] == []
    assert options["user"]["name"] == "joy"
    assert len(unb64u(options["user"]["id"])) == 32
    assert "p-100" not in unb64u(options["user"]["id"]).decode(errors="replace")


@pytest.mark.parametrize(("trusted", "trust"), [(True, Trust.ANCHORED), (False, Trust.NONE)])
def test_trust_is_what_the_anchors_give(world: SiteWorld, trusted: bool, trust: Trust) -> None:
    """The same answer is anchored where its root is trusted, and nobody's word elsewhere; only then has it a maker."""
    begun = start(world)
    response = world.authenticator.register(begun.options, ORIGIN)
    expected = ExpectedRegistration(
        ceremony_id=begun.ceremony,
        expected_challenge=unb64u(begun.options["challenge"]),
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
    )
    anchors = world.site.anchors if trusted else TrustAnchors({})
    made = made_of(judge_registration(response, expected, world.clock.now(), anchors))
    assert (made.trust, bool(made.maker)) == (trust, trusted)
