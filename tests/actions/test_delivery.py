"""What the shell adds to delivery: a code that exists in its channel alone, and how often it is given."""

import pytest

from firstkey.actions import claim, delivery, devices, redemption
from firstkey.enrollment.case.words import PassState
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.device import JoinerDevice
from firstkey.values.instants import MINUTE
from tests.actions.looking import documents, entries, facts, policy_with, refusal, verifiers
from tests.actions.site_world import SiteWorld, done

IN_PERSON = policy_with(
    "managed_device_new", channel='"in_person"', channel_reason='"Its screen cannot open a sealed code."'
)


def ask(world: SiteWorld, device: JoinerDevice | None = None) -> delivery.PassAnswer:
    """A device asks for the pass."""
    return done(delivery.get_pass(world.site, world.by(device), devices.Handle(world.handle)))


def test_a_sealed_code_is_given_again_to_its_device_alone() -> None:
    """A closed page gets the very same sealed code; a rival gets nothing, and nothing is armed twice."""
    world = SiteWorld()
    world.prepare()
    first = ask(world)
    before = entries(world)
    assert ask(world).sealed == first.sealed
    assert entries(world) == before
    rival = JoinerDevice(now=world.clock.now)
    asking = delivery.get_pass(world.site, world.by(rival), devices.Handle(world.handle))
    assert refusal(asking) == "another-device-claimed"
    assert facts(world).count("PassArmed") == 1


def test_a_spent_code_is_not_given_again() -> None:
    """After redemption the device resumes inside its window, without a code."""
    world = SiteWorld()
    world.redeem(world.armed())
    answer = ask(world)
    assert (answer.sealed, answer.state.pass_state) == (None, PassState.REDEEMED)


def test_a_pass_that_ran_out_is_followed_by_another() -> None:
    """One press issues and arms the next; its code is another, and the old one is worth nothing. There are three."""
    world = SiteWorld()
    codes = [world.armed()]
    for _ in range(2):
        world.clock.instant += 10 * MINUTE
        world.visit()
        codes.append(world.get_pass())
    assert len(set(codes)) == 3
    asked = redemption.CodeToRedeem(world.handle, codes[0])
    assert refusal(redemption.redeem_pass(world.site, world.by(), asked)) == "code-wrong"
    world.clock.instant += 10 * MINUTE
    asking = delivery.get_pass(world.site, world.by(), devices.Handle(world.handle))
    assert refusal(asking) == "passes-used-up"


def test_a_later_pass_needs_a_fresh_visit() -> None:
    """On a presence path ten minutes after the visit nothing is issued; after another visit it is."""
    world = SiteWorld()
    world.armed()
    world.clock.instant += 10 * MINUTE
    asking = delivery.get_pass(world.site, world.by(), devices.Handle(world.handle))
    assert refusal(asking) == "presence-too-old"
    world.visit()
    assert world.get_pass()


def test_no_pass_is_issued_on_an_incomplete_case() -> None:
    """What is missing is named, nothing is issued, and no verifier is made."""
    world = SiteWorld()
    world.record_joiner()
    world.open()

    def missing() -> str:
        return refusal(delivery.get_pass(world.site, world.by(), devices.Handle(world.handle)))

    world.claim()
    assert missing() == "proofing-missing"
    world.proof()
    assert missing() == "approval-missing"
    world.approve()
    assert missing() == "anchor-missing"
    assert (verifiers(world), facts(world).count("PassIssued")) == ({}, 0)
    world.visit()
    assert world.get_pass()


@pytest.fixture
def typed() -> SiteWorld:
    """A case whose code a deliverer reads to the joiner; its pass is issued."""
    world = SiteWorld(IN_PERSON)
    world.prepare()
    answer = ask(world)
    assert (answer.sealed, answer.state.pass_state) == (None, PassState.ISSUED)
    return world


def reveal(world: SiteWorld, name: str = "rita", pass_id: str | None = None) -> delivery.PassToReveal:
    """Sign for revealing the code."""
    return delivery.PassToReveal(world.sign_on_case(name, "arm_pass", pass_id or str(world.shown.pass_id)))


def test_a_typed_code_is_born_when_it_is_shown_and_shown_once(typed: SiteWorld) -> None:
    """There is no verifier before; it is answered once, works with its check symbol, and is never shown again."""
    assert verifiers(typed) == {}
    shown = done(delivery.reveal_pass(typed.site, typed.operators["rita"], typed.case, reveal(typed)))
    assert list(verifiers(typed)) == [typed.shown.pass_id]
    assert documents(typed, DocumentKind.SEALED_CODE) == {}
    again = delivery.reveal_pass(typed.site, typed.operators["rita"], typed.case, reveal(typed))
    assert refusal(again) == "not-a-step"
    assert typed.redeem(shown.code.lower()).pass_state is PassState.REDEEMED


def test_who_approved_never_sees_the_code(typed: SiteWorld) -> None:
    """The deliverer is another person than the approver; an act that names another pass reveals nothing."""
    revealing = delivery.reveal_pass(typed.site, typed.operators["anna"], typed.case, reveal(typed, "anna"))
    assert refusal(revealing) == "duties-conflict"
    other = delivery.reveal_pass(typed.site, typed.operators["rita"], typed.case, reveal(typed, pass_id="other"))
    assert refusal(other) == "act-not-for-this"
    assert verifiers(typed) == {}


def test_a_mistyped_code_is_no_try(typed: SiteWorld) -> None:
    """A wrong check symbol is malformed; a well-formed wrong code is a try."""
    shown = done(delivery.reveal_pass(typed.site, typed.operators["rita"], typed.case, reveal(typed)))
    wrong = shown.code[:-1] + ("0" if shown.code[-1] != "0" else "1")
    asked = redemption.CodeToRedeem(typed.handle, wrong)
    assert refusal(redemption.redeem_pass(typed.site, typed.by(), asked)) == "code-malformed"
    assert typed.shown.tries_failed == 0
    asked = redemption.CodeToRedeem(typed.handle, "0" * 14)
    assert refusal(redemption.redeem_pass(typed.site, typed.by(), asked)) == "code-wrong"
    assert typed.shown.tries_failed == 1


def test_anybody_with_a_duty_kills_a_pass() -> None:
    """Lowering trust takes no signature and no ground; a pass that is not there cannot be killed."""
    world = SiteWorld()
    world.prepare()
    anna = world.operators["anna"]
    assert refusal(delivery.revoke_pass(world.site, anna, world.case, claim.Nothing())) == "not-a-step"
    world.get_pass()
    done(delivery.revoke_pass(world.site, anna, world.case, claim.Nothing()))
    assert world.shown.pass_state is PassState.REVOKED


def test_a_pass_whose_ground_has_gone_by_the_clock_is_not_given_again() -> None:
    """An employment that ended a moment ago, swept or not: no code any more, and that is written down."""
    world = SiteWorld()
    world.record_joiner(ends_at=world.clock.now() + 5 * MINUTE)
    world.open()
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    assert world.get_pass()
    world.clock.instant += 6 * MINUTE
    asking = delivery.get_pass(world.site, world.by(), devices.Handle(world.handle))
    assert refusal(asking) == "case-over"
    assert {"PassRevoked", "CaseClosed"} <= set(facts(world))
