"""Delegation: scoped, dated, signed by whoever gives it, never chained; both count."""

from typing import Any

import msgspec
import pytest

from firstkey.actions import approval, delegation, delivery, devices, duties, queries, request
from firstkey.actions.delegation import DelegationShown, DelegationToEnd, DelegationToGive, delegation_names
from firstkey.actions.queries import CasesAsked
from firstkey.actions.scopes import Scope
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.words import Closure
from firstkey.policy.model import Duty, Purpose
from firstkey.values.instants import DAY, HOUR
from tests.actions.looking import facts, in_casework, refusal
from tests.actions.site_world import UNSIGNED, SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A founded site, a joiner whose manager is mona, and dora, who holds nothing."""
    world = SiteWorld()
    world.enroll_operator("mona", 500)
    world.enroll_operator("dora", 600)
    world.record_joiner(manager="p-500", unit="sales")
    return world


def asked(world: SiteWorld, delegate: str, *duties: str, **changed: Any) -> DelegationToGive:
    """What somebody hands on, for a day."""
    content = {"ends_at": world.clock.now() + DAY, "signed": UNSIGNED, **changed}
    return DelegationToGive(world.people[delegate].person, duties, **content)


def give(world: SiteWorld, name: str, delegate: str, *duties: str, **changed: Any) -> Any:
    """Hand duties on; return the action's coroutine."""
    wanted = asked(world, delegate, *duties, **changed)
    signed = world.sign(name, "give_delegation", names=delegation_names(wanted))
    return delegation.give_delegation(world.site, world.operators[name], msgspec.structs.replace(wanted, signed=signed))


def end(world: SiteWorld, name: str, given: DelegationShown) -> Any:
    """End it."""
    signed = world.sign(name, "end_delegation", names=(given.delegation,))
    return delegation.end_delegation(world.site, world.operators[name], DelegationToEnd(given.delegation, signed))


def opening(world: SiteWorld, name: str, on_behalf_of: str | None, account: str = "dir:100") -> Any:
    """Open a case, for somebody."""
    wanted = request.CaseToOpen(account, Purpose.FIRST_KEY, on_behalf_of=on_behalf_of)
    return request.open_case(world.site, world.operators[name], wanted)


def approving(world: SiteWorld, name: str, on_behalf_of: str) -> Any:
    """Consent for somebody."""
    meant = {"case": world.case, "revision": 1, "digests": (world.shown.digest,), "on_behalf_of": on_behalf_of}
    signed = world.sign(name, "give_approval", **meant)
    return approval.give_approval(world.site, world.operators[name], world.case, request.ActOnCase(signed))


def test_delegated_onboarding(world: SiteWorld) -> None:
    """Dora asks by the manager's delegation: its own path is picked, both are requesters, and it completes."""
    assert refusal(opening(world, "dora", "p-500")) == "account-unknown"
    done(give(world, "mona", "dora", "requester"))
    begun = done(opening(world, "dora", "p-500"))
    world.case, world.handle = begun.case, begun.handle
    assert begun.path == "delegated_onboarding"

    def parts(casework: Any) -> frozenset[tuple[Duty, str]]:
        state = casework.read(begun.case)
        assert isinstance(state, Case)
        return state.duties

    assert in_casework(world, parts) == {(Duty.REQUESTER, "p-500"), (Duty.REQUESTER, "p-600")}
    world.proof()
    world.approve()
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.register()
    world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_a_delegate_is_found_wanting_without_the_delegation(world: SiteWorld) -> None:
    """For themselves dora may not ask, nor for mona's other reports outside the scope, nor after the end."""
    done(give(world, "mona", "dora", "requester", scope=Scope(unit="sales"), ends_at=world.clock.now() + HOUR))
    world.record_joiner(person="p-200", account="dir:200", manager="p-500", unit="finance")
    assert refusal(opening(world, "dora", None)) == "not-eligible"
    assert refusal(opening(world, "dora", "p-500", "dir:200")) == "account-unknown"
    world.clock.instant += HOUR
    world.sign_in_again()
    assert refusal(opening(world, "dora", "p-500")) == "account-unknown"


def test_a_delegate_sees_what_the_delegator_sees(world: SiteWorld) -> None:
    """And no more: the case of a report, not that of somebody else."""
    world.open()
    mine = world.case
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    dora = world.operators["dora"]
    assert refusal(queries.list_cases(world.site, dora, CasesAsked())) == "not-found"
    done(give(world, "mona", "dora", "requester"))
    assert [row.case for row in done(queries.list_cases(world.site, dora, CasesAsked())).cases] == [mine]
    assert refusal(queries.show_case(world.site, dora, world.case)) == "not-found"


def test_nobody_hands_on_what_they_do_not_hold(world: SiteWorld) -> None:
    """Not a duty never held, not a wider scope, not what they hold by a delegation, not the administrator's."""
    world.grant("p-600", "approver", unit="sales")
    assert refusal(give(world, "dora", "mona", "proofer")) == "duty-not-held"
    assert refusal(give(world, "dora", "mona", "approver")) == "duty-not-held"
    assert refusal(give(world, "paul", "dora", "administrator")) == "duty-unknown"
    done(give(world, "mona", "dora", "requester"))
    assert refusal(give(world, "dora", "anna", "requester")) == "duty-not-held"
    assert done(give(world, "dora", "mona", "approver", scope=Scope(unit="sales"))).delegate == "p-500"


