"""A walk at random, far beyond the bounds: one account, case after case and two at a time, at any instant.

What the bounds hold fixed is free here: every path with other terms, all people, any one of them gone or any one's
assertions failing, an epoch that goes on rising, a clock that goes on by milliseconds or by weeks, keys that earlier
cases made. Nothing is taken for one and nothing is watched; the invariants are those of the explorer, after each step.
Left out is break-glass, whose two keys become active in one append.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.activation import (
    EndCredential,
    HoldingsCommand,
    RecallCredential,
    RestoreCredential,
    SuspendCredential,
    SweepHoldings,
    decide_holdings,
    replay_holding,
)
from firstkey.enrollment.case import facts as f
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.slots import held_slots
from firstkey.enrollment.case.state import Case, Holdings, stage_of
from firstkey.enrollment.case.surroundings import SignedAct, Surroundings, Vouching
from firstkey.enrollment.case.words import Cause
from firstkey.enrollment.issuance import IssuePass
from firstkey.enrollment.lifecycle.decide import Decision, decide
from firstkey.enrollment.lifecycle.replay import Folded, replay
from firstkey.policy.model import Purpose, Ruling
from firstkey.values.errors import Refused
from tests.model.commands import FENCE, SWEEP, Offer, Offering
from tests.model.coverage import folds_of
from tests.model.environment import Environment, View
from tests.model.flaws import amiss, flawed, uses_again
from tests.model.ground import Moment, ground, moments_of
from tests.model.invariants import Step, Violation, violations
from tests.model.paths import CaseBound
from tests.model.people import ADAM, ALMA, DUTIES
from tests.model.roaming import (
    AMISS_EVERY,
    AT_STAGE,
    FENCE_EVERY,
    LEAPS,
    PATHS,
    POLICIES,
    SETBACK_EVERY,
    SETBACKS,
    TERMS,
    WORLD,
    Choices,
    seen_of,
)
from tests.model.world import CONSTANTS, SPENT, START, policies, statement_of

CASES_MAX, OPEN_MAX = 6, 2
ASKED_AT_ONCE = 12

Decide = Callable[[Folded, Surroundings, Any, Ruling, int], Decision]


class Broken(AssertionError):
    """Something does not hold; the message says what, and the way there."""


class Going:
    """One case on the way: its bound, its fold, and the facts of its stream."""

    def __init__(self, bound: CaseBound) -> None:
        self.bound = bound
        self.offering = Offering(bound, devices_alike=False)
        self.case: Folded = None
        self.facts: list[Fact] = []

    @property
    def open(self) -> Case | None:
        """The case, when it is open."""
        return self.case if isinstance(self.case, Case) and self.case.closed is None else None


class Walk:
    """One walk.

    Args:
        choices: what is chosen on the way.
        decide: the core's, or one that is broken on purpose.

    Attributes:
        cases: all that were opened. holdings: the account's credentials. now: the clock, milliseconds. steps: so far.
    """

    def __init__(self, choices: Choices, decide: Decide = decide) -> None:
        self.choices, self.decide = choices, decide
        self.cases: list[Going] = []
        self.holdings = Holdings()
        self.now, self.epoch, self.steps = START, 1, 0
        self.trace: list[str] = []
        self._dimensions = {dimension.name: dimension for dimension in WORLD}
        self._so = {dimension.name: next(iter(dimension.values)) for dimension in WORLD}
        self._slots: dict[tuple[str, str], int] = {}
        others = (self._world, self._mends, self._clock, self._clock, self._open, self._account, self._sweep)
        self._happen = (*[self._command] * 7, *others)

    def run(self) -> None:
        """Walk until the choices are used up.

        Raises:
            Broken: an invariant does not hold.
        """
        self._open()
        while self.choices.left:
            self.choices.of(self._happen)()
            self.steps += 1
            self._hold()
        for going in self.cases:
            if replay(going.facts) != going.case:
                raise self._broken(Violation("6", "the stream's fold is another case"))

    # What may happen

    def _open(self) -> None:
        if len(self.cases) >= CASES_MAX or sum(going.open is not None for going in self.cases) >= OPEN_MAX:
            return
        number, holds = len(self.cases) + 1, bool(self.holdings.held)
        served = [bound for bound in PATHS if (bound.purpose is Purpose.FIRST_KEY) != holds]
        bound = self.choices.of(served if self.choices.number() % AMISS_EVERY else PATHS)
        terms = {name: value for name, values in TERMS if (value := self.choices.of(values)) is not None}
        keys = tuple(held.credential for held in self.holdings.held)
        made = tuple((name, replace(each, **self._named(each, number))) for name, each in bound.made)
        bound = replace(
            bound,
            requirements=replace(bound.requirements, **terms),
            case=f"case {number}",
            people=tuple(DUTIES),
            lost=tuple((key, cause) for key in keys[:2] for cause in (Cause.LOST, Cause.STOLEN)) if bound.lost else (),
            made=made,
            own_keys=(*keys, "unknown"),
            devices=(f"device {number}", f"rival {number}"),
            passes=3,
            revisions=99,
        )
        if bound.purpose not in (Purpose.REPLACEMENT, Purpose.RECOVERY) or not bound.lost:
            bound = replace(bound, lost=((None, None),))
        going = Going(bound)
        self.cases.append(going)
        self._dimensions[bound.case] = policies(bound.requirements, *POLICIES.split(", "))
        self._so[bound.case] = "as pinned"
        if not self._ask_some(going, list(going.offering.openings())) or not isinstance(going.case, Case):
            self.cases.remove(going)
            del self._so[bound.case]

    def _named(self, made: Any, number: int) -> dict[str, Any]:
        return {name: f"{getattr(made, name)} {number}" for name in ("credential", "public_key_digest")}

    def _command(self) -> None:
        under_way = [going for going in self.cases if going.open is not None]
        if not under_way:
            self._open()
            return
        going = self.choices.of(under_way) if self.choices.number() % 8 else self.choices.of(self.cases)
        case = going.case
        assert isinstance(case, Case)  # what was refused at once is not kept
        stages, straight = going.offering.stages, AT_STAGE.get(stage_of(case), ())
        chosen = self.choices.of(straight) if straight and self.choices.number() % 3 else self.choices.of(range(9))
        offers = [self._fresh(offer) for offer in going.offering.at(stages[chosen], case, self.now)]
        if self.choices.number() % SETBACK_EVERY:
            offers = [offer for offer in offers if type(offer.command) not in SETBACKS]
        if self.choices.number() % AMISS_EVERY == 0:
            offers += [twin for offer in offers for twin in amiss(offer)]
        self._ask_some(going, offers)

    def _fresh(self, offer: Offer) -> Offer:
        """Give a new pass a name of its own: one that a raised epoch killed is not counted, so numbers come again."""
        if isinstance(offer.command, IssuePass):
            return offer._replace(command=IssuePass(pass_id=f"pass of step {self.steps}"))
        return offer

    def _sweep(self) -> None:
        fence = self.choices.number() % FENCE_EVERY == FENCE_EVERY - 1
        if fence:
            self.epoch += 1
            self._note("the site is fenced")
        for going in self.cases:
            if going.open is not None:
                if not (fence and self._ask(going, FENCE)):
                    self._ask(going, SWEEP)
                if fence and going.open is not None:
                    raise self._broken(Violation("8", "a fence leaves a case open"))

    def _world(self) -> None:
        names = [*self._so, "epoch"]
        name = self.choices.of(names)
        if name == "epoch":
            self.epoch += 1
            self._note(f"epoch {self.epoch}")
            return
        moves = [after for before, after in self._dimensions[name].moves if before == self._so[name]]
        if moves:
            self._so[name] = self.choices.of(moves)
            self._note(f"{name}: {self._so[name]}")

    def _mends(self) -> None:
        """Let everything be again as it was at the beginning, where it can be; a checkpoint comes, too."""
        for name, value in self._so.items():
            dimension = self._dimensions[name]
            first = next(iter(dimension.values))
            if (value, first) in dimension.moves:
                self._so[name] = first
        self._so["checkpoint"] = "cosigned"
        self._note("the world mends")

    def _clock(self) -> None:
        leap = LEAPS[self.choices.number() % self.choices.of((4, 6, len(LEAPS)))]
        self.now += leap + self.choices.of((-1, 0, 1, 999))
        self._note(f"{self.now - START} ms after the start")

    def _account(self) -> None:
        key = self.choices.of((*(held.credential for held in self.holdings.held), "unknown"))
        restore = tuple(
            SignedAct(
                act="restore_credential",
                case="account",
                revision=0,
                person=person,
                statement=statement_of("restore_credential", person),
                made_at=self.now,
                names=(key,),
            )
            for person in (ADAM, ALMA)
        )
        commands: tuple[HoldingsCommand, ...] = (
            SweepHoldings(),
            RestoreCredential(key, restore),
            SuspendCredential(key, Cause.NOT_ME),
            RestoreCredential(key, restore),
            SweepHoldings(),
            EndCredential(key, Cause.RETURNED),
            RecallCredential(key, Cause.REQUESTED),
        )
        command = self.choices.of(commands)
        try:
            self._follow(command)
        except Refused:
            return
        self._note(f"{type(command).__name__} {key}")

    # Asking

    def _around(self, going: Going) -> dict[str, Any]:
        """Return every field of a case's surroundings."""
        others = [other.case for other in self.cases if other is not going and isinstance(other.case, Case)]
        values = {
            **CONSTANTS,
            "account.account": going.bound.account,
            "account.person": going.bound.person,
            "handover": going.bound.handover,
        }
        for name in (*(dimension.name for dimension in WORLD), going.bound.case):
            values |= self._dimensions[name].values[self._so[name]]
        held = self.holdings.held
        values |= {
            "epoch": self.epoch,
            "keys": frozenset(each.credential for each in held),
            "vouching": frozenset(
                Vouching(each.credential, each.tier, each.ends_at) for each in held if each.may_vouch
            ),
            "live_pass_elsewhere": any(other.live_pass is not None for other in others),
            "native_elsewhere": any(other.native_standing for other in others),
        }
        return values

    def _ask_some(self, going: Going, offers: list[Offer]) -> bool:
        """Ask one after the other, from any of them on, until one is taken; return whether one was."""
        start = self.choices.number() if offers else 0
        return any(
            self._ask(going, offers[(start + number) % len(offers)])
            for number in range(min(ASKED_AT_ONCE, len(offers)))
        )

    def _ask(self, going: Going, offer: Offer) -> bool:
        values = self._around(going)
        around, ruling = seen_of(values)
        try:
            decision = self.decide(going.case, around, offer.command, ruling, self.now)
        except Refused:
            return False
        if not decision.facts or not self._append_stands(going, decision):
            return False
        self._note(f"{going.bound.case}: {offer.label}")
        self._ask_twin(going, offer, around, ruling)
        self._check(going, offer, decision, around, ruling, values)
        going.case = decision.case
        going.facts += decision.facts
        self._so["checkpoint"] = "no"
        for command in decision.account:
            try:
                self._follow(command)
            except Refused as refusal:
                raise self._broken(Violation("account", f"{refusal.reason} blocks it")) from refusal
        return True

    def _append_stands(self, going: Going, decision: Decision) -> bool:
        """Take and free the slots, unless one is taken. Statements are fresh each time, but for one that is spent."""
        number = self.cases.index(going)
        unique = [slot for slot in decision.takes if slot[0] not in ("statement", "start_code")]
        if any(key.startswith(SPENT) for _, key in decision.takes):
            return False
        if any(self._slots.get(slot, number) != number for slot in unique):
            return False
        self._slots |= dict.fromkeys(unique, number)
        for slot in decision.frees:
            self._slots.pop(slot, None)
        return True

    def _ask_twin(self, going: Going, offer: Offer, around: Surroundings, ruling: Ruling) -> None:
        """Ask a flawed twin of what was just taken: it may not be."""
        twins = list(flawed(offer))
        if not twins:
            return
        twin = self.choices.of(twins)
        try:
            decision = self.decide(going.case, around, twin.command, ruling, self.now)
        except Refused:
            return
        if not uses_again(decision):
            raise self._broken(Violation("acts", f"{twin.label} is taken"))

    def _follow(self, command: HoldingsCommand) -> None:
        values = self._around(self.cases[0]) if self.cases else CONSTANTS
        around, _ = seen_of(values)
        for fact in decide_holdings(self.holdings, around, command, self.now):
            self.holdings = replay_holding(self.holdings, fact)

    # What must hold

    def _check(
        self,
        going: Going,
        offer: Offer,
        decision: Decision,
        around: Surroundings,
        ruling: Ruling,
        values: dict[str, Any],
    ) -> None:
        before, after = going.case, decision.case
        folds = folds_of(before, decision.facts)
        if not isinstance(after, Case):
            return
        step = Step(
            before=before if isinstance(before, Case) else None,
            after=after,
            facts=decision.facts,
            folds=folds,
            command=offer.command,
            around=around,
            ruling=ruling,
            now=self.now,
        )
        for violation in violations(step):
            raise self._broken(violation)
        view = View(Environment(()), 0, values)
        for case, fact in zip((before, *folds), decision.facts, strict=False):
            for moment in moments_of(fact):
                assert isinstance(case, Case)  # nothing that takes ground opens a case
                if not ground(case, self.now, view, moment):
                    raise self._broken(Violation("2", f"{fact.kind} without its ground"))

    def _hold(self) -> None:
        """Check what must hold whenever it is looked at: no pass is usable without its ground, one lives at most."""
        cases = [going.case for going in self.cases if isinstance(going.case, Case)]
        if sum(case.live_pass is not None for case in cases) > 1 or sum(case.native_standing for case in cases) > 1:
            raise self._broken(Violation("3", "an account has two live passes"))
        held = [slot for case in cases for slot in held_slots(case)]
        if len(held) != len(set(held)):
            raise self._broken(Violation("3", "two cases hold what must be unique"))
        for going in self.cases:
            if isinstance(going.case, Case) and going.case.live_pass is not None:
                self._no_use_without_ground(going, going.case)

    def _no_use_without_ground(self, going: Going, case: Case) -> None:
        values = self._around(going)
        around, ruling = seen_of(values)
        try:
            decision = self.decide(case, around, going.offering.redemption(case).command, ruling, self.now)
        except Refused:
            return
        usable = any(isinstance(fact, f.PassRedeemed) for fact in decision.facts)
        if usable and not ground(case, self.now, View(Environment(()), 0, values), Moment.REDEEM):
            raise self._broken(Violation("2", "a pass is usable and its ground is gone"))

    def _note(self, what: str) -> None:
        self.trace.append(what)

    def _broken(self, violation: Violation) -> Broken:
        way = "\n".join(f"    {step}" for step in self.trace)
        return Broken(f"invariant {violation.invariant}: {violation.how}\n{way}")
