"""A bound as a whole: its cases and accounts side by side, the world around them, and the slots between them.

A state is which state each case is in, which each account's credentials are in, the clock's tick and a set of
surroundings. What a case knows of the others (a live pass elsewhere, keys held, the partner) follows from their states;
what two of them may not have at once is arbitrated by the slots of the append and by nothing else.
"""

from collections.abc import Iterator

from firstkey.enrollment.case.slots import held_slots
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Partner
from firstkey.enrollment.case.words import Closure
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.policy.model import Purpose
from tests.model.bounds import Bound
from tests.model.coverage import Coverage
from tests.model.credentials import Credentials
from tests.model.environment import Environment, View
from tests.model.invariants import Violation
from tests.model.local import Answers, Core, Derived, Edge
from tests.model.quotient import Quotient

State = tuple[int, ...]
"""Index of each case's state, then of each account's credentials."""

UNUSED = Partner(closed=False, ready=True, completed=False, maker="nobody")
"""A partner that stands in nobody's way: beside it a case tells whether its own key has its whole ground."""


class System:
    """All that there is in a bound.

    Args:
        bound: its data.
        coverage: what was met so far.
    """

    def __init__(self, bound: Bound, coverage: Coverage) -> None:
        self.bound, self.coverage = bound, coverage
        self.environment = world = Environment(bound.dimensions)
        quotient = Quotient(bound.ticks, bound.in_force(), devices_alike=len(bound.cases) == 1)
        names = list(dict.fromkeys(case.account for case in bound.cases))
        self.account_of = [names.index(case.account) for case in bound.cases]
        self.views = [View(world, place, bound.constants(place)) for place in range(len(bound.cases))]
        self.cores = [
            Core(case, world, view, quotient, coverage, self.possible, bound.ticks)
            for case, view in zip(bound.cases, self.views, strict=True)
        ]
        self.accounts = [
            Credentials(
                name,
                world,
                self.views[self.account_of.index(number)],
                quotient,
                coverage,
                bound.first_holdings(name),
                bound.ticks,
            )
            for number, name in enumerate(names)
        ]
        self.serving = world.where("site", "serving")
        self.behind = world.full & ~self.serving
        self._first_epoch = world.where("epoch", "1")
        self._slots: dict[tuple[int, int], frozenset[tuple[str, str]]] = {}

    @property
    def first(self) -> State:
        """The state in which nothing has happened."""
        return (0,) * (len(self.cores) + len(self.accounts))

    def case(self, state: State, place: int) -> Case | None:
        """Return one case of a state, if it was ever opened."""
        case = self.cores[place].states[state[place]]
        return case if isinstance(case, Case) else None

    def canonical(self, state: State, bits: int) -> int:
        """Return the surroundings that stand for these: with no live pass to compare with, the epoch is the first.

        The epoch is only ever compared with that of a live pass, so that it may be counted from there.
        """
        if len(self.cores) > 1 or not bits & ~self._first_epoch or self._has_live_pass(state[0]):
            return bits
        return self.environment.moved(bits, "epoch", "1")

    def _has_live_pass(self, index: int) -> bool:
        case = self.cores[0].states[index]
        return isinstance(case, Case) and case.live_pass is not None

    def possible(self, case: Folded) -> int:
        """Return the surroundings in which a case can be, as `canonical` has them."""
        if len(self.bound.cases) > 1 or (isinstance(case, Case) and case.live_pass is not None):
            return self.environment.full
        return self._first_epoch

    def place_of_account(self, place: int) -> int:
        """Return where in a state the credentials of a case's account stand."""
        return len(self.cores) + self.account_of[place]

    def partner_of(self, place: int) -> int | None:
        """Return the other case of the same account, if there is one."""
        others = (n for n, account in enumerate(self.account_of) if n != place and account == self.account_of[place])
        return next(others, None)

    def derived(self, state: State, place: int, tick: int) -> list[tuple[int, Derived]]:
        """Return what a case sees of the others: in which surroundings, which fields."""
        credentials = self.accounts[self.account_of[place]]
        index = state[self.place_of_account(place)]
        fields: Derived = {"keys": credentials.keys(index), "vouching": credentials.vouching(index)}
        other = self.partner_of(place)
        if other is None:
            return [(-1, fields)]
        beside = self.case(state, other)
        fields["live_pass_elsewhere"] = beside is not None and beside.live_pass is not None
        fields["native_elsewhere"] = beside is not None and beside.native_standing
        if self.bound.cases[place].purpose is not Purpose.BREAK_GLASS:
            return [(-1, fields)]
        return [(mask, {**fields, "partner": partner}) for mask, partner in self._partner(state, other, tick)]

    def _partner(self, state: State, other: int, tick: int) -> Iterator[tuple[int, Partner | None]]:
        """Yield how the other case of a break-glass account stands: ready is pending on its whole ground."""
        case = self.case(state, other)
        if case is None:
            yield -1, None
            return
        credential = case.credential
        completed = case.closed is Closure.COMPLETED
        partner = Partner(
            closed=case.closed is not None,
            ready=False,
            completed=completed,
            maker=None if credential is None else credential.made.maker,
        )
        ready = 0
        if credential is not None and case.closed is None:
            alone = self.cores[other].at(state[other], tick, self._beside_nobody(state, other))
            for edge in alone.taken:
                ready |= edge.mask if edge.completes else 0
        if ready:
            yield ready, Partner(closed=False, ready=True, completed=False, maker=partner.maker)
        yield ~ready, partner

    def _beside_nobody(self, state: State, place: int) -> Derived:
        credentials, index = self.accounts[self.account_of[place]], state[self.place_of_account(place)]
        return {
            "keys": credentials.keys(index),
            "vouching": credentials.vouching(index),
            "live_pass_elsewhere": False,
            "native_elsewhere": False,
            "partner": UNUSED,
        }

    def answers(self, state: State, place: int, tick: int) -> Iterator[tuple[int, Answers]]:
        """Yield what a case's commands lead to, and in which surroundings."""
        for mask, derived in self.derived(state, place, tick):
            yield mask, self.cores[place].at(state[place], tick, derived)

    def slots(self, place: int, index: int) -> frozenset[tuple[str, str]]:
        """Return what a case holds of what must be unique."""
        key = (place, index)
        if key not in self._slots:
            self._slots[key] = held_slots(self.cores[place].states[index])
        return self._slots[key]

    def is_taken(self, state: State, place: int, edge: Edge) -> bool:
        """Whether the append is void because a slot is taken: by another case, or spent for ever."""
        if edge.spent:
            return True
        if not edge.takes or len(self.cores) == 1:
            return False
        others = (n for n in range(len(self.cores)) if n != place)
        return any(edge.takes & self.slots(other, state[other]) for other in others)

    def broken(self, state: State) -> Violation | None:
        """Return what a state of several cases breaks: one live pass and one native pass an account (invariant 3)."""
        for number in range(len(self.accounts)):
            cases = [self.case(state, place) for place, of in enumerate(self.account_of) if of == number]
            if sum(case is not None and case.live_pass is not None for case in cases) > 1:
                return Violation("3", "an account has two live passes")
            if sum(case is not None and case.native_standing for case in cases) > 1:
                return Violation("3", "an account has two native passes")
        return None
