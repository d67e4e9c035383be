"""The bounds that are explored to the end, as data: which cases, in which world, by which clock."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from firstkey.enrollment.case.limits import PASSES_MAX
from firstkey.enrollment.case.state import Held, Holdings
from firstkey.enrollment.case.words import CredentialState
from firstkey.policy.model import Purpose, Requirements, Tier
from tests.model import paths
from tests.model.environment import Dimension
from tests.model.paths import CaseBound
from tests.model.people import ARNO, CORA, JANE, JOAN, JOINER, MONA, PAUL, PEOPLE, RITA
from tests.model.world import (
    ASSERTIONS,
    ASSET,
    CHECKPOINT,
    CLOCK,
    CONSTANTS,
    ELSEWHERE,
    EPOCH,
    FEW_TICKS,
    FEWEST_TICKS,
    RIVALS,
    SITE,
    TICKS,
    policies,
    policies_of_two,
    present_people,
    standing,
)


class Bound(msgspec.Struct, frozen=True):
    """A bound as a whole.

    Attributes:
        name: what it is called.
        cases: those in it.
        dimensions: of its world.
        holdings: (account, what it holds at the beginning).
        changed: (field, value) of what is other than CONSTANTS for all cases.
        ticks: instants of its clock.
        keys_change: whether the accounts' credentials are suspended, restored, recalled and ended besides.
    """

    name: str
    cases: tuple[CaseBound, ...]
    dimensions: tuple[Dimension, ...]
    holdings: tuple[tuple[str, Holdings], ...] = ()
    changed: tuple[tuple[str, Any], ...] = ()
    ticks: tuple[int, ...] = TICKS
    keys_change: bool = True

    def constants(self, place: int) -> dict[str, Any]:
        """Return the fields of a case's surroundings that never vary."""
        case = self.cases[place]
        own = {
            "account.account": case.account,
            "account.person": case.person,
            "handover": case.handover,
            "ruling.requirements": case.requirements,
        }
        return {**CONSTANTS, **own, **dict(self.changed)}

    def first_holdings(self, account: str) -> Holdings:
        """Return what an account holds at the beginning."""
        return dict(self.holdings).get(account, Holdings())

    def in_force(self) -> tuple[Requirements, ...]:
        """Return all requirements that may be in force."""

        def ruled() -> Iterator[Requirements]:
            for dimension in self.dimensions:
                for fields in dimension.values.values():
                    yield from (v for field, v in fields.items() if field.endswith("requirements") and v is not None)

        return tuple(dict.fromkeys((*(case.requirements for case in self.cases), *ruled())))


def held(*credentials: str) -> Holdings:
    """Return active credentials of the ordinary kind."""
    return Holdings(
        tuple(
            Held(
                credential=each,
                case="an earlier case",
                purpose=Purpose.FIRST_KEY,
                tier=Tier.STANDARD,
                state=CredentialState.ACTIVE,
                ends_at=None,
                relayable=False,
                requirements=None,
            )
            for each in credentials
        )
    )


HAS_ASSET = (("asset", "asset"),)
WORLD = (standing("stands", "left", "rehired", "risen"), ASSERTIONS, EPOCH, CHECKPOINT, CLOCK, SITE)


def one_case(case: CaseBound, *more: Dimension, policy: str, keys: tuple[str, ...] = (), **changed: Any) -> Bound:
    """Return a bound of one case in the whole world.

    Args:
        case: the case.
        more: dimensions beside WORLD.
        policy: names of the policies that may come into force, separated by commas.
        keys: credentials that the account holds.
        changed: fields of the bound.
    """
    dimensions = (*WORLD, present_people(*case.people), policies(case.requirements, *policy.split(", ")), *more)
    bound = Bound(case.name, (case,), dimensions, ((case.account, held(*keys)),))
    return replace(bound, **changed)


ONE_CASE = (
    one_case(paths.MANAGED, ASSET, ELSEWHERE, RIVALS, policy="stricter in terms, elsewhere, prohibits"),
    one_case(paths.PRESENCE, policy="stricter in quorum, prohibits"),
    one_case(paths.RELAYABLE, policy="stricter in level, prohibits", changed=HAS_ASSET, ticks=FEW_TICKS),
    one_case(paths.SHIPPED, policy="stricter in level, prohibits", changed=HAS_ASSET, ticks=FEW_TICKS),
    one_case(paths.ATTENDANCE, policy="stricter in key, weaker, prohibits"),
    one_case(paths.EMERGENCY, policy="stricter in level, prohibits"),
    one_case(paths.ADD_KEY, policy="stricter in terms, prohibits", keys=("held",)),
    one_case(paths.REPLACEMENT, policy="prohibits", keys=("held", "lost"), ticks=FEW_TICKS),
    one_case(paths.RECOVERY, policy="prohibits", keys=("lost",), changed=HAS_ASSET, ticks=FEW_TICKS),
    one_case(paths.HANDOVER, ELSEWHERE, policy="prohibits", changed=HAS_ASSET, ticks=FEW_TICKS),
    one_case(paths.HANDOVER_ATTENDED, policy="prohibits", ticks=FEW_TICKS),
    one_case(paths.QUORUM, policy="weaker, prohibits", ticks=FEW_TICKS),
    one_case(paths.REVISED, policy="prohibits", changed=HAS_ASSET, ticks=FEWEST_TICKS),
    one_case(paths.NOWHERE, policy="prohibits", ticks=FEWEST_TICKS),
)


