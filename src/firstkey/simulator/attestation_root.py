"""A maker of authenticators: its root certificate, and the attestation certificates it issues.

Packed attestation certificates follow WebAuthn Level 3 section 8.2.1 (subject, version 3, CA false, AAGUID extension)
and 8.2.2 (the serial number of enterprise attestation). The validity is wide, so that a test may set its clock freely.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from firstkey.simulator.keys import Entropy, p256_key

AAGUID_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
SERIAL_EXTENSION = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.2")

_NOT_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2099, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Attester:
    """An attestation key with its chain.

    Attributes:
        key: the attestation private key, P-256.
        x5c: DER certificates, leaf first, without the root.
    """

    key: ec.EllipticCurvePrivateKey
    x5c: tuple[bytes, ...]


def _name(common_name: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CH"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "FirstKey simulator"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _octet_string(value: bytes) -> bytes:
    return bytes([0x04, len(value)]) + value


class AttestationRoot:
    """A root that issues attestation certificates; equal entropy makes an equal root.

    Args:
        entropy: returns that many random bytes.
        not_before: start of every certificate's validity.
        not_after: end of every certificate's validity.
    """

    def __init__(
        self, entropy: Entropy = os.urandom, *, not_before: datetime = _NOT_BEFORE, not_after: datetime = _NOT_AFTER
    ) -> None:
        self._entropy = entropy
        self._validity = (not_before, not_after)
        self._key = p256_key(entropy)
        self._issuer = _name("FirstKey simulator root, trust it nowhere", "Root")
        builder = self._builder(self._issuer, self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(KEY_SIGNS_CERTIFICATES, critical=True)
        self.der = self._signed(builder)
        """The root certificate, DER."""

    def attester(
        self,
        aaguid: bytes | None = None,
        serial: bytes | None = None,
        *,
        unit: str = "Authenticator Attestation",
        ca: bool = False,
    ) -> Attester:
        """Issue an attestation key and certificate.

        Args:
            aaguid: 16 bytes for the AAGUID extension; None leaves the extension out.
            serial: the device's serial number, at most 127 bytes, for an enterprise certificate; None leaves it out.
            unit: the subject's OU; WebAuthn asks for the default.
            ca: whether the leaf calls itself a CA, which no verifier may admit.
        """
        key = p256_key(self._entropy)
        builder = self._builder(_name("FirstKey simulator attestation", unit), key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = builder.add_extension(authority, critical=False)
        for oid, value in ((AAGUID_EXTENSION, aaguid), (SERIAL_EXTENSION, serial)):
            if value is not None:
                builder = builder.add_extension(x509.UnrecognizedExtension(oid, _octet_string(value)), critical=False)
        return Attester(key, (self._signed(builder),))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return x509.CertificateBuilder(
            issuer_name=self._issuer,
            subject_name=subject,
            public_key=key,
            serial_number=int.from_bytes(self._entropy(16), "big") >> 1 | 1,
            not_valid_before=self._validity[0],
            not_valid_after=self._validity[1],
        ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)

    def _signed(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self._key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


KEY_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
