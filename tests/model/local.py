"""The core asked once for each distinct local input: a case, an instant, a command, and what the run read of the world.

For one case at one tick, `Core.at` tells what each command leads to, in which surroundings. Every acceptance is an
answer of the real `decide`. What is refused is first told by the stage's own rule on the scene that `decide` would
set (what is due was found to be nothing), for that part of the work is the same for all commands; `decide` itself is
asked too, every so often, and must agree.

In surroundings in which something is due, a command does what a sweep and then the command do; so only the sweep is
asked there. This too is put to the test, every so often, on all commands (`checks.due_comes_first`).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace

from firstkey.enrollment.case import facts as f
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Command, Scene, scene_of
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.lifecycle.decide import AFTER_CLOSURE, RULES, Decision, decide
from firstkey.enrollment.lifecycle.replay import Folded, NotInTable
from firstkey.enrollment.lifecycle.replay import replay as fold
from firstkey.values.errors import Defect, Refused
from tests.model.commands import FENCE, SWEEP, Offer, Offering
from tests.model.coverage import Cell, Coverage, Item, cells_of, folds_of
from tests.model.environment import Environment, View
from tests.model.flaws import amiss, flawed, uses_again
from tests.model.ground import Moment, ground, moments_of
from tests.model.invariants import BY_COMMAND_AND_WORLD, BY_FACTS, Rules, Step, Violation, violations
from tests.model.paths import CaseBound
from tests.model.quotient import Quotient
from tests.model.watch import READ, Read, watched_requirements
from tests.model.world import SPENT

ASK_AGAIN_EVERY = 61
"""Of this many refusals one is asked of `decide` itself."""

Derived = dict[str, Any]
"""Fields of a case's surroundings that follow from the rest of the state."""


class Edge:
    """Where a command leads, in which surroundings.

    Attributes:
        label: the command that was first found to lead there.
        mask: surroundings in which it does.
        target: index of the case afterwards.
        completes: whether it activates the case's credential.
        takes: slots that the append takes. spent: whether one of them is spent for ever.
        account: commands for the account's credentials that go with it.
        news: what is met by it that had not been met when it was found.
        broken: invariants that it breaks, and in which surroundings.
    """

    __slots__ = ("account", "broken", "completes", "label", "mask", "news", "spent", "takes", "target")

    def __init__(self, label: str, target: int, decision: Decision) -> None:
        self.label = label
        self.mask = 0
        self.target = target
        self.completes = any(isinstance(fact, f.CredentialActivated) for fact in decision.facts)
        self.takes = decision.takes
        self.spent = any(key.startswith(SPENT) for _, key in decision.takes)
        self.account = decision.account
        self.news: tuple[Item, ...] = ()
        self.broken: tuple[tuple[int, Violation], ...] = ()


class Answers(NamedTuple):
    """What a case's commands lead to at one tick.

    Attributes:
        taken: where commands lead. sweep, fence: where what is due leads, and a fence; the first is among `taken`.
        refused: refusals not met before, and in which surroundings.
        broken: what does not hold of the state, and in which surroundings.
    """

    taken: tuple[Edge, ...]
    sweep: tuple[Edge, ...]
    fence: tuple[Edge, ...]
    refused: dict[R, int]
    broken: tuple[tuple[int, Violation], ...]


class Asked(NamedTuple):
    """One run: the surroundings that it speaks for, in one of which it was made, and what it said."""

    mask: int
    bit: int
    decision: Decision | None
    reason: R | None


class Origin(NamedTuple):
    """How a state was first found: from which state, at which tick, by which facts."""

    before: int
    tick: int
    facts: tuple[Fact, ...]


