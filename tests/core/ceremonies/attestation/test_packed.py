"""The `packed` format: sound statements of both kinds, and each rule of WebAuthn 8.2 and 8.2.1 broken alone."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.x509.oid import NameOID

from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.trust import Trust
from firstkey.values.errors import Refused
from tests.core.ceremonies.software_key import (
    AAGUID_OID,
    CA,
    LEAF,
    SERIAL_OID,
    STRANGER,
    SUBJECT,
    Registration,
    make_key,
    rsa_key,
)
from tests.core.ceremonies.test_registration import judge, refusal

SELF = Registration(attestation="self")
OTHER_MODEL = b"\x04\x10" + bytes(16)

STATEMENTS: list[tuple[str, Registration, Reason]] = [
    ("no sig", Registration(statement={"sig": None}), Reason.AttestationMalformed),
    ("no alg", Registration(statement={"alg": None}), Reason.AttestationMalformed),
    ("alg as text", Registration(statement={"alg": "ES256"}), Reason.AttestationMalformed),
    ("sig as text", Registration(statement={"sig": "signed"}), Reason.AttestationMalformed),
    ("ECDAA", Registration(statement={"ecdaaKeyId": b"id"}), Reason.AttestationMalformed),
    ("empty x5c", Registration(chain=()), Reason.AttestationMalformed),
    ("x5c of nine", Registration(chain=(LEAF.der,) * 9), Reason.AttestationMalformed),
    ("x5c no list", Registration(statement={"x5c": LEAF.der}), Reason.AttestationMalformed),
    ("x5c of text", Registration(statement={"x5c": ["cert"]}), Reason.AttestationMalformed),
    ("x5c of rubbish", Registration(chain=(b"rubbish",)), Reason.AttestationMalformed),
    ("x5c followed by more", Registration(chain=(LEAF.der + b"\0",)), Reason.AttestationMalformed),
    ("rubbish above", Registration(chain=(LEAF.der, b"rubbish")), Reason.AttestationMalformed),
    ("unknown alg", Registration(statement={"alg": -65535}), Reason.AttestationAlgorithmWrong),
    ("another alg", Registration(statement={"alg": -257}), Reason.AttestationAlgorithmWrong),
    ("another curve", Registration(statement={"alg": -35}), Reason.AttestationAlgorithmWrong),
    ("another signer", Registration(attestation_key=STRANGER), Reason.AttestationSignatureWrong),
    ("bit turned", Registration(flip="sig"), Reason.AttestationSignatureWrong),
    ("self, another alg", replace(SELF, statement={"alg": -8}), Reason.AttestationAlgorithmWrong),
    ("self, bit turned", replace(SELF, flip="sig"), Reason.AttestationSignatureWrong),
    ("self, another key", replace(SELF, cose=STRANGER.cose), Reason.AttestationSignatureWrong),
    ("self, ECDAA", replace(SELF, statement={"ecdaaKeyId": b"id"}), Reason.AttestationMalformed),
]


@pytest.mark.parametrize(("bent", "reason"), [case[1:] for case in STATEMENTS], ids=[case[0] for case in STATEMENTS])
def test_each_broken_statement_is_refused(bent: Registration, reason: Reason) -> None:
    """A statement with one thing wrong is refused for it; both sound kinds pass."""
    assert judge(Registration()).trust is Trust.ANCHORED
    assert judge(SELF).trust is Trust.SELF
    assert refusal(bent) is reason


UNFIT: list[tuple[str, dict[str, Any], Reason]] = [
    ("no country", {"subject": SUBJECT | {NameOID.COUNTRY_NAME: None}}, Reason.AttestationCertificateUnfit),
    ("lower-case country", {"subject": SUBJECT | {NameOID.COUNTRY_NAME: "se"}}, Reason.AttestationCertificateUnfit),
    ("no organisation", {"subject": SUBJECT | {NameOID.ORGANIZATION_NAME: None}}, Reason.AttestationCertificateUnfit),
    ("no name", {"subject": SUBJECT | {NameOID.COMMON_NAME: None}}, Reason.AttestationCertificateUnfit),
    ("no unit", {"subject": SUBJECT | {NameOID.ORGANIZATIONAL_UNIT_NAME: None}}, Reason.AttestationCertificateUnfit),
    (
        "another unit",
        {"subject": SUBJECT | {NameOID.ORGANIZATIONAL_UNIT_NAME: "x"}},
        Reason.AttestationCertificateUnfit,
    ),
    ("a CA", {"constraints": CA}, Reason.AttestationCertificateUnfit),
    ("no constraints", {"constraints": None}, Reason.AttestationCertificateUnfit),
    ("another model", {"extensions": ((AAGUID_OID, OTHER_MODEL, False),)}, Reason.AttestationModelWrong),
    ("an empty model", {"extensions": ((AAGUID_OID, b"\x04\x00", False),)}, Reason.AttestationModelWrong),
    ("critical model", {"extensions": ((AAGUID_OID, OTHER_MODEL, True),)}, Reason.AttestationCertificateUnfit),
    ("bare model", {"extensions": ((AAGUID_OID, bytes(16), False),)}, Reason.AttestationCertificateUnfit),
    ("no bytes", {"extensions": ((AAGUID_OID, b"", False),)}, Reason.AttestationCertificateUnfit),
    ("critical serial", {"extensions": ((SERIAL_OID, b"\x04\x01A", True),)}, Reason.AttestationCertificateUnfit),
    (
        "serial in long form",
        {"extensions": ((SERIAL_OID, b"\x04\x81\x01A", False),)},
        Reason.AttestationCertificateUnfit,
    ),
    (
        "endless serial",
        {"extensions": ((SERIAL_OID, b"\x04\x81" + bytes(129), False),)},
        Reason.AttestationCertificateUnfit,
    ),
    ("serial no octets", {"extensions": ((SERIAL_OID, b"\x0c\x01A", False),)}, Reason.AttestationCertificateUnfit),
]


@pytest.mark.parametrize(("bend", "reason"), [case[1:] for case in UNFIT], ids=[case[0] for case in UNFIT])
def test_each_rule_of_the_certificate_holds(bend: dict[str, Any], reason: Reason) -> None:
    """A certificate that breaks one rule of 8.2.1 or 8.2.2 is refused, however well it signs and chains."""
    subject = {oid: value for oid, value in bend.get("subject", SUBJECT).items() if value is not None}
    certificate = replace(LEAF, **bend | {"subject": subject})
    assert refusal(Registration(chain=(certificate.der,))) is reason


@pytest.mark.parametrize(("length", "fits"), [(0, True), (127, True), (128, False), (129, False)])
def test_a_serial_has_a_short_form(length: int, fits: bool) -> None:
    """A serial of up to 127 octets is read; a longer one would need another length form."""
    extension = (SERIAL_OID, bytes([4, length]) + b"S" * length, False)
    made = Registration(chain=(replace(LEAF, extensions=(extension,)).der,))
    if fits:
        assert judge(made).serial == (b"S" * length).hex()
    else:
        assert refusal(made) is Reason.AttestationCertificateUnfit


def test_a_certificate_need_not_name_its_model() -> None:
    """Without the model extension the path alone ties the certificate to the model."""
    assert judge(Registration(chain=(replace(LEAF, extensions=()).der,))).trust is Trust.ANCHORED


def test_version_1_is_refused() -> None:
    """A certificate that leaves its version out is of version 1, whatever extensions it has."""
    sound = LEAF.der
    assert (sound[:2], sound[4:6], sound[8:13]) == (b"\x30\x82", b"\x30\x82", b"\xa0\x03\x02\x01\x02")
    outer, inner = (int.from_bytes(sound[at : at + 2], "big") - 5 for at in (2, 6))
    first = b"\x30\x82" + outer.to_bytes(2, "big") + b"\x30\x82" + inner.to_bytes(2, "big") + sound[13:]
    assert refusal(Registration(chain=(first,))) is Reason.AttestationCertificateUnfit


def test_two_units_are_refused() -> None:
    """A subject that says a thing twice says nothing."""
    twice = SUBJECT | {NameOID.ORGANIZATIONAL_UNIT_NAME: ("Authenticator Attestation", "Sales")}
    once = SUBJECT | {NameOID.ORGANIZATIONAL_UNIT_NAME: ("Authenticator Attestation",)}
    assert judge(Registration(chain=(replace(LEAF, subject=once).der,))).trust is Trust.ANCHORED
    assert refusal(Registration(chain=(replace(LEAF, subject=twice).der,))) is Reason.AttestationCertificateUnfit


@pytest.mark.parametrize("alg", [-35, -36, -8, -257, -37])
def test_an_attestation_key_of_another_kind_attests(alg: int) -> None:
    """The attestation key's algorithm is its own, and need not be the credential's."""
    key = make_key(alg)
    verdict = judge(Registration(attestation_key=key, chain=(replace(LEAF, key=key).der,)))
    assert verdict.alg == -7


def test_a_small_attestation_key_is_refused() -> None:
    """An RSA attestation key of 1024 bits attests nothing."""
    small = rsa_key(-257, 1024)
    with pytest.raises(Refused) as refused:
        judge(Registration(attestation_key=small, chain=(replace(LEAF, key=small).der,)))
    assert refused.value.reason is Reason.AttestationAlgorithmWrong
