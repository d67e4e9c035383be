"""A site in memory with its people: founders who sign, a joiner's device and authenticator, and the steps of a case.

The people and the device are the simulator's, which shares no code with the server; the site is the real one.
"""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec

import firstkey
from firstkey.actions import (
    acts,
    approval,
    claim,
    closure,
    delivery,
    devices,
    duties,
    founding,
    proofing,
    queries,
    records,
    redemption,
    registration,
    request,
    sessions,
    sign_in,
    sweeping,
)
from firstkey.actions.codes import CodeDesk
from firstkey.actions.folds import Folds
from firstkey.actions.recording import PersonToRecord
from firstkey.actions.scopes import Scope
from firstkey.actions.site import Device, Keys, Operator, Site, SiteSettings, Stranger
from firstkey.ceremonies.trust import TrustAnchors
from firstkey.ledger.note import SignatureType, signer_from
from firstkey.policy.model import Purpose
from firstkey.simulator.attestation_root import AttestationRoot
from firstkey.simulator.authenticator import Authenticator, Traits
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.operator import Operator as Person
from firstkey.storage.memory import MemoryFactStore
from firstkey.storage.signing import LocalCheckpointSigner, LocalFactMac
from firstkey.storage.verifiers import MemoryVerifierReader
from firstkey.values.assurance import ProofingMethod
from firstkey.values.encoding import sha256_hex, unb64u
from firstkey.values.secret import Secret

T = TypeVar("T")
ORIGIN, RP_ID, SITE = "https://join.example.org", "join.example.org", "site-1"
POLICY = (Path(firstkey.__file__).parent / "policies" / "small_team.toml").read_bytes()
AAGUID = bytes(range(16))
UNSIGNED = acts.SignedStatement("", {})


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run one action to its end."""
    return asyncio.run(coroutine)


class SetClock:
    """A clock that a test moves; with a `drift` it tells another time than the one that cannot be set counts."""

    def __init__(self) -> None:
        self.instant = 1_800_000_000_000
        self.drift = 0

    def now(self) -> int:
        """Return the instant, as somebody has set it."""
        return self.instant + self.drift

    def monotonic(self) -> int:
        """Return the instant."""
        return self.instant


class RealEntropy:
    """The system's randomness."""

    def draw(self, count: int) -> bytes:
        """Return that many bytes."""
        return os.urandom(count)


