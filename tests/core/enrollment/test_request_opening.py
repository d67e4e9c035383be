"""Request, opening: whom which purpose serves, who may ask, and what the policy's no leaves."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.activation import SuspendCredential
from firstkey.enrollment.case.facts import CaseOpened, CaseRefused
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, NeverOpened
from firstkey.enrollment.case.surroundings import Vouching
from firstkey.enrollment.case.words import Cause
from firstkey.enrollment.lifecycle.replay import apply_fact
from firstkey.policy.model import Duty, Purpose, Ruling, Tier, Verdict
from firstkey.values.instants import DAY
from tests.core.enrollment.turns import (
    account,
    eligible,
    refusal_of,
    sweep,
)
from tests.core.enrollment.world import (
    ATTENDED_PATH,
    JOINER,
    OWN_KEY_PATH,
    PASS_PATH,
    PROHIBITED,
    REQUESTER,
    START,
    World,
    ruling_for,
)

OPENED = CaseOpened(
    at=START,
    site="site-1",
    case="case-1",
    account="account-1",
    account_commitment="commitment-1",
    incarnation=1,
    person=JOINER,
    purpose=Purpose.FIRST_KEY,
    path="managed_device",
    policy="policy-1",
    requirements=PASS_PATH,
    handle_digest="handle-1",
    expires_at=START + 30 * DAY,
    requester=REQUESTER,
)


def test_a_case_is_opened_with_what_sources_and_policy_say() -> None:
    """The fact takes the account from its source, path and requirements from the ruling, and not from who asks."""
    decision = World().open()
    assert decision.facts == (OPENED,)
    assert (decision.refusal, decision.not_after, decision.account) == (None, None, ())
    assert decision.takes == {("handle", "handle-1"), ("open_case", "account-1:first_key")}
    assert decision.frees == frozenset()


def test_an_opened_case_is_what_its_fact_says() -> None:
    """The fold of the opening is the whole state: one duty, the first revision, and nothing else yet."""
    assert apply_fact(None, OPENED) == Case(
        site="site-1",
        case="case-1",
        account="account-1",
        account_commitment="commitment-1",
        incarnation=1,
        person=JOINER,
        purpose=Purpose.FIRST_KEY,
        path="managed_device",
        policy="policy-1",
        requirements=PASS_PATH,
        handle_digest="handle-1",
        opened_at=START,
        expires_at=START + 30 * DAY,
        privileged=False,
        position=0,
        lost_credential=None,
        lost_cause=None,
        delegated=False,
        duties=frozenset({(Duty.REQUESTER, REQUESTER)}),
        revision=1,
    )


def test_a_delegated_opening_is_remembered() -> None:
    """Requester and delegator both hold the duty, and the case knows that it was delegated."""
    world = eligible(account(World(), privileged=True, incarnation=4), ("mona", "requester"))
    decision = world.open(delegator="mona")
    assert decision.facts == (replace(OPENED, delegator="mona", privileged=True, incarnation=4),)
    assert world.state.duties == {(Duty.REQUESTER, REQUESTER), (Duty.REQUESTER, "mona")}
    assert (world.state.delegated, world.state.privileged, world.state.incarnation) == (True, True, 4)


def test_a_feed_is_nobodys_duty() -> None:
    """A case that a feed opened has no requester."""
    world = World()
    assert world.open(requester=None).facts == (replace(OPENED, requester=None),)
    assert world.state.duties == frozenset()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"requester": JOINER}, None),  # the joiner may ask
        ({"requester": "stranger"}, R.NotEligible),
        ({"delegator": "stranger"}, R.NotEligible),
        ({"delegator": JOINER}, None),
        ({"requester": None, "delegator": "stranger"}, R.NotEligible),
        ({"requester": "anna"}, R.NotEligible),  # an approver is no requester
        ({"account": "account-2"}, R.AccountGone),
        ({"position": 1}, R.PositionMissing),
        ({"lost_credential": "credential-lost"}, R.LostCredentialMissing),
        ({"lost_cause": Cause.STOLEN}, R.LostCredentialMissing),
        ({"lifetime_ms": 1}, None),
        ({"lifetime_ms": 0}, R.LifetimeMissing),
        ({"lifetime_ms": -1}, R.LifetimeMissing),
    ],
)
def test_who_may_open_what(changed: dict[str, Any], reason: R | None) -> None:
    """A person needs the duty, and so does whom they act for; a feed needs none; a case needs a lifetime."""
    assert refusal_of(World(), lambda w: w.open(**changed)) is reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"active": False}, R.AccountGone),
        ({"ends_at": START + 1}, None),
        ({"ends_at": START}, R.AccountGone),
    ],
)
def test_only_an_account_that_is_here_is_served(changed: dict[str, Any], reason: R | None) -> None:
    """A case is opened for somebody who has not left."""
    assert refusal_of(account(World(), **changed), World.open) is reason


@pytest.mark.parametrize("asked", [30 * DAY - 1, 30 * DAY, 30 * DAY + 1])
def test_a_case_lives_thirty_days_at_most(asked: int) -> None:
    """The end of a case is as asked, and never later than 30 days after its opening."""
    (opened,) = World().open(lifetime_ms=asked).facts
    assert opened == replace(OPENED, expires_at=START + min(asked, 30 * DAY))


LOST = {"lost_credential": "credential-lost", "lost_cause": Cause.LOST}
KEYS = frozenset({"credential-0", "credential-lost"})


@pytest.mark.parametrize(
    ("purpose", "keys", "vouching", "reason"),
    [
        # an account that holds nothing
        (Purpose.FIRST_KEY, set(), set(), None),
        (Purpose.ADD_KEY, set(), set(), R.AccountHoldsNothing),
        (Purpose.REPLACEMENT, set(), set(), R.AccountHoldsNothing),
        (Purpose.RECOVERY, set(), set(), R.LostCredentialMissing),
        (Purpose.EMERGENCY, set(), set(), None),
        (Purpose.BREAK_GLASS, set(), set(), None),
        # one whose only key cannot vouch any more
        (Purpose.FIRST_KEY, {"credential-lost"}, set(), R.AccountHoldsCredential),
        (Purpose.ADD_KEY, {"credential-lost"}, set(), R.AccountHoldsNothing),
        (Purpose.REPLACEMENT, {"credential-lost"}, set(), R.AccountHoldsNothing),
        (Purpose.RECOVERY, {"credential-lost"}, set(), None),
        (Purpose.EMERGENCY, {"credential-lost"}, set(), None),
        (Purpose.BREAK_GLASS, {"credential-lost"}, set(), None),
        # one key lost, which could still vouch
        (Purpose.ADD_KEY, {"credential-lost"}, {"credential-lost"}, None),
        (Purpose.REPLACEMENT, {"credential-lost"}, {"credential-lost"}, R.AccountHoldsNothing),
        (Purpose.RECOVERY, {"credential-lost"}, {"credential-lost"}, None),
        # one key lost, another left
        (Purpose.FIRST_KEY, KEYS, KEYS, R.AccountHoldsCredential),
        (Purpose.ADD_KEY, KEYS, KEYS, None),
        (Purpose.REPLACEMENT, KEYS, KEYS, None),
        (Purpose.REPLACEMENT, {"credential-0"}, {"credential-0"}, R.LostCredentialMissing),
        (Purpose.RECOVERY, KEYS, KEYS, R.AccountHoldsCredential),
        (Purpose.EMERGENCY, KEYS, KEYS, None),
        (Purpose.BREAK_GLASS, KEYS, KEYS, None),
    ],
)
def test_which_purpose_serves_which_account(
    purpose: Purpose, keys: set[str], vouching: set[str], reason: R | None
) -> None:
    """What an account holds says which purposes serve it: with a key, all but the first; recovery when none is left."""
    world = World(purpose=purpose)
    world.surround(keys=frozenset(keys), vouching=frozenset(Vouching(key, Tier.STANDARD, None) for key in vouching))
    lost = LOST if purpose in {Purpose.REPLACEMENT, Purpose.RECOVERY} else {}
    glass = {"position": 1, "requester": JOINER} if purpose is Purpose.BREAK_GLASS else {}
    assert refusal_of(world, lambda w: w.open(**lost, **glass)) is reason


@pytest.mark.parametrize(("ends_at", "vouches"), [(None, True), (START + 1, True), (START, False)])
def test_a_key_that_has_ended_vouches_no_more(ends_at: int | None, vouches: bool) -> None:
    """To add a key another must be able to authorise it now."""
    world = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY)
    world.surround(keys=frozenset({"credential-0"}), vouching=frozenset({Vouching("credential-0", Tier.LOW, ends_at)}))
    assert refusal_of(world, World.open) is (None if vouches else R.AccountHoldsNothing)


@pytest.mark.parametrize(("count", "reason"), [(9, None), (10, R.KeysUsedUp), (11, R.KeysUsedUp)])
def test_an_account_holds_ten_keys_at_most(count: int, reason: R | None) -> None:
    """An account that holds ten keys gets no case for another."""
    world = World(purpose=Purpose.EMERGENCY)
    world.surround(keys=frozenset(f"credential-{number}" for number in range(count)))
    assert refusal_of(world, World.open) is reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"lost_cause": Cause.STOLEN}, None),
        ({"lost_cause": None}, R.LostCredentialMissing),
        ({"lost_cause": Cause.LEFT}, R.LostCredentialMissing),
        ({"lost_credential": None}, R.LostCredentialMissing),
        ({"lost_credential": "credential-9"}, R.LostCredentialMissing),
    ],
)
@pytest.mark.parametrize("purpose", [Purpose.RECOVERY, Purpose.REPLACEMENT])
def test_recovery_names_the_lost_credential(purpose: Purpose, changed: dict[str, Any], reason: R | None) -> None:
    """Recovery and replacement say which key of the account is gone, and whether it is lost or stolen."""
    world = World(purpose=purpose)
    others = {"credential-0"} if purpose is Purpose.REPLACEMENT else set()
    vouching = frozenset(Vouching(key, Tier.STANDARD, None) for key in others)
    world.surround(keys=frozenset({"credential-lost", *others}), vouching=vouching)
    content = {**LOST, **changed}
    assert refusal_of(world, lambda w: w.open(**content)) is reason
    if reason is None:
        assert (world.state.lost_credential, world.state.lost_cause) == tuple(content.values())


@pytest.mark.parametrize("cause", [Cause.LOST, Cause.STOLEN])
def test_a_stolen_credential_is_suspended_at_once(cause: Cause) -> None:
    """Opening suspends a key that was reported stolen; one that is merely lost goes on until the new one is active."""
    world = World(purpose=Purpose.RECOVERY)
    world.surround(keys=frozenset({"credential-lost"}))
    stolen = (SuspendCredential(credential="credential-lost", cause=Cause.STOLEN),)
    decision = world.open(lost_credential="credential-lost", lost_cause=cause)
    assert decision.account == (stolen if cause is Cause.STOLEN else ())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"position": 2}, None),
        ({"position": 0}, R.PositionMissing),
        ({"position": 3}, R.PositionMissing),
        ({"requester": REQUESTER}, R.NotEligible),
        ({"requester": None}, R.NotEligible),
        ({"delegator": REQUESTER}, None),
    ],
)
def test_a_break_glass_case_has_its_place_and_its_custodian(changed: dict[str, Any], reason: R | None) -> None:
    """A break-glass account takes positions 1 and 2, and its custodian is joiner and requester in one."""
    content = {"position": 1, "requester": JOINER, **changed}
    world = World(requirements=ATTENDED_PATH, purpose=Purpose.BREAK_GLASS)
    assert refusal_of(world, lambda w: w.open(**content)) is reason
    if reason is None:
        position = content["position"]
        assert world.state.position == position
        assert ("open_case", f"account-1:break_glass:{position}") in world.last.takes


REFUSED = CaseRefused(
    at=START,
    site="site-1",
    case="case-1",
    account="account-1",
    purpose=Purpose.FIRST_KEY,
    policy="policy-1",
    path=None,
    reason="no path",
)


@pytest.mark.parametrize(
    ("ruling", "fact"),
    [
        (PROHIBITED, REFUSED),
        (replace(PROHIBITED, reasons=()), replace(REFUSED, reason="")),
        (
            replace(PROHIBITED, path="byod", reasons=("unstaffed", "more")),
            replace(REFUSED, path="byod", reason="unstaffed"),
        ),
        (replace(ruling_for(PASS_PATH), verdict=Verdict.PROHIBIT), replace(REFUSED, path="managed_device", reason="")),
        (replace(ruling_for(PASS_PATH), path=None), replace(REFUSED, reason="")),
        (replace(ruling_for(PASS_PATH), requirements=None), replace(REFUSED, path="managed_device", reason="")),
    ],
)
def test_a_prohibited_request_is_recorded_and_refused(ruling: Ruling, fact: CaseRefused) -> None:
    """Where the policy does not allow it there is a fact, a refusal and no case; nothing is taken, and it stays so."""
    world = World(ruling=ruling)
    decision = world.open()
    assert decision.facts == (fact,)
    assert decision.refusal is R.PathProhibited
    assert decision.case == NeverOpened(case="case-1")
    assert decision.takes == decision.frees == frozenset()
    assert refusal_of(world, sweep) is R.CaseOver
    assert refusal_of(world, World.open) is R.NotAStep


def test_additional_verification_is_no_prohibition() -> None:
    """`verify` opens a case as `allow` does."""
    ruling = replace(ruling_for(PASS_PATH), verdict=Verdict.VERIFY)
    assert World(ruling=ruling).open().facts == (OPENED,)


def test_a_case_is_opened_once() -> None:
    """A case that is there is not opened again."""
    world = World()
    world.open()
    assert refusal_of(world, World.open) is R.NotAStep
    assert refusal_of(account(world, active=False), World.open) is R.NotAStep
