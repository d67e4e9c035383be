"""All that a decision may know of the rest of the world, and what was judged before it, as frozen values.

Judged values name what they judged (case, claim, pass, ceremony); a decision compares the names again and never
recomputes the judgement. They are made by the ceremonies in the shell, from evidence that is kept.
"""

import msgspec

from firstkey.enrollment.case.words import Covered
from firstkey.policy.model import Tier, Trust
from firstkey.values.assurance import NEEDS_COMPANION, ProofingMethod


class Account(msgspec.Struct, frozen=True):
    """What the sources of record say of the account now. `ends_at` is the end of employment or contract."""

    account: str
    person: str
    incarnation: int
    active: bool = True
    privileged: bool = False
    ends_at: int | None = None


class Vouching(msgspec.Struct, frozen=True):
    """A credential of the account that may authorise the next by own_key."""

    credential: str
    tier: Tier
    ends_at: int | None


class Affiliation(msgspec.Struct, frozen=True):
    """Where a source of record places a person. `vendor` is None for the organisation itself."""

    person: str
    unit: str | None
    vendor: str | None


class Partner(msgspec.Struct, frozen=True):
    """The other case of a break-glass account. `ready`: its credential stands, pending, on its whole ground."""

    closed: bool
    ready: bool
    completed: bool = False
    maker: str | None = None


class Surroundings(msgspec.Struct, frozen=True):
    """The rest of the world, read in the appending transaction.

    Attributes:
        account: the standing of the case's account.
        epoch: the site's.
        eligible: (person, duty or approver rule) pairs that hold now, of the people this decision may meet.
        affiliations: where they belong; of somebody missing here, nothing is known.
        verified: digests of statements whose assertion was verified again for this decision.
        live_pass_elsewhere: another case of the account has a live pass.
        native_elsewhere: another case of the account has a native pass not yet read back as gone.
        keys: the credentials that the account has and that are not over.
        vouching: its credentials that may authorise the next.
        asset: serial of the device or authenticator that a source of record assigns or shipped to the person, if any.
        handover: destinations that make the credential on a page of their own.
        rival_codes_compared: how often a rival's code was compared in this case.
        covered: how far a checkpoint covers the case's chain.
        partner: the other case of a break-glass account.
        clock_doubtful: the site's clocks disagree.
    """

    account: Account
    epoch: int = 1
    eligible: frozenset[tuple[str, str]] = frozenset()
    affiliations: frozenset[Affiliation] = frozenset()
    verified: frozenset[str] = frozenset()
    live_pass_elsewhere: bool = False
    native_elsewhere: bool = False
    keys: frozenset[str] = frozenset()
    vouching: frozenset[Vouching] = frozenset()
    asset: str | None = None
    handover: frozenset[str] = frozenset()
    rival_codes_compared: int = 0
    covered: Covered = Covered.NO
    partner: Partner | None = None
    clock_doubtful: bool = False


class By(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who did something, and whom they acted for; `statement` is the digest of what they signed."""

    person: str
    statement: str
    delegator: str | None = None

    @property
    def persons(self) -> frozenset[str]:
        """The effective person set: who acted, and for whom."""
        return frozenset({self.person} if self.delegator is None else {self.person, self.delegator})


class SignedAct(msgspec.Struct, frozen=True):
    """A person's assertion over a statement, verified. `act` is the statement's act word.

    `digests` are the case digests that an approval signs (up to 25); `names` is what else the statement names, in the
    order that the act prescribes. `delegator` is whom the person acts for.
    """

    act: str
    case: str
    revision: int
    person: str
    statement: str
    made_at: int
    delegator: str | None = None
    digests: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def by(self) -> By:
        """Who signed it, as facts say it."""
        return By(person=self.person, statement=self.statement, delegator=self.delegator)

    @property
    def persons(self) -> frozenset[str]:
        """The effective person set: who acted, and for whom."""
        return self.by.persons


class DeviceProof(msgspec.Struct, frozen=True):
    """A request's signature by a device key (RFC 7638 thumbprint), verified over this very request."""

    device_key: str


class CodeJudged(msgspec.Struct, frozen=True):
    """A well-formed code compared with one pass's verifier."""

    pass_id: str
    matched: bool


class Evidence(msgspec.Struct, frozen=True):
    """What a proofing rests on. `vendor` is set when a vendor signed it; the last two speak of a live vouch."""

    method: ProofingMethod
    level: int
    commitment: str
    proofed_at: int
    vendor: str | None = None
    companion: ProofingMethod | None = None
    voucher_level: int = 0
    relation_since: int | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """What the act over it names: all that the signer says. An earlier proofing's level and age are on record."""
        said = () if self.method in NEEDS_COMPANION else (f"level: {self.level}", f"proofed at: {self.proofed_at}")
        beside = () if self.companion is None else (f"beside: {self.companion.value}",)
        return (self.commitment, self.method.value, *said, *beside)


class Presence(msgspec.Struct, frozen=True):
    """A start code scanned from the confirmer's screen by the claiming device; the number typed by the confirmer."""

    start_code: str
    confirmer: str
    device_key: str
    shown_at: int
    scanned_at: int
    number_matched: bool


class CertificateSeen(msgspec.Struct, frozen=True):
    """A client certificate on the claiming device's connection, its path verified; `asset` is the serial it names."""

    asset: str
    device_key: str


class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registration response judged by the ceremonies: facts only, the terms are compared here.

    `refused` is the ceremonies' reason when the response is not genuine; the other fields then mean nothing.
    """

    ceremony: str
    credential: str = ""
    public_key_digest: str = ""
    aaguid: str = ""
    maker: str = ""
    fmt: str = "none"
    algorithm: int = 0
    trust: Trust = Trust.NONE
    user_verified: bool = False
    backup_eligible: bool = True
    roaming: bool = False
    serial: str | None = None
    refused: str | None = None
