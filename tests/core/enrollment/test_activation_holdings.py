"""Activation, afterwards: an account's credentials are held, suspended, restored, recalled and ended."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.activation import (
    EndCredential,
    HoldCredential,
    HoldingsCommand,
    RecallCredential,
    RestoreCredential,
    SuspendCredential,
    SweepHoldings,
    decide_holdings,
    replay_holding,
)
from firstkey.enrollment.case.facts import (
    CredentialActivated,
    CredentialEnded,
    CredentialHeld,
    CredentialRecalled,
    CredentialRestored,
    CredentialSuspended,
    Fact,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Held, Holdings
from firstkey.enrollment.case.surroundings import By, SignedAct, Surroundings
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS
from firstkey.enrollment.case.words import Cause, CredentialState
from firstkey.policy.model import Purpose, Tier
from firstkey.values.errors import Defect
from firstkey.values.instants import MINUTE
from tests.core.enrollment.case.samples import filled
from tests.core.enrollment.turns import account, eligible, refusal_of
from tests.core.enrollment.world import ADMIN_A, ADMIN_B, JOINER, PASS_PATH, START, World

FACT = CredentialHeld(
    at=START,
    credential="key-1",
    case="case-1",
    purpose=Purpose.FIRST_KEY,
    tier=Tier.STANDARD,
    ends_at=START + 100,
    relayable=False,
    requirements=PASS_PATH,
)
ACTIVE = Held(
    "key-1", "case-1", Purpose.FIRST_KEY, Tier.STANDARD, CredentialState.ACTIVE, START + 100, False, PASS_PATH
)
OTHER = replace(ACTIVE, credential="key-2", ends_at=None)
SUSPENDED = replace(ACTIVE, state=CredentialState.SUSPENDED, cause=Cause.NOT_ME)


def facts_of(
    command: HoldingsCommand, held: Held | None = ACTIVE, around: Surroundings | None = None
) -> tuple[Fact, ...]:
    """Decide a command on an account that holds another credential besides."""
    holdings = Holdings((OTHER,) if held is None else (held, OTHER))
    return decide_holdings(holdings, around or World().around, command, START)


def refused(command: HoldingsCommand, held: Held | None = ACTIVE, around: Surroundings | None = None) -> R | None:
    """Return why a command is refused, or None."""
    return refusal_of(World(), lambda _: facts_of(command, held, around))


@pytest.mark.parametrize(
    ("fact", "held"),
    [
        (FACT, (ACTIVE,)),
        (CredentialSuspended(START, "key-2", Cause.STOLEN), (replace(SUSPENDED, credential="key-2", ends_at=None),)),
        (CredentialRestored(START, "key-2"), (OTHER,)),
        (CredentialRecalled(START, "key-2", Cause.STOLEN), ()),
        (CredentialEnded(START, "key-2", Cause.END_DATE), ()),
    ],
)
def test_a_fact_changes_one_credential(fact: Any, held: tuple[Held, ...]) -> None:
    """The fold changes the credential that the fact names; what is over for good leaves the state."""
    third = replace(OTHER, credential="key-3")
    lost = replace(OTHER, state=CredentialState.SUSPENDED, cause=Cause.LOST)
    already: dict[type[Fact], tuple[Held, ...]] = {CredentialHeld: (), CredentialRestored: (lost,)}
    before = (*already.get(type(fact), (OTHER,)), third)
    expected = tuple(replace(each, cause=getattr(fact, "cause", None)) for each in held)
    assert replay_holding(Holdings(before), fact) == Holdings((third, *expected))


@pytest.mark.parametrize("kind", [*HOLDINGS_TRANSITIONS, CredentialActivated])
@pytest.mark.parametrize("state", [None, CredentialState.ACTIVE, CredentialState.SUSPENDED])
def test_the_accounts_table_is_kept(kind: type[Fact], state: CredentialState | None) -> None:
    """A fact that the table does not allow for the credential's state, or a fact of a case, stops the fold."""
    held = () if state is None else (replace(ACTIVE, credential="credential-1", state=state),)
    sample = filled(kind)
    row = HOLDINGS_TRANSITIONS.get(kind, {})
    if row.get(state or CredentialState.PENDING) is None:
        with pytest.raises(Defect):
            replay_holding(Holdings(held), sample)
    else:
        replay_holding(Holdings(held), sample)


def test_an_activated_case_hands_its_credential_over() -> None:
    """The account holds what the case says, once."""
    assert facts_of(HoldCredential(FACT), held=None) == (FACT,)
    assert refused(HoldCredential(FACT)) is R.CredentialStateDiffers


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        (SuspendCredential("key-1", Cause.NOT_ME), CredentialSuspended(START, "key-1", Cause.NOT_ME)),
        (RecallCredential("key-1", Cause.PARTNER_CLOSED), CredentialRecalled(START, "key-1", Cause.PARTNER_CLOSED)),
        (EndCredential("key-1", Cause.RETURNED), CredentialEnded(START, "key-1", Cause.RETURNED)),
    ],
)
def test_trust_is_lowered_without_proof(command: HoldingsCommand, fact: Fact) -> None:
    """Suspending, recalling and ending take nobody's act, and say why; a credential not held is none to lower."""
    assert facts_of(command) == (fact,)
    assert refused(command, held=None) is R.CredentialNotHeld


