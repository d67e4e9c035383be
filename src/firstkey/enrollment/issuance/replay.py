"""How the issuance stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import Fact, PassIssued
from firstkey.enrollment.case.state import Case, Pass
from firstkey.enrollment.case.words import PassState


def issued(case: Case, fact: PassIssued) -> Case:
    """A pass exists."""
    pass_ = Pass(
        pass_id=fact.pass_id, number=fact.number, state=PassState.ISSUED, channel=fact.channel, epoch=fact.epoch
    )
    first = fact.at if case.first_pass_at is None else case.first_pass_at
    return replace(case, pass_=pass_, passes_issued=fact.number, first_pass_at=first)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {PassIssued: issued}
