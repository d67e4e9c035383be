"""Every refusal of a ceremony, in the order in which the judges come to them."""

from enum import Enum

from firstkey.values.errors import Says

_AGAIN = "Start again from the page; it makes a new request."
_KEY = "Use another authenticator, or ask for one that the organisation knows."
_CLIENT = "Report this: a browser does not send this."


class CeremonyReason(Enum):
    """Why a ceremony, a signed act or a device proof is refused."""

    ResponseMalformed = Says("The browser's answer could not be read.", _AGAIN)
    ClientDataMalformed = Says("The browser's client data could not be read.", _AGAIN)
    CborNotCanonical = Says("The authenticator's data is not canonical CBOR.", _KEY)
    AuthenticatorDataMalformed = Says("The authenticator's data could not be read.", _KEY)
    PublicKeyUnfit = Says("The credential's public key is not a sound key of a known algorithm.", _KEY)

    CeremonyTypeWrong = Says("The answer belongs to the other kind of ceremony.", _AGAIN)
    ChallengeWrong = Says("The answer is not to the challenge that was set.", _AGAIN)
    OriginWrong = Says("The answer was made on a page that is not ours.", "Open the page by its own address.")
    CrossOriginRefused = Says("The page was framed by another one.", "Open the page in a tab of its own.")
    RelyingPartyWrong = Says("The credential is for another relying party.", "Open the page by its own address.")
    UserNotPresent = Says("Nobody touched the authenticator.", "Touch the authenticator when it asks for it.")
    UserNotVerified = Says("The authenticator did not verify its user.", "Set a PIN or a biometric, then try again.")
    BackupFlagsImpossible = Says("A credential that cannot be backed up says that it is.", _KEY)

    AlgorithmNotOffered = Says("The key is of an algorithm that was not offered.", _KEY)
    AttestationFormatUnknown = Says("The attestation is of a format that is not judged here.", _KEY)
    AttestationFormatRetired = Says("The attestation is of a format that its maker has retired.", _KEY)
    AttestationMalformed = Says("The attestation statement could not be read.", _KEY)
    AttestationAlgorithmWrong = Says("The attestation names an algorithm that its key does not have.", _KEY)
    AttestationSignatureWrong = Says("The attestation's signature does not verify.", _KEY)
    AttestationCertificateUnfit = Says("The attestation certificate breaks the rules of its format.", _KEY)
    AttestationModelWrong = Says("The attestation certificate is for another model.", _KEY)
    CredentialIdTooLong = Says("The credential id is longer than 1023 bytes.", _KEY)
    CredentialIdWrong = Says("The answer names another credential than the authenticator.", _CLIENT)

    CredentialNotExpected = Says("This credential was not asked for.", "Use one of the credentials that are offered.")
    UserHandleWrong = Says("The credential belongs to another account.", "Use the credential of this account.")
    BackupEligibilityChanged = Says("The credential's backup eligibility has changed.", "Report this credential.")
    AssertionSignatureWrong = Says("The signature does not verify.", _AGAIN)

    StatementMalformed = Says("The statement could not be read.", _AGAIN)
    StatementPurposeWrong = Says("The statement was made for another purpose.", _AGAIN)
    StatementSiteWrong = Says("The statement was made for another site.", _AGAIN)
    StatementNotFresh = Says("The statement is not of the last two minutes.", _AGAIN)
    StatementSignerWrong = Says("Somebody else signed than the statement names.", "Sign with your own credential.")

    ProofMalformed = Says("The device proof could not be read.", _CLIENT)
    ProofSignatureWrong = Says("The device proof's signature does not verify.", _CLIENT)
    ProofForAnotherRequest = Says("The device proof is for another request.", "Sign this request's own values.")
    ProofNonceWrong = Says("The device proof's nonce is not ours.", "Sign again with the nonce of this answer.")
    ProofNonceExpired = Says("The device proof's nonce is over.", "Sign again with the nonce of this answer.")
    ClaimKeysWrong = Says("The claim's two keys are not bound to each other and to this case.", _AGAIN)
