"""Due: what time and the rest of the world have made true of a case, whoever asks."""

from itertools import islice
from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    CaseClosed,
    CredentialRecalled,
    CredentialRestored,
    CredentialSuspended,
    Fact,
    PassExpired,
    PassRevoked,
    RivalRefused,
)
from firstkey.enrollment.case.state import Hold, Native, known
from firstkey.enrollment.case.surroundings import Partner, Vouching
from firstkey.enrollment.case.words import Cause, Closure, CredentialState, NativeState, PassState, Stage
from firstkey.enrollment.lifecycle import due
from firstkey.enrollment.lifecycle.due import settle
from firstkey.policy.model import Purpose, Requirements, Tier
from firstkey.values.errors import Defect
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.core.enrollment.turns import (
    PENDING,
    Turn,
    account,
    alter,
    eligible,
    hold,
    not_eligible,
    part,
    read_back,
    revoke,
    scene,
    sweep,
)
from tests.core.enrollment.turns import handover as handed_over
from tests.core.enrollment.turns import mint as minted
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    JOINER,
    OWN_KEY_PATH,
    PASS_PATH,
    PROHIBITED,
    RELAYABLE_PATH,
    START,
    VERIFIED,
    World,
    ruling_for,
)

LIVE_STAGES = [Stage.DELIVERY, Stage.REDEMPTION, Stage.REGISTRATION]


def found(world: World) -> tuple[Fact, ...]:
    """Return what a sweep writes now."""
    return sweep(world).facts


def revoked(cause: Cause, at: int = START) -> PassRevoked:
    """Return the death of the usual pass."""
    return PassRevoked(at=at, pass_id="pass-1", cause=cause)


def closed(reason: Closure, at: int = START) -> CaseClosed:
    """Return an end."""
    return CaseClosed(at=at, reason=reason)


# The case is over


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, False),
        ({"active": False}, True),
        ({"incarnation": 2}, True),
        ({"incarnation": 0}, True),
        ({"ends_at": START}, True),
        ({"ends_at": START + 1}, False),
    ],
)
@pytest.mark.parametrize("stage", [Stage.PROOFING, Stage.REDEMPTION, Stage.ACTIVATION])
def test_leaving_closes_the_case(stage: Stage, changed: dict[str, Any], left: bool) -> None:
    """Somebody who left, or is another incarnation, takes pass, credential and case along, for that cause."""
    world = account(World().up_to(stage), **changed)
    dies: dict[Stage, tuple[Fact, ...]] = {
        Stage.REDEMPTION: (revoked(Cause.LEFT),),
        Stage.ACTIVATION: (CredentialRecalled(START, "credential-1", Cause.LEFT),),
    }
    assert found(world) == ((*dies.get(stage, ()), closed(Closure.LEFT)) if left else ())


@pytest.mark.parametrize("left", [1, 0, -1])
def test_a_case_expires(left: int) -> None:
    """At its last instant, and after, a case is over."""
    world = alter(World().up_to(Stage.PROOFING), expires_at=START + left)
    assert found(world) == (() if left > 0 else (closed(Closure.EXPIRED),))


@pytest.mark.parametrize("left", [1, 0, -1])
def test_a_pending_credential_expires_with_its_case(left: int) -> None:
    """A credential whose end date has come before activation is recalled, and its case is over."""
    world = part(World().up_to(Stage.ACTIVATION), "credential", ends_at=START + left)
    ended = (CredentialRecalled(START, "credential-1", Cause.END_DATE), closed(Closure.EXPIRED))
    assert found(world) == (() if left > 0 else ended)


def test_an_expired_case_says_nothing_of_the_credentials_end() -> None:
    """Where the case itself is over, its credential is recalled for that."""
    world = alter(World().up_to(Stage.ACTIVATION), expires_at=START)
    assert found(world) == (CredentialRecalled(START, "credential-1", Cause.CASE_CLOSED), closed(Closure.EXPIRED))


