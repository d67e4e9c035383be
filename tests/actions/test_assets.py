"""Assets that an inventory feeds: whose they are, what they say of their holder, and what is taken back."""

from typing import Any

import pytest

from firstkey.actions.assets import AssetsToFeed, AssetToFeed, feed_assets, find_asset
from firstkey.actions.feeds import Changed, Fed
from firstkey.actions.people import MATURES_MS
from firstkey.actions.site import Feed
from firstkey.enrollment.case.words import Closure
from firstkey.policy.facts import effective, values_of
from firstkey.values.instants import MINUTE
from tests.actions.looking import entries, refusal
from tests.actions.site_world import SiteWorld, done
from tests.actions.test_feeds import feed, person, record, types
from tests.actions.test_sources import registering

MDM = "m" * 43


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with an HR feed, an inventory's feed, and two people."""
    world = SiteWorld()
    done(registering(world))
    done(registering(world, name="mdm", speaks_of="assets", key=MDM))
    feed(world, person(1), person(2))
    return world


def asset(serial: str = "sn-1", holder: int | None = 1, **changed: Any) -> AssetToFeed:
    """A managed laptop."""
    content = {"model": "laptop", "assigned_to": None if holder is None else f"p-{holder}", "managed": True}
    return AssetToFeed(serial=serial, **{**content, **changed})


def feeding(world: SiteWorld, *assets: AssetToFeed, dry_run: bool = False, key: str = MDM) -> Any:
    """Bring assets."""
    world.proofs += 1
    return feed_assets(world.site, Feed(key, f"proof-{world.proofs}"), AssetsToFeed(assets, dry_run))


def bring(world: SiteWorld, *assets: AssetToFeed, **how: Any) -> Fed:
    """Bring assets; return what it changed."""
    fed: Fed = done(feeding(world, *assets, **how))
    return fed


def device(world: SiteWorld, number: int = 1) -> str:
    """What somebody is known to use now."""
    return values_of(effective(record(world, number).asserted, world.clock.now()))["device"]


def test_an_asset_says_what_its_holder_uses(world: SiteWorld) -> None:
    """New, changed by field, unchanged; a first one counts at once, for the anchor too."""
    assert bring(world, asset()).new == ("sn-1",)
    assert (record(world).asset_at(world.clock.now()), device(world)) == ("sn-1", "managed")
    before = entries(world)
    assert bring(world, asset()).unchanged == 1
    assert entries(world) == before
    assert bring(world, asset(shipped=True)).changed == (Changed("sn-1", ("shipped",)),)


def test_a_laxer_word_of_the_inventory_matures(world: SiteWorld) -> None:
    """A certificate that comes later counts after 14 days; one that goes counts at once."""
    bring(world, asset())
    world.clock.instant += MINUTE
    bring(world, asset(certificate=True))
    assert device(world) == "managed"
    world.clock.instant += MATURES_MS
    assert device(world) == "certified"
    world.clock.instant += MINUTE
    bring(world, asset(managed=False))
    assert device(world) == "own"


def test_an_asset_that_moves_leaves_its_holder_with_none(world: SiteWorld) -> None:
    """What was said by it is taken back at once; for the new holder, who had none, it counts at once."""
    bring(world, asset())
    bring(world, asset(holder=2))
    now = world.clock.now()
    assert (record(world, 1).asset, device(world, 1)) == (None, "unknown")
    assert (record(world, 2).asset_at(now), device(world, 2)) == ("sn-1", "managed")
    bring(world, asset("sn-2", holder=1))
    assert record(world, 1).asset_at(now) is None
    assert record(world, 1).asset_at(now + MATURES_MS) == "sn-2"


def test_an_open_case_feels_it_at_once(world: SiteWorld) -> None:
    """The path was picked by a device that is theirs no more."""
    bring(world, asset())
    world.open(account="dir:1")
    assert world.shown.closed is None
    bring(world, asset(holder=None))
    assert world.shown.closed is Closure.SUPERSEDED


def test_rows_that_cannot_stand_are_told(world: SiteWorld) -> None:
    """Nobody unknown, no founder, no serial and no holder twice; the others are stored, in a dry run none."""
    founder = world.people["anna"].person
    rows = (
        asset("sn-1", 404),
        asset("sn-2", assigned_to=founder),
        asset("sn-3"),
        asset("sn-3", holder=2),
        asset("sn-4"),
        asset("sn-5", holder=2),
    )
    told = [(1, "person-unknown"), (2, "founder-unidentified"), (4, "row-twice"), (5, "row-twice")]
    assert types(bring(world, *rows, dry_run=True)) == told
    assert world.store.read(lambda reader: find_asset(reader, "sn-3")).result() is None
    fed = bring(world, *rows)
    assert (types(fed), fed.new) == (told, ("sn-3", "sn-5"))


def test_the_higher_rank_has_the_asset(world: SiteWorld) -> None:
    """A lower source does not move it; a higher one does."""
    bring(world, asset())
    done(registering(world, name="low", speaks_of="assets", key="l" * 43, rank=1))
    done(registering(world, name="high", speaks_of="assets", key="h" * 43, rank=90))
    assert types(bring(world, asset(holder=2), key="l" * 43)) == [(1, "out-ranked")]
    assert bring(world, asset(holder=2), key="h" * 43).errors == ()
    assert record(world, 2).asset == "sn-1"


def test_hr_brings_no_assets(world: SiteWorld) -> None:
    """A source speaks of its own kind, and an HR list leaves the inventory's word as it is."""
    bring(world, asset())
    assert refusal(feeding(world, asset("sn-9", holder=2), key="k" * 43)) == "not-found"
    feed(world, person(1, unit="sales", asset="sn-666"))
    assert (record(world).unit, record(world).asset) == ("sales", "sn-1")
