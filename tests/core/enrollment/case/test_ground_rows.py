"""The ground's rows of standing from within: account, policy, proofing, quorum, assertions and anchor."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.ground import Moment, approvals_standing
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.surroundings import Affiliation, Vouching
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import Anchor, ApproverRule, Purpose, Requirements, Ruling, Spread, Tier, Verdict
from tests.core.enrollment.turns import (
    Turn,
    account,
    alter,
    approved,
    eligible,
    holds,
    not_eligible,
    part,
    policy_asks,
    scene,
)
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    MANAGER,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    RELAYABLE_PATH,
    REPLACEMENT_PATH,
    SECOND_APPROVER,
    SHIPPED_PATH,
    START,
    VERIFIED,
    World,
    ruling_for,
)


@pytest.mark.parametrize(
    ("turn", "stands"),
    [
        (account, True),
        (lambda w: account(w, active=False), False),
        (lambda w: account(w, account="account-2"), False),
        (lambda w: account(w, ends_at=w.now + 1), True),
        (lambda w: account(w, ends_at=w.now), False),
    ],
)
def test_the_account_is_the_cases_and_active(turn: Turn, stands: bool) -> None:
    """The account must be the case's own, active by its source, and before its end date."""
    world = World().up_to(Stage.ISSUANCE)
    turn(world)
    assert holds(world, R.AccountGone) is stands


@pytest.mark.parametrize("incarnation", [0, 1, 2])
def test_the_incarnation_is_the_cases(incarnation: int) -> None:
    """A re-hire or a namesake, earlier or later, is another account."""
    world = account(World().up_to(Stage.ISSUANCE), incarnation=incarnation)
    assert holds(world, R.AccountGone) is (incarnation == 1)


ALLOWED = Ruling(policy="policy-1", path="managed_device", verdict=Verdict.ALLOW, requirements=PASS_PATH)


@pytest.mark.parametrize(
    ("ruling", "stands"),
    [
        (ALLOWED, True),
        (replace(ALLOWED, policy="policy-2"), True),
        (replace(ALLOWED, verdict=Verdict.VERIFY), True),
        (replace(ALLOWED, verdict=Verdict.PROHIBIT), False),
        (replace(ALLOWED, path="remote_hire"), False),
        (replace(ALLOWED, path=None), False),
        (replace(ALLOWED, requirements=None), False),
    ],
)
def test_the_policy_still_leads_here(ruling: Ruling, stands: bool) -> None:
    """The policy in force must lead to the pinned path, whatever its version, and allow it."""
    world = World(ruling=ruling).up_to(Stage.ISSUANCE) if stands else World().up_to(Stage.ISSUANCE)
    world.ruling = ruling
    assert holds(world, R.PolicyMoved) is stands


@pytest.mark.parametrize(
    ("before", "now", "stands"), [(False, False, True), (False, True, False), (True, True, True), (True, False, True)]
)
def test_a_rise_in_privilege_moves_the_policy(before: bool, now: bool, stands: bool) -> None:
    """An account that has become privileged since the case was opened is not served by it; the other way it is."""
    world = alter(account(World().up_to(Stage.ISSUANCE), privileged=now), privileged=before)
    assert holds(world, R.PolicyMoved) is stands


@pytest.mark.parametrize(
    ("pinned", "current", "stands"),
    [
        (RELAYABLE_PATH, PASS_PATH, False),
        (RELAYABLE_PATH, ATTENDED_PATH, False),
        (RELAYABLE_PATH, RELAYABLE_PATH, True),
        (PASS_PATH, PRESENCE_PATH, True),
        (PASS_PATH, RELAYABLE_PATH, True),
        (ATTENDED_PATH, PASS_PATH, True),
    ],
)
def test_an_anchor_that_the_policy_now_demands(pinned: Requirements, current: Requirements, stands: bool) -> None:
    """Where the policy has come to demand an anchor the case must have one of its own; attended counts."""
    world = World(requirements=pinned).up_to(Stage.CLAIM)
    world.ruling = ruling_for(current)
    assert holds(world, R.PolicyMoved) is stands


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("asked", [1, 2, 3])
def test_proofing_reaches_the_level_asked_now(level: int, asked: int) -> None:
    """Standing proofing must reach the stricter of the pinned level, 2, and the one that the policy asks now."""
    world = part(World().up_to(Stage.ISSUANCE), "proofing", level=level)
    policy_asks(world, level=asked)
    assert holds(world, R.ProofingMissing) is (level >= max(2, asked))


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize(
    ("vouching", "stands"),
    [
        (Vouching("credential-0", Tier.LOW, None), True),
        (Vouching("credential-0", Tier.LOW, START + 1), True),
        (Vouching("credential-0", Tier.LOW, START), False),
        (Vouching("credential-9", Tier.STANDARD, None), False),
    ],
)
def test_an_assertion_stands_while_its_key_may_vouch(vouching: Vouching, stands: bool, moment: Moment) -> None:
    """In the place of proofing, the key that asserted must still be one that may vouch; to assert, none has yet."""
    world = World(requirements=OWN_KEY_PATH, purpose=Purpose.ADD_KEY).up_to(Stage.REGISTRATION)
    world.surround(vouching=frozenset({vouching}))
    assert holds(world, R.ProofingMissing, moment) is (stands or moment is Moment.REDEMPTION)
    alter(world, own_key=None)
    assert holds(world, R.ProofingMissing, moment) is (moment is Moment.REDEMPTION)


