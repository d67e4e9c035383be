"""The mutants of the threat model, each a text put in the place of another, and those that concern the server."""

from collections.abc import Iterator
from pathlib import Path

from tests.mutants.mutant import Mutant, edit_of, read

ELSEWHERE = {
    "read revocation from a replica or cache": "storage",
    "consume on GET": "web",
    "user id from the request": "web",
    "keep the session after the claim": "web",
    "accept crossOrigin=true": "tests/core/ceremonies",
    "accept a lower metadata number": "metadata",
    "log after the commit": "storage",
    "verify without an outside head": "tests/core/ledger",
    "anchor compares size only": "tests/core/ledger",
    "fallback route to a one-time password": "web",
    "return the secret to the issuer": "actions",
    "tombstone purged early": "storage",
}
"""Mutants of the threat model that are no matter of the core, and where they are looked for."""

E = "enrollment/"
NAMED: tuple[tuple[str, str, str, str], ...] = (
    ("redeem a pass that is not armed", E + "redemption.py", "pass_.state is PassState.ARMED", "pass_.live"),
    ("charge no try", E + "redemption.py", "failed = case.tries_failed + 1", "failed = case.tries_failed"),
    (
        "count approvals, not people",
        E + "approval.py",
        "others = tuple(a for a in case.approvals if a.by.person != fact.by.person)",
        "others = case.approvals",
    ),
    ("approve twice over", E + "approval.py", "require(not others & act.persons, R.ApproverAlreadyApproved)", "pass"),
    (
        "ignore a withdrawal",
        E + "approval.py",
        "remaining = tuple(a for a in case.approvals if a.by.person != fact.by.person)",
        "remaining = case.approvals",
    ),
    (
        "separate duties at one entry only",
        E + "approval.py",
        "    check_separation(scene, Duty.APPROVER, act.persons)\n",
        "",
    ),
    (
        "the delegate alone counts",
        E + "case/surroundings.py",
        "return frozenset({self.person} if self.delegator is None else {self.person, self.delegator})",
        "return frozenset({self.person})",
    ),
    (
        "current policy only",
        E + "case/scene.py",
        "required = pinned if current is None else stricter(pinned, current)",
        "required = pinned if current is None else current",
    ),
    (
        "pinned policy only",
        E + "case/scene.py",
        "required = pinned if current is None else stricter(pinned, current)",
        "required = pinned",
    ),
    ("a leeway on expiry", E + "case/ending.py", "now >= ends_at\n", "now >= ends_at + 1000\n"),
    (
        "another pass renews the time",
        E + "issuance.py",
        "fact.at if case.first_pass_at is None else case.first_pass_at",
        "fact.at",
    ),
    ("the epoch is not looked at", E + "case/ground.py", "pass_.epoch == q.scene.around.epoch", "True"),
    (
        "a key may be on two accounts",
        E + "case/slots.py",
        '        slots.add(("public_key", case.credential.made.public_key_digest))\n',
        "",
    ),
    ("a synced key passes for device-bound", E + "case/key_terms.py", "not made.backup_eligible or", "True or"),
    (
        "claim without a start code",
        E + "claim.py",
        " and seen.confirmer == act.person, R.StartCodeOver",
        ", R.StartCodeOver",
    ),
    ("the number is not compared", E + "claim.py", "    require(seen.number_matched, R.NumberDiffers)\n", ""),
    ("activate without a checkpoint", E + "case/ground.py", "q.scene.around.covered in wanted", "True"),
    ("activate in any context", E + "case/ground.py", "q.moment is not Moment.ACTIVATION or (claim", "True or (claim"),
    ("a rival's wrong code is a try", E + "claim.py", "        if code.matched:\n", "        if True:\n"),
    (
        "a right code in a rival's hands changes nothing",
        E + "claim.py",
        "happened.extend(closing(case, Closure.MISUSED, scene.now, Cause.MISUSED))",
        "pass",
    ),
    ("a denial does not close", E + "approval.py", "*closing(scene.case, Closure.DENIED, scene.now)", ""),
    ("the pass outlives its credential", E + "registration.py", "state=PassState.SPENT", "state=PassState.REDEEMED"),
    ("a stale statement is taken", E + "case/separation.py", "<= ACT_AGE_MS_MAX", "<= 10 * ACT_AGE_MS_MAX"),
    (
        "any statement will do",
        E + "case/separation.py",
        "    require(act.statement in around.verified, R.AssertionUnverified)\n",
        "",
    ),
    ("policy has no floors", "policy/floors.py", "return tuple(", "return () and tuple("),
)
"""Name, file, what stands there exactly once, and what is put in its place."""


def named(root: Path) -> Iterator[Mutant]:
    """Yield the mutants of the threat model that concern the core."""
    for name, file, before, after in NAMED:
        yield Mutant(name, "by name", (edit_of(read(root, file), file, before, after),))
