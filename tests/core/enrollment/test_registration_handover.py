"""Registration at the destination: its own pass minted on the whole ground, watched, and read back until it is gone."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    CredentialRegistered,
    NativePassMinted,
    NativePassReaped,
    NativePassUsed,
    StrayCredentialFound,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Native, known
from firstkey.enrollment.case.surroundings import By
from firstkey.enrollment.case.words import Cause, CredentialState, NativeState, PassState, Stage
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.registration import (
    MintNativePass,
    NoteNativePassUsed,
    ReadBackCredential,
    ReapNativePass,
)
from firstkey.policy.model import Purpose, Requirements, Tier
from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.core.enrollment import turns
from tests.core.enrollment.turns import (
    HANDOVER,
    HANDOVER_PATH,
    NATIVE,
    Turn,
    alter,
    handover,
    hold,
    mint,
    part,
    read_back,
    reap,
    refusal_of,
    refused,
    revoke,
    sweep,
    used,
    withdraw,
    withdraw_approval,
)
from tests.core.enrollment.world import ADMIN_A, ADMIN_B, ATTENDED_PATH, DEVICE, OWN_KEY_PATH, RIVAL, START, World

ENDS_AT = START + 10 * MINUTE
MINTED = NativePassMinted(at=START, native="native-1", destination=HANDOVER, window_ends_at=ENDS_AT)
STANDS = Native("native-1", HANDOVER, NativeState.MINTED, ENDS_AT)
FOUND = CredentialRegistered(at=START, made=NATIVE, tier=Tier.STANDARD, ends_at=None, destination=HANDOVER)
STRAY = StrayCredentialFound(at=START, destination=HANDOVER, credential="credential-1")


def watched(requirements: Requirements = HANDOVER_PATH) -> World:
    """Return a case whose native pass stands."""
    world = handover(requirements)
    mint(world)
    return world


# Minting


def test_a_native_pass_is_minted_for_the_window() -> None:
    """The fact names pass, destination and end; the account's place for one is taken until it is gone."""
    world = handover()
    before = world.state
    decision = mint(world)
    assert decision.facts == (MINTED,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, ENDS_AT - 1, ())
    assert decision.takes == {("native_pass", "account-1")}
    assert decision.frees == frozenset()
    assert world.state == replace(before, native=STANDS)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: part(w, "claim", device_key="device-9"), R.WrongDevice),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: w.let_pass(10 * MINUTE - 1), None),
        (lambda w: w.let_pass(10 * MINUTE), R.WindowOver),
        (revoke, R.WindowOver),
        (lambda w: w.surround(covered="no"), R.CheckpointMissing),
        (lambda w: w.surround(native_elsewhere=True), R.NativePassStands),
        (mint, R.NativePassStands),
        (lambda w: w.surround(handover=frozenset()), R.DestinationNotHandover),
        (lambda w: w.surround(handover=frozenset({"other"})), R.DestinationNotHandover),
        (lambda w: alter(w, requirements=replace(HANDOVER_PATH, destinations=("local",))), R.DestinationNotHandover),
    ],
)
def test_all_conditions_come_before_minting(turn: Turn, reason: R | None) -> None:
    """Minting asks the ground of registration and of activation, and a destination that makes credentials itself."""
    world = handover()
    turn(world)
    assert refused(world, MintNativePass(DEVICE, "native-2", HANDOVER)) is reason


def test_a_relayable_claim_mints_nothing() -> None:
    """What activation would wait for is waited for before the destination's pass is minted."""
    world = handover(replace(HANDOVER_PATH, anchors=frozenset()))
    assert refusal_of(world, mint) is R.AnchorMissing


def test_only_the_claiming_device_gets_the_native_pass() -> None:
    """It is sealed to the claim's own device."""
    assert refused(handover(), MintNativePass(RIVAL, "native-1", HANDOVER)) is R.WrongDevice


def test_after_one_is_gone_another_may_be_minted() -> None:
    """Within its window a case may be given a native pass again once the first is read back as gone."""
    world = watched()
    reap(world)
    assert refused(world, MintNativePass(DEVICE, "native-2", HANDOVER)) is None


# Watching


def test_the_destination_says_that_its_pass_was_used() -> None:
    """It is remembered once, and changes nothing else; the pass still stands."""
    world = watched()
    before = world.state
    assert used(world).facts == (NativePassUsed(at=START, native="native-1"),)
    assert world.state == replace(before, native=replace(STANDS, state=NativeState.USED))
    assert refusal_of(world, used) is R.NativePassUnknown
    assert world.state.native_standing


