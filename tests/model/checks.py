"""What is asked of an exploration beside its invariants: that its short cuts were none, and that streams hold.

Streams: the facts that first led to a state, folded one by one from nothing as after a crash, give a case of the same
class, and each carries a MAC over the one before it. Classes: cases that the quotient takes for one go the same ways.
What is due: a command does what a sweep and then the command do. The table: whatever it refuses, replay refuses.
"""

from collections.abc import Iterator
from typing import Any

from firstkey.enrollment.activation import replay_holding
from firstkey.enrollment.case.facts import FACTS, CredentialHeld, Fact, encode_fact
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case, Held, Holdings, stage_of
from firstkey.enrollment.case.transitions import HOLDINGS_TRANSITIONS, TRANSITIONS
from firstkey.enrollment.case.words import Cause, CredentialState, Stage
from firstkey.enrollment.lifecycle.replay import Folded, NotInTable, apply_fact, replay
from firstkey.ledger.entry import Activity, Entry, Head, fact_mac, follow
from firstkey.values import canonical
from firstkey.values.errors import Defect, Refused
from firstkey.values.secret import Secret
from tests.model.commands import SWEEP
from tests.model.explore import Explorer
from tests.model.local import Core, Derived

KEY = Secret(b"a key that no database holds, 32 bytes")


def _written(head: Head, stream: str, fact: Fact) -> Entry:
    body, number = encode_fact(fact), head.number + 1
    mac = fact_mac(KEY, head.mac, stream=stream, number=number, kind=fact.kind, body_bytes=body, at=fact.at)
    return Entry(
        index=head.number,
        activity=Activity.ENROLLMENT,
        at=fact.at,
        stream=stream,
        number=number,
        kind=fact.kind,
        body=canonical.decode(body),
        mac=mac.hex(),
    )


def folded_streams(core: Core) -> list[Folded]:
    """Fold the facts that first led to each state, from nothing; return the case for each.

    Raises:
        AssertionError: a fold is of another class than the state, or a chain of MACs does not hold.
    """
    folded: list[Folded] = [None]
    heads = [Head()]
    for index, origin in enumerate(core.origins[1:], start=1):
        head = heads[origin.before]
        for fact in origin.facts:
            entry = _written(head, "case/case", fact)
            head = follow(KEY, head, entry)
        case = replay(origin.facts, folded[origin.before])
        assert core.quotient.of(case) == core.states[index], f"{core.bound.name}: state {index} is not its facts' fold"
        folded.append(case)
        heads.append(head)
    assert_cut_is_noticed(core)
    return folded


def assert_cut_is_noticed(core: Core) -> None:
    """Leave a fact out of a stream, and put two in another order: the chain of MACs does not hold.

    Raises:
        AssertionError: it holds.
    """
    facts = next((origin.facts for origin in core.origins if len(origin.facts) > 1), None)
    if facts is None:
        return
    first = _written(Head(), "case/case", facts[0])
    second = _written(follow(KEY, Head(), first), "case/case", facts[1])
    for stream in ([second], [second, first], [first, first]):
        head = Head()
        try:
            for entry in stream:
                head = follow(KEY, head, entry)
        except Refused:
            continue
        raise AssertionError("a broken stream is followed")


Ways = frozenset[tuple[type[Command], tuple[str, ...], Folded]]
"""Which kinds of command lead, by facts of which kinds, to which classes."""


def _ways(core: Core, case: Case, tick: int, bit: int, derived: Derived) -> Ways:
    ways = set()
    for offer in core.offering.of(case, core.ticks[tick]):
        for asked in core.decide(case, tick, offer.command, 1 << bit, derived):
            decision = asked.decision
            if decision is not None and decision.facts:
                kinds = tuple(fact.kind for fact in decision.facts)
                ways.add((type(offer.command), kinds, core.quotient.of(decision.case)))
    return frozenset(ways)


def _worlds(explorer: Explorer, case: Folded) -> Iterator[int]:
    """Yield some surroundings: as at the beginning, and one move away from there."""
    yield 0
    for move in explorer.system.environment.moves:
        moved = move.of(1) & explorer.system.possible(case)
        if moved:
            yield moved.bit_length() - 1


