"""Why the demonstration ends early."""

from enum import Enum

from firstkey.values.errors import Says


class DemoReason(Enum):
    """Reasons, alphabetically."""

    CommandFailed = Says("A command of FirstKey did not do what it should.", "Read what it said; report it as a bug.")
    FolderNotEmpty = Says("That folder is not empty.", "Name one that is empty, or none that exists.")
    PeopleTooFew = Says("The feed lacks a joiner of the tale.", "Put examples/ back as it was shipped.")
    ServerSilent = Says("The server did not come up.", "Read what it said; report it as a bug.")
    StepRefused = Says("An honest step was refused.", "Report it as a bug.")
