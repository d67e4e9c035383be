"""Why what a source wrote is not taken."""

from enum import Enum

from firstkey.values.errors import Says


class SourceReason(Enum):
    """Reasons, alphabetically."""

    AssetsUnfit = Says("This is not a list of assets.", "Correct the row named; nothing of the file was taken.")
    FeedUnfit = Says("This is not a list of people.", "Correct the row named; nothing of the file was taken.")
