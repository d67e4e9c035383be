"""What every attestation format takes and returns, and the certificate rules that several of them share."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from msgspec import Struct

from firstkey.ceremonies.authenticator_data import AuthenticatorData
from firstkey.ceremonies.json_text import member
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed, Refused

CERTIFICATES_MAX = 8

AAGUID_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")  # id-fido-gen-ce-aaguid, WebAuthn 8.2.1
SERIAL_OID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.2")  # id-fido-gen-ce-sernum, WebAuthn 8.2.2

_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, Warning, x509.InvalidVersion, x509.DuplicateExtension)


class Attested(Struct, frozen=True):
    """What a verified statement says.

    Attributes:
        by_itself: self attestation: the credential key signed, so nothing vouches for the model.
        path: the certificates that vouch, the signing one first; empty for self and none.
        serial: the device's serial out of an enterprise attestation certificate, bytes; worth what the path is worth.
    """

    by_itself: bool = False
    path: tuple[x509.Certificate, ...] = ()
    serial: bytes | None = None


Statement = Mapping[Any, Any]
Verify = Callable[[Statement, AuthenticatorData, bytes], Attested]


def read_path(statement: Statement) -> tuple[x509.Certificate, ...]:
    """Read `x5c`, one to eight DER certificates, and everything in them that is looked at later.

    Raises:
        Malformed: AttestationMalformed, for an empty or overlong list, or what is no certificate.
    """
    encoded = member(statement, "x5c", list, CeremonyReason.AttestationMalformed)
    if not 1 <= len(encoded) <= CERTIFICATES_MAX:
        raise Malformed(CeremonyReason.AttestationMalformed, "x5c is not a list of one to eight")
    return tuple(read_certificate(der) for der in encoded)


def read_certificate(der: bytes) -> x509.Certificate:
    """Read a certificate whole: the library parses on demand, and fails then with whatever it likes.

    Raises:
        Malformed: AttestationMalformed.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        _ = (certificate.version, certificate.subject, certificate.extensions, certificate.public_key())
    except _UNREADABLE as error:
        raise Malformed(CeremonyReason.AttestationMalformed, f"a certificate: {error}"[:200]) from error
    return certificate


def judge_certificate(certificate: x509.Certificate, aaguid: UUID) -> bytes | None:
    """Check what WebAuthn asks of every attestation certificate: version 3, no CA, and this model if it names one.

    Returns:
        The device's serial, where the certificate carries one.

    Raises:
        Refused: AttestationCertificateUnfit or AttestationModelWrong.
    """
    if certificate.version is not x509.Version.v3:
        raise Refused(CeremonyReason.AttestationCertificateUnfit, "not version 3")
    if [e.value.ca for e in certificate.extensions if isinstance(e.value, x509.BasicConstraints)] != [False]:
        raise Refused(CeremonyReason.AttestationCertificateUnfit, "not marked as the end of a path")
    model = _octets(certificate, AAGUID_OID)
    if model is not None and model != aaguid.bytes:
        raise Refused(CeremonyReason.AttestationModelWrong)
    return _octets(certificate, SERIAL_OID)


def _octets(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> bytes | None:
    """Return the octet string inside an extension's octet string (short form), or None without the extension."""
    for extension in certificate.extensions:
        if extension.oid == oid:
            assert isinstance(extension.value, x509.UnrecognizedExtension)  # the library knows neither
            encoded = extension.value.value
            if extension.critical or not 2 <= len(encoded) < 130 or (encoded[0], encoded[1]) != (4, len(encoded) - 2):
                raise Refused(CeremonyReason.AttestationCertificateUnfit, f"extension {oid.dotted_string}")
            return encoded[2:]
    return None
