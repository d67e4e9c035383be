"""Each row of the ground from within: its limits, and each of its conditions alone."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.ground import GROUND, Moment, Question, approvals_standing
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Window
from firstkey.enrollment.case.surroundings import Affiliation, DeviceProof, Partner, Vouching
from firstkey.enrollment.case.words import Covered, PassState, Stage
from firstkey.policy.model import Anchor, ApproverRule, Purpose, Requirements, Ruling, Spread, Tier, Verdict
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND
from tests.core.enrollment.turns import Turn, account, alter, eligible, not_eligible, part, scene
from tests.core.enrollment.world import (
    APPROVER,
    ATTENDED_PATH,
    DEVICE,
    JOINER,
    MANAGER,
    OWN_KEY_PATH,
    PASS_PATH,
    PRESENCE_PATH,
    RELAYABLE_PATH,
    REPLACEMENT_PATH,
    RIVAL,
    SECOND_APPROVER,
    SHIPPED_PATH,
    START,
    VERIFIED,
    World,
    ruling_for,
)


def holds(world: World, reason: R, moment: Moment = Moment.ISSUANCE, device: DeviceProof | None = None) -> bool:
    """Whether the row with this reason holds for a world's case."""
    (row,) = (row for row in GROUND if row.reason is reason)
    return row.holds(Question(scene(world), moment, device))


def ruled(world: World, **changed: Any) -> None:
    """Have the policy in force say something else."""
    world.ruling = replace(ruling_for(world.requirements), **changed)


def policy_asks(world: World, **changed: Any) -> None:
    """Have the policy in force ask for more."""
    world.ruling = ruling_for(replace(world.requirements, **changed))


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
    assert holds(world, R.IncarnationDiffers) is (incarnation == 1)


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


def approved(quorum: int = 1, **changed: Any) -> World:
    """Return a case that two people have approved, the first a minute before the second."""
    world = World(requirements=replace(PASS_PATH, quorum=2, **changed)).up_to(Stage.APPROVAL)
    world.approve()
    world.let_pass(MINUTE)
    world.approve(SECOND_APPROVER)
    return alter(world, requirements=replace(world.requirements, quorum=quorum))


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


@pytest.mark.parametrize(("age", "young"), [(72 * HOUR - 1, True), (72 * HOUR, True), (72 * HOUR + 1, False)])
def test_proofing_is_young_enough(age: int, young: bool) -> None:
    """Proofing counts up to the path's age, to the millisecond; where none is needed none ages."""
    world = World().up_to(Stage.ISSUANCE)
    part(world, "proofing", counts_from=world.now - age)
    assert holds(world, R.EvidenceTooOld) is young
    assert holds(alter(world, proofing=None), R.EvidenceTooOld)


def test_the_age_is_the_stricter_of_pinned_and_current() -> None:
    """A policy that has come to ask for younger proofing is asked."""
    world = World().up_to(Stage.ISSUANCE)
    world.let_pass(4 * HOUR + 1)
    assert holds(world, R.EvidenceTooOld)
    policy_asks(world, proofing_age_ms_max=4 * HOUR)
    assert not holds(world, R.EvidenceTooOld)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
@pytest.mark.parametrize(("quorum", "since_the_last"), [(1, 0), (2, MINUTE)])
def test_the_first_pass_comes_in_time(quorum: int, since_the_last: int, beyond: int) -> None:
    """The first pass comes within 72 hours of the oldest approval counted: of two, the newest where one is asked."""
    world = approved(quorum)
    world.requirements = world.state.requirements
    world.let_pass(72 * HOUR - since_the_last + beyond)
    assert holds(world, R.ApprovalTooOld) is (beyond <= 0)


def test_an_approval_that_does_not_count_has_no_age() -> None:
    """Without approvals that count there is nothing to be late for; their number is another row's."""
    world = approved()
    world.let_pass(72 * HOUR + 1)
    assert not holds(world, R.ApprovalTooOld)
    assert holds(not_eligible(not_eligible(world, APPROVER), SECOND_APPROVER), R.ApprovalTooOld)


