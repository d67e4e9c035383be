"""Redemption: the code is spent once, by the claiming device; attendance and own key stand in its place."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    AttendanceConfirmed,
    CaseClosed,
    OwnKeyAsserted,
    PassExpired,
    PassRedeemed,
    PassRevoked,
    TryFailed,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import OwnKey, Window, known
from firstkey.enrollment.case.surroundings import By, CodeJudged, Vouching
from firstkey.enrollment.case.words import Cause, Closure, PassState, Stage
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.enrollment.redemption import AssertOwnKey, ConfirmAttendance, RedeemPass
from firstkey.policy.model import Anchor, Duty, Purpose, Tier
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.core.enrollment.turns import Turn, alter, part, refusal_of, refused, revoke, sweep
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    CONFIRMER,
    DEVICE,
    JOINER,
    OWN_KEY_PATH,
    PASS_PATH,
    REPLACEMENT_PATH,
    RIVAL,
    START,
    VERIFIED,
    World,
    ruling_for,
)

LIFE = 10 * MINUTE

# By pass


def test_the_right_code_opens_the_window() -> None:
    """The code is gone and a window is open; the append is void from the instant at which the pass's life is over."""
    world = World().up_to(Stage.REDEMPTION)
    before = world.state
    world.let_pass(MINUTE)
    decision = world.redeem()
    ends_at = START + MINUTE + 10 * MINUTE
    assert decision.facts == (PassRedeemed(at=START + MINUTE, pass_id="pass-1", window_ends_at=ends_at),)
    assert (decision.refusal, decision.not_after, decision.account) == (None, START + LIFE - 1, ())
    assert (decision.takes, decision.frees) == (frozenset(), frozenset())
    redeemed = replace(known(before.pass_), state=PassState.REDEEMED, ends_at=ends_at)
    assert world.state == replace(before, pass_=redeemed, window=Window(ends_at=ends_at))


def test_a_wrong_code_is_a_try() -> None:
    """The try is durable before the answer is told, is remembered, and changes nothing else."""
    world = World().up_to(Stage.REDEMPTION)
    before = world.state
    decision = world.redeem(matched=False)
    assert decision.facts == (TryFailed(at=START, pass_id="pass-1", tries_failed=1),)
    assert (decision.refusal, decision.not_after) == (R.CodeWrong, START + LIFE - 1)
    assert world.state == replace(before, tries_failed=1, adverse_at=START)


@pytest.mark.parametrize("tries", [1, 2, 3, 4, 5, 6])
def test_the_last_try_burns_the_pass_and_ends_the_case(tries: int) -> None:
    """As many tries as the policy allows, five at most; the last one burns the pass and closes the case."""
    world = World(requirements=replace(PASS_PATH, tries=tries)).up_to(Stage.REDEMPTION)
    for number in range(1, min(tries, 5)):
        assert world.redeem(matched=False).facts == (TryFailed(at=START, pass_id="pass-1", tries_failed=number),)
    last = min(tries, 5)
    decision = world.redeem(matched=False)
    assert decision.facts == (
        TryFailed(at=START, pass_id="pass-1", tries_failed=last),
        PassRevoked(at=START, pass_id="pass-1", cause=Cause.TRIES_EXHAUSTED),
        CaseClosed(at=START, reason=Closure.TRIES_EXHAUSTED),
    )
    assert decision.refusal is R.CodeWrong
    assert known(world.state.pass_).state is PassState.BURNED
    assert ("live_pass", "account-1") in decision.frees


def test_tries_count_over_all_passes_of_a_case() -> None:
    """A fresh pass brings no fresh tries."""
    world = World().up_to(Stage.REDEMPTION)
    world.redeem(matched=False)
    world.redeem(matched=False)
    revoke(world)
    world.issue("pass-2")
    world.arm()
    assert [fact.kind for fact in world.redeem(matched=False).facts] == ["TryFailed", "PassRevoked", "CaseClosed"]


def test_a_policy_that_allows_fewer_tries_now_counts() -> None:
    """The stricter of pinned and current tries is asked of the next wrong code."""
    world = World(requirements=replace(PASS_PATH, tries=5)).up_to(Stage.REDEMPTION)
    world.redeem(matched=False)
    world.ruling = ruling_for(replace(PASS_PATH, tries=2))
    assert [fact.kind for fact in world.redeem(matched=False).facts] == ["TryFailed", "PassRevoked", "CaseClosed"]


