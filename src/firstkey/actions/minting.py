"""Minting a native pass, after the fact that grants it: the one the account has there, or none at all.

The fact stands first and takes the account's place, so whatever becomes of the effect, the account gets no other pass
until this one is read back as gone. A mint whose end is unknown has left a secret that nobody can open; it is reaped
before the next.
"""

from typing import NamedTuple

import msgspec

from firstkey.actions.casework import Casework
from firstkey.actions.effects import Effect, Wanted, item_of
from firstkey.actions.native_passes import NativeKept, is_usable, keep_native
from firstkey.actions.site import Site
from firstkey.ceremonies.jws import DeviceKey
from firstkey.ceremonies.sealing import SEAL_ENTROPY_BYTES, Sealed, seal
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.words import NativeState
from firstkey.enrollment.closure import Sweep
from firstkey.enrollment.registration import ReapNativePass
from firstkey.ports.destination import HandoverDestination, SealedNativePass
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import SECOND
from firstkey.values.secret import Secret

LOOK_EVERY_MS = SECOND
"""How often a native pass that stands is looked at."""


class Grant(NamedTuple):
    """To whom the secret is sealed, bound to what, and for how long."""

    key: DeviceKey
    claim: str
    handle_digest: str
    lifetime_seconds: int


class Plan(NamedTuple):
    """Mint as granted; or, without a grant, see to it that nothing was left."""

    grant: Grant | None


class Minted(NamedTuple):
    """The native pass, and the credentials that stood there before it."""

    sealed: SealedNativePass
    present: tuple[str, ...]


def case_now(casework: Casework, wanted: Wanted) -> Case | None:
    """Return the case, what is due written down, if the native pass is its latest and not yet read back as gone."""
    state = casework.read(wanted.case)
    if not isinstance(state, Case) or state.native is None or state.native.native != wanted.subject:
        return None
    after = casework.decide(wanted.case, Sweep()).case
    return after if isinstance(after, Case) else None


def ask(casework: Casework, wanted: Wanted) -> Plan | None:
    """Whether it is still wanted: the case is open, not held, inside its window."""
    state = case_now(casework, wanted)
    if state is None or not state.native_standing:
        return None
    now = casework.tx.now
    if not is_usable(state, now):
        return Plan(None)
    claim = known(state.claim)
    key = msgspec.json.decode(known(casework.tx.document(DocumentKind.CLAIM_KEY, claim.claim)), type=DeviceKey)
    left = max(1, (known(state.window).ends_at - now) // SECOND)
    return Plan(Grant(key, claim.claim, state.handle_digest, left))


def act(site: Site, destination: HandoverDestination, wanted: Wanted, plan: Plan) -> Minted | None:
    """Clear away what may be left, and mint.

    Returns:
        None when nothing stands: it is not wanted any more, or the destination will not mint.

    Raises:
        Unavailable: what was reaped is still there, or the destination does not answer.
    """
    destination.reap(wanted.account, None)
    if destination.native_passes(wanted.account):
        raise Unavailable("a native pass that was reaped is still there")
    if plan.grant is None:
        return None
    key, claim, handle_digest, lifetime = plan.grant

    def seal_to_device(secret: bytes) -> bytes:
        entropy = Secret(site.entropy.draw(SEAL_ENTROPY_BYTES))
        sealed = seal(Secret(secret), key, entropy, case=handle_digest, pass_id=wanted.subject, claim=claim)
        return canonical.encode(msgspec.to_builtins(sealed))

    present = tuple(seen.credential for seen in destination.read_back(wanted.account))
    try:
        return Minted(destination.mint(wanted.account, lifetime, seal_to_device), present)
    except Refused:
        return None


def settle(casework: Casework, wanted: Wanted, _: Plan, minted: Minted | None) -> None:
    """Keep what was minted, and watch it; or write down that nothing stands."""
    if minted is None:
        state = case_now(casework, wanted)
        if state is not None and known(state.native).state is not NativeState.REAPED:
            casework.decide(wanted.case, ReapNativePass(native=wanted.subject))
        return
    kept = NativeKept(
        native=wanted.subject,
        native_pass=minted.sealed.native_pass,
        sealed=msgspec.json.decode(minted.sealed.sealed, type=Sealed),
        expires_at=minted.sealed.expires_at,
        accounted=minted.present,
    )
    keep_native(casework.tx, wanted.destination, wanted.account, kept)
    casework.tx.enqueue(item_of(Effect.WATCH, wanted, casework.tx.now + LOOK_EVERY_MS))
