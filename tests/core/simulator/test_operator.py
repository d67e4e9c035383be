"""A simulated person signs what they mean and nothing else."""

import hashlib
from typing import Any

import pytest

from firstkey.simulator.operator import ACT, SIGN_IN, Operator
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values import canonical
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from tests.core.simulator.test_authenticator import CREATION, ORIGIN, REQUEST, client_data, model

DIGEST = hashlib.sha256(b"case").hexdigest()
MEANT: dict[str, Any] = {"act": "give_approval", "case": "case-1", "digests": [DIGEST], "names": ["claim-1"]}


def operator() -> Operator:
    """Return a person whose passkey is registered."""
    authenticator = model()
    authenticator.register(CREATION, ORIGIN)
    return Operator("p-1", "site-1", ORIGIN, authenticator)


def statement(**changes: Any) -> bytes:
    """Return a statement of approval, or one that differs in the given members."""
    honest = {
        "version": 1,
        "purpose": ACT,
        "site": "site-1",
        "act": "give_approval",
        "case": "case-1",
        "revision": 1,
        "digests": [DIGEST],
        "names": ["claim-1"],
        "person": "p-1",
        "on_behalf_of": None,
        "made_at": 1_772_352_000_000,
        "nonce": b64u(bytes(32)),
    }
    return canonical.encode(honest | changes)


def asking(written: bytes) -> Any:
    """Return the options whose challenge is a statement's."""
    return REQUEST | {"challenge": b64u(hashlib.sha256(written).digest())}


def test_an_act_is_signed_as_shown() -> None:
    """The assertion answers the challenge of exactly the statement that was read."""
    assertion = operator().sign_act(statement(), asking(statement()), **MEANT)
    assert client_data(assertion)["challenge"] == b64u(hashlib.sha256(statement()).digest())


def test_what_is_not_said_is_taken_as_shown() -> None:
    """A person who says no digests or names takes what the page shows, but not another case."""
    operator().sign_act(statement(), asking(statement()), act="give_approval", case="case-1")
    with pytest.raises(Refused):
        operator().sign_act(statement(), asking(statement()), act="give_approval", case="case-2")


def test_a_delegate_says_for_whom() -> None:
    """An act on behalf of somebody is signed when that is meant."""
    delegated = statement(on_behalf_of="p-3")
    assert operator().sign_act(delegated, asking(delegated), **MEANT, on_behalf_of="p-3")["type"] == "public-key"


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": SIGN_IN},
        {"site": "site-2"},
        {"act": "grant_duty"},
        {"case": "case-2"},
        {"case": None},
        {"person": "p-2"},
        {"person": None},
        {"on_behalf_of": "p-3"},
        {"digests": []},
        {"digests": [DIGEST, "0" * 64]},
        {"names": []},
        {"names": ["claim-2"]},
        {"version": 2},
    ],
)
def test_another_act_than_meant_is_not_signed(changes: dict[str, Any]) -> None:
    """A statement that differs from what is meant is refused, the key untouched; the honest one is signed."""
    person = operator()
    with pytest.raises(Refused) as refused:
        person.sign_act(statement(**changes), asking(statement(**changes)), **MEANT)
    assert refused.value.reason is SimulatorReason.StatementNotAsAsked
    assert [held.sign_count for held in person.authenticator.held.values()] == [0]
    person.sign_act(statement(), asking(statement()), **MEANT)


@pytest.mark.parametrize("person", [None, "p-1"])
def test_a_sign_in_is_signed_as_such(person: str | None) -> None:
    """A sign-in statement is signed whether it names its person or nobody yet; one for somebody else is not."""
    written = statement(purpose=SIGN_IN, act="sign_in", case=None, person=person)
    assert operator().sign_in(written, asking(written))["type"] == "public-key"
    for other in (statement(purpose=SIGN_IN, person="p-2"), statement(purpose=SIGN_IN, site="site-2"), statement()):
        with pytest.raises(Refused) as refused:
            operator().sign_in(other, asking(other))
        assert refused.value.reason is SimulatorReason.StatementNotAsAsked


@pytest.mark.parametrize("written", [b'{"version": 1}', canonical.encode([1]), canonical.encode({}), b"\xff"])
def test_what_cannot_be_read_is_not_signed(written: bytes) -> None:
    """Bytes that are no statement of the known version are refused."""
    with pytest.raises(Refused) as refused:
        operator().sign_in(written, asking(written))
    assert refused.value.reason is SimulatorReason.StatementNotAsAsked


def test_a_challenge_of_something_else_is_not_signed() -> None:
    """The statement shown must be the one that the challenge digests."""
    with pytest.raises(Refused) as refused:
        operator().sign_act(statement(), asking(statement(revision=2)), **MEANT)
    assert refused.value.reason is SimulatorReason.StatementNotAsAsked
