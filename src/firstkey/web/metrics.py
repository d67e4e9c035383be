"""What is measured, for Prometheus: closed sets of labels, nothing personal, shown to this machine alone."""

import ipaddress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from starlette.requests import Request

from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Site
from firstkey.enrollment.case.words import Stage
from firstkey.ports.fact_store import Reader, Transaction, answer_async
from firstkey.ports.queues import PAGE_ROWS_MAX, CaseIndex

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTED_MAX = 10_000
"""A queue is counted up to here."""

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
OPEN_STAGES: tuple[Stage, ...] = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


class Metrics:
    """The measures of one site's server."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types there
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "firstkey_requests", "Requests answered.", ("operation", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "firstkey_request_seconds",
            "Time from a request's head to its answer.",
            ("operation",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._refusals = Counter("firstkey_refusals", "Refusals as they were told.", ("type",), registry=self._registry)
        self._cases = self._gauge("firstkey_cases", f"Open cases by stage, {COUNTED_MAX} at most.", "stage")
        self._outbox = self._gauge("firstkey_outbox_due", f"Effects that are due, {PAGE_ROWS_MAX} at most.")
        self._entries = self._gauge("firstkey_ledger_entries", "Entries under the last signed checkpoint.")
        self._doubtful = self._gauge("firstkey_clock_doubtful", "1 while the site's clocks disagree.")
        self._unanchored = self._gauge("firstkey_ledger_unanchored", "1 while no second place keeps the ledger's head.")
        self._waiting = self._gauge("firstkey_works_waiting", "Works that wait for the writer.")

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, registry=self._registry)

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def refused(self, problem_type: str) -> None:
        """Count a refusal, by the type that was told."""
        self._refusals.labels(problem_type.rpartition(":")[2]).inc()

    async def text(self, site: Site) -> bytes:
        """Return all measures, those of the store as they are now.

        Raises:
            Unavailable: the store does not answer.
        """

        def view(reader: Reader) -> tuple[dict[Stage, int], int, int]:
            depths: dict[Stage, int] = {stage: _depth(reader, stage) for stage in OPEN_STAGES}
            return depths, len(reader.outbox_due(site.clock.now(), PAGE_ROWS_MAX)), reader.checkpoint_size

        depths, due, entries = await answer_async(site.store.read(view), ANSWER_WITHIN_SECONDS)
        for stage, depth in depths.items():
            self._cases.labels(stage.value).set(depth)
        self._outbox.set(due)
        self._entries.set(entries)
        self._doubtful.set(await clock_doubtful(site))
        self._unanchored.set(is_unanchored(site))
        self._waiting.set(site.store.waiting)
        return generate_latest(self._registry)


def _depth(reader: Reader, stage: Stage) -> int:
    depth, after = 0, None
    while depth < COUNTED_MAX:
        rows = reader.cases(CaseIndex.STAGE, stage.value, after=after, limit=PAGE_ROWS_MAX)
        depth, after = depth + len(rows), rows[-1].cursor if rows else after
        if len(rows) < PAGE_ROWS_MAX:
            break
    return depth


async def clock_doubtful(site: Site) -> bool:
    """Whether the site's clocks disagree, as the writer finds it now.

    Raises:
        Unavailable: the store does not answer.
    """

    def work(tx: Transaction) -> bool:
        return tx.clock_doubtful

    return await answer_async(site.store.execute(work), ANSWER_WITHIN_SECONDS)


def is_unanchored(_: Site) -> bool:
    """Whether no place outside the site keeps the ledger's head."""
    return True  # no such place can be named yet: every start raises the epoch instead


def is_from_here(request: Request) -> bool:
    """Whether this machine itself asks, and no proxy on it for somebody else."""
    if request.client is None or any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via")):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
