"""The honest steps of a case, each as its person takes it over HTTP."""

import hashlib
import os
import time
from collections.abc import Callable
from typing import NamedTuple

from firstkey.actions.recording import PersonToRecord
from firstkey.actions.records import digest_of_people
from firstkey.demo.people import Desk, Joiner, Opened, done
from firstkey.demo.reasons import DemoReason
from firstkey.simulator.client import Answer
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from firstkey.values.instants import MINUTE, SECOND

ACTIVE_SECONDS_MAX = 20
POLL_SECONDS = 0.1
OK = 200


class Cast(NamedTuple):
    """The operators; each has one duty in every case here."""

    requester: Desk
    proofer: Desk
    approver: Desk
    second_approver: Desk
    confirmer: Desk


class Live(NamedTuple):
    """A case that is open, and the joiner whose it is."""

    case: str
    handle: str
    path: str
    joiner: Joiner

    @property
    def url(self) -> str:
        """Where operators act on it."""
        return f"/api/cases/{self.case}"


class Visit(NamedTuple):
    """A visit under way: the start code's id, and the number that the joiner's page shows."""

    start_code: str
    number: str


def record_people(desk: Desk, people: tuple[PersonToRecord, ...]) -> int:
    """Bring people in, under an administrator's signature; return how many."""
    signed = desk.sign("record_people", names=(digest_of_people(people),))
    rows = [{name: getattr(person, name) for name in person.__struct_fields__} for person in people]
    answer = desk.post("/api/people", {"people": rows, "signed": signed})
    return int(done(answer, "record people")["recorded"])


def open_case(cast: Cast, account: str, joiner: Joiner, purpose: str = "first_key", **more: Json) -> Live:
    """The requester asks for a key."""
    asked = {"account": account, "purpose": purpose, **more}
    begun = done(cast.requester.post("/api/cases", asked), "open case")
    return Live(begun["case"], begun["handle"], begun["path"], joiner)


def claim(live: Live) -> Json:
    """The joiner's device takes the case."""
    return done(live.joiner.claim(live.handle), "claim")


def evidence_names(said: Json) -> tuple[str, ...]:
    """Return what the proofer's act names of the evidence in a request: all that it says."""
    earlier = said["method"] == "earlier_proofing"
    claims = () if earlier else (f"level: {said['level']}", f"proofed at: {said['proofed_at']}")
    beside = (f"beside: {said['companion']}",) if said.get("companion") else ()
    return (said["commitment"], said["method"], *claims, *beside)


def proof(cast: Cast, live: Live) -> None:
    """The proofer has looked at a document and at the person, and signs for it."""
    body = {
        "method": "document_in_person",
        "level": 2,
        "commitment": hashlib.sha256(os.urandom(32)).hexdigest(),
        "proofed_at": time.time_ns() // 1_000_000 - MINUTE,
    }
    body["signed"] = cast.proofer.sign_on(live.case, "record_proofing", names=evidence_names(body))
    done(cast.proofer.post(f"{live.url}/proofing", body), "proofing")


def consent(desk: Desk, live: Live) -> Json:
    """Return somebody's signature under the case's digest as it is now."""
    return desk.sign_on(live.case, "give_approval", digests=(desk.show(live.case)["digest"],))


def approve_by(desk: Desk, live: Live) -> Json:
    """Somebody consents to exactly this case; return what they signed."""
    signed = consent(desk, live)
    done(desk.post(f"{live.url}/approvals", {"signed": signed}), "approval")
    return signed


def approve(cast: Cast, live: Live) -> Json:
    """The approver consents, and where two must, the second one too; return what the first signed."""
    signed = approve_by(cast.approver, live)
    if cast.approver.show(live.case)["quorum"] > 1:
        approve_by(cast.second_approver, live)
    return signed


def meet(cast: Cast, live: Live) -> Visit:
    """The joiner scans the code from the confirmer's screen; a number appears on their own."""
    shown = done(cast.confirmer.post(f"{live.url}/start-codes", {}), "start code")
    scanned = live.joiner.post("/start-code", live.handle, start_code=shown["start_code"])
    return Visit(shown["id"], done(scanned, "scan")["number"])


def anchoring(cast: Cast, live: Live, visit: Visit) -> Json:
    """Return what the confirmer sends: the visit, the number as typed, and their act that names the claim."""
    claimed = cast.confirmer.show(live.case)["claim"]
    signed = cast.confirmer.sign_on(live.case, "anchor_claim", names=(claimed,))
    return {"start_code": visit.start_code, "number": visit.number, "signed": signed}


