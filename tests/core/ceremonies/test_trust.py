"""Certificate paths: the sound ones lead to an anchor, and each way to be unsound leads nowhere."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from firstkey.ceremonies.attestation.format import Attested, read_certificate
from firstkey.ceremonies.trust import Trust, TrustAnchors, judge_trust
from tests.core.ceremonies.software_key import (
    AAGUID,
    END,
    INTERMEDIATE_KEY,
    LEAF,
    NOW,
    ROOT,
    STRANGER,
    Certificate,
    Name,
)

MODEL = str(AAGUID)
NAMED: Name = {NameOID.COMMON_NAME: "Intermediate"}
INTERMEDIATE = Certificate(subject=NAMED, key=INTERMEDIATE_KEY)
BELOW = replace(LEAF, issuer=NAMED, issuer_key=INTERMEDIATE_KEY)
ONE_BELOW = x509.BasicConstraints(ca=True, path_length=0)


def usage(*, certificates: bool) -> x509.KeyUsage:
    """Return a key usage that allows signatures, and certificates perhaps."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def judge(path: list[Certificate], roots: list[Certificate], at: int = NOW) -> Trust:
    """Judge a path against the anchors of its model."""
    attested = Attested(path=tuple(read_certificate(certificate.der) for certificate in path))
    return judge_trust(attested, MODEL, TrustAnchors({MODEL: tuple(root.der for root in roots)}), at)


def instant(year: int) -> int:
    """Return the first instant of a year."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000


ANCHORED: list[tuple[str, list[Certificate], list[Certificate]]] = [
    ("to the root", [LEAF], [ROOT]),
    ("over an intermediate", [BELOW, INTERMEDIATE], [ROOT]),
    ("with the root sent along", [BELOW, INTERMEDIATE, ROOT], [ROOT]),
    ("in another order", [BELOW, ROOT, INTERMEDIATE], [ROOT]),
    ("to an intermediate as anchor", [BELOW], [INTERMEDIATE]),
    ("the certificate is the anchor", [LEAF], [LEAF]),
    ("two roots of one name", [LEAF], [replace(ROOT, key=STRANGER, issuer_key=STRANGER), ROOT]),
    ("a CA that may sign", [BELOW, replace(INTERMEDIATE, usage=usage(certificates=True))], [ROOT]),
]


@pytest.mark.parametrize(("path", "roots"), [case[1:] for case in ANCHORED], ids=[case[0] for case in ANCHORED])
def test_a_sound_path_is_anchored(path: list[Certificate], roots: list[Certificate]) -> None:
    """Every sound way to an anchor is found."""
    assert judge(path, roots) is Trust.ANCHORED


UNTRUSTED: list[tuple[str, list[Certificate], list[Certificate]]] = [
    ("no anchors", [LEAF], []),
    ("another root", [LEAF], [replace(ROOT, key=STRANGER, issuer_key=STRANGER)]),
    ("another leaf as anchor", [LEAF], [replace(LEAF, since=2025)]),
    ("expired leaf", [replace(LEAF, until=2025)], [ROOT]),
    ("leaf of the future", [replace(LEAF, since=2030)], [ROOT]),
    ("expired leaf as anchor", [replace(LEAF, until=2025)], [replace(LEAF, until=2025)]),
    ("expired root", [LEAF], [replace(ROOT, until=2025)]),
    ("expired intermediate", [BELOW, replace(INTERMEDIATE, until=2025)], [ROOT]),
    ("missing intermediate", [BELOW], [ROOT]),
    ("intermediate no CA", [BELOW, replace(INTERMEDIATE, constraints=END)], [ROOT]),
    ("intermediate without constraints", [BELOW, replace(INTERMEDIATE, constraints=None)], [ROOT]),
    ("intermediate may not sign", [BELOW, replace(INTERMEDIATE, usage=usage(certificates=False))], [ROOT]),
    ("intermediate by a stranger", [BELOW, replace(INTERMEDIATE, issuer_key=STRANGER)], [ROOT]),
    ("leaf by a stranger", [replace(LEAF, issuer_key=STRANGER)], [ROOT]),
    ("leaf by another leaf", [replace(BELOW, issuer=LEAF.subject, issuer_key=LEAF.key), LEAF], [ROOT]),
    ("path too long", [BELOW, INTERMEDIATE], [replace(ROOT, constraints=ONE_BELOW)]),
    ("root no CA", [LEAF], [replace(ROOT, constraints=END)]),
]


@pytest.mark.parametrize(("path", "roots"), [case[1:] for case in UNTRUSTED], ids=[case[0] for case in UNTRUSTED])
def test_an_unsound_path_is_untrusted(path: list[Certificate], roots: list[Certificate]) -> None:
    """A path with one thing wrong leads to no anchor; a sound one beside it does."""
    assert judge([LEAF], [ROOT]) is Trust.ANCHORED
    assert judge(path, roots) is Trust.UNTRUSTED


def test_a_path_is_judged_at_the_given_instant() -> None:
    """The same path is anchored inside its validity and untrusted before and after."""
    assert [judge([LEAF], [ROOT], instant(year)) for year in (2023, 2025, 2039, 2041)] == [
        Trust.UNTRUSTED,
        Trust.ANCHORED,
        Trust.ANCHORED,
        Trust.UNTRUSTED,
    ]


def test_without_a_path_nobody_vouches() -> None:
    """Self attestation and none are what they are, whatever anchors there are."""
    anchors = TrustAnchors({MODEL: (ROOT.der,)})
    assert judge_trust(Attested(), MODEL, anchors, NOW) is Trust.NONE
    assert judge_trust(Attested(by_itself=True), MODEL, anchors, NOW) is Trust.SELF
