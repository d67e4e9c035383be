"""Watching a native pass: reaped at use, closure, hold and expiry, and looked at until it is read back as gone.

What the destination says is compared with what stood there before. A credential that appears in time is this case's;
every other is a stray, an alarm. A pass that may have been used is not written down as gone before its credential has
come, or can come no more: what comes after that is nobody's. While the case's credential is in use the account is
looked at every hour: what somebody writes or removes there past us is told, and a native pass that no case was granted
is removed.
"""

from typing import NamedTuple

from msgspec.structs import replace

from firstkey.actions.casework import Casework
from firstkey.actions.confirmations import (
    OVER,
    CredentialMissing,
    StrayNativePassFound,
    append_confirmed,
    standing_of,
)
from firstkey.actions.effects import Effect, Wanted, item_of
from firstkey.actions.minting import LOOK_EVERY_MS, case_now
from firstkey.actions.native_passes import (
    NativeKept,
    forget_native,
    is_usable,
    keep_native,
    kept_native,
    made_of_seen,
)
from firstkey.actions.site import Site
from firstkey.enrollment.case.limits import READ_BACK_AFTER_WINDOW_MS_MAX
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.words import CredentialState, NativeState, PassState
from firstkey.enrollment.registration import NoteNativePassUsed, ReadBackCredential, ReapNativePass
from firstkey.ports.destination import HandoverDestination, SeenCredential
from firstkey.ports.fact_store import Slot
from firstkey.ports.kinds import SlotKind
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR, SECOND

LOOK_AFTERWARDS_EVERY_MS = 15 * SECOND
"""How often an account is looked at whose native pass is gone, for what may still appear and be this case's."""

LOOK_FOR_STRAYS_EVERY_MS = HOUR
"""How often an account is looked at afterwards, for as long as it uses what was made there."""


class Plan(NamedTuple):
    """What is kept; whether the pass has to go; and whether every other one has to, for no case was granted one."""

    kept: NativeKept
    has_to_go: bool
    alone: bool


class Told(NamedTuple):
    """What the destination said: of the pass when it was looked at, of it after it was removed, of native passes that
    nobody was granted, and of credentials.
    """

    listed: bool
    used: bool
    gone: bool
    strays: tuple[str, ...]
    seen: tuple[SeenCredential, ...]


def ask(casework: Casework, wanted: Wanted) -> Plan | None:
    """Whether there is still something to look for; that the pass has to go is durable before it is asked to."""
    tx, where = casework.tx, (wanted.destination, wanted.account)
    kept, state = kept_native(tx, *where), case_now(casework, wanted)
    if kept is None or kept.native != wanted.subject or state is None:
        return None
    if known(state.native).state is NativeState.REAPED and _is_settled(state, tx.now) and not _in_use(casework, state):
        forget_native(tx, *where)
        return None
    has_to_go = not is_usable(state, tx.now)
    if has_to_go and kept.sealed is not None:
        keep_native(tx, *where, replace(kept, reaping=True, sealed=None))
    return Plan(kept, has_to_go, tx.holder(Slot(SlotKind.NATIVE_PASS, wanted.account)) is None)


def _is_settled(case: Case, now: int) -> bool:
    """Whether nothing that appears can be this case's any more."""
    return now > known(case.native).window_ends_at + READ_BACK_AFTER_WINDOW_MS_MAX


def _in_use(casework: Casework, case: Case) -> bool:
    made = case.credential
    return made is not None and standing_of(casework.site, casework.tx, case.case, made.credential) not in OVER


def act(_: Site, destination: HandoverDestination, wanted: Wanted, plan: Plan) -> Told:
    """Look, remove what has to go, and read back; credentials last, so that none appears unseen before the removal."""
    account, ours = wanted.account, plan.kept.native_pass
    before = {each.native_pass: each for each in destination.native_passes(account)}
    used = ours in before and before[ours].used
    strays = tuple(each for each in before if each != ours) if plan.alone else ()
    if plan.has_to_go or used:
        destination.reap(account, ours)
    for stray in strays:
        destination.reap(account, stray)
    after = {each.native_pass for each in destination.native_passes(account)}
    return Told(ours in before, used, ours not in after, strays, destination.read_back(account))


