"""A small world for the core's tests: people, devices, one path of each bootstrap, and the steps of an honest case.

Nothing here decides anything: it makes commands and surroundings, and feeds them to the real `decide`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.activation import ActivateCredential
from firstkey.enrollment.approval import GiveApproval
from firstkey.enrollment.case.digest import digest_to_sign
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.surroundings import (
    Account,
    CertificateSeen,
    CodeJudged,
    DeviceProof,
    Evidence,
    Made,
    Presence,
    SignedAct,
    Surroundings,
    Vouching,
)
from firstkey.enrollment.case.words import Cause, Covered, Stage
from firstkey.enrollment.claim import AnchorByCertificate, AnchorByPresence, ClaimDevice
from firstkey.enrollment.delivery import ArmPass
from firstkey.enrollment.issuance import IssuePass
from firstkey.enrollment.lifecycle.decide import Decision, decide
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.enrollment.proofing import RecordProofing
from firstkey.enrollment.redemption import AssertOwnKey, ConfirmAttendance, RedeemPass
from firstkey.enrollment.registration import RegisterCredential, StartCeremony
from firstkey.enrollment.request import OpenCase
from firstkey.policy.model import (
    Anchor,
    ApproverRule,
    Bootstrap,
    Channel,
    Duty,
    KeyTerms,
    Purpose,
    Requirements,
    Ruling,
    Tier,
    Trust,
    Verdict,
)
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND

START = 1_800_000_000_000
JOINER, REQUESTER, PROOFER, APPROVER, SECOND_APPROVER = "joiner", "rita", "paul", "anna", "arno"
CONFIRMER, DELIVERER, MANAGER, ADMIN_A, ADMIN_B, REVIEWER = "cora", "dan", "mona", "adam", "alma", "vera"

ELIGIBLE = frozenset(
    {
        (REQUESTER, Duty.REQUESTER.value),
        (PROOFER, Duty.PROOFER.value),
        (APPROVER, ApproverRule.APPROVER.value),
        (SECOND_APPROVER, ApproverRule.APPROVER.value),
        (CONFIRMER, Duty.CONFIRMER.value),
        (DELIVERER, Duty.DELIVERER.value),
        (MANAGER, ApproverRule.MANAGER.value),
        (ADMIN_A, "administrator"),
        (ADMIN_B, "administrator"),
        (ADMIN_A, Duty.RELEASER.value),
        (ADMIN_B, Duty.RELEASER.value),
        (REVIEWER, "security"),
    }
)

KEY = KeyTerms(
    user_verification=True,
    device_bound=True,
    trust=Trust.ANCHORED,
    formats=frozenset({"packed"}),
    algorithms=frozenset({-7}),
)

PASS_PATH = Requirements(
    bootstrap=Bootstrap.PASS,
    channel=Channel.DEVICE_SEALED,
    anchors=frozenset({Anchor.CLIENT_CERTIFICATE}),
    methods=frozenset({ProofingMethod.DOCUMENT_IN_PERSON, ProofingMethod.LIVE_VOUCH}),
    level=2,
    proofing_age_ms_max=72 * HOUR,
    approvers=frozenset({ApproverRule.APPROVER}),
    quorum=1,
    distinct=frozenset({(Duty.REQUESTER, Duty.PROOFER)}),
    pass_lifetime_ms=10 * MINUTE,
    window_ms=10 * MINUTE,
    tries=3,
    ceremonies=3,
    key=KEY,
    cooling_off_ms=0,
    cosigned=False,
    tier=Tier.STANDARD,
    credential_lifetime_ms=None,
    destinations=("local",),
)
PRESENCE_PATH = replace(PASS_PATH, anchors=frozenset({Anchor.PRESENCE}), channel=Channel.IN_PERSON)
RELAYABLE_PATH = replace(PASS_PATH, anchors=frozenset(), tier=Tier.LOW)
SHIPPED_PATH = replace(PASS_PATH, anchors=frozenset({Anchor.AUTHENTICATOR}), cooling_off_ms=HOUR)
ATTENDED_PATH = replace(PASS_PATH, bootstrap=Bootstrap.ATTENDED, anchors=frozenset({Anchor.PRESENCE}))
OWN_KEY_PATH = replace(
    PASS_PATH, bootstrap=Bootstrap.OWN_KEY, anchors=frozenset(), methods=frozenset(), level=0, quorum=0
)
REPLACEMENT_PATH = replace(OWN_KEY_PATH, quorum=1)

GOOD = Made(
    ceremony="ceremony-1",
    credential="credential-1",
    public_key_digest="key-1",
    aaguid="aaguid-1",
    maker="maker-1",
    fmt="packed",
    algorithm=-7,
    trust=Trust.ANCHORED,
    user_verified=True,
    backup_eligible=False,
    serial=None,
)
DEVICE = DeviceProof("device-1")
RIVAL = DeviceProof("device-2")


def ruling_for(requirements: Requirements, path: str = "managed_device") -> Ruling:
    """What a policy says that leads here."""
    return Ruling(policy="policy-1", path=path, verdict=Verdict.ALLOW, requirements=requirements)


PROHIBITED = Ruling(policy="policy-1", path=None, verdict=Verdict.PROHIBIT, requirements=None, reasons=("no path",))


STEPS_MAX = 16
"""An honest case takes fewer; a broken one may take steps for ever."""

STEPS_MAX = 20
"""More steps than any honest case has."""

VERIFIED = frozenset(f"statement-{number}" for number in range(1, 100))
"""Every statement that a world's people will sign: each was verified again."""


