"""The outbox: what is wanted outside is done at least once, in order, asked again, and confirmed by reading back."""

import asyncio

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from firstkey.actions.effects import Effect, Wanted, item_of, wanted_of
from firstkey.actions.outbox import OVERDUE_ATTEMPTS, WAIT_MS_MAX, Outbox
from firstkey.enrollment.case.words import Closure
from firstkey.values.instants import MINUTE, SECOND
from tests.actions.handover_world import ACCOUNT, TENANT, HandoverWorld, restore, suspend
from tests.actions.looking import facts
from tests.actions.site_world import SiteWorld, done

OPERATIONS = ("mint", "native_passes", "reap", "read_back")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("moment", ["fails_before", "fails_after"])
def test_a_call_that_fails_before_or_after_it_took_hold_comes_again(operation: str, moment: str) -> None:
    """However a call of the handover fails, the case ends with one credential, and no native pass opens anything."""
    world = HandoverWorld()
    world.redeemed()
    world.ask_native()
    world.behave(**{moment: (operation,), "times": 2})
    world.let_pass(8 * SECOND)
    credential = world.make_there(world.open_native(world.ask_native()))
    world.behave(**{moment: (operation,), "times": 2})
    world.let_pass(8 * SECOND)
    assert (world.shown.closed, world.shown.credential) == (Closure.COMPLETED, credential)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert facts(world).count("NativePassMinted") == 1


@pytest.mark.parametrize("operation", ["recall", "read_back"])
@pytest.mark.parametrize("moment", ["fails_before", "fails_after", "drops"])
def test_a_leavers_credential_is_removed_whatever_fails(operation: str, moment: str) -> None:
    """The end of a credential reaches its destination, and is confirmed once it is read back as gone, never before."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.behave(**{moment: (operation,)})
    world.record_joiner(active=False)
    world.let_pass(5 * SECOND)
    before = world.confirmed()
    world.behave()
    world.let_pass(8 * SECOND)
    assert before in ([], [("recall", credential)])
    assert (before == []) or (operation, moment) == ("read_back", "drops")
    assert world.confirmed() == [("recall", credential)]
    assert not world.page.opens(credential)
    assert facts(world, f"account/{ACCOUNT}")[-1] == "CredentialEnded"


def test_suspension_and_restoration_reach_the_destination() -> None:
    """One person suspends, two administrators restore; each is pushed, read back, and confirmed, in that order."""
    world = HandoverWorld()
    credential = world.completed_there()
    suspend(world, credential)
    world.work_outbox()
    states = [world.page.opens(credential)]
    restore(world, credential)
    world.work_outbox()
    states.append(world.page.opens(credential))
    assert states == [False, True]
    assert world.confirmed() == [("suspend", credential), ("restore", credential)]


def test_what_is_no_longer_wanted_is_not_done() -> None:
    """Suspended and restored while the destination was away: when it is back, only what stands now is asked of it."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.behave(fails_before=("suspend", "restore"))
    suspend(world, credential)
    world.let_pass(2 * SECOND)
    restore(world, credential)
    world.let_pass(2 * SECOND)
    world.behave()
    world.let_pass(MINUTE)
    assert world.confirmed() == [("restore", credential)]
    assert world.page.opens(credential)


def test_a_recall_outranks_what_came_before_it() -> None:
    """A restoration that the destination will not carry out keeps no recall waiting, and is not done afterwards."""
    world = HandoverWorld()
    credential = world.completed_there()
    suspend(world, credential)
    world.work_outbox()
    world.behave(refuses=("restore",))
    restore(world, credential)
    world.let_pass(2 * SECOND)
    assert world.confirmed() == [("suspend", credential)]
    world.record_joiner(active=False)
    world.work_outbox()
    assert world.confirmed()[-1] == ("recall", credential)
    world.behave()
    world.let_pass(MINUTE)
    assert world.confirmed() == [("suspend", credential), ("recall", credential)]
    assert (world.page.opens(credential), "restore" in world.waiting()) == (False, False)


def test_an_answer_that_is_not_so_confirms_nothing() -> None:
    """A destination that says done and does nothing is asked again until it is so."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.behave(drops=("suspend",))
    suspend(world, credential)
    world.let_pass(3 * SECOND)
    assert (world.confirmed(), world.page.opens(credential)) == ([], True)
    world.behave()
    world.let_pass(8 * SECOND)
    assert (world.confirmed(), world.page.opens(credential)) == ([("suspend", credential)], False)


def test_an_effect_waits_longer_each_time_and_never_gives_up() -> None:
    """Tried after one second, two, four, up to two minutes; after hours it is still there, an error, and then done."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.let_pass(30 * MINUTE, MINUTE)
    world.behave(fails_before=("recall",))
    world.record_joiner(active=False)
    waits, levels, at = [], list[str](), world.clock.instant
    for _ in range(OVERDUE_ATTEMPTS):
        with capture_logs() as logs:
            world.work_outbox()
        levels += [each["log_level"] for each in logs if each["event"] == "outbox" and each["effect"] == "recall"]
        due = world.store.read(lambda reader: reader.outbox_due(at + 10**10, 9)).result()
        (queued,) = (each for each in due if each.item.kind == Effect.RECALL)
        waits.append(queued.item.due_at - world.clock.instant)
        world.clock.instant = queued.item.due_at
    assert waits == [SECOND << n for n in range(7)] + [WAIT_MS_MAX] * (OVERDUE_ATTEMPTS - 7)
    assert levels == ["warning"] * (OVERDUE_ATTEMPTS - 1) + ["error"]
    world.clock.instant += 60 * MINUTE
    world.work_outbox()
    world.behave()
    world.clock.instant += WAIT_MS_MAX
    world.work_outbox()
    assert world.confirmed() == [("recall", credential)]


