"""Walks at random, far beyond the bounds of the explorer, on the real core; and on cores that are broken on purpose."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from firstkey.enrollment.case.facts import FACTS, CaseRefused, CredentialEnded, CredentialHeld, Fact
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import DeviceProof, Surroundings
from firstkey.enrollment.lifecycle.decide import Decision, decide
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.policy.model import Ruling, Verdict
from tests.model.roaming import Choices
from tests.model.walk import Broken, Decide, Walk
from tests.model.world import UNVERIFIED

SOAK = os.environ.get("FIRSTKEY_SOAK") == "1"
WALKS, SEEDED = (3_000, 1_000) if SOAK else (200, 80)
BYTES_MIN, BYTES_MAX = 400, 4_000 if SOAK else 1_600
"""Of choices, two bytes each; about five of them are a step."""

CASES, FACTS_OF_A_WALK = 5, 40
"""What the farthest walk comes to, at least."""

OF_ACCOUNTS = frozenset({CaseRefused, CredentialHeld, CredentialEnded})
"""Facts of no open case's stream."""


@pytest.mark.soak
@settings(max_examples=WALKS)
@given(st.binary(min_size=BYTES_MIN, max_size=BYTES_MAX))
def test_no_walk_breaks_an_invariant(numbers: bytes) -> None:
    """Whatever happens, in whatever order, at whatever instants: every invariant holds after each step."""
    Walk(Choices(numbers)).run()


@pytest.mark.soak
def test_walks_go_far() -> None:
    """Walks lead beyond the bounds: case after case of one account, to every fact that a case can have."""
    happened, most, longest = set[type[Fact]](), 0, 0
    for seed in range(SEEDED):
        walk = _walked(seed, decide)
        happened.update(type(fact) for going in walk.cases for fact in going.facts)
        most = max(most, len(walk.cases))
        longest = max(longest, sum(len(going.facts) for going in walk.cases))
    assert happened == set(FACTS) - OF_ACCOUNTS
    assert most >= CASES
    assert longest >= FACTS_OF_A_WALK


def _walked(seed: int, core: Decide) -> Walk:
    walk = Walk(Choices(random.Random(seed).randbytes(BYTES_MAX)), core)
    walk.run()
    return walk


def _walk_until_broken(core: Decide) -> None:
    for seed in range(SEEDED):
        _walked(seed, core)


def _broken(
    around: Callable[[Surroundings], Surroundings] = lambda around: around,
    ruling: Callable[[Folded, Ruling], Ruling] = lambda case, ruling: ruling,
    command: Callable[[Folded, Any], Any] = lambda case, command: command,
) -> Decide:
    """Return a core that sees its surroundings, the ruling or the command otherwise than they are."""

    def decide_otherwise(case: Folded, seen: Surroundings, asked: Any, ruled: Ruling, now: int) -> Decision:
        return decide(case, around(seen), command(case, asked), ruling(case, ruled), now)

    return decide_otherwise


def _by_the_claimant(case: Folded, command: Any) -> Any:
    if isinstance(case, Case) and case.claim is not None and isinstance(getattr(command, "device", None), DeviceProof):
        return replace(command, device=DeviceProof(case.claim.device_key))
    return command


def _as_pinned(case: Folded, ruling: Ruling) -> Ruling:
    if isinstance(case, Case):
        return replace(ruling, path=case.path, verdict=Verdict.ALLOW, requirements=case.requirements)
    return ruling


BROKEN: dict[str, tuple[str, Decide]] = {
    "a doubtful clock is trusted": ("2", _broken(lambda seen: replace(seen, clock_doubtful=False))),
    "who left is here": ("2", _broken(lambda seen: replace(seen, account=replace(seen.account, active=True)))),
    "the epoch stays": ("2", _broken(lambda seen: replace(seen, epoch=1))),
    "assertions are not verified": ("acts", _broken(lambda seen: replace(seen, verified=seen.verified | {UNVERIFIED}))),
    "the policy in force is not asked": (
        "[29]",
        _broken(ruling=_as_pinned),
    ),
    "every device is the claimant's": ("7", _broken(command=_by_the_claimant)),
}
"""What is wrong with a core, and the invariant that it breaks, or either of two."""


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_core_is_found(name: str) -> None:
    """A core that overlooks one thing is found by some walk, by the invariant that it breaks."""
    invariant, core = BROKEN[name]
    with pytest.raises(Broken, match=f"invariant {invariant}:"):
        _walk_until_broken(core)
