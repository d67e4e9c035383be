"""How the server is: whether it runs, whether it is ready, and its measures, the last for this machine alone."""

from typing import Any

import msgspec
from starlette.requests import Request

from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import Site
from firstkey.values.errors import Refused, Unavailable
from firstkey.web.door import JSON, Answered
from firstkey.web.metrics import CONTENT_TYPE, Metrics, clock_doubtful, is_from_here, is_unanchored

STORE_SILENT, CLOCK_DOUBTFUL, LEDGER_UNANCHORED = "store-silent", "clock-doubtful", "ledger-unanchored"


async def healthy() -> Answered:
    """Say that the process answers; nothing else is looked at."""
    return Answered(200, b'{"healthy":true}', {"content-type": JSON})


async def ready(site: Site, request: Request) -> Answered:
    """Say whether the site takes requests, and to this machine what is the matter with it.

    A site whose clock is in doubt is ready: it still takes revocations, holds and recalls, and refuses what it must.

    Raises:
        Unavailable: the store does not answer, and a stranger asks.
    """
    reasons: list[str] = [LEDGER_UNANCHORED] if is_unanchored(site) else []
    is_ready = True
    try:
        if await clock_doubtful(site):
            reasons.append(CLOCK_DOUBTFUL)
    except Unavailable:
        is_ready, reasons = False, [*reasons, STORE_SILENT]
    said: dict[str, Any] = {"ready": is_ready}
    if is_from_here(request):
        said["reasons"] = sorted(reasons)
    elif not is_ready:
        raise Unavailable(STORE_SILENT)
    return Answered(200 if is_ready else 503, msgspec.json.encode(said), {"content-type": JSON})


async def measured(site: Site, metrics: Metrics, request: Request) -> Answered:
    """Return the measures.

    Raises:
        Refused: NotFound, for whoever is not this machine.
    """
    if not is_from_here(request):
        raise Refused(ActionReason.NotFound)
    return Answered(200, await metrics.text(site), {"content-type": CONTENT_TYPE})
