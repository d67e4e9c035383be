"""The ten invariants (design, section 12), said anew and without the core's own words for them.

What holds of a state is asked of every state, what holds of a step of every step, and what depends on the rest of the
world is asked of all surroundings at once. History is what the case carries (`duties`, `credentials_made`, `closed`,
`passes_issued`) and induction: a part of a case comes by its own fact alone, each such fact finds what must be before
it, so the order of the chain follows for every case that has it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from firstkey.enrollment.case import facts as f
from firstkey.enrollment.case.facts import Fact, decode_fact, encode_fact
from firstkey.enrollment.case.scene import Command
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Surroundings
from firstkey.enrollment.case.words import Closure, CredentialState, PassState
from firstkey.enrollment.lifecycle.replay import Folded
from firstkey.policy.model import Bootstrap, Duty, Requirements, Ruling
from firstkey.values.instants import DAY, HOUR, MINUTE

PASSES, TRIES, CEREMONIES = 3, 5, 3
PASS_LIFE = WINDOW = PRESENCE_AGE = 10 * MINUTE
FIRST_PASS, LATER_PASS = 72 * HOUR, 24 * HOUR
CASE_LIFE = 30 * DAY

APART = (
    (Duty.PROOFER, Duty.APPROVER),
    (Duty.REQUESTER, Duty.APPROVER),
    (Duty.APPROVER, Duty.DELIVERER),
    (Duty.APPROVER, Duty.CONFIRMER),
    (Duty.RELEASER, Duty.DELIVERER),
    (Duty.RELEASER, Duty.CONFIRMER),
)


class Violation(NamedTuple):
    """What does not hold, and how.

    Attributes:
        invariant: its number, or another word for what is tested beside the ten.
        how: what was seen.
    """

    invariant: str
    how: str


class Step(NamedTuple):
    """A step of one case: what was, what was asked, what happened, in which world.

    `folds` is the case after each fact.
    """

    before: Case | None
    after: Case
    facts: tuple[Fact, ...]
    folds: tuple[Folded, ...]
    command: Command
    around: Surroundings
    ruling: Ruling
    now: int

    def happened(self, *kinds: type[Fact]) -> bool:
        """Whether a fact of one of these kinds happened."""
        return any(isinstance(fact, kinds) for fact in self.facts)


# 1, 8: once, and for good


def _one_credential(step: Step) -> str | None:
    after, made = step.after, sum(isinstance(fact, f.CredentialRegistered) for fact in step.facts)
    if made and step.before is not None and (step.before.credential is not None or step.before.credentials_made):
        return "a second credential is made"
    if after.credentials_made > 1 or (after.credential is None) != (after.credentials_made == 0):
        return "credentials and their count differ"
    needs = after.requirements.bootstrap is Bootstrap.PASS and after.credential is not None
    dead = (PassState.SPENT, PassState.EXPIRED)
    if needs and (after.pass_ is None or after.pass_.state not in dead):
        return "a credential stands and its pass is not spent"
    if after.passes_issued > PASSES:
        return "more than three passes"
    return None


def _nothing_comes_back(step: Step) -> str | None:
    before, after = step.before, step.after
    if before is None:
        return None
    was, has = before.pass_, after.pass_
    ended = was is not None and not was.live
    same = was is not None and has is not None and (was.pass_id, was.number) == (has.pass_id, has.number)
    gone = (CredentialState.RECALLED, CredentialState.ENDED)
    rules: tuple[tuple[bool, str], ...] = (
        (before.closed is not None and after.closed is not before.closed, "a closed case opens or changes its reason"),
        (ended and same and has is not None and has.live, "a dead pass lives"),
        (
            before.credential is not None and before.credential.state in gone and after.credential != before.credential,
            "a recalled credential changes",
        ),
        (before.credential is not None and after.credential is None, "a credential vanishes"),
        (after.revision < before.revision, "an earlier revision"),
        (after.tries_failed < before.tries_failed, "a try is forgotten"),
        (not after.duties >= before.duties, "a duty is forgotten"),
        (after.credentials_made < before.credentials_made, "a credential is forgotten"),
        (before.reviewed and not after.reviewed, "a review is forgotten"),
        (before.first_pass_at not in (None, after.first_pass_at), "the first pass moves"),
        (after.expires_at > before.expires_at, "a case lives longer"),
        (after.opened_at != before.opened_at, "a case was opened at another time"),
    )
    return next((how for broken, how in rules if broken), None)


# 2: what is over has nothing that lives


def _nothing_lives_in_what_is_over(step: Step) -> str | None:
    after = step.after
    pending = (CredentialState.PENDING, CredentialState.SUSPENDED)
    rules: tuple[tuple[bool, str], ...] = (
        (after.closed is not None and after.live_pass is not None, "a closed case has a live pass"),
        (after.closed is not None and after.window is not None, "a closed case has an open window"),
        (
            after.closed is not None and after.credential is not None and after.credential.state in pending,
            "a closed case has a pending credential",
        ),
        (
            after.credential is not None
            and (after.credential.state is CredentialState.ACTIVE) != (after.closed is Closure.COMPLETED)
            and after.closed is not None,
            "completed and active differ",
        ),
        (after.hold is not None and after.live_pass is not None, "a held case has a live pass"),
        (
            after.hold is not None
            and after.closed is None
            and after.credential is not None
            and after.credential.state is CredentialState.PENDING,
            "a held case has a credential that is not suspended",
        ),
        (
            after.live_pass is not None and after.live_pass.state is PassState.REDEEMED and after.window is None,
            "a redeemed pass without a window",
        ),
        (after.window is not None and after.claim is None, "a window without a claim"),
    )
    return next((how for broken, how in rules if broken), None)


# 4: duties


def _duties_apart(step: Step) -> str | None:
    after = step.after
    pairs = (*APART, *after.requirements.distinct)
    for duty, person in after.duties:
        if person == after.person and duty is not Duty.REQUESTER:
            return f"the joiner is {duty.value}"
        for one, other in pairs:
            if duty is one and (other, person) in after.duties:
                return f"{person} is {one.value} and {other.value}"
    people = [person for a in after.approvals for person in a.by.persons]
    if len(people) != len(set(people)):
        return "one person stands for two approvals"
    held = {(Duty.APPROVER, person) for person in people}
    if not held <= after.duties:
        return "an approval without its duty"
    return None


# 5: the chain


def _sealed_or_seen(case: Case) -> bool:
    return case.claim is not None and case.proofing is not None


_COMES_BY: tuple[tuple[str, Callable[[Case], Any], type[Fact] | tuple[type[Fact], ...]], ...] = (
    ("proofing", lambda case: case.proofing, f.ProofingRecorded),
    ("claim", lambda case: None if case.claim is None else case.claim.device_key, f.DeviceClaimed),
    ("pass", lambda case: None if case.pass_ is None else case.pass_.pass_id, f.PassIssued),
    ("window", lambda case: case.window is not None, (f.PassRedeemed, f.AttendanceConfirmed, f.OwnKeyAsserted)),
    ("own key", lambda case: case.own_key, f.OwnKeyAsserted),
    ("native pass", lambda case: None if case.native is None else case.native.native, f.NativePassMinted),
    (
        "credential",
        lambda case: None if case.credential is None else case.credential.credential,
        f.CredentialRegistered,
    ),
    ("closure", lambda case: case.closed, f.CaseClosed),
)
"""Parts of a case, and by which fact alone one comes."""


def _parts_come_by_their_facts(step: Step) -> str | None:
    for name, part, kind in _COMES_BY:
        was = None if step.before is None else part(step.before)
        has = part(step.after)
        if has and has != was and not step.happened(*(kind if isinstance(kind, tuple) else (kind,))):
            return f"{name} without its fact"
    given = {a.by.person for a in step.after.approvals} - {
        a.by.person for a in (step.before.approvals if step.before else ())
    }
    if given and not step.happened(f.ApprovalGiven):
        return "an approval without its fact"
    return None


def _before_each(case: Case, fact: Fact) -> str | None:
    """Return what was missing before a fact, or None."""
    required, pass_, claim, window = case.requirements, case.pass_, case.claim, case.window
    by_pass = required.bootstrap is Bootstrap.PASS
    own_key = required.bootstrap is Bootstrap.OWN_KEY
    whole = (case.proofing is not None or own_key) and len(case.approvals) >= required.quorum and claim is not None
    state = None if pass_ is None else pass_.state
    native = isinstance(fact, f.CredentialRegistered) and fact.destination is not None
    needs: dict[type[Fact], bool] = {
        f.ApprovalGiven: case.proofing is not None or own_key,
        f.PassIssued: by_pass and whole and case.live_pass is None and case.credential is None,
        f.PassArmed: by_pass and whole and state is PassState.ISSUED,
        f.PassRedeemed: by_pass and whole and state is PassState.ARMED,
        f.AttendanceConfirmed: required.bootstrap is Bootstrap.ATTENDED and whole,
        f.OwnKeyAsserted: own_key and whole,
        f.CeremonyStarted: whole and window is not None,
        f.CredentialRegistered: native or (whole and window is not None and window.ceremony is not None),
        f.NativePassMinted: whole and window is not None,
        f.CredentialActivated: whole and case.credential is not None,
    }
    if not needs.get(type(fact), True):
        return f"{fact.kind} before what must be before it"
    if isinstance(fact, f.CredentialRegistered) and by_pass and not native and state is not PassState.REDEEMED:
        return "a credential on a pass that is not redeemed"
    if isinstance(fact, f.CredentialRegistered) and native and not case.native_standing:
        return "a credential from a native pass that does not stand"
    return None


def _chain_in_order(step: Step) -> str | None:
    for case, fact in zip((step.before, *step.folds), step.facts, strict=False):
        if isinstance(case, Case):
            missing = _before_each(case, fact)
            if missing is not None:
                return missing
    return None


# 6, 10: what is written


def _facts_say_all(step: Step) -> str | None:
    if any(fact.at != step.now for fact in step.facts):
        return "a fact bears another instant"
    return None if step.folds[-1] == step.after else "the facts do not lead to the state"


_WRITTEN: set[Fact] = set()


def _facts_are_read_back(step: Step) -> str | None:
    for fact in step.facts:
        if fact not in _WRITTEN:
            data = encode_fact(fact)
            if decode_fact(data) != fact:
                return f"{fact.kind} is read back as another"
            if any(word in data for word in PLANTED):
                return f"{fact.kind} holds a code"
            _WRITTEN.add(fact)
    return None


PLANTED = (b"0123456789ABC", b"0123456789abc")
"""How the joiner's code would show: no command can carry it, and no fact may."""


