"""What may be asked of the request stage."""

from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct
from firstkey.enrollment.case.words import Cause
from firstkey.policy.model import Purpose


class OpenCase(Command, frozen=True):
    """Open a case. `requester` is None for a feed, which is nobody's duty; `delegator` is whom the requester acts for.

    `handle_digest` is SHA-256 of the 128-bit handle, hex. `lost_cause` is STOLEN or LOST.
    """

    site: str
    case: str
    account: str
    account_commitment: str
    purpose: Purpose
    handle_digest: str
    lifetime_ms: int
    requester: str | None = None
    delegator: str | None = None
    position: int = 0
    lost_credential: str | None = None
    lost_cause: Cause | None = None


class ReviseCase(Command, frozen=True):
    """Change when the case ends; whatever approvers signed is void."""

    person: str
    expires_at: int


class HoldCase(Command, frozen=True):
    """Stop the case: "this was not me". One of: the claiming device's proof, an operator's act, a notice's link."""

    device: DeviceProof | None = None
    act: SignedAct | None = None
    notice: str | None = None


class LiftHold(Command, frozen=True):
    """Let a held case go on: two people without a duty in it."""

    acts: tuple[SignedAct, ...]
