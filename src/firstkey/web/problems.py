"""How a no becomes an answer: problem details (RFC 9457), in this one place.

A caller who has shown neither a session nor a device proof is told one thing, whatever the rule was. A defect shows
nothing; what it was stands in the log, under the id that the answer bears.
"""

from enum import Enum
from typing import Any

import msgspec

from firstkey.actions.reasons import ActionReason
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.enrollment.case.refusals import R
from firstkey.values.canonical import CanonicalReason
from firstkey.values.encoding import EncodingReason
from firstkey.values.errors import Malformed, Refused, Says, Unavailable, problem_type

PROBLEM_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:firstkey:problem:"


class WebReason(Enum):
    """What HTTP itself says no to."""

    BodyMalformed = Says("The request cannot be read as what this address takes.", "Compare it with /api/openapi.json.")
    BodyTooLarge = Says("The body is too large.", "Send less at once.")
    CertificateUnreadable = Says("The proxy's Client-Cert header cannot be read.", "See RFC 9440 section 2.2.")
    ContentTypeWrong = Says("The body must be JSON.", "Send it with the content type application/json.")
    Defect = Says("Something went wrong here.", "Try again; if it stays so, tell the people who run this site.")
    MethodWrong = Says("This address does not take that method.", "Compare it with /api/openapi.json.")
    OriginWrong = Says("The request comes from another site's page.", "Use this site's own page.")
    TooManyRequests = Says("That is more at once than is answered.", "Wait as long as Retry-After says.")
    Unavailable = Says("The site is busy, or storage failed; nothing was changed.", "Send the same again in a moment.")


STATUS: dict[Enum, int] = {
    WebReason.BodyTooLarge: 413,
    WebReason.ContentTypeWrong: 415,
    WebReason.Defect: 500,
    WebReason.MethodWrong: 405,
    WebReason.OriginWrong: 403,
    WebReason.TooManyRequests: 429,
    WebReason.Unavailable: 503,
    ActionReason.NotFound: 404,
    ActionReason.SignInNeeded: 401,
    ActionReason.UseNonce: 401,
    ActionReason.VelocityReached: 429,
    ActionReason.AccountUnknown: 404,
    ActionReason.PersonUnknown: 404,
    R.NotEligible: 403,
}
"""Statuses that are neither 400 (could not be read) nor 409 (a rule says no)."""

NONCE_REASONS = frozenset({CeremonyReason.ProofNonceWrong, CeremonyReason.ProofNonceExpired})

ONE_PROBLEM: dict[Enum, Enum] = {
    **dict.fromkeys((*CanonicalReason, *EncodingReason, ActionReason.CursorWrong), WebReason.BodyMalformed),
    **dict.fromkeys(NONCE_REASONS, ActionReason.UseNonce),
}
"""Reasons that are told as another: what cannot be decoded is one problem; a nonce that is over asks for the next."""

TOLD_TO_STRANGERS = frozenset(
    {
        *WebReason,
        ActionReason.FounderKeyUnfit,
        ActionReason.FounderTaken,
        ActionReason.FoundersTooFew,
        ActionReason.FoundersTooMany,
        ActionReason.FoundingSigned,
        ActionReason.NotFounded,
        ActionReason.SignInNeeded,
        ActionReason.UseNonce,
    }
)
"""Reasons that say nothing about anybody, or that only somebody with the founding code can meet."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A problem as it is answered. `next_step` says what to do now."""

    type: str
    title: str
    status: int
    next_step: str
    detail: str | None = None


def problem_of(error: Exception, *, known: bool) -> Problem:
    """Return how an error is answered.

    Args:
        error: whatever an action or the way in has raised.
        known: whether the caller has shown a session or a device proof.
    """
    if isinstance(error, Unavailable):
        return _problem(WebReason.Unavailable, 503)
    if not isinstance(error, Refused):
        return _problem(WebReason.Defect, 500)
    reason: Enum = ONE_PROBLEM.get(error.reason, error.reason)
    if not known and not isinstance(error, Malformed) and reason not in TOLD_TO_STRANGERS:
        return _problem(ActionReason.NotFound, 404)
    status = STATUS.get(reason, 400 if isinstance(error, Malformed) else 409)
    return _problem(reason, status, error.detail if known else "")


def _problem(reason: Enum, status: int, detail: str = "") -> Problem:
    says: Any = reason.value
    return Problem(
        type=TYPE_PREFIX + problem_type(reason),
        title=says.title,
        status=status,
        next_step=says.next_step,
        detail=detail or None,
    )
