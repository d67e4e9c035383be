"""Registration here: the claiming device, inside its window, one credential, that meets the path's terms."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    CeremonyRefused,
    CeremonyStarted,
    ClaimAnchored,
    CredentialRegistered,
    PassRevoked,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Credential, Window, known
from firstkey.enrollment.case.surroundings import DeviceProof, Made, Vouching
from firstkey.enrollment.case.words import Cause, CredentialState, PassState, Stage
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.registration import RegisterCredential, StartCeremony
from firstkey.policy.model import Anchor, Purpose, Requirements, Tier
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.core.enrollment.turns import Turn, account, alter, part, refusal_of, refused, revoke, sweep
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    GOOD,
    OWN_KEY_PATH,
    PASS_PATH,
    RIVAL,
    SHIPPED_PATH,
    START,
    World,
    ruling_for,
)

ENDS_AT = START + 10 * MINUTE
POOR = replace(GOOD, user_verified=False)
FORGED = replace(GOOD, refused="signature")


def started(requirements: Requirements = PASS_PATH, purpose: Purpose = Purpose.FIRST_KEY) -> World:
    """Return a case whose first ceremony is under way."""
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.REGISTRATION)
    world.start()
    return world


def registered(world: World) -> CredentialRegistered:
    """Return the last fact of its kind."""
    return next(fact for fact in reversed(world.facts) if isinstance(fact, CredentialRegistered))


# Ceremonies


def test_a_ceremony_gives_a_challenge() -> None:
    """The fact names ceremony and challenge, and its answer is the one awaited."""
    world = World().up_to(Stage.REGISTRATION)
    before = world.state
    decision = world.start()
    fact = CeremonyStarted(at=START, ceremony="ceremony-1", challenge="challenge-ceremony-1")
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.account, decision.takes) == (None, (), frozenset())
    window = Window(ends_at=ENDS_AT, ceremonies_started=1, ceremony="ceremony-1", challenge="challenge-ceremony-1")
    assert world.state == replace(before, window=window)


def test_a_later_ceremony_voids_the_earlier() -> None:
    """A browser that was closed begins anew; the answer to the earlier challenge is not taken any more."""
    world = started()
    world.start("ceremony-2")
    assert known(world.state.window) == Window(ENDS_AT, 2, "ceremony-2", "challenge-ceremony-2")
    assert refusal_of(world, World.register) is R.CeremonyUnknown
    assert refusal_of(world, lambda w: w.register(replace(GOOD, ceremony="ceremony-2"))) is None


@pytest.mark.parametrize("pinned", [1, 2, 3, 4])
@pytest.mark.parametrize("current", [2, 9])
def test_a_window_has_three_ceremonies_at_most(pinned: int, current: int) -> None:
    """As many as the stricter of pinned and current policy lets, and three at most."""
    world = World(requirements=replace(PASS_PATH, ceremonies=pinned)).up_to(Stage.REGISTRATION)
    world.ruling = ruling_for(replace(PASS_PATH, ceremonies=current))
    for number in range(min(pinned, current, 3)):
        world.start(f"ceremony-{number}")
    assert refusal_of(world, World.start) is R.CeremoniesUsedUp


WINDOW_TURNS: list[tuple[Turn, R | None]] = [
    (sweep, None),
    (lambda w: part(w, "claim", device_key="device-9"), R.WrongDevice),
    (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
    (lambda w: w.let_pass(10 * MINUTE - 1), None),
    (lambda w: w.let_pass(10 * MINUTE), R.WindowOver),
    (lambda w: alter(w, window=None), R.WindowOver),
    (revoke, R.WindowOver),
    (lambda w: w.surround(epoch=2), R.WindowOver),
]


@pytest.mark.parametrize(("turn", "reason"), WINDOW_TURNS)
def test_what_a_ceremony_needs(turn: Turn, reason: R | None) -> None:
    """Challenges are given to the claiming device alone, on its ground, until the window is over."""
    world = World().up_to(Stage.REGISTRATION)
    turn(world)
    assert refusal_of(world, World.start) is reason


@pytest.mark.parametrize(("turn", "reason"), WINDOW_TURNS)
def test_what_an_answer_needs(turn: Turn, reason: R | None) -> None:
    """Answers are taken from the claiming device alone, on its ground, until the window is over."""
    world = started()
    turn(world)
    assert refusal_of(world, World.register) is reason


def test_a_destination_that_makes_the_credential_takes_no_ceremony() -> None:
    """Where one of the path's destinations has a page of its own, none is begun here."""
    world = World(requirements=replace(PASS_PATH, destinations=("local", "directory"))).up_to(Stage.REGISTRATION)
    world.surround(handover=frozenset({"elsewhere"}))
    assert refusal_of(world, World.start) is None
    world.surround(handover=frozenset({"directory"}))
    assert refusal_of(world, World.start) is R.DestinationMakesCredential


