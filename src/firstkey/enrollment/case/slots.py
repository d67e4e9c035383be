"""What must be unique in the whole site, as a pure function of a case's state.

A slot is a unique (kind, key). The shell takes those that a decision adds and frees those it drops, in the append: that
is the one arbiter between cases. Slots of `FOREVER` are never freed, whatever becomes of the case.
"""

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.state import Case, NeverOpened
from firstkey.policy.model import Purpose

FOREVER = frozenset({"credential", "public_key", "device_key", "start_code", "statement"})


def held_slots(case: Case | NeverOpened | None) -> frozenset[tuple[str, str]]:
    """Return the slots that a case in this state holds."""
    if not isinstance(case, Case):
        return frozenset()
    slots = {("handle", case.handle_digest)}
    if case.closed is None:
        position = f":{case.position}" if case.purpose is Purpose.BREAK_GLASS else ""
        slots.add(("open_case", f"{case.account}:{case.purpose}{position}"))
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
    statements = (getattr(fact, "statement", None), *getattr(fact, "statements", ()))
    slots = {("statement", f"{statement}:{case}") for statement in statements if statement is not None}
    if getattr(fact, "start_code", None) is not None:
        slots.add(("start_code", fact.start_code))  # type: ignore[attr-defined]  # looked at on the line above
    return frozenset(slots)
