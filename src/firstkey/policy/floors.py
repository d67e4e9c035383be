"""Compiled floors: what no policy can weaken, as one table.

Evidence, quorum and key class are those of the threat model's section 5.2; ways in, lifetimes and tries those of the
design, sections 3, 5 and 6. A floor speaks of facts, not of names: a path is held to every floor that some case of its
own could meet, and a ruling to those of its case, whatever policy it comes from. The facts are few and closed, so every
combination can be looked at, and what is said of a policy's paths is exact, whatever their order and overlap.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import msgspec

from firstkey.policy.facts import FACTS
from firstkey.policy.model import Anchor, Bootstrap, Condition, Duty, Policy, Requirements, Spread, Tier, Trust
from firstkey.policy.terms import TERMS, values_in
from firstkey.values.instants import DAY, HOUR, MINUTE

Combination = tuple[str, ...]
"""One value of every fact, in the order of FACTS."""


def on(**values: str) -> tuple[Condition, ...]:
    """Return conditions, one for each fact, its values written in one text."""
    return tuple(Condition(fact, frozenset(words.split())) for fact, words in values.items())


@cache
def caught(when: tuple[Condition, ...]) -> frozenset[Combination]:
    """Return every combination for which all conditions hold."""
    allowed = {name: set(fact.values) for name, fact in FACTS.items()}
    for condition in when:
        allowed[condition.fact] &= condition.values
    return frozenset(product(*allowed.values()))


def regions(policy: Policy) -> tuple[frozenset[Combination], ...]:
    """Return, for each path, the combinations that reach it because no earlier path catches them; last, for no path."""
    left = caught(())
    reached = []
    for path in policy.paths:
        reached.append(caught(path.when) & left)
        left -= reached[-1]
    return (*reached, left)


Duties = frozenset[tuple[Duty, Duty]]


def apart(*pairs: str) -> Duties:
    """Return pairs of duties in the one order in which they are compared, alphabetical."""
    return frozenset((min(pair), max(pair)) for pair in (tuple(map(Duty, text.split())) for text in pairs))


COMPILED_DISTINCT: Duties = apart(
    "proofer approver",
    "requester approver",
    "approver deliverer",
    "approver confirmer",
    "releaser deliverer",
    "releaser confirmer",
)
"""Duties that no person ever holds together in one case. The joiner holds none but requester."""

REQUESTER_PROOFER: Duties = apart("requester proofer")
_DELEGATE: Duties = apart("requester deliverer", "requester confirmer")


def held_apart(requirements: Requirements, policy: Policy, account: str) -> Requirements:
    """Return requirements under which requester and proofer differ, unless the policy gives that up.

    It can do so (`requester_may_proof`) for a standard account alone.
    """
    if policy.requester_may_proof and account == "standard":
        return requirements
    return msgspec.structs.replace(requirements, distinct=requirements.distinct | REQUESTER_PROOFER)


class Floor(NamedTuple):
    """One floor.

    Attributes:
        name: whose floor it is, for people.
        demands: for each term, the least strict value that stands.
        when: the facts it speaks of.
        given: the paths it speaks of.
        ways: the bootstraps that it leaves.
    """

    name: str
    demands: Mapping[str, Any]
    when: tuple[Condition, ...] = ()
    given: Callable[[Requirements], bool] = bool
    ways: frozenset[Bootstrap] = frozenset(Bootstrap)


def _proofed(path: Requirements) -> bool:
    """An own key's assertion stands in the place of proofing and, but for replacement, of approval."""
    return path.bootstrap is not Bootstrap.OWN_KEY


def _by_pass(path: Requirements) -> bool:
    return path.bootstrap is Bootstrap.PASS


def _at_a_distance(path: Requirements) -> bool:
    """Nobody need stand before the joiner."""
    return _by_pass(path) and path.anchors != {Anchor.PRESENCE}


def _opens_work(path: Requirements) -> bool:
    return path.tier >= Tier.STANDARD


def _opens_all(path: Requirements) -> bool:
    """An own key's tier is capped by the key that asserts, whatever the path would give."""
    return path.tier is Tier.PRIVILEGED and _proofed(path)


