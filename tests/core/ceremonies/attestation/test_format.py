"""What formats share: a certificate is read whole or refused, whatever its bytes are."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.attestation.format import Attested, judge_certificate, read_certificate, read_path
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.trust import TrustAnchors, judge_trust
from firstkey.values.errors import Malformed, Refused
from tests.core.ceremonies.software_key import AAGUID, LEAF, NOW, ROOT

DER = LEAF.der
ANCHORS = TrustAnchors({str(AAGUID): (ROOT.der,)})


def test_a_path_is_read_in_its_order() -> None:
    """The certificates come out as they came, the signing one first."""
    path = read_path({"x5c": [DER, ROOT.der]})
    assert [certificate.issuer == certificate.subject for certificate in path] == [False, True]


@given(st.integers(0, len(DER) - 1), st.binary(min_size=1, max_size=3), st.integers(0, 3))
def test_a_certificate_is_read_whole_or_refused(start: int, put: bytes, skipped: int) -> None:
    """However a certificate's bytes are bent, reading, judging and path validation answer or refuse."""
    with suppress(Refused):
        certificate = read_certificate(DER[:start] + put + DER[start + skipped :])
        judge_certificate(certificate, AAGUID)
        judge_trust(Attested(path=(certificate,)), str(AAGUID), ANCHORS, NOW)


@pytest.mark.parametrize("der", [b"", b"0", DER[:-1], DER + b"\0", ROOT.der[:40]])
def test_what_is_no_certificate_is_malformed(der: bytes) -> None:
    """Truncated, prolonged and foreign bytes are no certificate."""
    with pytest.raises(Malformed) as refused:
        read_certificate(der)
    assert refused.value.reason is Reason.AttestationMalformed


def test_a_serial_of_zero_is_malformed() -> None:
    """A certificate number that RFC 5280 rules out is not read."""
    with pytest.raises(Malformed):
        read_certificate(DER.replace(b"\x02\x02\x03\xe8", b"\x02\x02\x00\x00", 1))
