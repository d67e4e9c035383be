"""Who may play which part: one function, through every entry point, over persons and the whole case.

Every person whom an act speaks for counts, delegate and delegator alike, and every duty ever held in the case counts,
whatever roles its holder has now. The joiner holds none but requester.
"""

from firstkey.enrollment.case.limits import ACT_AGE_MS_MAX, PEOPLE_WHERE_TWO_SIGN
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.scene import Scene, require
from firstkey.enrollment.case.surroundings import By, SignedAct, Surroundings
from firstkey.enrollment.case.words import Closure
from firstkey.policy.floors import COMPILED_DISTINCT
from firstkey.policy.model import Duty, Requirements

ADMINISTRATOR = "administrator"
"""The duty to change people, duties, policy, keys and clock: an eligibility word beside the duties of a case."""
FOR_CAUSE = "for_cause"
"""What a withdrawal names that says: it never should have been given."""


def kept_apart(one: Duty, other: Duty, required: Requirements) -> bool:
    """Whether one person may not hold both duties in one case."""
    pairs = COMPILED_DISTINCT | required.distinct
    return (one, other) in pairs or (other, one) in pairs


def check_separation(scene: Scene, duty: Duty, persons: frozenset[str]) -> None:
    """Refuse persons whom another duty in this case, or being the joiner, keeps from this one.

    Raises:
        Refused: JoinerHoldsNoDuty, DutiesConflict.
    """
    case = scene.case
    require(case.person not in persons or duty is Duty.REQUESTER, R.JoinerHoldsNoDuty)
    for held, person in case.duties:
        require(person not in persons or not kept_apart(duty, held, scene.required), R.DutiesConflict, held.value)


def check_act_on(
    around: Surroundings, now: int, act: SignedAct, *, word: str, subject: tuple[str, int], names: tuple[str, ...]
) -> None:
    """Refuse an act that is not exactly this one: its word, subject (a case or an account, and its revision), names and
    age, and its assertion verified again for this decision.

    Raises:
        Refused: ActNotForThis, ActNotFresh, AssertionUnverified.
    """
    require((act.act, act.case, act.revision, act.names) == (word, *subject, names), R.ActNotForThis)
    require(0 <= now - act.made_at <= ACT_AGE_MS_MAX, R.ActNotFresh)
    require(act.statement in around.verified, R.AssertionUnverified)


def check_act(scene: Scene, act: SignedAct, word: str, *names: str) -> None:
    """Refuse an act that is not exactly this one on the scene's case."""
    subject = (scene.case.case, scene.case.revision)
    check_act_on(scene.around, scene.now, act, word=word, subject=subject, names=names)


def check_eligible(around: Surroundings, act: SignedAct, *words: str) -> None:
    """Refuse unless every person whom the act speaks for holds one of the words (duties or approver rules) now.

    Raises:
        Refused: NotEligible.
    """
    for person in act.persons:
        require(any((person, word) in around.eligible for word in words), R.NotEligible)


def check_two_people(acts: tuple[SignedAct, ...]) -> frozenset[str]:
    """Refuse unless two acts speak for people who have nobody in common; return all of them.

    Raises:
        Refused: PeopleTooFew.
    """
    persons = [person for act in acts for person in act.persons]
    require(len(acts) == PEOPLE_WHERE_TWO_SIGN and len(set(persons)) == len(persons), R.PeopleTooFew)
    return frozenset(persons)


def check_uninvolved(scene: Scene, persons: frozenset[str]) -> None:
    """Refuse people who ever held a duty in the case, and the joiner.

    Raises:
        Refused: DutiesConflict, JoinerHoldsNoDuty.
    """
    require(not persons.intersection(person for _, person in scene.case.duties), R.DutiesConflict)
    require(scene.case.person not in persons, R.JoinerHoldsNoDuty)


def check_two_uninvolved(scene: Scene, acts: tuple[SignedAct, ...], word: str, *names: str) -> None:
    """The whole check of what two administrators without a part in the case sign together."""
    persons = check_two_people(acts)
    for act in acts:
        check_act(scene, act, word, *names)
        check_eligible(scene.around, act, ADMINISTRATOR)
    check_uninvolved(scene, persons)


def check_duty(scene: Scene, act: SignedAct, duty: Duty, word: str, *names: str) -> None:
    """The whole check of an act that fills a duty."""
    check_act(scene, act, word, *names)
    check_eligible(scene.around, act, duty.value)
    check_separation(scene, duty, act.persons)


def check_withdrawal(scene: Scene, act: SignedAct, word: str, *, for_cause: bool) -> None:
    """Refuse a withdrawal once the case is over, unless it completed and the consent never should have been given;
    whoever says so has signed that, too.

    Raises:
        Refused: CaseOver, or as `check_act`.
    """
    closed = scene.case.closed
    require(closed is None or (closed is Closure.COMPLETED and for_cause), R.CaseOver)
    check_act(scene, act, word, *((FOR_CAUSE,) if for_cause else ()))


def with_duty(
    duties: frozenset[tuple[Duty, str]], duty: Duty, by: By | tuple[By, ...] | None
) -> frozenset[tuple[Duty, str]]:
    """Return the duties ever held, with those of the people who acted, and whom they acted for, added."""
    acted = by if isinstance(by, tuple) else () if by is None else (by,)
    return duties | {(duty, person) for each in acted for person in each.persons}
