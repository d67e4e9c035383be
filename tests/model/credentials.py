"""An account's credentials, asked once for each distinct local input, as `local` does for cases."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from firstkey.enrollment.activation import (
    EndCredential,
    HoldCredential,
    HoldingsCommand,
    RecallCredential,
    RestoreCredential,
    SuspendCredential,
    SweepHoldings,
    decide_holdings,
    replay_holding,
)
from firstkey.enrollment.case.facts import CredentialHeld
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Holdings
from firstkey.enrollment.case.surroundings import SignedAct, Vouching
from firstkey.enrollment.case.words import Cause
from firstkey.policy.model import Purpose, Tier
from firstkey.values.errors import Refused
from tests.model.coverage import Coverage, Item, holding_cell
from tests.model.environment import Environment, View
from tests.model.people import ADAM, ALMA, CORA, JOINER
from tests.model.quotient import Quotient
from tests.model.watch import READ
from tests.model.world import UNVERIFIED, statement_of


class Turn:
    """Where a command on an account's credentials leads, in which surroundings."""

    __slots__ = ("label", "mask", "news", "target")

    def __init__(self, label: str, target: int) -> None:
        self.label = label
        self.mask = 0
        self.target = target
        self.news: tuple[Item, ...] = ()


class Turns(NamedTuple):
    """What can become of an account's credentials at one tick, and the refusals met on the way."""

    taken: tuple[Turn, ...]
    refused: dict[R, int]


class Credentials:
    """An account's credentials, all their states and what leads from each to which.

    Args:
        account: whose.
        environment: all surroundings; `view` is how the account's case sees them.
        quotient: which end dates are one.
        coverage: what was met so far.
        first: what the account holds at the beginning.
        ticks: the instants of the clock.
    """

    def __init__(
        self,
        account: str,
        environment: Environment,
        view: View,
        quotient: Quotient,
        coverage: Coverage,
        first: Holdings,
        ticks: tuple[int, ...],
    ) -> None:
        self.states: list[Holdings] = []
        self.runs = 0
        self._account, self._environment, self._view, self._ticks = account, environment, view, ticks
        self._quotient, self._coverage = quotient, coverage
        self._ids: dict[Holdings, int] = {}
        self._turns: dict[tuple[int, int], Turns] = {}
        self._followed: dict[tuple[int, tuple[HoldingsCommand, ...]], tuple[int, tuple[Item, ...]] | None] = {}
        self.intern(first)

    def intern(self, holdings: Holdings) -> int:
        """Return the index of the holdings."""
        holdings = self._quotient.holdings(holdings)
        index = self._ids.get(holdings)
        if index is None:
            index = self._ids[holdings] = len(self.states)
            self.states.append(holdings)
        return index

    def keys(self, index: int) -> frozenset[str]:
        """Return the ids of the credentials held, as surroundings tell them."""
        return frozenset(held.credential for held in self.states[index].held)

    def vouching(self, index: int) -> frozenset[Vouching]:
        """Return those that may authorise another, as surroundings tell them."""
        held = self.states[index].held
        return frozenset(Vouching(each.credential, each.tier, each.ends_at) for each in held if each.may_vouch)

    def follow(self, index: int, commands: tuple[HoldingsCommand, ...]) -> tuple[int, tuple[Item, ...]] | None:
        """Return where commands lead that a case's decision sends along, or None when one is refused."""
        key = (index, commands)
        if key not in self._followed:
            self._followed[key] = self._follow(index, commands)
        return self._followed[key]

    def _follow(self, index: int, commands: tuple[HoldingsCommand, ...]) -> tuple[int, tuple[Item, ...]] | None:
        holdings, items = self.states[index], list[Item]()
        around, _ = self._view.seen_at(0, {})
        for command in commands:
            try:
                facts = decide_holdings(holdings, around, command, self._ticks[0])
            except Refused:
                return None
            items.append(type(command).__name__)
            holdings = self._fold(holdings, facts, items)
        return self.intern(holdings), tuple(items)

    def _fold(self, holdings: Holdings, facts: tuple[Any, ...], items: list[Item]) -> Holdings:
        for fact in facts:
            before = holdings.find(fact.credential)
            holdings = replay_holding(holdings, fact)
            items.append(holding_cell(before, holdings.find(fact.credential), fact))
        return holdings

    def at(self, index: int, tick: int) -> Turns:
        """Return what every command leads to."""
        key = (index, tick)
        if key not in self._turns:
            self._turns[key] = self._ask_all(index, tick)
        return self._turns[key]

    def _ask_all(self, index: int, tick: int) -> Turns:
        turns: dict[int, Turn] = {}
        refused: dict[R, int] = {}
        for command in self._commands(index, self._ticks[tick]):
            pending = self._environment.full
            while pending:
                bit = (pending & -pending).bit_length() - 1
                around, _ = self._view.seen_at(bit, {})
                READ.clear()
                self.runs += 1
                facts, reason = self._decide(index, around, command, self._ticks[tick])
                mask = self._view.alike(bit, frozenset(READ)) & pending
                pending &= ~mask
                if reason is not None and reason not in self._coverage.met:
                    refused[reason] = refused.get(reason, 0) | mask
                items: list[Item] = [type(command).__name__] if reason is None else []
                target = self.intern(self._fold(self.states[index], facts, items))
                news = self._coverage.news(tuple(items))
                if target == index and not news:
                    continue
                turn = turns.setdefault(target, Turn(type(command).__name__, target))
                turn.mask |= mask
                turn.news = (*turn.news, *news)
        return Turns(tuple(turns.values()), refused)

    def _decide(self, index: int, around: Any, command: HoldingsCommand, now: int) -> tuple[tuple[Any, ...], R | None]:
        try:
            return decide_holdings(self.states[index], around, command, now), None
        except Refused as refusal:
            return (), refusal.reason  # type: ignore[return-value]  # the core refuses by R alone

    def _commands(self, index: int, now: int) -> Iterator[HoldingsCommand]:
        yield SweepHoldings()
        for credential in (*sorted(self.keys(index)), "unknown"):
            yield SuspendCredential(credential, Cause.NOT_ME)
            yield RecallCredential(credential, Cause.REQUESTED)
            yield EndCredential(credential, Cause.RETURNED)
            for pair in ((ADAM, ALMA), (ADAM, ADAM), (ADAM,), (ADAM, JOINER), (ADAM, CORA)):
                yield RestoreCredential(credential, tuple(self._act(person, credential, now) for person in pair))
            yield RestoreCredential(
                credential, (self._act(ADAM, credential, now), self._act(ALMA, credential, now, statement=UNVERIFIED))
            )
            held = CredentialHeld(
                at=now,
                credential=credential,
                case="another case",
                purpose=Purpose.ADD_KEY,
                tier=Tier.STANDARD,
                ends_at=None,
                relayable=False,
                requirements=None,
            )
            if credential != "unknown":
                yield HoldCredential(held)

    def _act(self, person: str, credential: str, now: int, statement: str | None = None) -> SignedAct:
        return SignedAct(
            act="restore_credential",
            case=self._account,
            revision=0,
            person=person,
            statement=statement or statement_of("restore_credential", person),
            made_at=now,
            names=(credential,),
        )
