"""The `none` format (WebAuthn 8.7): nobody vouches for anything, and the statement is the empty map."""

from firstkey.ceremonies.attestation.format import Attested, Statement
from firstkey.ceremonies.authenticator_data import AuthenticatorData
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.values.errors import Malformed


def verify(statement: Statement, _: AuthenticatorData, __: bytes) -> Attested:
    """Check that the statement is empty; the data that other formats sign say nothing here.

    Raises:
        Malformed: AttestationMalformed, when it is not.
    """
    if statement:
        raise Malformed(CeremonyReason.AttestationMalformed, "none says something")
    return Attested()