@pytest.mark.parametrize("matched", [False, True])
@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: part(w, "claim", device_key="device-9"), R.WrongDevice),
        (lambda w: part(w, "pass_", pass_id="pass-9"), R.CodeIsForAnotherPass),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: w.let_pass(LIFE - 1), None),
        (lambda w: w.let_pass(LIFE), R.WindowOver),
        (lambda w: w.surround(epoch=2), R.EpochRaised),
        (lambda w: w.surround(covered="no"), None),
        (revoke, R.NotAStep),
        (World.redeem, R.NotAStep),
        (lambda w: part(w, "pass_", state=PassState.ISSUED, ends_at=None), R.NotAStep),
        (lambda w: w.let_pass(30 * DAY), R.CaseOver),
    ],
)
def test_what_a_code_needs(turn: Turn, reason: R | None, matched: bool) -> None:
    """A code counts only from the claiming device, for the armed pass, in its life and on its ground."""
    world = World().up_to(Stage.REDEMPTION)
    command = RedeemPass(DEVICE, CodeJudged("pass-1", matched=matched))
    turn(world)
    before = world.state
    assert refused(world, command) is reason
    assert reason is None or world.state == before


def test_strangers_neither_use_nor_burn_a_pass() -> None:
    """Another device's code, right or wrong, is no try."""
    world = World().up_to(Stage.REDEMPTION)
    for matched in (True, False):
        assert refused(world, RedeemPass(RIVAL, CodeJudged("pass-1", matched=matched))) is R.WrongDevice
    assert world.state.tries_failed == 0


def test_without_a_pass_nothing_is_redeemed() -> None:
    """There must be a pass that is armed."""
    assert refusal_of(World().up_to(Stage.ISSUANCE), World.redeem) is R.NotAStep
    assert refusal_of(World().up_to(Stage.DELIVERY), World.redeem) is R.NotAStep


@pytest.mark.parametrize("pinned", [MINUTE, 10 * MINUTE, 10 * MINUTE + 1, HOUR])
@pytest.mark.parametrize("current", [5 * MINUTE, HOUR])
def test_a_window_lasts_ten_minutes_at_most(pinned: int, current: int) -> None:
    """However the joiner is let in, the window lasts as the stricter policy lets it, and ten minutes at most."""
    for path, purpose, letting_in in (
        (PASS_PATH, Purpose.FIRST_KEY, World.redeem),
        (ATTENDED_PATH, Purpose.FIRST_KEY, World.attend),
        (OWN_KEY_PATH, Purpose.ADD_KEY, World.own_key),
    ):
        world = World(requirements=replace(path, window_ms=pinned), purpose=purpose).up_to(Stage.REDEMPTION)
        world.ruling = ruling_for(replace(path, window_ms=current))
        letting_in(world)
        assert known(world.state.window).ends_at == START + min(pinned, current, 10 * MINUTE)


@pytest.mark.parametrize("cause", Cause)
def test_how_a_pass_dies(cause: Cause) -> None:
    """Used up by its own device it is burned, else revoked; only what the epoch killed is not counted."""
    case = World().up_to(Stage.REGISTRATION).state
    burned = cause in {Cause.TRIES_EXHAUSTED, Cause.CEREMONIES_EXHAUSTED}
    dead = replace(known(case.pass_), state=PassState.BURNED if burned else PassState.REVOKED, cause=cause)
    counted = 0 if cause is Cause.EPOCH_RAISED else 1
    revoked = apply_fact(case, PassRevoked(at=START, pass_id="pass-1", cause=cause))
    assert revoked == replace(case, pass_=dead, passes_issued=counted, window=None)


@pytest.mark.parametrize("stage", [Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION])
def test_how_a_pass_expires(stage: Stage) -> None:
    """Dead of age, the pass takes its window along, and counts."""
    case = World().up_to(stage).state
    expired = apply_fact(case, PassExpired(at=START, pass_id="pass-1"))
    assert expired == replace(case, pass_=replace(known(case.pass_), state=PassState.EXPIRED), window=None)


# By attendance


@pytest.mark.parametrize("serial", [None, "serial-7"])
def test_attendance_is_the_anchor_and_opens_the_window(serial: str | None) -> None:
    """The confirmer names claim, joiner and the key's serial where known; the visit anchors and opens one window."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    before = world.state
    decision = world.attend(serial=serial)
    by = By(CONFIRMER, f"statement-{world.statements}")
    ends_at = START + 10 * MINUTE
    fact = AttendanceConfirmed(at=START, claim="claim-1", window_ends_at=ends_at, by=by, serial=serial)
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert decision.takes == {("statement", f"{by.statement}:case-1")}
    anchored = replace(known(before.claim), anchor=Anchor.PRESENCE, anchored_at=START, by=by)
    assert world.state == replace(
        before,
        claim=anchored,
        window=Window(ends_at=ends_at, serial=serial),
        duties=before.duties | {(Duty.CONFIRMER, CONFIRMER)},
    )


@pytest.mark.parametrize(
    "names", [("claim-1",), ("claim-1", "other"), ("claim-2", JOINER), ("claim-1", JOINER, "serial-7")]
)
def test_attendance_names_claim_joiner_and_serial(names: tuple[str, ...]) -> None:
    """An act that names another claim, person or key confirms nothing."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    act = world.act("confirm_attendance", CONFIRMER, *names)
    assert refused(world, ConfirmAttendance(act)) is R.ActNotForThis
    named = refused(world, ConfirmAttendance(act, serial="serial-7"))
    assert named is (None if names[1:] == (JOINER, "serial-7") else R.ActNotForThis)


