"""Duties: who grants and takes them, for whom they hold, and that two administrators always stay."""

from typing import Any

import pytest

from firstkey.actions import approval, claim, closure, delivery, devices, duties, queries, request
from firstkey.actions.duties import DutyToGrant, granting_names
from firstkey.actions.queries import CasesAsked
from firstkey.actions.scopes import Scope
from firstkey.actions.site_stream import site_state
from firstkey.enrollment.case.words import Stage
from firstkey.policy.model import Purpose, Tier
from firstkey.values.instants import DAY, HOUR
from tests.actions.looking import facts, refusal
from tests.actions.site_world import UNSIGNED, SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with a joiner of the unit sales on record."""
    world = SiteWorld()
    world.record_joiner(unit="sales", country="DE")
    return world


def refused_grant(world: SiteWorld, who: str, duty: str, by: str = "paul", **limits: Any) -> str:
    """Grant in a way that is refused; return why."""
    ends_at = limits.pop("ends_at", None)
    asked = DutyToGrant(who, duty, UNSIGNED, Scope(**limits), ends_at)
    signed = world.sign(by, "grant_duty", names=granting_names(asked))
    asked = DutyToGrant(who, duty, signed, Scope(**limits), ends_at)
    return refusal(duties.grant_duty(world.site, world.operators[by], asked))


def refused_withdrawal(world: SiteWorld, who: str, duty: str, by: str = "paul") -> str:
    """Withdraw in a way that is refused; return why."""
    signed = world.sign(by, "withdraw_duty", names=(who, duty))
    return refusal(duties.withdraw_duty(world.site, world.operators[by], duties.DutyToWithdraw(who, duty, signed)))


def held(world: SiteWorld, name: str) -> set[str]:
    """Return the duties that somebody holds somewhere."""
    state = world.store.read(lambda reader: site_state(world.site, reader).state).result()
    return {grant.duty for grant in state.grants_of(world.people[name].person, world.clock.now())}


def test_a_later_operator_comes_by_a_privileged_case(world: SiteWorld) -> None:
    """Who completed one signs in without a duty, is granted one, and approves; before, nothing is theirs to see."""
    world.enroll_operator("olga")
    world.open()
    world.proof()
    olga, digest = world.operators["olga"], world.shown.digest
    assert refusal(queries.show_case(world.site, olga, world.case)) == "not-found"
    before = world.sign("olga", "give_approval", case=world.case, revision=1, digests=(digest,))
    assert refusal(approval.give_approval(world.site, olga, world.case, request.ActOnCase(before))) == "not-found"
    world.grant("p-500", "approver")
    world.approve("olga")
    assert world.shown.approvals == ("p-500",)


def test_a_grant_says_exactly_what_it_grants(world: SiteWorld) -> None:
    """An act for another scope, another duty or another end grants nothing."""
    world.enroll_operator("olga")
    signed = world.sign("paul", "grant_duty", names=("p-500", "approver", "unit: sales", "for ever"))
    for asked in (
        DutyToGrant("p-500", "approver", signed),
        DutyToGrant("p-500", "proofer", signed, Scope(unit="sales")),
    ):
        assert refusal(duties.grant_duty(world.site, world.operators["paul"], asked)) in (
            "act-not-for-this",
            "statement-spent",
        )
    assert held(world, "olga") == set()


@pytest.mark.parametrize(
    ("duty", "limits", "why"),
    [
        ("administrator", {"unit": "sales"}, "administrator-unscoped"),
        ("unit_owner", {}, "duty-unknown"),
        ("manager", {}, "duty-unknown"),
        ("joiner", {}, "duty-unknown"),
        ("approver", {"ends_at": 1}, "not-a-step"),
    ],
)
def test_what_cannot_be_granted(world: SiteWorld, duty: str, limits: dict[str, Any], why: str) -> None:
    """A relation, a duty unheard of, an administrator with a scope, an end that is over, a unit owner without one."""
    world.enroll_operator("olga")
    assert refused_grant(world, "p-500", duty, **limits) == why
    assert held(world, "olga") == set()


def test_who_cannot_be_granted_anything(world: SiteWorld) -> None:
    """Somebody unknown, somebody without a privileged key, a machine's account, and oneself."""
    assert refused_grant(world, "p-nobody", "approver") == "person-unknown"
    assert refused_grant(world, "p-100", "approver") == "no-operator"
    assert refused_grant(world, world.people["paul"].person, "approver") == "own-duty"
    world.enroll_operator("robot", service=True)
    assert refused_grant(world, "p-500", "requester") == "no-operator"


