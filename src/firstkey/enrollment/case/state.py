"""The deciding state of a case: the fold of its facts, frozen and hashable, with nothing in it that grows without end.

What the invariants say of history is explicit: `duties` (ever held), `credentials_made`, `passes_issued`, `closed`.
"""

from typing import TypeVar

import msgspec

from firstkey.enrollment.case.surroundings import By, Made
from firstkey.enrollment.case.words import (
    LIVE,
    Cause,
    Closure,
    CredentialState,
    NativeState,
    PassState,
    Stage,
)
from firstkey.policy.model import Anchor, Bootstrap, Channel, Duty, Purpose, Requirements, Tier
from firstkey.values.assurance import ProofingMethod
from firstkey.values.errors import Defect


class Proofing(msgspec.Struct, frozen=True):
    """The proofing that stands. Its age counts from `counts_from`: for earlier proofing, from the vouch beside it."""

    method: ProofingMethod
    level: int
    evidence: str
    counts_from: int
    by: By | None


class Approval(msgspec.Struct, frozen=True):
    """One consent that stands."""

    by: By
    at: int


class Claim(msgspec.Struct, frozen=True):
    """The device that took the case, and what ties it to the joiner."""

    claim: str
    device_key: str
    sealing_key: str
    anchor: Anchor | None = None
    anchored_at: int | None = None
    by: By | None = None
    rival_seen: bool = False


class Pass(msgspec.Struct, frozen=True):
    """The latest pass. `ends_at` is None until it is armed, then the end of its life, then of its window."""

    pass_id: str
    number: int
    state: PassState
    channel: Channel
    epoch: int
    ends_at: int | None = None
    cause: Cause | None = None

    @property
    def live(self) -> bool:
        """Whether it may still lead to a credential."""
        return self.state in LIVE


class Signed(msgspec.Struct, frozen=True):
    """What the approvers sign, fixed at the first approval of a revision: the digest, and what of it may still move."""

    digest: str
    device: str
    level: int


class Window(msgspec.Struct, frozen=True):
    """In which the claiming device may register.

    `ceremony` is the one whose answer is awaited; `serial` is the key's that the confirmer named.
    """

    ends_at: int
    ceremonies_started: int = 0
    ceremony: str | None = None
    challenge: str | None = None
    serial: str | None = None


class OwnKey(msgspec.Struct, frozen=True):
    """The active credential that authorised this case, and what it passes on at most."""

    credential: str
    statement: str
    tier: Tier
    ends_at: int | None


class Credential(msgspec.Struct, frozen=True):
    """The credential that this case made; `made` is what the ceremonies said of it."""

    credential: str
    made: Made
    state: CredentialState
    registered_at: int
    tier: Tier
    ends_at: int | None
    cause: Cause | None = None


class Native(msgspec.Struct, frozen=True):
    """The destination's own pass."""

    native: str
    destination: str
    state: NativeState
    window_ends_at: int


class Hold(msgspec.Struct, frozen=True):
    """Who stopped the case: an operator, or the device or a notice's link, which nobody signs."""

    source: str
    by: By | None


class Case(msgspec.Struct, frozen=True):
    """One enrollment event. See `CaseOpened` for the fields that it brings along."""

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
    opened_at: int
    expires_at: int
    privileged: bool
    position: int
    lost_credential: str | None
    lost_cause: Cause | None
    delegated: bool
    duties: frozenset[tuple[Duty, str]]
    revision: int = 1
    proofing: Proofing | None = None
    approvals: tuple[Approval, ...] = ()
    signed: Signed | None = None
    claim: Claim | None = None
    pass_: Pass | None = None
    passes_issued: int = 0
    first_pass_at: int | None = None
    tries_failed: int = 0
    window: Window | None = None
    own_key: OwnKey | None = None
    native: Native | None = None
    credential: Credential | None = None
    credentials_made: int = 0
    hold: Hold | None = None
    adverse_at: int | None = None
    closed: Closure | None = None
    reviewed: bool = False

    @property
    def live_pass(self) -> Pass | None:
        """The pass, if it is live."""
        return self.pass_ if self.pass_ is not None and self.pass_.live else None

    @property
    def native_standing(self) -> bool:
        """Whether a native pass has not yet been read back as gone."""
        return self.native is not None and self.native.state is not NativeState.REAPED

    @property
    def proofing_needed(self) -> bool:
        """Whether identity must be proofed; another credential's assertion stands in its place."""
        return self.requirements.bootstrap is not Bootstrap.OWN_KEY

    @property
    def pass_needed(self) -> bool:
        """Whether the joiner gets in by a pass."""
        return self.requirements.bootstrap is Bootstrap.PASS


