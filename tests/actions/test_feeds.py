"""What feeds bring: rows stored or told, acting at once, ranks, maturity, and no founder touched."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.actions import feeds
from firstkey.actions.feeds import CaseToFeed, Changed, Fed, PeopleToFeed, PresentToFeed
from firstkey.actions.people import MATURES_MS, PersonRecord, find_person
from firstkey.actions.recording import PersonToRecord
from firstkey.actions.site import Feed
from firstkey.enrollment.case.words import Closure
from firstkey.policy.facts import effective, values_of
from firstkey.values.instants import DAY, MINUTE
from tests.actions.looking import entries, facts, refusal
from tests.actions.site_world import SiteWorld, done
from tests.actions.test_sources import KEY, registering


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with an HR feed."""
    world = SiteWorld()
    done(registering(world))
    return world


def caller(world: SiteWorld, key: str = KEY) -> Feed:
    """A request of a source, its proof judged."""
    world.proofs += 1
    return Feed(key, f"proof-{world.proofs}")


def person(number: int = 1, **changed: Any) -> PersonToRecord:
    """Somebody whom HR knows."""
    content = {"person": f"p-{number}", "account": f"dir:{number}", "user_name": "joe", "display_name": "Joe"}
    facts = {"employment": "employee", "workplace": "on_site"}
    return PersonToRecord(**{**content, "facts": facts, **changed})


def feeding(world: SiteWorld, *people: PersonToRecord, dry_run: bool = False, key: str = KEY) -> Any:
    """Bring people."""
    return feeds.feed_people(world.site, caller(world, key), PeopleToFeed(people, dry_run))


def feed(world: SiteWorld, *people: PersonToRecord, **how: Any) -> Fed:
    """Bring people; return what it changed."""
    fed: Fed = done(feeding(world, *people, **how))
    return fed


def record(world: SiteWorld, number: int = 1) -> PersonRecord:
    """Return what is on record."""
    found = world.store.read(lambda reader: find_person(reader, f"p-{number}")).result()
    assert found is not None
    return found


def present(world: SiteWorld, *numbers: int, **how: Any) -> Any:
    """Say who is still there."""
    asked = PresentToFeed(tuple(f"p-{number}" for number in numbers), **how)
    return feeds.feed_present(world.site, caller(world), asked)


def types(fed: Fed) -> list[tuple[int, str]]:
    """Return which rows were refused, and why."""
    return [(each.row, each.type) for each in fed.errors]


def test_a_feed_says_what_it_changed(world: SiteWorld) -> None:
    """New, changed by field, left, returned, unchanged; one entry for all, none for a feed without news."""
    assert feed(world, person(1), person(2), person(3)).new == ("p-1", "p-2", "p-3")
    before = entries(world)
    fed = feed(world, person(1), person(2, unit="sales", country="DE"), person(3, active=False))
    assert (fed.unchanged, fed.left) == (1, ("p-3",))
    assert fed.changed == (Changed("p-2", ("unit", "country")),)
    assert entries(world) == before + 1
    assert feed(world, person(1), person(2, unit="sales", country="DE")).unchanged == 2
    assert entries(world) == before + 1
    assert feed(world, person(3)).returned == ("p-3",)
    assert record(world, 3).incarnation == 2


def test_a_dry_run_says_the_same_and_stores_nothing(world: SiteWorld) -> None:
    """Word for word what the feed then does, refused rows with it."""
    feed(world, person(1))
    rows = (person(1, unit="sales"), person(2), person(3, account="dir:1"), person(2))
    before = entries(world)
    dry = feed(world, *rows, dry_run=True)
    assert entries(world) == before
    assert record(world).unit is None
    wet = feed(world, *rows)
    assert (dry.new, dry.changed, dry.errors) == (wet.new, wet.changed, wet.errors)
    assert types(wet) == [(3, "account-taken"), (4, "row-twice")]


