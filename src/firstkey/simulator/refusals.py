"""What the simulated devices and people refuse to do, as real ones would."""

from enum import Enum

from firstkey.values.errors import Says


class SimulatorReason(Enum):
    """Why a simulated device, browser or person said no; the server never hears of it."""

    AlgorithmNotSupported = Says(
        "This authenticator knows none of the algorithms asked for.", "Offer ES256 or EdDSA in pubKeyCredParams."
    )
    AttachmentNotAsked = Says(
        "The page asks for the other kind of authenticator.", "Use an authenticator of that kind."
    )
    CodeNotForThisDevice = Says(
        "This sealed code does not open with this device's key.",
        "Open it on the device and case that it was sealed for.",
    )
    CredentialAlreadyHere = Says(
        "This authenticator already holds a credential that the request excludes.", "Use another authenticator."
    )
    HostNotLoopback = Says("The simulator talks to this machine only.", "Name 127.0.0.1, ::1 or localhost.")
    NoCredentialHere = Says(
        "This authenticator holds no credential that the request admits.", "Use the authenticator that was registered."
    )
    OriginOutsideRpId = Says("The page's origin does not lie within the rp_id.", "Open the page at its true address.")
    StatementNotAsAsked = Says(
        "The statement to sign is not what this person meant to sign.", "Report it; somebody may have changed it."
    )
    UserNotVerified = Says(
        "User verification is required and this authenticator has none.", "Set a PIN, or use another authenticator."
    )