def test_after_a_window_a_new_act() -> None:
    """A new act opens a new window, with ceremonies of its own, before or after the first is over."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REGISTRATION)
    world.start()
    world.let_pass(10 * MINUTE)
    assert refusal_of(world, lambda w: w.start("ceremony-2")) is R.WindowOver
    world.attend()
    assert world.state.window == Window(ends_at=START + 20 * MINUTE)
    assert refusal_of(world, lambda w: w.start("ceremony-2")) is None


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: alter(w, claim=None), R.ClaimMissing),
        (lambda w: alter(w, approvals=()), R.ApprovalMissing),
        (lambda w: alter(w, proofing=None), R.ProofingMissing),
        (lambda w: w.let_pass(DAY), None),
    ],
)
def test_what_attendance_needs(turn: Turn, reason: R | None) -> None:
    """Attendance stands on the ground of redemption; its age and that of approvals were issuance's to ask."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    turn(world)
    assert refusal_of(world, World.attend) is reason


# By own key

KEY = Vouching("credential-0", Tier.LOW, START + DAY)


def asserting() -> World:
    """Return a case that waits for another key's assertion."""
    return World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.REDEMPTION)


def test_another_key_speaks_for_the_next() -> None:
    """The fact names claim and key, with tier and end of the key that vouches; the statement is spent."""
    world = asserting()
    world.surround(vouching=frozenset({KEY, Vouching("credential-9", Tier.PRIVILEGED, None)}))
    before = world.state
    decision = world.own_key()
    statement = f"statement-{world.statements}"
    fact = OwnKeyAsserted(
        at=START,
        claim="claim-1",
        credential="credential-0",
        statement=statement,
        window_ends_at=START + 10 * MINUTE,
        tier=Tier.LOW,
        ends_at=START + DAY,
    )
    assert decision.facts == (fact,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert decision.takes == {("statement", f"{statement}:case-1")}
    own_key = OwnKey("credential-0", statement, Tier.LOW, START + DAY)
    assert world.state == replace(before, own_key=own_key, window=Window(ends_at=START + 10 * MINUTE))


COMMAND = AssertOwnKey(device=DEVICE, credential="credential-0", claim="claim-1", statement="statement-9")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (COMMAND, None),
        (replace(COMMAND, device=RIVAL), R.WrongDevice),
        (replace(COMMAND, claim="claim-2"), R.ActNotForThis),
        (replace(COMMAND, statement="statement-0"), R.AssertionUnverified),
        (replace(COMMAND, credential="credential-9"), R.CredentialNotActive),
    ],
)
def test_an_assertion_is_over_this_case_and_claim(command: AssertOwnKey, reason: R | None) -> None:
    """The claiming device brings it, over this claim, verified, by a key of the account that may vouch."""
    assert refused(asserting(), command) is reason


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: alter(w, claim=None), R.ClaimMissing),
        (lambda w: w.surround(vouching=frozenset()), R.CredentialNotActive),
        (lambda w: w.surround(vouching=frozenset({replace(KEY, ends_at=START)})), R.CredentialNotActive),
        (lambda w: w.surround(vouching=frozenset({replace(KEY, ends_at=START + 1)})), None),
        (lambda w: alter(w, lost_credential="credential-0"), R.CredentialNotActive),
        (lambda w: alter(w, lost_credential="credential-9"), None),
        (lambda w: w.surround(verified=VERIFIED - {"statement-9"}), R.AssertionUnverified),
    ],
)
def test_what_an_assertion_needs(turn: Turn, reason: R | None) -> None:
    """The key must be able to vouch now, and not be the one that is lost."""
    world = asserting()
    turn(world)
    assert refused(world, COMMAND) is reason


def test_a_replacement_needs_its_approver() -> None:
    """By own_key, too, the quorum that a replacement asks for must stand."""
    world = World(requirements=REPLACEMENT_PATH, purpose=Purpose.REPLACEMENT).up_to(Stage.REDEMPTION)
    assert refused(alter(world, approvals=()), COMMAND) is R.ApprovalMissing


@pytest.mark.parametrize(
    ("world", "turn"),
    [
        (World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION), lambda w: w.do(COMMAND)),
        (World().up_to(Stage.ISSUANCE), lambda w: w.do(COMMAND)),
        (World().up_to(Stage.ISSUANCE), World.attend),
        (asserting(), World.attend),
    ],
)
def test_each_bootstrap_has_its_own_way_in(world: World, turn: Turn) -> None:
    """What lets the joiner in by one bootstrap does not by another."""
    assert refusal_of(world, turn) is R.BootstrapDiffers


def test_a_case_without_a_pass_redeems_none() -> None:
    """An attended case has no pass whose code could be brought."""
    assert refusal_of(World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION), World.redeem) is R.NotAStep