def test_another_device_never_resumes() -> None:
    """Only the claiming device's key begins or ends a ceremony."""
    world = started()
    assert refused(world, StartCeremony(device=RIVAL, ceremony="c", challenge="c")) is R.WrongDevice
    assert refused(world, RegisterCredential(device=DeviceProof("device-3"), made=GOOD)) is R.WrongDevice


# Answers


def test_a_good_answer_is_stored_and_spends_the_pass() -> None:
    """The credential is pending, the pass spent, the window shut, in one append that is void after the window."""
    world = started()
    before = world.state
    world.let_pass(MINUTE)
    decision = world.register()
    fact = CredentialRegistered(at=START + MINUTE, made=GOOD, tier=Tier.STANDARD, ends_at=None, destination=None)
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, ENDS_AT - 1, ())
    assert decision.takes == {("credential", "credential-1"), ("public_key", "key-1")}
    assert decision.frees == {("live_pass", "account-1")}
    credential = Credential("credential-1", GOOD, CredentialState.PENDING, START + MINUTE, Tier.STANDARD, None)
    spent = replace(known(before.pass_), state=PassState.SPENT)
    assert world.state == replace(before, credential=credential, credentials_made=1, pass_=spent, window=None)


def test_one_pass_yields_one_credential() -> None:
    """After its credential a case takes no other answer, and starts no other ceremony."""
    world = started()
    world.register()
    assert refusal_of(world, World.register) is R.WindowOver
    assert refusal_of(world, World.start) is R.WindowOver
    assert world.state.credentials_made == 1


def test_a_dead_pass_is_not_spent() -> None:
    """The fold spends a live pass, and leaves a dead one as it died."""
    case = part(started(), "pass_", state=PassState.EXPIRED).state
    fact = CredentialRegistered(at=START, made=GOOD, tier=Tier.LOW, ends_at=START + DAY, destination="directory")
    after = apply_fact(case, fact)
    credential = Credential("credential-1", GOOD, CredentialState.PENDING, START, Tier.LOW, START + DAY)
    assert after == replace(case, credential=credential, credentials_made=1, window=None)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (GOOD, None),
        (replace(GOOD, ceremony="ceremony-0"), R.CeremonyUnknown),
        (replace(GOOD, ceremony=""), R.CeremonyUnknown),
    ],
)
def test_an_answer_is_to_the_ceremony_under_way(made: Made, reason: R | None) -> None:
    """An answer to another challenge is not taken; nor is any before a ceremony began."""
    assert refusal_of(started(), lambda w: w.register(made)) is reason
    assert refusal_of(World().up_to(Stage.REGISTRATION), lambda w: w.register(made)) is R.CeremonyUnknown


@pytest.mark.parametrize(
    ("made", "why", "told"),
    [
        (POOR, "user_verification", R.KeyTermUnmet),
        (FORGED, "signature", R.CeremonyRefused),
        (replace(POOR, refused="origin"), "origin", R.CeremonyRefused),
    ],
)
def test_a_refused_answer_is_recorded_and_told(made: Made, why: str, told: R) -> None:
    """What is not genuine, or falls short of the terms, is a fact with its reason, and spends the challenge."""
    world = started()
    before = world.state
    decision = world.register(made)
    assert decision.facts == (CeremonyRefused(at=START, ceremony="ceremony-1", reason=why),)
    assert (decision.refusal, decision.not_after) == (told, ENDS_AT - 1)
    spent = replace(known(before.window), ceremony=None, challenge=None)
    assert world.state == replace(before, window=spent)
    assert refusal_of(world, World.register) is R.CeremonyUnknown


