"""The pass: issued by the system when the joiner's device asks, its code born as it is sealed or shown; and killed.

The code exists in clear only inside the function that seals it or hands it to the deliverer's one answer.
"""

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed, signed_act
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.claim import Nothing
from firstkey.actions.codes import SALT_BYTES, SYMBOLS
from firstkey.actions.devices import DeviceAnswer, Found, Handle, device_answer, find, is_rival, refuse_rival
from firstkey.actions.operators import CaseAnswer, case_answer
from firstkey.actions.site import Device, Operator, Site
from firstkey.ceremonies.jws import DeviceKey
from firstkey.ceremonies.sealing import SEAL_ENTROPY_BYTES, Sealed, seal
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import DeviceProof
from firstkey.enrollment.case.words import PassState
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.delivery import ArmPass
from firstkey.enrollment.issuance import IssuePass, RevokePass
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.policy.model import Channel
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical, codes
from firstkey.values.encoding import b64u
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret


class PassAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the case stands, and the sealed code, where this device is its channel."""

    state: DeviceAnswer
    sealed: Sealed | None = None


def _draw_code(site: Site, channel: Channel) -> Secret:
    return codes.draw(site.entropy.draw(SYMBOLS[channel]), SYMBOLS[channel])


async def get_pass(site: Site, caller: Device, asked: Handle) -> PassAnswer:
    """Issue the pass if the case is complete, and arm it where it is sealed to this device: one press.

    An armed pass is not made again: its sealed code is given once more to the device that alone can open it.
    """
    pass_id, code = b64u(site.entropy.draw(16)), _draw_code(site, Channel.DEVICE_SEALED)
    entropy = Secret(site.entropy.draw(SEAL_ENTROPY_BYTES))

    def work(casework: Casework) -> tuple[Decision | None, Case, Sealed | None]:
        found = find(casework, caller, asked.handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found), found.state, None
        state, lost = _without_lost_pass(casework, found, IssuePass(pass_id=pass_id))
        if lost is not None:
            return lost, state, None
        if state.live_pass is None or casework.is_over(state):
            state = _case(casework.decide(found.case, IssuePass(pass_id=pass_id)))
        pass_ = known(state.live_pass)
        if pass_.state is PassState.ISSUED and pass_.channel is Channel.DEVICE_SEALED:
            state = _case(casework.decide(found.case, ArmPass(device=DeviceProof(caller.device_key))))
            _seal(site, casework, Found(found.case, state), code, entropy, asked.handle)
        return None, state, _sealed(casework, state)

    decision, state, sealed = await run(site, work)
    if decision is not None:
        tell(decision)
    return PassAnswer(state=device_answer(state), sealed=sealed)


def _without_lost_pass(casework: Casework, found: Found, command: IssuePass) -> tuple[Case, Decision | None]:
    """Write down that a live pass has lost its ground; with it, the no to a next one, which must not undo that."""
    if found.state.live_pass is None or casework.is_over(found.state):
        return found.state, None
    swept = casework.decide(found.case, Sweep())
    state = swept.case if isinstance(swept.case, Case) else found.state
    if swept.facts:
        try:
            casework.rehearse(found.case, command)
        except Refused as refused:
            return state, msgspec.structs.replace(swept, refusal=refused.reason)
    return state, None


def _case(decision: Decision) -> Case:
    if decision.refusal is not None or not isinstance(decision.case, Case):
        raise Refused(known(decision.refusal))
    return decision.case


def _seal(site: Site, casework: Casework, found: Found, code: Secret, entropy: Secret, handle: str) -> None:
    tx, claim, pass_ = casework.tx, known(found.state.claim), known(found.state.live_pass)
    key = msgspec.json.decode(known(tx.document(DocumentKind.CLAIM_KEY, claim.claim)), type=DeviceKey)
    tx.put_verifier(pass_.pass_id, site.codes.make_verifier(pass_.epoch, pass_.pass_id, code, b""))
    sealed = seal(code, key, entropy, case=handle, pass_id=pass_.pass_id, claim=claim.claim)
    tx.put_document(DocumentKind.SEALED_CODE, pass_.pass_id, canonical.encode(msgspec.to_builtins(sealed)))


def _sealed(casework: Casework, state: Case) -> Sealed | None:
    pass_ = state.live_pass
    body = None if pass_ is None else casework.tx.document(DocumentKind.SEALED_CODE, pass_.pass_id)
    return None if body is None else msgspec.json.decode(body, type=Sealed)


class PassToReveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deliverer's act that names the pass."""

    signed: SignedStatement


class PassRevealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code, shown this once to the deliverer, laid out for reading."""

    code: str
    ends_at: int
    case: CaseAnswer


async def reveal_pass(site: Site, caller: Operator, case: str, asked: PassToReveal) -> PassRevealed:
    """Make the code, show it to the deliverer, and keep its verifier alone. Never answered twice.

    Raises:
        Unavailable: too many typed codes are being made or compared; the act is not spent.
    """
    site.codes.check_room()
    verdict, evidence = await judge_signed(site, asked.signed, caller.person)
    act, code = signed_act(verdict), _draw_code(site, Channel.IN_PERSON)
    shown = await run(site, lambda casework: casework.check_sees(caller.person, case))
    pass_ = shown.live_pass
    if pass_ is None:
        raise Refused(R.NotAStep)
    salt = site.entropy.draw(SALT_BYTES)
    body = await site.codes.make_typed(pass_.epoch, pass_.pass_id, code, salt)

    def work(casework: Casework) -> Case:
        casework.accept(verdict, evidence)
        state = _case(casework.decide(case, ArmPass(act=act), statements=frozenset({act.statement})))
        casework.tx.put_verifier(pass_.pass_id, body)  # the act names the pass, so it is this one
        return state

    state = await run(site, work)
    ends_at = known(known(state.live_pass).ends_at)
    return PassRevealed(code=codes.for_typing(code), ends_at=ends_at, case=case_answer(case, state))


async def revoke_pass(site: Site, caller: Operator, case: str, _: Nothing) -> CaseAnswer:
    """Kill the live pass at once."""

    def work(casework: Casework) -> Decision:
        casework.check_sees(caller.person, case)
        return casework.decide(case, RevokePass(caller.person))

    return case_answer(case, tell(await run(site, work)))
