"""Attestation statements, a file for each format (WebAuthn section 8); `FORMATS` is the whole list, as data.

A format's `verify` checks one statement over one credential (registration step 22) and returns what it learned; whether
the path leads to an anchor is asked by `trust`, and whether a kind of attestation is good enough by the policy.
"""

from collections.abc import Mapping

from firstkey.ceremonies.attestation import none, packed
from firstkey.ceremonies.attestation.format import Attested, Statement, Verify
from firstkey.ceremonies.authenticator_data import AuthenticatorData
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Refused

FORMATS: Mapping[str, Verify] = {"none": none.verify, "packed": packed.verify}
"""The formats that are judged, by attestation statement format identifier (case-sensitive)."""

RETIRED = frozenset({"android-safetynet"})
"""Formats whose service is gone; refused with a reason of their own."""


def verify_attestation(
    fmt: str, statement: Statement, authenticator_data: AuthenticatorData, client_data_hash: bytes
) -> Attested:
    """Verify an attestation statement by its format: registration steps 21 and 22.

    Raises:
        Malformed: the statement does not have the shape of its format.
        Refused: AttestationFormatUnknown, AttestationFormatRetired, or what the format finds.
    """
    if fmt in RETIRED:
        raise Refused(CeremonyReason.AttestationFormatRetired, fmt)
    if fmt not in FORMATS:
        raise Refused(CeremonyReason.AttestationFormatUnknown, f"{fmt!r:.80}")
    return FORMATS[fmt](statement, authenticator_data, client_data_hash)