def test_terms_are_the_stricter_of_pinned_and_current() -> None:
    """A policy that has come to ask more of a key is asked."""
    world = started()
    world.ruling = ruling_for(replace(PASS_PATH, key=replace(PASS_PATH.key, roaming=True)))
    decision = world.register()
    assert decision.facts == (CeremonyRefused(at=START, ceremony="ceremony-1", reason="roaming"),)


def refused_times(world: World, times: int) -> Decision:
    """Bring as many poor answers as asked, each to a ceremony of its own."""
    for number in range(1, times + 1):
        world.start(f"ceremony-{number}")
        world.register(replace(POOR, ceremony=f"ceremony-{number}"))
    return world.last


@pytest.mark.parametrize("ceremonies", [1, 2, 3, 4])
def test_the_last_refused_ceremony_burns_the_pass(ceremonies: int) -> None:
    """As many refused ceremonies as a window has, three at most, end the pass; the case may have another."""
    world = World(requirements=replace(PASS_PATH, ceremonies=ceremonies)).up_to(Stage.REGISTRATION)
    allowed = min(ceremonies, 3)
    decision = refused_times(world, allowed)
    refused_last = CeremonyRefused(at=START, ceremony=f"ceremony-{allowed}", reason="user_verification")
    dead = PassRevoked(at=START, pass_id="pass-1", cause=Cause.CEREMONIES_EXHAUSTED)
    assert decision.facts == (refused_last, dead)
    assert decision.refusal is R.KeyTermUnmet
    assert (known(world.state.pass_).state, world.stage) == (PassState.BURNED, Stage.ISSUANCE)


def test_an_earlier_refused_ceremony_leaves_the_pass() -> None:
    """Before the last ceremony a poor answer costs nothing but itself; the last may still succeed."""
    world = World().up_to(Stage.REGISTRATION)
    assert [fact.kind for fact in refused_times(world, 2).facts] == ["CeremonyRefused"]
    world.start("ceremony-3")
    assert refusal_of(world, lambda w: w.register(replace(GOOD, ceremony="ceremony-3"))) is None


def test_an_attended_window_has_no_pass_to_burn() -> None:
    """After three refused ceremonies of an attended window, a new act opens another."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION)
    assert [fact.kind for fact in refused_times(world, 3).facts] == ["CeremonyRefused"]
    assert refusal_of(world, World.start) is R.CeremoniesUsedUp
    world.attend()
    assert refusal_of(world, World.start) is None


@pytest.mark.parametrize(
    ("named", "brought", "reason"),
    [
        (None, None, None),
        (None, "serial-8", None),
        ("serial-7", "serial-7", None),
        ("serial-7", "serial-8", "serial"),
        ("serial-7", None, None),
    ],
)
def test_the_key_is_the_one_that_the_confirmer_named(
    named: str | None, brought: str | None, reason: str | None
) -> None:
    """Where the confirmer named a serial and the key tells its own, they must be one and the same."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    world.attend(serial=named)
    world.start()
    (fact,) = world.register(replace(GOOD, serial=brought)).facts
    assert getattr(fact, "reason", None) == reason
    assert world.refusal is (R.KeyTermUnmet if reason else None)


# What the credential gets


@pytest.mark.parametrize("pinned", Tier)
@pytest.mark.parametrize("current", Tier)
@pytest.mark.parametrize("own", [None, *Tier])
def test_no_more_tier_than_anybody_gives(pinned: Tier, current: Tier, own: Tier | None) -> None:
    """The tier is the least of what pinned policy, current policy and the vouching key give."""
    path = PASS_PATH if own is None else OWN_KEY_PATH
    world = World(
        requirements=replace(path, tier=pinned), purpose=Purpose.FIRST_KEY if own is None else Purpose.ADD_KEY
    )
    if own is not None:
        world.surround(vouching=frozenset({Vouching("credential-0", own, None)}), keys=frozenset({"credential-0"}))
    world.up_to(Stage.REGISTRATION)
    world.ruling = ruling_for(replace(path, tier=current))
    world.start()
    world.register()
    assert registered(world).tier is min(tier for tier in (pinned, current, own) if tier is not None)


