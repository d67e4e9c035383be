"""The `packed` format (WebAuthn 8.2): signed by a certified attestation key, or by the credential's own key."""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

from firstkey.ceremonies.attestation.format import Attested, Statement, judge_certificate, read_path
from firstkey.ceremonies.authenticator_data import AuthenticatorData
from firstkey.ceremonies.cose import ALGORITHMS, read_public_key
from firstkey.ceremonies.cose import verify as verify_signature
from firstkey.ceremonies.json_text import member
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed, Refused

_UNREADABLE = CeremonyReason.AttestationMalformed
_SUBJECT = {
    NameOID.COUNTRY_NAME: re.compile(r"[A-Z]{2}"),  # ISO 3166
    NameOID.ORGANIZATION_NAME: re.compile(r".+", re.DOTALL),
    NameOID.ORGANIZATIONAL_UNIT_NAME: re.compile(r"Authenticator Attestation"),
    NameOID.COMMON_NAME: re.compile(r".+", re.DOTALL),
}
"""What the subject must say, once each (8.2.1)."""


def verify(statement: Statement, authenticator_data: AuthenticatorData, client_data_hash: bytes) -> Attested:
    """Verify a packed statement: {alg, sig, x5c}, or {alg, sig} for self attestation.

    Raises:
        Malformed: AttestationMalformed or PublicKeyUnfit.
        Refused: AttestationAlgorithmWrong, AttestationSignatureWrong, AttestationCertificateUnfit,
            AttestationModelWrong.
    """
    credential = authenticator_data.credential
    if statement.keys() - {"x5c"} != {"alg", "sig"}:
        raise Malformed(_UNREADABLE, "members other than alg, sig and x5c")
    alg, signature = member(statement, "alg", int, _UNREADABLE), member(statement, "sig", bytes, _UNREADABLE)
    signed = authenticator_data.raw + client_data_hash
    wrong = CeremonyReason.AttestationSignatureWrong
    if "x5c" not in statement:
        credential_key = read_public_key(credential.public_key)
        if alg != credential_key.alg:
            raise Refused(CeremonyReason.AttestationAlgorithmWrong)
        verify_signature(alg, credential_key.key, signature, signed, wrong)
        return Attested(by_itself=True)
    path = read_path(statement)
    attestation_key = path[0].public_key()
    if alg not in ALGORITHMS or not ALGORITHMS[alg].accepts(attestation_key):
        raise Refused(CeremonyReason.AttestationAlgorithmWrong)
    verify_signature(alg, attestation_key, signature, signed, wrong)
    _judge_subject(path[0])
    return Attested(path=path, serial=judge_certificate(path[0], credential.aaguid))


def _judge_subject(certificate: x509.Certificate) -> None:
    for oid, pattern in _SUBJECT.items():
        values = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(oid)]
        if len(values) != 1 or not isinstance(values[0], str) or pattern.fullmatch(values[0]) is None:
            raise Refused(CeremonyReason.AttestationCertificateUnfit, f"subject {oid.dotted_string}")