def _small(case: CaseBound, *dimensions: Dimension, **changed: Any) -> Bound:
    return replace(Bound(case.name, (case,), (standing("stands", "left"), *dimensions)), **changed)


def _openings(keys: int) -> Bound:
    """Return the bound in which a case is opened in all ways, of an account that holds some keys."""
    return _small(
        paths.OPENINGS,
        present_people(*PEOPLE, gone=RITA),
        policies(paths.PASS, "prohibits"),
        name=f"openings with {keys} keys",
        holdings=(("account", held(*(f"key {number}" for number in range(keys)))),),
        ticks=FEW_TICKS[:2],
        keys_change=keys < 3,
    )


BEGINNINGS = (
    _small(
        paths.EVIDENCE,
        present_people(*PEOPLE, MONA, gone=MONA),
        policies(paths.EVIDENCE.requirements, "stricter in terms"),
        ticks=FEW_TICKS,
    ),
    _small(paths.REVISIONS, present_people(*PEOPLE, gone=RITA), policies(paths.PASS, "prohibits")),
    *(_openings(keys) for keys in (0, 1, 2, 10)),
)


def two_cases(name: str, one: CaseBound, other: CaseBound, *dimensions: Dimension, **changed: Any) -> Bound:
    """Return a bound of two cases, by the coarser clock."""
    policy = policies_of_two(one.requirements, other.requirements)
    return replace(Bound(name, (one, other), (*dimensions, policy), ticks=FEW_TICKS), **changed)


_WORLD_OF_TWO = (standing("stands", "left", "rehired"), CHECKPOINT, EPOCH, CLOCK, SITE)
# What two cases go without: the detours (`paths.STRAIGHT`), which single cases take to the end. Break-glass also goes
# without the epoch, for it issues no pass. People shared go without the epoch, a doubtful clock, a re-hire and the
# middle tick, to be small enough: each is met by single cases, and none is about people.
_CUSTODY = present_people(JOINER, PAUL, ARNO, CORA, gone=ARNO)
ONE_ACCOUNT = (
    two_cases("re-hire", paths.FIRST, paths.AGAIN, *_WORLD_OF_TWO, changed=HAS_ASSET),
    two_cases("sibling", paths.FIRST, paths.LOAN, *_WORLD_OF_TWO, changed=HAS_ASSET),
    two_cases("recovery and spare", paths.LOST, paths.SPARE, *_WORLD_OF_TWO, holdings=(("account", held("held")),)),
    two_cases(
        "break-glass", *paths.CUSTODIANS, standing("stands", "left", "rehired"), CHECKPOINT, CLOCK, SITE, _CUSTODY
    ),
)
SHARED_PEOPLE = (
    two_cases(
        "people shared",
        paths.ONE_OF_TWO,
        paths.OTHER_OF_TWO,
        standing("stands", "left", case="0:"),
        standing("stands", "left", case="1:"),
        present_people(JOAN, JANE, RITA, MONA, ARNO, CORA, gone=ARNO),
        CHECKPOINT,
        SITE,
        changed=HAS_ASSET,
        ticks=FEWEST_TICKS,
    ),
)

NAMED = {
    "one case of every path": (*ONE_CASE, *BEGINNINGS),
    "two cases of one account": ONE_ACCOUNT,
    "two cases that share people": SHARED_PEOPLE,
}
"""The three named bounds, each as the bounds that it is made of."""

BOUNDS = {bound.name: bound for bounds in NAMED.values() for bound in bounds}

_LESS: dict[str, tuple[str, ...]] = {
    "managed device": ("policy", "checkpoint", "elsewhere", "epoch", "rivals", "account", "clock"),
    "own key": ("policy", "checkpoint", "site", "account", "clock"),
    "quorum of two": ("people", "checkpoint"),
    "revised by weaker evidence": ("people",),
    "break-glass": ("people", "checkpoint", "account"),
    "people shared": ("people", "checkpoint"),
    "sibling": ("checkpoint",),
    "recovery and spare": ("checkpoint",),
}
_LEAST = ("policy", "checkpoint", "site", "account")
_WITH_DETOURS = ("in person", "own key", "attended handover")
_OF_TWO = frozenset({"WithdrawApproval", "WithdrawProofing", "WithdrawCase", "RevokePass"})


def brief(bound: Bound) -> Bound:
    """Return the bound made small enough for a minute with all others.

    Of the world it has less, its clock is the coarsest, and of the larger paths it goes without the detours.
    """
    kept = _LESS.get(bound.name, _LEAST)
    dimensions = tuple(each for each in bound.dimensions if each.name.rpartition(":")[2] in kept)
    less: frozenset[str] = frozenset()
    if len(bound.cases) > 1:
        less = _OF_TWO
    elif bound.name == "emergency":
        less = frozenset({"RefuseRival", "ReplaceClaim"})
    elif bound.name not in _WITH_DETOURS:
        less = paths.STRAIGHT
    cases = tuple(
        replace(case, passes=1 if case.passes < PASSES_MAX else PASSES_MAX, without=case.without | less)
        for case in bound.cases
    )
    ticks = TICKS if bound.name == "managed device" else FEWEST_TICKS
    return replace(bound, dimensions=dimensions, cases=cases, ticks=ticks, changed=bound.changed or HAS_ASSET)


SHARE = {
    name: tuple(bound if bound in BEGINNINGS else brief(bound) for bound in bounds) for name, bounds in NAMED.items()
}
"""What `make test` explores of each named bound: to the end, too."""
