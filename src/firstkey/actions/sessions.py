"""Sessions of people who signed in: how they begin, go on, are listed, and end.

A session's id is 256 random bits, new at every sign-in and step-up; only its digest is stored. It ends after 15 idle
minutes, 12 hours after the sign-in, at sign-out, when its holder ends it, when its key or the person is out of use, and
with the epoch in which it began. Whoever opens an eleventh ends their oldest.
"""

from typing import Annotated

import msgspec

from firstkey.actions.casework import Casework, run
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.ports.queues import PAGE_ROWS_MAX
from firstkey.values import canonical
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from firstkey.values.secret import Secret

SESSION_BYTES = 32
SESSION_IDLE_MS_MAX = 15 * MINUTE
SESSION_LIFETIME_MS_MAX = 12 * HOUR
SESSION_TOUCHED_EVERY_MS = MINUTE
SESSIONS_MAX = 10


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session as it is stored, under the digest of its id.

    Attributes:
        begun_at: when its holder signed in; a step-up does not move it.
        used_at: when it was last used, to the minute.
        epoch: the site's, when it began.
        proved_at: when its holder last showed their key, by signing in or stepping up.
    """

    person: str
    account: str
    credential: str
    begun_at: int
    used_at: int
    epoch: int = 1
    proved_at: int = 0


class SessionShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session of the caller. `session` is the digest of its id, which opens nothing; `here` marks this one."""

    session: str
    begun_at: int
    used_at: int
    proved_at: int
    credential: str
    here: bool


class SessionsShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The caller's sessions, the oldest first."""

    sessions: tuple[SessionShown, ...]


class SessionToEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which session of the caller's to end."""

    session: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


def session_key(session: Secret) -> str:
    """Return the digest under which a session is stored."""
    return sha256_hex(session.reveal())


def session_text(session: Secret) -> str:
    """Return a session's id as the cookie carries it."""
    return b64u(session.reveal())


def _of(person: str) -> str:
    return f"{sha256_hex(person.encode())}:"


def _read(reader: Reader, key: str) -> Session | None:
    body = reader.document(DocumentKind.SESSION, key)
    return None if body is None else msgspec.json.decode(body, type=Session)


def _write(tx: Transaction, key: str, session: Session) -> None:
    tx.put_document(DocumentKind.SESSION, key, canonical.encode(msgspec.to_builtins(session)))


def _runs(session: Session | None, epoch: int, now: int) -> bool:
    return (
        session is not None
        and session.epoch == epoch
        and now - session.used_at < SESSION_IDLE_MS_MAX
        and now - session.begun_at < SESSION_LIFETIME_MS_MAX
    )


def _keys(reader: Reader, person: str) -> tuple[str, ...]:
    """Return the digests of a person's sessions, over or not."""
    found = reader.documents(DocumentKind.SESSION_OF, _of(person), limit=PAGE_ROWS_MAX)
    return tuple(key.removeprefix(_of(person)) for key, _ in found)


def sessions_of(reader: Reader, person: str, epoch: int, now: int) -> tuple[tuple[str, Session], ...]:
    """Return the sessions of a person that run, by digest, the oldest first."""
    keys = _keys(reader, person)
    found = [(key, session) for key in keys if (session := _read(reader, key)) is not None]
    running = ((key, session) for key, session in found if _runs(session, epoch, now))
    return tuple(sorted(running, key=lambda each: (each[1].begun_at, each[0])))


def end_session(tx: Transaction, person: str, key: str) -> None:
    """End a session."""
    tx.delete_document(DocumentKind.SESSION, key)
    tx.delete_document(DocumentKind.SESSION_OF, f"{_of(person)}{key}")


def begin_session(casework: Casework, session: Secret, opened: Session) -> None:
    """Begin a session; of too many the oldest end."""
    tx, epoch = casework.tx, site_state(casework.site, casework.tx).state.epoch
    kept = [key for key, _ in sessions_of(tx, opened.person, epoch, tx.now)][1 - SESSIONS_MAX :]
    for over in set(_keys(tx, opened.person)) - set(kept):
        end_session(tx, opened.person, over)
    key = session_key(session)
    _write(tx, key, msgspec.structs.replace(opened, epoch=epoch))
    tx.put_document(DocumentKind.SESSION_OF, f"{_of(opened.person)}{key}", b"1")


def session_running(casework: Casework, key: str) -> Session:
    """Return a session that admits now.

    Raises:
        Refused: SignInNeeded.
    """
    tx = casework.tx
    kept = _read(tx, key)
    epoch = site_state(casework.site, tx).state.epoch
    if kept is None or not _runs(kept, epoch, tx.now) or not casework.is_usable(kept.person, kept.credential):
        raise Refused(ActionReason.SignInNeeded)
    return kept


async def recognise_session(site: Site, session: Secret, source: str = "") -> Operator:
    """Return who is in a session.

    Raises:
        Refused: SignInNeeded.
    """
    key = session_key(session)

    def work(casework: Casework) -> Operator:
        kept, now = session_running(casework, key), casework.tx.now
        if now - kept.used_at >= SESSION_TOUCHED_EVERY_MS:
            _write(casework.tx, key, msgspec.structs.replace(kept, used_at=now))
        return Operator(person=kept.person, account=kept.account, session=key, source=source)

    return await run(site, work)


def _shown(casework: Casework, caller: Operator) -> SessionsShown:
    tx = casework.tx
    running = sessions_of(tx, caller.person, site_state(casework.site, tx).state.epoch, tx.now)
    return SessionsShown(
        tuple(
            SessionShown(key, each.begun_at, each.used_at, each.proved_at, each.credential, key == caller.session)
            for key, each in running
        )
    )


async def list_sessions(site: Site, caller: Operator) -> SessionsShown:
    """Show the caller their own sessions."""
    return await run(site, lambda casework: _shown(casework, caller))


async def end_own_session(site: Site, caller: Operator, asked: SessionToEnd) -> SessionsShown:
    """End one of the caller's own sessions, this one or another.

    Raises:
        Refused: NotFound; it is not theirs, or over.
    """

    def work(casework: Casework) -> SessionsShown:
        kept = _read(casework.tx, asked.session)
        if kept is None or kept.person != caller.person:
            raise Refused(ActionReason.NotFound)
        end_session(casework.tx, caller.person, asked.session)
        return _shown(casework, caller)

    return await run(site, work)