def test_a_delegation_is_bounded(world: SiteWorld) -> None:
    """Ninety days at most, never over already, never to oneself, to nobody unknown, never both ways."""
    assert (
        refusal(give(world, "anna", "cora", "approver", ends_at=world.clock.now() + 91 * DAY)) == "delegation-too-long"
    )
    assert refusal(give(world, "anna", "cora", "approver", ends_at=world.clock.now())) == "delegation-too-long"
    assert refusal(give(world, "anna", "anna", "approver")) == "own-duty"
    done(give(world, "anna", "cora", "approver"))
    assert refusal(give(world, "cora", "anna", "approver")) == "delegation-cycle"


def test_both_count_for_separation(world: SiteWorld) -> None:
    """Rita, who asked, delegates approving: whoever acts for her is refused as she is; for anna it counts once."""
    rita, anna = world.people["rita"].person, world.people["anna"].person
    world.open()
    world.proof()
    done(give(world, "rita", "dora", "approver"))
    assert refusal(approving(world, "dora", rita)) == "duties-conflict"
    done(give(world, "anna", "dora", "approver"))
    done(approving(world, "dora", anna))
    assert world.shown.approvals == ("p-600",)
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    again = approval.give_approval(world.site, world.operators["anna"], world.case, request.ActOnCase(signed))
    assert refusal(again) == "approver-already-approved"


def test_a_delegation_lends_its_own_duties_alone(world: SiteWorld) -> None:
    """Cora approves herself, but does not write anna in as approver by a delegation of proofing."""
    anna = world.people["anna"].person
    world.open()
    world.proof()
    done(give(world, "anna", "cora", "proofer"))
    assert refusal(approving(world, "cora", anna)) == "not-eligible"
    world.approve("cora")
    assert world.shown.approvals == (world.people["cora"].person,)


def test_it_dies_with_what_it_rests_on(world: SiteWorld) -> None:
    """An approval given for anna counts until she loses the duty."""
    anna = world.people["anna"].person
    world.open()
    world.proof()
    done(give(world, "anna", "dora", "approver"))
    done(approving(world, "dora", anna))
    world.claim()
    world.visit()
    world.withdraw(anna, "approver")
    assert refusal(delivery.get_pass(world.site, world.by(), devices.Handle(world.handle))) == "approval-missing"


def test_its_delegator_ends_it(world: SiteWorld) -> None:
    """Or an administrator; the delegate cannot, and afterwards nothing is done by it."""
    given = done(give(world, "mona", "dora", "requester"))
    assert refusal(end(world, "dora", given)) == "not-found"
    done(end(world, "mona", given))
    assert refusal(opening(world, "dora", "p-500")) == "account-unknown"
    again = done(give(world, "mona", "dora", "requester"))
    assert done(end(world, "paul", again)).delegations == ()


def test_an_act_for_another_says_what_it_names(world: SiteWorld) -> None:
    """What is signed for two duties does not give three."""
    wanted = asked(world, "cora", "approver", "proofer")
    signed = world.sign("anna", "give_delegation", names=delegation_names(asked(world, "cora", "approver")))
    giving = delegation.give_delegation(
        world.site, world.operators["anna"], msgspec.structs.replace(wanted, signed=signed)
    )
    assert refusal(giving) == "act-not-for-this"


def test_an_administrator_administers_for_nobody(world: SiteWorld) -> None:
    """An act that names a delegator grants nothing."""
    done(give(world, "anna", "paul", "approver"))
    names = ("p-600", "approver", "everything", "for ever")
    signed = world.sign("paul", "grant_duty", names=names, on_behalf_of=world.people["anna"].person)
    granting = duties.grant_duty(world.site, world.operators["paul"], duties.DutyToGrant("p-600", "approver", signed))
    assert refusal(granting) == "act-not-for-this"


def test_a_pass_dies_with_the_delegation_that_it_rests_on(world: SiteWorld) -> None:
    """In the transaction that ends it."""
    anna = world.people["anna"].person
    world.open()
    world.proof()
    given = done(give(world, "anna", "dora", "approver"))
    done(approving(world, "dora", anna))
    world.claim()
    world.visit()
    world.get_pass()
    done(end(world, "anna", given))
    assert facts(world)[-1] == "PassRevoked"


def test_who_has_nothing_to_hand_on_learns_of_nobody(world: SiteWorld) -> None:
    """Whether the delegate is on record or not, the answer is the same."""
    for delegate in ("p-500", "unheard-of"):
        wanted = msgspec.structs.replace(asked(world, "mona", "approver"), delegate=delegate)
        signed = world.sign("dora", "give_delegation", names=delegation_names(wanted))
        giving = msgspec.structs.replace(wanted, signed=signed)
        assert refusal(delegation.give_delegation(world.site, world.operators["dora"], giving)) == "duty-not-held"
