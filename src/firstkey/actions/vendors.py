"""A proofing vendor's result, signed request by request with the vendor's own key, as a source of record's feed is.

It counts for the case that it names, once, and only while that case waits for proofing: a result that comes late, comes
again, or comes for another case changes nothing. What it reaches is what its method may reach.
"""

from typing import Annotated

import msgspec

from firstkey.actions.casework import Casework, run
from firstkey.actions.feeds import source_speaking
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recording import PROOFING
from firstkey.actions.site import Feed, Site
from firstkey.actions.site_facts import CheckReported
from firstkey.actions.site_stream import new_fact
from firstkey.actions.streams import case_stream
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Evidence
from firstkey.enrollment.proofing import RecordProofing
from firstkey.ledger.entry import Activity
from firstkey.ports.fact_store import Slot, SlotTaken
from firstkey.ports.kinds import SlotKind
from firstkey.values.assurance import ProofingMethod
from firstkey.values.errors import Refused

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class CheckToReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a vendor found, of the joiner of one case.

    Attributes:
        case: the case's id, which the vendor was given with its order.
        method: how; the vendor's own methods alone.
        level: what the check reached.
        commitment: SHA-256, hex, over salt and reference of the vendor's record.
        proofed_at: when the check was made, milliseconds.
    """

    case: str
    method: ProofingMethod
    level: int
    commitment: Sha256
    proofed_at: int


class CheckTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It counts; the vendor learns nothing else of the case."""

    case: str


async def report_check(site: Site, caller: Feed, asked: CheckToReport) -> CheckTaken:
    """Record a vendor's signed result as the proofing of a case.

    Raises:
        Refused: NotFound, CheckNotAwaited, CheckSpent, or what the core finds.
    """

    def work(casework: Casework) -> CheckTaken:
        tx, source = casework.tx, source_speaking(casework, caller, PROOFING)
        state = casework.read(asked.case)
        if not isinstance(state, Case):
            raise Refused(ActionReason.NotFound)
        if state.closed is not None or state.proofing is not None:
            raise Refused(ActionReason.CheckNotAwaited)
        try:
            tx.take(Slot(SlotKind.CHECK, f"{source.name}:{asked.commitment}"), case_stream(asked.case))
        except SlotTaken as error:
            raise Refused(ActionReason.CheckSpent) from error
        evidence = Evidence(
            method=asked.method,
            level=asked.level,
            commitment=asked.commitment,
            proofed_at=asked.proofed_at,
            vendor=source.name,
        )
        casework.decide(asked.case, RecordProofing(evidence))
        reported = CheckReported(at=tx.now, source=source.name, key=source.key, case=asked.case, check=asked.commitment)
        stream = f"source/{source.name}"
        tx.append(stream, tx.head(stream), [new_fact(reported, Activity.ENROLLMENT)])
        return CheckTaken(asked.case)

    return await run(site, work)
