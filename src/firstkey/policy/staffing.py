"""Whether people can fill a path's duties without holding two that must be apart, exactly; and what a case takes.

By its own text a path can be impossible: one manager and one owner of the unit exist, however many approvers it wants.
By the people on record it can be `unstaffed`.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from firstkey.policy.floors import COMPILED_DISTINCT, Duties
from firstkey.policy.model import Anchor, ApproverRule, Bootstrap, Channel, Condition, Duty, Path, Requirements, Spread
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import DAY, HOUR

CASE_LIFETIME_MS_MAX = 30 * DAY
FIRST_PASS_AFTER_APPROVAL_MS_MAX = 72 * HOUR

SIGNED_BY_VENDOR = frozenset({ProofingMethod.VENDOR_CHECK, ProofingMethod.VENDOR_CHECK_INJECTION_RESISTANT})


class Person(Struct, frozen=True):
    """Somebody on record, never the joiner.

    Attributes:
        person: stable id.
        words: duties, and approver rules that hold between them and the joiner.
        unit, vendor: as a source of record has them; `None` is no unit, and the organisation itself.
    """

    person: str
    words: frozenset[str]
    unit: str | None = None
    vendor: str | None = None


class Slot(NamedTuple):
    """A part that somebody must play: the duty, the words of which they need one, and whether no vendor sends them."""

    duty: Duty
    words: frozenset[str]
    ours: bool = False


Cast = tuple[tuple[Duty, Person], ...]


def slots_of(required: Requirements, delegated: bool = False) -> tuple[Slot, ...]:
    """Return the parts that people must play. Only in delegation is the requester one; a vendor signs its check."""
    by_hand = required.bootstrap is Bootstrap.ATTENDED or required.anchors == {Anchor.PRESENCE}
    vouch = {ApproverRule.MANAGER.value} if ProofingMethod.LIVE_VOUCH in required.methods else set()
    proofers = vouch | ({Duty.PROOFER.value} if required.methods - {ProofingMethod.LIVE_VOUCH} else set())
    needed = (
        (Duty.REQUESTER, {Duty.REQUESTER.value}, int(delegated)),
        (Duty.PROOFER, proofers, int(bool(proofers) and not required.methods & SIGNED_BY_VENDOR)),
        (Duty.APPROVER, {rule.value for rule in required.approvers}, required.quorum),
        (Duty.CONFIRMER, {Duty.CONFIRMER.value}, int(by_hand)),
        (Duty.DELIVERER, {Duty.DELIVERER.value}, int(required.channel is Channel.IN_PERSON)),
    )
    slots = [Slot(duty, frozenset(words)) for duty, words, count in needed for _ in range(count)]
    first = next((place for place, slot in enumerate(slots) if slot.duty is Duty.APPROVER), None)
    if first is not None and Spread.NOT_VENDOR_ALONE in required.spread:
        slots[first] = slots[first]._replace(ours=True)
    return tuple(slots)


def meets_quorum(approvers: Iterable[tuple[str | None, str | None]], required: Requirements) -> bool:
    """Whether distinct people are a quorum.

    Args:
        approvers: unit and vendor of each person whose approval stands.
        required: how many, and what they must span.
    """
    people = list(approvers)
    units = {unit for unit, _ in people if unit is not None}
    count = len(units) if Spread.DIFFERENT_UNITS in required.spread else len(people)
    outside = Spread.NOT_VENDOR_ALONE not in required.spread or any(vendor is None for _, vendor in people)
    return count >= required.quorum and (outside or required.quorum == 0)


def _free(slot: Slot, person: Person, cast: Cast, apart: Duties) -> bool:
    """Whether a person holds nothing in the cast that this part must be apart from."""
    held = {duty for duty, other in cast if other == person}
    return slot.duty not in held and not any((min(duty, slot.duty), max(duty, slot.duty)) in apart for duty in held)


def _candidates(
    slot: Slot, people: tuple[Person, ...], cast: Cast, required: Requirements, most: int
) -> Iterator[Person]:
    """Yield who can play a part beside those cast: people cast already first, then of people alike only one."""
    apart = COMPILED_DISTINCT | required.distinct
    used = dict.fromkeys(person for _, person in cast)
    new = {(p.words, p.unit, p.vendor): p for p in people if p not in used}.values() if len(used) < most else ()
    one_unit_each = slot.duty is Duty.APPROVER and Spread.DIFFERENT_UNITS in required.spread
    units = {None, *(person.unit for duty, person in cast if duty is slot.duty)} if one_unit_each else set()
    for person in (*used, *new):
        spans = person.unit not in units and not (slot.ours and person.vendor is not None)
        if person.words & slot.words and spans and _free(slot, person, cast, apart):
            yield person


def fill(
    slots: tuple[Slot, ...], people: tuple[Person, ...], required: Requirements, most: int, cast: Cast = ()
) -> Cast | None:
    """Return a cast that fills all parts, or `None` when there is none.

    Args:
        slots: parts still to be filled.
        people: everybody who may play one.
        required: for what must be apart, and what the approvers must span.
        most: how many people may take part.
        cast: who plays already.
    """
    if not slots:
        return cast
    for person in _candidates(slots[0], people, cast, required, most):
        found = fill(slots[1:], people, required, most, (*cast, (slots[0].duty, person)))
        if found is not None:
            return found
    return None


def staffed(required: Requirements, people: tuple[Person, ...], requester: str | None = None) -> bool:
    """Whether people on record can carry a case.

    Args:
        required: what the case must meet.
        people: all on record who may act for this joiner, the joiner left out.
        requester: the person who opened the case, if a person did.
    """
    slots = slots_of(required)
    relevant = frozenset[str]().union(*(slot.words for slot in slots))
    people = tuple(replace(p, words=p.words & relevant, vendor=None if p.vendor is None else "any") for p in people)
    rarest_first = tuple(sorted(slots, key=lambda slot: sum(bool(person.words & slot.words) for person in people)))
    cast = tuple((Duty.REQUESTER, person) for person in people if person.person == requester)
    return fill(rarest_first, people, required, len(slots) + len(cast), cast) is not None


def _ideal(count: int) -> tuple[Person, ...]:
    """Return the most helpful people there could be: one manager, one owner of the unit, as many others as needed."""
    duties = {duty.value for duty in Duty}
    single = {ApproverRule.MANAGER, ApproverRule.UNIT_OWNER}
    others = duties | {rule.value for rule in set(ApproverRule) - single}
    alone = [Person(rule.value, frozenset(duties | {rule.value}), rule.value) for rule in single]
    return (*alone, *(Person(str(n), frozenset(others), str(n)) for n in range(count)))


class Effort(NamedTuple):
    """What a case on a path takes.

    Attributes:
        people: the fewest besides the joiner.
        signed_acts: by them; each is one passkey assertion.
        first_deadline_ms: from the first act to the first time limit that somebody can miss.
    """

    people: int
    signed_acts: int
    first_deadline_ms: int


def effort(path: Path, required: Requirements) -> Effort | None:
    """Return what a case on a path takes at best, or `None` when its own text makes it impossible to staff."""
    delegated = Condition("request", frozenset({"delegated"})) in path.when
    slots = slots_of(required, delegated)
    people = _ideal(len(slots))
    casts = (fill(slots, people, required, most) for most in range(len(slots) + 1))
    cast = next((cast for cast in casts if cast is not None), None)
    if cast is None:
        return None
    own_key = required.bootstrap is Bootstrap.OWN_KEY
    limits = [CASE_LIFETIME_MS_MAX] if own_key else [required.proofing_age_ms_max, FIRST_PASS_AFTER_APPROVAL_MS_MAX]
    limits += [path.staffing.answer_ms_max] if path.staffing else []
    return Effort(len({person for _, person in cast}), len(slots) - delegated, min(limits))
