"""Signed acts: a statement is one byte form, signed by its person, in time, for one purpose."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict
from msgspec.structs import replace as but

from firstkey.ceremonies.authentication import AuthenticationVerdict, StoredCredential
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.statements import (
    ActVerdict,
    ExpectedAct,
    Purpose,
    Statement,
    judge_act,
    judge_sign_in,
    read_statement,
    statement_challenge,
    write_statement,
)
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Malformed, Refused
from tests.core.ceremonies.software_key import NOW, ORIGIN, RP_ID, UP, Authentication
from tests.core.ceremonies.test_authentication import stored

DIGESTS = tuple(sha256_hex(bytes([number])) for number in range(26))
ACT = Statement(
    purpose=Purpose.ACT,
    site="site-1",
    act="give_approval",
    case="case-1",
    revision=2,
    digests=DIGESTS[:1],
    names=("claim-1",),
    person="person-1",
    on_behalf_of=None,
    made_at=NOW,
    nonce=b64u(bytes(32)),
)
SIGN_IN = but(ACT, purpose=Purpose.SIGN_IN, act="sign_in", case=None, revision=None, digests=(), names=(), person=None)
EXPECTED = ExpectedAct("site-1", RP_ID, ORIGIN)


def signed(statement: bytes, **bend: Any) -> bytes:
    """Return the assertion over a statement, as it travels."""
    client = {"challenge": b64u(statement_challenge(statement))} | bend.pop("client", {})
    return json.dumps(Authentication(client=client, **bend).json()).encode()


def act(
    statement: Statement = ACT,
    now: int = NOW,
    expected: ExpectedAct = EXPECTED,
    credential: StoredCredential | None = None,
    **bend: Any,
) -> ActVerdict:
    """Sign a statement and judge it as an act."""
    written = write_statement(statement)
    return judge_act(written, signed(written, **bend), credential or stored(), expected, now)


def sign_in(statement: Statement = SIGN_IN, now: int = NOW, **bend: Any) -> AuthenticationVerdict:
    """Sign a statement and judge it as a sign-in."""
    written = write_statement(statement)
    return judge_sign_in(written, signed(written, **bend), stored(), EXPECTED, now)


def test_a_signed_act_carries_what_was_signed() -> None:
    """The verdict repeats the statement and names it by its digest."""
    statement = but(ACT, digests=DIGESTS[:25], on_behalf_of="person-2")
    verdict = act(statement)
    assert verdict.statement_digest == sha256_hex(write_statement(statement)) == verdict.assertion.ceremony_id
    assert {name: getattr(verdict, name) for name in asdict(statement)} == asdict(statement)
    assert (verdict.person, verdict.credential_id) == ("person-1", stored().credential_id)
    assert verdict.assertion.user_verified


@pytest.mark.parametrize("now", [NOW - 1, NOW + 120_000, NOW + 10**9])
def test_an_act_lives_two_minutes(now: int) -> None:
    """A statement is good from when it was made, for two minutes, and not a millisecond before or after."""
    assert act(now=NOW + 119_999).made_at == NOW
    for judge in (act, lambda now: sign_in(now=now)):
        with pytest.raises(Refused) as refused:
            judge(now=now)
        assert refused.value.reason is Reason.StatementNotFresh


def test_an_act_is_no_sign_in_and_a_sign_in_no_act() -> None:
    """The purpose word keeps them apart, even where everything else would do for both."""
    as_act = but(SIGN_IN, person="person-1")
    assert act(but(as_act, purpose=Purpose.ACT)).person == "person-1"
    assert sign_in(as_act).holder == "person-1"
    for judged in (lambda: act(as_act), lambda: sign_in(but(as_act, purpose=Purpose.ACT))):
        with pytest.raises(Refused) as refused:
            judged()
        assert refused.value.reason is Reason.StatementPurposeWrong


def test_a_sign_in_need_not_name_the_person() -> None:
    """Who comes is told by the credential, whose user handle must then come back; an act names its person."""
    assert sign_in().holder == "person-1"
    with pytest.raises(Refused) as refused:
        sign_in(user_handle=None)
    assert refused.value.reason is Reason.UserHandleWrong
    with pytest.raises(Refused) as refused:
        sign_in(but(SIGN_IN, person="person-2"))
    assert refused.value.reason is Reason.StatementSignerWrong
    with pytest.raises(Refused) as refused:
        act(but(ACT, person=None))
    assert refused.value.reason is Reason.StatementSignerWrong


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        ({"statement": but(ACT, site="site-2")}, Reason.StatementSiteWrong),
        ({"statement": but(ACT, person="person-2")}, Reason.StatementSignerWrong),
        ({"credential": but(stored(), holder="person-2")}, Reason.StatementSignerWrong),
        ({"credential": but(stored(), credential_id="AAAA")}, Reason.CredentialNotExpected),
        ({"expected": ExpectedAct("site-1", "evil.test", ORIGIN)}, Reason.RelyingPartyWrong),
        ({"expected": ExpectedAct("site-1", RP_ID, "https://evil.test")}, Reason.OriginWrong),
        ({"flags": UP}, Reason.UserNotVerified),
        ({"flip": "sig"}, Reason.AssertionSignatureWrong),
        ({"client": {"challenge": b64u(bytes(32))}}, Reason.ChallengeWrong),
        ({"client": {"type": "webauthn.create"}}, Reason.CeremonyTypeWrong),
    ],
)
def test_each_thing_that_is_not_as_stated_is_refused(bend: dict[str, Any], reason: Reason) -> None:
    """The sound act, with one thing changed, is refused for that thing."""
    act()
    with pytest.raises(Refused) as refused:
        act(**bend)
    assert refused.value.reason is reason


def test_an_assertion_is_for_one_statement() -> None:
    """What was signed for one statement does not consent to another, even one that differs in nothing but its nonce."""
    first, second = write_statement(ACT), write_statement(but(ACT, nonce=b64u(b"n" * 32)))
    with pytest.raises(Refused) as refused:
        judge_act(second, signed(first), stored(), EXPECTED, NOW)
    assert refused.value.reason is Reason.ChallengeWrong


def test_a_statement_is_read_as_it_was_written() -> None:
    """Writing and reading are each other's inverse, and the bytes are canonical JSON."""
    for statement in (ACT, SIGN_IN, but(ACT, digests=DIGESTS[:25])):
        assert read_statement(write_statement(statement)) == statement
    assert write_statement(SIGN_IN) == (
        b'{"act":"sign_in","case":null,"digests":[],"made_at":1780000000000,"names":[],"nonce":"' + b"A" * 43 + b'",'
        b'"on_behalf_of":null,"person":null,"purpose":"firstkey-sign-in","revision":null,"site":"site-1","version":1}'
    )


