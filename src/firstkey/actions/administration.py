"""What administrators sign about the site itself: the act must be exactly this one, by people who may, alone or by two.

The act's `names` say what it is about, in an order that each action prescribes; a page shows them before they are
signed. Nobody administers for another.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from firstkey.actions.acts import Evidence, SignedStatement, judge_signed, signed_act
from firstkey.actions.casework import Casework, run
from firstkey.actions.crew import may_serve
from firstkey.actions.people import find_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_state import SiteState
from firstkey.actions.site_stream import site_state
from firstkey.ceremonies.statements import ActVerdict
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.separation import ADMINISTRATOR
from firstkey.enrollment.case.surroundings import By
from firstkey.values.errors import Refused

Answer = TypeVar("Answer")

ADMINISTRATORS_MIN = 2
"""So many must stay: fewer could not let each other back in."""


class Judged(NamedTuple):
    """An act that its person signed, and how."""

    verdict: ActVerdict
    evidence: Evidence

    @property
    def by(self) -> By:
        """Who signed it."""
        return signed_act(self.verdict).by


async def judge_all(site: Site, caller: Operator, signed: tuple[SignedStatement, ...]) -> tuple[Judged, ...]:
    """Judge what people signed; the caller is one of them and brings the others'.

    Raises:
        Malformed: an assertion cannot be read.
        Refused: StatementUnknown, or what the ceremony finds.
    """
    if len(signed) == 1:
        return (Judged(*await judge_signed(site, signed[0], caller.person)),)
    judged = tuple([Judged(*await judge_signed(site, each, None)) for each in signed])
    if caller.person not in {each.verdict.person for each in judged}:
        raise Refused(ActionReason.StatementUnknown)
    return judged


def check_named(verdict: ActVerdict, act: str, names: tuple[str, ...]) -> None:
    """Refuse an act that is another one, or that is not about exactly this.

    Raises:
        Refused: ActNotForThis.
    """
    said = (verdict.act, verdict.case, verdict.names, verdict.digests, verdict.on_behalf_of)
    if said != (act, None, names, (), None):
        raise Refused(R.ActNotForThis)


def accept_from_administrators(
    casework: Casework, judged: tuple[Judged, ...], act: str, names: tuple[str, ...]
) -> tuple[By, ...]:
    """Accept an act of distinct administrators.

    Raises:
        Refused: NotEligible, ActNotForThis, PeopleTooFew, or as `Casework.accept`.
    """
    tx = casework.tx
    allowed = site_state(casework.site, tx).state.administrators(tx.now)
    for verdict, evidence in judged:
        if verdict.person not in allowed:
            raise Refused(R.NotEligible)
        check_named(verdict, act, names)
        casework.accept(verdict, evidence)
    if len({each.verdict.person for each in judged}) != len(judged):
        raise Refused(R.PeopleTooFew)
    return tuple(each.by for each in judged)


async def administer(
    site: Site,
    caller: Operator,
    signed: SignedStatement | tuple[SignedStatement, ...],
    act: str,
    names: tuple[str, ...],
    work: Callable[[Casework, tuple[By, ...]], Answer],
) -> Answer:
    """Carry out what administrators signed, all or nothing.

    Args:
        site: the site.
        caller: who brings it.
        signed: what they signed; all of them must be administrators, and distinct.
        act: the act's word.
        names: what it must name.
        work: what it does, with who signed.
    """
    judged = await judge_all(site, caller, signed if isinstance(signed, tuple) else (signed,))
    return await run(site, lambda casework: work(casework, accept_from_administrators(casework, judged, act, names)))


def check_administrators_stay(casework: Casework, state: SiteState) -> None:
    """Refuse a state of the site in which fewer than two people who are here administer it without an end.

    Raises:
        Refused: AdministratorsTooFew.
    """
    lasting = {person for person, duty in state.eligible if duty == ADMINISTRATOR}
    here = [person for person in lasting if may_serve(find_person(casework.tx, person), casework.tx.now)]
    if len(here) < ADMINISTRATORS_MIN:
        raise Refused(ActionReason.AdministratorsTooFew)