@pytest.mark.parametrize("account_ends", [None, START + 2 * DAY])
@pytest.mark.parametrize("lifetime", [None, DAY, 3 * DAY])
@pytest.mark.parametrize("own_ends", [None, START + HOUR, START + 4 * DAY])
def test_no_later_end_than_anybody_sets(account_ends: int | None, lifetime: int | None, own_ends: int | None) -> None:
    """The end date is the first of the account's, the path's and the vouching key's; without any there is none."""
    world = World(requirements=replace(OWN_KEY_PATH, credential_lifetime_ms=lifetime), purpose=Purpose.ADD_KEY)
    key = Vouching("credential-0", Tier.STANDARD, own_ends)
    world.surround(vouching=frozenset({key}), keys=frozenset({"credential-0"}))
    account(world, ends_at=account_ends).up_to(Stage.ACTIVATION)
    ends = (account_ends, None if lifetime is None else START + lifetime, own_ends)
    assert registered(world).ends_at == min((end for end in ends if end is not None), default=None)


@pytest.mark.parametrize("pinned", [None, HOUR, 2 * DAY])
@pytest.mark.parametrize("purpose", [Purpose.FIRST_KEY, Purpose.EMERGENCY])
def test_a_loan_ends_within_a_day(pinned: int | None, purpose: Purpose) -> None:
    """The credential of an emergency lives 24 hours at most, whatever the policy says."""
    world = World(requirements=replace(PASS_PATH, credential_lifetime_ms=pinned), purpose=purpose).up_to(
        Stage.ACTIVATION
    )
    lifetimes = [pinned, DAY if purpose is Purpose.EMERGENCY else None]
    least = min((each for each in lifetimes if each is not None), default=None)
    assert registered(world).ends_at == (None if least is None else START + least)


# The shipped authenticator

EITHER = replace(PASS_PATH, anchors=frozenset({Anchor.AUTHENTICATOR, Anchor.CLIENT_CERTIFICATE}))


@pytest.mark.parametrize(
    ("requirements", "changed", "asset", "anchored"),
    [
        (SHIPPED_PATH, {"serial": "serial-1"}, "serial-1", True),
        (SHIPPED_PATH, {"serial": "serial-2"}, "serial-1", False),
        (SHIPPED_PATH, {"serial": None}, "serial-1", False),
        (SHIPPED_PATH, {"serial": None}, None, False),
        (SHIPPED_PATH, {"serial": "serial-1"}, None, False),
        (EITHER, {"serial": "serial-1"}, "serial-1", True),
        (replace(PASS_PATH, anchors=frozenset()), {"serial": "serial-1"}, "serial-1", False),
    ],
)
def test_the_shipped_serial_anchors_in_the_same_append(
    requirements: Requirements, changed: dict[str, Any], asset: str | None, anchored: bool
) -> None:
    """The serial that was shipped, told by the key itself, is the anchor; a model or another serial is none."""
    world = World(requirements=requirements).up_to(Stage.CLAIM)
    world.claim()
    world.up_to(Stage.REGISTRATION)
    world.surround(asset=asset)
    world.start()
    facts = world.register(replace(GOOD, **changed)).facts
    anchor = ClaimAnchored(at=START, claim="claim-1", anchor=Anchor.AUTHENTICATOR, asset="serial-1")
    assert facts[1:] == ((anchor,) if anchored else ())
    assert known(world.state.claim).anchor is (Anchor.AUTHENTICATOR if anchored else None)


def test_an_anchored_claim_is_not_anchored_again_by_its_key() -> None:
    """Where a certificate has anchored the claim, the key's serial adds nothing."""
    world = World(requirements=EITHER).up_to(Stage.CLAIM)
    world.claim()
    world.anchor()
    world.up_to(Stage.REGISTRATION)
    world.start()
    assert [fact.kind for fact in world.register(replace(GOOD, serial="serial-1")).facts] == ["CredentialRegistered"]


def test_a_window_that_is_over_leaves_the_case_waiting() -> None:
    """The pass expires with its window; the case waits for another, and is not closed."""
    world = started()
    world.let_pass(10 * MINUTE)
    assert [fact.kind for fact in sweep(world).facts] == ["PassExpired"]
    assert (world.stage, world.state.closed) == (Stage.ISSUANCE, None)
    assert known(world.state.pass_).state is PassState.EXPIRED