def classes_hold(explorer: Explorer, place: int, every: int) -> int:
    """Compare a case's ways with those of the case that stands for it, for one state in `every`.

    Returns:
        How many pairs were compared, each at an instant and in surroundings.

    Raises:
        AssertionError: two cases taken for one part ways.
    """
    core, compared = explorer.system.cores[place], 0
    folded = folded_streams(core)
    for index, ticks in explorer.reached(place):
        case, state = folded[index], core.states[index]
        if index % every or not isinstance(case, Case) or not isinstance(state, Case) or case == state:
            continue
        for tick in range(core.origins[index].tick, len(core.ticks)):
            derived = explorer.system.derived(explorer.system.first, place, tick)[0][1]
            for bit in _worlds(explorer, state) if ticks >> tick & 1 else ():
                parted = _ways(core, case, tick, bit, derived) ^ _ways(core, state, tick, bit, derived)
                assert not parted, f"{core.bound.name}: state {index} at tick {tick}, world {bit}: {parted}"
                compared += 1
    return compared


def due_comes_first(explorer: Explorer, place: int, every: int) -> int:
    """Compare, where something is due, a command with a sweep and then the command, for one state in `every`.

    Returns:
        How many commands were compared.

    Raises:
        AssertionError: they differ.
    """
    core, compared = explorer.system.cores[place], 0
    for index, ticks in explorer.reached(place):
        case = core.states[index]
        if index % every or not isinstance(case, Case):
            continue
        for tick in (tick for tick in range(len(core.ticks)) if ticks >> tick & 1):
            derived = explorer.system.derived(explorer.system.first, place, tick)[0][1]
            for bit in _worlds(explorer, case):
                compared += _due_first(core, case, tick, bit, derived)
    return compared


def _due_first(core: Core, case: Case, tick: int, bit: int, derived: Derived) -> int:
    swept = next(core.decide(case, tick, SWEEP.command, 1 << bit, derived)).decision
    if swept is None or not swept.facts:
        return 0
    compared = 0
    for offer in core.offering.of(case, core.ticks[tick]):
        at_once = next(core.decide(case, tick, offer.command, 1 << bit, derived))
        after = next(core.decide(swept.case, tick, offer.command, 1 << bit, derived))
        assert (at_once.decision is None) == (after.decision is None), offer.label
        if at_once.decision is not None and after.decision is not None:
            assert at_once.decision.facts == swept.facts + after.decision.facts, offer.label
            assert at_once.decision.case == after.decision.case, offer.label
        compared += 1
    return compared


# The tables


def refused_by_the_tables(examples: dict[Stage, Folded], facts: dict[type[Fact], Fact]) -> int:
    """Show every fact to a case at every stage at which the table has none of it.

    Returns:
        How many were refused.

    Raises:
        AssertionError: one was taken, or there is no example.
    """
    refused = 0
    for kind in FACTS:
        for stage in Stage:
            if TRANSITIONS[kind][stage]:
                continue
            fact = facts.get(kind) or _of_an_account(kind)
            try:
                apply_fact(examples[stage], fact)
            except NotInTable:
                refused += 1
                continue
            raise AssertionError(f"{kind.__name__} is taken at {stage}")
    return refused + _refused_of_holdings()


def _of_an_account(kind: type[Fact]) -> Fact:
    """Return a fact that only an account's stream has."""
    content: dict[str, Any] = {
        "at": 0,
        "credential": "credential",
        "case": "case",
        "purpose": "first_key",
        "tier": 0,
        "ends_at": None,
        "relayable": False,
        "requirements": None,
        "cause": Cause.RETURNED,
        "by": (),
    }
    return kind(**{name: content[name] for name in kind.__struct_fields__})


def _refused_of_holdings() -> int:
    held_in = {
        state: Holdings((Held(state=state, **_fields(CredentialHeld, Held)),))
        for state in (CredentialState.ACTIVE, CredentialState.SUSPENDED)
    }
    refused = 0
    for kind, row in HOLDINGS_TRANSITIONS.items():
        for state, after in row.items():
            if after is not None or (state not in held_in and state is not CredentialState.PENDING):
                continue  # what is over for good has left the holdings; its slot keeps it from coming back
            try:
                replay_holding(held_in.get(state, Holdings()), _of_an_account(kind))
            except Defect:
                refused += 1
                continue
            raise AssertionError(f"{kind.__name__} is taken of a credential that is {state}")
    return refused


def _fields(kind: type[Fact], target: type[Any]) -> dict[str, Any]:
    fact = _of_an_account(kind)
    return {name: getattr(fact, name) for name in kind.__struct_fields__ if name in target.__struct_fields__}


def examples_of(cores: list[Core]) -> dict[Stage, Folded]:
    """Return a case at each stage that was met."""
    found: dict[Stage, Folded] = {}
    for core in cores:
        for case in core.states:
            found.setdefault(stage_of(case), case)
    return found
