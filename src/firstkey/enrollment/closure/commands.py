"""What may be asked of the closure stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct


class WithdrawCase(Command, frozen=True):
    """End the case: a requester in a session, or the claiming device."""

    person: str | None = None
    device: DeviceProof | None = None


class ReportFraud(Command, frozen=True):
    """End a held case as a fraud: two people without a duty in it."""

    acts: tuple[SignedAct, ...]


class FenceCase(Command, frozen=True):
    """End the case because the site was restored from an older copy."""


class RecordReview(Command, frozen=True):
    """Review an exceptional case after it is over."""

    act: SignedAct
    outcome: str


class Sweep(Command, frozen=True):
    """Write down what time, and the world around the case, have made true. Nothing relies on its promptness."""
