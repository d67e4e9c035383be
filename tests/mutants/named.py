"""The mutants of the threat model, each a text put in the place of another, and those that concern the server."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutant import Mutant, edit_of, read

ELSEWHERE = {
    "read revocation from a replica or a cache": "storage",
    "consume on GET": "web",
    "keep the session after the claim": "web",
    "accept a lower metadata number": "metadata is not shipped yet",
    "log after the commit": "storage",
    "fallback route to a one-time password": "web",
    "return the secret to the issuer": "actions",
    "a time-out is taken for a yes": "actions",
}
"""Mutants of the threat model that are no matter of the core, and whose they are."""


class Named(NamedTuple):
    """What a mutant is called, and its edits: file, what stands there exactly once, and what is put in its place."""

    name: str
    edits: tuple[tuple[str, str, str], ...]


def _one(name: str, file: str, before: str, after: str) -> Named:
    return Named(name, ((file, before, after),))


STAGES = "enrollment/"
CASE = "enrollment/case/"

# A table reads by the row: what it is called, where, what stands there, what is put there.
# fmt: off
NAMED = (
    Named("redeem a pass that is not armed", (
        (STAGES + "redemption.py", "pass_.state is PassState.ARMED", "pass_.live"),
        (CASE + "transitions.py", "PassRedeemed           -     -     -     -     -     -     G  ",
                                  "PassRedeemed           -     -     -     -     -     G     G  "),
    )),
    _one("a try is not charged before the answer is told", STAGES + "redemption.py",
         "    return Step(happened, refusal=R.CodeWrong", "    return Step((), refusal=R.CodeWrong"),
    _one("a try is told and not counted", STAGES + "redemption.py",
         "failed = case.tries_failed + 1", "failed = case.tries_failed"),
    _one("count approvals, not people", STAGES + "approval.py",
         "others = tuple(a for a in case.approvals if a.by.person != fact.by.person)", "others = case.approvals"),
    _one("who acted for an approver approves too", STAGES + "approval.py",
         "require(not others & act.persons, R.ApproverAlreadyApproved)", "pass"),
    _one("compare accounts, not persons", CASE + "separation.py",
         "require(case.person not in persons or", "require(case.account not in persons or"),
    _one("ignore a withdrawal", STAGES + "approval.py",
         "remaining = tuple(a for a in case.approvals if a.by.person != fact.by.person)", "remaining = case.approvals"),
    _one("look at approvals when the pass is issued alone", CASE + "ground.py",
         "Row(_quorum_whole, EVERY,", "Row(_quorum_whole, Moment.ISSUANCE,"),
    _one("separate duties elsewhere than here", CASE + "separation.py",
         "    check_separation(scene, duty, act.persons)\n", ""),
    _one("separate duties at one entry only", STAGES + "approval.py",
         "    check_separation(scene, Duty.APPROVER, act.persons)\n", ""),
    _one("the delegate alone counts", CASE + "surroundings.py",
         "frozenset({self.person} if self.delegator is None else {self.person, self.delegator})",
         "frozenset({self.person})"),
    _one("current policy only", CASE + "scene.py",
         "pinned if current is None else stricter(pinned, current)", "pinned if current is None else current"),
    _one("pinned policy only", CASE + "scene.py", "pinned if current is None else stricter(pinned, current)", "pinned"),
    _one("arming again renews the end", CASE + "transitions.py",
         "PassArmed              -     -     -     -     -     R     -  ",
         "PassArmed              -     -     -     -     -     R     R  "),
    _one("another pass renews the time", STAGES + "issuance.py",
         "fact.at if case.first_pass_at is None else case.first_pass_at", "fact.at"),
    _one("a leeway on expiry", CASE + "ending.py", "now >= ends_at\n", "now >= ends_at + 1000\n"),
    _one("the epoch is not looked at", CASE + "ground.py", "pass_.epoch == q.scene.around.epoch", "True"),
    _one("what was spent for ever is freed", STAGES + "lifecycle/decide.py", " if slot[0] not in FOREVER", ""),
    _one("the account is whose the request says", STAGES + "request.py",
         " and account.account == command.account", ""),
    _one("a credential may be made twice", CASE + "slots.py",
         '        slots.add(("credential", case.credential.credential))\n', ""),
    _one("a key may be on two accounts", CASE + "slots.py",
         '        slots.add(("public_key", case.credential.made.public_key_digest))\n', ""),
    _one("a list of models without an attestation", CASE + "key_terms.py", "made.trust >= terms.trust", "True"),
    _one("a synced key passes for device-bound", CASE + "key_terms.py", "not made.backup_eligible or", "True or"),
    _one("claim without a start code", STAGES + "claim.py",
         "require(scanned_in_time and typed_in_time and seen.confirmer == act.person, R.StartCodeOver)", "pass"),
    _one("a start code serves twice", CASE + "slots.py", '        slots.add(("start_code", said.start_code))\n',
         "        pass\n"),
    _one("the number is not compared", STAGES + "claim.py",
         "    require(seen.number_matched, R.NumberDiffers)\n", ""),
    _one("activate from any context", STAGES + "activation.py",
         "    stand_on_ground(scene, Moment.ACTIVATION)\n", ""),
    _one("activate without a checkpoint", CASE + "ground.py", "q.scene.around.covered in wanted", "True"),
    _one("activate without an anchor", CASE + "ground.py", "q.moment is not Moment.ACTIVATION or (claim",
         "True or (claim"),
    _one("a right code in a rival's hands changes nothing", STAGES + "claim.py",
         "happened.extend(closing(case, Closure.MISUSED, scene.now, Cause.MISUSED))", "pass"),
    _one("a rival's wrong code counts", STAGES + "claim.py", "        if code.matched:\n", "        if True:\n"),
    _one("a denial does not close", STAGES + "approval.py",
         "*closing(scene.case, Closure.DENIED, scene.now)", ""),
    _one("the pass outlives its credential", STAGES + "registration.py",
         "state=PassState.SPENT", "state=PassState.REDEEMED"),
    _one("a stale statement is taken", CASE + "separation.py", "<= ACT_AGE_MS_MAX", "<= 10 * ACT_AGE_MS_MAX"),
    _one("any statement will do", CASE + "separation.py",
         "    require(act.statement in around.verified, R.AssertionUnverified)\n", ""),
    _one("policy has no floors", "policy/floors.py", "if floor.given(requirements) and", "if False and"),
    _one("a page inside another page registers", "ceremonies/client_data.py",
         'client_data.get("crossOrigin", False) is not False or "topOrigin" in client_data', "False"),
    _one("any certificate is an anchor", "ceremonies/trust.py",
         "    except VerificationError:\n        return Trust.UNTRUSTED",
         "    except VerificationError:\n        pass"),
    _one("a key becomes a synced one", "ceremonies/authentication.py",
         "(Flag.BE in data.flags) != credential.backup_eligible", "False"),
    _one("verify without an outside head", "ledger/verify.py", "in outside), default=0)",
         "in (checkpoint, *outside)), default=0)"),
    _one("a head compares its size alone", "ledger/verify.py",
         "frontier.size in roots and frontier.root() != roots[frontier.size]", "False"),
)
# fmt: on
"""In the threat model's order; what the rules of this design add stands beside what it is like."""


def named(root: Path) -> Iterator[Mutant]:
    """Yield the mutants of the threat model that concern the core.

    Raises:
        LookupError: what one replaces does not stand in the code exactly once.
    """
    for name, edits in NAMED:
        yield Mutant(name, "by name", tuple(edit_of(read(root, file), file, *texts) for file, *texts in edits))