# 7: whose device


def _claiming_device_alone(step: Step) -> str | None:
    device = getattr(step.command, "device", None)
    if step.before is None or device is None:
        return None
    claim = step.before.claim
    if claim is not None and device.device_key == claim.device_key:
        return None
    rival = (f.RivalRefused, f.DeviceClaimed, f.PassRevoked, f.CredentialRecalled, f.CaseClosed)
    due = (f.PassExpired, f.CredentialSuspended, f.CredentialRestored)
    if not all(isinstance(fact, (*rival, *due)) for fact in step.facts):
        return "another device moved the case"
    if step.happened(f.PassRevoked, f.CredentialRecalled, f.CaseClosed):
        code = getattr(step.command, "code", None)
        if code is None or not code.matched:
            return "another device ended the pass or the case without the code"
    return None


# 9: policy


def _both(step: Step) -> tuple[Requirements, ...]:
    current = step.ruling.requirements
    return (step.after.requirements,) if current is None else (step.after.requirements, current)


def _limits_of_both(step: Step) -> str | None:
    both, now = _both(step), step.now
    for fact in step.facts:
        if isinstance(fact, f.PassArmed) and fact.ends_at - now > min(PASS_LIFE, *(r.pass_lifetime_ms for r in both)):
            return "a pass lives longer than policy"
        window = getattr(fact, "window_ends_at", None)
        minted = isinstance(fact, f.NativePassMinted)
        if window is not None and not minted and window - now > min(WINDOW, *(r.window_ms for r in both)):
            return "a window is longer than policy"
        if isinstance(fact, f.CredentialRegistered):
            if any(fact.tier > r.tier or not _meets(r, fact) for r in both):
                return "a credential does not meet the terms"
            ends = [now + r.credential_lifetime_ms for r in both if r.credential_lifetime_ms is not None]
            ends += [] if step.around.account.ends_at is None else [step.around.account.ends_at]
            if ends and (fact.ends_at is None or fact.ends_at > min(ends)):
                return "a credential lives longer than policy"
        started = step.after.window.ceremonies_started if step.after.window is not None else 0
        if isinstance(fact, f.CeremonyStarted) and started > min(CEREMONIES, *(r.ceremonies for r in both)):
            return "more ceremonies than policy"
    return None