_NO_OWN_KEY = frozenset({Bootstrap.PASS, Bootstrap.ATTENDED})
_NO_PASS = frozenset({Bootstrap.ATTENDED, Bootstrap.OWN_KEY})
_KEYLESS = "first_key recovery emergency break_glass"
_ANCHORED = {"anchors": frozenset(Anchor)}
_ATTESTED = {"trust": Trust.ANCHORED, "device_bound": True}
_ONE = {"level": 2, "quorum": 1}
_TWO = {"level": 2, "quorum": 2}
_TWO_FRESH = _TWO | {"proofing_age_ms_max": 24 * HOUR}
_TWO_OURS = _TWO | {"spread": frozenset({Spread.NOT_VENDOR_ALONE})}
_REMOTE = {"level": 3, "quorum": 2, "proofing_age_ms_max": 4 * HOUR, "spread": frozenset({Spread.DIFFERENT_UNITS})}
_LIMITS = {"user_verification": True, "pass_lifetime_ms": 10 * MINUTE, "window_ms": 10 * MINUTE, "tries": 5}
_PROOFED = {"level": 1, "quorum": 1, "proofing_age_ms_max": 72 * HOUR}
_DATED_LOW = {"tier": Tier.LOW, "credential_lifetime_ms": 365 * DAY}
_BRIEF = {"level": 1, "quorum": 2, "credential_lifetime_ms": 24 * HOUR, "after_review": True}

FLOORS: tuple[Floor, ...] = (
    Floor("every path", _LIMITS | {"ceremonies": 3}),
    Floor("every path but own_key", _PROOFED, given=_proofed),
    Floor("an account without a working key", {}, on(purpose=_KEYLESS), ways=_NO_OWN_KEY),
    Floor("replacement", {"quorum": 1}, on(purpose="replacement")),
    Floor("recovery", _ONE, on(purpose="recovery")),
    Floor("a managed device", _ONE | _ATTESTED, on(purpose="first_key", device="certified managed shipped_key")),
    Floor("an uncovered device", _ONE, on(purpose="first_key", device="uncovered")),
    Floor("an own device", {}, on(device="own unknown"), ways=_NO_PASS),
    Floor("an own device", _TWO_FRESH, on(purpose="first_key", device="own unknown")),
    Floor("an own device", _ATTESTED, on(purpose="first_key", device="own unknown"), _opens_work),
    Floor("a shared device", {}, on(device="shared"), ways=_NO_PASS),
    Floor("a shared device", _ONE | _ATTESTED | {"roaming": True}, on(purpose="first_key", device="shared")),
    Floor("remote hire", _REMOTE | _ATTESTED, on(purpose="first_key", workplace="remote"), _at_a_distance),
    Floor("contractor", _TWO_OURS, on(purpose="first_key", employment="contractor")),
    Floor("contractor", _ATTESTED, on(purpose="first_key", employment="contractor"), _opens_work),
    Floor("delegated", _ONE | _ATTESTED | {"distinct": _DELEGATE}, on(request="delegated"), _proofed),
    Floor("bulk", _TWO_OURS, on(request="bulk"), _proofed),
    Floor("bulk", _ATTESTED, on(request="bulk"), _opens_work),
    Floor("relayable", _DATED_LOW, given=lambda path: path.relayable),
    Floor("emergency", _BRIEF, on(purpose="emergency")),
    Floor("emergency", _ANCHORED, on(purpose="emergency"), _by_pass),
    Floor("break-glass", {}, on(purpose="break_glass"), ways=frozenset({Bootstrap.ATTENDED})),
    Floor("break-glass", _TWO | _ATTESTED | {"level": 3, "roaming": True}, on(purpose="break_glass")),
    Floor("a privileged account", _ATTESTED, on(account="privileged")),
    Floor("a privileged account", _ANCHORED, on(account="privileged"), _by_pass),
    Floor("a privileged account", _TWO, on(account="privileged", purpose=_KEYLESS)),
    Floor("a privileged account", {"quorum": 2}, on(account="privileged", purpose="replacement")),
    Floor("a privileged credential", _TWO | _ATTESTED, given=_opens_all),
)
"""In the order in which they are told."""


def below(requirements: Requirements, reached: frozenset[Combination]) -> Iterator[tuple[str, str, Any]]:
    """Yield where requirements are below a floor that some of these combinations of facts meet.

    Yields:
        The floor's name, the term, and the least strict value that stands; of "bootstrap", those that stand.
    """
    values = values_in(requirements)
    for floor in FLOORS:
        if floor.given(requirements) and not caught(floor.when).isdisjoint(reached):
            if requirements.bootstrap not in floor.ways:
                yield floor.name, "bootstrap", floor.ways
            for term, least in floor.demands.items():
                if not TERMS[term].order.at_least(values[term], least):
                    yield floor.name, term, least