_Part = TypeVar("_Part")


def known(part: _Part | None) -> _Part:
    """Return a part of the case that the transition table promises is there.

    Raises:
        Defect: it is not.
    """
    if part is None:
        raise Defect("a fact speaks of a part that the case does not have")
    return part


class NeverOpened(msgspec.Struct, frozen=True):
    """What a refused request folds to: there is no case, and never will be under this id."""

    case: str


def claim_waits_for_anchor(case: Case) -> bool:
    """Whether the claim must be anchored before a pass is issued.

    Not where the path has no anchor (relayable: it is needed at activation), nor where the shipped authenticator is the
    anchor (judged at registration), nor outside a pass path (attendance is its own anchor).
    """
    anchors = case.requirements.anchors
    if not case.pass_needed or not anchors or Anchor.AUTHENTICATOR in anchors:
        return False
    return case.claim is None or case.claim.anchor not in anchors


def _waits_before_pass(case: Case) -> Stage | None:
    if case.proofing_needed and case.proofing is None:
        return Stage.PROOFING
    if len(case.approvals) < case.requirements.quorum:
        return Stage.APPROVAL
    if case.claim is None or claim_waits_for_anchor(case):
        return Stage.CLAIM
    return None


def without_lapsed_window(case: Case) -> Case:
    """Outside a pass path, what attendance or an assertion opened is void once what came before it does not stand."""
    if case.pass_needed or _waits_before_pass(case) is None:
        return case
    return msgspec.structs.replace(case, window=None)


def stage_of(case: Case | NeverOpened | None) -> Stage:
    """Return what a case waits for. Who is still eligible, and what time it is, belong to the ground."""
    if case is None:
        return Stage.UNOPENED
    if isinstance(case, NeverOpened):
        return Stage.REFUSED
    pass_ = case.live_pass
    over_and_under_way = (
        (Stage.CLOSED, case.closed is not None),
        (Stage.HELD, case.hold is not None),
        (Stage.ACTIVATION, case.credential is not None),
        (Stage.REGISTRATION, case.window is not None or case.native_standing),
        (Stage.REDEMPTION, pass_ is not None and pass_.state is PassState.ARMED),
        (Stage.DELIVERY, pass_ is not None),
    )
    for stage, holds in over_and_under_way:
        if holds:
            return stage
    return _waits_before_pass(case) or (Stage.ISSUANCE if case.pass_needed else Stage.REDEMPTION)


class Held(msgspec.Struct, frozen=True):
    """A credential that an account holds."""

    credential: str
    case: str
    purpose: Purpose
    tier: Tier
    state: CredentialState
    ends_at: int | None
    relayable: bool
    requirements: Requirements | None
    cause: Cause | None = None

    @property
    def may_vouch(self) -> bool:
        """Whether it may authorise the next by own_key: active, and neither loan, emergency nor relayable."""
        return self.state is CredentialState.ACTIVE and self.purpose is not Purpose.EMERGENCY and not self.relayable


class Holdings(msgspec.Struct, frozen=True):
    """An account's credentials that are not over for good; the fold of the account's credential facts."""

    held: tuple[Held, ...] = ()

    def find(self, credential: str) -> Held | None:
        """Return a credential by its id, if the account holds it."""
        return next((held for held in self.held if held.credential == credential), None)