@pytest.mark.parametrize(
    "command", [NoteNativePassUsed, ReapNativePass, lambda native: ReadBackCredential(native, NATIVE)]
)
def test_another_native_pass_is_not_this_cases(command: Callable[[str], Command]) -> None:
    """What is said of a native pass that the case does not have is refused."""
    assert refused(watched(), command("native-1")) is None
    assert refused(watched(), command("native-2")) is R.NativePassUnknown
    assert refused(handover(), command("native-1")) is R.NativePassUnknown


# Reading back


@pytest.mark.parametrize("requirements", [HANDOVER_PATH, replace(ATTENDED_PATH, destinations=(HANDOVER,))])
def test_what_is_read_back_in_time_is_this_cases(requirements: Requirements) -> None:
    """A credential that was absent before minting and is read back in time is stored as if it were made here."""
    world = watched(requirements)
    before = world.state
    decision = read_back(world)
    assert decision.facts == (FOUND,)
    assert (decision.refusal, decision.account) == (None, ())
    assert decision.takes == {("credential", "credential-1"), ("public_key", "key-1")}
    assert known(world.state.credential).state is CredentialState.PENDING
    assert world.state.window is None
    assert world.state.native == STANDS
    assert world.state.pass_ == (None if before.pass_ is None else replace(before.pass_, state=PassState.SPENT))


def test_own_key_is_read_back_with_no_more_than_its_key() -> None:
    """By own_key, too, what is read back gets no more than the key that vouched."""
    world = World(requirements=replace(OWN_KEY_PATH, destinations=(HANDOVER,)), purpose=Purpose.ADD_KEY)
    world.surround(handover=frozenset({HANDOVER}))
    world.up_to(Stage.REGISTRATION)
    part(world, "own_key", tier=Tier.LOW, ends_at=START + HOUR)
    mint(world)
    assert read_back(world).facts == (replace(FOUND, tier=Tier.LOW, ends_at=START + HOUR),)


@pytest.mark.parametrize(
    ("waited", "ours"),
    [(10 * MINUTE, True), (25 * MINUTE - SECOND, True), (25 * MINUTE, True), (25 * MINUTE + 1, False)],
)
def test_fifteen_minutes_after_the_window(waited: int, ours: bool) -> None:
    """What appears within 15 minutes after the window is this case's, though its pass has expired; later, a stray."""
    world = watched()
    world.let_pass(waited)
    *_, last = read_back(world).facts
    at = START + waited
    assert last == (replace(FOUND, at=at) if ours else replace(STRAY, at=at))


@pytest.mark.parametrize(
    "turn",
    [
        reap,
        hold,
        withdraw,
        revoke,
        withdraw_approval,
        lambda w: w.surround(epoch=2),
        lambda w: w.let_pass(25 * MINUTE + 1),
    ],
)
def test_what_cannot_be_this_cases_is_a_stray(turn: Turn) -> None:
    """A credential found after the pass died for cause, the case stopped or the native pass was gone is an alarm."""
    world = watched()
    turn(world)
    before = world.state.credentials_made
    decision = read_back(world)
    assert decision.facts[-1] == replace(STRAY, at=world.now)
    assert decision.refusal is R.CredentialIsStray
    assert world.state.adverse_at == world.now
    assert world.state.credentials_made == before == 0


@pytest.mark.parametrize("turn", [reap, hold, withdraw, read_back])
def test_what_cannot_be_an_attended_cases_is_a_stray(turn: Turn) -> None:
    """Without a pass, too, what is found after the case stopped, ended or has its credential is an alarm."""
    world = watched(replace(ATTENDED_PATH, destinations=(HANDOVER,)))
    turn(world)
    decision = read_back(world, credential="credential-2")
    assert decision.facts == (replace(STRAY, credential="credential-2"),)
    assert decision.refusal is R.CredentialIsStray


@pytest.mark.parametrize(
    ("changed", "present_before", "ours"),
    [
        ({}, False, True),
        ({}, True, False),
        ({"refused": "signature"}, False, False),
        ({"backup_eligible": True}, False, False),
    ],
)
def test_what_was_there_before_or_falls_short_is_a_stray(
    changed: dict[str, object], present_before: bool, ours: bool
) -> None:
    """A credential that stood before minting, is not genuine or does not meet the terms is not this case's."""
    world = watched()
    decision = world.do(ReadBackCredential("native-1", replace(NATIVE, **changed), present_before=present_before))
    assert decision.facts == ((FOUND,) if ours else (STRAY,))
    assert decision.refusal is (None if ours else R.CredentialIsStray)


