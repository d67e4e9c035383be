"""Another device takes a claimed case over, because the confirmer now stands before it with the joiner.

That lets the device before go without two people's signatures: its handle, its pass and what named it are void in the
same append. On a pass path the visit is the one that anchors a claim: start code and number, both; on an attended one
the confirmer's station claims anew.
"""

import msgspec

from firstkey.actions.acts import judge_signed, signed_act
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.claim import (
    AnchorToRecord,
    ClaimLetGo,
    ClaimToMake,
    NumberToShow,
    draw_number,
    keep_claim_key,
    keep_start_code,
    kept_start_code,
)
from firstkey.actions.devices import DeviceAnswer, device_answer, find, find_again, is_rival, refuse_rival
from firstkey.actions.operators import do_all_signed
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device, Operator, Site
from firstkey.ceremonies.device_proof import judge_claim_keys
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import DeviceProof, SignedAct
from firstkey.enrollment.claim import ClaimDevice, ReplaceClaim
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Refused


class TakeoverToScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The handle, the start code on the confirmer's screen, and the new device's two keys, bound to each other."""

    handle: str
    start_code: str
    keys: str


async def scan_to_take_over(site: Site, caller: Device, asked: TakeoverToScan) -> NumberToShow:
    """Tie a start code to a device that is to take the case over, once, and give it a number to show.

    Without a start code of this very case the device is a rival like any other.

    Raises:
        Refused: NotFound, AnotherDeviceClaimed.
    """
    keys = judge_claim_keys(asked.keys, expected_device_key=caller.device_key, expected_case=asked.handle)
    digest, number, claim = sha256_hex(asked.start_code.encode()), draw_number(site), b64u(site.entropy.draw(16))

    def work(casework: Casework) -> Decision | None:
        tx, found = casework.tx, find(casework, caller, asked.handle)
        if not is_rival(caller, found.state):
            raise Refused(ActionReason.NotFound)
        shown = tx.document(DocumentKind.START_CODE, digest)
        kept = None if shown is None else kept_start_code(tx, digest)
        if kept is None or kept.case != found.case or kept.device_key is not None:
            return refuse_rival(casework, caller, found)
        keep_claim_key(tx, claim, keys)
        scanned = msgspec.structs.replace(
            kept,
            device_key=caller.device_key,
            scanned_at=tx.now,
            number=number,
            claim=claim,
            sealing_key=keys.sealing_key,
        )
        keep_start_code(tx, digest, scanned)
        return None

    decision = await run(site, work)
    if decision is not None:
        tell(decision)
    return NumberToShow(number=number)


class VisitShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the start code was scanned, and which claim the confirmer's act must name: the number is not told."""

    scanned: bool
    claim: str | None
    takes_over: bool


async def show_visit(site: Site, caller: Operator, case: str, start_code: str) -> VisitShown:
    """Show the confirmer what has become of their start code, by its id.

    Raises:
        Refused: NotFound; there is none of theirs for this case.
    """

    def view(casework: Casework) -> VisitShown:
        state, kept = casework.check_sees(caller.person, case), kept_start_code(casework.tx, start_code)
        if (kept.case, kept.confirmer) != (case, caller.person):
            raise Refused(ActionReason.NotFound)
        claim = kept.claim or (None if state.claim is None else state.claim.claim)
        scanned = kept.device_key is not None
        return VisitShown(scanned=scanned, claim=claim if scanned else None, takes_over=bool(kept.claim))

    return await run(site, view)


async def replace_claim(site: Site, caller: Operator, case: str, asked: AnchorToRecord) -> ClaimLetGo:
    """Let the device before go for the one that scanned this confirmer's start code, and anchor that one.

    Raises:
        Refused: NotFound, what the act lacks, or what the core finds.
    """
    judged, handle = await judge_signed(site, asked.signed, caller.person), b64u(site.entropy.draw(16))
    kept = await run(site, lambda casework: kept_start_code(casework.tx, asked.start_code))
    if kept.device_key is None or not kept.claim:
        raise Refused(ActionReason.NotFound)
    presence = kept.presence(case, asked.start_code, asked.number)
    claim = ClaimDevice(claim=kept.claim, device=DeviceProof(kept.device_key), sealing_key=kept.sealing_key)

    def command(acts: tuple[SignedAct, ...]) -> ReplaceClaim:
        return ReplaceClaim(claim=claim, handle_digest=sha256_hex(handle.encode()), presence=presence, act=acts[0])

    answer = await do_all_signed(site, case, [judged], command)
    return ClaimLetGo(handle=handle, case=answer)


class StationClaimed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The old handle is dead; this is the new one, and where the case stands."""

    handle: str
    state: DeviceAnswer


async def replace_claim_at_station(site: Site, caller: Device, asked: ClaimToMake) -> StationClaimed:
    """Claim an attended case anew, at the station where its confirmer now stands with the joiner.

    Raises:
        Refused: NotFound, AnotherDeviceClaimed, what the act lacks, or what the core finds.
    """
    keys = judge_claim_keys(asked.keys, expected_device_key=caller.device_key, expected_case=asked.handle)
    if asked.claim is None or asked.signed is None:
        raise Refused(ActionReason.NotFound)
    claim, handle = asked.claim, b64u(site.entropy.draw(16))
    await run(site, lambda casework: find(casework, caller, asked.handle))  # who has no case is told so first
    verdict, evidence = await judge_signed(site, asked.signed, None)
    act = signed_act(verdict)

    def work(casework: Casework) -> Decision:
        found = find_again(casework, asked.handle)
        keep_claim_key(casework.tx, claim, keys)
        casework.accept(verdict, evidence)
        claimed = ClaimDevice(claim, DeviceProof(caller.device_key), keys.sealing_key, act)
        command = ReplaceClaim(claimed, sha256_hex(handle.encode()))
        return casework.decide(found.case, command, statements=frozenset({act.statement}))

    state = tell(await run(site, work))
    return StationClaimed(handle=handle, state=device_answer(known(state if isinstance(state, Case) else None)))
