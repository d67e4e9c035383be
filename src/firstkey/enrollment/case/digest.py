"""The case digest, which approvers sign (design, section 3)."""

import hashlib

import msgspec

from firstkey.enrollment.case.state import Case
from firstkey.values import canonical

ANY_DEVICE = "any"


def device_of(case: Case) -> str:
    """Return the claiming device's key as the digest names it: its thumbprint, or `any` before a claim."""
    return ANY_DEVICE if case.claim is None else case.claim.device_key


def digest_of(case: Case) -> str:
    """Return SHA-256, as hex, of the canonical list that stands for the case at this revision."""
    proofing = case.proofing
    content = [
        "firstkey-case-v1",
        case.site,
        case.case,
        case.revision,
        case.account_commitment,
        case.incarnation,
        case.purpose.value,
        case.path,
        case.policy,
        msgspec.to_builtins(case.requirements, order="deterministic"),
        [0, ""] if proofing is None else [proofing.level, proofing.evidence],
        device_of(case),
        case.expires_at,
    ]
    return hashlib.sha256(canonical.encode(content)).hexdigest()


def digest_to_sign(case: Case) -> str:
    """Return the digest that the next approver signs: the one fixed at the first approval, else today's."""
    return digest_of(case) if case.signed is None else case.signed.digest
