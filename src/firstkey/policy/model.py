"""The policy as values: what a path demands, and what a ruling says.

Everything is frozen, hashable and free of IO, because a case pins its requirements and carries them in its facts. An
empty set means nobody or nothing, never anybody; `None` stands only where "no such limit" is meant, and says so.
"""

from enum import IntEnum, StrEnum

import msgspec

from firstkey.values.assurance import ProofingMethod


class Verdict(StrEnum):
    """What a path says of the cases it catches."""

    ALLOW = "allow"
    VERIFY = "verify"
    PROHIBIT = "prohibit"


class Purpose(StrEnum):
    """Why a case is opened. An account that holds a credential is served by all but the first."""

    FIRST_KEY = "first_key"
    ADD_KEY = "add_key"
    REPLACEMENT = "replacement"
    RECOVERY = "recovery"
    EMERGENCY = "emergency"
    BREAK_GLASS = "break_glass"


class Bootstrap(StrEnum):
    """How the joiner gets in."""

    PASS = "pass"
    ATTENDED = "attended"
    OWN_KEY = "own_key"


class Anchor(StrEnum):
    """What ties a claim to the joiner by something that the device's holder could not bring along."""

    CLIENT_CERTIFICATE = "client_certificate"
    AUTHENTICATOR = "authenticator"
    PRESENCE = "presence"


class Channel(StrEnum):
    """How the code reaches the joiner. There is no channel that can be forwarded."""

    DEVICE_SEALED = "device_sealed"
    IN_PERSON = "in_person"


class FirstScreen(StrEnum):
    """The screen on which the joiner begins."""

    BROWSER = "browser"
    OWN_PHONE = "own_phone"
    STATION = "station"


class Duty(StrEnum):
    """A part played in a case."""

    REQUESTER = "requester"
    PROOFER = "proofer"
    APPROVER = "approver"
    CONFIRMER = "confirmer"
    DELIVERER = "deliverer"
    RELEASER = "releaser"


class ApproverRule(StrEnum):
    """Who may approve: holders of the duty, or people in a relation to the joiner that a source of record asserts."""

    APPROVER = "approver"
    MANAGER = "manager"
    UNIT_OWNER = "unit_owner"
    ON_CALL = "on_call"
    SECURITY = "security"


class Spread(StrEnum):
    """What a quorum must span beyond its number, by what a source of record says of the people who approve."""

    DIFFERENT_UNITS = "different_units"
    NOT_VENDOR_ALONE = "not_vendor_alone"


class Tier(IntEnum):
    """What a credential may open. Less is stricter."""

    LOW = 0
    STANDARD = 1
    PRIVILEGED = 2


class Trust(IntEnum):
    """How far an attestation reaches (WebAuthn Level 3 section 7.1 steps 23 and 24). More is stricter."""

    NONE = 0
    SELF = 1
    ANCHORED = 2


class KeyTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the credential must be.

    Attributes:
        user_verification: the UV flag must be set.
        device_bound: backup_eligible must be 0.
        trust: the least trust of the attestation.
        formats: attestation formats accepted; empty means none is.
        algorithms: COSE algorithm numbers accepted; empty means none is.
        roaming: only an authenticator that is no part of the device (attachment cross-platform).
        aaguids: models accepted, lower-case UUIDs; `None` means any model.
    """

    user_verification: bool
    device_bound: bool
    trust: Trust
    formats: frozenset[str]
    algorithms: frozenset[int]
    roaming: bool = False
    aaguids: frozenset[str] | None = None


class Requirements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a case must meet. Pinned when the case opens; every duration is in milliseconds.

    Attributes:
        bootstrap, channel, anchors: how the joiner gets in. No anchor on a pass path makes it relayable.
        methods: proofing methods accepted. level: least level, 0 only for own_key. proofing_age_ms_max: oldest proofing
            on which a pass is issued or armed.
        approvers: rules, any of which lets a person approve. quorum: distinct people; 0 only for own_key.
        distinct: pairs of duties that no person may hold together, beyond the compiled ones.
        pass_lifetime_ms: armed. window_ms: from redemption, attendance or assertion to registration.
        tries: wrong codes per case. ceremonies: per window.
        key: what the credential must be.
        cooling_off_ms: from registration to activation. cosigned: the checkpoint needs a witness.
        tier: what the credential may open. credential_lifetime_ms: `None` means no end date of the path's own.
        destinations: who takes the credential; empty means nobody, so nothing can activate.
        after_review: the case is reviewed when it is over.
        spread: what the counted approvers must span; `staffing.meets_quorum` judges it.
    """

    bootstrap: Bootstrap
    channel: Channel
    anchors: frozenset[Anchor]
    methods: frozenset[ProofingMethod]
    level: int
    proofing_age_ms_max: int
    approvers: frozenset[ApproverRule]
    quorum: int
    distinct: frozenset[tuple[Duty, Duty]]
    pass_lifetime_ms: int
    window_ms: int
    tries: int
    ceremonies: int
    key: KeyTerms
    cooling_off_ms: int
    cosigned: bool
    tier: Tier
    credential_lifetime_ms: int | None
    destinations: tuple[str, ...]
    after_review: bool = False
    spread: frozenset[Spread] = frozenset()

    @property
    def relayable(self) -> bool:
        """A pass path whose claim is not anchored: nothing in it stops a live relay before activation."""
        return self.bootstrap is Bootstrap.PASS and not self.anchors

    @property
    def seen_by_staff(self) -> bool:
        """A person other than the joiner sees the code."""
        return self.bootstrap is Bootstrap.PASS and self.channel is Channel.IN_PERSON


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One term of a path's `when`: the fact's value is one of `values`."""

    fact: str
    values: frozenset[str]


class Staffing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How fast each duty is expected to act, in milliseconds, and whom a late one is escalated to."""

    answer_ms_max: int
    escalate_to: tuple[str, ...] = ()


class Path(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A declared route.

    Attributes:
        name: lower-case words joined by underscores.
        verdict, reason: what it says and why, for people.
        when: all must hold. An empty tuple catches everything that reaches it.
        first_screen: where the joiner begins.
        requirements: `None` exactly when the verdict is prohibit.
        stricter_of_first: the requirements under which the account's first credential was made are joined (recovery).
        line: the line of the document at which it begins, for messages.
        channel_reason: why a person must see the code; empty exactly when none does.
    """

    name: str
    verdict: Verdict
    reason: str
    when: tuple[Condition, ...]
    first_screen: FirstScreen
    requirements: Requirements | None
    stricter_of_first: bool = False
    staffing: Staffing | None = None
    line: int = 0
    channel_reason: str = ""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole policy, paths in the order in which they are tried.

    Attributes:
        name, version: how people call it.
        sha256: hex digest of the document's bytes; its identity.
        requester_may_proof: gives up that a requester and the proofer are different people (`small_team`); never for
            privileged accounts.
        extra_roots: SHA-256 of DER roots trusted beyond the shipped metadata; a simulator's root is only accepted by a
            server whose rp_id is localhost.
    """

    name: str
    version: int
    sha256: str
    paths: tuple[Path, ...]
    requester_may_proof: bool = False
    extra_roots: frozenset[str] = frozenset()


class Ruling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the policy in force says of a case now.

    Attributes:
        policy: its sha256.
        path: the first path whose `when` holds, or `None`.
        verdict: PROHIBIT where none holds, where the path is unstaffed, or where a remembered demand cannot be met.
        requirements: the path's, joined with what is remembered of the person; `None` exactly when prohibited.
        reasons: sentences for people who may know, first the deciding one.
    """

    policy: str
    path: str | None
    verdict: Verdict
    requirements: Requirements | None
    reasons: tuple[str, ...] = ()
