"""People from a source of record: one signed list, all or nothing, and what a change of it does at once."""

from typing import Any

import pytest

from firstkey.actions.claim import ClaimToMake, claim_case
from firstkey.actions.people import MATURES_MS, PersonRecord, find_person
from firstkey.actions.recording import PersonToRecord
from firstkey.actions.records import PeopleToRecord, digest_of_people, record_people
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.policy.facts import effective, values_of
from firstkey.values.instants import DAY
from tests.actions.looking import entries, facts, refusal
from tests.actions.site_world import SiteWorld


@pytest.fixture
def world() -> SiteWorld:
    """A founded site with one joiner on record."""
    world = SiteWorld()
    world.record_joiner()
    return world


def joe(**changed: Any) -> PersonToRecord:
    """Somebody new."""
    return PersonToRecord(**{"person": "p-7", "account": "dir:7", "user_name": "joe", "display_name": "Joe", **changed})


def record_of(world: SiteWorld, person: str = "p-100") -> PersonRecord:
    """Return what is on record."""
    found = world.store.read(lambda reader: find_person(reader, person)).result()
    assert found is not None
    return found


def recording(world: SiteWorld, *people: PersonToRecord, signed_for: tuple[PersonToRecord, ...] | None = None) -> str:
    """Bring people in, in a way that is refused; return why."""
    digest = digest_of_people(people if signed_for is None else signed_for)
    signed = world.sign("rita", "record_people", names=(digest,))
    return refusal(record_people(world.site, world.operators["rita"], PeopleToRecord(people, signed)))


def test_a_list_is_signed_as_it_is(world: SiteWorld) -> None:
    """Under a signature for another list nobody is stored; under its own all are, with one entry that names it."""
    before = entries(world)
    assert recording(world, joe(), signed_for=(joe(unit="u"),)) == "act-not-for-this"
    assert entries(world) == before
    world.record(joe(), joe(person="p-8", account="dir:8"))
    assert entries(world) == before + 1
    last = world.store.read(lambda reader: reader.load("site")).result()[-1]
    assert (last.kind, digest_of_people((joe(), joe(person="p-8", account="dir:8"))) in last.body.decode()) == (
        "PeopleRecorded",
        True,
    )


def test_somebody_without_the_duty_brings_in_nobody(world: SiteWorld) -> None:
    """A joiner in a session is no administrator."""
    world.completed()
    joiner = world.sign_in_as_joiner()
    world.operators["joy"], world.people["joy"] = joiner, world.joiner
    signed = world.sign("joy", "record_people", names=(digest_of_people((joe(),)),))
    assert refusal(record_people(world.site, joiner, PeopleToRecord((joe(),), signed))) == "not-eligible"


@pytest.mark.parametrize("name", ["purpose", "request", "coverage"])
def test_a_list_asserts_its_own_facts_alone(world: SiteWorld, name: str) -> None:
    """How a case was opened is the server's to say, and a fact unheard of is nobody's."""
    assert recording(world, joe(facts={name: "single"})) == "unknown-fact"
    world.record(joe(facts={"employment": "contractor", "workplace": "remote"}))


def test_one_bad_row_refuses_the_list(world: SiteWorld) -> None:
    """Nothing of it is stored."""
    assert recording(world, joe(), joe(person="p-8", account="dir:8", facts={"device": "brick"})) == "unknown-fact"
    assert world.store.read(lambda reader: find_person(reader, "p-7")).result() is None


def test_an_account_stays_with_its_person(world: SiteWorld) -> None:
    """It is never given to another, and a person never changes theirs."""
    assert recording(world, joe(account="dir:100")) == "account-taken"
    assert recording(world, joe(person="p-100", account="dir:7")) == "account-unknown"
    assert record_of(world).account == "dir:100"


def test_a_leaver_loses_case_pass_and_keys_at_once() -> None:
    """The open case closes as left, and what is active ends, in the transaction that stores the record."""
    world = SiteWorld()
    world.completed()
    done_case = world.case
    world.record_joiner(person="p-200", account="dir:200")
    world.open(account="dir:200")
    world.record_joiner(person="p-200", account="dir:200", active=False)
    assert world.shown.closed is Closure.LEFT
    world.record_joiner(active=False)
    assert facts(world, "account/dir:100") == ("CredentialHeld", "CredentialEnded")
    world.case = done_case
    assert (world.shown.closed, world.shown.credential_state) == (Closure.COMPLETED, CredentialState.ACTIVE)


def test_a_rehire_is_another_incarnation() -> None:
    """Who comes back is nobody's continuation: the keys are gone, and a new case is for the new incarnation."""
    world = SiteWorld()
    world.completed()
    assert record_of(world).incarnation == 1
    world.record_joiner(active=False)
    world.record_joiner()
    assert record_of(world).incarnation == 2
    world.open()
    assert world.shown.closed is None
    assert world.shown.digest


def test_an_old_incarnations_case_does_not_come_back(world: SiteWorld) -> None:
    """A case that closed as left stays closed when its joiner is hired again."""
    world.open()
    world.record_joiner(active=False)
    world.record_joiner()
    keys = ClaimToMake(world.handle, world.device.bind_keys(world.handle))
    assert refusal(claim_case(world.site, world.by(), keys)) == "case-over"
    assert world.shown.closed is Closure.LEFT


def test_an_end_date_moved_forward_acts_at_once(world: SiteWorld) -> None:
    """A contract that is over is a leaving."""
    world.open()
    world.record_joiner(ends_at=world.clock.now() + DAY)
    assert world.shown.closed is None
    world.record_joiner(ends_at=world.clock.now())
    assert world.shown.closed is Closure.LEFT


def test_a_rise_in_privilege_closes_what_was_ruled_without_it(world: SiteWorld) -> None:
    """The case was opened for a standard account, by a path for those."""
    world.open()
    world.record_joiner(privileged=True)
    assert world.shown.closed is Closure.SUPERSEDED


def test_a_laxer_fact_matures(world: SiteWorld) -> None:
    """A first value counts at once, a stricter one at once, the laxer one again only after 14 days."""

    def device() -> str:
        return values_of(effective(record_of(world).asserted, world.clock.now()))["device"]

    assert device() == "managed"
    world.clock.instant += DAY
    world.sign_in_again()
    world.record_joiner(facts={"device": "own"})
    assert device() == "own"
    world.clock.instant += DAY
    world.sign_in_again()
    world.record_joiner(facts={"device": "managed"})
    assert device() == "own"
    world.clock.instant += 14 * DAY
    assert device() == "managed"


@pytest.mark.parametrize("name", ["manager", "asset"])
def test_a_changed_manager_or_asset_matures(world: SiteWorld, name: str) -> None:
    """A first one counts at once, another only after 14 days, and neither counts meanwhile."""

    def counting() -> str | None:
        record, now = record_of(world), world.clock.now()
        return record.manager_at(now) if name == "manager" else record.asset_at(now)

    world.record_joiner(**{name: "first"})
    first_known = counting()
    world.record_joiner(**{name: "second"})
    changed = counting()
    world.clock.instant += MATURES_MS - 1
    before = counting()
    world.clock.instant += 1
    assert (changed, before, counting()) == (None, None, "second")
    assert first_known in ("first", None)


def test_a_value_repeated_is_not_news(world: SiteWorld) -> None:
    """The same list again leaves what was asserted as it was."""
    before = record_of(world).asserted
    world.clock.instant += DAY
    world.sign_in_again()
    world.record_joiner()
    assert record_of(world).asserted == before