def test_a_bad_row_keeps_no_other_out(world: SiteWorld) -> None:
    """Each is told with its place; a leaver in the same request has left."""
    feed(world, person(1), person(2))
    fed = feed(
        world,
        person(3, facts={"device": "certified"}),
        person(1, active=False),
        person(2, account="dir:other"),
        person(4, account="dir:5"),
        person(5),
    )
    assert types(fed) == [(1, "unknown-fact"), (3, "account-unknown"), (5, "account-taken")]
    assert fed.left == ("p-1",)
    assert not record(world, 1).active
    assert fed.new == ("p-4",)


def test_a_leaver_by_feed_loses_case_and_keys(world: SiteWorld) -> None:
    """In the transaction that stores the row."""
    feed(world, person(100))
    world.record_joiner(person="p-100")
    world.open()
    feed(world, person(100, active=False))
    assert world.shown.closed is Closure.LEFT


def test_a_mover_to_privilege_loses_the_case(world: SiteWorld) -> None:
    """It was opened by a path for standard accounts."""
    feed(world, person(100))
    world.record_joiner(person="p-100")
    world.open()
    feed(world, person(100, privileged=True))
    assert world.shown.closed is Closure.SUPERSEDED


def test_the_higher_rank_has_the_record(world: SiteWorld) -> None:
    """A lower source adds selection facts and changes nothing else; a higher one takes the record over."""
    world.record_joiner(person="p-1", account="dir:1", unit="sales")
    done(registering(world, name="shadow", rank=5, key="s" * 43))
    feed(world, person(1, unit="finance", facts={"employment": "contractor"}), key="s" * 43)
    assert (record(world).unit, record(world).source) == ("sales", "import")
    assert any(one.source == "people:shadow" and one.value == "contractor" for one in record(world).asserted)
    assert values_of(effective(record(world).asserted, world.clock.now()))["employment"] == "employee"
    feed(world, person(1, unit="finance"))
    assert (record(world).unit, record(world).source, record(world).rank) == ("finance", "hr", 20)


@pytest.mark.parametrize("name", ["manager"])
def test_a_changed_manager_matures(world: SiteWorld, name: str) -> None:
    """A first one counts at once, another after 14 days."""
    feed(world, person(1, manager="m-1"))
    feed(world, person(2))
    feed(world, person(2, manager="m-1"))
    now = world.clock.now()
    assert record(world, 1).manager_at(now) == "m-1"
    feed(world, person(1, manager="m-2"))
    assert record(world, 1).manager_at(now + MATURES_MS - 1) is None
    assert record(world, 1).manager_at(now + MATURES_MS) == "m-2"


def test_a_changed_address_matures(world: SiteWorld) -> None:
    """Each address bears from when it counts."""
    feed(world, person(1, addresses=("joe@old.example",)))
    feed(world, person(1, addresses=("joe@old.example", "joe@new.example")))
    now = world.clock.now()
    assert dict(record(world).addresses) == {"joe@old.example": 0, "joe@new.example": now + MATURES_MS}


def test_history_stays_small(world: SiteWorld) -> None:
    """What has been overtaken for longer than anything matures is kept no more."""
    for day in range(60):
        feed(world, person(1, facts={"employment": ("employee", "contractor")[day % 2]}))
        world.clock.instant += DAY
    assert len(record(world).asserted) < 25


def test_a_feed_does_not_touch_a_founder(world: SiteWorld) -> None:
    """Who founded the site is identified by two administrators first."""
    founder = world.people["anna"].person
    assert types(feed(world, person(1, person=founder))) == [(1, "founder-unidentified")]


def test_a_feed_does_not_remove_the_last_administrators(world: SiteWorld) -> None:
    """One of many leaves; of the last two none does, by a row or by its absence."""
    world.enroll_operator("olga", 500)
    world.grant("p-500", "administrator")
    row = person(500, privileged=True)
    feed(world, row)
    for name in ("paul", "cora", "rita"):
        world.withdraw(world.people[name].person, "administrator", by="anna")
    assert types(feed(world, person(500, privileged=True, active=False))) == [(1, "administrators-too-few")]
    gone = done(present(world))
    assert types(gone) == [(1, "administrators-too-few")]
    assert record(world, 500).active


