"""The site's clock in doubt: two administrators sign what time it is, and time goes on from there.

While the clock is doubtful the site arms, redeems, registers and activates nothing. It still takes sign-ins,
revocations, holds, recalls and closures, stamped with the ledger's last time; such an entry bears the mark `doubtful`.
"""

from typing import Annotated

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import administer
from firstkey.actions.casework import Casework
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_facts import TimeSigned
from firstkey.actions.site_stream import append_site_facts
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.surroundings import By
from firstkey.values.errors import Refused
from firstkey.values.instants import rfc3339

SIGN_TIME = "sign_time"
SIGNERS = 2
INSTANT_MAX = 253_402_300_799_999
"""The end of the year 9999 (milliseconds)."""


class TimeToSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The right time (milliseconds), and the acts of two administrators that name it (RFC 3339, UTC)."""

    instant: Annotated[int, msgspec.Meta(ge=0, le=INSTANT_MAX)]
    signed: tuple[SignedStatement, ...]


class ClockAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when time goes on (milliseconds)."""

    instant: int


async def sign_time(site: Site, caller: Operator, asked: TimeToSign) -> ClockAnswer:
    """Let time go on from what two administrators have signed, until the clock agrees by itself or the site restarts.

    Raises:
        Malformed: an assertion cannot be read.
        Refused: ClockAgrees; the clock is not in doubt. PeopleTooFew, NotEligible, ActNotForThis. TimeGoesBack; the
            ledger has a later entry.
    """
    if len(asked.signed) != SIGNERS:
        raise Refused(R.PeopleTooFew)

    def work(casework: Casework, by: tuple[By, ...]) -> ClockAnswer:
        tx = casework.tx
        if not tx.clock_doubtful:
            raise Refused(ActionReason.ClockAgrees)
        tx.go_on_from(asked.instant)
        append_site_facts(site, tx, TimeSigned(at=tx.now, instant=asked.instant, by=by))
        return ClockAnswer(instant=asked.instant)

    return await administer(site, caller, asked.signed, SIGN_TIME, (rfc3339(asked.instant),), work)
