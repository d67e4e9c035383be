"""The `none` format: an empty statement, which nobody vouches for."""

import pytest

from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.ceremonies.trust import Trust
from firstkey.values.errors import Malformed
from tests.core.ceremonies.software_key import AAGUID, Registration
from tests.core.ceremonies.test_registration import judge


def test_none_is_nobody() -> None:
    """An empty statement passes; the model it names is a label, even if there are anchors for it."""
    verdict = judge(Registration(fmt="none", attestation="none"))
    assert (verdict.trust, verdict.trust_path, verdict.aaguid) == (Trust.NONE, (), str(AAGUID))


@pytest.mark.parametrize("attestation", ["self", "certified"])
def test_none_says_nothing(attestation: str) -> None:
    """A statement under the name of none is refused, however sound."""
    with pytest.raises(Malformed) as refused:
        judge(Registration(fmt="none", attestation=attestation))
    assert refused.value.reason is Reason.AttestationMalformed
