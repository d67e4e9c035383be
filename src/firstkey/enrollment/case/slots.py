"""What must be unique in the whole site, as a pure function of a case's state.

A slot is a unique (kind, key). The shell takes those that a decision adds and frees those it drops, in the append: that
is the one arbiter between cases. Slots of `FOREVER` are never freed, whatever becomes of the case.
"""

from typing import Any

from firstkey.enrollment.case.facts import ClaimAnchored, Fact, OwnKeyAsserted
from firstkey.enrollment.case.state import Case, NeverOpened
from firstkey.policy.model import Purpose

FOREVER = frozenset({"credential", "public_key", "device_key", "start_code", "statement"})


def open_case_key(account: str, purpose: Purpose, position: int) -> str:
    """Return the key under which an account has one open case of a purpose; of break-glass, two."""
    return f"{account}:{purpose}" + (f":{position}" if purpose is Purpose.BREAK_GLASS else "")


def held_slots(case: Case | NeverOpened | None) -> frozenset[tuple[str, str]]:
    """Return the slots that a case in this state holds."""
    if not isinstance(case, Case):
        return frozenset()
    slots = {("handle", case.handle_digest)}
    if case.closed is None:
        slots.add(("open_case", open_case_key(case.account, case.purpose, case.position)))
    if case.live_pass is not None:
        slots.add(("live_pass", case.account))
    if case.native_standing:
        slots.add(("native_pass", case.account))
    if case.claim is not None:
        slots.add(("device_key", case.claim.device_key))
    if case.credential is not None:
        slots.add(("credential", case.credential.credential))
        slots.add(("public_key", case.credential.made.public_key_digest))
    return frozenset(slots)


def spent_slots(case: str, fact: Fact) -> frozenset[tuple[str, str]]:
    """Return what a fact uses up for ever: its signed statements and its start code.

    A statement is used once per case, for one approval may sign many cases.
    """
    said: Any = fact
    by = getattr(said, "by", None) or ()
    signed = {each.statement for each in (by if isinstance(by, tuple) else (by,))}
    signed |= {said.statement} if isinstance(said, OwnKeyAsserted) else set()
    slots = {("statement", f"{statement}:{case}") for statement in signed}
    if isinstance(said, ClaimAnchored) and said.start_code is not None:
        slots.add(("start_code", said.start_code))
    return frozenset(slots)