class Core:
    """One case of a bound, all its states and what leads from each to which.

    Args:
        bound: the case's.
        environment: all surroundings; `view` is how this case sees them.
        quotient: which cases are one.
        coverage: what was met so far.
        possible: the surroundings in which a case can be.
        ticks: the instants of the clock.
    """

    def __init__(
        self,
        bound: CaseBound,
        environment: Environment,
        view: View,
        quotient: Quotient,
        coverage: Coverage,
        possible: Callable[[Folded], int],
        ticks: tuple[int, ...],
    ) -> None:
        self.bound, self.quotient, self.ticks, self.possible = bound, quotient, ticks, possible
        self.states: list[Folded] = []
        self.origins: list[Origin] = []
        self.offering = Offering(bound, devices_alike=quotient.devices_alike)
        self.runs = self.asked = 0
        self._environment, self._view, self._coverage = environment, view, coverage
        self._ids: dict[Folded, int] = {}
        self._answers: dict[tuple[int, int], list[tuple[Derived, Answers]]] = {}
        self._flaws_tried: set[tuple[int, type[Command]]] = set()
        self._opens = environment.where("policy", "as pinned", "prohibits") & environment.where("account", *bound.opens)
        self._read: set[Read] = set()
        self._derived: Derived = {}
        self._scenes: dict[int, Scene] = {}
        self._terms: dict[Any, list[int]] = {}
        self._refusals = 0
        self.intern(None, Origin(0, 0, ()))

    def intern(self, case: Folded, origin: Origin) -> int:
        """Return the index of a case; when it is new, remember how it was found."""
        index = self._ids.get(case)
        if index is None:
            index = self._ids[case] = len(self.states)
            self.states.append(case)
            self.origins.append(origin)
        return index

    def at(self, index: int, tick: int, derived: Derived) -> Answers:
        """Return what every command leads to.

        Args:
            index: of the case.
            tick: of the clock.
            derived: what the case sees of the rest of the state.
        """
        known = self._answers.setdefault((index, tick), [])
        for fields, answers in known:
            if all(derived[field] == value for field, value in fields.items()):
                return answers
        self._read.clear()
        self._scenes.clear()
        self._derived = derived
        self.asked += 1
        answers = self._ask_all(index, tick)
        known.append(({field: value for field, value in derived.items() if field in self._read}, answers))
        return answers

    # One run

    def decide(self, case: Folded, tick: int, command: Command, pending: int, derived: Derived) -> Iterator[Asked]:
        """Ask the core until all surroundings in question are answered for."""
        while pending:
            bit = (pending & -pending).bit_length() - 1
            around, ruling = self._view.seen_at(bit, derived)
            READ.clear()
            self.runs += 1
            decision, reason = None, None
            try:
                decision = decide(case, around, command, ruling, self.ticks[tick])
            except Refused as refusal:
                reason = _reason(refusal)
            mask = self._alike(bit) & pending
            pending &= ~mask
            yield Asked(mask, bit, decision, reason)

    def _alike(self, bit: int) -> int:
        """Return the surroundings that agree with one of them on what was read since."""
        read = frozenset(READ)
        self._read |= read
        return self._view.alike(bit, read)

    def _alike_in_scene(self, case: Case, bit: int) -> int:
        """Return the surroundings that agree with one of them on what a rule has read of them and of its scene."""
        terms = [read for read in READ if read[0] == "required"]
        READ.difference_update(terms)
        mask = self._alike(bit)
        for read in terms:
            mask &= next(each for each in self._term_masks(case, str(read[1])) if each >> bit & 1)
        return mask

    def _term_masks(self, case: Case, term: str) -> list[int]:
        """Return the surroundings by the value of one term, as scenes of the case have it."""
        key = (case.requirements, case.purpose, term)
        if key not in self._terms:
            groups: dict[Any, int] = {}
            for mask in self._view.by_value("ruling.requirements"):
                around, ruling = self._view.seen_at((mask & -mask).bit_length() - 1, self._derived)
                value = getattr(scene_of(case, around, ruling, self.ticks[0]).required, term)
                groups[value] = groups.get(value, 0) | mask
            self._terms[key] = list(groups.values())
        return self._terms[key]

    def _scene(self, case: Case, tick: int, bit: int) -> Scene:
        scene = self._scenes.get(bit)
        if scene is None:
            around, ruling = self._view.seen_at(bit, self._derived)
            scene = scene_of(case, around, ruling, self.ticks[tick])
            scene = self._scenes[bit] = replace(scene, required=watched_requirements(scene.required))
        return scene

    def _ask(self, case: Case, tick: int, command: Command, pending: int) -> Iterator[Asked]:
        """As `decide`, where nothing is due: the stage's rule first, `decide` when it has nothing against it."""
        while pending:
            bit = (pending & -pending).bit_length() - 1
            scene = self._scene(case, tick, bit)
            READ.clear()
            self.runs += 1
            reason = _against(scene, command)
            if reason is None:
                asked = next(self.decide(case, tick, command, 1 << bit, self._derived))
                asked = asked._replace(mask=self._alike(bit) & pending)
            else:
                asked = Asked(self._alike_in_scene(case, bit) & pending, bit, None, reason)
                self._ask_again(case, tick, command, bit, reason)
            pending &= ~asked.mask
            yield asked

    def _ask_again(self, case: Case, tick: int, command: Command, bit: int, reason: R) -> None:
        self._refusals += 1
        if self._refusals % ASK_AGAIN_EVERY == 0:
            around, ruling = self._view.seen_at(bit, self._derived)
            try:
                decide(case, around, command, ruling, self.ticks[tick])
            except Refused as refusal:
                if refusal.reason is reason:
                    return
            raise Defect(f"the rule refuses by {reason}, decide does not: {command}")

    # All commands

    def _ask_all(self, index: int, tick: int) -> Answers:
        case = self.states[index]
        collected = _Collected(self, self._view, self._coverage, index, tick, self._derived)
        if case is None:
            pending = self._opens if tick < len(self.ticks) - 1 else 0
            for offer in self.offering.openings():
                for asked in self.decide(None, tick, offer.command, pending, self._derived):
                    collected.add(offer, asked)
        elif isinstance(case, Case):
            self._ask_open(index, case, tick, collected)
        return collected.answers()

    def _ask_open(self, index: int, case: Case, tick: int, collected: "_Collected") -> None:
        full, settled = self.possible(case), 0
        for asked in self.decide(case, tick, SWEEP.command, full, self._derived):
            if asked.decision is not None and not asked.decision.facts:
                settled |= asked.mask
                self._coverage.met.add("Sweep")
            collected.add_sweep(asked)
        for asked in self.decide(case, tick, FENCE.command, full, self._derived):
            collected.add_fence(asked)
        for offer in self.offering.of(case, self.ticks[tick]):
            taken = 0
            for asked in self._ask(case, tick, offer.command, settled):
                collected.add(offer, asked)
                taken |= asked.mask if asked.decision is not None else 0
            if taken:
                self._ask_twins(index, case, tick, offer, taken, collected)
        self._ask_usable(case, tick, full, collected)

    def _ask_twins(self, index: int, case: Case, tick: int, offer: Offer, taken: int, collected: "_Collected") -> None:
        """Ask the twins of a command that is taken; those with a flawed act once for each kind of command and case."""
        for twin in amiss(offer):
            for asked in self._ask(case, tick, twin.command, taken):
                collected.add(twin, asked)
        kind = (index, type(offer.command))
        if kind in self._flaws_tried:
            return
        self._flaws_tried.add(kind)
        for twin in flawed(offer):
            for asked in self._ask(case, tick, twin.command, taken):
                if asked.decision is None:
                    collected.add(twin, asked)
                elif not uses_again(asked.decision):
                    collected.break_by(asked.mask, Violation("acts", f"{twin.label} is taken"))

    def _ask_usable(self, case: Case, tick: int, full: int, collected: "_Collected") -> None:
        """Ask, in all surroundings, due or not, whether the pass is usable right now (invariant 2)."""
        usable, offer = 0, self.offering.redemption(case)
        for asked in self.decide(case, tick, offer.command, full, self._derived):
            if asked.decision is None:
                collected.add(offer, asked)
            elif any(isinstance(fact, f.PassRedeemed) for fact in asked.decision.facts):
                usable |= asked.mask
        if usable:
            beyond = usable & ~ground(case, self.ticks[tick], self._view, Moment.REDEEM)
            collected.break_by(beyond, Violation("2", "a pass is usable and its ground is gone"))


