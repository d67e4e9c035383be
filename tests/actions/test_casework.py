"""The one door to a case: what it appends, takes, frees and destroys, all in one transaction or not at all."""

from collections.abc import Callable

import pytest

from firstkey.actions import claim, closure, delivery, redemption, request
from firstkey.actions.casework import Casework
from firstkey.actions.devices import Handle
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import DeviceProof
from firstkey.enrollment.case.words import Closure, PassState, Stage
from firstkey.enrollment.claim import ClaimDevice
from firstkey.enrollment.closure import WithdrawCase
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.simulator.device import JoinerDevice
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY, MINUTE
from tests.actions.looking import documents, entries, facts, holder, in_casework, refusal, verifiers
from tests.actions.site_world import SiteWorld, done


def test_one_case_for_an_account_and_purpose() -> None:
    """A second one is refused while the first is open, and nothing of it is left; after the first's end it opens."""
    world = SiteWorld()
    world.record_joiner()
    first = world.open()
    before = entries(world)
    asked = request.CaseToOpen("dir:100", Purpose.FIRST_KEY)
    assert refusal(request.open_case(world.site, world.operators["rita"], asked)) == "slot-taken"
    assert entries(world) == before
    assert holder(world, SlotKind.OPEN_CASE, "dir:100:first_key") == f"case/{first.case}"
    world.close()
    assert holder(world, SlotKind.OPEN_CASE, "dir:100:first_key") is None
    assert world.open().case != first.case


def test_a_case_that_time_has_ended_stands_in_nobodys_way() -> None:
    """The next one's opening writes down that the first expired, in the same transaction, though nobody swept."""
    world = SiteWorld()
    world.record_joiner()
    first = world.open()
    world.clock.instant += 30 * DAY
    world.sign_in_again()
    world.open()
    assert facts(world, f"case/{first.case}")[-1] == "CaseClosed"
    assert facts(world)[0] == "CaseOpened"


def redeemed(world: SiteWorld, code: str) -> None:
    """The code is spent."""
    world.redeem(code)


def revoked(world: SiteWorld, _: str) -> None:
    """Somebody kills the pass."""
    done(delivery.revoke_pass(world.site, world.operators["paul"], world.case, claim.Nothing()))


def expired(world: SiteWorld, _: str) -> None:
    """Its ten minutes are over, and the device looks again."""
    world.clock.instant += 10 * MINUTE
    world.claim_status()


def swept(world: SiteWorld, _: str) -> None:
    """Its ten minutes are over, and nobody looks but the sweeper."""
    world.clock.instant += 10 * MINUTE
    world.sweep()


def withdrawn(world: SiteWorld, _: str) -> None:
    """The case is no longer wanted."""
    world.close()


def wrong_codes(world: SiteWorld, _: str) -> None:
    """Three wrong codes."""
    for __ in range(3):
        asked = redemption.CodeToRedeem(world.handle, "0" * 26)
        assert refusal(redemption.redeem_pass(world.site, world.by(), asked)) == "code-wrong"


def misused(world: SiteWorld, code: str) -> None:
    """The right code in a rival's hands."""
    asked = redemption.CodeToRedeem(world.handle, code)
    redeeming = redemption.redeem_pass(world.site, world.by(JoinerDevice(now=world.clock.now)), asked)
    assert refusal(redeeming) == "another-device-claimed"


def released(world: SiteWorld, _: str) -> None:
    """Two people let the device go."""
    claimed = str(world.shown.claim)
    signed = tuple(world.sign_on_case(name, "release_claim", claimed) for name in ("rita", "paul"))
    done(claim.release_claim(world.site, world.operators["rita"], world.case, claim.ClaimToRelease(signed)))


def left(world: SiteWorld, _: str) -> None:
    """HR says that the joiner has left."""
    world.record_joiner(active=False)


def moved(world: SiteWorld, _: str) -> None:
    """The inventory says that the device is not theirs; the path is no longer this one."""
    world.record_joiner(facts={"device": "shared"})