class SiteWorld:
    """A founded site, three founders with sessions, a joiner on record, and their device."""

    def __init__(self, policy: bytes | None = None, *, founded: bool = True) -> None:
        self.clock, self.entropy = SetClock(), RealEntropy()
        self.root = AttestationRoot()
        attester = self.root.attester(aaguid=AAGUID)
        signer = signer_from("join.example.org/ledger", SignatureType.ED25519, Secret(os.urandom(32)))
        self.store = MemoryFactStore(LocalFactMac(Secret(os.urandom(32))), LocalCheckpointSigner(signer), self.clock)
        self.site = Site(
            settings=SiteSettings(site=SITE, origin=ORIGIN, rp_id=RP_ID, rp_name="Example"),
            keys=Keys(nonce=Secret(os.urandom(32))),
            store=self.store,
            codes=CodeDesk(Secret(os.urandom(32)), MemoryVerifierReader(self.store)),
            clock=self.clock,
            entropy=self.entropy,
            anchors=TrustAnchors({str(UUID(bytes=AAGUID)): (self.root.der,)}),
            folds=Folds(),
        )
        self.traits = Traits(aaguid=AAGUID, attestation="x5c")
        self.attester = attester
        self.people: dict[str, Person] = {}
        self.operators: dict[str, Operator] = {}
        self.authenticator = Authenticator(self.traits, attester)
        self.device = JoinerDevice(now=self.clock.now)
        self.case = self.handle = self.code = ""
        self.proofs = 0
        if founded:
            self._found(policy or POLICY)

    def _found(self, policy: bytes) -> None:
        code = codes_text(done(founding.begin_founding(self.site, policy, "recovery-key")))
        stranger = Stranger()
        for name in ("rita", "paul", "anna", "cora"):
            authenticator = Authenticator(self.traits, self.attester)
            begun = done(founding.founder_options(self.site, stranger, founding.FounderToBe(code, name)))
            response = authenticator.register(begun.options, ORIGIN)
            made = founding.FounderMade(code, begun.ceremony, response)
            known = done(founding.enroll_founder(self.site, stranger, made))
            self.people[name] = Person(known.person, SITE, ORIGIN, authenticator)
        answer = founding.FoundingAnswer(founded=False, waiting=())
        for person in self.people.values():
            asked = founding.FounderSpeaks(code, person.person)
            to_sign = done(founding.founding_statement(self.site, stranger, asked))
            signed = self._signed(person, to_sign, act="found_site", case=None)
            answer = done(founding.sign_founding(self.site, stranger, founding.FoundingSigned(code, signed)))
        assert answer.founded
        self.sign_in_again()

    def _signed(self, person: Person, to_sign: Any, **meant: Any) -> acts.SignedStatement:
        assertion = person.sign_act(unb64u(to_sign.statement), to_sign.options, **meant)
        return acts.SignedStatement(to_sign.digest, assertion)

    def sign_in(self, person: Person) -> Operator:
        """Open a session for somebody with a passkey."""
        begun = done(sign_in.sign_in_options(self.site, Stranger(), sign_in.SignInBegun()))
        assertion = person.sign_in(unb64u(begun.statement), begun.options)
        signed = acts.SignedStatement(begun.digest, assertion)
        answer = done(sign_in.sign_in(self.site, Stranger(), sign_in.SignInAsked(signed)))
        return done(sessions.recognise_session(self.site, answer.session))

    def sign_in_as_joiner(self) -> Operator:
        """The joiner signs in with the passkey that a completed case has made."""
        return self.sign_in(self.joiner)

    @property
    def joiner(self) -> Person:
        """The joiner, with the authenticator of their case."""
        return Person("p-100", SITE, ORIGIN, self.authenticator)

    def sign_in_again(self) -> None:
        """All operators open new sessions, for the old ones are over."""
        for name, person in self.people.items():
            self.operators[name] = self.sign_in(person)

    def sign(self, name: str, act: str, **asked: Any) -> acts.SignedStatement:
        """Ask for an act's statement and sign it."""
        wanted = acts.StatementAsked(act=act, **asked)
        to_sign = done(acts.ask_statement(self.site, self.operators[name], wanted))
        whose = {"case": asked.get("case"), "on_behalf_of": asked.get("on_behalf_of")}
        return self._signed(self.people[name], to_sign, act=act, **whose)

    def sign_on_case(self, name: str, act: str, *names: str, digests: tuple[str, ...] = ()) -> acts.SignedStatement:
        """Sign an act on the case as it is."""
        return self.sign(name, act, case=self.case, revision=self.shown.revision, names=names, digests=digests)

    @property
    def shown(self) -> queries.CaseShown:
        """The case, as an operator sees it."""
        return done(queries.show_case(self.site, self.operators["rita"], self.case))

    def by(self, device: JoinerDevice | None = None) -> Device:
        """A device whose proof was just judged."""
        self.proofs += 1
        return Device((device or self.device).device_key, f"proof-{self.proofs}")

    # The steps of a case

    def record_joiner(self, also: str | None = None, **changed: Any) -> None:
        """An administrator brings the joiner in, or somebody else."""
        content: dict[str, Any] = {
            "person": "p-100",
            "account": "dir:100",
            "user_name": "joy",
            "display_name": "Joy Joiner",
            "facts": {
                "account": "standard",
                "employment": "employee",
                "workplace": "on_site",
                "device": "managed",
            },
        }
        self.record(PersonToRecord(**{**content, **changed}), also=also)

    def record_operator(self, name: str, **changed: Any) -> None:
        """What a source of record says of one of the operators."""
        person = self.people[name].person
        account, unit = f"local:{person}", person
        said = PersonToRecord(person, account, name, name, **{"unit": unit, **changed})
        self.record(said, also="paul" if name != "paul" else "cora")

    def record(self, *people: PersonToRecord, also: str | None = None) -> None:
        """Rita brings people in; where it must be two, with another."""
        signed, *more = (
            self.sign(name, "record_people", names=(records.digest_of_people(people),))
            for name in ("rita", also)
            if name is not None
        )
        asked = records.PeopleToRecord(people, signed, *more)
        done(records.record_people(self.site, self.operators["rita"], asked))

    def grant(self, who: str, duty: str, *, by: str = "paul", **limits: Any) -> duties.OperatorShown:
        """An administrator grants a duty to a person, in a scope."""
        ends_at = limits.pop("ends_at", None)
        asked = duties.DutyToGrant(who, duty, UNSIGNED, Scope(**limits), ends_at)
        signed = self.sign(by, "grant_duty", names=duties.granting_names(asked))
        return done(duties.grant_duty(self.site, self.operators[by], msgspec.structs.replace(asked, signed=signed)))

    def withdraw(self, who: str, duty: str, *, by: str = "paul") -> duties.OperatorShown:
        """An administrator takes a duty away."""
        signed = self.sign(by, "withdraw_duty", names=(who, duty))
        return done(duties.withdraw_duty(self.site, self.operators[by], duties.DutyToWithdraw(who, duty, signed)))

    def enroll_operator(self, name: str, number: int = 500, **changed: Any) -> Person:
        """Somebody gets a privileged key, in person, by three founders, and signs in; they hold no duty yet."""
        person, claimed = f"p-{number}", f"{number:022d}"
        self.record_joiner(person=person, account=f"dir:{number}", privileged=True, **changed)
        self.authenticator, self.device = Authenticator(self.traits, self.attester), JoinerDevice(now=self.clock.now)
        self.open(account=f"dir:{number}")
        self.proof()
        self.approve("anna")
        self.approve("cora")
        signed = self.sign_on_case("paul", "claim_device", claimed)
        asked = claim.ClaimToMake(self.handle, self.device.bind_keys(self.handle), claimed, signed)
        done(claim.claim_case(self.site, self.by(), asked))
        act = redemption.AttendanceToConfirm(self.sign_on_case("paul", "confirm_attendance", claimed, person))
        done(redemption.confirm_attendance(self.site, self.operators["paul"], self.case, act))
        self.register()
        self.sweep()
        assert self.shown.closed == "completed"
        self.people[name] = Person(person, SITE, ORIGIN, self.authenticator)
        self.operators[name] = self.sign_in(self.people[name])
        self.authenticator, self.device = Authenticator(self.traits, self.attester), JoinerDevice(now=self.clock.now)
        return self.people[name]

    def open(self, purpose: Purpose = Purpose.FIRST_KEY, account: str = "dir:100", **changed: Any) -> request.CaseBegun:
        """Rita opens a case."""
        if changed.get("stolen"):
            changed["signed"] = self.sign("rita", "report_stolen", names=(account, changed["lost_credential"]))
        asked = request.CaseToOpen(account=account, purpose=purpose, **changed)
        begun = done(request.open_case(self.site, self.operators["rita"], asked))
        self.case, self.handle = begun.case, begun.handle
        return begun

    def proof(self) -> None:
        """Paul records a document."""
        evidence = sha256_hex(os.urandom(16))
        method, now = ProofingMethod.DOCUMENT_IN_PERSON, self.clock.now()
        names = (evidence, method, "level: 2", f"proofed at: {now}")
        signed = self.sign_on_case("paul", "record_proofing", *names)
        asked = proofing.ProofingToRecord(method, 2, evidence, now, signed)
        done(proofing.record_proofing(self.site, self.operators["paul"], self.case, asked))

    def approve(self, name: str = "anna") -> None:
        """Anna signs the digest."""
        signed = self.sign_on_case(name, "give_approval", digests=(self.shown.digest,))
        done(approval.give_approval(self.site, self.operators[name], self.case, request.ActOnCase(signed)))

    def claim(self) -> devices.DeviceAnswer:
        """The joiner's device takes the case."""
        asked = claim.ClaimToMake(self.handle, self.device.bind_keys(self.handle))
        return done(claim.claim_case(self.site, self.by(), asked))

    def claim_status(self, device: JoinerDevice | None = None) -> devices.DeviceAnswer:
        """A device asks where the case stands; what is due is written down."""
        return done(devices.show_claim(self.site, self.by(device), devices.Handle(self.handle)))

    def visit(self) -> None:
        """Cora stands with the joiner: start code, number, act."""
        shown = done(claim.show_start_code(self.site, self.operators["cora"], self.case, claim.Nothing()))
        scanned = claim.StartCodeScanned(self.handle, shown.start_code)
        number = done(claim.scan_start_code(self.site, self.by(), scanned)).number
        claimed = self.shown.claim
        assert claimed is not None
        signed = self.sign_on_case("cora", "anchor_claim", claimed)
        asked = claim.AnchorToRecord(shown.id, number, signed)
        done(claim.anchor_claim(self.site, self.operators["cora"], self.case, asked))

    def get_pass(self) -> str:
        """The device asks for the pass, and opens the sealed code."""
        answer = done(delivery.get_pass(self.site, self.by(), devices.Handle(self.handle)))
        assert answer.sealed is not None
        sealed = {"version": answer.sealed.version} | {
            "ephemeral_key": answer.sealed.ephemeral_key,
            "ciphertext": answer.sealed.ciphertext,
        }
        claimed, pass_id = answer.state.claim, answer.state.pass_id
        assert claimed is not None
        assert pass_id is not None
        opened = self.device.open_code(sealed, case=self.handle, claim=claimed, pass_id=pass_id)
        return opened.reveal().decode()

    def redeem(self, code: str, device: JoinerDevice | None = None) -> devices.DeviceAnswer:
        """The code is spent."""
        asked = redemption.CodeToRedeem(self.handle, code)
        return done(redemption.redeem_pass(self.site, self.by(device), asked))

    def register(self) -> devices.DeviceAnswer:
        """The passkey is made."""
        begun = done(registration.start_ceremony(self.site, self.by(), devices.Handle(self.handle)))
        response = self.authenticator.register(begun.options, ORIGIN)
        asked = registration.CredentialMade(self.handle, response)
        return done(registration.register_credential(self.site, self.by(), asked))

    def prepare(self) -> None:
        """All that must stand before the pass."""
        self.record_joiner()
        self.open()
        self.proof()
        self.approve()
        self.claim()
        self.visit()

    def armed(self) -> str:
        """Up to an armed pass; return its code."""
        self.prepare()
        return self.get_pass()

    def registered(self) -> None:
        """Up to a passkey that is pending."""
        self.redeem(self.armed())
        self.register()

    def completed(self) -> None:
        """Up to a passkey that works."""
        self.registered()
        self.sweep()

    def sweep(self) -> None:
        """What nobody asks for."""
        done(sweeping.sweep(self.site))

    def close(self) -> None:
        """Withdraw the case."""
        done(closure.withdraw_case(self.site, self.operators["rita"], self.case, claim.Nothing()))


def codes_text(code: Secret) -> str:
    """A code as it was printed."""
    return code.reveal().decode()
