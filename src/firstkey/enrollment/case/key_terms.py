"""What was made, held against what the path asks of a key, as a table."""

from collections.abc import Callable

from firstkey.enrollment.case.surroundings import Made
from firstkey.policy.model import KeyTerms

KEY_TERMS: tuple[tuple[str, Callable[[KeyTerms, Made], bool]], ...] = (
    ("user_verification", lambda terms, made: made.user_verified or not terms.user_verification),
    ("device_bound", lambda terms, made: not made.backup_eligible or not terms.device_bound),
    ("trust", lambda terms, made: made.trust >= terms.trust),
    ("formats", lambda terms, made: made.fmt in terms.formats),
    ("algorithms", lambda terms, made: made.algorithm in terms.algorithms),
    ("roaming", lambda terms, made: made.roaming or not terms.roaming),
    ("aaguids", lambda terms, made: terms.aaguids is None or made.aaguid in terms.aaguids),
)
"""A term's name, and whether what was made meets it."""


def unmet_term(terms: KeyTerms, made: Made) -> str | None:
    """Return the first term that what was made does not meet, or None."""
    return next((name for name, meets in KEY_TERMS if not meets(terms, made)), None)
