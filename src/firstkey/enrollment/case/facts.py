"""The facts of a case and of an account's credentials, in the order of the lifecycle.

A fact is something that happened. It carries its instant `at` (milliseconds), identifiers as text, digests in hex, and
personal values only as salted commitments; it never carries a code. `by` says who signed for it and names the statement
under which the evidence is kept. Fields are only ever appended, with a default.
"""

from typing import Any, Union

import msgspec

from firstkey.enrollment.case.surroundings import By, Made
from firstkey.enrollment.case.words import Cause, Closure
from firstkey.policy.model import Anchor, Channel, Purpose, Requirements, Tier
from firstkey.values import canonical
from firstkey.values.assurance import ProofingMethod
from firstkey.values.canonical import CanonicalReason
from firstkey.values.errors import Malformed


class Fact(msgspec.Struct, frozen=True, tag=True, tag_field="fact", forbid_unknown_fields=True):
    """What all facts share: when it happened."""

    at: int

    @property
    def kind(self) -> str:
        """The fact's name."""
        return type(self).__name__


# Request


class CaseOpened(Fact, frozen=True):
    """A case exists. `requester` is None when a feed opened it; `delegator` is who the requester acted for."""

    site: str
    case: str
    account: str
    account_commitment: str
    incarnation: int
    person: str
    purpose: Purpose
    path: str
    policy: str
    requirements: Requirements
    handle_digest: str
    expires_at: int
    requester: str | None = None
    delegator: str | None = None
    privileged: bool = False
    position: int = 0
    lost_credential: str | None = None
    lost_cause: Cause | None = None


class CaseRefused(Fact, frozen=True):
    """The policy said no; there is no case."""

    site: str
    case: str
    account: str
    purpose: Purpose
    policy: str
    path: str | None
    reason: str


class CaseRevised(Fact, frozen=True):
    """Something that the approvers sign has changed: their signatures are void."""

    revision: int
    expires_at: int
    person: str | None = None


class CaseHeld(Fact, frozen=True):
    """Somebody said "this was not me", or an operator stopped the case. `source` is device, notice or operator."""

    source: str
    by: By | None = None


class HoldLifted(Fact, frozen=True):
    """Two people without a duty in the case let it go on, with what came of it."""

    by: tuple[By, ...]


# Proofing


class ProofingRecorded(Fact, frozen=True):
    """Identity was proofed. `by` is None when a vendor signed; `evidence` is a commitment."""

    method: ProofingMethod
    level: int
    evidence: str
    proofed_at: int
    by: By | None = None
    companion: ProofingMethod | None = None


class ProofingWithdrawn(Fact, frozen=True):
    """The proofing no longer stands."""

    by: By
    for_cause: bool


# Approval


class ApprovalGiven(Fact, frozen=True):
    """One person, and whom they acted for, consented to exactly this digest."""

    digest: str
    by: By


class ApprovalDenied(Fact, frozen=True):
    """One person said no."""

    by: By


class ApprovalWithdrawn(Fact, frozen=True):
    """A consent no longer stands."""

    by: By
    for_cause: bool


# Claim


class DeviceClaimed(Fact, frozen=True):
    """The joiner's device took the case, or the confirmer's station did. Keys are RFC 7638 thumbprints."""

    claim: str
    device_key: str
    sealing_key: str
    by: By | None = None


class ClaimAnchored(Fact, frozen=True):
    """The claim is tied to the joiner. `asset` is the assigned device's or the shipped authenticator's serial."""

    claim: str
    anchor: Anchor
    asset: str | None = None
    start_code: str | None = None
    by: By | None = None


class ClaimReleased(Fact, frozen=True):
    """The claim is gone, its handle retired, a new one given."""

    claim: str
    handle_digest: str
    by: tuple[By, ...] = ()


class RivalRefused(Fact, frozen=True):
    """Another device asked for the case with a key of its own; the first time per claim."""

    claim: str
    rival_key: str


# Issuance, delivery


class PassIssued(Fact, frozen=True):
    """A pass exists, inert: no secret does."""

    pass_id: str
    number: int
    channel: Channel
    epoch: int


class PassArmed(Fact, frozen=True):
    """The code was made, sealed or revealed; the pass lives until `ends_at`."""

    pass_id: str
    ends_at: int
    by: By | None = None


# Redemption


class PassRedeemed(Fact, frozen=True):
    """The code is gone; the claiming device may register until `window_ends_at`."""

    pass_id: str
    window_ends_at: int


