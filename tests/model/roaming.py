"""What is free on a walk: paths and their terms, the world, the clock; and how a way is chosen from drawn numbers."""

from collections.abc import Sequence
from typing import Any, TypeVar

from firstkey.enrollment.approval import DenyApproval, WithdrawApproval
from firstkey.enrollment.case.surroundings import Account, Surroundings
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.claim import RefuseRival, ReleaseClaim, ReplaceClaim
from firstkey.enrollment.closure import ReportFraud, WithdrawCase
from firstkey.enrollment.issuance import RevokePass
from firstkey.enrollment.proofing import WithdrawProofing
from firstkey.enrollment.request import HoldCase, ReviseCase
from firstkey.policy.model import Ruling
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND
from tests.model import paths
from tests.model.environment import Dimension
from tests.model.people import DUTIES, eligible
from tests.model.world import (
    ASSET,
    CHECKPOINT,
    CLOCK,
    RIVALS,
    STATEMENTS,
    both_ways,
    standing,
    statement_of,
)

PATHS = (
    paths.MANAGED,
    paths.PRESENCE,
    paths.RELAYABLE,
    paths.SHIPPED,
    paths.ATTENDANCE,
    paths.EMERGENCY,
    paths.ADD_KEY,
    paths.REPLACEMENT,
    paths.RECOVERY,
    paths.HANDOVER,
    paths.HANDOVER_ATTENDED,
    paths.QUORUM,
    paths.REVISED,
)
TERMS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("quorum", (None, 1, 2, 3)),
    ("tries", (None, 1, 3, 5)),
    ("ceremonies", (None, 1, 3)),
    ("cooling_off_ms", (None, None, HOUR)),
    ("cosigned", (None, None, True)),
    ("window_ms", (None, None, MINUTE)),
)
"""What a path may ask for instead; None is what the path itself asks for."""

POLICIES = "stricter in quorum, stricter in level, stricter in terms, stricter in key, weaker, elsewhere, prohibits"
LEAPS = (SECOND, 20 * SECOND, MINUTE, MINUTE, 5 * MINUTE, 11 * MINUTE, HOUR, 25 * HOUR, 73 * HOUR, 31 * DAY)

AT_STAGE: dict[Stage, tuple[int, ...]] = {
    Stage.PROOFING: (1,),
    Stage.APPROVAL: (2,),
    Stage.CLAIM: (3,),
    Stage.ISSUANCE: (4,),
    Stage.DELIVERY: (4,),
    Stage.REDEMPTION: (4, 5),
    Stage.REGISTRATION: (6, 6, 7),
    Stage.ACTIVATION: (6, 3),
    Stage.HELD: (0,),
    Stage.CLOSED: (1, 2, 7, 8),
}
"""Which of the offering's stages carry a case on."""

SETBACKS = frozenset(
    {
        DenyApproval,
        HoldCase,
        ReleaseClaim,
        ReplaceClaim,
        ReportFraud,
        RefuseRival,
        ReviseCase,
        RevokePass,
        WithdrawApproval,
        WithdrawCase,
        WithdrawProofing,
    }
)
SETBACK_EVERY, FENCE_EVERY, AMISS_EVERY = 12, 32, 4
"""What throws a case back is asked for one time in so many, or no walk would go far; so a fence among sweeps, and
what is amiss: an authenticator's answer, a purpose that the account is not served by."""

_Any = TypeVar("_Any")


class Choices:
    """What is chosen on the way, from numbers that are drawn; when they are used up, the walk is over."""

    def __init__(self, numbers: bytes) -> None:
        self._numbers, self._at = numbers, 0

    @property
    def left(self) -> bool:
        """Whether there is another one."""
        return self._at + 1 < len(self._numbers)

    def number(self) -> int:
        """Return the next number, below 65,536; 0 when all are used up."""
        self._at += 2
        return int.from_bytes(self._numbers[self._at - 2 : self._at])

    def of(self, options: Sequence[_Any]) -> _Any:
        """Return one of the options."""
        return options[self.number() % len(options)]


def _world() -> tuple[Dimension, ...]:
    """Return what varies, beside the policy of each case and the epoch."""
    everybody = tuple(DUTIES)
    people: dict[str, dict[str, Any]] = {"all": {"eligible": eligible(*everybody)}}
    people |= {f"without {each}": {"eligible": eligible(*everybody, without=each)} for each in everybody}
    assertions: dict[str, dict[str, Any]] = {"verify": {"verified": STATEMENTS}}
    for each in everybody:
        theirs = {statement_of(word, each) for word in ("give_approval", "record_proofing")}
        assertions[f"{each}'s do not"] = {"verified": STATEMENTS - theirs}
    account = standing("stands", "left", "rehired", "risen")
    return (account, both_ways("people", people), both_ways("assertions", assertions), CHECKPOINT, CLOCK, ASSET, RIVALS)


def seen_of(values: dict[str, Any]) -> tuple[Surroundings, Ruling]:
    """Return surroundings and ruling with these values, by the names of `watch.FIELDS`."""

    def of(kind: type[Any], prefix: str = "") -> dict[str, Any]:
        return {name: values[prefix + name] for name in kind.__struct_fields__ if prefix + name in values}

    account = Account(**of(Account, "account."))
    return Surroundings(**of(Surroundings), account=account), Ruling(**of(Ruling, "ruling."))


WORLD = _world()