def _reason(refusal: Refused) -> R:
    """Return why the core refused: it refuses by R alone."""
    assert isinstance(refusal.reason, R)
    return refusal.reason


def _against(scene: Scene, command: Command) -> R | None:
    """Return what a stage's rule or the table has against a command, in a scene in which nothing is due."""
    if scene.case.closed is not None and type(command) not in AFTER_CLOSURE:
        return R.CaseOver
    try:
        fold(RULES[type(command)](scene, command).facts, scene.case)
    except Refused as refusal:
        return _reason(refusal)
    except NotInTable:
        return R.NotAStep
    return None


class _Led(NamedTuple):
    """What facts lead to: which case, the case after each, which cells they pass, what they break by themselves."""

    target: int
    folds: tuple[Folded, ...]
    cells: tuple[Cell, ...]
    broken: tuple[Violation, ...]


class _Collected:
    """Answers in the making: what leads to one case by the same slots is one edge."""

    def __init__(self, core: Core, view: View, coverage: Coverage, index: int, tick: int, derived: Derived) -> None:
        self._core, self._view, self._coverage = core, view, coverage
        self._index, self._tick, self._derived = index, tick, derived
        self._case = core.states[index]
        self._edges: dict[tuple[Any, ...], Edge] = {}
        self._sweep: dict[tuple[Any, ...], Edge] = {}
        self._fence: dict[tuple[Any, ...], Edge] = {}
        self._refused: dict[R, int] = {}
        self._broken: list[tuple[int, Violation]] = []
        self._leads: dict[tuple[Fact, ...], _Led] = {}

    def add(self, offer: Offer, asked: Asked) -> None:
        """Take up one run."""
        decision = asked.decision
        reason = asked.reason if decision is None else decision.refusal
        if reason is not None and reason not in self._coverage.met:
            self._refused[reason] = self._refused.get(reason, 0) | asked.mask
        if decision is not None and decision.facts:
            self._edge(self._edges, offer, asked, decision)

    def add_sweep(self, asked: Asked) -> None:
        """Take up one run of a sweep."""
        if asked.decision is not None and asked.decision.facts:
            self._edge(self._sweep, SWEEP, asked, asked.decision)

    def add_fence(self, asked: Asked) -> None:
        """Take up one run of a fence, which the site alone asks."""
        if asked.decision is not None and asked.decision.facts:
            self._edge(self._fence, FENCE, asked, asked.decision)

    def break_by(self, mask: int, violation: Violation) -> None:
        """Note that something does not hold in some surroundings."""
        if mask:
            self._broken.append((mask, violation))

    def _edge(self, edges: dict[tuple[Any, ...], Edge], offer: Offer, asked: Asked, decision: Decision) -> None:
        coverage, led = self._coverage, self._led(offer, asked, decision)
        key = (led.target, decision.takes, decision.account)
        edge = edges.get(key)
        if edge is None:
            edge = edges[key] = Edge(offer.label, led.target, decision)
        edge.mask |= asked.mask
        news = coverage.news((type(offer.command).__name__, *led.cells))
        if news:
            edge.news = (*edge.news, *news)
            coverage.keep(decision.facts)
        broken = (
            *self._without_ground(asked.mask, decision.facts, led.folds),
            *((asked.mask, violation) for violation in (*led.broken, *self._broken_here(offer, asked, decision, led))),
        )
        if broken:
            edge.broken = (*edge.broken, *broken)

    def _led(self, offer: Offer, asked: Asked, decision: Decision) -> "_Led":
        """Return what the same facts lead to, in whatever surroundings, by whatever command."""
        led = self._leads.get(decision.facts)
        if led is None or led.folds[-1] != decision.case:
            core = self._core
            origin = Origin(self._index, self._tick, decision.facts)
            target = core.intern(core.quotient.of(decision.case), origin)
            folds = folds_of(self._case, decision.facts)
            cells = tuple(cells_of(self._case, decision.facts, folds))
            led = _Led(target, folds, cells, self._violations(BY_FACTS, offer, asked, decision, folds))
            self._leads[decision.facts] = led
        return led

    def _broken_here(self, offer: Offer, asked: Asked, decision: Decision, led: "_Led") -> tuple[Violation, ...]:
        return self._violations(BY_COMMAND_AND_WORLD, offer, asked, decision, led.folds)

    def _violations(
        self, rules: Rules, offer: Offer, asked: Asked, decision: Decision, folds: tuple[Folded, ...]
    ) -> tuple[Violation, ...]:
        before, after = self._case, decision.case
        if not isinstance(after, Case):
            return ()
        around, ruling = self._view.seen_at(asked.bit, self._derived)
        step = Step(
            before=before if isinstance(before, Case) else None,
            after=after,
            facts=decision.facts,
            folds=folds,
            command=offer.command,
            around=around,
            ruling=ruling,
            now=self._core.ticks[self._tick],
        )
        return violations(step, rules)

    def _without_ground(
        self, mask: int, facts: tuple[Fact, ...], folds: tuple[Folded, ...]
    ) -> Iterator[tuple[int, Violation]]:
        """Yield surroundings in which a step is taken without its ground."""
        for case, fact in zip((self._case, *folds), facts, strict=False):
            for moment in moments_of(fact):
                assert isinstance(case, Case)  # nothing that takes ground opens a case
                beyond = mask & ~ground(case, self._core.ticks[self._tick], self._view, moment)
                if beyond:
                    yield beyond, Violation("2", f"{fact.kind} without its ground")

    def answers(self) -> Answers:
        """Return what was collected."""
        sweep = tuple(self._sweep.values())
        taken = (*sweep, *self._edges.values())
        return Answers(taken, sweep, tuple(self._fence.values()), self._refused, tuple(self._broken))
