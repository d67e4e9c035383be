"""What may be asked of the proofing stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import Evidence, SignedAct


class RecordProofing(Command, frozen=True):
    """Record identity evidence; signed by the proofer, or by the vendor (`act` is then None)."""

    evidence: Evidence
    act: SignedAct | None = None


class WithdrawProofing(Command, frozen=True):
    """Say that the proofing does not stand. `for_cause`: it never should have."""

    act: SignedAct
    for_cause: bool = False
