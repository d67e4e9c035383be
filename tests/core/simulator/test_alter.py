"""Every named misbehaviour changes what it names, is signed for, and leaves the rest honest."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from firstkey.simulator import alter
from firstkey.simulator.alter import Alter
from firstkey.simulator.keys import EDDSA, ES256
from firstkey.values.encoding import unb64u
from tests.core.simulator.test_authenticator import CREATION, ORIGIN, REQUEST, client_data, model, statement, verify

MEMBERS_OF = {
    "wrong_origin": {"origin"},
    "cross_origin": {"crossOrigin"},
    "top_origin": {"crossOrigin", "topOrigin"},
    "wrong_challenge": {"challenge"},
    "type": {"type"},
}


def differing(first: dict[str, Any], second: dict[str, Any]) -> set[str]:
    """Return the members in which two objects differ."""
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


@pytest.mark.parametrize("name", sorted(alter.IN_REGISTRATION))
def test_a_registration_differs_only_where_the_alteration_says(name: str) -> None:
    """Two registrations from equal entropy, one altered: the client data differs in the named members alone."""
    honest = model("self").register(CREATION, ORIGIN)
    altered = model("self").register(CREATION, ORIGIN, alter.IN_REGISTRATION[name])
    assert altered != honest
    assert differing(client_data(honest), client_data(altered)) == MEMBERS_OF.get(name, set())
    assert altered["response"]["publicKey"] == honest["response"]["publicKey"]


@pytest.mark.parametrize("name", sorted(alter.IN_AUTHENTICATION))
def test_an_altered_assertion_is_still_signed_but_for_the_signature_itself(name: str) -> None:
    """The key signs what was altered, so no server can refuse it for its signature; `signature` alone is invalid."""
    authenticator = model()
    made = authenticator.register(CREATION, ORIGIN)
    signed = authenticator.authenticate(REQUEST, ORIGIN, alter.IN_AUTHENTICATION[name])
    public = load_der_public_key(unb64u(made["response"]["publicKey"]))
    data = unb64u(signed["response"]["authenticatorData"])
    if name == "signature":
        with pytest.raises(InvalidSignature):
            verify(public, unb64u(signed["response"]["signature"]), signed["response"], data)
    else:
        verify(public, unb64u(signed["response"]["signature"]), signed["response"], data)
    assert differing(client_data(signed), {**client_data(signed), **alter.IN_AUTHENTICATION[name].client_data}) == set()


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        (alter.USER_NOT_PRESENT, 0x44),
        (alter.USER_NOT_VERIFIED, 0x41),
        (alter.BACKUP_ELIGIBLE, 0x4D),
        (alter.BACKED_UP_UNELIGIBLE, 0x55),
    ],
)
def test_flags_are_altered_one_by_one(change: Alter, flags: int) -> None:
    """Each flag alteration touches its own bits of 0x45."""
    assert statement(model().register(CREATION, ORIGIN, change))["authData"][32] == flags


def test_an_algorithm_that_was_not_offered_can_be_forced() -> None:
    """The key is then of the other algorithm, though the options admit only ES256."""
    only_es256 = CREATION | {"pubKeyCredParams": [{"type": "public-key", "alg": ES256}]}
    made = model().register(only_es256, ORIGIN, alter.ALGORITHM_EDDSA)
    assert made["response"]["publicKeyAlgorithm"] == EDDSA


def test_bytes_can_trail_inside_and_outside() -> None:
    """A tail stands after the authenticator data, or after the attestation object, and nowhere else."""
    honest = model().register(CREATION, ORIGIN)["response"]
    inner = model().register(CREATION, ORIGIN, alter.AUTHENTICATOR_DATA_TAIL)["response"]
    outer = model().register(CREATION, ORIGIN, alter.ATTESTATION_OBJECT_TAIL)["response"]
    assert unb64u(inner["authenticatorData"]) == unb64u(honest["authenticatorData"]) + b"\x00"
    assert unb64u(outer["attestationObject"]) == unb64u(honest["attestationObject"]) + b"\x00"


def test_client_data_can_be_any_bytes() -> None:
    """A byte order mark, duplicate members or no JSON at all can be sent in place of client data."""
    made = model().register(CREATION, ORIGIN, Alter(client_data_json=b"\xef\xbb\xbf{}"))
    assert unb64u(made["response"]["clientDataJSON"]) == b"\xef\xbb\xbf{}"


def test_attestation_can_be_forced_against_the_options() -> None:
    """A statement nobody asked for, or none where one was due."""
    unasked = model("x5c").register(CREATION | {"attestation": "none"}, ORIGIN, Alter(attestation="self"))
    withheld = model("x5c").register(CREATION, ORIGIN, Alter(attestation="none"))
    assert (statement(unasked)["fmt"], statement(withheld)["fmt"]) == ("packed", "none")


def test_convenient_copies_can_lie() -> None:
    """The browser's copies can name another key than the attestation object does."""
    honest = model().register(CREATION, ORIGIN)
    lying = model().register(CREATION, ORIGIN, Alter(response={"publicKey": "AAAA"}))
    assert lying["response"]["publicKey"] == "AAAA"
    assert lying["response"]["attestationObject"] == honest["response"]["attestationObject"]