def test_a_machine_that_turns_out_to_be_one_loses_its_duty(world: SiteWorld) -> None:
    """What a source says of an account later counts at once."""
    world.enroll_operator("robot")
    world.grant("p-500", "approver")
    world.record_joiner(also="paul", person="p-500", account="dir:500", privileged=True, service=True)
    world.open()
    assert refusal(queries.show_case(world.site, world.operators["robot"], world.case)) == "not-found"


def test_only_an_administrator_grants(world: SiteWorld) -> None:
    """Whoever holds other duties does not."""
    world.enroll_operator("olga")
    world.grant("p-500", "approver")
    assert refused_grant(world, world.people["anna"].person, "security", by="olga") == "not-eligible"


def test_a_founders_duty_narrows_when_it_is_granted(world: SiteWorld) -> None:
    """Anna approves for sales alone from now on; what was not granted anew she holds as before."""
    anna = world.people["anna"].person
    world.grant(anna, "approver", unit="finance")
    world.open()
    world.proof()
    signed = world.sign_on_case("anna", "give_approval", digests=(world.shown.digest,))
    asked = request.ActOnCase(signed)
    assert refusal(approval.give_approval(world.site, world.operators["anna"], world.case, asked)) == "not-eligible"
    world.grant(anna, "approver", unit="sales")
    world.approve("anna")
    assert {"approver", "proofer", "administrator"} <= held(world, "anna")


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ({"unit": "sales"}, {"unit": "finance"}),
        ({"country": "DE"}, {"country": "FR"}),
        ({"unit": "sales", "country": "DE"}, {"unit": "sales", "country": "FR"}),
        ({"tier": Tier.STANDARD}, {"tier": Tier.LOW}),
        ({"tier": Tier.PRIVILEGED}, {"vendor": "acme"}),
    ],
)
def test_outside_its_scope_a_duty_finds_nobody(
    world: SiteWorld, inside: dict[str, Any], outside: dict[str, Any]
) -> None:
    """Neither case nor person nor row: the answer is the one for what does not exist; inside, all of them."""
    world.enroll_operator("olga")
    olga, sees = world.operators["olga"], queries.list_cases
    world.open()
    world.grant("p-500", "requester", **outside)
    nothing = claim.Nothing()
    assert refusal(queries.show_case(world.site, olga, world.case)) == "not-found"
    assert refusal(queries.show_case(world.site, olga, "no-case")) == "not-found"
    assert refusal(claim.show_start_code(world.site, olga, world.case, nothing)) == "not-found"
    assert refusal(closure.withdraw_case(world.site, olga, world.case, nothing)) == "not-found"
    assert world.case not in [row.case for row in done(sees(world.site, olga, CasesAsked())).cases]
    asked = request.CaseToOpen("dir:100", Purpose.FIRST_KEY)
    assert refusal(request.open_case(world.site, olga, asked)) == "account-unknown"
    world.grant("p-500", "requester", **inside)
    assert done(queries.show_case(world.site, olga, world.case)).person == "p-100"
    assert world.case in [row.case for row in done(sees(world.site, olga, CasesAsked())).cases]


def test_a_scoped_list_ends_and_misses_nobody(world: SiteWorld) -> None:
    """Of forty cases every fourth is theirs; page after page they find exactly those."""
    world.enroll_operator("olga")
    world.grant("p-500", "requester", unit="sales")
    mine = set()
    for number in range(200, 240):
        unit = "sales" if number % 4 == 0 else "finance"
        world.record_joiner(person=f"p-{number}", account=f"dir:{number}", unit=unit)
        begun = world.open(account=f"dir:{number}")
        mine |= {begun.case} if unit == "sales" else set()
    found: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        page = done(
            queries.list_cases(world.site, world.operators["olga"], CasesAsked(Stage.PROOFING, after=after, limit=3))
        )
        found += [row.case for row in page.cases]
        after, pages = page.after, pages + 1
    assert sorted(found) == sorted(mine)
    assert pages <= 5