class TryFailed(Fact, frozen=True):
    """The claiming device brought a well-formed wrong code."""

    pass_id: str
    tries_failed: int


class PassRevoked(Fact, frozen=True):
    """The pass is dead before its time. One that only the epoch killed does not count among a case's three."""

    pass_id: str
    cause: Cause


class PassExpired(Fact, frozen=True):
    """The pass is dead of age."""

    pass_id: str


class AttendanceConfirmed(Fact, frozen=True):
    """The confirmer stands with the joiner: the anchor, and the window."""

    claim: str
    window_ends_at: int
    by: By
    serial: str | None = None


class OwnKeyAsserted(Fact, frozen=True):
    """An active credential of the same account authorised the next, which gets no more than it has itself."""

    claim: str
    credential: str
    statement: str
    window_ends_at: int
    tier: Tier
    ends_at: int | None


# Registration


class CeremonyStarted(Fact, frozen=True):
    """A challenge (base64url) was given to the claiming device."""

    ceremony: str
    challenge: str


class CeremonyRefused(Fact, frozen=True):
    """What came back was judged and refused."""

    ceremony: str
    reason: str


class CredentialRegistered(Fact, frozen=True):
    """A credential was made and judged; it is pending. `destination` is None where it was made here."""

    made: Made
    tier: Tier
    ends_at: int | None
    destination: str | None = None


class NativePassMinted(Fact, frozen=True):
    """The destination's own pass exists, sealed to the claiming device."""

    native: str
    destination: str
    window_ends_at: int


class NativePassUsed(Fact, frozen=True):
    """The destination says that its pass was used."""

    native: str


class NativePassReaped(Fact, frozen=True):
    """The destination's pass was read back as gone, or two administrators signed that the destination is lost."""

    native: str
    cause: Cause
    by: tuple[By, ...] = ()


class StrayCredentialFound(Fact, frozen=True):
    """A credential stands at the destination that no case accounts for."""

    destination: str
    credential: str


# Activation, and an account's credentials afterwards


class CredentialActivated(Fact, frozen=True):
    """The credential is usable, for what the stricter of pinned and current policy gives it now, and until then."""

    credential: str
    tier: Tier
    ends_at: int | None


class CredentialHeld(Fact, frozen=True):
    """In the account's stream: from here on the account holds this credential.

    `requirements` are those it was made under; None for a founder's.
    """

    credential: str
    case: str
    purpose: Purpose
    tier: Tier
    ends_at: int | None
    relayable: bool
    requirements: Requirements | None


class CredentialSuspended(Fact, frozen=True):
    """The credential is out of use until further notice."""

    credential: str
    cause: Cause


class CredentialRestored(Fact, frozen=True):
    """The suspension is over."""

    credential: str
    by: tuple[By, ...] = ()


class CredentialRecalled(Fact, frozen=True):
    """The credential is out of use for good, because of what it rests on."""

    credential: str
    cause: Cause


class CredentialEnded(Fact, frozen=True):
    """The credential is out of use for good, because its time is over."""

    credential: str
    cause: Cause


# Closure


class CaseClosed(Fact, frozen=True):
    """The case is over; `by` are those who signed that it be."""

    reason: Closure
    by: tuple[By, ...] = ()


class ReviewRecorded(Fact, frozen=True):
    """The after-review of an exceptional case."""

    outcome: str
    by: By


FACTS: tuple[type[Fact], ...] = tuple(Fact.__subclasses__())
"""Every fact of a case and of an account's credentials, in the order of the lifecycle."""

_AnyFact: Any = Union[FACTS]  # noqa: UP007  # only types that are written out can be joined by a bar


def shared(source: msgspec.Struct, target: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the fields that a value has in common with a type, by name: what one brings along for the other."""
    return {name: getattr(source, name) for name in source.__struct_fields__ if name in target.__struct_fields__}


def encode_fact(fact: Fact) -> bytes:
    """Return the canonical bytes of a fact; its name stands under the key `fact`."""
    return canonical.encode(msgspec.to_builtins(fact, order="deterministic"))


def decode_fact(data: bytes) -> Fact:
    """Read a fact back, strictly.

    Raises:
        Malformed: not canonical, no fact, unknown or missing fields.
    """
    try:
        fact: Fact = msgspec.convert(canonical.decode(data), _AnyFact)
    except msgspec.ValidationError as error:
        raise Malformed(CanonicalReason.NotCanonical, str(error)) from error
    return fact
