"""Signing in: a passkey that is active, a session that ends, and no way in for anything else."""

import pytest

from firstkey.actions import sign_in
from firstkey.actions.acts import SignedStatement, credential_record
from firstkey.actions.reasons import ActionReason
from firstkey.actions.sessions import recognise_session
from firstkey.actions.sign_in import SignedInAnswer, SignInAsked, SignInBegun
from firstkey.actions.site import Stranger
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.alter import IN_AUTHENTICATION
from firstkey.simulator.operator import Operator as Person
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from firstkey.values.secret import Secret
from tests.actions.looking import documents, entries, facts, refusal, suspend
from tests.actions.site_world import ORIGIN, SITE, SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A founded site."""
    return SiteWorld()


def begin(world: SiteWorld, person: Person, misbehaviour: str | None = None) -> SignInAsked:
    """Answer a sign-in statement."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), SignInBegun()))
    alter = IN_AUTHENTICATION[misbehaviour] if misbehaviour else None
    answer = person.sign_in(unb64u(begun.statement), begun.options, *(() if alter is None else (alter,)))
    return SignInAsked(SignedStatement(begun.digest, answer))


def enter(world: SiteWorld, name: str = "anna") -> SignedInAnswer:
    """Sign in."""
    return done(sign_in.sign_in(world.site, Stranger(), begin(world, world.people[name])))


def is_in(world: SiteWorld, session: Secret) -> bool:
    """Whether a session still admits; it was opened once."""
    try:
        return bool(done(recognise_session(world.site, session)).person)
    except Refused as refused:
        if refused.reason is not ActionReason.SignInNeeded:
            raise
        return False


def test_only_the_digest_of_a_session_is_stored(world: SiteWorld) -> None:
    """The cookie's value stands in no row, and names the person who signed in."""
    answer = enter(world)
    rows = repr(world.store.look(lambda rows: dict(rows.tables)).result())
    assert b64u(answer.session.reveal()) not in rows
    assert repr(answer.session.reveal()) not in rows
    assert done(recognise_session(world.site, answer.session)).person == world.people["anna"].person


def test_a_session_made_up_is_none(world: SiteWorld) -> None:
    """256 bits that the site has not given admit nobody."""
    assert refusal(recognise_session(world.site, Secret(b"0" * 32))) == "sign-in-needed"


def test_an_idle_session_ends_after_fifteen_minutes(world: SiteWorld) -> None:
    """Used within them it goes on; a millisecond before their end it still does, at their end it does not."""
    session = enter(world).session
    for _ in range(3):
        world.clock.instant += 14 * MINUTE
        assert is_in(world, session)
    world.clock.instant += 15 * MINUTE - 1
    assert is_in(world, session)
    world.clock.instant += 15 * MINUTE
    assert not is_in(world, session)


def test_no_session_outlives_twelve_hours(world: SiteWorld) -> None:
    """However busy, at twelve hours it is over."""
    session = enter(world).session
    begun = world.clock.instant
    while world.clock.instant + 10 * MINUTE < begun + 12 * HOUR:
        world.clock.instant += 10 * MINUTE
        assert is_in(world, session)
    world.clock.instant = begun + 12 * HOUR - 1
    assert is_in(world, session)
    world.clock.instant += 1
    assert not is_in(world, session)


def test_a_suspended_credential_ends_its_sessions_and_begins_none(world: SiteWorld) -> None:
    """At once, whoever is in; others stay in."""
    anna, cora = enter(world).session, enter(world, "cora").session
    suspend(world, world.people["anna"])
    assert not is_in(world, anna)
    assert is_in(world, cora)
    asked = begin(world, world.people["anna"])
    assert refusal(sign_in.sign_in(world.site, Stranger(), asked)) == "not-found"


def test_a_leaver_is_signed_out_and_stays_out(world: SiteWorld) -> None:
    """What HR says ends keys and sessions in the same transaction."""
    session = enter(world, "cora").session
    world.record_operator("cora", active=False)
    assert not is_in(world, session)
    asked = begin(world, world.people["cora"])
    assert refusal(sign_in.sign_in(world.site, Stranger(), asked)) == "not-found"


def test_a_pending_passkey_opens_nothing() -> None:
    """Registered, it signs nobody in; activated, it does."""
    world = SiteWorld()
    world.registered()
    joiner = Person("p-100", SITE, ORIGIN, world.authenticator)
    assert refusal(sign_in.sign_in(world.site, Stranger(), begin(world, joiner))) == "not-found"
    world.sweep()
    assert world.sign_in_as_joiner().person == "p-100"


@pytest.mark.parametrize("misbehaviour", IN_AUTHENTICATION)
def test_an_answer_that_is_not_genuine_opens_nothing(world: SiteWorld, misbehaviour: str) -> None:
    """Each misbehaviour alone is refused, spends the statement, and opens no session."""
    before = documents(world, DocumentKind.SESSION)
    asked = begin(world, world.people["anna"], misbehaviour)
    assert refusal(sign_in.sign_in(world.site, Stranger(), asked)) != "statement-spent"
    assert refusal(sign_in.sign_in(world.site, Stranger(), asked)) == "statement-spent"
    assert documents(world, DocumentKind.SESSION) == before
    enter(world)


def test_an_act_is_no_sign_in(world: SiteWorld) -> None:
    """What somebody signed for a case does not sign them in."""
    signed = world.sign("anna", "hold_case", case="a-case", revision=1)
    entering = sign_in.sign_in(world.site, Stranger(), SignInAsked(signed))
    assert refusal(entering) == "statement-purpose-wrong"


def test_a_sign_in_is_logged_as_one(world: SiteWorld) -> None:
    """It is an entry of its own, in the account's sign-in stream, and moves the counter on."""
    before, person = entries(world), world.people["anna"].person
    enter(world)
    assert entries(world) == before + 1
    assert set(facts(world, f"sign_in/local:{person}")) == {"SignedIn"}
    held = next(iter(world.people["anna"].authenticator.held.values()))
    record = world.store.read(lambda reader: credential_record(reader, b64u(held.id))).result()
    assert record.sign_count == held.sign_count


def test_signing_out_ends_the_session_alone(world: SiteWorld) -> None:
    """The session is gone, another of the same person stays."""
    first, second = enter(world).session, enter(world).session
    done(sign_in.sign_out(world.site, done(recognise_session(world.site, first)), SignInBegun()))
    assert not is_in(world, first)
    assert is_in(world, second)
