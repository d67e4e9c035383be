"""Raising the epoch by a signed act: live passes and sessions are dead at once, and nothing else."""

import msgspec

from firstkey.actions.acts import SignedStatement
from firstkey.actions.administration import administer
from firstkey.actions.casework import Casework
from firstkey.actions.site import Operator, Site
from firstkey.actions.site_stream import EpochRaised, append_site_facts, site_state
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.surroundings import By
from firstkey.values.errors import Refused

RAISE_EPOCH = "raise_epoch"


class EpochToRaise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The epoch to raise to, one above the present, and an administrator's act that names it."""

    epoch: int
    signed: SignedStatement


class EpochAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The epoch from now on; the session that asked for it is over, too."""

    epoch: int


async def raise_epoch(site: Site, caller: Operator, asked: EpochToRaise) -> EpochAnswer:
    """Kill every live pass and every session.

    Raises:
        Refused: NotEligible, ActNotForThis; NotAStep, if the epoch is not the one below.
    """

    def work(casework: Casework, by: tuple[By, ...]) -> EpochAnswer:
        tx = casework.tx
        if asked.epoch != site_state(site, tx).state.epoch + 1:
            raise Refused(R.NotAStep, "the epoch has been raised meanwhile")
        raised = EpochRaised(at=tx.now, epoch=asked.epoch, person=by[0].person, statement=by[0].statement)
        return EpochAnswer(append_site_facts(site, tx, raised).epoch)

    return await administer(site, caller, asked.signed, RAISE_EPOCH, (str(asked.epoch),), work)
