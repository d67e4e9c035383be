"""Signing in with a passkey that an account holds. Nothing here can reach a pass: a code opens no session, ever.

A session's id is 256 random bits, new at every sign-in; only its digest is stored. It ends after 15 idle minutes,
after 12 hours whatever happens, and when the epoch is raised.
"""

import msgspec

from firstkey.actions.acts import (
    SignedStatement,
    StatementAsked,
    StatementToSign,
    credential_record,
    new_statement,
    prepare_statement,
    spend_statement,
    store_credential,
)
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site, Stranger
from firstkey.actions.site_stream import SignedIn, new_fact, site_state
from firstkey.ceremonies.responses import named_credential
from firstkey.ceremonies.statements import Purpose, judge_sign_in
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, MINUTE
from firstkey.values.secret import Secret

SIGN_IN = "sign_in"
SESSION_BYTES = 32
SESSION_IDLE_MS_MAX = 15 * MINUTE
SESSION_LIFETIME_MS_MAX = 12 * HOUR
SESSION_TOUCHED_EVERY_MS = MINUTE


class SignInBegun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is said about who comes."""


class SignInAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assertion over a sign-in statement."""

    signed: SignedStatement


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session as it is stored, under the digest of its id. It ends with the epoch in which it was begun."""

    person: str
    account: str
    credential: str
    begun_at: int
    used_at: int
    epoch: int


class SignedInAnswer(msgspec.Struct, frozen=True):
    """Who signed in. `session` goes into the cookie and nowhere else."""

    person: str
    account: str
    session: Secret


async def sign_in_options(site: Site, _: Stranger, __: SignInBegun) -> StatementToSign:
    """Make a sign-in statement, which names nobody yet."""

    def work(casework: Casework) -> StatementToSign:
        if not site_state(site, casework.tx).state.founded:
            raise Refused(ActionReason.NotFounded)
        asked = StatementAsked(act=SIGN_IN)
        statement = new_statement(site, casework.tx.now, Purpose.SIGN_IN, asked, None)
        return prepare_statement(site, casework.tx, statement, ())

    return await run(site, work)


async def sign_in(site: Site, _: Stranger, asked: SignInAsked) -> SignedInAnswer:
    """Open a session for whoever holds an active credential.

    Raises:
        Malformed: the assertion cannot be read.
        Refused: whatever is wrong; a caller is told one thing.
    """
    data, at = await spend_statement(site, asked.signed.digest)
    session = Secret(site.entropy.draw(SESSION_BYTES))
    key = session_key(session)

    def work(casework: Casework) -> SignedInAnswer:
        tx = casework.tx
        record = credential_record(tx, named_credential(asked.signed.assertion))
        verdict = judge_sign_in(data, asked.signed.assertion, record, site.settings.expected_act, at)
        person = find_person(tx, record.holder)
        if person is None or not casework.is_usable(person.person, record.credential_id):
            raise Refused(ActionReason.NotFound)
        store_credential(tx, msgspec.structs.replace(record, sign_count=verdict.sign_count))
        fact = SignedIn(at=tx.now, person=person.person, account=person.account, credential=record.credential_id)
        stream = f"sign_in/{person.account}"
        tx.append(stream, tx.head(stream), [new_fact(fact, Activity.SIGN_IN)])
        epoch = site_state(site, tx).state.epoch
        opened = Session(person.person, person.account, record.credential_id, tx.now, tx.now, epoch)
        tx.put_document(DocumentKind.SESSION, key, canonical.encode(msgspec.to_builtins(opened)))
        return SignedInAnswer(person=person.person, account=person.account, session=session)

    return await run(site, work)


def session_key(session: Secret) -> str:
    """Return the digest under which a session is stored."""
    return sha256_hex(session.reveal())


async def recognise_session(site: Site, session: Secret, source: str = "") -> Operator:
    """Return who is in a session.

    Raises:
        Refused: SignInNeeded.
    """
    key = session_key(session)

    def work(casework: Casework) -> Operator:
        tx = casework.tx
        body = tx.document(DocumentKind.SESSION, key)
        kept = None if body is None else msgspec.json.decode(body, type=Session)
        if kept is None or not _runs(site, tx, kept) or not casework.is_usable(kept.person, kept.credential):
            raise Refused(ActionReason.SignInNeeded)
        if tx.now - kept.used_at >= SESSION_TOUCHED_EVERY_MS:
            used = msgspec.structs.replace(kept, used_at=tx.now)
            tx.put_document(DocumentKind.SESSION, key, canonical.encode(msgspec.to_builtins(used)))
        return Operator(person=kept.person, account=kept.account, session=key, source=source)

    return await run(site, work)


def _runs(site: Site, tx: Transaction, kept: Session) -> bool:
    in_time = tx.now - kept.used_at < SESSION_IDLE_MS_MAX and tx.now - kept.begun_at < SESSION_LIFETIME_MS_MAX
    return in_time and kept.epoch == site_state(site, tx).state.epoch


async def sign_out(site: Site, caller: Operator, _: SignInBegun) -> SignInBegun:
    """End the session."""
    await run(site, lambda casework: casework.tx.delete_document(DocumentKind.SESSION, caller.session))
    return SignInBegun()


def session_text(session: Secret) -> str:
    """Return a session's id as the cookie carries it."""
    return b64u(session.reveal())