@dataclass
class World:
    """A case in the making: state, clock and surroundings, changed by hand; commands by name."""

    requirements: Requirements = PASS_PATH
    purpose: Purpose = Purpose.FIRST_KEY
    now: int = START
    case: Folded = None
    around: Surroundings = field(
        default_factory=lambda: Surroundings(
            account=Account(account="account-1", person=JOINER, incarnation=1),
            eligible=ELIGIBLE,
            verified=VERIFIED,
            asset="serial-1",
            covered=Covered.SIGNED,
        )
    )
    ruling: Ruling | None = None
    facts: list[Fact] = field(default_factory=list)
    refusal: R | None = None
    decisions: list[Decision] = field(default_factory=list)
    statements: int = 0

    @property
    def state(self) -> Case:
        """The case, which must be there."""
        assert isinstance(self.case, Case)
        return self.case

    @property
    def stage(self) -> Stage:
        """Where the case stands."""
        return stage_of(self.case)

    @property
    def last(self) -> Decision:
        """The last decision."""
        return self.decisions[-1]

    @property
    def kinds(self) -> list[str]:
        """The names of all facts so far."""
        return [fact.kind for fact in self.facts]

    def do(self, command: Command) -> Decision:
        """Decide and take over what has happened; a refusal raised changes nothing."""
        decision = decide(self.case, self.around, command, self.ruling or ruling_for(self.requirements), self.now)
        self.case, self.refusal = decision.case, decision.refusal
        self.decisions.append(decision)
        self.facts.extend(decision.facts)
        return decision

    def act(self, word: str, person: str, *names: str, **changed: Any) -> SignedAct:
        """A fresh signed act on the case as it is."""
        self.statements += 1
        content: dict[str, Any] = {
            "act": word,
            "case": self.state.case if isinstance(self.case, Case) else "case-1",
            "revision": self.state.revision if isinstance(self.case, Case) else 1,
            "person": person,
            "statement": f"statement-{self.statements}",
            "made_at": self.now,
            "names": names,
        }
        return SignedAct(**{**content, **changed})

    def surround(self, **changed: Any) -> None:
        """Change the surroundings."""
        self.around = replace(self.around, **changed)

    def let_pass(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now += milliseconds

    # The steps of an honest case

    def open(self, **changed: Any) -> Decision:
        """The requester opens the case."""
        content: dict[str, Any] = {
            "site": "site-1",
            "case": "case-1",
            "account": "account-1",
            "account_commitment": "commitment-1",
            "purpose": self.purpose,
            "handle_digest": "handle-1",
            "lifetime_ms": 30 * DAY,
            "requester": REQUESTER,
        }
        return self.do(OpenCase(**{**content, **changed}))

    def evidence(self, **changed: Any) -> Evidence:
        """Fresh evidence of the usual kind."""
        content: dict[str, Any] = {
            "method": ProofingMethod.DOCUMENT_IN_PERSON,
            "level": 2,
            "commitment": "evidence-1",
            "proofed_at": self.now,
        }
        return Evidence(**{**content, **changed})

    def proof(self, person: str = PROOFER, **changed: Any) -> Decision:
        """The proofer records evidence."""
        evidence = self.evidence(**changed)
        return self.do(RecordProofing(evidence, self.act("record_proofing", person, *evidence.named)))

    def approve(self, person: str = APPROVER, **changed: Any) -> Decision:
        """An approver signs today's digest."""
        signed = {"digests": (digest_to_sign(self.state),), **changed}
        return self.do(GiveApproval(self.act("give_approval", person, **signed)))

    def claim(self, device: DeviceProof = DEVICE, claim: str = "claim-1") -> Decision:
        """The joiner's device, or the confirmer's station, takes the case."""
        attended = self.requirements.bootstrap is Bootstrap.ATTENDED
        act = self.act("claim_device", CONFIRMER, claim) if attended else None
        return self.do(ClaimDevice(claim=claim, device=device, sealing_key="sealing-1", act=act))

    def anchor(self, device: DeviceProof = DEVICE) -> Decision:
        """The device's certificate names the asset on record."""
        return self.do(AnchorByCertificate(CertificateSeen(asset="serial-1", device_key=device.device_key)))

    def presence(self, **changed: Any) -> Presence:
        """A start code scanned in time and the right number typed."""
        content: dict[str, Any] = {
            "start_code": f"start-{self.now}",
            "confirmer": CONFIRMER,
            "device_key": DEVICE.device_key,
            "shown_at": self.now - SECOND,
            "scanned_at": self.now,
            "number_matched": True,
        }
        return Presence(**{**content, **changed})

    def visit(self, **changed: Any) -> Decision:
        """The confirmer anchors the claim in person."""
        act = self.act("anchor_claim", CONFIRMER, "claim-1")
        return self.do(AnchorByPresence(self.presence(**changed), act))

    def issue(self, pass_id: str = "pass-1") -> Decision:
        """The system issues the pass."""
        return self.do(IssuePass(pass_id))

    def arm(self) -> Decision:
        """The code is sealed at the device's request, or shown to the deliverer."""
        pass_ = self.state.live_pass
        if pass_ is not None and pass_.channel is Channel.IN_PERSON:
            return self.do(ArmPass(act=self.act("arm_pass", DELIVERER, pass_.pass_id)))
        return self.do(ArmPass(device=DEVICE))

    def redeem(self, device: DeviceProof = DEVICE, *, matched: bool = True, pass_id: str | None = None) -> Decision:
        """The claiming device brings the code."""
        known = self.state.pass_.pass_id if self.state.pass_ else "pass-1"
        return self.do(RedeemPass(device, CodeJudged(pass_id=pass_id or known, matched=matched)))

    def attend(self, person: str = CONFIRMER, serial: str | None = None) -> Decision:
        """The confirmer stands with the joiner."""
        names = ("claim-1", JOINER) + (() if serial is None else (serial,))
        return self.do(ConfirmAttendance(self.act("confirm_attendance", person, *names), serial))

    def own_key(self, credential: str = "credential-0") -> Decision:
        """An active credential authorises the next."""
        self.statements += 1
        statement = f"statement-{self.statements}"
        return self.do(AssertOwnKey(device=DEVICE, credential=credential, claim="claim-1", statement=statement))

    def start(self, ceremony: str = "ceremony-1") -> Decision:
        """A ceremony begins."""
        return self.do(StartCeremony(device=DEVICE, ceremony=ceremony, challenge=f"challenge-{ceremony}"))

    def register(self, made: Made = GOOD, device: DeviceProof = DEVICE) -> Decision:
        """Its answer comes back."""
        return self.do(RegisterCredential(device=device, made=made))

    def activate(self) -> Decision:
        """The system activates."""
        return self.do(ActivateCredential())

    # Short cuts: an honest case up to a stage

    def up_to(self, stage: Stage) -> World:
        """Walk the honest case until it waits for this stage."""
        for _ in range(STEPS_MAX):
            if self.stage is stage:
                return self
            self.step()
        raise AssertionError(f"the honest case waits for {self.stage}, not for {stage}")

    def step(self) -> None:
        """Take the honest case's next step."""
        if self.requirements.bootstrap is Bootstrap.OWN_KEY and not self.around.vouching:
            vouching = frozenset({Vouching("credential-0", Tier.STANDARD, None)})
            self.surround(keys=frozenset({"credential-0", "credential-lost"}), vouching=vouching)
        steps: dict[Stage, Callable[[], object]] = {
            Stage.UNOPENED: self._opened,
            Stage.PROOFING: self.proof,
            Stage.APPROVAL: self._approved,
            Stage.CLAIM: self._claimed,
            Stage.ISSUANCE: self.issue,
            Stage.DELIVERY: self.arm,
            Stage.REDEMPTION: self._let_in,
            Stage.REGISTRATION: self._made,
            Stage.ACTIVATION: self.activate,
        }
        steps[self.stage]()

    def _opened(self) -> None:
        names_lost = self.purpose in (Purpose.REPLACEMENT, Purpose.RECOVERY)
        if self.purpose is Purpose.RECOVERY:
            self.surround(keys=frozenset({"credential-lost"}))
        lost = {"lost_credential": "credential-lost", "lost_cause": Cause.LOST} if names_lost else {}
        self.open(**lost)

    def _approved(self) -> None:
        self.approve(SECOND_APPROVER if self.state.approvals else APPROVER)

    def _claimed(self) -> None:
        if self.state.claim is None:
            self.claim()
        if Anchor.CLIENT_CERTIFICATE in self.requirements.anchors and self.requirements.bootstrap is Bootstrap.PASS:
            self.anchor()
        elif Anchor.PRESENCE in self.requirements.anchors and self.requirements.bootstrap is Bootstrap.PASS:
            self.visit()

    def _let_in(self) -> None:
        steps: dict[Bootstrap, Callable[[], object]] = {
            Bootstrap.PASS: self.redeem,
            Bootstrap.ATTENDED: self.attend,
            Bootstrap.OWN_KEY: self.own_key,
        }
        steps[self.requirements.bootstrap]()

    def _made(self) -> None:
        self.start()
        self.register()
