"""The table of formats: what is in it is judged, what is retired says so, and nothing else is known."""

import pytest

from firstkey.ceremonies.attestation import FORMATS, RETIRED, verify_attestation
from firstkey.ceremonies.authenticator_data import read_authenticator_data
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.errors import Refused
from tests.core.ceremonies.software_key import Registration

DATA = read_authenticator_data(Registration().authenticator_data(b""))


def test_a_known_format_is_judged_by_its_own_rules() -> None:
    """The statement goes to the format that it names."""
    assert verify_attestation("none", {}, DATA, bytes(32)) == FORMATS["none"]({}, DATA, bytes(32))


@pytest.mark.parametrize("fmt", ["", "NONE", "none ", "x" * 10_000, "tpm-2"])
def test_an_unknown_format_is_refused(fmt: str) -> None:
    """Formats are known by their exact name alone."""
    with pytest.raises(Refused) as refused:
        verify_attestation(fmt, {}, DATA, bytes(32))
    assert refused.value.reason is Reason.AttestationFormatUnknown


@pytest.mark.parametrize("fmt", sorted(RETIRED))
def test_a_retired_format_is_refused_as_that(fmt: str) -> None:
    """A format without a service behind it is not judged, and the refusal says why."""
    assert fmt not in FORMATS
    with pytest.raises(Refused) as refused:
        verify_attestation(fmt, {}, DATA, bytes(32))
    assert refused.value.reason is Reason.AttestationFormatRetired
