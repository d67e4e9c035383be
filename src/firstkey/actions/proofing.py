"""Recording and withdrawing identity evidence.

What a vouch or an earlier proofing is worth is not the proofer's word: the relation, the voucher's own level and the
earlier evidence are looked up where they are recorded, in the transaction that decides.
"""

from collections.abc import Iterator

import msgspec

from firstkey.actions.acts import SignedStatement, judge_signed
from firstkey.actions.casework import Casework
from firstkey.actions.operators import CaseAnswer, decide_signed, do_signed
from firstkey.actions.people import find_person
from firstkey.actions.provenance import Node
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recall import every_recall
from firstkey.actions.request import Withdrawal
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import site_state
from firstkey.actions.streams import every_case
from firstkey.enrollment.case.limits import EARLIER_PROOFING_AGE_MS_MAX
from firstkey.enrollment.case.state import Case, Proofing
from firstkey.enrollment.case.surroundings import Evidence
from firstkey.enrollment.case.words import Closure
from firstkey.enrollment.proofing import RecordProofing, WithdrawProofing
from firstkey.policy.model import Duty
from firstkey.ports.queues import CaseIndex
from firstkey.values.assurance import ProofingMethod
from firstkey.values.errors import Refused


class ProofingToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evidence, and the proofer's act that names its commitment (hex of SHA-256 over salt and reference).

    An earlier proofing is named by the commitment under which it was recorded, and has a companion beside it.
    """

    method: ProofingMethod
    level: int
    commitment: str
    proofed_at: int
    signed: SignedStatement
    companion: ProofingMethod | None = None


async def record_proofing(site: Site, caller: Operator, case: str, asked: ProofingToRecord) -> CaseAnswer:
    """Record evidence signed by the proofer, or a vouch signed by the joiner's manager.

    Raises:
        Refused: EarlierProofingUnknown, what the act lacks, or what the core finds.
    """
    judged = [await judge_signed(site, asked.signed, caller.person)]
    return await decide_signed(
        site, case, judged, lambda casework, acts: RecordProofing(_evidence(casework, case, asked, caller), acts[0])
    )


def _evidence(casework: Casework, case: str, asked: ProofingToRecord, caller: Operator) -> Evidence:
    """Join what the proofer says with what is on record."""
    state, now = casework.read(case), casework.tx.now
    person = state.person if isinstance(state, Case) else ""
    evidence = Evidence(
        method=asked.method,
        level=asked.level,
        commitment=asked.commitment,
        proofed_at=asked.proofed_at,
        companion=asked.companion,
    )
    if asked.method is ProofingMethod.EARLIER_PROOFING:
        earlier = next((p for p in proofings_of(casework, person) if p.evidence == asked.commitment), None)
        if earlier is None:
            raise Refused(ActionReason.EarlierProofingUnknown)
        level = min(asked.level, earlier.level)
        evidence = msgspec.structs.replace(evidence, level=level, proofed_at=earlier.counts_from)
    if ProofingMethod.LIVE_VOUCH in (asked.method, asked.companion):
        record = find_person(casework.tx, person)
        manages = record is not None and record.manager_at(now) == caller.person
        levels = (p.level for p in proofings_of(casework, caller.person) if _is_recent(p, now))
        evidence = msgspec.structs.replace(
            evidence,
            voucher_level=max(levels, default=0),
            relation_since=record.manager_since if manages and record is not None else None,
        )
    return evidence


def _is_recent(proofing: Proofing, now: int) -> bool:
    return now - proofing.counts_from <= EARLIER_PROOFING_AGE_MS_MAX


def proofings_of(casework: Casework, person: str) -> Iterator[Proofing]:
    """Read the proofings that stand behind somebody's completed cases; one that rests on another is none of its own,
    and one that a recall has called into question is none at all.
    """
    standing = site_state(casework.site, casework.tx).state
    recalled = {(kept.node, standing.known_as(kept.value)) for kept in every_recall(casework.tx)}
    for row in every_case(casework.tx, CaseIndex.PERSON, person):
        state = casework.read(row.case.removeprefix("case/"))
        found = state.proofing if isinstance(state, Case) and state.closed is Closure.COMPLETED else None
        if found is None or not isinstance(state, Case) or found.method is ProofingMethod.EARLIER_PROOFING:
            continue
        proofers = {(Node.PERSON, standing.known_as(who)) for duty, who in state.duties if duty is Duty.PROOFER}
        if recalled.isdisjoint({(Node.CASE, state.case), (Node.EVIDENCE, found.evidence), *proofers}):
            yield found


async def withdraw_proofing(site: Site, caller: Operator, case: str, asked: Withdrawal) -> CaseAnswer:
    """Say that the proofing does not stand; for cause, that recalls what came of it."""
    return await do_signed(site, caller, case, asked.signed, lambda act: WithdrawProofing(act, asked.for_cause))
