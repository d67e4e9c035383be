"""What a simulated destination says no to."""

from enum import Enum

from firstkey.values.errors import Says


class DestinationReason(Enum):
    """Reasons, alphabetically."""

    CredentialUnknown = Says("The destination holds no such credential.", "Make one on its page.")
    NativePassOver = Says("The native pass opens nothing.", "Ask FirstKey for another.")
    NativePassStands = Says("The account has a native pass already.", "Reap it first.")
