"""Sessions: new ids, bounded lives, seen and ended by their holder alone."""

from typing import Any

import pytest

from firstkey.actions import sessions, sign_in
from firstkey.actions.acts import SignedStatement
from firstkey.actions.reasons import ActionReason
from firstkey.actions.sessions import SESSIONS_MAX, SessionToEnd, recognise_session, session_key
from firstkey.actions.sign_in import SignedInAnswer, SignInAsked, SignInBegun
from firstkey.actions.site import Stranger
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from firstkey.values.secret import Secret
from tests.actions.looking import documents, refusal
from tests.actions.site_world import SiteWorld, done


@pytest.fixture
def world() -> SiteWorld:
    """A founded site."""
    return SiteWorld()


def assertion(world: SiteWorld, name: str) -> SignInAsked:
    """Somebody shows their key."""
    begun = done(sign_in.sign_in_options(world.site, Stranger(), SignInBegun()))
    answer = world.people[name].sign_in(unb64u(begun.statement), begun.options)
    return SignInAsked(SignedStatement(begun.digest, answer))


def enter(world: SiteWorld, name: str = "anna") -> SignedInAnswer:
    """Sign in."""
    return done(sign_in.sign_in(world.site, Stranger(), assertion(world, name)))


def is_in(world: SiteWorld, session: Secret) -> bool:
    """Whether a session admits."""
    try:
        return bool(done(recognise_session(world.site, session)).person)
    except Refused as refused:
        if refused.reason is not ActionReason.SignInNeeded:
            raise
        return False


def listed(world: SiteWorld, session: Secret) -> list[str]:
    """The digests that the holder of a session is shown."""
    shown = done(sessions.list_sessions(world.site, done(recognise_session(world.site, session))))
    return [each.session for each in shown.sessions]


def step_up(world: SiteWorld, session: Secret, name: str) -> Any:
    """Show a key within a session."""
    caller = done(recognise_session(world.site, session))
    return sign_in.step_up(world.site, caller, assertion(world, name))


def test_a_step_up_gives_a_new_id(world: SiteWorld) -> None:
    """The old id admits nobody from then on; the new one ends when the old would have."""
    first = enter(world).session
    begun = world.clock.instant
    for _ in range(60):
        world.clock.instant += 10 * MINUTE
        assert is_in(world, first)
    second = done(step_up(world, first, "anna")).session
    assert (is_in(world, first), is_in(world, second)) == (False, True)
    while world.clock.instant + 10 * MINUTE < begun + 12 * HOUR:
        world.clock.instant += 10 * MINUTE
        assert is_in(world, second)
    world.clock.instant = begun + 12 * HOUR
    assert not is_in(world, second)


def test_a_step_up_is_the_holders(world: SiteWorld) -> None:
    """Another's key, however good, changes nothing."""
    session = enter(world).session
    assert refusal(step_up(world, session, "cora")) == "not-found"
    assert is_in(world, session)


def test_people_see_their_own_sessions(world: SiteWorld) -> None:
    """All that run, this one marked; nobody else's."""
    mine = [enter(world).session for _ in range(2)]
    enter(world, "cora")
    caller = done(recognise_session(world.site, mine[1]))
    shown = done(sessions.list_sessions(world.site, caller)).sessions
    assert {session_key(each) for each in mine} <= {each.session for each in shown}
    assert len(shown) == 3  # one was opened when the site was founded
    assert [each.session for each in shown if each.here] == [session_key(mine[1])]


def test_people_end_their_own_sessions(world: SiteWorld) -> None:
    """Any of them from any other; another's is not found, and goes on."""
    first, second, other = enter(world).session, enter(world).session, enter(world, "cora").session
    caller = done(recognise_session(world.site, second))
    ending = sessions.end_own_session(world.site, caller, SessionToEnd(session_key(other)))
    assert refusal(ending) == "not-found"
    left = done(sessions.end_own_session(world.site, caller, SessionToEnd(session_key(first)))).sessions
    assert session_key(first) not in {each.session for each in left}
    assert (is_in(world, first), is_in(world, second), is_in(world, other)) == (False, True, True)


def test_an_eleventh_session_ends_the_oldest(world: SiteWorld) -> None:
    """Nobody has more than ten, and what is over is kept no more."""
    opened = []
    for _ in range(SESSIONS_MAX + 2):
        world.clock.instant += 1
        opened.append(enter(world).session)
    assert [is_in(world, session) for session in opened] == [False] * 2 + [True] * SESSIONS_MAX
    assert len(listed(world, opened[-1])) == SESSIONS_MAX
    world.clock.instant += 16 * MINUTE
    last = enter(world).session
    assert listed(world, last) == [session_key(last)]
    prefix = sessions._of(world.people["anna"].person)
    assert [key for key in documents(world, DocumentKind.SESSION_OF) if key.startswith(prefix)] == [
        f"{prefix}{session_key(last)}"
    ]