@pytest.mark.parametrize(
    ("turn", "moved"),
    [
        (lambda w: setattr(w, "ruling", ruling_for(PASS_PATH)), False),
        (lambda w: setattr(w, "ruling", PROHIBITED), True),
        (lambda w: setattr(w, "ruling", ruling_for(PASS_PATH, path="remote_hire")), True),
        (lambda w: account(w, privileged=True), True),
    ],
)
@pytest.mark.parametrize("stage", [Stage.PROOFING, Stage.HELD, Stage.ACTIVATION])
def test_a_moved_policy_supersedes_the_case(stage: Stage, turn: Turn, moved: bool) -> None:
    """A case never changes its path: if facts or policy lead elsewhere, or nowhere, it closes, held or not."""
    world = World().up_to(Stage.PROOFING if stage is Stage.HELD else stage)
    if stage is Stage.HELD:
        hold(world)
    turn(world)
    facts = found(world)
    assert facts[-1:] == ((closed(Closure.SUPERSEDED),) if moved else ())


def test_an_anchor_that_is_demanded_now_supersedes_a_relayable_case() -> None:
    """A case without an anchor does not outlive the policy's demand for one."""
    world = World(requirements=RELAYABLE_PATH).up_to(Stage.ISSUANCE)
    world.ruling = ruling_for(replace(PASS_PATH, tier=Tier.LOW))
    assert found(world) == (closed(Closure.SUPERSEDED),)


@pytest.mark.parametrize(
    ("partner", "purpose", "recalls"),
    [
        (Partner(closed=True, ready=False), Purpose.BREAK_GLASS, True),
        (Partner(closed=True, ready=True), Purpose.BREAK_GLASS, True),
        (Partner(closed=True, ready=False, completed=True), Purpose.BREAK_GLASS, False),
        (Partner(closed=False, ready=False), Purpose.BREAK_GLASS, False),
        (None, Purpose.BREAK_GLASS, False),
        (Partner(closed=True, ready=False), Purpose.FIRST_KEY, False),
    ],
)
def test_a_partner_that_closes_first_recalls_the_other_key(
    partner: Partner | None, purpose: Purpose, recalls: bool
) -> None:
    """If either case of a break-glass account closes uncompleted, the other's key is recalled with its case."""
    world = World(requirements=ATTENDED_PATH, purpose=Purpose.BREAK_GLASS)
    world.open(position=2, requester=JOINER)
    world.up_to(Stage.ACTIVATION)
    alter(world, purpose=purpose)
    world.surround(partner=partner)
    ended = (CredentialRecalled(START, "credential-1", Cause.PARTNER_CLOSED), closed(Closure.SUPERSEDED))
    assert found(world) == (ended if recalls else ())


# The pass


@pytest.mark.parametrize("left", [1, 0, -1])
@pytest.mark.parametrize("stage", [Stage.REDEMPTION, Stage.REGISTRATION])
def test_a_pass_expires_at_the_end_of_its_life_and_of_its_window(stage: Stage, left: int) -> None:
    """At its last instant an armed or redeemed pass is dead, and the case waits for another."""
    world = part(World().up_to(stage), "pass_", ends_at=START + left)
    assert found(world) == (() if left > 0 else (PassExpired(START, "pass-1"),))
    assert world.stage is (stage if left > 0 else Stage.ISSUANCE)


@pytest.mark.parametrize(("since", "dead"), [(DAY - 1, False), (DAY, False), (DAY + 1, True)])
def test_an_inert_pass_expires_a_day_after_the_first(since: int, dead: bool) -> None:
    """A pass that nobody armed lives as long as a later one could be issued; then the case is over, too."""
    world = alter(World().up_to(Stage.DELIVERY), first_pass_at=START - since)
    ended = (PassExpired(START, "pass-1"), closed(Closure.PASSES_EXHAUSTED))
    assert found(world) == (ended if dead else ())