def test_one_native_pass_yields_one_credential() -> None:
    """A second credential is a stray; the first, found again, is nothing new."""
    world = watched()
    read_back(world)
    assert refusal_of(world, read_back) is R.CredentialStateDiffers
    assert read_back(world, credential="credential-2").facts == (replace(STRAY, credential="credential-2"),)
    assert world.state.credentials_made == 1


def test_nothing_is_registered_while_the_clock_is_in_doubt() -> None:
    """In doubt what was found waits to be read again; that something is a stray can still be said."""
    world = watched()
    world.surround(clock_doubtful=True)
    assert refusal_of(world, read_back) is R.ClockDoubtful
    assert read_back(world, backup_eligible=True).facts == (STRAY,)


def test_a_stray_changes_nothing_but_memory() -> None:
    """The fold of a stray remembers it, open case or not."""
    case = watched().state
    assert apply_fact(case, STRAY) == replace(case, adverse_at=START)


# Reaping


def test_a_native_pass_is_read_back_as_gone() -> None:
    """Its place is free, and it stands no more; it is not reaped twice."""
    world = watched()
    before = world.state
    decision = reap(world)
    assert decision.facts == (NativePassReaped(at=START, native="native-1", cause=Cause.READ_BACK_GONE, by=()),)
    assert decision.frees == {("native_pass", "account-1")}
    assert world.state == replace(before, native=replace(STANDS, state=NativeState.REAPED))
    assert refusal_of(world, reap) is R.NativePassUnknown
    assert refusal_of(world, used) is R.NativePassUnknown


@pytest.mark.parametrize("turn", [sweep, used, read_back, withdraw, hold])
def test_two_administrators_give_a_destination_up(turn: Turn) -> None:
    """Signed by two, a native pass counts as gone, used or not, of an open case or a closed one."""
    world = watched()
    turn(world)
    acts = tuple(world.act("declare_destination_lost", who, "native-1") for who in (ADMIN_A, ADMIN_B))
    decision = world.do(ReapNativePass("native-1", acts))
    by = tuple(By(act.person, act.statement) for act in acts)
    assert decision.facts == (NativePassReaped(at=START, native="native-1", cause=Cause.DESTINATION_LOST, by=by),)
    assert not world.state.native_standing


def test_until_it_is_gone_the_account_gets_no_new_pass_though_the_case_may_close() -> None:
    """A native pass that stands keeps its place after the case has closed, and is reaped then."""
    world = watched()
    decision = withdraw(world)
    assert world.stage is Stage.CLOSED
    assert ("native_pass", "account-1") not in decision.frees
    assert reap(world).frees == {("native_pass", "account-1")}
    assert world.stage is Stage.CLOSED


def test_a_case_with_a_standing_native_pass_gets_no_pass_of_ours() -> None:
    """After its own pass has died the case waits for the native one to be gone."""
    world = watched()
    revoke(world)
    stages = [world.stage]
    assert refusal_of(world, lambda w: w.issue("pass-2")) is R.NativePassStands
    reap(world)
    assert [*stages, world.stage] == [Stage.REGISTRATION, Stage.ISSUANCE]
    assert refusal_of(world, lambda w: w.issue("pass-2")) is None


def test_a_reaped_pass_after_a_lapsed_attendance_waits_for_attendance() -> None:
    """When an attended window lapsed and the ground is whole again, the case waits for a new visit."""
    world = watched(replace(ATTENDED_PATH, destinations=(HANDOVER,)))
    withdraw_approval(world)
    world.approve()
    stages = [world.stage]
    reap(world)
    assert [*stages, world.stage] == [Stage.REGISTRATION, Stage.REDEMPTION]
    assert refusal_of(world, World.attend) is None


def test_activation_follows_a_read_back() -> None:
    """What was read back activates on the ground of activation, and the native pass is still to be reaped."""
    world = watched()
    read_back(world)
    world.activate()
    assert (world.stage, world.state.native_standing) == (Stage.CLOSED, True)
    assert refusal_of(world, turns.reap) is None