ENDS: list[tuple[Callable[[SiteWorld, str], None], PassState, Closure | None]] = [
    (redeemed, PassState.REDEEMED, None),
    (revoked, PassState.REVOKED, None),
    (expired, PassState.EXPIRED, None),
    (swept, PassState.EXPIRED, None),
    (withdrawn, PassState.REVOKED, Closure.WITHDRAWN),
    (wrong_codes, PassState.BURNED, Closure.TRIES_EXHAUSTED),
    (misused, PassState.REVOKED, Closure.MISUSED),
    (released, PassState.REVOKED, None),
    (left, PassState.REVOKED, Closure.LEFT),
    (moved, PassState.REVOKED, Closure.SUPERSEDED),
]


@pytest.mark.parametrize(("end", "state", "closed"), ENDS, ids=lambda each: getattr(each, "__name__", ""))
def test_the_verifier_is_destroyed_at_every_end_of_the_pass(
    end: Callable[[SiteWorld, str], None], state: PassState, closed: Closure | None
) -> None:
    """However the pass ends, its verifier and its sealed code are gone in that very transaction."""
    world = SiteWorld()
    code = world.armed()
    assert (len(verifiers(world)), len(documents(world, DocumentKind.SEALED_CODE))) == (1, 1)
    end(world, code)
    assert (verifiers(world), documents(world, DocumentKind.SEALED_CODE)) == ({}, {})
    assert (world.shown.pass_state, world.shown.closed) == (state, closed)
    assert code.encode() not in repr(world.store.look(lambda rows: dict(rows.tables)).result()).encode()


def test_a_rehearsal_changes_nothing() -> None:
    """It refuses what deciding would refuse, and where it would not, nothing has happened."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    before = entries(world)
    assert in_casework(world, lambda casework: casework.rehearse(world.case, WithdrawCase(_person(world)))) is None
    assert (entries(world), world.shown.closed) == (before, None)
    with pytest.raises(Refused):
        in_casework(world, lambda casework: casework.rehearse(world.case, WithdrawCase("nobody")))


def _person(world: SiteWorld) -> str:
    return world.people["rita"].person


def test_a_failed_append_leaves_nothing_behind() -> None:
    """A slot that another case holds undoes the whole work, in memory too; the same case goes on afterwards."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.claim()
    device_key, first = world.device.device_key, world.case
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    before = entries(world)

    def claim_with_the_same_key(casework: Casework) -> None:
        casework.decide(world.case, ClaimDevice(claim="c", device=DeviceProof(device_key), sealing_key="s"))

    with pytest.raises(Refused) as refused:
        in_casework(world, claim_with_the_same_key)
    assert (refused.value.type, entries(world)) == ("slot-taken", before)
    assert world.shown.claim is None
    world.device = JoinerDevice(now=world.clock.now)
    assert world.claim().claimed
    assert holder(world, SlotKind.DEVICE_KEY, device_key) == f"case/{first}"


def test_a_changed_record_acts_on_open_cases_at_once() -> None:
    """What HR says is written into every open case of the person in the same transaction, and into no other."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    case = world.case
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    world.record_joiner(active=False)
    closed = in_casework(world, lambda casework: casework.read(case))
    assert isinstance(closed, Case)
    assert (closed.closed, world.shown.closed) == (Closure.LEFT, None)


def test_the_queue_shows_what_a_case_waits_for() -> None:
    """Its row follows each append: the stage, the next deadline, and none once it is over."""
    world = SiteWorld()
    world.record_joiner()
    world.open()

    def row() -> tuple[str, int]:
        found = world.store.look(lambda rows: rows.tables["cases"][f"case/{world.case}"]).result()
        return found.stage, found.due_at

    opened = world.clock.instant
    assert row() == (Stage.PROOFING, opened + 30 * DAY)
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    world.get_pass()
    assert row() == (Stage.REDEMPTION, opened + 10 * MINUTE)
    world.close()
    assert row() == (Stage.CLOSED, 2**53 - 1)


def test_an_unknown_case_is_nobodys() -> None:
    """An act on a case that does not exist finds nothing, and opens nothing."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    withdrawing = closure.withdraw_case(world.site, world.operators["rita"], "no-case", claim.Nothing())
    assert refusal(withdrawing) == "not-found"
    getting = delivery.get_pass(world.site, world.by(), Handle("no-handle"))
    assert refusal(getting) == "not-found"
