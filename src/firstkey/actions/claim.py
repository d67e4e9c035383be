"""The joiner's device takes a case and is anchored by presence; its claim is released by two."""

import hmac
from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed, signed_act
from firstkey.actions.casework import Casework, run
from firstkey.actions.certificates import judge_device_certificate
from firstkey.actions.devices import DeviceAnswer, Found, Handle, do_by_device, find, is_rival, refuse_rival
from firstkey.actions.operators import CaseAnswer, decide_signed, do_signed_by_two
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Device, Operator, Site
from firstkey.ceremonies.device_proof import ClaimKeys, judge_claim_keys
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.surroundings import DeviceProof, Presence, SignedAct
from firstkey.enrollment.claim import AnchorByCertificate, AnchorByPresence, ClaimDevice, ReleaseClaim
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.request import HoldCase
from firstkey.ports.fact_store import Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical, codes
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Refused

NUMBER_DIGITS = 6


class ClaimToMake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The handle, the binding in which the first key signs the second, and on an attended path the confirmer's act."""

    handle: str
    keys: str
    claim: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")] | None = None
    signed: SignedStatement | None = None


async def claim_case(site: Site, caller: Device, asked: ClaimToMake) -> DeviceAnswer:
    """Take a case with two fresh keys; on an attended path the station names the claim, for its confirmer to sign."""
    keys = judge_claim_keys(asked.keys, expected_device_key=caller.device_key, expected_case=asked.handle)
    claim = asked.claim or b64u(site.entropy.draw(16))
    judged = None
    if asked.signed is not None:
        await run(site, lambda casework: find(casework, caller, asked.handle))  # who has no case is told so first
        judged = await judge_signed(site, asked.signed, None)

    def command(casework: Casework, _: Found) -> ClaimDevice:
        keep_claim_key(casework.tx, claim, keys)
        if judged is not None:
            casework.accept(*judged)
        return ClaimDevice(
            claim=claim,
            device=DeviceProof(caller.device_key),
            sealing_key=keys.sealing_key,
            act=None if judged is None else signed_act(judged[0]),
        )

    statements = frozenset() if judged is None else frozenset({judged[0].statement_digest})
    is_found = judged is not None
    return await do_by_device(site, caller, asked.handle, command, statements=statements, is_found=is_found)


async def anchor_by_certificate(site: Site, caller: Device, asked: Handle) -> DeviceAnswer:
    """Anchor the claim by the client certificate of the managed device; the server records it, nobody acts.

    Raises:
        Malformed: CertificateWrong.
        Refused: NotFound, AnotherDeviceClaimed, CertificateMissing, CertificateWrong, or what the core finds.
    """

    def command(casework: Casework, _: Found) -> AnchorByCertificate:  # judged here: who has no case is told so first
        return AnchorByCertificate(judge_device_certificate(caller, site.device_roots, casework.tx.now))

    return await do_by_device(site, caller, asked.handle, command)


class StartCodeShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A start code for the confirmer's screen, good for 60 seconds, and the id under which it is spoken of."""

    start_code: str
    id: str
    shown_at: int


class StartCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A start code as it is kept, under its digest. `claim` and its second key are of a device that is to take over."""

    case: str
    confirmer: str
    shown_at: int
    device_key: str | None = None
    scanned_at: int = 0
    number: str = ""
    claim: str = ""
    sealing_key: str = ""

    def presence(self, case: str, start_code: str, number: str) -> Presence:
        """Return the visit as the core judges it, with the number that the confirmer has typed."""
        return Presence(
            start_code=start_code,
            confirmer=self.confirmer if self.case == case else "",
            device_key=self.device_key or "",
            shown_at=self.shown_at,
            scanned_at=self.scanned_at,
            number_matched=bool(self.number) and hmac.compare_digest(self.number.encode(), number.encode()),
        )


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty body."""


async def show_start_code(site: Site, caller: Operator, case: str, _: Nothing) -> StartCodeShown:
    """Make a start code for the confirmer's screen. It admits nobody; it says which visit this is."""
    code = codes.draw(site.entropy.draw(codes.SEALED_SYMBOLS), codes.SEALED_SYMBOLS).reveal().decode()
    digest = sha256_hex(code.encode())

    def work(casework: Casework) -> int:
        casework.check_sees(caller.person, case)
        kept = StartCode(case=case, confirmer=caller.person, shown_at=casework.tx.now)
        keep_start_code(casework.tx, digest, kept)
        return kept.shown_at

    return StartCodeShown(start_code=code, id=digest, shown_at=await run(site, work))


class StartCodeScanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The joiner's device has read the confirmer's screen."""

    handle: str
    start_code: str


class NumberToShow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number that the joiner's page shows, for the confirmer to type."""

    number: str


def draw_number(site: Site) -> str:
    """Draw a number to show."""
    return f"{int.from_bytes(site.entropy.draw(8), 'big') % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}d}"


async def scan_start_code(site: Site, caller: Device, asked: StartCodeScanned) -> NumberToShow:
    """Tie a start code to the claiming device, once, and give it a number to show.

    Raises:
        Refused: NotFound for whatever is wrong with the code.
    """
    digest, number = sha256_hex(asked.start_code.encode()), draw_number(site)

    def work(casework: Casework) -> Decision | None:
        found = find(casework, caller, asked.handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found)
        kept = kept_start_code(casework.tx, digest)
        if kept.case != found.case or kept.device_key is not None or found.state.claim is None:
            raise Refused(ActionReason.NotFound)
        scanned = msgspec.structs.replace(kept, device_key=caller.device_key, scanned_at=casework.tx.now, number=number)
        keep_start_code(casework.tx, digest, scanned)
        return None

    decision = await run(site, work)
    if decision is not None and decision.refusal is not None:
        raise Refused(decision.refusal)
    return NumberToShow(number=number)


class AnchorToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The start code's id, the number read off the joiner's screen, and the confirmer's act that names the claim."""

    start_code: str
    number: str
    signed: SignedStatement


async def anchor_claim(site: Site, caller: Operator, case: str, asked: AnchorToRecord) -> CaseAnswer:
    """Anchor the claim in person."""
    judged = await judge_signed(site, asked.signed, caller.person)

    def command(casework: Casework, acts: tuple[SignedAct, ...]) -> AnchorByPresence:
        kept = kept_start_code(casework.tx, asked.start_code)
        return AnchorByPresence(presence=kept.presence(case, asked.start_code, asked.number), act=acts[0])

    return await decide_signed(site, case, [judged], command)


class ClaimToRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two people signed."""

    signed: tuple[SignedStatement, ...]


class ClaimLetGo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The old handle is dead; this is the new one."""

    handle: str
    case: CaseAnswer


async def release_claim(site: Site, caller: Operator, case: str, asked: ClaimToRelease) -> ClaimLetGo:
    """Let the device go."""
    handle = b64u(site.entropy.draw(16))
    digest = sha256_hex(handle.encode())
    answer = await do_signed_by_two(
        site, caller, case, asked.signed, lambda acts: ReleaseClaim(handle_digest=digest, acts=acts)
    )
    return ClaimLetGo(handle=handle, case=answer)


async def not_me(site: Site, caller: Device, asked: Handle) -> DeviceAnswer:
    """Hold the case at the word of its claiming device."""
    return await do_by_device(
        site, caller, asked.handle, lambda casework, found: HoldCase(device=DeviceProof(caller.device_key))
    )


def keep_claim_key(tx: Transaction, claim: str, keys: ClaimKeys) -> None:
    """Keep the key that a claim's codes are sealed to; a claim that another device has named stays with its own.

    Raises:
        Refused: ClaimTaken.
    """
    body = canonical.encode(msgspec.to_builtins(keys.sealing_public_key))
    if tx.document(DocumentKind.CLAIM_KEY, claim) not in (None, body):
        raise Refused(R.ClaimTaken)
    tx.put_document(DocumentKind.CLAIM_KEY, claim, body)


def keep_start_code(tx: Transaction, digest: str, kept: StartCode) -> None:
    """Keep a start code under its digest."""
    tx.put_document(DocumentKind.START_CODE, digest, canonical.encode(msgspec.to_builtins(kept)))


def kept_start_code(tx: Transaction, digest: str) -> StartCode:
    """Return a start code.

    Raises:
        Refused: NotFound.
    """
    body = tx.document(DocumentKind.START_CODE, digest)
    if body is None:
        raise Refused(ActionReason.NotFound)
    return msgspec.json.decode(body, type=StartCode)
