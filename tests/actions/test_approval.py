"""What the shell adds to approval: a consent is counted by who signed it, and by whether they are still there."""

from firstkey.actions import approval, delivery, request
from firstkey.actions.devices import Handle
from firstkey.enrollment.case.words import Closure, PassState
from tests.actions.looking import refusal
from tests.actions.site_world import SiteWorld, done


def proofed() -> SiteWorld:
    """A case that waits for approval."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.proof()
    return world


def test_a_consent_is_to_the_case_as_it_is() -> None:
    """A digest that was read before the device claimed the case is not today's; the one that the case shows is."""
    world = proofed()
    early = world.shown.digest
    world.claim()
    asked = request.ActOnCase(world.sign_on_case("anna", "give_approval", digests=(early,)))
    given = approval.give_approval(world.site, world.operators["anna"], world.case, asked)
    assert refusal(given) == "digest-differs"
    world.approve()
    assert world.shown.approvals == (world.people["anna"].person,)


def test_a_denial_closes_the_case() -> None:
    """One no is enough, and it is over for good."""
    world = proofed()
    signed = world.sign_on_case("anna", "deny_approval")
    asked = request.ActOnCase(signed)
    answer = done(approval.deny_approval(world.site, world.operators["anna"], world.case, asked))
    assert answer.closed is Closure.DENIED


def test_a_consent_taken_back_carries_nothing() -> None:
    """After it is withdrawn no pass is issued; given once more, one is."""
    world = proofed()
    world.approve()
    world.claim()
    world.visit()
    asked = request.Withdrawal(world.sign_on_case("anna", "withdraw_approval"))
    done(approval.withdraw_approval(world.site, world.operators["anna"], world.case, asked))
    assert refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle))) == "approval-missing"
    world.approve()
    assert world.get_pass()


def test_somebody_who_has_left_approves_nothing() -> None:
    """An approver whom a source of record says has left no longer counts; the same consent carried the pass before."""
    world = proofed()
    world.approve()
    world.claim()
    world.visit()
    world.get_pass()
    world.record_operator("anna", active=False)
    world.claim_status()
    assert world.shown.pass_state is PassState.REVOKED
    assert refusal(delivery.get_pass(world.site, world.by(), Handle(world.handle))) == "approval-missing"