def _meets(required: Requirements, fact: f.CredentialRegistered) -> bool:
    key, made = required.key, fact.made
    return (
        (made.user_verified or not key.user_verification)
        and (not made.backup_eligible or not key.device_bound)
        and made.trust >= key.trust
        and made.fmt in key.formats
        and made.algorithm in key.algorithms
        and (made.roaming or not key.roaming)
        and (key.aaguids is None or made.aaguid in key.aaguids)
    )


def _pinned_stays(step: Step) -> str | None:
    if step.before is None:
        return None
    for name in ("requirements", "path", "policy", "purpose", "account", "person", "incarnation", "position"):
        if getattr(step.before, name) != getattr(step.after, name):
            return f"{name} changes"
    if step.after.tries_failed > TRIES:
        return "more tries than there may be"
    return None


Rules = tuple[tuple[str, Callable[[Step], str | None]], ...]
"""Invariant, and what is asked of a step."""

BY_FACTS: Rules = (
    ("1", _one_credential),
    ("2", _nothing_lives_in_what_is_over),
    ("4", _duties_apart),
    ("5", _parts_come_by_their_facts),
    ("5", _chain_in_order),
    ("6", _facts_say_all),
    ("6, 10", _facts_are_read_back),
    ("8", _nothing_comes_back),
    ("9", _pinned_stays),
)
"""What is asked of the case before and after and of the facts alone."""

BY_COMMAND_AND_WORLD: Rules = (("7", _claiming_device_alone), ("9", _limits_of_both))
"""What is asked of the command, too, and of the surroundings."""


def violations(step: Step, rules: Rules = (*BY_FACTS, *BY_COMMAND_AND_WORLD)) -> tuple[Violation, ...]:
    """Return what a step breaks of the invariants."""
    found = ((number, rule(step)) for number, rule in rules)
    return tuple(Violation(number, how) for number, how in found if how is not None)