@pytest.mark.parametrize(("since", "in_time"), [(DAY - 1, True), (DAY, True), (DAY + 1, False)])
def test_a_later_pass_comes_within_a_day_of_the_first(since: int, in_time: bool) -> None:
    """A later pass comes within 24 hours of the first, whatever the age of the approvals."""
    world = World().up_to(Stage.ISSUANCE)
    world.let_pass(72 * HOUR + 1)
    alter(world, first_pass_at=world.now - since)
    assert holds(world, R.ApprovalTooOld) is in_time


@pytest.mark.parametrize(
    ("changed", "age", "fresh"),
    [
        ({}, 10 * MINUTE - 1, True),
        ({}, 10 * MINUTE, False),
        ({}, 10 * MINUTE + 1, False),
        ({"anchor": Anchor.CLIENT_CERTIFICATE}, 10 * MINUTE, True),
        ({"anchor": None}, 10 * MINUTE, True),
    ],
)
def test_presence_is_under_ten_minutes_old(changed: dict[str, Any], age: int, fresh: bool) -> None:
    """A visit is good for less than ten minutes; an anchor of another kind does not age."""
    world = World(requirements=PRESENCE_PATH).up_to(Stage.ISSUANCE)
    part(world, "claim", anchored_at=world.now - age, **changed)
    assert holds(world, R.PresenceTooOld) is fresh
    assert holds(part(world, "claim", anchored_at=None), R.PresenceTooOld)
    assert holds(alter(world, claim=None), R.PresenceTooOld)


def test_the_device_is_the_claimant() -> None:
    """The device that asks must be the claiming one; where none asks none is compared; before a claim none is right."""
    world = World().up_to(Stage.ISSUANCE)
    asked = [holds(world, R.WrongDevice, device=device) for device in (DEVICE, RIVAL, None)]
    assert asked == [True, False, True]
    alter(world, claim=None)
    assert [holds(world, R.WrongDevice, device=device) for device in (DEVICE, None)] == [False, True]


@pytest.mark.parametrize("state", PassState)
@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_a_live_pass_is_of_the_present_epoch(state: PassState, epoch: int) -> None:
    """A live pass belongs to the site's epoch; a dead one does not matter, nor does there have to be one."""
    world = part(World().up_to(Stage.DELIVERY), "pass_", state=state)
    world.surround(epoch=epoch)
    live = state in {PassState.ISSUED, PassState.ARMED, PassState.REDEEMED}
    assert holds(world, R.EpochRaised) is (epoch == 1 or not live)
    assert holds(alter(world, pass_=None), R.EpochRaised)


