"""PLT-06: the server is exhausted, or a control fails open under load."""

import contextlib
import os
import socket
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from firstkey.actions import proofing, sweeping
from firstkey.demo import steps
from firstkey.demo.people import done as carried_out
from firstkey.enrollment.case.words import Closure, CredentialState
from firstkey.ports.kinds import DocumentKind
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.storage.memory import MemoryRows
from firstkey.values.assurance import ProofingMethod
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused
from tests.actions.site_world import SiteWorld, done
from tests.attacks.siege import Siege, told

FLOOD = 400


def test_a_flood_of_strangers_takes_no_try_and_stops_no_revocation(siege: Siege) -> None:
    """While strangers send what they can, some of it refused as too much, a revocation and a redemption go through."""
    live, code = siege.armed()
    doomed, _ = siege.armed()
    handles = [live.handle, doomed.handle, "A" * 22]

    def flood(number: int) -> int:
        stranger = siege.stranger()
        body = {"handle": handles[number % 3], "code": "0" * 26}
        return {stranger.request("POST", "/api/claim/redeem", body).status for _ in range(FLOOD // 8)}.pop()

    with ThreadPoolExecutor(8) as pool:
        floods = [pool.submit(flood, number) for number in range(8)]
        assert siege.cast.requester.post(f"{doomed.url}/pass/revoke", {}).status == 200
        steps.redeem(live, code)
        statuses = {each.result() for each in floods}
    assert statuses <= {401, 429}
    assert siege.shown(live)["tries_failed"] == 0
    assert siege.facts(doomed)[-1] == "PassRevoked"
    assert not {"TryFailed", "RivalRefused"} & {*siege.facts(live), *siege.facts(doomed)}


def test_every_input_has_an_end(siege: Siege) -> None:
    """A body, depth, list or text beyond its limit is refused before it costs anything, and nothing changes."""
    stranger, desk = siege.stranger(), siege.cast.requester
    deep = b"[" * 5000 + b"]" * 5000
    big = b'{"account": "' + b"x" * 100_000 + b'"}'
    with siege.nothing_changes():
        for client in (stranger, desk.client):
            assert client.request("POST", "/api/sign-in", deep).status == 400
            assert client.request("POST", "/api/sign-in", big).status == 413
        assert desk.post("/api/cases", {"account": "x" * 5000, "purpose": "first_key"}).status in (400, 404)
        assert desk.client.request("GET", "/api/cases?limit=100000").status == 400
        assert desk.client.request("GET", "/api/cases/" + "x" * 5000).status in (400, 404)
        names = ["n"] * 100
        asked = {"act": "hold_case", "case": None, "revision": None, "names": names, "digests": ()}
        assert desk.post("/api/statements", asked).status == 400


def test_half_a_request_holds_nobody_up(siege: Siege) -> None:
    """Connections that send a head or a body and then nothing keep no other from being answered."""
    halves = []
    try:
        for head in (b"POST /api/sign-in HTTP/1.1\r\nHost: x", b"GET /"):
            for _ in range(30):
                half = socket.create_connection(("localhost", siege.address.port), 5)
                half.sendall(head)
                halves.append(half)
        live, code = siege.armed()
        steps.redeem(live, code)
    finally:
        for half in halves:
            half.close()


def test_what_is_full_says_so(siege: Siege) -> None:
    """More typed codes at once than can be compared are told to come again, and none of those was a try."""
    live, shown = siege.at_the_counter()
    browsers = [siege.browser_of(live.joiner) for _ in range(24)]
    with ThreadPoolExecutor(24) as pool:
        body = {"handle": live.handle, "code": "0000-0000-0000-00"}
        answers = list(pool.map(lambda each: each.request("POST", "/api/claim/redeem", body), browsers))
    told_of = [answer.problem for answer in answers]
    assert {answer.status for answer in answers} <= {409, 503}
    assert siege.facts(live).count("TryFailed") == told_of.count("code-wrong") <= 3
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)
    assert shown.status == 200


def test_a_device_that_asks_too_much_is_slowed_alone(siege: Siege) -> None:
    """One device past its rate is told to wait; the joiner beside it is not."""
    greedy, honest = siege.armed()[0], siege.armed()
    carried_out(greedy.joiner.post("/status", greedy.handle), "status")
    statuses = [greedy.joiner.post("/status", greedy.handle).status for _ in range(600)]
    assert 429 in statuses
    assert told(greedy.joiner.post("/status", greedy.handle)).status in (200, 429)
    steps.redeem(*honest)


def bring_to_activation(world: SiteWorld, number: int, approver: str) -> None:
    """Bring a joiner's case, proofed by its requester, to its pending credential."""
    world.record_joiner(person=f"p-{number}", account=f"dir:{number}")
    world.device, world.authenticator = JoinerDevice(now=world.clock.now), Authenticator(world.traits, world.attester)
    world.open(account=f"dir:{number}")
    evidence = sha256_hex(os.urandom(16))
    method, now = ProofingMethod.DOCUMENT_IN_PERSON, world.clock.now()
    signed = world.sign_on_case("rita", "record_proofing", evidence, method, "level: 2", f"proofed at: {now}")
    asked = proofing.ProofingToRecord(method, 2, evidence, now, signed)
    done(proofing.record_proofing(world.site, world.operators["rita"], world.case, asked))
    world.approve(approver)
    world.claim()
    world.visit()
    world.redeem(world.get_pass())
    world.register()


def tamper(world: SiteWorld, kind: DocumentKind, prefix: str) -> None:
    """Spoil rows past the server."""

    def spoil(rows: MemoryRows) -> None:
        documents = rows.tables["documents"]
        for key in [key for key in documents if key[0] == kind and key[1].startswith(prefix)]:
            documents[key] = (b"spoilt", 0)

    world.store.look(spoil).result()


def test_a_broken_case_keeps_no_other_waiting() -> None:
    """A row that cannot be read stops its own case alone, whether or not it is told after the others."""
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    world.clock.instant += 1000
    bring_to_activation(world, 2, "anna")
    tamper(world, DocumentKind.PERSON, "person:p-1")
    with contextlib.suppress(Refused, msgspec.DecodeError):
        world.sweep()
    assert world.shown.closed is Closure.COMPLETED


def test_spoilt_evidence_is_no_evidence() -> None:
    """On an act whose kept evidence cannot be read no key activates, and the sweep goes on."""
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    tamper(world, DocumentKind.ACT_EVIDENCE, "")
    world.sweep()
    assert world.shown.credential_state in (CredentialState.PENDING, CredentialState.SUSPENDED)


def test_a_case_that_is_ready_is_not_behind_those_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for one case at once, one whose approver has left does not stop a ready one that is due after it."""
    monkeypatch.setattr(sweeping, "SWEPT_AT_ONCE_MAX", 1)
    world = SiteWorld()
    bring_to_activation(world, 1, "anna")
    anna = world.people["anna"].person
    world.record_joiner(also="paul", person=anna, account=f"local:{anna}", facts={}, active=False)
    world.clock.instant += 1000
    bring_to_activation(world, 2, "paul")
    sweeper = sweeping.Sweeper(world.site)
    for _ in range(3):
        done(sweeper.sweep())
    assert world.shown.closed is Closure.COMPLETED
