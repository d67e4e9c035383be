"""The pure core: a decision beside one P-256 verification, facts beside one SHA-256 over their bytes."""

import hashlib
from collections.abc import Callable, Iterator

from benchmarks.case import walked
from benchmarks.floor import Verification
from benchmarks.measuring import Row, beside
from firstkey.enrollment.case.facts import decode_fact, encode_fact
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.decide import decide
from firstkey.enrollment.lifecycle.replay import replay

ROUNDS = 7
CALLS = 300


def core_rows() -> Iterator[Row]:
    """Measure what no request over HTTP shows alone."""
    case, whole = walked(Stage.REDEMPTION), walked(Stage.CLOSED)
    stored = [encode_fact(fact) for fact in whole.facts]
    joined = b"".join(stored)

    def digest() -> object:
        return hashlib.sha256(joined).digest()

    measured: tuple[tuple[str, Callable[[], object], Callable[[], object], str], ...] = (
        (
            "decide_redemption",
            lambda: decide(case.case, case.around, case.redeem_command, case.ruling, case.now),
            Verification(),
            "the right code from the claiming device, on the whole ground; floor: one P-256 verification",
        ),
        (
            "replay_a_whole_case",
            lambda: replay(decode_fact(body) for body in stored),
            digest,
            f"{len(stored)} facts read from canonical bytes and folded under the table; floor: SHA-256 over them",
        ),
        (
            "encode_its_facts",
            lambda: [encode_fact(fact) for fact in whole.facts],
            digest,
            "canonical JSON of every fact; floor: SHA-256 over them",
        ),
    )
    for name, call, floor, note in measured:
        value, least = beside(call, floor, ROUNDS, CALLS)
        yield Row(name, value * 1e6, "us", least * 1e6, note)
