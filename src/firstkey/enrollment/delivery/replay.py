"""How the delivery stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import Fact, PassArmed
from firstkey.enrollment.case.separation import with_duty
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.words import PassState
from firstkey.policy.model import Duty


def armed(case: Case, fact: PassArmed) -> Case:
    """The code exists, in its channel."""
    pass_ = replace(known(case.pass_), state=PassState.ARMED, ends_at=fact.ends_at)
    return replace(case, pass_=pass_, duties=with_duty(case.duties, Duty.DELIVERER, fact.deliverer, fact.delegator))


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {PassArmed: armed}
