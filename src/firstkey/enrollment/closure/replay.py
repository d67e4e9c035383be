"""How the closure stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import CaseClosed, Fact, ReviewRecorded
from firstkey.enrollment.case.state import Case


def closed(case: Case, fact: CaseClosed) -> Case:
    """It is over, and nothing of it is open."""
    return replace(case, closed=fact.reason, window=None)


def reviewed(case: Case, _: ReviewRecorded) -> Case:
    """Somebody has looked."""
    return replace(case, reviewed=True)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {CaseClosed: closed, ReviewRecorded: reviewed}
