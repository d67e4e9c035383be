"""The software authenticator before a WebAuthn server that is neither ours nor the simulator's: fido2's."""

import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fido2.attestation.base import AttestationVerifier
from fido2.attestation.packed import PackedAttestation
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestationObject,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from firstkey.simulator import alter
from tests.core.simulator.test_authenticator import ORIGIN, ROOT, model


class Anchored(AttestationVerifier):
    """Trusts the simulator's root for what it issued, and nothing else."""

    def ca_lookup(self, attestation_result: Any, auth_data: AuthenticatorData) -> bytes | None:
        """Return the root whose name issued the leaf."""
        leaf = x509.load_der_x509_certificate(attestation_result.trust_path[0])
        root = x509.load_der_x509_certificate(ROOT.der)
        return root.public_bytes(Encoding.DER) if root.subject == leaf.issuer else None


def plain(options: Any) -> Any:
    """Return options as the JSON that a page would be sent."""
    return json.loads(json.dumps(dict(options)))["publicKey"]


@pytest.mark.parametrize("attestation", ["none", "self", "x5c"])
def test_a_foreign_server_accepts_registration_and_authentication(attestation: str) -> None:
    """Another implementation verifies each fmt and then the assertion, and refuses a tampered one."""

    def verify(whole: AttestationObject, client_data_hash: bytes) -> None:
        assert whole.fmt == ("none" if attestation == "none" else "packed")
        if attestation == "self":
            PackedAttestation().verify(whole.att_stmt, whole.auth_data, client_data_hash)
        elif attestation == "x5c":
            Anchored().verify_attestation(whole, client_data_hash)

    relying_party = PublicKeyCredentialRpEntity(id="example.org", name="Example")
    server = Fido2Server(
        relying_party, AttestationConveyancePreference.DIRECT, lambda origin: bool(origin == ORIGIN), verify
    )
    required = UserVerificationRequirement.REQUIRED
    user = PublicKeyCredentialUserEntity(id=b"user-1", name="joiner", display_name="Joiner")
    authenticator = model(attestation)
    options, state = server.register_begin(user, user_verification=required)
    data = server.register_complete(state, authenticator.register(plain(options), ORIGIN))
    assert data.credential_data is not None
    known = [data.credential_data]
    request, state = server.authenticate_begin(known, required)
    used = server.authenticate_complete(state, known, authenticator.authenticate(plain(request), ORIGIN))
    assert used.credential_id == known[0].credential_id
    with pytest.raises(ValueError, match="signature"):
        server.authenticate_complete(state, known, authenticator.authenticate(plain(request), ORIGIN, alter.SIGNATURE))
