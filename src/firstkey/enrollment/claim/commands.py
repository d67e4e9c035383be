"""What may be asked of the claim stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import CertificateSeen, CodeJudged, DeviceProof, Presence, SignedAct


class ClaimDevice(Command, frozen=True):
    """Take the case with two fresh keys; the first has signed the second.

    On an attended path the confirmer's station makes them, so `act` is the confirmer's.
    """

    claim: str
    device: DeviceProof
    sealing_key: str
    act: SignedAct | None = None


class AnchorByCertificate(Command, frozen=True):
    """Tie the claim to the joiner by the client certificate of the device on record."""

    certificate: CertificateSeen


class AnchorByPresence(Command, frozen=True):
    """Tie the claim to the joiner by a start code and a number, in person."""

    presence: Presence
    act: SignedAct


class ReleaseClaim(Command, frozen=True):
    """Let the device go. Two people sign; the old handle dies and a new one is given."""

    handle_digest: str
    acts: tuple[SignedAct, ...]


class ReplaceClaim(Command, frozen=True):
    """Let the device go for the one before which the confirmer now stands with the joiner: a new in-person anchor.

    `act` and `presence` anchor the new claim on a pass path; on an attended one `claim.act` is enough.
    """

    claim: ClaimDevice
    handle_digest: str
    presence: Presence | None = None
    act: SignedAct | None = None


class RefuseRival(Command, frozen=True):
    """Another device came with a valid proof of a key of its own, perhaps with a code."""

    device: DeviceProof
    code: CodeJudged | None = None
