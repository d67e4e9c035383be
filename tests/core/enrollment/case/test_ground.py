"""The ground as a table: each row fails alone with its reason where the design has an x, and is not asked elsewhere."""

import pytest
from msgspec.structs import replace

from firstkey.enrollment.case.ground import GROUND, Moment, Question, lost, stand_on_ground
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Hold, Window
from firstkey.enrollment.case.surroundings import DeviceProof, Partner
from firstkey.enrollment.case.words import Closure, Covered, PassState, Stage
from firstkey.policy.model import Bootstrap, Channel, Purpose, Requirements
from firstkey.values.instants import DAY, HOUR, MINUTE
from tests.core.enrollment.turns import PENDING, Turn, account, alter, part, policy_asks, refusal_of, scene
from tests.core.enrollment.world import (
    DEVICE,
    JOINER,
    OWN_KEY_PATH,
    PRESENCE_PATH,
    RIVAL,
    VERIFIED,
    World,
    ruling_for,
)

TABLE = """
                    issuance redemption registration pending activation loses
CaseOver            x        x          x            x       x          x
CaseHeld            x        x          x            x       x          x
AccountGone         x        x          x            x       x          x
PolicyMoved         x        x          x            x       x          x
ClockDoubtful       x        x          x            x       x          -
ClaimMissing        x        x          x            x       x          x
WrongDevice         x        x          x            -       -          -
ProofingMissing     x        x          x            x       x          x
ApprovalMissing     x        x          x            x       x          x
AssertionUnverified x        x          x            x       x          x
AnchorMissing       x        x          x            x       x          x
EvidenceTooOld      x        -          -            -       -          -
ApprovalTooOld      x        -          -            -       -          -
PresenceTooOld      x        -          -            -       -          -
EpochRaised         x        x          x            -       -          x
TriesUsedUp         x        x          x            -       -          x
WindowOver          -        x          x            -       -          -
CheckpointMissing   -        -          -            -       x          -
DestinationMissing  -        -          -            -       x          -
KeyTermUnmet        -        -          -            -       x          -
CoolingOff          -        -          -            -       x          -
PartnerNotReady     -        -          -            -       x          -
MakerMissing        -        -          -            -       x          -
"""
"""The design's table (section 3), a row for each thing that must hold.

`pending` is between registration and activation; `loses` says that a live pass dies of it and a pending credential is
suspended.
"""

HEAD, *ROWS = (line.split() for line in TABLE.strip().splitlines())
EXPECTED = {R[name]: dict(zip(HEAD, (cell == "x" for cell in cells), strict=True)) for name, *cells in ROWS}

PATH = replace(PRESENCE_PATH, channel=Channel.DEVICE_SEALED)
PARTNER = Partner(closed=False, ready=True, maker="maker-2")
STAGES = {
    Moment.ISSUANCE: Stage.DELIVERY,
    Moment.REDEMPTION: Stage.REDEMPTION,
    Moment.REGISTRATION: Stage.REGISTRATION,
    Moment.PENDING: Stage.ACTIVATION,
    Moment.ACTIVATION: Stage.ACTIVATION,
}


def whole(moment: Moment, requirements: Requirements = PATH) -> World:
    """Return a world whose ground is whole at a moment; of a break-glass account, so that every row says something."""
    world = World(requirements=requirements, purpose=Purpose.BREAK_GLASS)
    world.surround(partner=PARTNER)
    world.open(position=1, requester=JOINER)
    stage = STAGES[moment]
    if requirements.bootstrap is Bootstrap.OWN_KEY and stage is not Stage.ACTIVATION:
        stage = Stage.REGISTRATION
    return world.up_to(stage)


def with_live_pass(world: World) -> World:
    """Make the pass live, where it is not any more."""
    pass_ = world.state.pass_
    assert pass_ is not None
    return world if pass_.live else part(world, "pass_", state=PassState.REDEEMED)


def with_credential(world: World) -> World:
    """Make a credential be there, where none is yet."""
    return world if world.state.credential is not None else alter(world, credential=PENDING)


def without_claim(world: World) -> None:
    """Take the device from a case whose other rows do not speak of it."""
    alter(world, claim=None)


def with_old_window(world: World) -> None:
    """Let the pass's time and the window be over."""
    part(with_live_pass(world), "pass_", ends_at=world.now)
    alter(world, window=Window(ends_at=world.now))


