"""Which problems each operation can answer, read off the source: `make docs` writes src/firstkey/web/answers.json."""

import json
from collections.abc import Iterator

from firstkey.actions.reasons import ActionReason
from firstkey.ceremonies.reasons import CeremonyReason
from firstkey.ledger.refusals import LedgerReason
from firstkey.ports.fact_store import StoreReason
from firstkey.values.errors import Malformed, Refused, Unavailable
from firstkey.web.problems import TYPE_PREFIX, Problem, WebReason, problem_of
from firstkey.web.routes import ROUTES, Guard, Route
from tests.architecture.raised import raised
from tests.architecture.size import ROOT

TABLE = ROOT / "src" / "firstkey" / "web" / "answers.json"

ALWAYS: tuple[Exception, ...] = (
    Malformed(WebReason.BodyMalformed),
    Refused(ActionReason.NotFound),
    Refused(WebReason.TooManyRequests),
    Unavailable(),
)
"""What every operation can answer."""

OF_WRITES = (
    Refused(WebReason.BodyTooLarge),
    Refused(WebReason.ContentTypeWrong),
    Refused(WebReason.OriginWrong),
)
OF_GUARDS: dict[Guard, tuple[Exception, ...]] = {
    Guard.OPEN: (),
    Guard.SESSION: (Refused(ActionReason.SignInNeeded),),
    Guard.DEVICE: (
        Refused(ActionReason.UseNonce),
        Malformed(CeremonyReason.ProofMalformed),
        Malformed(WebReason.CertificateUnreadable),
    ),
    Guard.FEED: (Refused(ActionReason.UseNonce), Malformed(CeremonyReason.ProofMalformed)),
}
TAKES_A_SLOT = frozenset(
    "anchor_by_certificate anchor_claim claim_case feed_case get_native_pass get_pass open_case register_credential"
    " release_claim replace_claim replace_claim_at_station".split()
)
"""Operations whose facts take a place that another case may hold; the append that says so is everybody's."""

OF_KNOWN = (Refused(LedgerReason.ChainBroken),)
OF_KNOWN_WRITES = (Refused(ActionReason.AlreadyCarriedOut), Refused(ActionReason.IdempotencyKeyReused))


def problems(route: Route) -> Iterator[Problem]:
    """Yield the problems that a route can answer: the door's, and what its action can raise."""
    known, writes = route.guard is not Guard.OPEN, route.method != "GET"
    errors: list[Exception] = [*ALWAYS, *OF_GUARDS[route.guard]]
    errors += [*OF_WRITES] if writes else []
    errors += [*OF_KNOWN] if known else []
    errors += [*OF_KNOWN_WRITES] if known and writes else []
    slotless = route.operation not in TAKES_A_SLOT
    raising = (no for no in raised(route.action) if not (slotless and no.reason is StoreReason.SlotTaken))
    errors += [(Malformed if no.malformed else Refused)(no.reason) for no in raising]
    for error in errors:
        yield problem_of(error, known=known)


def table() -> str:
    """Return answers.json as it should be: by operation, by status, the types in one line."""
    answers: dict[str, dict[str, str]] = {}
    for route in ROUTES:
        by_status: dict[int, set[str]] = {}
        for problem in problems(route):
            by_status.setdefault(problem.status, set()).add(problem.type.removeprefix(TYPE_PREFIX))
        answers[route.operation] = {str(status): " ".join(sorted(types)) for status, types in sorted(by_status.items())}
    return json.dumps(answers, indent=1) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
