"""Handing the joiner over to a destination's own page: the native pass, sealed to the device that asks; or its loss."""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.devices import DeviceAnswer, Handle, device_answer, find, is_rival, refuse_rival
from firstkey.actions.native_passes import is_usable, kept_native
from firstkey.actions.operators import CaseAnswer, do_signed_by_two
from firstkey.actions.site import Device, Operator, Site
from firstkey.ceremonies.sealing import Sealed
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import DeviceProof
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.registration import MintNativePass, ReapNativePass
from firstkey.values.encoding import b64u


class NativePassAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the case stands, and the native pass as soon as it is there: ask again until it is.

    Attributes:
        native: our id of it, which the seal is bound to, beside SHA-256 (hex) of the handle and the claim.
        page: where to go with it.
        sealed: its secret.
    """

    state: DeviceAnswer
    native: str | None = None
    page: str | None = None
    sealed: Sealed | None = None


async def get_native_pass(site: Site, caller: Device, asked: Handle) -> NativePassAnswer:
    """Grant the destination's own pass if all that activation asks for holds; and give it to the device, sealed.

    Raises:
        Refused: NotFound, AnotherDeviceClaimed, DestinationNotHandover, NativePassStands, or what the ground lacks.
    """
    native = b64u(site.entropy.draw(16))

    def work(casework: Casework) -> Decision | NativePassAnswer:
        found = find(casework, caller, asked.handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found)
        state = _case(casework.decide(found.case, Sweep()))
        if not state.native_standing:
            named = (each for each in state.requirements.destinations if each in site.handover)
            mint = MintNativePass(device=DeviceProof(caller.device_key), native=native, destination=next(named, ""))
            state = _case(casework.decide(found.case, mint))
        return _answer(casework, state)

    answer = await run(site, work)
    if isinstance(answer, Decision):
        tell(answer)
    assert isinstance(answer, NativePassAnswer)  # a rival's decision is a no
    return answer


def _case(decision: Decision) -> Case:
    assert isinstance(decision.case, Case)  # no fact unmakes a case
    return decision.case


def _answer(casework: Casework, state: Case) -> NativePassAnswer:
    native, tx = known(state.native), casework.tx
    kept = kept_native(tx, native.destination, state.account)
    there = kept is not None and kept.native == native.native and is_usable(state, tx.now)
    return NativePassAnswer(
        state=device_answer(state),
        native=native.native,
        page=getattr(casework.site.destinations.get(native.destination), "page", None),
        sealed=kept.sealed if there and kept is not None else None,
    )


class DestinationLost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two administrators signed, and the native pass that both name."""

    native: str
    signed: tuple[SignedStatement, ...]


async def declare_destination_lost(site: Site, caller: Operator, case: str, asked: DestinationLost) -> CaseAnswer:
    """Give up on a destination that will never say again that its native pass is gone."""
    return await do_signed_by_two(
        site, caller, case, asked.signed, lambda acts: ReapNativePass(native=asked.native, acts=acts)
    )
