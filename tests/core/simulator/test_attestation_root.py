"""The simulated maker's certificates, read and verified by the cryptography package."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import (
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from firstkey.simulator.attestation_root import AAGUID_EXTENSION, SERIAL_EXTENSION, AttestationRoot, Attester
from firstkey.simulator.keys import seeded

AAGUID = bytes(range(16))
ROOT = AttestationRoot(seeded(b"root"))


def leaf(attester: Attester) -> x509.Certificate:
    """Return the first certificate of a chain."""
    return x509.load_der_x509_certificate(attester.x5c[0])


def verify(certificate: x509.Certificate, root: bytes, at: datetime) -> None:
    """Verify a chain of two with a verifier that is not ours."""
    store = Store([x509.load_der_x509_certificate(root)])
    leaves = ExtensionPolicy.permit_all()
    builder = PolicyBuilder().store(store).time(at)
    builder = builder.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=leaves)
    builder.build_client_verifier().verify(certificate, [])


def test_a_certificate_leads_to_its_own_root_only() -> None:
    """A path verifier reaches the root that issued the certificate and no other, within its validity only."""
    certificate = leaf(ROOT.attester(AAGUID))
    inside = datetime(2026, 3, 1, tzinfo=UTC)
    verify(certificate, ROOT.der, inside)
    with pytest.raises(VerificationError):
        verify(certificate, AttestationRoot(seeded(b"another")).der, inside)
    with pytest.raises(VerificationError):
        verify(certificate, ROOT.der, datetime(2019, 1, 1, tzinfo=UTC))


def test_a_certificate_is_as_webauthn_asks() -> None:
    """Version, subject, CA flag and the AAGUID extension follow WebAuthn Level 3 section 8.2.1."""
    certificate = leaf(ROOT.attester(AAGUID))
    assert certificate.version is x509.Version.v3
    subject = {attribute.oid: attribute.value for attribute in certificate.subject}
    assert subject[NameOID.ORGANIZATIONAL_UNIT_NAME] == "Authenticator Attestation"
    assert {NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME} < set(subject)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    extension = certificate.extensions.get_extension_for_oid(AAGUID_EXTENSION)
    assert not extension.critical
    assert extension.value.public_bytes() == b"\x04\x10" + AAGUID


def test_a_serial_number_stands_in_an_enterprise_certificate_only() -> None:
    """The serial extension is an octet string, not critical, and absent unless asked for."""
    extension = leaf(ROOT.attester(AAGUID, b"SN-1")).extensions.get_extension_for_oid(SERIAL_EXTENSION)
    assert (extension.critical, extension.value.public_bytes()) == (False, b"\x04\x04SN-1")
    with pytest.raises(x509.ExtensionNotFound):
        leaf(ROOT.attester(AAGUID)).extensions.get_extension_for_oid(SERIAL_EXTENSION)


def test_equal_entropy_makes_an_equal_root() -> None:
    """A seeded root and what it issues can be made again byte for byte."""
    again = AttestationRoot(seeded(b"root"))
    assert again.der == ROOT.der
    assert AttestationRoot(seeded(b"s")).attester().x5c == AttestationRoot(seeded(b"s")).attester().x5c


def test_what_no_verifier_may_admit_can_be_issued() -> None:
    """A leaf that calls itself a CA, and one of another unit, exist for the tests that refuse them."""
    false_ca = leaf(ROOT.attester(ca=True))
    assert false_ca.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf(ROOT.attester(unit="Sales")).subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[
        0
    ].value == ("Sales")
