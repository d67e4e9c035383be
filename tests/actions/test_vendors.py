"""A proofing vendor's signed result: it counts for its case, once, while that waits for it, at its method's level."""

from typing import Any

import pytest

from firstkey.actions import proofing, vendors
from firstkey.actions.request import Withdrawal
from firstkey.actions.site import Feed
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import MINUTE
from tests.actions.looking import facts, refusal
from tests.actions.site_world import SiteWorld, done
from tests.actions.test_sources import KEY, registering

CHECK = "c" * 64
OTHER_KEY = "o" * 43


@pytest.fixture
def world() -> SiteWorld:
    """A case that waits for proofing, and a vendor whose key two administrators have registered."""
    world = SiteWorld()
    done(registering(world, name="vendor", speaks_of="proofing"))
    world.record_joiner()
    world.open()
    return world


def reporting(world: SiteWorld, key: str = KEY, **changed: Any) -> Any:
    """The vendor reports."""
    world.proofs += 1
    content = {
        "case": world.case,
        "method": ProofingMethod.VENDOR_CHECK,
        "level": 2,
        "commitment": CHECK,
        "proofed_at": world.clock.now() - MINUTE,
    }
    asked = vendors.CheckToReport(**{**content, **changed})
    return vendors.report_check(world.site, Feed(key, f"proof-{world.proofs}"), asked)


def test_a_vendors_result_is_the_proofing(world: SiteWorld) -> None:
    """It stands like any other, and the vendor's own stream says which key reported it."""
    assert done(reporting(world)).case == world.case
    assert world.shown.proofed_level == 2
    assert facts(world, "source/vendor") == ("CheckReported",)
    world.approve()
    world.claim()
    world.visit()
    assert world.get_pass()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"key": OTHER_KEY}, "not-found"),
        ({"case": "another"}, "not-found"),
        ({"method": ProofingMethod.DOCUMENT_IN_PERSON}, "act-not-for-this"),
        ({"method": ProofingMethod.VIDEO_CALL, "level": 3}, "method-not-on-path"),
        ({"level": 1}, "level-too-low"),
        ({"proofed_at": 0}, "evidence-too-old"),
    ],
    ids=str,
)
def test_what_is_no_result_of_this_case_changes_nothing(world: SiteWorld, changed: dict[str, Any], reason: str) -> None:
    """Another key, another case, a method that is not a vendor's, a level or an age that does not do."""
    before = facts(world)
    assert refusal(reporting(world, **changed)) == reason
    assert facts(world) == before
    assert facts(world, "source/vendor") == ()


def test_a_method_reaches_no_more_than_it_may(world: SiteWorld) -> None:
    """A vendor that says 3 without injection detection is taken at 2."""
    done(reporting(world, level=3))
    assert world.shown.proofed_level == 2


def test_a_result_counts_once(world: SiteWorld) -> None:
    """While another stands it is not waited for; taken back, the very same result does not come again."""
    done(reporting(world))
    assert refusal(reporting(world, commitment="d" * 64)) == "check-not-awaited"
    signed = world.sign_on_case("paul", "withdraw_proofing")
    done(proofing.withdraw_proofing(world.site, world.operators["paul"], world.case, Withdrawal(signed)))
    assert refusal(reporting(world)) == "check-spent"
    assert done(reporting(world, commitment="d" * 64)).case == world.case


def test_a_late_result_is_dropped(world: SiteWorld) -> None:
    """Of a case that is over nothing is recorded."""
    world.close()
    assert refusal(reporting(world)) == "check-not-awaited"


def test_a_feed_of_people_reports_no_checks(world: SiteWorld) -> None:
    """What a key may speak of is what it was registered for."""
    done(registering(world, name="hr", key=OTHER_KEY))
    assert refusal(reporting(world, key=OTHER_KEY)) == "not-found"
