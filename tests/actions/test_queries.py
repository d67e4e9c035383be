"""What people in a session see of cases: nothing without a duty, never a code, in pages that end."""

from firstkey.actions import queries
from firstkey.actions.queries import CasesAsked
from firstkey.enrollment.case.words import Stage
from tests.actions.looking import entries, refusal
from tests.actions.site_world import SiteWorld, done


def test_without_a_duty_there_is_nothing_to_see() -> None:
    """A joiner with a working passkey finds neither list nor case; an operator finds both."""
    world = SiteWorld()
    world.completed()
    joiner, anna = world.sign_in_as_joiner(), world.operators["anna"]
    assert refusal(queries.list_cases(world.site, joiner, CasesAsked())) == "not-found"
    assert refusal(queries.show_case(world.site, joiner, world.case)) == "not-found"
    assert done(queries.list_cases(world.site, anna, CasesAsked())).cases
    assert done(queries.show_case(world.site, anna, world.case)).case == world.case


def test_a_case_that_is_not_there_is_not_found() -> None:
    """As is one that was refused at its opening."""
    world = SiteWorld()
    assert refusal(queries.show_case(world.site, world.operators["anna"], "no-case")) == "not-found"


def test_looking_changes_nothing_and_shows_no_code() -> None:
    """The ledger is as before, and the code of the armed pass stands nowhere in the answer."""
    world = SiteWorld()
    code = world.armed()
    before = entries(world)
    shown = repr((world.shown, done(queries.list_cases(world.site, world.operators["anna"], CasesAsked()))))
    assert code not in shown
    assert world.handle not in shown
    assert entries(world) == before


def test_a_case_is_shown_as_it_is() -> None:
    """Its duties so far, its facts in order, and the digest that the next approver signs."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.proof()
    digest = world.shown.digest
    world.approve()
    shown = world.shown
    assert shown.facts == ("CaseOpened", "ProofingRecorded", "ApprovalGiven")
    assert (shown.stage, shown.quorum, shown.approvals) == (Stage.CLAIM, 1, (world.people["anna"].person,))
    assert shown.digest == digest


def test_pages_follow_one_another() -> None:
    """Each case stands on one page, the first due first, and the last page says that it is."""
    world = SiteWorld()
    opened = []
    for number in range(5):
        world.record_joiner(person=f"p-{number}", account=f"dir:{number}")
        opened.append(world.open(account=f"dir:{number}").case)
        world.clock.instant += 1
    seen: list[str] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        page = done(queries.list_cases(world.site, world.operators["anna"], CasesAsked(after=after, limit=2)))
        seen += [row.case for row in page.cases]
        after, pages = page.after, pages + 1
    assert (seen, pages) == (opened, 3)


def test_a_list_is_of_what_waits_for_a_stage() -> None:
    """Cases at another stage are not in it."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    anna = world.operators["anna"]
    assert len(done(queries.list_cases(world.site, anna, CasesAsked(stage=Stage.PROOFING))).cases) == 1
    world.proof()
    assert done(queries.list_cases(world.site, anna, CasesAsked(stage=Stage.PROOFING))).cases == ()
    assert len(done(queries.list_cases(world.site, anna, CasesAsked(stage=Stage.APPROVAL))).cases) == 1
