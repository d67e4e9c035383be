"""Activation: the whole chain under a checkpoint, on ground that still stands, for what policy and account give now."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.activation import HoldCredential, SuspendCredential
from firstkey.enrollment.case.facts import (
    CaseClosed,
    CredentialActivated,
    CredentialHeld,
    CredentialRecalled,
    CredentialRestored,
    CredentialSuspended,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import known
from firstkey.enrollment.case.surroundings import Partner
from firstkey.enrollment.case.words import Cause, Closure, Covered, CredentialState, Stage
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import Purpose, Tier
from firstkey.values.instants import DAY, HOUR
from tests.core.enrollment.turns import Turn, account, alter, case_at, hold, part, recovery, refusal_of, sweep
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    JOINER,
    PASS_PATH,
    RELAYABLE_PATH,
    REPLACEMENT_PATH,
    START,
    World,
    ruling_for,
)

ACTIVATED = CredentialActivated(at=START, credential="credential-1", tier=Tier.STANDARD, ends_at=None)
HELD = CredentialHeld(
    at=START,
    credential="credential-1",
    case="case-1",
    purpose=Purpose.FIRST_KEY,
    tier=Tier.STANDARD,
    ends_at=None,
    relayable=False,
    requirements=PASS_PATH,
)


def test_activation_completes_the_case() -> None:
    """The credential is usable, the case over, and the account holds the credential, all in one append."""
    world = World().up_to(Stage.ACTIVATION)
    before = world.state
    decision = world.activate()
    assert decision.facts == (ACTIVATED, CaseClosed(at=START, reason=Closure.COMPLETED))
    assert (decision.refusal, decision.not_after, decision.takes) == (None, None, frozenset())
    assert decision.frees == {("open_case", "account-1:first_key")}
    assert decision.account == (HoldCredential(held=HELD),)
    active = replace(known(before.credential), state=CredentialState.ACTIVE)
    assert world.state == replace(before, credential=active, closed=Closure.COMPLETED)


def test_what_is_handed_over_says_where_it_came_from() -> None:
    """The account learns purpose, tier, end, the requirements, and whether the claim was relayable."""
    path = replace(RELAYABLE_PATH, credential_lifetime_ms=HOUR)
    world = World(requirements=path, purpose=Purpose.EMERGENCY).up_to(Stage.ACTIVATION)
    world.anchor()
    world.let_pass(1)
    held = replace(
        HELD,
        at=START + 1,
        purpose=Purpose.EMERGENCY,
        tier=Tier.LOW,
        ends_at=START + HOUR,
        relayable=True,
        requirements=path,
    )
    assert world.activate().account == (HoldCredential(held=held),)


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (sweep, None),
        (lambda w: w.surround(covered=Covered.NO), R.CheckpointMissing),
        (lambda w: w.surround(clock_doubtful=True), R.ClockDoubtful),
        (lambda w: alter(w, requirements=replace(PASS_PATH, destinations=())), R.DestinationMissing),
        (lambda w: alter(w, requirements=replace(PASS_PATH, cooling_off_ms=HOUR)), R.CoolingOff),
        (lambda w: alter(w, credential=None), R.NotAStep),
        (hold, R.CaseHeld),
        (lambda w: w.surround(verified=frozenset()), R.AssertionUnverified),
        (World.activate, R.CaseOver),
        (lambda w: w.let_pass(29 * DAY), None),
        (lambda w: w.let_pass(30 * DAY), R.CaseOver),
    ],
)
def test_what_activation_needs(turn: Turn, reason: R | None) -> None:
    """All that the path asks for, and a credential that is pending; the age of what came before does not matter."""
    world = World().up_to(Stage.ACTIVATION)
    turn(world)
    assert refusal_of(world, World.activate) is reason


@pytest.mark.parametrize("stage", [Stage.PROOFING, Stage.ISSUANCE, Stage.REGISTRATION])
def test_without_a_credential_nothing_is_activated(stage: Stage) -> None:
    """Before its registration there is no credential to activate."""
    assert refusal_of(World().up_to(stage), World.activate) is R.NotAStep


@pytest.mark.parametrize("state", CredentialState)
def test_only_a_pending_credential_is_activated(state: CredentialState) -> None:
    """A suspended credential is restored by the same append that finds its ground whole; none other is activated."""
    world = part(World().up_to(Stage.ACTIVATION), "credential", state=state)
    whole = state in {CredentialState.PENDING, CredentialState.SUSPENDED}
    assert refusal_of(world, World.activate) is (None if whole else R.CredentialStateDiffers)


@pytest.mark.parametrize("registered", Tier)
@pytest.mark.parametrize("current", Tier)
def test_the_tier_is_what_policy_gives_now(registered: Tier, current: Tier) -> None:
    """A policy that gives less than at registration gives less; one that gives more does not raise it."""
    world = World(requirements=replace(PASS_PATH, tier=Tier.PRIVILEGED)).up_to(Stage.ACTIVATION)
    part(world, "credential", tier=registered)
    world.ruling = ruling_for(replace(PASS_PATH, tier=current))
    decision = world.activate()
    tier = min(registered, current)
    assert decision.facts[0] == replace(ACTIVATED, tier=tier)
    assert known(world.state.credential).tier is tier


@pytest.mark.parametrize("registered", [None, START + DAY])
@pytest.mark.parametrize("account_ends", [None, START + HOUR, START + 2 * DAY])
@pytest.mark.parametrize("lifetime", [None, 2 * HOUR, 3 * DAY])
def test_the_end_is_what_policy_and_account_give_now(
    registered: int | None, account_ends: int | None, lifetime: int | None
) -> None:
    """An end date moved forward since registration counts, and so does a lifetime shortened, from registration on."""
    world = account(World().up_to(Stage.ACTIVATION), ends_at=account_ends)
    part(world, "credential", ends_at=registered)
    world.ruling = ruling_for(replace(PASS_PATH, credential_lifetime_ms=lifetime))
    world.let_pass(1)
    ends = (registered, account_ends, None if lifetime is None else START + lifetime)
    ends_at = min((end for end in ends if end is not None), default=None)
    assert world.activate().facts[0] == replace(ACTIVATED, at=START + 1, ends_at=ends_at)
    assert known(world.state.credential).ends_at == ends_at


@pytest.mark.parametrize("waited", [HOUR - 1, HOUR])
def test_a_credential_whose_end_has_come_is_not_activated(waited: int) -> None:
    """At its end date a pending credential is recalled with its case, swept or not."""
    world = World(requirements=replace(PASS_PATH, credential_lifetime_ms=HOUR)).up_to(Stage.ACTIVATION)
    world.let_pass(waited)
    assert refusal_of(world, World.activate) is (None if waited < HOUR else R.CaseOver)


@pytest.mark.parametrize("cause", [Cause.LOST, Cause.STOLEN])
def test_the_lost_credential_is_suspended_when_the_new_one_is_active(cause: Cause) -> None:
    """Recovery suspends what was lost as the new credential activates, for what was reported."""
    world = recovery(lost_cause=cause).up_to(Stage.ACTIVATION)
    held = replace(HELD, purpose=Purpose.RECOVERY)
    suspended = SuspendCredential(credential="credential-lost", cause=cause)
    assert world.activate().account == (HoldCredential(held=held), suspended)


def test_a_replacement_suspends_what_it_replaces() -> None:
    """Replacement, too, names the key that is gone."""
    world = World(requirements=REPLACEMENT_PATH, purpose=Purpose.REPLACEMENT).up_to(Stage.ACTIVATION)
    assert world.activate().account[1:] == (SuspendCredential(credential="credential-lost", cause=Cause.LOST),)


def test_a_loss_without_a_cause_is_a_loss() -> None:
    """A case of an older ledger, that does not say why the credential is gone, suspends it as lost."""
    world = alter(recovery().up_to(Stage.ACTIVATION), lost_cause=None)
    assert world.activate().account[1:] == (SuspendCredential(credential="credential-lost", cause=Cause.LOST),)


def test_an_emergency_suspends_nothing() -> None:
    """A case that names no lost credential suspends none."""
    world = World(purpose=Purpose.EMERGENCY)
    world.surround(keys=frozenset({"credential-0"}))
    world.up_to(Stage.ACTIVATION)
    assert [type(command) for command in world.activate().account] == [HoldCredential]


def test_break_glass_keys_activate_together() -> None:
    """The first key waits until its partner is ready, and activates then."""
    world = World(requirements=ATTENDED_PATH, purpose=Purpose.BREAK_GLASS)
    world.open(position=1, requester=JOINER)
    world.up_to(Stage.ACTIVATION)
    assert refusal_of(world, World.activate) is R.PartnerNotReady
    world.surround(partner=Partner(closed=False, ready=True, maker="maker-1"))
    assert refusal_of(world, World.activate) is R.MakerMissing
    world.surround(partner=Partner(closed=False, ready=True, maker="maker-2"))
    assert refusal_of(world, World.activate) is None


def test_how_a_pending_credential_moves() -> None:
    """The folds of suspension, restoration and recall move state and cause, and nothing else."""
    case = case_at(Stage.ACTIVATION)
    pending = known(case.credential)
    suspended = replace(case, credential=replace(pending, state=CredentialState.SUSPENDED, cause=Cause.GROUND_LOST))
    recalled = replace(case, credential=replace(pending, state=CredentialState.RECALLED, cause=Cause.LEFT))
    assert apply_fact(case, CredentialSuspended(START, "credential-1", Cause.GROUND_LOST)) == suspended
    assert apply_fact(suspended, CredentialRestored(START, "credential-1")) == case
    assert apply_fact(suspended, CredentialRecalled(START, "credential-1", Cause.LEFT)) == recalled


def test_an_active_credential_has_what_its_activation_gave() -> None:
    """The fold of activation takes tier and end from the fact."""
    case = case_at(Stage.ACTIVATION)
    fact = CredentialActivated(at=START + 1, credential="credential-1", tier=Tier.LOW, ends_at=START + DAY)
    active = replace(known(case.credential), state=CredentialState.ACTIVE, tier=Tier.LOW, ends_at=START + DAY)
    assert apply_fact(case, fact) == replace(case, credential=active)
