"""Client certificates of managed devices: which asset a connection is of, and what is not believed."""

from datetime import UTC, datetime

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from firstkey.actions.certificates import judge_device_certificate
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device
from firstkey.enrollment.case.surroundings import CertificateSeen
from firstkey.simulator.device_ca import DeviceAuthority
from firstkey.values.errors import Malformed, Refused

AT = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1000
TOO_LATE = int(datetime(2100, 1, 2, tzinfo=UTC).timestamp()) * 1000
AUTHORITY = DeviceAuthority()
SERIAL = "LT-2231"


def device(certificate: bytes | None) -> Device:
    """The claiming device, on a connection with that certificate."""
    return Device(device_key="key-1", proof_id="proof-1", certificate=certificate)


def test_the_certificate_names_the_asset() -> None:
    """The subject's serial is the asset, of the device whose proof was valid."""
    seen = judge_device_certificate(device(AUTHORITY.certificate(SERIAL)), (AUTHORITY.der,), AT)
    assert seen == CertificateSeen(asset=SERIAL, device_key="key-1")


@pytest.mark.parametrize(
    ("certificate", "roots", "at", "reason"),
    [
        (None, (AUTHORITY.der,), AT, ActionReason.CertificateMissing),
        (AUTHORITY.certificate(SERIAL), (), AT, ActionReason.CertificateMissing),
        (AUTHORITY.certificate(SERIAL), (DeviceAuthority().der,), AT, ActionReason.CertificateWrong),
        (AUTHORITY.certificate(SERIAL), (AUTHORITY.der,), TOO_LATE, ActionReason.CertificateWrong),
        (
            AUTHORITY.certificate(SERIAL, usage=ExtendedKeyUsageOID.SERVER_AUTH),
            (AUTHORITY.der,),
            AT,
            ActionReason.CertificateWrong,
        ),
        (AUTHORITY.certificate(""), (AUTHORITY.der,), AT, ActionReason.CertificateWrong),
        (AUTHORITY.der, (AUTHORITY.der,), AT, ActionReason.CertificateWrong),
    ],
    ids=["none", "no authority", "another authority", "over", "for servers", "no serial", "the authority's own"],
)
def test_anything_else_is_refused(
    certificate: bytes | None, roots: tuple[bytes, ...], at: int, reason: ActionReason
) -> None:
    """Without a certificate for clients, of this site's authority, in its time and with a serial, nothing is seen."""
    with pytest.raises(Refused) as caught:
        judge_device_certificate(device(certificate), roots, at)
    assert caught.value.reason is reason


@pytest.mark.parametrize("garbage", [b"", b"\x30\x00", AUTHORITY.certificate(SERIAL)[:-1]])
def test_what_is_no_certificate_is_malformed(garbage: bytes) -> None:
    """Bytes that cannot be read as a certificate are bad input, not a rule's no."""
    with pytest.raises(Malformed):
        judge_device_certificate(device(garbage), (AUTHORITY.der,), AT)
