"""What a decision may know of the rest of the world is a value like any other."""

from msgspec import Struct

from firstkey.enrollment.case import surroundings
from firstkey.enrollment.case.surroundings import Account, SignedAct, Surroundings
from tests.core.enrollment.world import World


def act(person: str, delegator: str | None) -> SignedAct:
    """Return an act of one person, for another or nobody."""
    return SignedAct("word", "case-1", 1, person, "statement-1", 0, delegator=delegator)


def test_an_act_speaks_for_the_delegate_and_the_delegator() -> None:
    """The effective person set of an act is who acted and whom they acted for, each once."""
    assert act("cora", None).persons == {"cora"}
    assert act("cora", "carl").persons == {"cora", "carl"}
    assert act("cora", "cora").persons == {"cora"}


def test_surroundings_are_hashable() -> None:
    """The surroundings are frozen and hashable, so that a decision can be repeated and remembered."""
    assert hash(World().around) == hash(World().around)


def test_everything_that_is_known_is_a_value() -> None:
    """All that a decision is given is frozen."""
    kinds = [kind for kind in vars(surroundings).values() if isinstance(kind, type) and issubclass(kind, Struct)]
    assert {Account, SignedAct, Surroundings} < set(kinds)
    assert all(kind.__struct_config__.frozen for kind in kinds)


def test_surroundings_promise_nothing_by_themselves() -> None:
    """What is not filled in never helps: nobody is eligible, nothing is verified, covered, shipped or vouching."""
    around = Surroundings(account=Account("account-1", "joiner", 1))
    nothing = (around.eligible, around.verified, around.vouching, around.handover, around.keys, around.affiliations)
    assert nothing == (frozenset(),) * 6
    assert (around.asset, around.partner, around.covered) == (None, None, "no")