def test_a_pass_armed_in_time_lives_its_ten_minutes() -> None:
    """A later pass that was armed within the day outlives the day by its own life."""
    world = alter(World().up_to(Stage.DELIVERY), first_pass_at=START - DAY)
    world.arm()
    world.let_pass(10 * MINUTE - 1)
    assert found(world) == ()
    world.let_pass(1)
    at = START + 10 * MINUTE
    assert found(world) == (PassExpired(at, "pass-1"), closed(Closure.PASSES_EXHAUSTED, at))


LOSSES: list[tuple[Turn, Cause | None]] = [
    (sweep, None),
    (lambda w: w.surround(epoch=2), Cause.EPOCH_RAISED),
    (lambda w: not_eligible(w, APPROVER), Cause.GROUND_LOST),
    (lambda w: alter(w, approvals=()), Cause.GROUND_LOST),
    (lambda w: alter(w, proofing=None), Cause.GROUND_LOST),
    (lambda w: w.surround(verified=VERIFIED - {"statement-2"}), Cause.GROUND_LOST),
    (lambda w: alter(w, hold=Hold("notice", None)), Cause.GROUND_LOST),
    (lambda w: account(w, account="account-2"), Cause.GROUND_LOST),
    # what only refuses does not kill
    (lambda w: w.surround(clock_doubtful=True), None),
    (lambda w: part(w, "proofing", counts_from=START - 72 * HOUR - 1), None),
    (lambda w: part(w, "claim", anchored_at=START - DAY), None),
    (lambda w: w.surround(covered="no"), None),
]


@pytest.mark.parametrize("stage", LIVE_STAGES)
@pytest.mark.parametrize(("turn", "cause"), LOSSES)
def test_a_live_pass_dies_with_its_ground(turn: Turn, cause: Cause | None, stage: Stage) -> None:
    """Whatever state it is in, a pass is revoked as soon as its ground is gone, and for the epoch if that is why."""
    world = World().up_to(stage)
    turn(world)
    assert found(world) == (() if cause is None else (revoked(cause),))


def test_lost_ground_outranks_the_epoch() -> None:
    """A pass that lost its ground besides the epoch counts among the three: it did not die of the epoch alone."""
    world = not_eligible(World().up_to(Stage.REDEMPTION), APPROVER)
    world.surround(epoch=2)
    assert found(world) == (revoked(Cause.GROUND_LOST),)
    assert world.state.passes_issued == 1


def test_tries_that_a_stricter_policy_takes_away_kill_the_pass() -> None:
    """Where fewer tries are allowed now than have failed, the pass dies and the case with it."""
    world = alter(World().up_to(Stage.REDEMPTION), tries_failed=2)
    world.ruling = ruling_for(replace(PASS_PATH, tries=2))
    assert found(world) == (revoked(Cause.GROUND_LOST), closed(Closure.TRIES_EXHAUSTED))


# The credential


@pytest.mark.parametrize(
    "turn",
    [
        lambda w: not_eligible(w, APPROVER),
        lambda w: alter(w, proofing=None),
        lambda w: w.surround(verified=VERIFIED - {"statement-1"}),
        lambda w: alter(w, hold=Hold("notice", None)),
        lambda w: setattr(w, "ruling", ruling_for(replace(PASS_PATH, quorum=2))),
    ],
)
def test_a_pending_credential_waits_while_its_ground_is_gone(turn: Turn) -> None:
    """It is suspended once, and stays so until the ground is whole again."""
    world = World().up_to(Stage.ACTIVATION)
    turn(world)
    assert found(world) == (CredentialSuspended(START, "credential-1", Cause.GROUND_LOST),)
    assert found(world) == ()


def test_it_is_restored_when_the_quorum_is_whole_again() -> None:
    """An approver who is eligible again makes it pending again; nothing is written twice."""
    world = not_eligible(World().up_to(Stage.ACTIVATION), APPROVER)
    found(world)
    eligible(world, (APPROVER, "approver"))
    assert found(world) == (CredentialRestored(START, "credential-1"),)
    assert known(world.state.credential).state is CredentialState.PENDING
    assert known(world.state.credential).cause is None
    assert found(world) == ()