MEMBERS = json.loads(write_statement(ACT))


@pytest.mark.parametrize(
    "bend",
    [
        {"version": 2},
        {"version": True},
        {"purpose": "firstkey"},
        {"purpose": []},
        {"site": ""},
        {"site": "x" * 257},
        {"site": None},
        {"act": "Give"},
        {"act": "give_approval\n"},
        {"case": 7},
        {"revision": -1},
        {"revision": True},
        {"digests": None},
        {"digests": [DIGESTS[0][:-1]]},
        {"digests": [DIGESTS[0].upper()]},
        {"digests": [DIGESTS[0] + "\n"]},
        {"digests": list(DIGESTS)},
        {"names": None},
        {"names": [""]},
        {"names": ["name"] * 9},
        {"person": 7},
        {"on_behalf_of": ""},
        {"made_at": -1},
        {"made_at": "now"},
        {"nonce": b64u(bytes(31))},
        {"nonce": "A" * 42 + "B"},
        {"more": 1},
    ],
    ids=str,
)
def test_a_member_out_of_bounds_is_malformed(bend: dict[str, Any]) -> None:
    """Every member has its type and bounds, and there is no other."""
    with pytest.raises(Malformed) as refused:
        read_statement(json.dumps(MEMBERS | bend, sort_keys=True, separators=(",", ":")).encode())
    assert refused.value.reason is Reason.StatementMalformed


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_a_member_left_out_is_malformed(name: str) -> None:
    """No member has a default, not even null or the version."""
    left = {key: value for key, value in (json.loads(write_statement(SIGN_IN))).items() if key != name}
    with pytest.raises(Malformed):
        read_statement(json.dumps(left, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize(
    "bent",
    [
        json.dumps(MEMBERS).encode(),
        write_statement(ACT) + b" ",
        write_statement(ACT).replace(b'"version":1', b'"version":1,"version":1'),
        write_statement(ACT).replace(b'"revision":2', b'"revision":2.0'),
        b"[" * 9_000,
        b"x" * 20_000,
        b"",
    ],
)
def test_another_byte_form_is_malformed(bent: bytes) -> None:
    """A statement has one byte form, so that it has one digest."""
    with pytest.raises(Malformed) as refused:
        read_statement(bent)
    assert refused.value.reason is Reason.StatementMalformed


def test_what_could_not_be_read_is_not_written() -> None:
    """A statement out of bounds, or too long as bytes, is refused before anybody signs it."""
    with pytest.raises(Malformed):
        write_statement(but(ACT, digests=DIGESTS))
    with pytest.raises(Malformed, match="16 KiB"):
        write_statement(but(ACT, names=("\x01" * 256,) * 8, site="\x01" * 256, case="\x01" * 256, person="\x01" * 256))


@given(st.binary(max_size=300))
def test_nothing_but_malformed_comes_out(data: bytes) -> None:
    """Whatever the bytes are, reading answers or refuses."""
    with pytest.raises(Malformed):
        read_statement(data)
