"""Whether an attestation's path leads to an anchor for its model: registration steps 23 and 24.

Anchors belong to a model, never to a format or to everybody: a genuine maker's root vouches for that maker's models
alone. No anchor means untrusted. The path is validated by `cryptography`'s verifier: signatures, the validity of every
certificate at one given instant, CA marks, path lengths, name constraints, key usage. What it asks of web clients
alone, names and extended key usage, is not asked of authenticators.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum

from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError
from msgspec import Struct

from firstkey.ceremonies.attestation.format import Attested
from firstkey.values.instants import SECOND


def _may_sign_certificates(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("a key that may not sign certificates")  # which the verifier does not ask by itself


_MARKED = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
_AUTHORITY = _MARKED.may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign_certificates)
_PATH = PolicyBuilder().extension_policies(ca_policy=_AUTHORITY, ee_policy=ExtensionPolicy.permit_all())


class Trust(Enum):
    """Who vouches for the credential's authenticator."""

    ANCHORED = "anchored"  # a certificate path to an anchor for this model
    SELF = "self"  # the credential's own key, so nobody
    NONE = "none"  # nobody, and nothing was claimed
    UNTRUSTED = "untrusted"  # a path that leads to no anchor for this model at that instant


class TrustAnchors(Struct, frozen=True):
    """Which certificates may end a path, for each model.

    Attributes:
        roots: AAGUID (lower-case UUID text) to DER certificates; a model's own attestation certificate may be one.
    """

    roots: Mapping[str, tuple[bytes, ...]]


def judge_trust(attested: Attested, aaguid: str, anchors: TrustAnchors, at: int) -> Trust:
    """Say who vouches for a model, by what a verified statement says.

    Args:
        attested: from the statement's format.
        aaguid: the model in the authenticator data, lower-case UUID text.
        anchors: the anchors by model.
        at: the instant to judge certificates at, milliseconds.
    """
    if not attested.path:
        return Trust.SELF if attested.by_itself else Trust.NONE
    roots = [x509.load_der_x509_certificate(der) for der in anchors.roots.get(aaguid, ())]
    if not roots:
        return Trust.UNTRUSTED
    verifier = _PATH.store(Store(roots)).time(datetime.fromtimestamp(at // SECOND, UTC)).build_client_verifier()
    try:
        verifier.verify(attested.path[0], list(attested.path[1:]))
    except VerificationError:
        return Trust.UNTRUSTED
    return Trust.ANCHORED
