"""The client certificate of a managed device: which asset it is of, once its path leads to the site's device CA.

TLS ends at a proxy that has checked that the device holds the certificate's key; it hands the certificate on (RFC 9440)
over a socket that only it can open. Whatever else brings one is not believed, and the path is verified here again.
"""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device
from firstkey.enrollment.case.surroundings import CertificateSeen
from firstkey.values.errors import Malformed, Refused
from firstkey.values.instants import SECOND

_PATH = PolicyBuilder().extension_policies(
    ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
)
_NAMED_BY = (NameOID.SERIAL_NUMBER, NameOID.COMMON_NAME)
"""Where an MDM writes a device's serial; the first that stands in the subject."""


def judge_device_certificate(caller: Device, roots: tuple[bytes, ...], at: int) -> CertificateSeen:
    """Say which asset the claiming device's connection belongs to.

    Args:
        caller: the device, with the certificate that the trusted proxy handed on.
        roots: the site's device CAs, DER; none means that no certificate counts.
        at: the instant to judge at, milliseconds.

    Raises:
        Malformed: CertificateWrong; it cannot be read.
        Refused: CertificateMissing, CertificateWrong; no path to a device CA, not for clients, or it names no asset.
    """
    if caller.certificate is None or not roots:
        raise Refused(ActionReason.CertificateMissing)
    try:
        leaf = x509.load_der_x509_certificate(caller.certificate)
        usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        names = [attribute.value for oid in _NAMED_BY for attribute in leaf.subject.get_attributes_for_oid(oid)]
    except x509.ExtensionNotFound as error:
        raise Refused(ActionReason.CertificateWrong) from error
    except ValueError as error:
        raise Malformed(ActionReason.CertificateWrong) from error
    anchors = Store([x509.load_der_x509_certificate(der) for der in roots])
    verifier = _PATH.store(anchors).time(datetime.fromtimestamp(at // SECOND, UTC)).build_client_verifier()
    try:
        verifier.verify(leaf, [])
    except VerificationError as error:
        raise Refused(ActionReason.CertificateWrong) from error
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usages or not names:
        raise Refused(ActionReason.CertificateWrong)
    return CertificateSeen(asset=str(names[0]), device_key=caller.device_key)
