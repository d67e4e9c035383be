"""What may be asked of the approval stage. One act may sign up to 25 digests; each case still rules for itself."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import SignedAct


class GiveApproval(Command, frozen=True):
    """Consent to exactly this case."""

    act: SignedAct


class DenyApproval(Command, frozen=True):
    """Say no; one no closes the case."""

    act: SignedAct


class WithdrawApproval(Command, frozen=True):
    """Take one's consent back. `for_cause`: it never should have been given."""

    act: SignedAct
    for_cause: bool = False
