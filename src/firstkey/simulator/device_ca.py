"""An MDM's authority: the client certificates that it puts on managed devices, each naming the device's serial."""

import os
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firstkey.simulator.attestation_root import KEY_SIGNS_CERTIFICATES
from firstkey.simulator.keys import Entropy, p256_key

_VALIDITY = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC))


class DeviceAuthority:
    """A CA of device certificates; equal entropy makes an equal one.

    Args:
        entropy: returns that many random bytes.
    """

    def __init__(self, entropy: Entropy = os.urandom) -> None:
        self._entropy = entropy
        self._key = p256_key(entropy)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "FirstKey simulator devices")])
        builder = self._builder(self._name, self._key, ca=True).add_extension(KEY_SIGNS_CERTIFICATES, critical=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        self.der = certificate.public_bytes(Encoding.DER)
        """The authority's own certificate, DER."""
        self.pem = certificate.public_bytes(Encoding.PEM)
        """The same, PEM."""

    def certificate(self, serial: str, *, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH) -> bytes:
        """Issue the client certificate of a device, DER.

        Args:
            serial: of the device, as the inventory has it.
            usage: what the key is for.
        """
        subject = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, serial)] if serial else [])
        builder = self._builder(subject, p256_key(self._entropy), ca=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.CertificateBuilder:
        public = key.public_key()
        return (
            x509.CertificateBuilder(self._name, subject, public, int.from_bytes(self._entropy(16), "big") >> 1 | 1)
            .not_valid_before(_VALIDITY[0])
            .not_valid_after(_VALIDITY[1])
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
