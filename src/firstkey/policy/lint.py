"""What a policy's own text makes impossible or unsafe.

One table of rules on a path and its requirements, which a ruling asks again of requirements joined with others; then
what only the whole policy shows: paths that nothing reaches, that catch everything, that nobody could staff by their
own text, or that are below a floor.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from firstkey.policy.floors import below, caught, held_apart, on, regions
from firstkey.policy.model import Anchor, Bootstrap, Channel, FirstScreen, Path, Policy, Requirements, Trust, Verdict
from firstkey.policy.staffing import effort
from firstkey.policy.terms import TERMS, show, values_in
from firstkey.values.assurance import LEVEL_MAX, NEEDS_COMPANION, ProofingMethod


class Finding(NamedTuple):
    """What is wrong with a path.

    Attributes:
        path: its place in the policy.
        key: the key at fault.
        reason: a sentence.
        instead: what to write, as a sentence.
    """

    path: int
    key: str
    reason: str
    instead: str


class Rule(NamedTuple):
    """A rule on a path with requirements: the key at fault where `broken` holds, why, and what to write instead."""

    key: str
    broken: Callable[[Path, Requirements], bool]
    reason: str
    instead: str


def _empty(term: str, instead: str, needed: Callable[[Requirements], Any] = bool) -> Rule:
    def broken(_: Path, has: Requirements) -> bool:
        return values_in(has)[term] in (frozenset(), ()) and bool(needed(has))

    return Rule(TERMS[term].key, broken, "An empty list means nobody or nothing: no case could be completed.", instead)


_COMPANIONS = frozenset({ProofingMethod.LIVE_VOUCH, ProofingMethod.STRONG_SESSION})
_VOUCHED = 'Write credential.attestation = "anchored"'

# A table reads by the row: where, when, why, what instead.
# fmt: off
RULES: tuple[Rule, ...] = (
    _empty("methods", 'Write proofing.methods = ["document_in_person"].', lambda has: has.bootstrap != "own_key"),
    _empty("approvers", 'Write approval.approvers = ["approver"], or other rules.', lambda has: has.quorum),
    _empty("destinations", 'Write destinations = ["local"], or others.'),
    _empty("formats", 'Write credential.formats = ["packed"], or others.'),
    _empty("algorithms", 'Write credential.algorithms = ["ES256"], or others.'),
    _empty("aaguids", "Leave credential.aaguids out to accept any model."),
    Rule("proofing.level", lambda _, has: has.level > max((LEVEL_MAX[each] for each in has.methods), default=3),
         "None of the methods reaches this level.",
         'Write proofing.methods with "document_chip_in_person" or "vendor_check_injection_resistant".'),
    Rule("proofing.methods", lambda _, has: bool(has.methods & NEEDS_COMPANION) and not has.methods & _COMPANIONS,
         "Earlier proofing counts only beside a vouch or a strong session, and neither is accepted here.",
         'Write "live_vouch" or "strong_session" beside it.'),
    Rule("channel", lambda _, has: has.seen_by_staff and not has.anchors,
         "A code that a person hands over needs a claim that is anchored.",
         'Write channel = "device_sealed", or anchors = ["presence"].'),
    Rule("channel", lambda _, has: has.channel is Channel.IN_PERSON and not has.seen_by_staff,
         "Without a pass there is no code to hand over.", "Leave channel out."),
    Rule("channel_reason", lambda path, has: has.seen_by_staff != bool(path.channel_reason),
         "It must say why a person sees the code, exactly where one does.",
         'Write channel_reason = "..." beside channel = "in_person", and neither without the other.'),
    Rule("anchors", lambda _, has: bool(has.anchors) and has.bootstrap is not Bootstrap.PASS,
         "Attendance and an own key are anchors themselves; nothing would ask for these.", "Leave anchors out."),
    Rule("anchors", lambda _, has: Anchor.AUTHENTICATOR in has.anchors and has.key.trust < Trust.ANCHORED,
         "A serial is known only from an attestation that leads to a trusted root.", f"{_VOUCHED}."),
    Rule("anchors", lambda path, has: path.first_screen == "own_phone" and Anchor.CLIENT_CERTIFICATE in has.anchors,
         "The joiner's own phone holds no client certificate of a managed device.",
         'Write anchors = ["presence"], or first_screen = "browser".'),
    Rule("credential.aaguids", lambda _, has: has.key.aaguids is not None and has.key.trust < Trust.ANCHORED,
         "A list of models without an anchored attestation enforces nothing: anybody can claim to be any model.",
         f"{_VOUCHED}, or leave credential.aaguids out."),
    Rule("credential.device_bound", lambda _, has: has.key.device_bound and has.key.trust < Trust.ANCHORED,
         "That a key cannot leave its device is a mere claim without an anchored attestation.",
         f"{_VOUCHED}, or credential.device_bound = false."),
    Rule("credential.formats", lambda _, has: has.key.trust > Trust.NONE and has.key.formats == {"none"},
         'Format "none" attests nothing, so no key could meet the attestation asked for.',
         'Write credential.formats = ["packed"], or others.'),
    Rule("first_screen", lambda path, has: (has.bootstrap == "attended") != (path.first_screen is FirstScreen.STATION),
         "An attended case begins at a station; every other in a browser of the joiner, which holds the claim's keys.",
         'Write first_screen = "station" with bootstrap = "attended", else "browser" or "own_phone".'),
    Rule("first_screen", lambda path, has: path.first_screen is FirstScreen.OWN_PHONE and (
         has.key.roaming or Anchor.AUTHENTICATOR in has.anchors),
         "A roaming key may not connect to the joiner's own phone, so its page could not make the passkey wanted.",
         'Write first_screen = "browser".'),
)
# fmt: on


def of_path(place: int, path: Path) -> Iterator[Finding]:
    """Yield what is wrong with one path by itself."""
    for rule in RULES:
        if path.requirements is not None and rule.broken(path, path.requirements):
            yield Finding(place, rule.key, rule.reason, rule.instead)


def _reached(place: int, policy: Policy, reached: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    """Yield what is wrong with when a path is taken."""
    path = policy.paths[place]
    if not reached:
        earlier = ", ".join(other.name for other in policy.paths[:place] if caught(other.when) & caught(path.when))
        reason = f"No case can reach this path: {earlier or 'nothing'} before it catches all that it would."
        yield Finding(place, "when", reason, "Write it earlier, or other facts in when, or leave it out.")
    if path.verdict is not Verdict.PROHIBIT and caught(path.when) == caught(()):
        reason = "This path would let in everything that no earlier path catches."
        yield Finding(place, "when", reason, 'Write in when the facts it is meant for, or verdict = "prohibit".')
    if path.requirements is not None and not path.stricter_of_first and reached & caught(on(purpose="recovery")):
        reason = "Recovery keeps what the account's first credential was made under, where that was stricter."
        yield Finding(place, "stricter_of_first", reason, "Write stricter_of_first = true.")


def _required(place: int, policy: Policy, reached: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    """Yield why a path's requirements cannot be staffed, or stay below a floor."""
    path = policy.paths[place]
    if path.requirements is None:
        return
    if path.requirements.approvers and effort(path, held_apart(path.requirements, policy, "standard")) is None:
        reason = "Nobody could staff this path: its duties need more people than its own rules can name."
        yield Finding(place, "approval.approvers", reason, "Write a rule that more people meet, or a lower quorum.")
    for floor, term, least in below(path.requirements, reached):
        ways = least if term == "bootstrap" else (least,)
        instead = f"Write {' or '.join(sorted(show(term, way) for way in ways))}, or stricter."
        yield Finding(place, TERMS[term].key, f"This is below the compiled floor for {floor}.", instead)


def of_policy(policy: Policy) -> Iterator[Finding]:
    """Yield what is wrong with paths in their order, against the floors and for want of people."""
    for place, reached in enumerate(regions(policy)[:-1]):
        yield from _reached(place, policy, reached)
        yield from _required(place, policy, reached)


def labels(path: Path) -> tuple[str, ...]:
    """Return what is shown wherever the path is."""
    return tuple(label for label in ("relayable", "seen_by_staff") if getattr(path.requirements, label, False))
