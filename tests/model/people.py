"""Who takes part, and what each may do: few people with more than one duty, so that each separation is tested."""

from firstkey.policy.model import ApproverRule, Duty

JOINER, JOAN, JANE = "joiner", "joan", "jane"
RITA, PAUL, ANNA, ARNO, CORA, MONA = "rita", "paul", "anna", "arno", "cora", "mona"
ADAM, ALMA, VERA = "adam", "alma", "vera"
ADMINISTRATOR, REVIEWER, MANAGER = "administrator", "security", ApproverRule.MANAGER.value
APPROVER = ApproverRule.APPROVER.value

DUTIES: dict[str, tuple[str, ...]] = {
    JOINER: (*(duty.value for duty in Duty), ADMINISTRATOR, REVIEWER, MANAGER),
    JOAN: (APPROVER,),
    JANE: (Duty.PROOFER.value,),
    RITA: (Duty.REQUESTER.value, APPROVER),
    PAUL: (Duty.PROOFER.value, APPROVER),
    ANNA: (APPROVER, Duty.CONFIRMER.value, Duty.DELIVERER.value),
    ARNO: (APPROVER,),
    CORA: (Duty.CONFIRMER.value, Duty.DELIVERER.value, Duty.RELEASER.value),
    MONA: (MANAGER, Duty.PROOFER.value),
    ADAM: (ADMINISTRATOR, Duty.RELEASER.value),
    ALMA: (ADMINISTRATOR,),
    VERA: (ADMINISTRATOR, REVIEWER),
}
"""Person -> words. The joiner is eligible for all, so that nothing but being the joiner stands in the way; of two
joiners one approves and one proofs, each for the other."""

PEOPLE = (JOINER, RITA, PAUL, ANNA, CORA, ADAM, ALMA, VERA)
"""Those who try everything, where a bound names no others."""


def eligible(*people: str, without: str | None = None) -> frozenset[tuple[str, str]]:
    """Return the (person, word) pairs of these people, but one who has left."""
    return frozenset((person, word) for person in people if person != without for word in DUTIES[person])


def holders_and_one_other(people: tuple[str, ...], *words: str) -> tuple[str, ...]:
    """Return everybody who holds one of the words, and one of those who hold none: those are alike to a command."""
    holders = tuple(person for person in people if set(words) & set(DUTIES[person]))
    return (*holders, *[person for person in people if person not in holders][:1])
