"""A wave of enrollments: many joiners take the same step at once, one step after the other, over HTTP.

What a step needs to know of the step before it is read, and what it needs signed is signed, between two volleys.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from benchmarks.load import Answer
from benchmarks.place import Place
from firstkey.demo.people import Desk
from firstkey.demo.steps import evidence_names
from firstkey.simulator.authenticator import Authenticator
from firstkey.simulator.device import JoinerDevice
from firstkey.values.canonical import Json
from firstkey.values.encoding import unb64u
from firstkey.values.instants import MINUTE


class Taken(NamedTuple):
    """A step that a wave takes now: its name, how many signatures come with a request, and the requests.

    `name` may come more than once in a wave.
    """

    name: str
    verifications: int
    requests: list[bytes]


class Joiner:
    """A joiner in a wave, as far as they have come."""

    def __init__(self, number: int, authenticator: Authenticator) -> None:
        self.account = f"dir:{number:06d}"
        self.device = JoinerDevice()
        self.authenticator = authenticator
        self.case = self.handle = self.code = ""
        self.shown: Json = None
        self.answer: Json = None
        self.signed: Json = None


Steps = Iterator[Taken]


class Wave:
    """Walks joiners through the steps of their cases.

    Args:
        place: the site.
        numbers: which of its joiners.

    Attributes:
        joiners: in order; `told` gives each the answer to its last request.
    """

    def __init__(self, place: Place, numbers: range) -> None:
        self.place = place
        self.joiners = [Joiner(number, place.maker.authenticator()) for number in numbers]

    def part(self, start: int, count: int) -> "Wave":
        """Return some of its joiners as a wave."""
        part = Wave(self.place, range(0))
        part.joiners = self.joiners[start : start + count]
        return part

    def told(self, answers: list[Answer]) -> None:
        """Give each joiner the answer to its request."""
        for joiner, answer in zip(self.joiners, answers, strict=True):
            joiner.answer = answer.json

    def to_the_pass(self) -> Steps:
        """Yield the steps up to the moment in which the pass could be issued."""
        cast = self.place.cast
        yield self._by(cast.requester, "open case", "", lambda one: {"account": one.account, "purpose": "first_key"})
        for one in self.joiners:
            one.case, one.handle = one.answer["case"], one.answer["handle"]
        yield self._from("claim", "", lambda one: {"keys": one.device.bind_keys(one.handle)}, verifications=2)
        evidence = [hashlib.sha256(os.urandom(32)).hexdigest() for _ in self.joiners]
        said = {one: _evidence(each) for one, each in zip(self.joiners, evidence, strict=True)}
        yield from self._sign(cast.proofer, "record_proofing", names=lambda one: evidence_names(said[one]))
        yield self._by(
            cast.proofer, "proofing", "/proofing", lambda one: {**said[one], "signed": one.signed}, verifications=1
        )
        yield from self._sign(cast.approver, "give_approval", digests=lambda one: (one.shown["digest"],))
        yield self._by(cast.approver, "approval", "/approvals", lambda one: {"signed": one.signed}, verifications=1)
        yield self._by(cast.confirmer, "start code", "/start-codes", lambda _: {})
        visits = {one: one.answer for one in self.joiners}
        yield self._from("scan", "/start-code", lambda one: {"start_code": visits[one]["start_code"]})
        numbers = {one: one.answer["number"] for one in self.joiners}
        yield from self._sign(cast.confirmer, "anchor_claim", names=lambda one: (one.shown["claim"],))
        yield self._by(
            cast.confirmer,
            "anchor",
            "/anchor",
            lambda one: {"start_code": visits[one]["id"], "number": numbers[one], "signed": one.signed},
            verifications=1,
        )

    def sealed_pass(self) -> Steps:
        """Yield the step in which each device gets its pass, and open the codes."""
        yield self._from("pass", "/pass", lambda _: {})
        for one in self.joiners:
            claim, pass_id = one.answer["state"]["claim"], one.answer["state"]["pass_id"]
            code = one.device.open_code(one.answer["sealed"], case=one.handle, claim=claim, pass_id=pass_id)
            one.code = code.reveal().decode()

    def typed_pass(self) -> Steps:
        """Yield the steps in which each pass is issued, and its code shown to the deliverer."""
        desk = self.place.cast.requester
        yield self._from("pass", "/pass", lambda _: {})
        yield from self._sign(desk, "arm_pass", names=lambda one: (one.shown["pass_id"],))
        yield self._by(desk, "reveal", "/pass/reveal", lambda one: {"signed": one.signed}, verifications=1)
        for one in self.joiners:
            one.code = one.answer["code"]

    def redemption(self, name: str = "redeem") -> Steps:
        """Yield the step in which the code is spent."""
        yield self._from(name, "/redeem", lambda one: {"code": one.code})

    def registration(self) -> Steps:
        """Yield the steps in which the passkey is made; activation is nobody's request."""
        yield self._from("ceremony", "/ceremony", lambda _: {})
        origin = self.place.address.origin
        made = {one: one.authenticator.register(one.answer["options"], origin) for one in self.joiners}
        yield self._from("register", "/register", lambda one: {"response": made[one]}, verifications=3)

    def status(self) -> Steps:
        """Yield the step in which the page learns that the passkey works."""
        yield self._from("status", "/status", lambda _: {})

    def _from(self, name: str, step: str, body: Callable[[Joiner], dict[str, Json]], verifications: int = 1) -> Taken:
        """Return a step of the joiners' devices."""
        nonce, path = self.place.nonce(), f"/api/claim{step}"
        return Taken(
            name,
            verifications,
            [
                self.place.by_device(one.device, path, {"handle": one.handle, **body(one)}, nonce)
                for one in self.joiners
            ],
        )

    def _by(self, desk: Desk, name: str, step: str, body: Callable[[Joiner], Json], verifications: int = 0) -> Taken:
        """Return a step of an operator."""

        def path(one: Joiner) -> str:
            return f"/api/cases/{one.case}{step}" if one.case else "/api/cases"

        requests = [self.place.by_operator(desk, "POST", path(one), body(one)) for one in self.joiners]
        return Taken(name, verifications, requests)

    def _sign(
        self,
        desk: Desk,
        act: str,
        names: Callable[[Joiner], tuple[str, ...]] = lambda _: (),
        digests: Callable[[Joiner], tuple[str, ...]] = lambda _: (),
    ) -> Steps:
        """Yield the two steps that come before an act: its person looks at the case, and is given a statement."""
        paths = (f"/api/cases/{one.case}" for one in self.joiners)
        yield Taken("look", 0, [self.place.by_operator(desk, "GET", path) for path in paths])
        bodies: list[dict[str, Any]] = []
        for one in self.joiners:
            one.shown = one.answer
            asked = {"act": act, "case": one.case, "revision": one.shown["revision"]}
            bodies.append({**asked, "names": names(one), "digests": digests(one)})
        yield Taken("statement", 0, [self.place.by_operator(desk, "POST", "/api/statements", body) for body in bodies])
        operator = desk.operator
        for one in self.joiners:
            assertion = operator.sign_act(
                unb64u(one.answer["statement"]), one.answer["options"], act=act, case=one.case
            )
            one.signed = {"digest": one.answer["digest"], "assertion": assertion}


def _evidence(evidence: str) -> dict[str, Json]:
    return {
        "method": "document_in_person",
        "level": 2,
        "commitment": evidence,
        "proofed_at": time.time_ns() // 1_000_000 - MINUTE,
    }