@pytest.mark.parametrize("state", CredentialState)
@pytest.mark.parametrize("whole", [False, True])
def test_only_what_waits_is_moved(state: CredentialState, whole: bool) -> None:
    """A credential that is active or over is not the ground's to move."""
    world = part(World().up_to(Stage.ACTIVATION), "credential", state=state)
    if not whole:
        not_eligible(world, APPROVER)
    expected: tuple[Fact, ...] = ()
    if state is CredentialState.PENDING and not whole:
        expected = (CredentialSuspended(START, "credential-1", Cause.GROUND_LOST),)
    if state is CredentialState.SUSPENDED and whole:
        expected = (CredentialRestored(START, "credential-1"),)
    assert found(world) == expected


def test_a_key_that_vouched_and_is_gone_suspends_what_it_spoke_for() -> None:
    """Between registration and activation the vouching key must still be able to."""
    world = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.ACTIVATION)
    world.surround(vouching=frozenset({Vouching("credential-9", Tier.STANDARD, None)}))
    assert found(world) == (CredentialSuspended(START, "credential-1", Cause.GROUND_LOST),)


def test_a_doubtful_clock_suspends_nothing() -> None:
    """Doubt keeps a credential from activating, and leaves it pending."""
    world = World().up_to(Stage.ACTIVATION)
    world.surround(clock_doubtful=True, covered="no")
    assert found(world) == ()


# Nothing is left


@pytest.mark.parametrize(
    ("issued", "failed", "since", "reason"),
    [
        (0, 0, None, None),
        (2, 2, DAY, None),
        (3, 0, 0, Closure.PASSES_EXHAUSTED),
        (4, 0, 0, Closure.PASSES_EXHAUSTED),
        (1, 0, DAY - 1, None),
        (1, 0, DAY, None),
        (1, 0, DAY + 1, Closure.PASSES_EXHAUSTED),
        (1, 3, 0, Closure.TRIES_EXHAUSTED),
        (1, 4, 0, Closure.TRIES_EXHAUSTED),
        (3, 3, DAY + 1, Closure.TRIES_EXHAUSTED),
    ],
)
def test_a_case_that_can_have_no_further_pass_is_over(
    issued: int, failed: int, since: int | None, reason: Closure | None
) -> None:
    """Without a pass left, in number or in time, or without a try left, the case ends for that reason."""
    world = alter(World().up_to(Stage.ISSUANCE), passes_issued=issued, tries_failed=failed)
    alter(world, first_pass_at=None if since is None else START - since)
    assert found(world) == (() if reason is None else (closed(reason),))


@pytest.mark.parametrize(
    "turn",
    [
        lambda w: alter(w, credential=PENDING),
        lambda w: alter(w, native=Native("native-1", "directory", NativeState.MINTED, START)),
        lambda w: alter(w, hold=Hold("notice", None)),
        lambda w: alter(w, pass_=World().up_to(Stage.REDEMPTION).state.pass_, first_pass_at=START),
    ],
)
def test_a_case_with_something_under_way_is_not_over(turn: Turn) -> None:
    """A live pass, a credential, a native pass or a hold keeps a case open that could have no further pass."""
    world = alter(World().up_to(Stage.ISSUANCE), passes_issued=3)
    turn(world)
    assert CaseClosed not in {type(fact) for fact in found(world)}


@pytest.mark.parametrize(
    ("requirements", "purpose"), [(ATTENDED_PATH, Purpose.FIRST_KEY), (OWN_KEY_PATH, Purpose.ADD_KEY)]
)
def test_without_a_pass_none_is_used_up(requirements: Requirements, purpose: Purpose) -> None:
    """Attended and own_key cases end by their own time."""
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.REDEMPTION)
    alter(world, passes_issued=3, tries_failed=5, first_pass_at=START - 2 * DAY)
    assert found(world) == ()


