"""A native pass is watched until it is gone: what a destination hides, delays or denies is found or waited for."""

import pytest

from firstkey.actions import claim, closure, delivery, devices, handover, watching
from firstkey.actions.effects import Wanted
from firstkey.destinations.handover_simulator import Conduct
from firstkey.enrollment.case.facts import CredentialRegistered, NativePassReaped, StrayCredentialFound
from firstkey.enrollment.case.words import Cause, Closure, NativeState, PassState
from firstkey.policy.model import Purpose
from firstkey.ports.kinds import SlotKind
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE, SECOND
from tests.actions.handover_world import ACCOUNT, POLICY, TENANT, HandoverWorld
from tests.actions.looking import entries, facts, holder, in_casework, refusal
from tests.actions.site_world import done


def test_a_native_pass_that_nobody_used_goes_with_its_window() -> None:
    """At ten minutes it is removed, read back as gone at once, and the case may have another pass."""
    world = HandoverWorld()
    world.minted()
    world.let_pass(10 * MINUTE + 2 * SECOND, 30 * SECOND)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert world.shown.pass_state is PassState.EXPIRED
    assert facts(world)[-2:] == ("PassExpired", "NativePassReaped")
    world.visit()
    world.get_pass()


def withdrawn(world: HandoverWorld) -> None:
    """The case is no longer wanted."""
    world.close()


def not_me(world: HandoverWorld) -> None:
    """The joiner's device says that this was not them."""
    done(claim.not_me(world.site, world.by(), devices.Handle(world.handle)))


def revoked(world: HandoverWorld) -> None:
    """Somebody kills the pass."""
    done(delivery.revoke_pass(world.site, world.operators["paul"], world.case, claim.Nothing()))


def left(world: HandoverWorld) -> None:
    """The joiner leaves in the middle."""
    world.record_joiner(active=False)


def consent_withdrawn(world: HandoverWorld) -> None:
    """The approver leaves; the ground is gone."""
    world.record_operator("anna", active=False)


ENDS = [withdrawn, not_me, revoked, left, consent_withdrawn]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_native_pass_goes_with_what_it_rests_on(end: object) -> None:
    """Closure, hold, revocation, a leaver, a lost quorum: a second later it opens nothing, and is read back as gone."""
    world = HandoverWorld()
    secret = world.open_native(world.minted())
    end(world)  # type: ignore[operator]  # one of ENDS
    world.let_pass(SECOND)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert "NativePassReaped" in facts(world)
    with pytest.raises(Refused):
        world.page.begin(secret)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_what_ends_before_it_is_minted_is_not_minted(end: object) -> None:
    """The destination was away: when it is back the effect is asked again, and nothing is minted."""
    world = HandoverWorld()
    world.redeemed()
    world.ask_native()
    world.behave(fails_before=("mint", "reap"))
    world.work_outbox()
    end(world)  # type: ignore[operator]  # as it was above
    world.behave()
    world.let_pass(3 * SECOND)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert facts(world)[-1] == "NativePassReaped"
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is None


def next_pass(world: HandoverWorld) -> str:
    """Another case of the account goes as far as its pass, as far as it gets; return the refusal."""
    world.open()
    world.device = type(world.device)(now=world.clock.now)
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    return refusal(delivery.get_pass(world.site, world.by(), devices.Handle(world.handle)))


def test_until_it_is_gone_the_account_gets_no_new_pass() -> None:
    """A destination that answers and removes nothing: the case closes, the next one waits, until it is read as gone."""
    world = HandoverWorld()
    world.minted()
    world.behave(drops=("reap",))
    world.close()
    world.let_pass(3 * SECOND)
    assert world.shown.closed is Closure.WITHDRAWN
    assert next_pass(world) == "native-pass-stands"
    assert world.page.usable_native_passes(ACCOUNT) == 1
    world.behave()
    world.let_pass(2 * SECOND)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    world.get_pass()


def uninvolved(world: HandoverWorld) -> None:
    """Rita asks, proofs and confirms, as a small team may; two others, now Dora and Emil, have no part in it."""
    for spare, name in (("dora", "paul"), ("emil", "cora")):
        world.people[spare], world.operators[spare] = world.people[name], world.operators[name]
        world.people[name], world.operators[name] = world.people["rita"], world.operators["rita"]


def test_two_administrators_may_give_a_destination_up() -> None:
    """It never answers again: two without a duty in the case sign that it is lost, and the account goes on."""
    world = HandoverWorld()
    uninvolved(world)
    native = world.minted().native
    assert native is not None
    first = world.case
    world.close()
    world.behave(fails_before=("reap", "native_passes", "read_back"))
    world.let_pass(3 * SECOND)
    assert next_pass(world) == "native-pass-stands"
    after = world.case
    world.case = first
    for names, outcome in ((("rita", "dora"), "duties-conflict"), (("dora", "emil"), None)):
        signed = tuple(world.sign_on_case(name, "declare_destination_lost", native) for name in names)
        asked = handover.DestinationLost(native, signed)
        declaring = handover.declare_destination_lost(world.site, world.operators[names[0]], world.case, asked)
        if outcome is None:
            done(declaring)
        else:
            assert refusal(declaring) == outcome
    assert world.last(NativePassReaped).cause is Cause.DESTINATION_LOST
    world.case = after
    world.get_pass()