def anchor(cast: Cast, live: Live) -> None:
    """The confirmer ties the claim to the person who stands before them."""
    body = anchoring(cast, live, meet(cast, live))
    done(cast.confirmer.post(f"{live.url}/anchor", body), "anchor")


def anchor_by_certificate(live: Live) -> None:
    """The managed device's certificate ties the claim to the joiner; nobody acts."""
    done(live.joiner.post("/certificate", live.handle), "certificate")


def release(cast: Cast, live: Live) -> Live:
    """Two people let the device go; return the case under its new handle."""
    claimed = cast.requester.show(live.case)["claim"]
    signed = [desk.sign_on(live.case, "release_claim", names=(claimed,)) for desk in (cast.requester, cast.approver)]
    answer = done(cast.requester.post(f"{live.url}/release", {"signed": signed}), "release")
    return live._replace(handle=answer["handle"])


def station_claims(cast: Cast, live: Live, confirmer: Desk | None = None) -> Answer:
    """The confirmer's station takes an attended case, under an act that names the claim; return the answer."""
    desk, claim_id = confirmer or cast.confirmer, b64u(os.urandom(16))
    signed = desk.sign_on(live.case, "claim_device", names=(claim_id,))
    return live.joiner.claim(live.handle, claim=claim_id, signed=signed)


def try_to_attend(cast: Cast, live: Live) -> Answer:
    """The confirmer signs that the joiner stands there."""
    claimed = cast.confirmer.show(live.case)["claim"]
    signed = cast.confirmer.sign_on(live.case, "confirm_attendance", names=(claimed, live.joiner.person))
    return cast.confirmer.post(f"{live.url}/attendance", {"signed": signed})


def attend(cast: Cast, live: Live) -> None:
    """The confirmer's signature opens the window; there is no pass."""
    done(try_to_attend(cast, live), "attendance")


def get_pass(live: Live) -> Opened:
    """The device asks; the system issues, and seals the code to it."""
    answer = done(live.joiner.post("/pass", live.handle), "pass")
    return live.joiner.open_code(live.handle, answer)


def redeem(live: Live, code: str) -> None:
    """The code is spent."""
    done(live.joiner.post("/redeem", live.handle, code=code), "redeem")


def register(live: Live) -> Json:
    """A passkey is made; return the authenticator's answer."""
    response = live.joiner.make_passkey(live.handle)
    done(live.joiner.post("/register", live.handle, response=response), "register")
    return response


def when_possible(ask: Callable[[], Answer], step: str) -> Json:
    """Ask until it is granted.

    Raises:
        Refused: StepRefused, if that does not come.
    """
    until = time.monotonic() + ACTIVE_SECONDS_MAX
    while (answer := ask()).status != OK and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    return done(answer, step)


def wait_until_active(live: Live) -> None:
    """Ask the server until the passkey is active and the case is over.

    Raises:
        Refused: StepRefused, if that does not come.
    """
    until = time.monotonic() + ACTIVE_SECONDS_MAX
    while time.monotonic() < until:
        closed = done(live.joiner.post("/status", live.handle), "status")["closed"]
        if closed == "completed":
            return
        if closed is not None:
            break
        time.sleep(POLL_SECONDS)
    raise Refused(DemoReason.StepRefused, f"activation within {ACTIVE_SECONDS_MAX * SECOND} ms")


def prepare(cast: Cast, live: Live) -> None:
    """All that must stand before the pass: claim, proofing, approval, anchor."""
    claim(live)
    proof(cast, live)
    approve(cast, live)
    if live.joiner.is_certified:
        anchor_by_certificate(live)
    else:
        anchor(cast, live)


def make_key(live: Live) -> None:
    """Register in the window that is open, and wait until the passkey works."""
    register(live)
    wait_until_active(live)
    live.joiner.sign_in()


def finish(live: Live, code: str) -> None:
    """From the code to a passkey that works."""
    redeem(live, code)
    make_key(live)


def prepare_attended(cast: Cast, live: Live) -> None:
    """All that must stand before the visit at the station."""
    proof(cast, live)
    approve(cast, live)


def finish_attended(cast: Cast, live: Live) -> None:
    """From the visit at the station to a passkey that works."""
    done(station_claims(cast, live), "station claim")
    attend(cast, live)
    make_key(live)
