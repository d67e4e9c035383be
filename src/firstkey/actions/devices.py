"""What the joiner's device does: find its case by the handle, spend the request's proof, and turn rivals away.

A device that names no case, and one that names a case which another device has claimed, is told nothing of the case.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device, Site
from firstkey.ceremonies.device_proof import judge_device_proof
from firstkey.enrollment.case.limits import RIVAL_CODES_COMPARED_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case, stage_of
from firstkey.enrollment.case.surroundings import CodeJudged, DeviceProof
from firstkey.enrollment.case.words import Closure, NativeState, PassState, Stage
from firstkey.enrollment.claim import RefuseRival
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.policy.model import Channel
from firstkey.ports.fact_store import Slot, SlotTaken, Transaction
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Refused


class Handle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names a case."""

    handle: str


class DeviceAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the joiner's page may know. Instants in milliseconds; `ends_at` is of what is under way.

    Attributes:
        relayable: a visit is needed before the key can be used; said before the claim.
        destination: where the key is made, once the joiner has been handed over; `native_state` is its own pass's.
    """

    stage: Stage
    claimed: bool
    anchored: bool
    relayable: bool
    claim: str | None = None
    pass_id: str | None = None
    pass_state: PassState | None = None
    channel: Channel | None = None
    ends_at: int | None = None
    credential: str | None = None
    closed: Closure | None = None
    destination: str | None = None
    native_state: NativeState | None = None


class Found(NamedTuple):
    """The case that a handle names."""

    case: str
    state: Case


def device_answer(state: Case) -> DeviceAnswer:
    """Return what the joiner's page may know of a case."""
    claim, pass_, window = state.claim, state.pass_, state.window
    return DeviceAnswer(
        stage=stage_of(state),
        claimed=claim is not None,
        anchored=claim is not None and claim.anchor is not None,
        relayable=state.requirements.relayable,
        claim=None if claim is None else claim.claim,
        pass_id=None if pass_ is None else pass_.pass_id,
        pass_state=None if pass_ is None else pass_.state,
        channel=None if pass_ is None else pass_.channel,
        ends_at=window.ends_at if window is not None else None if pass_ is None else pass_.ends_at,
        credential=None if state.credential is None else state.credential.credential,
        closed=state.closed,
        destination=None if state.native is None else state.native.destination,
        native_state=None if state.native is None else state.native.state,
    )


def recognise(site: Site, proof: str, *, method: str, url: str, body: bytes, source: str) -> Device:
    """Judge a request's device proof.

    Raises:
        Malformed: it cannot be read.
        Refused: Proof….
    """
    verdict = judge_device_proof(
        proof,
        expected_method=method,
        expected_url=url,
        expected_body=body,
        nonce_key=site.keys.nonce,
        now=site.clock.now(),
    )
    return Device(device_key=verdict.device_key, proof_id=verdict.proof_id, source=source)


def find(casework: Casework, caller: Device, handle: str) -> Found:
    """Spend the request's proof and find the case.

    Raises:
        Refused: NotFound, whatever is wrong.
    """
    spend_proof(casework.tx, caller)
    return find_again(casework, handle)


def spend_proof(tx: Transaction, caller: Device) -> None:
    """Spend the request's proof.

    Raises:
        Refused: NotFound; it was spent before.
    """
    try:
        tx.take(Slot(SlotKind.DEVICE_PROOF, f"{caller.device_key}:{caller.proof_id}"), "device_proofs")
    except SlotTaken as error:
        raise Refused(ActionReason.NotFound) from error


def find_again(casework: Casework, handle: str) -> Found:
    """Find the case in a later transaction of a request whose proof is spent.

    Raises:
        Refused: NotFound.
    """
    stream = casework.tx.holder(Slot(SlotKind.HANDLE, sha256_hex(handle.encode())))
    case = "" if stream is None else stream.removeprefix("case/")
    state = casework.read(case) if case else None
    if not isinstance(state, Case):
        raise Refused(ActionReason.NotFound)
    return Found(case, state)


def is_rival(caller: Device, state: Case) -> bool:
    """Whether another device has claimed the case."""
    return state.claim is not None and state.claim.device_key != caller.device_key


def refuse_rival(casework: Casework, caller: Device, found: Found, code: CodeJudged | None = None) -> Decision:
    """Turn a rival away; its code counts among the five that are compared.

    What the core finds beyond that is not a rival's to know, and must not undo the count.
    """
    tx, key = casework.tx, found.case
    compared = int(tx.document(DocumentKind.RIVAL_COUNT, key) or b"0")
    if code is not None and compared < RIVAL_CODES_COMPARED_MAX:
        tx.put_document(DocumentKind.RIVAL_COUNT, key, b"%d" % (compared + 1))
    rival = RefuseRival(device=DeviceProof(caller.device_key), code=code)
    try:
        return casework.decide(found.case, rival, rival_codes_compared=compared)
    except Refused:
        return Decision(facts=(), case=found.state, refusal=R.AnotherDeviceClaimed)


async def do_by_device(
    site: Site,
    caller: Device,
    handle: str,
    command: Callable[[Casework, Found], Command],
    after: Callable[[Casework, Case], None] = lambda casework, state: None,
    statements: frozenset[str] = frozenset(),
    *,
    is_found: bool = False,
) -> DeviceAnswer:
    """Decide what the claiming device asks.

    Args:
        site: the site.
        caller: the device.
        handle: of its case.
        command: makes the command, seeing the case as it is.
        after: what else belongs into the same transaction, once the core has said yes.
        statements: signed for the command, accepted by whoever makes it.
        is_found: the case was found, and the proof spent, in an earlier transaction of this request.

    Raises:
        Refused: NotFound, AnotherDeviceClaimed, or what the core finds.
    """

    def work(casework: Casework) -> Decision:
        found = find_again(casework, handle) if is_found else find(casework, caller, handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found)
        decision = casework.decide(found.case, command(casework, found), statements=statements)
        if decision.refusal is None and isinstance(decision.case, Case):
            after(casework, decision.case)
        return decision

    state = tell(await run(site, work))
    assert isinstance(state, Case)  # a handle names an opened case
    return device_answer(state)


async def show_claim(site: Site, caller: Device, asked: Handle) -> DeviceAnswer:
    """Tell the device where its case stands, what is due written down first."""
    return await do_by_device(site, caller, asked.handle, lambda casework, found: Sweep())