def test_a_destination_that_says_used_while_it_is_not_changes_nothing() -> None:
    """What it says is noted; the pass is removed all the same, and no credential comes of it."""
    world = HandoverWorld()
    world.minted()
    world.behave(says_used=True)
    world.let_pass(2 * SECOND)
    assert facts(world)[-1] == "NativePassUsed"
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert world.shown.credential is None
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is not None
    world.let_pass(25 * MINUTE, MINUTE)
    assert "NativePassReaped" in facts(world)
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is None


def test_a_destination_that_says_gone_while_it_is_usable_is_found_out() -> None:
    """Its word ends the wait; what is made with the pass afterwards is nobody's: a stray, an alarm, and no case's."""
    world = HandoverWorld()
    secret = world.open_native(world.minted())
    world.page.behave(Conduct(says_gone=True, drops=("reap",)))
    world.close()
    world.let_pass(2 * SECOND)
    assert facts(world)[-1] == "NativePassReaped"
    credential = world.make_there(secret)
    world.let_pass(30 * SECOND)
    assert world.last(StrayCredentialFound).credential == credential
    assert world.shown.credential is None


@pytest.mark.parametrize("old_news_ms", [5 * SECOND, 90 * SECOND])
def test_old_news_is_waited_for(old_news_ms: int) -> None:
    """A destination that shows what was a while ago: the honest joiner's credential is this case's all the same."""
    world = HandoverWorld()
    world.redeemed()
    world.ask_native()
    world.work_outbox()
    secret = world.open_native(world.ask_native())
    world.behave(old_news_ms=old_news_ms)
    credential = world.make_there(secret)
    world.let_pass(2 * old_news_ms + 2 * SECOND)
    assert (world.shown.closed, world.shown.credential) == (Closure.COMPLETED, credential)
    assert "StrayCredentialFound" not in facts(world)


def test_a_credential_that_stood_there_before_is_nobodys_news() -> None:
    """Only what appears after minting is looked at."""
    world = HandoverWorld()
    world.stray("older")
    credential = world.completed_there()
    assert world.shown.credential == credential
    assert "StrayCredentialFound" not in facts(world)


def test_a_credential_written_past_us_is_an_alarm_once() -> None:
    """Beside this case's own appears another: one fact names it, and it is told no second time."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.stray()
    world.let_pass(20 * MINUTE, MINUTE)
    assert world.shown.credential == credential
    assert facts(world).count("StrayCredentialFound") == 1
    assert world.last(StrayCredentialFound) == StrayCredentialFound(
        at=world.last(StrayCredentialFound).at, destination=TENANT, credential="stray"
    )


def test_a_poor_key_at_the_destination_is_a_stray() -> None:
    """What the joiner makes there must meet the path's terms as it must here: an unattested key is not this case's."""
    world = HandoverWorld()
    secret = world.open_native(world.minted())
    world.authenticator = type(world.authenticator)()
    credential = world.make_there(secret)
    world.let_pass(2 * SECOND)
    assert world.last(StrayCredentialFound).credential == credential
    assert world.shown.credential is None


def test_what_comes_too_late_is_a_stray() -> None:
    """Fifteen minutes after the window nothing is this case's any more; until then it is."""
    for late, kind in ((-MINUTE, CredentialRegistered), (MINUTE, StrayCredentialFound)):
        world = HandoverWorld()
        secret = world.open_native(world.minted())
        credential = world.make_there(secret)
        world.behave(fails_before=("read_back",))
        world.let_pass(25 * MINUTE + late, MINUTE)
        world.behave()
        world.let_pass(2 * MINUTE, MINUTE)
        fact = world.last(kind)
        assert credential == (fact.made.credential if isinstance(fact, CredentialRegistered) else fact.credential)


def test_a_native_pass_minted_past_us_goes_before_ours_comes() -> None:
    """Whoever holds a role there has minted one for the account: it is reaped before our own is minted."""
    world = HandoverWorld()
    world.page.plant_native_pass(ACCOUNT, "planted", 60 * MINUTE)
    secret = world.open_native(world.minted())
    with pytest.raises(Refused):
        world.page.begin("planted")
    world.make_there(secret)


def test_a_destination_that_will_not_mint_leaves_nothing() -> None:
    """It says no for good: the grant is written off, and the device may ask again within its window."""
    world = HandoverWorld()
    world.redeemed()
    world.behave(refuses=("mint",))
    world.ask_native()
    world.work_outbox()
    assert facts(world)[-2:] == ("NativePassMinted", "NativePassReaped")
    assert world.claim_status().native_state is NativeState.REAPED
    world.behave()
    world.ask_native()
    world.work_outbox()
    assert world.open_native(world.ask_native())


