"""Everything that can be asked of a case: all commands, by all people and devices, right and wrong codes.

People who hold none of the duties that a command asks for are alike to it: one of them tries. What is wrong with a
single act, visit or answer is tried by its twins (`flaws`).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from firstkey.enrollment.activation import ActivateCredential
from firstkey.enrollment.approval import DenyApproval, GiveApproval, WithdrawApproval
from firstkey.enrollment.case.digest import ANY_DEVICE, digest_to_sign
from firstkey.enrollment.case.limits import CASE_LIFETIME_MS_MAX, PASSES_MAX
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.separation import FOR_CAUSE
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import (
    CertificateSeen,
    CodeJudged,
    DeviceProof,
    Presence,
    SignedAct,
)
from firstkey.enrollment.claim import (
    AnchorByCertificate,
    AnchorByPresence,
    ClaimDevice,
    RefuseRival,
    ReleaseClaim,
    ReplaceClaim,
)
from firstkey.enrollment.closure import FenceCase, RecordReview, ReportFraud, Sweep, WithdrawCase
from firstkey.enrollment.delivery import ArmPass
from firstkey.enrollment.issuance import IssuePass, RevokePass
from firstkey.enrollment.proofing import RecordProofing, WithdrawProofing
from firstkey.enrollment.redemption import AssertOwnKey, ConfirmAttendance, RedeemPass
from firstkey.enrollment.registration import (
    MintNativePass,
    NoteNativePassUsed,
    ReadBackCredential,
    ReapNativePass,
    RegisterCredential,
    StartCeremony,
)
from firstkey.enrollment.request import HoldCase, LiftHold, OpenCase, ReviseCase
from firstkey.policy.model import Bootstrap, Duty
from firstkey.values.instants import MINUTE, SECOND
from tests.model.paths import CaseBound
from tests.model.people import (
    ADAM,
    ALMA,
    ANNA,
    APPROVER,
    CORA,
    JOINER,
    MANAGER,
    PAUL,
    REVIEWER,
    RITA,
    VERA,
    holders_and_one_other,
)
from tests.model.world import OWN_KEY, statement_of


class Offer(NamedTuple):
    """A command, named as a trace shows it."""

    label: str
    command: Command


def act_of(case: Case, word: str, person: str, now: int, *names: str, **changed: Any) -> SignedAct:
    """Return a fresh signed act on the case; its statement has a name of its own that says who signs what."""
    content: dict[str, Any] = {
        "act": word,
        "case": case.case,
        "revision": case.revision,
        "person": person,
        "statement": statement_of(word, person),
        "made_at": now,
        "names": names,
    }
    return SignedAct(**{**content, **changed})


Stage = Callable[[Case, int], Iterator[Offer]]
"""What can be asked of a case at an instant, of one stage's commands."""


