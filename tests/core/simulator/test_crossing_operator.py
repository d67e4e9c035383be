"""A simulated person before FirstKey's judges: what they signed after reading it is believed as theirs."""

from typing import Any

import pytest

from firstkey.ceremonies import statements
from firstkey.ceremonies.authentication import StoredCredential, request_options
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.simulator.operator import Operator
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from tests.core.simulator.test_authenticator import CREATION, ORIGIN, model, statement

NOW = 1_772_352_000_000
EXPECTED = statements.ExpectedAct("site-1", "example.org", ORIGIN)


def operator_and_record(person: str = "p-1") -> tuple[Operator, StoredCredential]:
    """Return an operator whose passkey is registered, and the server's record of it."""
    authenticator = model()
    made = authenticator.register(CREATION, ORIGIN)
    public_key = b64u(statement(made)["authData"][37 + 16 + 2 + 32 :])
    stored = StoredCredential(made["id"], public_key, 0, False, b64u(b"user-1"), person)
    return Operator(person, "site-1", ORIGIN, authenticator), stored


def written(purpose: statements.Purpose, act: str, case: str | None, person: str | None) -> bytes:
    """Write a statement as the server does."""
    members: dict[str, Any] = {
        "purpose": purpose,
        "site": "site-1",
        "act": act,
        "case": case,
        "revision": None,
        "digests": (),
        "names": ("claim-1",),
        "person": person,
        "on_behalf_of": None,
        "made_at": NOW,
        "nonce": b64u(bytes(32)),
    }
    return statements.write_statement(statements.Statement(**members))


def asking(statement_bytes: bytes) -> Any:
    """Return the options whose challenge is a statement's."""
    return request_options(challenge=statements.statement_challenge(statement_bytes), rp_id="example.org")


def test_a_signed_act_is_believed() -> None:
    """The judge accepts what the person signed as their act, in time and with user verification, from them alone."""
    operator, stored = operator_and_record()
    act = written(statements.Purpose.ACT, "give_approval", "case-1", "p-1")
    assertion = operator.sign_act(act, asking(act), act="give_approval", case="case-1")
    verdict = statements.judge_act(act, assertion, stored, EXPECTED, NOW + 1)
    assert (verdict.person, verdict.act, verdict.assertion.user_verified) == ("p-1", "give_approval", True)
    with pytest.raises(Refused) as refused:
        statements.judge_sign_in(act, assertion, stored, EXPECTED, NOW + 1)
    assert refused.value.reason is CeremonyReason.StatementPurposeWrong


@pytest.mark.parametrize("person", [None, "p-1"])
def test_a_signed_sign_in_is_believed(person: str | None) -> None:
    """A sign-in statement is signed and accepted, whether it names its person or nobody yet."""
    operator, stored = operator_and_record()
    sign_in = written(statements.Purpose.SIGN_IN, "sign_in", None, person)
    assertion = operator.sign_in(sign_in, asking(sign_in))
    assert statements.judge_sign_in(sign_in, assertion, stored, EXPECTED, NOW + 1).holder == "p-1"
