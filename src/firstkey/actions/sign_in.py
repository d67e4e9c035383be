"""Signing in with a passkey that an account holds. Nothing here can reach a pass: a code opens no session, ever.

Stepping up is signing in again within a session, by the same person: the session gets a new id, and no longer life.
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
from firstkey.actions.counters import check_counter
from firstkey.actions.people import PersonRecord, find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.sessions import SESSION_BYTES, Session, begin_session, end_session, session_running
from firstkey.actions.site import Operator, Site, Stranger
from firstkey.actions.site_stream import SignedIn, new_fact, site_state
from firstkey.actions.streams import read_holdings
from firstkey.ceremonies.responses import named_credential
from firstkey.ceremonies.statements import Purpose, judge_sign_in, read_statement
from firstkey.ledger.entry import Activity
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret

SIGN_IN = "sign_in"


class SignInBegun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is said about who comes."""


class SignInAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The assertion over a sign-in statement."""

    signed: SignedStatement


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
        Refused: whatever is wrong; a caller is told one thing. A device-bound key whose counter went back is suspended.
    """
    return await _enter(site, asked, None)


async def step_up(site: Site, caller: Operator, asked: SignInAsked) -> SignedInAnswer:
    """Give the caller's session a new id, because they have just shown their key again.

    Raises:
        Malformed: as `sign_in`.
        Refused: as `sign_in`; NotFound, if somebody else's key was shown.
    """
    return await _enter(site, asked, caller)


async def _enter(site: Site, asked: SignInAsked, caller: Operator | None) -> SignedInAnswer:
    data, at = await spend_statement(site, asked.signed.digest)
    session = Secret(site.entropy.draw(SESSION_BYTES))

    def work(casework: Casework) -> SignedInAnswer:
        tx = casework.tx
        record = credential_record(tx, named_credential(asked.signed.assertion))
        verdict = judge_sign_in(data, asked.signed.assertion, record, site.settings.expected_act, at)
        person = find_person(tx, record.holder)
        if person is None or not casework.is_usable(person.person, record.credential_id):
            raise Refused(ActionReason.NotFound)
        if caller is not None and person.person != caller.person:
            raise Refused(ActionReason.NotFound)
        check_counter(tx, record, verdict, read_statement(data).made_at, person.person)
        store_credential(tx, msgspec.structs.replace(record, sign_count=verdict.sign_count))
        account = _account_of(casework, person, record.credential_id)
        fact = SignedIn(at=tx.now, person=person.person, account=account, credential=record.credential_id)
        stream = f"sign_in/{account}"
        tx.append(stream, tx.head(stream), [new_fact(fact, Activity.SIGN_IN)])
        begun_at = tx.now
        if caller is not None:
            begun_at = session_running(casework, caller.session).begun_at
            end_session(tx, caller.person, caller.session)
        opened = Session(person.person, account, record.credential_id, begun_at, tx.now, proved_at=tx.now)
        begin_session(casework, session, opened)
        return SignedInAnswer(person=person.person, account=account, session=session)

    return await run(site, work)


def _account_of(casework: Casework, person: PersonRecord, credential: str) -> str:
    """Return which of a person's accounts holds a credential."""
    holding = (
        account
        for account in person.every_account
        if read_holdings(casework.site, casework.tx, account).state.find(credential) is not None
    )
    return next(holding, person.account)


async def sign_out(site: Site, caller: Operator, _: SignInBegun) -> SignInBegun:
    """End the session."""
    await run(site, lambda casework: end_session(casework.tx, caller.person, caller.session))
    return SignInBegun()