def settle(casework: Casework, wanted: Wanted, plan: Plan, told: Told) -> None:
    """Write down what was found, and look again later."""
    tx, kept = casework.tx, plan.kept
    latest, state = kept_native(tx, wanted.destination, wanted.account), case_now(casework, wanted)
    if latest is None or latest.native != kept.native or state is None:
        return  # the account was given another native pass meanwhile, and that one is watched
    if told.used and known(state.native).state is NativeState.MINTED:
        state = _after(casework, wanted, NoteNativePassUsed(native=wanted.subject))
    accounted = [*kept.accounted]
    for seen in sorted(told.seen, key=lambda each: each.created_at or 0):
        if seen.credential not in accounted and _read_back(casework, wanted, seen):
            accounted.append(seen.credential)
    state = known(case_now(casework, wanted))
    vanished = kept.vanished or not (told.listed or kept.reaping or tx.now >= kept.expires_at)
    reaping = kept.reaping or plan.has_to_go or told.used
    sealed = None if reaping or vanished else kept.sealed
    missing = _is_missing(casework, state, told)
    if missing and not kept.missing:
        credential = known(state.credential).credential
        lost = CredentialMissing(at=tx.now, destination=wanted.destination, case=state.case, credential=credential)
        append_confirmed(casework, wanted.account, lost)
    kept = replace(kept, accounted=tuple(accounted), vanished=vanished, reaping=reaping, sealed=sealed, missing=missing)
    keep_native(tx, wanted.destination, wanted.account, kept)
    if told.gone and state.native_standing and not _may_come(state, kept, tx.now):
        state = _after(casework, wanted, ReapNativePass(native=wanted.subject))
    for stray in told.strays:
        found = StrayNativePassFound(at=tx.now, destination=wanted.destination, native_pass=stray)
        append_confirmed(casework, wanted.account, found)
    calm = LOOK_FOR_STRAYS_EVERY_MS if _is_settled(state, tx.now) else LOOK_AFTERWARDS_EVERY_MS
    wait = LOOK_EVERY_MS if state.native_standing else calm
    tx.enqueue(item_of(Effect.WATCH, wanted, tx.now + wait))


def _is_missing(casework: Casework, case: Case, told: Told) -> bool:
    """Whether a credential that should open something there was not read back, long after it was made."""
    made = case.credential
    if made is None or not _is_settled(case, casework.tx.now):
        return False
    standing = standing_of(casework.site, casework.tx, case.case, made.credential)
    return standing is CredentialState.ACTIVE and made.credential not in {each.credential for each in told.seen}


def _after(casework: Casework, wanted: Wanted, command: NoteNativePassUsed | ReapNativePass) -> Case:
    after = casework.decide(wanted.case, command).case
    assert isinstance(after, Case)  # no fact unmakes a case
    return after


def _read_back(casework: Casework, wanted: Wanted, seen: SeenCredential) -> bool:
    """Tell the case of a credential; return whether it is accounted for now, as this case's or as a stray."""
    found = ReadBackCredential(native=wanted.subject, made=made_of_seen(casework.site, seen))
    try:
        casework.decide(wanted.case, found)
    except Refused as refused:
        if refused.reason is R.ClockDoubtful:
            return False
        casework.decide(wanted.case, replace(found, present_before=True))  # its id or key is another's: a stray
    return True


def _may_come(case: Case, kept: NativeKept, now: int) -> bool:
    """Whether the credential of a pass that may have been used can still appear, and be this case's."""
    native, pass_ = known(case.native), case.pass_
    may_be_used = native.state is NativeState.USED or kept.vanished
    redeemed = pass_ is None or pass_.state in (PassState.REDEEMED, PassState.EXPIRED)
    waits = case.closed is None and case.hold is None and case.credential is None and redeemed
    return may_be_used and waits and now <= native.window_ends_at + READ_BACK_AFTER_WINDOW_MS_MAX
