"""The closed lists a case is described with."""

from enum import StrEnum


class Stage(StrEnum):
    """What a case waits for. `UNOPENED` is before its first fact; `CLOSED` and `REFUSED` are for good."""

    UNOPENED = "unopened"
    PROOFING = "proofing"
    APPROVAL = "approval"
    CLAIM = "claim"
    ISSUANCE = "issuance"
    DELIVERY = "delivery"
    REDEMPTION = "redemption"
    REGISTRATION = "registration"
    ACTIVATION = "activation"
    HELD = "held"
    CLOSED = "closed"
    REFUSED = "refused"


class PassState(StrEnum):
    """The pass's life. The first three are live; the others are for good."""

    ISSUED = "issued"
    ARMED = "armed"
    REDEEMED = "redeemed"
    SPENT = "spent"
    REVOKED = "revoked"
    EXPIRED = "expired"
    BURNED = "burned"


LIVE = frozenset({PassState.ISSUED, PassState.ARMED, PassState.REDEEMED})


class CredentialState(StrEnum):
    """A credential's life. Recalled and ended are for good."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RECALLED = "recalled"
    ENDED = "ended"


class NativeState(StrEnum):
    """A destination's own pass, minted by us: it stands until it is read back as gone."""

    MINTED = "minted"
    USED = "used"
    REAPED = "reaped"


class Closure(StrEnum):
    """Why a case ended."""

    COMPLETED = "completed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TRIES_EXHAUSTED = "tries_exhausted"
    PASSES_EXHAUSTED = "passes_exhausted"
    MISUSED = "misused"
    LEFT = "left"
    SUPERSEDED = "superseded"
    FRAUD_REPORTED = "fraud_reported"
    RESTORED = "restored"


class Cause(StrEnum):
    """Why a pass was revoked, or a credential suspended, recalled or ended."""

    CASE_CLOSED = "case_closed"
    GROUND_LOST = "ground_lost"
    EPOCH_RAISED = "epoch_raised"
    CLAIM_RELEASED = "claim_released"
    MISUSED = "misused"
    CEREMONIES_EXHAUSTED = "ceremonies_exhausted"
    TRIES_EXHAUSTED = "tries_exhausted"
    REQUESTED = "requested"
    LOST = "lost"
    STOLEN = "stolen"
    NOT_ME = "not_me"
    END_DATE = "end_date"
    LEFT = "left"
    RETURNED = "returned"
    PARTNER_CLOSED = "partner_closed"
    WITHDRAWN_FOR_CAUSE = "withdrawn_for_cause"
    DESTINATION_LOST = "destination_lost"
    READ_BACK_GONE = "read_back_gone"


class Covered(StrEnum):
    """How far a checkpoint vouches for a case's chain, up to its last fact."""

    NO = "no"
    SIGNED = "signed"
    COSIGNED = "cosigned"
