"""What the shell adds to closure: who may end a case, and how a held one ends as a fraud."""

from firstkey.actions import claim, closure, devices, request
from firstkey.enrollment.case.words import Closure
from tests.actions.looking import facts, policy_with, refusal
from tests.actions.site_world import SiteWorld, done


def test_a_requester_ends_a_case_and_a_joiner_in_a_session_does_not() -> None:
    """Whoever holds the duty withdraws it; nobody else does."""
    world = SiteWorld()
    world.completed()
    joiner = world.sign_in_as_joiner()
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    assert refusal(closure.withdraw_case(world.site, joiner, world.case, claim.Nothing())) == "not-found"
    answer = done(closure.withdraw_case(world.site, world.operators["anna"], world.case, claim.Nothing()))
    assert answer.closed is Closure.WITHDRAWN
    again = closure.withdraw_case(world.site, world.operators["anna"], world.case, claim.Nothing())
    assert refusal(again) == "case-over"


def test_a_fraud_is_a_verdict_of_two_on_a_held_case() -> None:
    """Not held, it is no verdict; held, two without a part in it end it, and the ledger says who."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.claim()

    def report(*names: str) -> request.ActOfTwo:
        return request.ActOfTwo(tuple(world.sign_on_case(name, "report_fraud") for name in names))

    early = closure.report_fraud(world.site, world.operators["anna"], world.case, report("anna", "cora"))
    assert refusal(early) == "case-not-held"
    done(claim.not_me(world.site, world.by(), devices.Handle(world.handle)))
    one = closure.report_fraud(world.site, world.operators["anna"], world.case, report("anna"))
    assert refusal(one) == "people-too-few"
    answer = done(closure.report_fraud(world.site, world.operators["anna"], world.case, report("anna", "cora")))
    assert answer.closed is Closure.FRAUD_REPORTED
    last = world.store.read(lambda reader: reader.load(f"case/{world.case}")).result()[-1]
    assert all(world.people[name].person.encode() in last.body for name in ("anna", "cora"))


def test_a_review_is_by_somebody_without_a_part_and_once() -> None:
    """Only a path that asks for it takes one, after its end; who had a duty in the case reviews nothing."""
    world = SiteWorld(policy_with("managed_device_new", after_review="true"))
    world.record_joiner()
    world.open()
    world.proof()

    def review(name: str, outcome: str = "in order") -> closure.ReviewToRecord:
        return closure.ReviewToRecord(outcome, world.sign_on_case(name, "record_review", outcome))

    early = closure.record_review(world.site, world.operators["anna"], world.case, review("anna"))
    assert refusal(early) == "review-not-due"
    world.close()
    own = closure.record_review(world.site, world.operators["paul"], world.case, review("paul"))
    assert refusal(own) == "duties-conflict"
    other = closure.ReviewToRecord("out of order", world.sign_on_case("anna", "record_review", "in order"))
    reviewing = closure.record_review(world.site, world.operators["anna"], world.case, other)
    assert refusal(reviewing) == "act-not-for-this"
    done(closure.record_review(world.site, world.operators["anna"], world.case, review("anna")))
    assert facts(world)[-1] == "ReviewRecorded"
    again = closure.record_review(world.site, world.operators["cora"], world.case, review("cora"))
    assert refusal(again) == "already-reviewed"
