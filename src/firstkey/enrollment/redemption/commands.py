"""What may be asked of the redemption stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import CodeJudged, DeviceProof, SignedAct


class RedeemPass(Command, frozen=True):
    """Spend the code: the claiming device's proof over the request, and the code's judgement."""

    device: DeviceProof
    code: CodeJudged


class ConfirmAttendance(Command, frozen=True):
    """The confirmer stands with the joiner: names the claim, the joiner and, where known, the key's serial."""

    act: SignedAct
    serial: str | None = None


class AssertOwnKey(Command, frozen=True):
    """An active credential of the account, verified over this case and claim."""

    device: DeviceProof
    credential: str
    claim: str
    statement: str