@pytest.mark.parametrize("failed", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("allowed", [1, 3, 5])
def test_a_try_is_left(failed: int, allowed: int) -> None:
    """Fewer tries must have failed than the stricter of pinned, 3, and current policy allows."""
    world = alter(World().up_to(Stage.REDEMPTION), tries_failed=failed)
    policy_asks(world, tries=allowed)
    assert holds(world, R.TriesUsedUp) is (failed < min(3, allowed))


@pytest.mark.parametrize("left", [-1, 0, 1])
def test_the_window_is_open_before_its_last_instant(left: int) -> None:
    """To redeem the pass's life, to register the window must not have ended; at its last instant it has."""
    world = World().up_to(Stage.REDEMPTION)
    part(world, "pass_", ends_at=world.now + left)
    assert holds(world, R.WindowOver, Moment.REDEMPTION) is (left > 0)
    alter(world, window=Window(ends_at=world.now + left))
    assert holds(part(world, "pass_", ends_at=None), R.WindowOver, Moment.REGISTRATION) is (left > 0)


def test_where_nothing_is_open_nothing_ends() -> None:
    """Registration needs a window; where there is no pass, or no armed one, no life of one is over."""
    world = World(requirements=ATTENDED_PATH).up_to(Stage.REDEMPTION)
    assert holds(world, R.WindowOver, Moment.REDEMPTION)
    assert not holds(world, R.WindowOver, Moment.REGISTRATION)
    assert holds(World().up_to(Stage.DELIVERY), R.WindowOver, Moment.REDEMPTION)


@pytest.mark.parametrize("covered", Covered)
@pytest.mark.parametrize("cosigned", [False, True])
def test_a_checkpoint_covers_the_chain(covered: Covered, cosigned: bool) -> None:
    """A signed checkpoint over the chain is enough, unless the policy asks for a witness."""
    world = World().up_to(Stage.ACTIVATION)
    world.surround(covered=covered)
    policy_asks(world, cosigned=cosigned)
    enough = {Covered.COSIGNED} if cosigned else {Covered.SIGNED, Covered.COSIGNED}
    assert holds(world, R.CheckpointMissing, Moment.ACTIVATION) is (covered in enough)


@pytest.mark.parametrize(("destinations", "takes"), [((), False), (("local",), True), (("local", "directory"), True)])
def test_somebody_takes_the_credential(destinations: tuple[str, ...], takes: bool) -> None:
    """An empty list of destinations means nobody."""
    world = World(requirements=replace(PASS_PATH, destinations=destinations)).up_to(Stage.ACTIVATION)
    assert holds(world, R.DestinationMissing, Moment.ACTIVATION) is takes


@pytest.mark.parametrize("waited", [HOUR - 1, HOUR, HOUR + 1])
def test_a_credential_has_cooled_off(waited: int) -> None:
    """The cooling-off time counts from registration; before there is a credential none has to cool."""
    world = World(requirements=replace(PASS_PATH, cooling_off_ms=HOUR)).up_to(Stage.REGISTRATION)
    assert holds(world, R.CoolingOff, Moment.ACTIVATION)
    world.let_pass(SECOND)
    world.up_to(Stage.ACTIVATION)
    world.let_pass(waited)
    assert holds(world, R.CoolingOff, Moment.ACTIVATION) is (waited >= HOUR)


def test_the_key_still_meets_the_terms() -> None:
    """A key registered under laxer terms does not activate under stricter ones; before there is one none is judged."""
    world = World().up_to(Stage.ACTIVATION)
    assert holds(world, R.KeyTermUnmet, Moment.ACTIVATION)
    policy_asks(world, key=replace(PASS_PATH.key, roaming=True))
    assert not holds(world, R.KeyTermUnmet, Moment.ACTIVATION)
    assert holds(alter(world, credential=None), R.KeyTermUnmet, Moment.ACTIVATION)


PARTNER = Partner(closed=False, ready=True, maker="maker-2")


@pytest.mark.parametrize(
    ("partner", "maker", "ready", "differ"),
    [
        (PARTNER, "maker-1", True, True),
        (None, "maker-1", False, False),
        (replace(PARTNER, ready=False), "maker-1", False, True),
        (replace(PARTNER, ready=False, completed=True), "maker-1", True, True),
        (replace(PARTNER, ready=True, completed=True), "maker-1", True, True),
        (PARTNER, "maker-2", True, False),
        (PARTNER, "", True, False),
    ],
)
def test_a_break_glass_key_waits_for_its_partner(
    partner: Partner | None, maker: str, ready: bool, differ: bool
) -> None:
    """Both keys must be there, of makers that are known and not the same; no other purpose asks for a partner."""
    world = World(requirements=ATTENDED_PATH, purpose=Purpose.BREAK_GLASS)
    world.open(position=1, requester=JOINER)
    world.up_to(Stage.ACTIVATION)
    assert world.state.credential is not None
    part(world, "credential", made=replace(world.state.credential.made, maker=maker))
    world.surround(partner=partner)
    assert holds(world, R.PartnerNotReady, Moment.ACTIVATION) is ready
    assert holds(world, R.MakerMissing, Moment.ACTIVATION) is differ
    assert not holds(alter(world, credential=None), R.MakerMissing, Moment.ACTIVATION)
    alter(world, purpose=Purpose.FIRST_KEY)
    assert holds(world, R.PartnerNotReady, Moment.ACTIVATION)
    assert holds(world, R.MakerMissing, Moment.ACTIVATION)
