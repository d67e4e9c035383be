"""Signed acts: what a person is asked to sign, what comes back, and its evidence, verified again whenever it counts.

A statement is made by the server, stored, signed, and spent whatever the outcome. What was accepted is kept as
evidence: the statement, the assertion over it, and when it was received; with it anybody can verify the act again.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.ceremonies.authentication import StoredCredential, request_options
from firstkey.ceremonies.responses import named_credential
from firstkey.ceremonies.statements import (
    ActVerdict,
    ExpectedAct,
    Purpose,
    Statement,
    judge_act,
    statement_challenge,
    write_statement,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import SignedAct
from firstkey.ports.fact_store import Reader, Slot, SlotTaken, Transaction, answer_async
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values import canonical
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Refused

NONCE_BYTES = 32
VERIFIED_KEPT_MAX = 4_096


class SignedStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer to a statement: its digest (hex) and the browser's AuthenticationResponseJSON."""

    digest: str
    assertion: dict[str, Any]


class StatementAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person wants to sign: which act, on which case (None for none or several), naming what."""

    act: str
    case: str | None = None
    revision: int | None = None
    digests: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    on_behalf_of: str | None = None


class StatementToSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to sign: the statement's bytes (base64url), its digest, and PublicKeyCredentialRequestOptionsJSON."""

    digest: str
    statement: str
    options: dict[str, Any]


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act that was accepted, as it is kept. `statement` is base64url; the credential is as it was at that moment."""

    statement: str
    assertion: dict[str, Any]
    credential: StoredCredential
    received_at: int


def credential_record(reader: Reader, credential: str) -> StoredCredential:
    """Return the record of a credential.

    Raises:
        Refused: NotFound.
    """
    body = reader.document(DocumentKind.CREDENTIAL_KEY, credential)
    if body is None:
        raise Refused(ActionReason.NotFound)
    return msgspec.json.decode(body, type=StoredCredential)


def store_credential(tx: Transaction, record: StoredCredential) -> None:
    """Store a credential's record."""
    tx.put_document(DocumentKind.CREDENTIAL_KEY, record.credential_id, canonical.encode(msgspec.to_builtins(record)))


def prepare_statement(site: Site, tx: Transaction, statement: Statement, allowed: tuple[str, ...]) -> StatementToSign:
    """Store a statement and make its options."""
    data = write_statement(statement)
    challenge = statement_challenge(data)
    tx.put_document(DocumentKind.STATEMENT, challenge.hex(), data)
    options = request_options(challenge=challenge, rp_id=site.settings.rp_id, allowed_credentials=allowed)
    return StatementToSign(digest=challenge.hex(), statement=b64u(data), options=options)


def new_statement(site: Site, now: int, purpose: Purpose, asked: StatementAsked, person: str | None) -> Statement:
    """Make a statement, fresh by its time and nonce."""
    return Statement(
        purpose=purpose,
        site=site.settings.site,
        act=asked.act,
        case=asked.case,
        revision=asked.revision,
        digests=asked.digests,
        names=asked.names,
        person=person,
        on_behalf_of=asked.on_behalf_of,
        made_at=now,
        nonce=b64u(site.entropy.draw(NONCE_BYTES)),
    )


async def ask_statement(site: Site, caller: Operator, asked: StatementAsked) -> StatementToSign:
    """Make the statement of an act for the person in this session to sign.

    Raises:
        Refused: NotEligible; whom they would act for has delegated nothing to them.
    """

    def work(tx: Transaction) -> StatementToSign:
        live = site_state(site, tx).state.delegations_at(tx.now)
        if asked.on_behalf_of is not None and (asked.on_behalf_of, caller.person) not in {
            (each.delegator, each.delegate) for each in live
        }:
            raise Refused(R.NotEligible)
        statement = new_statement(site, tx.now, Purpose.ACT, asked, caller.person)
        return prepare_statement(site, tx, statement, ())

    return await answer_async(site.store.execute(work), ANSWER_WITHIN_SECONDS)


async def spend_statement(site: Site, digest: str) -> tuple[bytes, int]:
    """Spend a statement, durably, before anything is made of it.

    Returns:
        Its bytes, and the instant at which it was spent.

    Raises:
        Refused: StatementUnknown, StatementSpent.
    """
    return await answer_async(site.store.execute(partial(_spend, digest=digest)), ANSWER_WITHIN_SECONDS)


