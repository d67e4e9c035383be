"""What may be asked of the registration stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import DeviceProof, Made, SignedAct


class StartCeremony(Command, frozen=True):
    """Give the claiming device a challenge. `challenge` is base64url."""

    device: DeviceProof
    ceremony: str
    challenge: str


class RegisterCredential(Command, frozen=True):
    """Bring the answer, judged."""

    device: DeviceProof
    made: Made


class MintNativePass(Command, frozen=True):
    """Mint the destination's own pass, sealed to the claiming device."""

    device: DeviceProof
    native: str
    destination: str


class NoteNativePassUsed(Command, frozen=True):
    """The destination says that its pass was used."""

    native: str


class ReadBackCredential(Command, frozen=True):
    """A credential stands at the destination. `present_before`: it did before the native pass was minted."""

    native: str
    made: Made
    present_before: bool = False


class ReapNativePass(Command, frozen=True):
    """The native pass was read back as gone; or, with acts, two administrators sign that the destination is lost."""

    native: str
    acts: tuple[SignedAct, ...] = ()
