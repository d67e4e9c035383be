"""Measure the core: medians over several rounds, interleaved with their floors, as ratios to them.

The floor is what could not be left out: for a decision that rests on signatures, one P-256 verification; for a fact,
one SHA-256 over its bytes. A shared machine is noisy: compare ratios within one run, never figures between runs.
"""

import hashlib
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.case import walked
from firstkey.enrollment.case.facts import decode_fact, encode_fact
from firstkey.enrollment.case.words import Stage
from firstkey.enrollment.lifecycle.decide import decide
from firstkey.enrollment.lifecycle.replay import replay

ROUNDS = 7
CALLS_PER_ROUND = 400
RESULT = Path(__file__).parents[1] / "docs" / "benchmarks" / "latest.json"


def _seconds(call: Callable[[], object], calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - begun) / calls


def _verification() -> Callable[[], object]:
    key = ec.generate_private_key(ec.SECP256R1())
    message = os.urandom(64)
    signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    public = key.public_key()
    return lambda: public.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def _measured() -> list[dict[str, object]]:
    case = walked(Stage.REDEMPTION)
    whole = walked(Stage.CLOSED)
    stored = [encode_fact(fact) for fact in whole.facts]
    verification, joined = _verification(), b"".join(stored)
    rows: list[tuple[str, Callable[[], object], str, Callable[[], object], str]] = [
        (
            "decide_redemption",
            lambda: decide(case.case, case.around, case.redeem_command, case.ruling, case.now),
            "one P-256 verification",
            verification,
            "the right code from the claiming device, on the whole ground",
        ),
        (
            "replay_a_whole_case",
            lambda: replay(decode_fact(body) for body in stored),
            "SHA-256 over its facts",
            lambda: hashlib.sha256(joined).digest(),
            f"{len(stored)} facts read from canonical bytes and folded under the transition table",
        ),
        (
            "encode_its_facts",
            lambda: [encode_fact(fact) for fact in whole.facts],
            "SHA-256 over its facts",
            lambda: hashlib.sha256(joined).digest(),
            "canonical JSON of every fact",
        ),
    ]
    measured: list[dict[str, object]] = []
    for name, call, floor_name, floor, note in rows:
        rounds = [(_seconds(call, CALLS_PER_ROUND), _seconds(floor, CALLS_PER_ROUND)) for _ in range(ROUNDS)]
        value, least = (statistics.median(each) * 1e6 for each in zip(*rounds, strict=True))
        ratio = statistics.median(one / other for one, other in rounds)
        measured.append(
            {
                "name": name,
                "value": round(value, 1),
                "unit": "us",
                "floor": round(least, 1),
                "ratio": round(ratio, 2),
                "note": f"{note}; floor: {floor_name}",
            }
        )
    return measured


def main() -> None:
    """Measure, print and store."""
    rows = _measured()
    width = max(len(str(row["name"])) for row in rows)
    print(f"{'':{width}}  {'us':>9}  {'floor':>8}  {'ratio':>7}")
    for row in rows:
        print(f"{row['name']:{width}}  {row['value']:>9}  {row['floor']:>8}  {row['ratio']:>7}")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, CPython {platform.python_version()}"
    result = {"machine": machine, "date": datetime.now(UTC).date().isoformat(), "rows": rows}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(f"stored in {RESULT.relative_to(Path(__file__).parents[1])}")


if __name__ == "__main__":
    main()
