"""Sources: two administrators register one, one ends it, and its key speaks of its own kind alone."""

from typing import Any

import pytest

from firstkey.actions import feeds, sources
from firstkey.actions.feeds import PeopleToFeed
from firstkey.actions.site import Feed
from firstkey.actions.sources import SourceToEnd, SourceToRegister, source_names
from tests.actions.looking import facts, refusal
from tests.actions.site_world import UNSIGNED, SiteWorld, done

KEY = "k" * 43


@pytest.fixture
def world() -> SiteWorld:
    """A founded site."""
    return SiteWorld()


def registering(
    world: SiteWorld, *, by: tuple[str, ...] = ("rita", "paul"), named: tuple[str, ...] | None = None, **changed: Any
) -> Any:
    """Register a source."""
    content = {"name": "hr", "speaks_of": "people", "rank": 20, "key": KEY, **changed}
    asked = SourceToRegister(**content, signed=(UNSIGNED,))
    signed = tuple(world.sign(name, "register_source", names=named or source_names(asked)) for name in by)
    return sources.register_source(world.site, world.operators[by[0]], SourceToRegister(**content, signed=signed))


def feeding(world: SiteWorld, key: str = KEY) -> Any:
    """Feed nobody."""
    world.proofs += 1
    return feeds.feed_people(world.site, Feed(key, f"proof-{world.proofs}"), PeopleToFeed(()))


def test_two_register_a_source(world: SiteWorld) -> None:
    """One alone does not, nor one twice; before it is registered its key finds nothing."""
    assert refusal(feeding(world)) == "not-found"
    assert refusal(registering(world, by=("rita",))) == "people-too-few"
    assert refusal(registering(world, by=("rita", "rita"))) == "people-too-few"
    assert [each.name for each in done(registering(world)).sources] == ["hr"]
    assert done(feeding(world)).errors == ()
    assert facts(world, "site")[-1] == "SourceRegistered"


def test_the_act_names_the_very_key(world: SiteWorld) -> None:
    """Under the signature for another key, kind or rank nothing is registered."""
    for named in (("hr", "people", "rank: 20", "x" * 43), ("hr", "assets", "rank: 20", KEY)):
        assert refusal(registering(world, named=named)) == "act-not-for-this"


@pytest.mark.parametrize("changed", [{"name": "other"}, {"key": "x" * 43}, {"name": "import", "key": "x" * 43}])
def test_name_and_key_are_one_sources(world: SiteWorld, changed: dict[str, Any]) -> None:
    """Neither is given twice, and the names of lists that people sign are nobody's."""
    done(registering(world))
    assert refusal(registering(world, **changed)) == "source-taken"
    done(registering(world, name="mdm", key="y" * 43, speaks_of="assets"))


def test_one_ends_a_source(world: SiteWorld) -> None:
    """Its key counts no more; the name is free."""
    done(registering(world))
    signed = world.sign("anna", "end_source", names=("hr",))
    assert done(sources.end_source(world.site, world.operators["anna"], SourceToEnd("hr", signed))).sources == ()
    assert refusal(feeding(world)) == "not-found"
    signed = world.sign("anna", "end_source", names=("hr",))
    assert (
        refusal(sources.end_source(world.site, world.operators["anna"], SourceToEnd("hr", signed))) == "source-unknown"
    )
    done(registering(world))


def test_a_source_speaks_of_its_own_kind(world: SiteWorld) -> None:
    """An inventory's key brings no people."""
    done(registering(world, name="mdm", speaks_of="assets"))
    assert refusal(feeding(world)) == "not-found"


def test_a_proof_is_spent(world: SiteWorld) -> None:
    """The same request is not taken twice."""
    done(registering(world))
    caller = Feed(KEY, "once")
    done(feeds.feed_people(world.site, caller, PeopleToFeed(())))
    assert refusal(feeds.feed_people(world.site, caller, PeopleToFeed(()))) == "not-found"


def test_administrators_see_sources(world: SiteWorld) -> None:
    """Whoever holds another duty finds nothing."""
    done(registering(world))
    world.enroll_operator("olga")
    world.grant("p-500", "requester")
    assert done(sources.list_sources(world.site, world.operators["cora"])).sources[0].key == KEY
    assert refusal(sources.list_sources(world.site, world.operators["olga"])) == "not-found"
