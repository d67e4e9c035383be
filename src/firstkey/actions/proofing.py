"""Recording and withdrawing identity evidence."""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.operators import CaseAnswer, do_signed
from firstkey.actions.request import ActOnCase
from firstkey.actions.site import Operator, Site
from firstkey.enrollment.case.surroundings import Evidence
from firstkey.enrollment.proofing import RecordProofing, WithdrawProofing
from firstkey.values.assurance import ProofingMethod


class ProofingToRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evidence, and the proofer's act that names its commitment (hex of SHA-256 over salt and reference)."""

    method: ProofingMethod
    level: int
    commitment: str
    proofed_at: int
    signed: SignedStatement


async def record_proofing(site: Site, caller: Operator, case: str, asked: ProofingToRecord) -> CaseAnswer:
    """Record evidence signed by the proofer."""
    evidence = Evidence(
        method=asked.method, level=asked.level, commitment=asked.commitment, proofed_at=asked.proofed_at
    )
    return await do_signed(site, caller, case, asked.signed, lambda act: RecordProofing(evidence=evidence, act=act))


async def withdraw_proofing(site: Site, caller: Operator, case: str, asked: ActOnCase) -> CaseAnswer:
    """Say that the proofing does not stand."""
    return await do_signed(site, caller, case, asked.signed, lambda act: WithdrawProofing(act=act))
