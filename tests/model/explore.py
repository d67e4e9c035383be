"""Breadth first, to the end: all states of a bound, a set of surroundings for each at each tick.

A step is a command, what is due, a fence, or the clock going on. Between two steps the world moves as it likes: when a
state is taken up, then in all surroundings that come of those in which it was reached.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

from firstkey.enrollment.case.refusals import R
from firstkey.policy.model import Purpose
from tests.model.bounds import Bound
from tests.model.coverage import Coverage
from tests.model.invariants import Violation
from tests.model.local import Edge
from tests.model.system import State, System

Sets = list[int]
"""For each tick a set of surroundings."""

FINDINGS_MAX = 20


class Finding(NamedTuple):
    """What does not hold, and the shortest way there that was met."""

    violation: Violation
    trace: tuple[str, ...]


class Result(NamedTuple):
    """What an exploration came to.

    Attributes:
        bound: its name.
        exhausted: whether nothing was left to explore.
        states: distinct states, the clock not counted. joint: of cases and credentials alone, whatever the world.
        cases: distinct states of single cases.
        transitions: steps between states, the clock counted.
        depth: steps from the first state to the farthest, the world's moves between them not counted.
        runs: how often the core was asked.
        seconds: it took, of this process's processor time.
        findings: what does not hold.
    """

    bound: str
    exhausted: bool
    states: int
    joint: int
    cases: int
    transitions: int
    depth: int
    runs: int
    seconds: float
    findings: tuple[Finding, ...]


class Explorer:
    """One exploration.

    Args:
        bound: what is explored.
        coverage: what was met so far, by others too.
    """

    def __init__(self, bound: Bound, coverage: Coverage) -> None:
        self.system = System(bound, coverage)
        self._coverage = coverage
        self._ticks = len(bound.ticks)
        self._reached: dict[State, Sets] = {}
        self._came: dict[State, tuple[State, str]] = {}
        self._next: dict[State, Sets] = {}
        self._findings: dict[Violation, Finding] = {}
        self._transitions = 0

    def run(self, seconds: float) -> Result:
        """Explore until nothing is left, or the time (by the wall) is over."""
        ends, began = time.monotonic() + seconds, time.process_time()
        first = [1, *[0] * (self._ticks - 1)]
        self._reached[self.system.first] = list(first)
        frontier: dict[State, Sets] = {self.system.first: first}
        depth, over = 0, False
        while frontier and not over:
            self._next = {}
            for state, sets in frontier.items():
                for tick, bits in enumerate(sets):
                    if bits:
                        self._spread(state, tick, bits)
                over = time.monotonic() > ends
                if over:
                    break
            frontier = self._next
            depth += bool(frontier)
        return self._result(not over, depth, time.process_time() - began)

    def reached(self, place: int) -> Iterator[tuple[int, int]]:
        """Yield the states of one case that were reached, and the ticks at which they were, as bits."""
        ticks: dict[int, int] = {}
        for state, sets in self._reached.items():
            at = sum(1 << tick for tick, bits in enumerate(sets) if bits)
            ticks[state[place]] = ticks.get(state[place], 0) | at
        yield from sorted(ticks.items())

    def _add(self, origin: State, state: State, tick: int, bits: int, label: str) -> None:
        bits = self.system.canonical(state, bits)
        reached = self._reached.get(state)
        if reached is None:
            reached = self._reached[state] = [0] * self._ticks
            self._came[state] = (origin, label)
            broken = self.system.broken(state)
            if broken is not None:
                self._find(broken, state, tick, bits)
        new = bits & ~reached[tick]
        if new:
            reached[tick] |= new
            waiting = self._next.get(state)
            if waiting is None:
                waiting = self._next[state] = [0] * self._ticks
            waiting[tick] |= new

    def _spread(self, state: State, tick: int, bits: int) -> None:
        """Take every step that can be taken from a state at a tick, in a set of surroundings and what comes of it."""
        bits = self._moved_on(state, tick, bits)
        if tick + 1 < self._ticks:
            self._transitions += bits.bit_count()
            self._add(state, state, tick + 1, bits, "the clock goes on")
        serving = bits & self.system.serving
        for place in range(len(self.system.cores)):
            for mask, answers in self.system.answers(state, place, tick):
                here = serving & mask
                if here:
                    for wrong, violation in answers.broken:
                        self._find(violation, state, tick, wrong & here)
                    self._meet(answers.refused, here)
                    for edge in answers.taken:
                        reached = here & edge.mask
                        if reached:
                            self._follow(state, place, tick, reached, edge)
        if self.system.bound.keys_change:
            for number in range(len(self.system.accounts)):
                self._turns(state, number, tick, serving)
        if bits & self.system.behind:
            self._fence(state, tick, bits & self.system.behind)

    def _moved_on(self, state: State, tick: int, bits: int) -> int:
        """Let the world move: the people, the policy, the checkpoint, a restore from an older copy.

        A restore leads to a state that was reached before, in today's world; so to each state from itself.

        Returns:
            The set, and all surroundings that come of it in which the state was not reached before.
        """
        moves, reached = self.system.environment.moves, self._reached[state]
        before, after = 0, bits
        while after != before:
            before = after
            for move in moves:
                moved = move.of(after)
                if moved & ~after:
                    after |= self.system.canonical(state, moved)
        bits |= after & ~reached[tick]
        reached[tick] |= bits
        self._transitions += sum(move.of(bits).bit_count() for move in moves)
        return bits

    def _meet(self, refused: dict[R, int], here: int) -> None:
        if not refused:
            return
        for reason, mask in list(refused.items()):
            if mask & here:
                self._coverage.met.add(reason)
                del refused[reason]

    def _follow(self, state: State, place: int, tick: int, bits: int, edge: Edge) -> None:
        """Take a command's step, with all that goes with it in the same append, unless the append is void."""
        if self.system.is_taken(state, place, edge):
            return
        for wrong, violation in edge.broken:
            self._find(violation, state, tick, wrong & bits, edge.label)
        ends = {self._after(state, place, tick, bits, edge): bits}
        if edge.completes and self.system.bound.cases[place].purpose is Purpose.BREAK_GLASS:
            ends = self._both_at_once(ends, place, tick)
        for after, reached in ends.items():
            if after is not None:
                self._step(edge)
                self._transitions += reached.bit_count()
                uncovered = self.system.environment.moved(reached, "checkpoint", "no")
                self._add(state, after, tick, uncovered, edge.label)

    def _step(self, edge: Edge) -> None:
        if edge.news:
            self._coverage.met.update(edge.news)
            edge.news = ()

    def _after(self, state: State, place: int, tick: int, bits: int, edge: Edge) -> State | None:
        """Return the state after an edge; None when the account's credentials refuse what goes with it."""
        after = list(state)
        after[place] = edge.target
        if edge.account:
            number = self.system.place_of_account(place)
            followed = self.system.accounts[self.system.account_of[place]].follow(state[number], edge.account)
            if followed is None:
                blocked = Violation("account", f"{edge.label} is blocked by the account's credentials")
                self._find(blocked, state, tick, bits)
                return None
            after[number], items = followed
            self._coverage.met.update(items)
        return tuple(after)

    def _both_at_once(self, ends: dict[State | None, int], place: int, tick: int) -> dict[State | None, int]:
        """Let the other key of a break-glass account become active in the same append; alone, neither does."""
        both: dict[State | None, int] = {}
        other = self.system.partner_of(place)
        for state, bits in ends.items():
            if state is None or other is None:
                continue
            left = bits
            case = self.system.case(state, other)
            if case is not None and case.closed is not None:
                left = 0
            for mask, answers in self.system.answers(state, other, tick):
                for edge in answers.taken:
                    here = left & mask & edge.mask if edge.completes else 0
                    if here:
                        left &= ~here
                        after = self._after(state, other, tick, here, edge)
                        both[after] = both.get(after, 0) | here
            if left:
                self._find(Violation("both", "one key of two becomes active alone"), state, tick, left)
        return both

    def _turns(self, state: State, number: int, tick: int, bits: int) -> None:
        place = len(self.system.cores) + number
        turns = self.system.accounts[number].at(state[place], tick)
        self._meet(turns.refused, bits)
        for turn in turns.taken:
            reached = bits & turn.mask
            if not reached:
                continue
            if turn.news:
                self._coverage.met.update(turn.news)
                turn.news = ()
            if turn.target != state[place]:
                self._transitions += reached.bit_count()
                self._add(state, (*state[:place], turn.target, *state[place + 1 :]), tick, reached, turn.label)

    def _fence(self, state: State, tick: int, behind: int) -> None:
        """Fence a site that was restored from an older copy: the epoch raised, every open case closed, at once."""
        self._transitions += behind.bit_count()
        world = self.system.environment
        bits = world.moved(world.moved(world.moved(behind, "epoch", "2"), "site", "serving"), "checkpoint", "no")
        ends: dict[State, int] = {state: self.system.canonical(state, bits)}
        for place in range(len(self.system.cores)):
            following: dict[State, int] = {}
            for before, mask in ends.items():
                case = self.system.case(before, place)
                if case is None or case.closed is not None:
                    following[before] = following.get(before, 0) | mask
                    continue
                for after, here in self._fenced(before, place, tick, mask):
                    following[after] = following.get(after, 0) | here
            ends = following
        for after, mask in ends.items():
            self._add(state, after, tick, mask, "the site is fenced")

    def _fenced(self, state: State, place: int, tick: int, bits: int) -> Iterator[tuple[State, int]]:
        """Yield where a fence, or what is due, closes a case; a case that stays open is a finding."""
        left = bits
        for mask, answers in self.system.answers(state, place, tick):
            for edge in (*answers.fence, *answers.sweep):
                here = left & mask & edge.mask
                closed = self.system.cores[place].states[edge.target]
                if here and getattr(closed, "closed", None) is not None:
                    left &= ~here
                    self._step(edge)
                    for wrong, violation in edge.broken:
                        self._find(violation, state, tick, wrong & here, edge.label)
                    yield (*state[:place], edge.target, *state[place + 1 :]), here
        self._find(Violation("8", "a fence leaves a case open"), state, tick, left)

    def _find(self, violation: Violation, state: State, tick: int, bits: int, label: str = "") -> None:
        if not bits or violation in self._findings or len(self._findings) >= FINDINGS_MAX:
            return
        steps = [label] if label else []
        where = state
        while where in self._came:
            where, step = self._came[where]
            steps.append(step)
        world = self.system.environment.name_of((bits & -bits).bit_length() - 1)
        self._findings[violation] = Finding(violation, (*reversed(steps), f"at tick {tick}, in a world of {world}"))

    def _result(self, exhausted: bool, depth: int, seconds: float) -> Result:
        states = 0
        for sets in self._reached.values():
            union = 0
            for bits in sets:
                union |= bits
            states += union.bit_count()
        return Result(
            bound=self.system.bound.name,
            exhausted=exhausted,
            states=states,
            joint=len(self._reached),
            cases=sum(sum(1 for _ in self.reached(place)) for place in range(len(self.system.cores))),
            transitions=self._transitions,
            depth=depth,
            runs=sum(core.runs for core in self.system.cores) + sum(account.runs for account in self.system.accounts),
            seconds=seconds,
            findings=tuple(self._findings.values()),
        )