def _spend(tx: Transaction, digest: str) -> tuple[bytes, int]:
    data = tx.document(DocumentKind.STATEMENT, digest)
    if data is None:
        raise Refused(ActionReason.StatementUnknown)
    try:
        tx.take(Slot(SlotKind.STATEMENT, digest), "site")
    except SlotTaken as error:
        raise Refused(ActionReason.StatementSpent) from error
    return data, tx.now


async def judge_signed(site: Site, signed: SignedStatement, person: str | None) -> tuple[ActVerdict, Evidence]:
    """Judge an act that somebody sent.

    Args:
        site: the site.
        signed: the statement's digest and the assertion.
        person: whose it must be; None where the sender brings what others signed.

    Raises:
        Malformed: the assertion cannot be read.
        Refused: Statement…, or what the ceremony finds.
    """

    def work(tx: Transaction) -> tuple[bytes, int, StoredCredential | Refused]:
        data, now = _spend(tx, signed.digest)
        try:
            return data, now, credential_record(tx, named_credential(signed.assertion))
        except Refused as refused:  # told below; the statement is spent whatever the outcome
            return data, now, refused

    data, now, record = await answer_async(site.store.execute(work), ANSWER_WITHIN_SECONDS)
    if isinstance(record, Refused):
        raise record
    verdict = judge_act(data, signed.assertion, record, site.settings.expected_act, now)
    if person not in (None, verdict.person):
        raise Refused(ActionReason.StatementUnknown)
    evidence = Evidence(b64u(data), signed.assertion, record, now)
    body = _evidence_bytes(evidence)
    if msgspec.json.decode(body, type=Evidence) == evidence:  # what is kept is what has just been verified
        _remember(body, verdict.statement_digest, site.settings.expected_act, holds=True)
    return verdict, evidence


def _evidence_bytes(evidence: Evidence) -> bytes:
    return msgspec.json.encode(evidence, order="deterministic")


def keep_evidence(tx: Transaction, verdict: ActVerdict, evidence: Evidence) -> None:
    """Keep an act that is about to count."""
    tx.put_document(DocumentKind.ACT_EVIDENCE, verdict.statement_digest, _evidence_bytes(evidence))


def signed_act(verdict: ActVerdict) -> SignedAct:
    """Return the act as a decision sees it."""
    return SignedAct(
        act=verdict.act,
        case=verdict.case or "",
        revision=verdict.revision or 0,
        person=verdict.person,
        statement=verdict.statement_digest,
        made_at=verdict.made_at,
        delegator=verdict.on_behalf_of,
        digests=verdict.digests,
        names=verdict.names,
    )


_verified: dict[tuple[bytes, str, ExpectedAct], bool] = {}
"""Whether evidence verifies, by SHA-256 of its bytes. The same bytes give the same answer, so it is worked out once."""


def _remember(body: bytes, digest: str, expected: ExpectedAct, *, holds: bool) -> None:
    if len(_verified) >= VERIFIED_KEPT_MAX:
        _verified.clear()
    _verified[sha256(body).digest(), digest, expected] = holds


def _holds(body: bytes, digest: str, expected: ExpectedAct) -> bool:
    known = _verified.get((sha256(body).digest(), digest, expected))
    if known is None:
        known = _verifies(body, digest, expected)
        _remember(body, digest, expected, holds=known)
    return known


def _verifies(body: bytes, digest: str, expected: ExpectedAct) -> bool:
    try:
        evidence = msgspec.json.decode(body, type=Evidence)
        data = unb64u(evidence.statement)
        judge_act(data, evidence.assertion, evidence.credential, expected, evidence.received_at)
    except (Refused, msgspec.MsgspecError):
        return False
    return statement_challenge(data).hex() == digest


def statements_of(case: Case) -> frozenset[str]:
    """Return the statements that a case stands on."""
    parts = (case.proofing, case.claim, *case.approvals)
    signed = frozenset(part.by.statement for part in parts if part is not None and part.by is not None)
    return signed if case.own_key is None else signed | {case.own_key.statement}


def verified_again(site: Site, reader: Reader, statements: Iterable[str]) -> frozenset[str]:
    """Return those statements whose kept evidence verifies, by the very key that signed it."""
    found = ((digest, reader.document(DocumentKind.ACT_EVIDENCE, digest)) for digest in statements)
    expected = site.settings.expected_act
    return frozenset(digest for digest, body in found if body is not None and _holds(body, digest, expected))