def test_a_pass_that_goes_before_its_time_may_have_been_used() -> None:
    """Not used as far as was seen, not removed by us, and gone: its credential is waited for, and is this case's."""
    world = HandoverWorld()
    secret = world.open_native(world.minted())
    options = world.page.begin(secret)
    world.tenant.reap(ACCOUNT, None)
    world.let_pass(MINUTE)
    assert holder(world, SlotKind.NATIVE_PASS, ACCOUNT) is not None
    credential = world.page.finish(secret, world.authenticator.register(options, world.page.origin))
    world.let_pass(3 * SECOND)
    assert (world.shown.closed, world.shown.credential) == (Closure.COMPLETED, credential)


def test_what_is_written_past_us_is_found_within_the_hour() -> None:
    """Long after the case, a credential that appears is an alarm, and a native pass that nobody was granted is gone."""
    world = HandoverWorld()
    credential = world.completed_there()
    world.let_pass(5 * HOUR, HOUR)
    world.sign_in_again()
    world.stray()
    world.page.plant_native_pass(ACCOUNT, "planted", 5 * HOUR)
    world.let_pass(HOUR, HOUR)
    assert world.last(StrayCredentialFound).credential == "stray"
    assert facts(world, f"destination/{ACCOUNT}") == ("StrayNativePassFound",)
    assert world.page.usable_native_passes(ACCOUNT) == 0
    assert world.page.opens(credential)
    world.let_pass(3 * HOUR, HOUR)
    assert facts(world, f"destination/{ACCOUNT}") == ("StrayNativePassFound",)


def test_what_is_removed_past_us_is_told_once() -> None:
    """Somebody removes the joiner's key there: within the hour one fact says so; back again and gone again, another."""
    world = HandoverWorld()
    credential = world.completed_there()
    seen = world.page.read_back(ACCOUNT)[0]
    for _ in range(2):
        world.let_pass(2 * HOUR, HOUR)
        world.page.remove(credential)
        world.let_pass(3 * HOUR, HOUR)
        world.page.plant(ACCOUNT, seen)
        world.let_pass(HOUR, HOUR)
    assert facts(world, f"destination/{ACCOUNT}") == ("CredentialMissing",) * 2
    assert "StrayCredentialFound" not in facts(world)


def test_a_pass_of_the_next_case_is_not_taken_for_a_stray() -> None:
    """The account is handed over again: the watch of the first case leaves the second one's native pass alone."""
    head, name, rest = POLICY.partition(b'name = "recovery_device"')
    world = HandoverWorld(head + name + rest.replace(b'["local"]', b'["tenant"]', 1))
    first = world.completed_there()
    world.let_pass(2 * HOUR, HOUR)
    world.sign_in_again()
    world.open(Purpose.RECOVERY, lost_credential=first)
    world.device = type(world.device)(now=world.clock.now)
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.ask_native()
    world.let_pass(3 * SECOND)
    second = world.make_there(world.open_native(world.ask_native()))
    world.let_pass(3 * SECOND)
    assert (world.shown.closed, world.shown.credential) == (Closure.COMPLETED, second)
    assert [world.page.opens(each) for each in (first, second)] == [False, True]
    assert facts(world, f"destination/{ACCOUNT}") == ("EffectConfirmed",)


def test_a_late_look_does_not_overwrite_the_next_native_pass() -> None:
    """A watch was under way while another case was given its native pass: what it saw then is of no use any more."""
    world = HandoverWorld()
    native = world.minted().native
    assert native is not None
    wanted = Wanted(TENANT, world.case, ACCOUNT, native)
    world.close()
    world.let_pass(2 * SECOND)
    plan = in_casework(world, lambda casework: watching.ask(casework, wanted))
    told = watching.act(world.site, world.tenant, wanted, plan)
    world.device = type(world.device)(now=world.clock.now)
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.ask_native()
    world.work_outbox()
    in_casework(world, lambda casework: watching.settle(casework, wanted, plan, told))
    assert world.make_there(world.open_native(world.ask_native()))


def test_idle_watching_writes_no_facts() -> None:
    """Looking at a pass that stands as it stood is not history."""
    world = HandoverWorld()
    world.minted()
    before = entries(world)
    world.let_pass(5 * SECOND)
    assert entries(world) == before


def test_a_pending_credential_follows_its_case() -> None:
    """Its approver leaves before it activates: suspended there too; the case is withdrawn: removed there."""
    world = HandoverWorld()
    credential = world.make_there(world.open_native(world.minted()))
    world.clock.instant += SECOND
    world.work_outbox()
    opens = [world.page.opens(credential)]
    consent_withdrawn(world)
    world.sweep()
    world.work_outbox()
    opens.append(world.page.opens(credential))
    done(closure.withdraw_case(world.site, world.operators["rita"], world.case, claim.Nothing()))
    world.work_outbox()
    assert opens == [True, False]
    assert world.confirmed() == [("suspend", credential), ("recall", credential)]
    assert world.shown.closed is Closure.WITHDRAWN
    assert world.shown.purpose is Purpose.FIRST_KEY
