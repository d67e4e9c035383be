"""What "stricter" means, term by term (design, section 3): one join, used for pinned against current policy, for what
is remembered of a person, and for recovery. Which way each term is stricter stands in `terms`.

Bootstrap, anchors, channel, methods, approver rules and destinations are always the present path's: they say how, not
how much. Where the other side demands an anchor, the present one must have one; attended counts.
"""

from firstkey.policy.model import Bootstrap, Requirements
from firstkey.policy.terms import TERMS, requirements_of, values_in


def stricter(present: Requirements, other: Requirements) -> Requirements:
    """Return what meets both: the present way, at least as hard as the other in every term that can be compared."""
    mine, theirs = values_in(present), values_in(other)
    return requirements_of({name: term.order.join(mine[name], theirs[name]) for name, term in TERMS.items()})


def demands_anchor(requirements: Requirements) -> bool:
    """Whether a case under these requirements is tied to the joiner before anything is issued."""
    return requirements.bootstrap is Bootstrap.ATTENDED or bool(requirements.anchors)


def anchor_missing(present: Requirements, other: Requirements) -> bool:
    """Whether the other side demands an anchor that the present way does not have."""
    return demands_anchor(other) and not demands_anchor(present) and present.bootstrap is not Bootstrap.OWN_KEY
