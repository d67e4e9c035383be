"""What may be asked of the delivery stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct


class ArmPass(Command, frozen=True):
    """The code is born in its channel: sealed at the claiming device's signed request, or revealed by a deliverer."""

    device: DeviceProof | None = None
    act: SignedAct | None = None