@pytest.mark.parametrize("leaves", [{"active": False}, {"ends_at": DAY}, {"service": True}], ids=str)
def test_the_rows_of_one_request_do_not_remove_them_together(world: SiteWorld, leaves: dict[str, Any]) -> None:
    """Of three whom one request lets leave, now or soon, one does."""
    rows = [person(number, privileged=True) for number in (500, 501, 502)]
    for number in (500, 501, 502):
        world.enroll_operator(f"olga-{number}", number)
        world.grant(f"p-{number}", "administrator")
    feed(world, *rows)
    for name in ("paul", "cora", "rita", "anna"):
        world.withdraw(world.people[name].person, "administrator", by="olga-500")
    said = {**leaves, "ends_at": world.clock.now() + leaves["ends_at"]} if "ends_at" in leaves else leaves
    fed = feed(world, *(replace(row, **said) for row in rows))
    assert types(fed) == [(2, "administrators-too-few"), (3, "administrators-too-few")]
    assert record(world, 502).active
    assert (2, "administrators-too-few") in types(done(present(world)))


def test_whoever_the_source_no_longer_knows_has_left(world: SiteWorld) -> None:
    """Of its own people alone; dry first; never more than it says it means."""
    feed(world, *(person(number) for number in range(1, 8)))
    world.record_joiner()
    assert done(present(world, 1, 2, 3, 4, 5, dry_run=True)).left == ("p-6", "p-7")
    assert record(world, 6).active
    assert done(present(world, 1, 2, 3, 4, 5)).left == ("p-6", "p-7")
    assert refusal(present(world, 1, left_max=3)) == "leavers-too-many"
    assert record(world, 100).active
    assert done(present(world, 1, 2, 3, 4, 5)).left == ()


def test_a_source_lets_only_so_many_leave_in_an_hour(world: SiteWorld) -> None:
    """A feed gone wrong empties no organisation; nothing of the request is stored that went over."""
    feed(world, *(person(number) for number in range(1, 250)))
    left = PresentToFeed((), left_max=500)
    assert refusal(feeds.feed_present(world.site, caller(world), left)) == "velocity-reached"
    assert record(world, 1).active
    assert len(done(present(world, *range(101, 250), left_max=500)).left) == 100


def test_an_end_that_is_near_is_leaving(world: SiteWorld) -> None:
    """As many as may leave may be given an end within two weeks; a far one is anybody's."""
    rows = [person(number) for number in range(1, 250)]
    feed(world, *rows)
    now = world.clock.now()
    assert refusal(feeding(world, *(replace(row, ends_at=now + MINUTE) for row in rows))) == "velocity-reached"
    assert record(world, 1).ends_at is None
    feed(world, *(replace(row, ends_at=now + 100 * DAY) for row in rows))
    assert record(world, 1).ends_at == now + 100 * DAY


def test_a_feed_opens_cases(world: SiteWorld) -> None:
    """For somebody on record, once; the requester is nobody, and whoever proofs and approves stays free."""
    feed(world, person(100))
    world.record_joiner(person="p-100")
    begun = done(feeds.feed_case(world.site, caller(world), CaseToFeed("dir:100")))
    world.case, world.handle = begun.case, begun.handle
    assert refusal(feeds.feed_case(world.site, caller(world), CaseToFeed("dir:100"))) == "slot-taken"
    assert refusal(feeds.feed_case(world.site, caller(world), CaseToFeed("dir:404"))) == "account-unknown"
    assert refusal(feeds.feed_case(world.site, caller(world, "u" * 43), CaseToFeed("dir:404"))) == "not-found"
    world.proof()
    world.approve("rita")
    world.claim()
    world.visit()
    assert world.get_pass()
    assert "CaseOpened" in facts(world)


def test_a_feed_may_be_sent_again(world: SiteWorld) -> None:
    """Interrupted after any portion, the whole comes to the same."""
    rows = [person(number, unit=f"u-{number % 3}") for number in range(1, 31)]
    feed(world, *rows[:10])
    world.clock.instant += MINUTE
    for start in range(0, 30, 10):
        feed(world, *rows[start : start + 10])
    known = [record(world, number).unit for number in range(1, 31)]
    assert known == [f"u-{number % 3}" for number in range(1, 31)]
    assert feed(world, *rows).unchanged == 30