class Offering:
    """What can be asked of a case of a bound.

    Args:
        bound: the case's.
        devices_alike: no other case could hold one of the devices; then one of them tries, until one claims.
    """

    def __init__(self, bound: CaseBound, *, devices_alike: bool) -> None:
        self._bound = bound
        self._devices_alike = devices_alike
        self._people = bound.people
        self.stages: tuple[Stage, ...] = (
            self._request,
            self._proofing,
            self._approval,
            self._claim,
            self._pass,
            self._other_ways_in,
            self._registration,
            self._destination,
            self._closure,
        )
        self._serials = (None, *sorted({made.serial for _, made in bound.made if made.serial is not None})[:1])

    def of(self, case: Case, now: int) -> Iterator[Offer]:
        """Yield every command on an open case, in the order of the lifecycle, the flawed left out."""
        for stage in self.stages:
            yield from self.at(stage, case, now)

    def at(self, stage: Stage, case: Case, now: int) -> Iterator[Offer]:
        """Yield the commands of one stage."""
        bound = self._bound
        for offer in stage(case, now):
            name = type(offer.command).__name__
            if name not in bound.without and (not bound.only or name in bound.only):
                yield offer

    def openings(self) -> Iterator[Offer]:
        """Yield every way to open the bound's case, and ways that are amiss."""
        bound = self._bound
        for purpose in bound.purposes or (bound.purpose,):
            for requester, delegator in bound.openers:
                for lost, cause in bound.lost:
                    command = OpenCase(
                        site="site",
                        case=bound.case,
                        account=bound.account,
                        account_commitment=f"commitment of {bound.account}",
                        purpose=purpose,
                        handle_digest=f"handle of {bound.case}",
                        lifetime_ms=CASE_LIFETIME_MS_MAX,
                        requester=requester,
                        delegator=delegator,
                        position=bound.position,
                        lost_credential=lost,
                        lost_cause=cause,
                    )
                    label = f"OpenCase for {purpose} by {requester} for {delegator}, lost {lost} {cause}"
                    yield Offer(label, command)
                    if bound.purposes:
                        yield Offer(f"{label}, no lifetime", replace(command, lifetime_ms=0))
                        yield Offer(f"{label}, in position 1", replace(command, position=1))
                        yield Offer(f"{label}, of another account", replace(command, account="another account"))

    def redemption(self, case: Case) -> Offer:
        """Return how the claiming device would spend the right code of the case's pass, or anybody one that is none."""
        device = "nobody's" if case.claim is None else case.claim.device_key
        pass_id = "none" if case.pass_ is None else case.pass_.pass_id
        return Offer("RedeemPass", RedeemPass(DeviceProof(device), CodeJudged(pass_id=pass_id, matched=True)))

    def _request(self, case: Case, now: int) -> Iterator[Offer]:
        bound = self._bound
        if case.revision < bound.revisions:
            for person in (RITA, PAUL):
                for shorter in bound.shorter_by_ms:
                    ends = case.expires_at - shorter
                    yield Offer(f"ReviseCase by {person} to {ends}", ReviseCase(person=person, expires_at=ends))
                yield Offer(f"ReviseCase by {person} to the past", ReviseCase(person=person, expires_at=now))
        for device in self._devices(case):
            yield Offer(f"HoldCase by {device}", HoldCase(device=DeviceProof(device)))
        yield Offer("HoldCase by notice", HoldCase(notice="notice"))
        yield Offer("HoldCase by nobody", HoldCase())
        for person in (JOINER, CORA):
            yield Offer(f"HoldCase by {person}", HoldCase(act=act_of(case, "hold_case", person, now)))
        for pair in self._pairs():
            acts = tuple(act_of(case, "lift_hold", person, now) for person in pair)
            yield Offer(f"LiftHold by {pair}", LiftHold(acts))
            acts = tuple(act_of(case, "report_fraud", person, now) for person in pair)
            yield Offer(f"ReportFraud by {pair}", ReportFraud(acts))

    def _devices(self, case: Case) -> tuple[str, ...]:
        devices = self._bound.devices
        return devices[:1] if self._devices_alike and case.claim is None else devices

    def _who(self, *words: str) -> tuple[str, ...]:
        return holders_and_one_other(self._people, *words)

    def _pairs(self) -> tuple[tuple[str, ...], ...]:
        return ((ALMA, VERA), (ADAM, ALMA), (ALMA, ALMA), (ALMA,), (ALMA, JOINER), (ALMA, RITA))

    def _proofing(self, case: Case, now: int) -> Iterator[Offer]:
        for name, evidence in self._bound.evidence:
            weaker = case.signed is not None and evidence.level < case.signed.level
            if weaker and case.revision >= self._bound.revisions:
                continue  # it would revise the case beyond the bound
            fresh = replace(evidence, proofed_at=now - evidence.proofed_at)
            if evidence.relation_since is not None:
                fresh = replace(fresh, relation_since=now - evidence.relation_since)
            if evidence.vendor is not None:
                yield Offer(f"RecordProofing {name} by vendor", RecordProofing(fresh))
                continue
            for person in self._who(Duty.PROOFER, *(() if evidence.relation_since is None else (MANAGER,))):
                act = act_of(case, "record_proofing", person, now, *fresh.named)
                yield Offer(f"RecordProofing {name} by {person}", RecordProofing(fresh, act))
        for person in self._who(Duty.PROOFER):
            for cause in (False, True) if case.closed is not None else (False,):
                act = act_of(case, "withdraw_proofing", person, now, *((FOR_CAUSE,) * cause))
                yield Offer(f"WithdrawProofing by {person}, for cause {cause}", WithdrawProofing(act, for_cause=cause))

    def _approval(self, case: Case, now: int) -> Iterator[Offer]:
        digest = (digest_to_sign(case),)
        for person, delegator in (*((person, None) for person in self._who(APPROVER)), *self._bound.delegations):
            who = person if delegator is None else f"{person} for {delegator}"
            act = act_of(case, "give_approval", person, now, digests=digest, delegator=delegator)
            yield Offer(f"GiveApproval by {who}", GiveApproval(act))
            act = act_of(case, "deny_approval", person, now, delegator=delegator)
            yield Offer(f"DenyApproval by {who}", DenyApproval(act))
        for person in self._who(APPROVER):
            for cause in (False, True) if case.closed is not None else (False,):
                act = act_of(case, "withdraw_approval", person, now, *((FOR_CAUSE,) * cause))
                yield Offer(f"WithdrawApproval by {person}, for cause {cause}", WithdrawApproval(act, for_cause=cause))

    def _claim(self, case: Case, now: int) -> Iterator[Offer]:
        for device in self._devices(case):
            yield Offer(f"ClaimDevice {device}", self._claiming(case, device, None, now))
            proof = DeviceProof(device)
            seen = CertificateSeen(asset="asset", device_key=device)
            yield Offer(f"AnchorByCertificate {device}", AnchorByCertificate(seen))
            yield Offer(f"RefuseRival {device}", RefuseRival(proof))
            for matched in (True, False):
                for pass_id in self._pass_ids(case):
                    code = CodeJudged(pass_id=pass_id, matched=matched)
                    yield Offer(f"RefuseRival {device}, code {pass_id} {matched}", RefuseRival(proof, code))
        yield Offer(
            "AnchorByCertificate of another asset",
            AnchorByCertificate(CertificateSeen("other", self._bound.devices[0])),
        )
        for person in self._who(Duty.CONFIRMER):
            for device in self._devices(case):
                yield Offer(f"ClaimDevice {device} by {person}", self._claiming(case, device, person, now))
                yield from self._visits(case, device, person, now)
        if case.claim is not None and self._may_release(case):
            for pair in ((ADAM, CORA), (ADAM, ADAM), (ADAM,), (ADAM, JOINER), (ADAM, ANNA)):
                acts = tuple(act_of(case, "release_claim", person, now, case.claim.claim) for person in pair)
                yield Offer(
                    f"ReleaseClaim by {pair}", ReleaseClaim(handle_digest=f"not {case.handle_digest}", acts=acts)
                )
            acts = tuple(act_of(case, "release_claim", person, now, case.claim.claim) for person in (ADAM, CORA))
            yield Offer("ReleaseClaim and keep the handle", ReleaseClaim(handle_digest=case.handle_digest, acts=acts))

    def _may_release(self, case: Case) -> bool:
        """Whether a release, which revises what named the device, stays within the bound."""
        return case.revision < self._bound.revisions or case.signed is None or case.signed.device == ANY_DEVICE

    def _claiming(self, case: Case, device: str, person: str | None, now: int) -> ClaimDevice:
        claim = f"claim of {device}"
        act = None if person is None else act_of(case, "claim_device", person, now, claim)
        return ClaimDevice(claim=claim, device=DeviceProof(device), sealing_key=f"sealing {device}", act=act)

    def _visits(self, case: Case, device: str, person: str, now: int) -> Iterator[Offer]:
        claim = f"claim of {device}"
        presence = Presence(
            start_code="start",
            confirmer=person,
            device_key=device,
            shown_at=now - MINUTE,
            scanned_at=now - MINUTE + SECOND,
            number_matched=True,
        )
        act = act_of(case, "anchor_claim", person, now, claim)
        yield Offer(f"AnchorByPresence {device} by {person}", AnchorByPresence(presence, act))
        if case.claim is not None and self._may_release(case):
            attended = case.requirements.bootstrap is Bootstrap.ATTENDED
            new = self._claiming(case, device, person if attended else None, now)
            command = ReplaceClaim(new, f"not {case.handle_digest}")
            command = command if attended else replace(command, presence=presence, act=act)
            yield Offer(f"ReplaceClaim {device} by {person}", command)

    def _pass_ids(self, case: Case) -> tuple[str, ...]:
        return ("another",) if case.live_pass is None else (case.live_pass.pass_id, "another")

    def _pass(self, case: Case, now: int) -> Iterator[Offer]:
        bounded = self._bound.passes < PASSES_MAX and case.passes_issued >= self._bound.passes
        if not bounded or case.live_pass is not None:
            yield Offer("IssuePass", IssuePass(pass_id=f"pass {case.passes_issued + 1}"))
        for person in (RITA, "nobody"):
            yield Offer(f"RevokePass by {person}", RevokePass(person=person))
        yield Offer("ArmPass by nobody", ArmPass())
        pass_id = self._pass_ids(case)[0]
        for device in self._devices(case):
            yield Offer(f"ArmPass {device}", ArmPass(device=DeviceProof(device)))
            for named in self._pass_ids(case):
                for matched in (True, False):
                    code = CodeJudged(pass_id=named, matched=matched)
                    yield Offer(f"RedeemPass {device}, {named} {matched}", RedeemPass(DeviceProof(device), code))
        for person in self._who(Duty.DELIVERER):
            act = act_of(case, "arm_pass", person, now, pass_id)
            yield Offer(f"ArmPass by {person}", ArmPass(act=act))

    def _other_ways_in(self, case: Case, now: int) -> Iterator[Offer]:
        claim = "none" if case.claim is None else case.claim.claim
        for person in self._who(Duty.CONFIRMER):
            for serial in self._serials:
                names = (claim, case.person) + (() if serial is None else (serial,))
                act = act_of(case, "confirm_attendance", person, now, *names)
                yield Offer(f"ConfirmAttendance by {person}, {serial}", ConfirmAttendance(act, serial))
        for device in self._devices(case):
            for credential in self._bound.own_keys:
                own = AssertOwnKey(DeviceProof(device), credential, claim, OWN_KEY)
                yield Offer(f"AssertOwnKey {device}, {credential}", own)

    def _registration(self, case: Case, now: int) -> Iterator[Offer]:
        window = case.window
        started = 1 if window is None else window.ceremonies_started + 1
        for device in self._devices(case):
            start = StartCeremony(DeviceProof(device), f"ceremony {started}", f"challenge {started}")
            yield Offer(f"StartCeremony {device}", start)
            ceremony = "none" if window is None or window.ceremony is None else window.ceremony
            for name, made in self._bound.made:
                brought = replace(made, ceremony=ceremony)
                yield Offer(f"RegisterCredential {device} {name}", RegisterCredential(DeviceProof(device), brought))
        yield Offer("ActivateCredential", ActivateCredential())

    def _destination(self, case: Case, now: int) -> Iterator[Offer]:
        if not self._bound.handover:
            return
        for device in self._devices(case):
            for destination in ("tenant", "local"):
                mint = MintNativePass(DeviceProof(device), f"native {case.passes_issued}", destination)
                yield Offer(f"MintNativePass {device} at {destination}", mint)
        native = "none" if case.native is None else case.native.native
        yield Offer("NoteNativePassUsed", NoteNativePassUsed(native))
        for name, made in self._bound.made:
            yield Offer(f"ReadBackCredential {name}", ReadBackCredential(native, replace(made, ceremony="")))
        yield Offer("ReapNativePass", ReapNativePass(native))
        for pair in ((ALMA, VERA), (ADAM, ALMA), (ALMA, ALMA), (ALMA,), (ALMA, CORA)):
            acts = tuple(act_of(case, "declare_destination_lost", person, now, native) for person in pair)
            yield Offer(f"ReapNativePass by {pair}", ReapNativePass(native, acts))

    def _closure(self, case: Case, now: int) -> Iterator[Offer]:
        for person in (RITA, PAUL, None):
            yield Offer(f"WithdrawCase by {person}", WithdrawCase(person=person))
        for device in self._devices(case):
            yield Offer(f"WithdrawCase by {device}", WithdrawCase(device=DeviceProof(device)))
        if self._bound.requirements.after_review:
            for person in self._who(REVIEWER):
                act = act_of(case, "record_review", person, now, "in order")
                yield Offer(f"RecordReview by {person}", RecordReview(act, "in order"))


FENCE = Offer("FenceCase", FenceCase())
SWEEP = Offer("Sweep", Sweep())
