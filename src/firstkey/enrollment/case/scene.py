"""What a stage decides with, and what it answers."""

from typing import TypeVar

import msgspec

from firstkey.enrollment.case.facts import Fact
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.policy.model import Requirements, Ruling
from firstkey.policy.strictness import stricter
from firstkey.values.errors import Refused


class Command(msgspec.Struct, frozen=True):
    """Something asked for. Every command is a subclass in its stage's `commands.py`."""


class Scene(msgspec.Struct, frozen=True):
    """A case in the moment of a decision.

    Attributes:
        required: the stricter, term by term, of what the case pinned and what the policy asks now.
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


def scene_of(case: Case, around: Surroundings, ruling: Ruling, now: int) -> Scene:
    """Set the scene: join what was pinned with what holds now."""
    current = ruling.requirements
    required = case.requirements if current is None else stricter(case.requirements, current)
    return Scene(case=case, around=around, ruling=ruling, now=now, required=required)


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