@pytest.mark.parametrize("quorum", [0, 1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_quorum_counts_people(quorum: int, count: int) -> None:
    """As many people as the quorum asks for must stand behind the case."""
    world = approved(quorum)
    world.requirements = world.state.requirements
    alter(world, approvals=world.state.approvals[:count])
    assert holds(world, R.ApprovalMissing) is (count >= quorum)


def test_a_quorum_is_the_stricter_of_pinned_and_current() -> None:
    """A policy that has come to ask for two is asked of a case that pinned one."""
    world = World().up_to(Stage.ISSUANCE)
    assert holds(world, R.ApprovalMissing)
    policy_asks(world, quorum=2)
    assert not holds(world, R.ApprovalMissing)


@pytest.mark.parametrize(
    ("turn", "standing"),
    [
        (lambda w: not_eligible(w, MANAGER), [APPROVER, SECOND_APPROVER]),
        (lambda w: not_eligible(w, APPROVER), [SECOND_APPROVER]),
        (lambda w: not_eligible(w, SECOND_APPROVER), [APPROVER]),
        # another of the path's rules is as good, a rule of other paths is not
        (lambda w: eligible(not_eligible(w, APPROVER), (APPROVER, "security")), [APPROVER, SECOND_APPROVER]),
        (lambda w: eligible(not_eligible(w, APPROVER), (APPROVER, "on_call")), [SECOND_APPROVER]),
    ],
)
def test_only_people_still_eligible_count(turn: Turn, standing: list[str]) -> None:
    """An approval counts while its person holds one of the path's approver rules."""
    world = approved(approvers=frozenset({ApproverRule.APPROVER, ApproverRule.SECURITY}))
    turn(world)
    assert [approval.by.person for approval in approvals_standing(scene(world))] == standing


@pytest.mark.parametrize("gone", [APPROVER, MANAGER])
def test_delegate_and_delegator_must_both_be_eligible(gone: str) -> None:
    """Consent given for somebody counts while both the one who signed and the one who is spoken for are eligible."""
    world = World().up_to(Stage.APPROVAL)
    eligible(world, (MANAGER, "approver"))
    world.approve(delegator=MANAGER)
    assert len(approvals_standing(scene(world))) == 1
    not_eligible(world, gone)
    assert approvals_standing(scene(world)) == ()


UNITS = frozenset({Spread.DIFFERENT_UNITS})
OURS = frozenset({Spread.NOT_VENDOR_ALONE})


@pytest.mark.parametrize(
    ("spread", "first", "second", "whole"),
    [
        (frozenset(), None, None, True),
        (UNITS, ("unit-1", None), ("unit-2", None), True),
        (UNITS, ("unit-1", None), ("unit-1", None), False),
        (UNITS, None, None, False),
        (UNITS, ("unit-1", None), None, False),
        (UNITS, None, ("unit-2", None), False),
        (OURS, ("unit-1", None), ("unit-1", None), True),
        (OURS, ("unit-1", None), ("unit-1", "vendor-1"), True),
        (OURS, ("unit-1", "vendor-1"), ("unit-2", "vendor-2"), False),
        (OURS, None, ("unit-2", "vendor-2"), False),
        (OURS, None, ("unit-2", None), True),
        (UNITS | OURS, ("unit-1", None), ("unit-2", "vendor-1"), True),
        (UNITS | OURS, ("unit-1", None), ("unit-1", "vendor-1"), False),
        (UNITS | OURS, ("unit-1", "vendor-1"), ("unit-2", "vendor-1"), False),
    ],
)
def test_a_quorum_spans_what_the_policy_asks(
    spread: frozenset[Spread],
    first: tuple[str, str | None] | None,
    second: tuple[str, str | None] | None,
    whole: bool,
) -> None:
    """A quorum spans units, or has one of the organisation's own, by what sources of record say of its people."""
    world = approved(2, spread=spread)
    known = {APPROVER: first, SECOND_APPROVER: second}
    world.surround(affiliations=frozenset(Affiliation(who, *where) for who, where in known.items() if where))
    assert holds(world, R.ApprovalMissing) is whole


@pytest.mark.parametrize(
    ("requirements", "purpose", "statements"),
    [
        (PASS_PATH, Purpose.FIRST_KEY, {1, 2}),  # proofing, approval; a certificate is nobody's act
        (PRESENCE_PATH, Purpose.FIRST_KEY, {1, 2, 3}),  # and the visit
        (ATTENDED_PATH, Purpose.FIRST_KEY, {1, 2, 4}),  # and the attendance, not the station's claim
        (OWN_KEY_PATH, Purpose.ADD_KEY, {1}),  # the assertion
        (REPLACEMENT_PATH, Purpose.REPLACEMENT, {1, 2}),  # approval and assertion
    ],
)
def test_each_assertion_is_verified_again(requirements: Requirements, purpose: Purpose, statements: set[int]) -> None:
    """Every act that the ground rests on must have been verified for this decision; no other needs to be."""
    world = World(requirements=requirements, purpose=purpose).up_to(Stage.REGISTRATION)
    unverified = set()
    for number in range(1, world.statements + 2):
        world.surround(verified=VERIFIED - {f"statement-{number}"})
        if not holds(world, R.AssertionUnverified):
            unverified.add(number)
    assert unverified == statements
    world.surround(verified=frozenset(f"statement-{number}" for number in statements))
    assert holds(world, R.AssertionUnverified)


def test_the_assertion_of_somebody_who_left_is_not_asked() -> None:
    """An approval that does not count needs no verified assertion either."""
    world = approved()
    world.surround(verified=VERIFIED - {"statement-2"})
    assert not holds(world, R.AssertionUnverified)
    assert holds(not_eligible(world, APPROVER), R.AssertionUnverified)


def test_a_proofing_signed_by_a_vendor_has_no_assertion_to_verify() -> None:
    """What a vendor signed is verified elsewhere."""
    world = part(World().up_to(Stage.ISSUANCE), "proofing", by=None)
    world.surround(verified=VERIFIED - {"statement-1"})
    assert holds(world, R.AssertionUnverified)


BOTH = replace(PASS_PATH, anchors=frozenset({Anchor.CLIENT_CERTIFICATE, Anchor.PRESENCE}))
ALWAYS = dict.fromkeys(Moment, True)
NEVER = dict.fromkeys(Moment, False)
NOT_TO_ACTIVATE = {moment: moment is not Moment.ACTIVATION for moment in Moment}
BEFORE_THE_VISIT = {moment: moment is Moment.REDEMPTION for moment in Moment}


@pytest.mark.parametrize(
    ("requirements", "anchor", "stands"),
    [
        (PASS_PATH, None, NEVER),
        (PASS_PATH, Anchor.CLIENT_CERTIFICATE, ALWAYS),
        (PASS_PATH, Anchor.PRESENCE, NEVER),
        (PRESENCE_PATH, Anchor.PRESENCE, ALWAYS),
        (PRESENCE_PATH, Anchor.CLIENT_CERTIFICATE, NEVER),
        (BOTH, Anchor.PRESENCE, ALWAYS),
        (BOTH, Anchor.CLIENT_CERTIFICATE, ALWAYS),
        (BOTH, Anchor.AUTHENTICATOR, NEVER),
        (RELAYABLE_PATH, None, NOT_TO_ACTIVATE),
        (RELAYABLE_PATH, Anchor.PRESENCE, ALWAYS),
        (SHIPPED_PATH, None, NOT_TO_ACTIVATE),
        (SHIPPED_PATH, Anchor.AUTHENTICATOR, ALWAYS),
        (ATTENDED_PATH, None, BEFORE_THE_VISIT),
        (ATTENDED_PATH, Anchor.PRESENCE, ALWAYS),
        (ATTENDED_PATH, Anchor.CLIENT_CERTIFICATE, BEFORE_THE_VISIT),
        (OWN_KEY_PATH, None, ALWAYS),
    ],
)
@pytest.mark.parametrize("moment", Moment)
def test_the_anchor_where_it_is_required(
    requirements: Requirements, anchor: Anchor | None, stands: dict[Moment, bool], moment: Moment
) -> None:
    """A path's anchor is asked always, a relayable claim's or shipped key's to activate, attendance once confirmed."""
    world = World().up_to(Stage.REGISTRATION)
    world.requirements = requirements
    part(alter(world, requirements=requirements), "claim", anchor=anchor)
    assert holds(world, R.AnchorMissing, moment) is stands[moment]


@pytest.mark.parametrize(
    ("requirements", "stands"),
    [
        (PASS_PATH, NEVER),
        (PRESENCE_PATH, NEVER),
        (RELAYABLE_PATH, NOT_TO_ACTIVATE),
        (SHIPPED_PATH, NOT_TO_ACTIVATE),
        (ATTENDED_PATH, BEFORE_THE_VISIT),
        (OWN_KEY_PATH, ALWAYS),
    ],
)
def test_what_nobody_has_claimed_is_not_anchored(requirements: Requirements, stands: dict[Moment, bool]) -> None:
    """Without a claim there is no anchor, wherever one is asked for."""
    world = World().up_to(Stage.REGISTRATION)
    world.requirements = requirements
    alter(world, requirements=requirements, claim=None)
    assert {moment: holds(world, R.AnchorMissing, moment) for moment in Moment} == stands
