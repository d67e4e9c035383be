"""What a stage decides with, and what it answers."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from firstkey.enrollment.case.ending import earliest
from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.limits import (
    CEREMONIES_MAX,
    LOAN_LIFETIME_MS_MAX,
    PASS_LIFETIME_MS_MAX,
    TRIES_MAX,
    WINDOW_MS_MAX,
)
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.policy.model import Purpose, Requirements, Ruling
from firstkey.policy.strictness import stricter
from firstkey.values.errors import Refused


class Command(msgspec.Struct, frozen=True):
    """Something asked for. Every command is a subclass in its stage."""


class Scene(msgspec.Struct, frozen=True):
    """A case in the moment of a decision.

    Attributes:
        required: the stricter, term by term, of what the case pinned and what the policy asks now, within the limits.
    """

    case: Case
    around: Surroundings
    ruling: Ruling
    now: int
    required: Requirements

    def with_case(self, case: Case) -> "Scene":
        """Return the scene after a fact."""
        return msgspec.structs.replace(self, case=case)


class Step(msgspec.Struct, frozen=True):
    """What a stage answers.

    Attributes:
        facts: what has happened, in order.
        refusal: set when the facts record a no (a wrong code, a refused ceremony): durable first, then told.
        not_after: the append is void when the store's clock has passed this instant.
    """

    facts: tuple[Fact, ...]
    refusal: R | None = None
    not_after: int | None = None


@lru_cache(maxsize=1024)  # a site has few requirements, and every decision asks
def _in_force(pinned: Requirements, current: Requirements | None, purpose: Purpose) -> Requirements:
    """Join pinned and current requirements, and hold them to what is compiled, whoever wrote them."""
    required = pinned if current is None else stricter(pinned, current)
    lifetime = required.credential_lifetime_ms
    return msgspec.structs.replace(
        required,
        pass_lifetime_ms=min(required.pass_lifetime_ms, PASS_LIFETIME_MS_MAX),
        window_ms=min(required.window_ms, WINDOW_MS_MAX),
        ceremonies=min(required.ceremonies, CEREMONIES_MAX),
        tries=min(required.tries, TRIES_MAX),
        credential_lifetime_ms=earliest(lifetime, LOAN_LIFETIME_MS_MAX if purpose is Purpose.EMERGENCY else None),
    )


def scene_of(case: Case, around: Surroundings, ruling: Ruling, now: int) -> Scene:
    """Set the scene: join what was pinned with what holds now."""
    required = _in_force(case.requirements, ruling.requirements, case.purpose)
    return Scene(case=case, around=around, ruling=ruling, now=now, required=required)


Rules = Mapping[type["Command"], Callable[["Scene", Any], "Step"]]
"""A stage's commands and the rule of each."""

Folds = Mapping[type[Fact], Callable[[Any, Any], Any]]
"""A stage's facts and how each changes a case."""

_Part = TypeVar("_Part")


def present(part: _Part | None, reason: R) -> _Part:
    """Return what must be there.

    Raises:
        Refused: it is not there.
    """
    if part is None:
        raise Refused(reason)
    return part


def require(holds: bool, reason: R, detail: str = "") -> None:
    """Refuse unless it holds: one guard, one line, one reason.

    Raises:
        Refused: it does not hold.
    """
    if not holds:
        raise Refused(reason, detail)
