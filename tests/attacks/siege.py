"""One real server for all attacks: people without end, cases brought to any stage, and what its database holds.

Each test brings its own joiners, so none disturbs another. The clock only ever moves on, for all of them at once; what
sets it back, ends the server or edits the database has a server of its own (`besieged`).
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.duties import DutyToGrant, granting_names
from firstkey.actions.recording import PersonToRecord
from firstkey.actions.records import digest_of_people
from firstkey.actions.scopes import Scope
from firstkey.actions.velocity import SLICE_MS
from firstkey.demo import handover, steps
from firstkey.demo.people import MODEL, Desk, Joiner, Maker, done
from firstkey.demo.process import HOST, local_address, run_firstkey
from firstkey.demo.run import NO_PROXY, PROXY_SOCKET, Prepared
from firstkey.demo.steps import Cast, Live
from firstkey.destinations.handover_simulator import HandoverPage
from firstkey.settings import DEVICE_CA, FILE
from firstkey.simulator.authenticator import Authenticator, Traits
from firstkey.simulator.client import Answer, Client
from firstkey.simulator.device import JoinerDevice
from firstkey.simulator.keys import seeded
from firstkey.storage.sqlite.connection import open_reader
from firstkey.values.canonical import Json
from firstkey.values.instants import HOUR, MINUTE
from tests.attacks.siege_policy import policy_of
from tests.launcher.server import Launched

UNSIGNED = SignedStatement("", {})
FOUNDERS = ("Rita", "Paul", "Anna", "Dora", "Cora")
"""In the order of `Cast`: requester, proofer, the two approvers, confirmer."""

KINDS: dict[str, dict[str, Any]] = {
    "managed": {"facts": {"device": "managed"}, "asset": True},
    "certified": {"facts": {"device": "certified"}, "asset": True},
    "remote": {"facts": {"device": "managed", "workplace": "remote"}, "asset": True},
    "uncovered": {"facts": {"device": "uncovered"}},
    "own": {"facts": {"device": "own"}},
    "shared": {"facts": {"device": "shared"}},
    "contractor": {"facts": {"device": "managed", "employment": "contractor"}, "asset": True},
    "counter": {"facts": {"device": "shipped_key", "employment": "contractor"}},
    "tenant": {"facts": {"device": "certified", "employment": "contractor"}, "asset": True},
    "privileged": {"facts": {"device": "own"}, "privileged": True},
}
"""What sources say of a joiner of a kind, beside an employee on site."""

TENANT = "tenant"
TENANT_SETTINGS = f'\n[destinations.{TENANT}]\nkind = "handover_simulator"\n'

HIRED_AN_HOUR_MAX = 40
"""So many at most, that no operator meets a velocity limit that is not under attack."""

SWEPT_TURNS_MAX = 8
"""So often nothing more is written down, and what is still due waits for something else than time."""

WAIT_SECONDS_MAX = 30
SWEPT_EVERY_SECONDS = 0.1

NOT_COUNTED = ("sign_in", "system")
PASSING = ("device_proof", "statement", "start_code", "idempotency")
KEPT = ("attestation", "claim_key", "credential_key", "person", "policy", "rival_count", "sealed_code")


class Told(NamedTuple):
    """What a refusal was: its status and problem type."""

    status: int
    problem: str | None


class Siege:
    """The server, its operators, and whoever is needed.

    Args:
        prepared: the site. maker: of everybody's authenticators.
        server: runs it. desks: of the founders, in the order of FOUNDERS.
    """

    def __init__(self, prepared: Prepared, maker: Maker, server: Launched, desks: tuple[Desk, ...]) -> None:
        self.prepared, self.maker, self.server = prepared, maker, server
        self.site, self.address = prepared.site, prepared.address
        self.desks = desks
        self.cast = Cast(*desks)
        self.second = self.cast.second_approver
        self._numbers = count(1)
        self._hired = 0
        self._recorded: dict[str, PersonToRecord] = {}

    # People

    def hire(self, kind: str = "managed", **changed: Any) -> PersonToRecord:
        """Record somebody new."""
        number = next(self._numbers)
        self._hired += 1
        said = KINDS[kind]
        facts = {"employment": "employee", "workplace": "on_site", **said["facts"]}
        named = {"person": f"p-{number}", "account": f"dir:{number}", "user_name": f"joy{number}"}
        asset = f"LT-{number}" if said.get("asset") else None
        content = {
            **named,
            "display_name": f"Joy {number}",
            "asset": asset,
            "privileged": said.get("privileged", False),
        }
        person = PersonToRecord(**{**content, "facts": facts, **changed})
        self.record(person)
        return person

    def breathe(self) -> None:
        """Let an hour go by where another test might meet the limit of an hour's acts; so it hurts nobody."""
        if self._hired >= HIRED_AN_HOUR_MAX:
            self._hired = 0
            self.later(HOUR + SLICE_MS)

    def record(self, *people: PersonToRecord) -> None:
        """The sources say something of people."""
        steps.record_people(self.cast.requester, people)
        self._recorded.update({person.person: person for person in people})

    def record_by_two(self, *people: PersonToRecord) -> None:
        """The same, of somebody who holds a duty: two administrators sign."""
        digest = digest_of_people(people)
        signed, also = (desk.sign("record_people", names=(digest,)) for desk in (self.cast.requester, self.second))
        body = {"people": msgspec.to_builtins(people), "signed": signed, "also": also}
        done(self.cast.requester.post("/api/people", body), "record people")
        self._recorded.update({person.person: person for person in people})

    @staticmethod
    def changed(person: PersonToRecord, /, **changes: Any) -> PersonToRecord:
        """Return what would be said of somebody with something changed."""
        return msgspec.structs.replace(person, **changes)

    def leave(self, person: PersonToRecord) -> None:
        """Somebody leaves."""
        self.record(self.changed(person, active=False))

    def recorded(self, person: str) -> PersonToRecord:
        """What was recorded of somebody last."""
        return self._recorded[person]

    def joiner(self, person: PersonToRecord) -> Joiner:
        """Somebody at a device that has claimed nothing, with an attested authenticator; on their device if it has a
        certificate.
        """
        certified = person.facts.get("device") == "certified"
        certificate = self.maker.devices.certificate(str(person.asset)) if certified else None
        return Joiner(self.address, person.person, person.display_name, self.maker.authenticator(), certificate)

    def shipped(self, serial: str) -> Authenticator:
        """An authenticator whose attestation bears its serial (hex)."""
        attester = self.maker.root.attester(aaguid=MODEL.bytes, serial=bytes.fromhex(serial))
        return Authenticator(Traits(aaguid=MODEL.bytes, attestation="x5c"), attester)

    def twin(self, seed: str, id_bytes: int = 32) -> Authenticator:
        """An authenticator whose first key is that of every other one with its seed, under an id of that length."""
        attester = self.maker.root.attester(aaguid=MODEL.bytes)
        traits = Traits(aaguid=MODEL.bytes, attestation="x5c", credential_id_bytes=id_bytes)
        return Authenticator(traits, attester, entropy=seeded(seed.encode()))

    def stranger(self) -> Client:
        """A browser with neither session nor device key."""
        return self.address.client()

    # Cases

    def ask(self, person: PersonToRecord, purpose: str = "first_key", desk: Desk | None = None, **more: Any) -> Answer:
        """Ask for a case, as the requester."""
        body = {"account": person.account, "purpose": purpose, **more}
        return (desk or self.cast.requester).post("/api/cases", body)

    def open(self, who: str | PersonToRecord = "managed", purpose: str = "first_key", **more: Any) -> Live:
        """Open a case, for somebody new if only a kind is named."""
        person = self.hire(who) if isinstance(who, str) else who
        return self.live(done(self.ask(person, purpose, **more), "open case"), person)

    def live(self, begun: Json, person: PersonToRecord) -> Live:
        """Return a case that somebody has opened, with its joiner at their device."""
        return Live(begun["case"], begun["handle"], begun["path"], self.joiner(person))

    def evidence(self, live: Live, desk: Desk | None = None, *, as_usual: bool = False, **changed: Any) -> Answer:
        """The proofer records a document seen a minute ago, or what is named; `as_usual` signs the document still."""
        desk = desk or self.cast.proofer
        committed = hashlib.sha256(os.urandom(32)).hexdigest()
        usual: dict[str, Any] = {
            "method": "document_in_person",
            "level": 2,
            "commitment": committed,
            "proofed_at": self.server.clock.now - MINUTE,
        }
        said = usual | changed
        if "signed" not in said:
            names = steps.evidence_names(usual if as_usual else said)
            said["signed"] = desk.sign_on(live.case, "record_proofing", names=names)
        return desk.post(f"{live.url}/proofing", said)

    def proof(self, live: Live, **changed: Any) -> None:
        """Proof the joiner."""
        done(self.evidence(live, **changed), "proofing")

    def consent(self, live: Live, desk: Desk | None = None) -> Answer:
        """An approver signs the digest as it is now."""
        desk = desk or self.cast.approver
        return desk.post(f"{live.url}/approvals", {"signed": steps.consent(desk, live)})

    def approve(self, live: Live) -> None:
        """As many people approve as the path asks for."""
        steps.approve(self.cast, live)

    def claim(self, live: Live) -> None:
        """The joiner's device takes the case."""
        steps.claim(live)

    def anchor(self, live: Live) -> None:
        """The device's certificate ties it to the joiner; or joiner and confirmer meet."""
        if live.joiner.is_certified:
            steps.anchor_by_certificate(live)
        else:
            steps.anchor(self.cast, live)

    def prepared_case(self, who: str | PersonToRecord = "managed", **more: Any) -> Live:
        """Return a case that waits for its pass."""
        live = self.open(who, **more)
        self.claim(live)
        self.proof(live)
        self.approve(live)
        self.anchor(live)
        return live

    def armed(self, who: str | PersonToRecord = "managed", **more: Any) -> tuple[Live, str]:
        """Return a case whose pass is armed, and the code that its device has opened."""
        live = self.prepared_case(who, **more)
        return live, steps.get_pass(live).code

    def redeemed(self, who: str | PersonToRecord = "managed", **more: Any) -> Live:
        """Return a case that waits for its passkey."""
        live, code = self.armed(who, **more)
        steps.redeem(live, code)
        return live

    def at_the_counter(self) -> tuple[Live, Answer]:
        """Return a case whose code was shown to its deliverer, and that answer."""
        live = self.prepared_case("counter")
        assert live.joiner.post("/pass", live.handle).json["sealed"] is None
        desk = self.cast.confirmer
        signed = self.act(live, "arm_pass", desk, self.shown(live)["pass_id"])
        return live, desk.post(f"{live.url}/pass/reveal", {"signed": signed})

    def completed(self, who: str | PersonToRecord = "managed", **more: Any) -> Live:
        """Return a case that led to a working passkey."""
        live = self.redeemed(who, **more)
        steps.register(live)
        steps.wait_until_active(live)
        return live

    def pending(self) -> Live:
        """Return a case whose passkey waits: a remote hire's, in its cooling-off."""
        live = self.open("remote")
        self.claim(live)
        self.proof(live, method="document_chip_in_person", level=3)
        self.approve(live)
        steps.redeem(live, steps.get_pass(live).code)
        steps.register(live)
        return live

    # Handed over

    @property
    def page(self) -> HandoverPage:
        """The other system's page, as a browser and whoever administers it see it."""
        return handover.page_of(self.site, TENANT, self.maker, lambda: self.server.clock.now)

    def handed_over(self, person: PersonToRecord | None = None) -> tuple[Live, str]:
        """Return a case that led to a passkey on the other system's page, and that key's id."""
        live = self.redeemed(person or "tenant")
        credential = handover.hand_over(live, self.page)
        steps.wait_until_active(live)
        return live, credential

    # Attended cases

    def station_claims(self, live: Live, desk: Desk | None = None) -> Answer:
        """The confirmer's station takes an attended case."""
        return steps.station_claims(self.cast, live, desk)

    def attend(self, live: Live, desk: Desk | None = None, serial: str | None = None) -> Answer:
        """The confirmer stands with the joiner."""
        desk = desk or self.cast.confirmer
        names = (self.shown(live)["claim"], live.joiner.person, *([serial] if serial else []))
        signed = desk.sign_on(live.case, "confirm_attendance", names=names)
        return desk.post(f"{live.url}/attendance", {"signed": signed, "serial": serial})

    def attended(self, who: str | PersonToRecord = "own", **more: Any) -> Live:
        """Return an attended case whose window is open."""
        live = self.open(who, **more)
        done(self.station_claims(live), "station's claim")
        self.proof(live)
        self.approve(live)
        done(self.attend(live), "attendance")
        return live

    # Operators

    def enlist(self, *duties: str, **changed: Any) -> Desk:
        """Somebody gets a privileged key, in person, and these duties."""
        person = self.hire("privileged", **changed)
        live = self.attended(person)
        steps.register(live)
        steps.wait_until_active(live)
        desk = Desk(self.address, person.display_name, live.joiner.authenticator)
        desk.person = person.person
        desk.sign_in()
        for duty in duties:
            done(self.grant(desk, duty), "grant")
        return desk

    def grant(self, to: Desk, duty: str, by: Desk | None = None, **scope: Any) -> Answer:
        """An administrator grants a duty."""
        by = by or self.cast.proofer
        asked = DutyToGrant(to.person, duty, UNSIGNED, Scope(**scope))
        signed = by.sign("grant_duty", names=granting_names(asked))
        body = {"person": to.person, "duty": duty, "signed": signed, "scope": msgspec.to_builtins(asked.scope)}
        return by.post("/api/duties/grant", body)

    def withdraw_duty(self, of: Desk, duty: str, by: Desk | None = None) -> Answer:
        """An administrator takes a duty away."""
        by = by or self.cast.proofer
        signed = by.sign("withdraw_duty", names=(of.person, duty))
        return by.post("/api/duties/withdraw", {"person": of.person, "duty": duty, "signed": signed})

    def source(self, name: str, speaks_of: str, rank: int = 20) -> Client:
        """Two administrators let a system of record speak by a key; return its connection."""
        key, client = JoinerDevice(), self.stranger()
        client.prover = key.prove
        names = (name, speaks_of, f"rank: {rank}", key.device_key)
        signed = [desk.sign("register_source", names=names) for desk in (self.cast.requester, self.cast.proofer)]
        body = {"name": name, "speaks_of": speaks_of, "rank": rank, "key": key.device_key, "signed": signed}
        done(self.cast.requester.post("/api/sources/register", body), "register")
        return client

    # Sessions and acts

    def browser_of(self, joiner: Joiner) -> Client:
        """Another connection of the same device."""
        client = self.stranger()
        client.prover = joiner.device.prove
        return client

    def act(self, live: Live, act: str, desk: Desk, *names: str) -> Json:
        """Sign an act on a case as it is now."""
        return desk.sign_on(live.case, act, names=names)

    def lifted(self, live: Live, one: Desk, other: Desk) -> Answer:
        """Two people let a held case go on."""
        signed = [self.act(live, "lift_hold", desk) for desk in (one, other)]
        return one.post(f"{live.url}/lift", {"signed": signed})

    # Time

    def later(self, milliseconds: int, *desks: Desk) -> None:
        """Let time go by; what it ends is written down, and everybody signs in anew."""
        self.server.clock.let_pass(milliseconds)
        left, waited = self._due(), 0
        while left and waited < SWEPT_TURNS_MAX:
            time.sleep(SWEPT_EVERY_SECONDS)
            before, left = left, self._due()
            waited = waited + 1 if left == before else 0
        for desk in (*self.desks, *desks):
            desk.sign_in()

    def _due(self) -> int:
        """Count the cases that are past their time, of which nobody has written that down."""
        return int(self.rows("SELECT count(*) FROM cases WHERE due_at <= ?", self.server.clock.now)[0][0])

    def restart(self) -> None:
        """End the server in order and start it again; everybody signs in anew."""
        self.server.stop()
        self.server.start()
        self.later(0)

    # What is there afterwards

    def shown(self, live: Live) -> Json:
        """The case as an operator sees it."""
        return self.cast.requester.show(live.case)

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the site's database itself."""
        with closing(open_reader(self.site)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def facts(self, live: Live) -> list[str]:
        """Return the names of a case's facts, from the database."""
        return [kind for (kind,) in self.rows("SELECT kind FROM facts WHERE stream = ? ORDER BY number", stream(live))]

    @staticmethod
    def until(holds: Callable[[], bool]) -> None:
        """Wait until something holds that the server brings about by itself, and fail if it never does."""
        last = time.monotonic() + WAIT_SECONDS_MAX
        while not holds():
            assert time.monotonic() < last, "it did not come"
            time.sleep(SWEPT_EVERY_SECONDS)

    def told(self, name: str) -> list[dict[str, Any]]:
        """Return the bodies of a stream's facts, from the database."""
        found = self.rows("SELECT body FROM facts WHERE stream = ? ORDER BY number", name)
        return [json.loads(body) for (body,) in found]

    def last(self, live: Live) -> dict[str, Any]:
        """Return the body of a case's last fact."""
        return self.told(stream(live))[-1]

    def refusals(self, *, person: str | None = None, device: str | None = None) -> list[str]:
        """Return why a known caller was refused, in order, as the ledger has it."""
        found = self.rows("SELECT body FROM facts WHERE kind = 'CallerRefused' ORDER BY at, number")
        bodies = [json.loads(body) for (body,) in found]
        return [each["reason"] for each in bodies if (each["person"], each["device_key"]) == (person, device)]

    def entered(self, live: Live) -> bool:
        """Whether every fact of a case is an entry of the ledger."""
        return self._count("facts", stream(live)) == self._count("entries", stream(live))

    def verifiers(self, live: Live) -> int:
        """Count the verifiers that are kept for the case's passes."""
        ids = {fact["pass_id"] for fact in self.told(stream(live)) if fact["fact"] == "PassIssued"}
        return sum(1 for (kept,) in self.rows("SELECT pass_id FROM verifiers") if kept in ids)

    def credentials(self, person: PersonToRecord) -> list[str]:
        """Return what has become of an account's credentials, in the account's own stream."""
        return [fact["fact"] for fact in self.told(f"account/{person.account}")]

    def state(self) -> tuple[Any, ...]:
        """Return all that a refusal must leave as it was: facts, slots, verifiers, and documents that decide."""
        marks = ",".join("?" * len(NOT_COUNTED))
        counted = f"stream NOT LIKE 'refusals/%' AND activity NOT IN ({marks})"
        facts = self.rows(f"SELECT stream, count(*) FROM facts WHERE {counted} GROUP BY 1", *NOT_COUNTED)
        marks = ",".join("?" * len(PASSING))
        slots = self.rows(f"SELECT kind, key, stream FROM slots WHERE kind NOT IN ({marks})", *PASSING)
        marks = ",".join("?" * len(KEPT))
        documents = self.rows(f"SELECT kind, key, body FROM documents WHERE kind IN ({marks})", *KEPT)
        return facts, slots, self.rows("SELECT pass_id, body FROM verifiers"), documents

    @contextmanager
    def nothing_changes(self) -> Iterator[None]:
        """Claim that what is done inside leaves everything as it was."""
        before = self.state()
        yield
        for name, was, now in zip(("facts", "slots", "verifiers", "documents"), before, self.state(), strict=True):
            changed = set(now) ^ set(was)
            assert changed == set(), name

    def _count(self, table: str, of: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE stream = ?", of)[0][0])


def stream(live: Live) -> str:
    """Return the name of a case's stream."""
    return f"case/{live.case}"


def told(answer: Answer) -> Told:
    """Return how a request was answered."""
    return Told(answer.status, answer.problem)


def _prepare(folder: Path, maker: Maker) -> Prepared:
    """Make a site on localhost under the policy of the siege, with a proxy for managed devices."""
    address = local_address()
    with tempfile.NamedTemporaryFile(suffix=".toml") as policy:
        policy.write(policy_of(maker.root.der))
        policy.flush()
        options = ("--origin", address.origin, "--rp-id", HOST, "--policy", policy.name)
        ended = run_firstkey("init", "--site", str(folder), *options, "--json")
    assert ended.exit_code == 0, ended.err
    begun = json.loads(ended.out)
    (folder / "roots" / f"{MODEL}.der").write_bytes(maker.root.der)
    (folder / DEVICE_CA).write_bytes(maker.devices.pem)
    settings = (folder / FILE).read_text("utf-8")
    settings = settings.replace(NO_PROXY, f'proxy_socket = "{PROXY_SOCKET}"') + TENANT_SETTINGS
    (folder / FILE).write_text(settings, "utf-8")
    address.proxy = folder / PROXY_SOCKET
    return Prepared(folder, address, begun["founding_code"], begun["ledger_key"])


@contextmanager
def unfounded(folder: Path) -> Iterator[Siege]:
    """Run a server on a fresh site that waits for its founders."""
    maker = Maker()
    prepared = _prepare(folder / "site", maker)
    with Launched(prepared.site, prepared.address) as server:
        desks = tuple(Desk(prepared.address, name, maker.authenticator()) for name in FOUNDERS)
        yield Siege(prepared, maker, server, desks)


@contextmanager
def besieged(folder: Path) -> Iterator[Siege]:
    """Run a server on a fresh site, founded by five."""
    with unfounded(folder) as siege:
        code = siege.prepared.founding_code
        for desk in siege.desks:
            desk.enroll(code)
        for desk in siege.desks:
            desk.sign_founding(code)
        for desk in siege.desks:
            desk.sign_in()
        yield siege