def test_a_lifted_hold_finds_the_case_used_up() -> None:
    """What waited for the hold comes due with its end."""
    world = alter(World().up_to(Stage.ISSUANCE), passes_issued=3, hold=Hold("notice", None))
    assert found(world) == ()
    assert found(alter(world, hold=None)) == (closed(Closure.PASSES_EXHAUSTED),)


# The order


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        (["left", "expired", "moved"], Closure.LEFT),
        (["expired", "moved"], Closure.EXPIRED),
        (["moved", "used up"], Closure.SUPERSEDED),
        (["used up"], Closure.PASSES_EXHAUSTED),
    ],
)
def test_the_first_reason_is_told(turns: list[str], reason: Closure) -> None:
    """Where several things end a case at once, leaving comes first, then its age, then policy, then what it used up."""
    do: dict[str, Turn] = {
        "left": lambda w: account(w, active=False),
        "expired": lambda w: alter(w, expires_at=START),
        "moved": lambda w: setattr(w, "ruling", PROHIBITED),
        "used up": lambda w: alter(w, passes_issued=3),
    }
    world = World().up_to(Stage.ISSUANCE)
    for turn in turns:
        do[turn](world)
    assert found(world) == (closed(reason),)


def test_several_things_due_come_in_one_append() -> None:
    """The third pass expires and the case is used up, in one sweep."""
    world = alter(World().up_to(Stage.REDEMPTION), passes_issued=3)
    world.let_pass(10 * MINUTE)
    at = START + 10 * MINUTE
    assert found(world) == (PassExpired(at, "pass-1"), closed(Closure.PASSES_EXHAUSTED, at))
    assert known(world.state.pass_).state is PassState.EXPIRED


def test_settling_twice_finds_nothing_more() -> None:
    """What is due is written once."""
    world = World().up_to(Stage.REDEMPTION)
    world.let_pass(10 * MINUTE)
    facts, after = settle(scene(world))
    assert facts == (PassExpired(START + 10 * MINUTE, "pass-1"),)
    assert settle(after) == ((), after)


def test_a_closed_case_has_nothing_due() -> None:
    """After its end neither time nor the account's leaving adds anything."""
    world = account(World().up_to(Stage.CLOSED), active=False)
    world.let_pass(60 * DAY)
    assert settle(scene(world)) == ((), scene(world))


@pytest.mark.parametrize(("rounds", "ends"), [(1, True), (7, True), (8, False), (100, False)])
def test_rules_that_feed_one_another_are_a_defect(monkeypatch: pytest.MonkeyPatch, rounds: int, ends: bool) -> None:
    """What is due comes to an end within eight rounds, or we stop."""
    told = iter([RivalRefused(at=START, claim="claim-1", rival_key="device-2")] * rounds)
    world = World().up_to(Stage.ISSUANCE)
    monkeypatch.setattr(due, "DUE", (lambda _: tuple(islice(told, 1)),))
    if ends:
        assert len(settle(scene(world))[0]) == rounds
    else:
        with pytest.raises(Defect):
            settle(scene(world))


def test_a_native_pass_keeps_its_case_open_until_read_back() -> None:
    """A case whose pass has expired waits for its native pass; what is read back is pending."""
    world = handed_over()
    minted(world)
    world.let_pass(10 * MINUTE)
    alter(world, passes_issued=3)
    assert found(world) == (PassExpired(START + 10 * MINUTE, "pass-1"),)
    assert world.stage is Stage.REGISTRATION
    read_back(world)
    assert known(world.state.credential).state is CredentialState.PENDING


def test_an_unused_revocation_is_not_due_again() -> None:
    """A pass that was revoked is not revoked again."""
    world = World().up_to(Stage.REDEMPTION)
    revoke(world)
    assert found(not_eligible(world, APPROVER)) == ()