def test_a_manager_sees_their_reports_alone(world: SiteWorld) -> None:
    """Whoever manages the joiner, by the word of record, finds the case and may ask for it; of others nothing."""
    world.enroll_operator("mona")
    world.record_joiner(person="p-200", account="dir:200", manager="p-500")
    world.open()
    mona, other = world.operators["mona"], world.case
    asked = request.CaseToOpen("dir:200", Purpose.FIRST_KEY)
    begun = done(request.open_case(world.site, mona, asked))
    assert [row.case for row in done(queries.list_cases(world.site, mona, CasesAsked())).cases] == [begun.case]
    assert done(queries.show_case(world.site, mona, begun.case)).person == "p-200"
    assert refusal(queries.show_case(world.site, mona, other)) == "not-found"


def test_two_administrators_stay(world: SiteWorld) -> None:
    """The last two can be neither withdrawn nor bounded; a third first, and one may go."""
    rita, anna, cora = (world.people[name].person for name in ("rita", "anna", "cora"))
    world.withdraw(rita, "administrator")
    world.withdraw(cora, "administrator")
    assert refused_withdrawal(world, anna, "administrator") == "administrators-too-few"
    soon = world.clock.now() + DAY
    assert refused_grant(world, anna, "administrator", ends_at=soon) == "administrators-too-few"
    world.grant(cora, "administrator", by="anna")
    world.withdraw(anna, "administrator")
    assert held(world, "cora") >= {"administrator"}


def test_a_duty_with_an_end_ends(world: SiteWorld) -> None:
    """Until then it counts, and an approval given meanwhile stops counting when it does."""
    world.enroll_operator("olga")
    world.grant("p-500", "approver", ends_at=world.clock.now() + HOUR)
    world.open()
    world.proof()
    world.approve("olga")
    assert world.shown.stage is Stage.CLAIM
    world.clock.instant += HOUR
    world.sign_in_again()
    assert refusal(queries.list_cases(world.site, world.operators["olga"], CasesAsked())) == "not-found"
    world.claim()
    world.visit()
    assert refusal(delivery.get_pass(world.site, world.by(), devices.Handle(world.handle))) == "approval-missing"


def test_whoever_ever_held_a_duty_in_a_case_holds_no_other(world: SiteWorld) -> None:
    """A requester who loses that duty and gains the approver's does not approve what they asked for."""
    olga = world.enroll_operator("olga")
    world.grant(olga.person, "requester")
    asked = request.CaseToOpen("dir:100", Purpose.FIRST_KEY)
    world.case = done(request.open_case(world.site, world.operators["olga"], asked)).case
    world.proof()
    world.withdraw(olga.person, "requester")
    world.grant(olga.person, "approver")
    signed = world.sign_on_case("olga", "give_approval", digests=(world.shown.digest,))
    giving = approval.give_approval(world.site, world.operators["olga"], world.case, request.ActOnCase(signed))
    assert refusal(giving) == "duties-conflict"


def test_operators_are_shown_to_administrators(world: SiteWorld) -> None:
    """They see all; whoever holds a duty sees their own; whoever holds none finds nothing."""
    world.enroll_operator("olga")
    listing = duties.list_operators(world.site, world.operators["olga"])
    assert refusal(listing) == "not-found"
    world.grant("p-500", "approver", unit="sales")
    own = done(duties.list_operators(world.site, world.operators["olga"])).operators
    assert [(one.person, [(d.duty, d.scope) for d in one.duties]) for one in own] == [
        ("p-500", [("approver", Scope(unit="sales"))])
    ]
    assert len(done(duties.list_operators(world.site, world.operators["rita"])).operators) == 5


@pytest.mark.parametrize("how", ["withdrawn", "narrowed"])
def test_a_pass_dies_with_the_duty_that_it_rests_on(world: SiteWorld, how: str) -> None:
    """In the transaction that takes the approver's duty away, nobody having looked."""
    world.prepare()
    world.get_pass()
    anna = world.people["anna"].person
    if how == "withdrawn":
        world.withdraw(anna, "approver")
    else:
        world.grant(anna, "approver", unit="Nowhere")
    assert facts(world)[-1] == "PassRevoked"
