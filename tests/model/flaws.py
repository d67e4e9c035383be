"""Twins of a command with one thing amiss: an act, a visit or an answer that may not be taken for the real one."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.limits import ACT_AGE_MS_MAX, NUMBER_LIFETIME_MS_MAX, START_CODE_LIFETIME_MS_MAX
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.surroundings import Made, Presence, SignedAct
from firstkey.enrollment.claim import ReplaceClaim
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.registration import ReadBackCredential, RegisterCredential
from firstkey.policy.model import Trust
from tests.model.commands import Offer
from tests.model.world import SPENT, UNVERIFIED

FLAWS: dict[str, Callable[[SignedAct], SignedAct]] = {
    "of another word": lambda act: replace(act, act="sign_in"),
    "on another case": lambda act: replace(act, case="another case"),
    "on an earlier revision": lambda act: replace(act, revision=act.revision - 1),
    "naming something else": lambda act: replace(act, names=(*act.names, "something else")),
    "too old": lambda act: replace(act, made_at=act.made_at - ACT_AGE_MS_MAX - 1),
    "ahead of the clock": lambda act: replace(act, made_at=act.made_at + 1),
    "unverified": lambda act: replace(act, statement=UNVERIFIED),
    "used before": lambda act: replace(act, statement=SPENT),
}
"""What may be wrong with a signed act."""

VISITS: dict[str, Callable[[Presence], Presence]] = {
    "number not matched": lambda seen: replace(seen, number_matched=False),
    "scanned late": lambda seen: replace(seen, shown_at=seen.scanned_at - START_CODE_LIFETIME_MS_MAX - 1),
    "scanned before it was shown": lambda seen: replace(seen, shown_at=seen.scanned_at + 1),
    "typed late": lambda seen: replace(seen, scanned_at=seen.scanned_at - NUMBER_LIFETIME_MS_MAX),
    "shown by another": lambda seen: replace(seen, confirmer="nobody"),
    "start code used before": lambda seen: replace(seen, start_code=SPENT),
    "scanned by another device": lambda seen: replace(seen, device_key="another device"),
}
"""What may be wrong with a visit."""

ANSWERS: dict[str, dict[str, Any]] = {
    "not genuine": {"refused": "signature"},
    "user not verified": {"user_verified": False},
    "not device-bound": {"backup_eligible": True},
    "attestation not anchored": {"trust": Trust.SELF},
    "of another format": {"fmt": "none"},
    "of another algorithm": {"algorithm": -257},
    "not roaming": {"roaming": False},
    "of another model": {"aaguid": "another model"},
}
"""What may be wrong with an authenticator's answer; it is recorded, and refused, where the path asks for the term."""


def _acts(command: Any) -> Iterator[tuple[SignedAct, Callable[[SignedAct], Command]]]:
    """Yield the acts in a command, of several the last, and how the command is with another in its place."""

    def with_claim(put: Callable[[SignedAct], Command]) -> Callable[[SignedAct], Command]:
        return lambda other: replace(command, claim=put(other))

    if isinstance(command, ReplaceClaim):
        yield from ((act, with_claim(put)) for act, put in _acts(command.claim))
    if isinstance(getattr(command, "act", None), SignedAct):
        yield command.act, lambda other: replace(command, act=other)
    acts = getattr(command, "acts", ())
    if acts:
        yield acts[-1], lambda other: replace(command, acts=(*acts[:-1], other))


def flawed(offer: Offer) -> Iterator[Offer]:
    """Yield the twins of a command with a flawed act or visit: none of them may ever be taken."""
    for act, put in _acts(offer.command):
        for flaw, spoil in FLAWS.items():
            yield Offer(f"{offer.label}, act {flaw}", put(spoil(act)))
        if act.digests:
            yield Offer(f"{offer.label}, another digest", put(replace(act, digests=("another digest",))))
    command: Any = offer.command
    presence = getattr(command, "presence", None)
    if isinstance(presence, Presence):
        for flaw, mar in VISITS.items():
            yield Offer(f"{offer.label}, {flaw}", replace(command, presence=mar(presence)))


def amiss(offer: Offer) -> Iterator[Offer]:
    """Yield the twins of a registration or read-back with another answer: what comes of them is explored."""
    command: Any = offer.command
    made = getattr(command, "made", None)
    if not isinstance(made, Made):
        return
    for flaw, changed in ANSWERS.items():
        yield Offer(f"{offer.label}, {flaw}", replace(command, made=replace(made, **changed)))
    if isinstance(command, ReadBackCredential):
        yield Offer(f"{offer.label}, present before", replace(command, present_before=True))
        yield Offer(f"{offer.label}, of another pass", replace(command, native="another"))
    if isinstance(command, RegisterCredential):
        yield Offer(f"{offer.label}, of another ceremony", replace(command, made=replace(made, ceremony="another")))


def uses_again(decision: Decision) -> bool:
    """Whether a decision takes a slot that was spent before, so that the append refuses it."""
    return any(kind in ("statement", "start_code") and key.startswith(SPENT) for kind, key in decision.takes)
