"""What the usual libraries accept and must not (measured when they were chosen): each is refused or untrusted here."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.x509.oid import NameOID

from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.trust import Trust, TrustAnchors
from tests.core.ceremonies.software_key import (
    AAGUID,
    AAGUID_OID,
    BS,
    END,
    LEAF,
    ORIGIN,
    SUBJECT,
    UP,
    UV,
    Registration,
    make_key,
)
from tests.core.ceremonies.test_registration import judge, refusal
from tests.core.ceremonies.test_trust import BELOW, INTERMEDIATE

OTHER_UNIT = replace(LEAF, subject=SUBJECT | {NameOID.ORGANIZATIONAL_UNIT_NAME: "Sales"})
OTHER_MODEL = replace(LEAF, extensions=((AAGUID_OID, b"\x04\x10" + bytes(16), False),))

PROBES: dict[str, tuple[dict[str, Any], Trust | Reason]] = {
    "sound": ({}, Trust.ANCHORED),
    "expired batch certificate": ({"chain": (replace(LEAF, until=2025).der,)}, Trust.UNTRUSTED),
    "no CA in the middle": ({"chain": (BELOW.der, replace(INTERMEDIATE, constraints=END).der)}, Trust.UNTRUSTED),
    "another unit": ({"chain": (OTHER_UNIT.der,)}, Reason.AttestationCertificateUnfit),
    "another model": ({"chain": (OTHER_MODEL.der,)}, Reason.AttestationModelWrong),
    "cross origin": ({"client": {"crossOrigin": True}}, Reason.CrossOriginRefused),
    "top origin": ({"client": {"topOrigin": "https://evil.test"}}, Reason.CrossOriginRefused),
    "sub-domain": ({"client": {"origin": "https://a.join.example.org"}}, Reason.OriginWrong),
    "other port": ({"client": {"origin": f"{ORIGIN}:8443"}}, Reason.OriginWrong),
    "BE=0, BS=1": ({"flags": UP | UV | BS}, Reason.BackupFlagsImpossible),
    "algorithm not offered": ({"key": make_key(-53)}, Reason.AlgorithmNotOffered),
    "id of another credential": ({"outer": {"id": "AAAA", "rawId": "AAAA"}}, Reason.CredentialIdWrong),
    "CBOR that ends early": ({"encoding": lambda made: made[:40]}, Reason.CborNotCanonical),
    "CBOR without end": ({"encoding": lambda made: b"\x81" * 20_000}, Reason.CborNotCanonical),
    "a certificate that is none": ({"statement": {"x5c": [b"", None]}}, Reason.AttestationMalformed),
}


@pytest.mark.parametrize(("bend", "outcome"), PROBES.values(), ids=list(PROBES))
def test_a_probe_does_not_get_through(bend: dict[str, Any], outcome: Trust | Reason) -> None:
    """The sound answer is anchored; each probe of it is refused by name, or leads to no anchor."""
    made = replace(Registration(), **bend)
    assert (judge(made).trust if isinstance(outcome, Trust) else refusal(made)) is outcome


def test_no_configured_root_is_no_trust() -> None:
    """With no roots at all, nothing is trusted, silently or otherwise."""
    assert judge(Registration(), anchors=TrustAnchors({str(AAGUID): ()})).trust is Trust.UNTRUSTED
