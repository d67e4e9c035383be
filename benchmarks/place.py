"""Where is measured: a founded site with many people on record, its server in a process of its own, its requests."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import NamedTuple

import msgspec

from benchmarks.load import HOST, Answer, Volley, fire, request_bytes
from firstkey.actions.recording import PersonToRecord
from firstkey.demo import steps
from firstkey.demo.people import MODEL, Desk, Maker, done
from firstkey.demo.process import Address, Server, local_address, run_firstkey
from firstkey.simulator.client import encode
from firstkey.simulator.device import JoinerDevice
from firstkey.values.canonical import Json
from firstkey.values.encoding import sha256_hex

ROOT = Path(__file__).parents[1]
NAMES = ("Rita", "Paul", "Anna", "Cora")
PEOPLE_AT_ONCE = 2000
READY_SECONDS_MAX = 30

POLICY = Path(__file__).with_name("policy.toml")


LIFTED: tuple[tuple[int, str], ...] = (
    (0, "open_case"),
    (0, "arm_pass"),
    (1, "record_proofing"),
    (2, "give_approval"),
    (3, "anchor_claim"),
)
"""Acts, each by its place in the cast, that a run does more often in an hour than one person may."""


class Refusal(Exception):
    """A measured request was not answered as it should be; there is nothing to measure then."""


class Cast(NamedTuple):
    """The operators; each has one duty in every case here."""

    requester: Desk
    proofer: Desk
    approver: Desk
    confirmer: Desk


def person(number: int, device: str) -> PersonToRecord:
    """Return a joiner of record."""
    return PersonToRecord(
        person=f"hr-{number:06d}",
        account=f"dir:{number:06d}",
        user_name=f"joiner{number}@example.org",
        display_name=f"Joiner {number}",
        asset=f"LT-{number:06d}",
        unit="Logistics",
        facts={"employment": "employee", "device": device, "workplace": "on_site"},
    )


class Place(NamedTuple):
    """A founded site, who acts on it, and how many joiners are on record."""

    site: Path
    address: Address
    maker: Maker
    cast: Cast
    people: int

    def volley(self, requests: list[bytes], clients: int) -> Volley:
        """Fire requests that all must succeed.

        Raises:
            Refusal: one did not.
        """
        volley = fire(self.address.port, requests, clients)
        for answer in volley.answers:
            if answer.status != 200:
                raise Refusal(f"{answer.status} {answer.body.decode()}")
        return volley

    def by_operator(self, desk: Desk, method: str, path: str, body: Json = None) -> bytes:
        """Return a request in somebody's session."""
        headers = {**self._headers, "cookie": f"__Host-firstkey={desk.client.session}"}
        return request_bytes(method, path, headers, b"" if body is None else encode(body))

    def by_device(self, device: JoinerDevice, path: str, body: Json, nonce: str) -> bytes:
        """Return a request with its device's proof."""
        data = encode(body)
        proof = device.prove("POST", self.address.origin + path, data, nonce)
        return request_bytes("POST", path, {**self._headers, "firstkey-proof": proof}, data)

    def nonce(self) -> str:
        """Ask for a nonce; it is good for five minutes, for as many proofs as are signed in them."""
        refused = request_bytes("POST", "/api/claim/status", self._headers, encode({"handle": "none"}))
        return self.ask(refused).header("firstkey-nonce")

    def ask(self, request: bytes) -> Answer:
        """Send one request."""
        return fire(self.address.port, [request], 1).answers[0]

    @property
    def _headers(self) -> Mapping[str, str]:
        origin = self.address.origin
        return {"host": origin.partition("://")[2], "origin": origin, "sec-fetch-site": "same-origin"}


def make_site(folder: Path) -> tuple[Path, Address, Maker, str]:
    """Make a site by `firstkey init`; return it with the founding code."""
    maker, address = Maker(), local_address()
    file = folder / "policy.toml"
    roots = f'extra_roots = ["{sha256_hex(maker.root.der)}"]'
    file.write_text(POLICY.read_text("utf-8").replace("extra_roots = []", roots), "utf-8")
    options = ("--origin", address.origin, "--rp-id", "localhost", "--name", "Example Works", "--policy", str(file))
    ended = run_firstkey("init", "--site", str(folder / "site"), *options, "--json")
    if ended.exit_code:
        raise Refusal(ended.err)
    (folder / "site" / "roots" / f"{MODEL}.der").write_bytes(maker.root.der)
    return folder / "site", address, maker, msgspec.json.decode(ended.out)["founding_code"]


@contextmanager
def founded(folder: Path, sealed: int, typed: int) -> Iterator[tuple[Place, Server]]:
    """Run a server on a site with that many joiners on record: with a managed device, and with a certified one."""
    site, address, maker, code = make_site(folder)
    with Server(site, address) as server:
        cast = Cast(*(Desk(address, name, maker.authenticator()) for name in NAMES))
        for desk in cast:
            desk.enroll(code)
        for desk in cast:
            desk.sign_founding(code)
        for desk in cast:
            desk.sign_in()
        for which, act in LIFTED:
            _lift(cast, cast[which], act)
        joiners = [person(number, "managed" if number < sealed else "certified") for number in range(sealed + typed)]
        for start in range(0, len(joiners), PEOPLE_AT_ONCE):
            steps.record_people(cast.requester, tuple(joiners[start : start + PEOPLE_AT_ONCE]))
        yield Place(site, address, maker, cast, len(joiners)), server


def _lift(cast: Cast, desk: Desk, act: str) -> None:
    """Let somebody do more of an act in an hour than their limit, as an administrator may."""
    administrator = next(other for other in cast if other is not desk)
    signed = administrator.sign("lift_velocity", names=(desk.person, act))
    asked = {"person": desk.person, "act": act, "signed": signed}
    done(administrator.post("/api/velocity/lift", asked), f"lift {act}")


class Started(NamedTuple):
    """A program that has answered, and how long that took from its start, seconds."""

    process: "Popen[bytes]"
    port: int
    seconds: float


@contextmanager
def started(arguments: list[str], port: int, host: str) -> Iterator[Started]:
    """Start a Python program and wait until its /readyz answers 200; end it at the end of the block."""
    request = request_bytes("GET", "/readyz", {"host": host})
    begun = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    command = [sys.executable, *arguments]
    process = Popen(command, env=environment, stdin=DEVNULL, stdout=DEVNULL, cwd=ROOT)  # noqa: S603  # our own programs
    try:
        while not _answers(port, request):
            if process.poll() is not None or time.perf_counter() - begun > READY_SECONDS_MAX:
                raise Refusal(f"{arguments[1]} does not answer")
        yield Started(process, port, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, request: bytes) -> bool:
    try:
        return fire(port, [request], 1).answers[0].status == 200
    except OSError:
        time.sleep(0.005)
        return False


@contextmanager
def floor(folder: Path) -> Iterator[Started]:
    """Run the floor's server on the recipe in a folder."""
    port = local_address().port
    with started(["-m", "benchmarks.floor", str(folder), str(port)], port, f"{HOST}:{port}") as running:
        yield running


def rss_bytes(pid: int, field: str = "VmRSS") -> int:
    """Return what a process holds in memory."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))