BREAKS: list[tuple[R, Turn]] = [
    (R.CaseOver, lambda w: alter(w, closed=Closure.WITHDRAWN)),
    (R.CaseHeld, lambda w: alter(w, hold=Hold("notice", None))),
    (R.AccountGone, lambda w: account(w, active=False)),
    (R.AccountGone, lambda w: account(w, incarnation=2)),
    (R.PolicyMoved, lambda w: setattr(w, "ruling", ruling_for(PATH, path="remote_hire"))),
    (R.ClockDoubtful, lambda w: w.surround(clock_doubtful=True)),
    (R.ClaimMissing, without_claim),
    (R.WrongDevice, lambda w: part(w, "claim", device_key="device-3")),
    (R.ProofingMissing, lambda w: alter(w, proofing=None)),
    (R.ApprovalMissing, lambda w: alter(w, approvals=())),
    (R.AssertionUnverified, lambda w: w.surround(verified=VERIFIED - {"statement-2"})),
    (R.AnchorMissing, lambda w: part(w, "claim", anchor=None)),
    (R.EvidenceTooOld, lambda w: part(w, "proofing", counts_from=w.now - 72 * HOUR - 1)),
    (R.ApprovalTooOld, lambda w: alter(w, first_pass_at=w.now - DAY - 1)),
    (R.PresenceTooOld, lambda w: part(w, "claim", anchored_at=w.now - 10 * MINUTE)),
    (R.EpochRaised, lambda w: with_live_pass(w).surround(epoch=2)),
    (R.TriesUsedUp, lambda w: alter(w, tries_failed=3)),
    (R.WindowOver, with_old_window),
    (R.CheckpointMissing, lambda w: w.surround(covered=Covered.NO)),
    (R.DestinationMissing, lambda w: alter(w, requirements=replace(PATH, destinations=()))),
    (R.KeyTermUnmet, lambda w: policy_asks(with_credential(w), key=replace(PATH.key, aaguids=frozenset({"aaguid-2"})))),
    (R.CoolingOff, lambda w: policy_asks(with_credential(w), cooling_off_ms=1)),
    (R.PartnerNotReady, lambda w: with_credential(w).surround(partner=replace(PARTNER, ready=False))),
    (R.MakerMissing, lambda w: with_credential(w).surround(partner=replace(PARTNER, maker="maker-1"))),
]


def broken(reason: R, moment: Moment, turn: Turn) -> tuple[World, DeviceProof | None]:
    """Return a world in which one row of the ground fails at a moment, and the device that asks.

    Where no device has claimed the case none is compared, and by own_key no other row speaks of the claim.
    """
    unclaimed = reason is R.ClaimMissing
    world = whole(moment, OWN_KEY_PATH if unclaimed else PATH)
    turn(world)
    return world, None if unclaimed else DEVICE


def asked(reason: R, moment: Moment) -> bool:
    """Whether the design's table has an x."""
    return EXPECTED[reason][str(moment.name).lower()]


def failing(world: World, moment: Moment, device: DeviceProof | None) -> list[R]:
    """Return the reasons of all rows that do not hold, asked or not."""
    return [row.reason for row in GROUND if not row.holds(Question(scene(world), moment, device))]


def refused_at(world: World, moment: Moment, device: DeviceProof | None) -> R | None:
    """Return why the ground refuses at a moment, or None."""
    return refusal_of(world, lambda w: stand_on_ground(scene(w), moment, device))


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("requirements", [PATH, OWN_KEY_PATH])
def test_on_whole_ground_nothing_is_refused(moment: Moment, requirements: Requirements) -> None:
    """Where every row holds, every moment passes, for the claiming device and without one, and nothing is lost."""
    world = whole(moment, requirements)
    assert refused_at(world, moment, DEVICE) is None
    assert refused_at(world, moment, None) is None
    assert lost(scene(world), moment) is None


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize(("reason", "turn"), BREAKS)
def test_each_row_fails_alone_where_the_table_asks(reason: R, turn: Turn, moment: Moment) -> None:
    """One row that does not hold refuses with its own reason at the moments of the design's table, and at no other."""
    world, device = broken(reason, moment, turn)
    assert reason in failing(world, moment, device)
    assert [each for each in failing(world, moment, device) if asked(each, moment)] == [reason] * asked(reason, moment)
    assert refused_at(world, moment, device) is (reason if asked(reason, moment) else None)


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize(("reason", "turn"), BREAKS)
def test_what_is_lost_for_good(reason: R, turn: Turn, moment: Moment) -> None:
    """Rows about the case's standing are lost where they are asked; age, window, clock and device only refuse."""
    world, _ = broken(reason, moment, turn)
    loses = asked(reason, moment) and EXPECTED[reason]["loses"]
    assert lost(scene(world), moment) is (reason if loses else None)


def test_every_row_is_tested() -> None:
    """The rows of the core, in their order, are those of the table, and each is broken."""
    assert [row.reason for row in GROUND] == list(EXPECTED) == list(dict(BREAKS))


@pytest.mark.parametrize("moment", Moment)
def test_the_first_row_that_fails_is_told(moment: Moment) -> None:
    """Where several rows fail, the refusal and the loss name the first of them in the table's order."""
    world = whole(moment)
    for turn in (turn for reason, turn in reversed(BREAKS) if reason is not R.PolicyMoved and asked(reason, moment)):
        turn(world)
        rows = [reason for reason in failing(world, moment, RIVAL) if asked(reason, moment)]
        assert refused_at(world, moment, RIVAL) is rows[0]
        assert lost(scene(world), moment) is next((each for each in rows if EXPECTED[each]["loses"]), None)
