"""Signed acts: what a person consents to, as bytes, and the passkey assertion over exactly those bytes (DESIGN 7).

A statement is canonical JSON; the challenge of its assertion is its SHA-256, so the authenticator signs it and nothing
else. The purpose word keeps acts and sign-ins apart: a statement made for one never passes for the other. It is single
use, for two minutes, spent whatever the outcome; whoever stores it sees to that.
"""

from enum import Enum
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, to_builtins
from msgspec.structs import asdict

from firstkey.ceremonies.authentication import (
    AuthenticationVerdict,
    ExpectedAuthentication,
    StoredCredential,
    judge_authentication,
)
from firstkey.ceremonies.json_text import Octets32
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ceremonies.responses import ResponseJson
from firstkey.values import canonical
from firstkey.values.errors import Malformed, Refused
from firstkey.values.instants import MINUTE

STATEMENT_LIFETIME = 2 * MINUTE
STATEMENT_BYTES_MAX = 16 * 1024

Text = Annotated[str, Meta(min_length=1, max_length=256)]


class Purpose(Enum):
    """What a statement can be good for."""

    ACT = "firstkey-act"
    SIGN_IN = "firstkey-sign-in"


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed.

    Attributes:
        purpose: act or sign-in.
        site: the site's id.
        act: the act's name, `give_approval`.
        case: the case's id, or None where the act is about no case, or about several.
        revision: the case's revision, or None.
        digests: up to 25 digests of what is consented to, 64 hex characters each.
        names: up to 8 things that the act is about, in the order that the act prescribes: a claim, a pass, a serial.
        person: who signs, or None in a sign-in before it is known who comes.
        on_behalf_of: the delegator, or None.
        made_at: the instant it was made, milliseconds.
        nonce: 32 random bytes, base64url.
        version: of this form.
    """

    purpose: Purpose
    site: Text
    act: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
    case: Text | None
    revision: Annotated[int, Meta(ge=0)] | None
    digests: Annotated[tuple[Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")], ...], Meta(max_length=25)]
    names: Annotated[tuple[Text, ...], Meta(max_length=8)]
    person: Text | None
    on_behalf_of: Text | None
    made_at: Annotated[int, Meta(ge=0)]
    nonce: Octets32
    version: Literal[1] = 1


class ExpectedAct(Struct, frozen=True):
    """What a signed act must answer to.

    Attributes:
        expected_site: the site's id.
        expected_rp_id: the relying party, a domain.
        expected_origin: the one page that may ask.
    """

    expected_site: str
    expected_rp_id: str
    expected_origin: str


class ActVerdict(Statement, frozen=True, kw_only=True):
    """A statement of an act that its person signed in time.

    Attributes:
        statement_digest: SHA-256 of the statement, hex: its identity, by which it is spent.
        person: who signed: named in the statement, and the holder of the credential.
        credential_id: base64url.
        assertion: what the authenticator said; its ceremony id is the statement's digest.
    """

    statement_digest: str
    person: str
    credential_id: str
    assertion: AuthenticationVerdict


def write_statement(statement: Statement) -> bytes:
    """Return a statement's canonical bytes.

    Raises:
        Malformed: StatementMalformed; what could not be read again is not written.
    """
    written = canonical.encode(to_builtins(statement))
    read_statement(written)
    return written


def statement_challenge(statement: bytes) -> bytes:
    """Return the challenge that consents to a statement: SHA-256 of its bytes."""
    return sha256(statement).digest()


def read_statement(data: bytes) -> Statement:
    """Read a statement; every member is there, of its type, and no other.

    Raises:
        Malformed: StatementMalformed.
    """
    if len(data) > STATEMENT_BYTES_MAX:
        raise Malformed(CeremonyReason.StatementMalformed, "longer than 16 KiB")
    try:
        statement = convert(canonical.decode(data), Statement)
    except (Malformed, ValidationError) as error:
        raise Malformed(CeremonyReason.StatementMalformed) from error
    if canonical.encode(to_builtins(statement)) != data:
        raise Malformed(CeremonyReason.StatementMalformed, "a member left out")
    return statement


def judge_act(
    statement: bytes, assertion: ResponseJson, credential: StoredCredential, expected: ExpectedAct, now: int
) -> ActVerdict:
    """Judge a signed act: purpose, site, age, the assertion with user verification, and that its person signed.

    Args:
        statement: the stored bytes.
        assertion: AuthenticationResponseJSON over them.
        credential: the record of the credential that the assertion names.
        expected: what it must answer to.
        now: the store's time, milliseconds; to verify an old act again, the instant at which it was received.

    Raises:
        Malformed: the statement or the assertion cannot be read.
        Refused: Statement…, or what the ceremony finds.
    """
    read, verdict = _judge(Purpose.ACT, statement, assertion, credential, expected=expected, now=now)
    signed = asdict(read) | {"person": credential.holder, "credential_id": credential.credential_id}
    return ActVerdict(**signed, statement_digest=verdict.ceremony_id, assertion=verdict)


def judge_sign_in(
    statement: bytes, assertion: ResponseJson, credential: StoredCredential, expected: ExpectedAct, now: int
) -> AuthenticationVerdict:
    """Judge a sign-in: as `judge_act`, but of a sign-in statement, which need not name the person.

    Returns:
        Another type than an act's, so that neither passes for the other; its ceremony id is the statement's digest.

    Raises:
        Malformed: as `judge_act`.
        Refused: as `judge_act`.
    """
    return _judge(Purpose.SIGN_IN, statement, assertion, credential, expected=expected, now=now)[1]


def _judge(
    word: Purpose, data: bytes, answer: ResponseJson, credential: StoredCredential, *, expected: ExpectedAct, now: int
) -> tuple[Statement, AuthenticationVerdict]:
    statement = read_statement(data)
    if statement.purpose is not word:
        raise Refused(CeremonyReason.StatementPurposeWrong)
    if statement.site != expected.expected_site:
        raise Refused(CeremonyReason.StatementSiteWrong)
    if not statement.made_at <= now < statement.made_at + STATEMENT_LIFETIME:
        raise Refused(CeremonyReason.StatementNotFresh)
    unnamed = word is Purpose.SIGN_IN and statement.person is None
    if statement.person != credential.holder and not unnamed:
        raise Refused(CeremonyReason.StatementSignerWrong)
    challenge = statement_challenge(data)
    ceremony = ExpectedAuthentication(
        ceremony_id=challenge.hex(),
        expected_challenge=challenge,
        expected_rp_id=expected.expected_rp_id,
        expected_origin=expected.expected_origin,
        allowed_credentials=() if unnamed else (credential.credential_id,),
    )
    return statement, judge_authentication(answer, ceremony, credential)
