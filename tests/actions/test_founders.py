"""A founder and their HR self are one person once two administrators say so."""

from typing import Any

import pytest

from firstkey.actions import approval, founders, queries, request
from firstkey.actions.founders import FounderToIdentify
from firstkey.actions.people import find_person
from firstkey.enrollment.case.words import Stage
from tests.actions.looking import facts, refusal
from tests.actions.site_world import SiteWorld, done

HR = "p-700"


@pytest.fixture
def world() -> SiteWorld:
    """A founded site; anna the founder is p-700 in HR."""
    world = SiteWorld()
    world.record_joiner()
    world.record_joiner(person=HR, account="dir:700", unit="sales")
    return world


def identifying(world: SiteWorld, founder: str, person: str, by: tuple[str, ...] = ("rita", "paul")) -> Any:
    """Say that a founder is a person of record."""
    signed = tuple(world.sign(name, "identify_founder", names=(founder, person)) for name in by)
    asked = FounderToIdentify(founder, person, signed)
    return founders.identify_founder(world.site, world.operators[by[0]], asked)


def identify(world: SiteWorld) -> str:
    """Anna is p-700 from now on; return her founder's id."""
    founder = world.people["anna"].person
    done(identifying(world, founder, HR))
    world.people["anna"].person = HR
    world.operators["anna"] = world.sign_in(world.people["anna"])
    return founder


def approving(world: SiteWorld, name: str) -> Any:
    """Consent."""
    signed = world.sign_on_case(name, "give_approval", digests=(world.shown.digest,))
    return approval.give_approval(world.site, world.operators[name], world.case, request.ActOnCase(signed))


def test_one_person_holds_what_the_founder_held(world: SiteWorld) -> None:
    """With the same key they sign in as HR's person, hold every duty, and the founder is nobody any more."""
    founder = identify(world)
    assert world.operators["anna"].person == HR
    assert world.operators["anna"].account == f"local:{founder}"
    assert world.store.read(lambda reader: find_person(reader, founder)).result() is None
    world.open()
    world.proof()
    world.approve("anna")
    assert world.shown.approvals == (HR,)
    assert facts(world, "site")[-1] == "FounderIdentified"


def test_nobody_approves_their_own_case(world: SiteWorld) -> None:
    """Of anna's HR account she is the joiner; before she was identified nothing could know."""
    identify(world)
    world.open(account="dir:700")
    world.proof()
    assert refusal(approving(world, "anna")) == "joiner-holds-no-duty"


def test_an_open_case_counts_them_once(world: SiteWorld) -> None:
    """What the founder signed is the person's: the same consent twice is one, and their parts stay apart."""
    world.open()
    world.proof()
    world.approve("anna")
    identify(world)
    assert world.shown.stage is Stage.CLAIM
    done(approving(world, "anna"))
    assert world.shown.approvals == (HR,)
    world.claim()
    world.visit()
    assert world.get_pass()


def test_a_part_played_as_founder_bars_the_person(world: SiteWorld) -> None:
    """Whoever proofed as a founder does not approve as HR's person."""
    world.people["anna"], world.people["paul"] = world.people["paul"], world.people["anna"]
    world.operators["anna"], world.operators["paul"] = world.operators["paul"], world.operators["anna"]
    world.open()
    world.proof()  # by whom the test calls anna again below
    world.people["anna"], world.people["paul"] = world.people["paul"], world.people["anna"]
    world.operators["anna"], world.operators["paul"] = world.operators["paul"], world.operators["anna"]
    identify(world)
    assert refusal(approving(world, "anna")) == "duties-conflict"


def test_two_administrators_say_so(world: SiteWorld) -> None:
    """One alone does not, nor one twice, nor under an act for another person."""
    founder = world.people["anna"].person
    assert refusal(identifying(world, founder, HR, ("rita",))) == "people-too-few"
    assert refusal(identifying(world, founder, HR, ("rita", "rita"))) == "people-too-few"
    signed = tuple(world.sign(name, "identify_founder", names=(founder, "p-100")) for name in ("rita", "paul"))
    asked = FounderToIdentify(founder, HR, signed)
    assert refusal(founders.identify_founder(world.site, world.operators["rita"], asked)) == "act-not-for-this"
    identify(world)


def test_only_a_founder_becomes_only_a_person_of_record(world: SiteWorld) -> None:
    """Not somebody unknown, not another founder, and nobody twice."""
    anna, cora = world.people["anna"].person, world.people["cora"].person
    for founder, person in ((anna, "p-nobody"), (anna, cora), ("p-100", HR), (anna, anna)):
        assert refusal(identifying(world, founder, person)) == "person-unknown"
    identify(world)
    assert refusal(identifying(world, anna, "p-100")) == "person-unknown"
    assert refusal(identifying(world, cora, HR)) == "person-unknown"


def test_their_leaving_ends_the_founders_key(world: SiteWorld) -> None:
    """HR says that p-700 has left: sessions and keys of both accounts are over."""
    founder = identify(world)
    anna = world.operators["anna"]
    world.record_joiner(also="paul", person=HR, account="dir:700", unit="sales", active=False)
    assert facts(world, f"account/local:{founder}")[-1] == "CredentialEnded"
    world.open()
    assert refusal(queries.show_case(world.site, anna, world.case)) == "not-found"


def test_a_founder_does_not_become_somebody_who_has_left(world: SiteWorld) -> None:
    """Where fewer than two administrators would stay; with more it ends the founder's keys, as a leaving does."""
    anna = world.people["anna"].person
    for name in ("cora", "paul"):
        world.withdraw(world.people[name].person, "administrator", by="rita")
    world.record_joiner(person=HR, account="dir:700", unit="sales", active=False)
    refused = identifying(world, anna, HR, ("rita", "anna"))
    assert refusal(refused) == "administrators-too-few"