def test_a_clock_that_is_set_back_keeps_nothing_waiting() -> None:
    """The site's clocks disagree: what lowers trust is carried out all the same, also when it is tried again."""
    world = HandoverWorld()
    world.minted()
    clock = world.clock
    clock.now = lambda: clock.instant - 60 * MINUTE  # type: ignore[method-assign]  # somebody sets one of the two
    world.behave(fails_before=("reap",), times=2)
    world.close()

    async def work() -> None:
        runner = Outbox(world.site)
        try:
            for _ in range(20):
                clock.instant += SECOND
                await runner.start_due()
                await runner.finish_due()
                if "NativePassReaped" in facts(world):
                    break
        finally:
            await runner.close()

    done(work())
    assert facts(world)[-1] == "NativePassReaped"
    assert world.page.usable_native_passes(ACCOUNT) == 0


def test_a_destination_that_the_site_has_lost_is_waited_for() -> None:
    """Taken out of the site's settings, what is wanted there waits; put back, it is done."""
    world = HandoverWorld()
    credential = world.completed_there()
    configured = world.site
    world.site = replace(configured, destinations={})
    world.record_joiner(active=False)
    world.work_outbox()
    assert Effect.RECALL in world.waiting()
    world.site = configured
    world.let_pass(2 * SECOND)
    assert world.confirmed() == [("recall", credential)]


def test_a_defect_at_one_account_stops_no_other() -> None:
    """An effect that breaks is put off like one that fails; a lane beside it goes on."""
    world = HandoverWorld()
    credential = world.completed_there()
    suspend(world, credential)
    elsewhere = Wanted(TENANT, "no-case", "dir:200", "no-credential")
    world.store.execute(lambda tx: tx.enqueue(item_of(Effect.RECALL, elsewhere))).result()
    broken = world.tenant.suspend

    def breaks(account: str, credential: str) -> None:
        raise RuntimeError("a defect")

    world.tenant.suspend = breaks  # type: ignore[method-assign]  # a destination with a bug of its own
    world.work_outbox()
    assert world.confirmed() == []
    assert Effect.RECALL not in world.waiting()
    world.tenant.suspend = broken  # type: ignore[method-assign]  # it is mended
    world.let_pass(2 * SECOND)
    assert world.confirmed() == [("suspend", credential)]


def test_one_effect_of_an_account_at_a_time() -> None:
    """While an effect of a lane is under way no other of it begins, though it is due."""
    world = HandoverWorld()
    credential = world.completed_there()
    suspend(world, credential)

    async def twice() -> tuple[int, int]:
        runner = Outbox(world.site)
        try:
            first, second = await runner.start_due(), await runner.start_due()
            await runner.finish_due()
        finally:
            await runner.close()
        return first, second

    assert done(twice()) == (1, 1)
    assert world.confirmed() == [("suspend", credential)]


def test_a_runner_that_is_stopped_in_the_middle_loses_nothing() -> None:
    """Closed while an effect is under way, another runner carries it out."""
    world = HandoverWorld()
    credential = world.completed_there()
    suspend(world, credential)

    async def stopped() -> None:
        runner = Outbox(world.site)
        await runner.start_due()
        await asyncio.sleep(0)
        await runner.close()

    done(stopped())
    world.work_outbox()
    assert world.confirmed() == [("suspend", credential)]


def test_a_key_that_was_made_here_wants_nothing_outside() -> None:
    """`local` is what the account holds: its facts put nothing into the outbox."""
    world = SiteWorld()
    world.completed()
    world.record_joiner(active=False)
    assert world.store.read(lambda reader: reader.outbox_due(10**15, 9)).result() == ()
    assert facts(world, f"account/{ACCOUNT}") == ("CredentialHeld", "CredentialEnded")


def test_an_effect_is_read_back_as_it_was_noted() -> None:
    """Its kind and body say what is wanted where, and looking has a lane of its own."""
    wanted = Wanted(TENANT, "case", ACCOUNT, "subject")
    for effect in Effect:
        item = item_of(effect, wanted, 7)
        assert (wanted_of(item), item.due_at) == ((effect, wanted), 7)
        assert (item.lane == ACCOUNT) is (effect is not Effect.WATCH)