@pytest.mark.parametrize("cause", Cause)
def test_what_is_suspended_already_needs_no_second_suspension(cause: Cause) -> None:
    """A case that asks for what has happened meanwhile is content; any other asker is told the state."""
    command = SuspendCredential("key-1", cause)
    content = cause in {Cause.LOST, Cause.STOLEN, Cause.WITHDRAWN_FOR_CAUSE}
    assert refused(command) is None
    assert refused(command, held=SUSPENDED) is (None if content else R.CredentialStateDiffers)
    assert refused(command, held=None) is (None if content else R.CredentialNotHeld)
    if content:
        assert facts_of(command, held=SUSPENDED) == facts_of(command, held=None) == ()
        assert facts_of(command) == (CredentialSuspended(START, "key-1", cause),)


@pytest.mark.parametrize("cause", [Cause.WITHDRAWN_FOR_CAUSE, Cause.STOLEN, Cause.REQUESTED])
def test_a_suspended_credential_can_still_be_recalled_or_ended(cause: Cause) -> None:
    """What is out of use for now can go out of use for good."""
    assert facts_of(RecallCredential("key-1", cause), held=SUSPENDED) == (CredentialRecalled(START, "key-1", cause),)
    assert facts_of(EndCredential("key-1", cause), held=SUSPENDED) == (CredentialEnded(START, "key-1", cause),)


# Restoring


def signed(world: World, person: str, **changed: Any) -> SignedAct:
    """Return one of the two acts that restore a credential."""
    content = {"case": "account-1", "revision": 0, **changed}
    return world.act("restore_credential", person, *content.pop("names", ("key-1",)), **content)


def restoring(world: World, *acts: SignedAct) -> R | None:
    """Ask for the credential back, by two administrators unless acts are given."""
    pair = acts or (signed(world, ADMIN_A), signed(world, ADMIN_B))
    return refused(RestoreCredential("key-1", pair), SUSPENDED, world.around)


def test_two_administrators_restore_a_credential() -> None:
    """The fact names both who signed."""
    world = World()
    acts = (signed(world, ADMIN_A), signed(world, ADMIN_B))
    fact = CredentialRestored(START, "key-1", by=(By(ADMIN_A, "statement-1"), By(ADMIN_B, "statement-2")))
    assert facts_of(RestoreCredential("key-1", acts), SUSPENDED, world.around) == (fact,)
    assert refused(RestoreCredential("key-1", acts), ACTIVE, world.around) is R.CredentialStateDiffers
    assert refused(RestoreCredential("key-1", acts), None, world.around) is R.CredentialNotHeld


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"act": "lift_hold"}, R.ActNotForThis),
        ({"case": "account-2"}, R.ActNotForThis),
        ({"revision": 1}, R.ActNotForThis),
        ({"names": ("key-2",)}, R.ActNotForThis),
        ({"names": ()}, R.ActNotForThis),
        ({"made_at": START - 2 * MINUTE}, None),
        ({"made_at": START - 2 * MINUTE - 1}, R.ActNotFresh),
        ({"statement": "statement-0"}, R.AssertionUnverified),
        ({"delegator": "stranger"}, R.NotEligible),
    ],
)
def test_a_restoring_act_is_exactly_this_one(changed: dict[str, Any], reason: R | None) -> None:
    """Each of the two acts is on this account and credential, fresh and verified, by somebody with the duty."""
    world = World()
    other = signed(world, ADMIN_B)
    assert restoring(world, signed(world, ADMIN_A, **changed), other) is reason
    assert restoring(world, other, signed(world, ADMIN_A, **changed)) is reason


def test_who_may_restore() -> None:
    """It takes two different administrators, of whom none is the credential's own person."""
    world = eligible(World(), (JOINER, "administrator"), ("sam", "releaser"))
    assert restoring(world, signed(world, ADMIN_A)) is R.PeopleTooFew
    assert restoring(world, signed(world, ADMIN_A), signed(world, ADMIN_A)) is R.PeopleTooFew
    assert restoring(world, signed(world, ADMIN_A), signed(world, "sam")) is R.NotEligible
    assert restoring(world, signed(world, ADMIN_A), signed(world, JOINER)) is R.JoinerHoldsNoDuty
    by_delegate = signed(world, ADMIN_B, delegator=JOINER)
    assert restoring(world, signed(world, ADMIN_A), by_delegate) is R.JoinerHoldsNoDuty


# Sweeping


@pytest.mark.parametrize(
    ("changed", "ends_at", "causes"),
    [
        ({}, None, {}),
        ({}, START + 1, {}),
        ({}, START, {"key-1": Cause.END_DATE}),
        ({}, START - 1, {"key-1": Cause.END_DATE}),
        ({"active": False}, None, {"key-1": Cause.LEFT, "key-2": Cause.LEFT}),
        ({"active": False}, START, {"key-1": Cause.END_DATE, "key-2": Cause.LEFT}),
        ({"ends_at": START}, None, {"key-1": Cause.LEFT, "key-2": Cause.LEFT}),
        ({"ends_at": START + 1}, None, {}),
    ],
)
@pytest.mark.parametrize("state", [CredentialState.ACTIVE, CredentialState.SUSPENDED])
def test_the_sweeper_writes_what_time_has_made_true(
    changed: dict[str, Any], ends_at: int | None, causes: dict[str, Cause], state: CredentialState
) -> None:
    """At its end date, or when its person has left, a credential ends, suspended or not; else nothing is written."""
    around = account(World(), **changed).around
    facts = facts_of(SweepHoldings(), replace(ACTIVE, ends_at=ends_at, state=state), around)
    assert facts == tuple(CredentialEnded(START, name, cause) for name, cause in causes.items())


def test_an_unheard_of_command_is_a_defect() -> None:
    """A command on an account's credentials that has no rule stops us."""
    with pytest.raises(Defect):
        facts_of(HoldingsCommand())
