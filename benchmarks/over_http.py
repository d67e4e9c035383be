"""Each step of an enrollment over HTTP beside its floor, in the same run, one right after the other."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from argon2.low_level import Type, hash_secret_raw

from benchmarks.enrollment import Steps, Taken, Wave
from benchmarks.load import HOST, Volley, fire, percentile, request_bytes
from benchmarks.measuring import Row
from benchmarks.place import Place, Refusal, Started, floor
from benchmarks.recipes import Looking, Recipe, Step, write_recipe
from firstkey.actions.codes import ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_THREADS

CLIENTS = (1, 8, 32)
VOLLEY = 64
"""So many requests are fired before the floor has its turn."""

VOLLEYS = {"register": 192}
"""Those of a step that is over only when the sweeper has had its turn: many share one wait."""

TYPED_CLIENTS = 8
TYPED_VOLLEY = 16
CLOSED_SECONDS_MAX = 60
POLL_SECONDS = 0.005
REDEEM_MOST, ENROLLMENT_MOST = 2.5, 3.0


class Pair(NamedTuple):
    """A step and its floor: equally many requests by equally many clients."""

    ours: Volley
    floor: Volley


class Took(NamedTuple):
    """What a step took: its pairs, and how often an enrollment takes it."""

    pairs: list[Pair]
    times: int

    @property
    def seconds(self) -> tuple[float, float]:
        """Medians over the rounds of a request's share of its volley: ours and the floor's."""
        return statistics.median(p.ours.each for p in self.pairs), statistics.median(p.floor.each for p in self.pairs)

    def percentile(self, share: float) -> tuple[float, float]:
        """A percentile of the times of all answers, seconds: ours and the floor's."""
        ours = [answer.seconds for pair in self.pairs for answer in pair.ours.answers]
        least = [answer.seconds for pair in self.pairs for answer in pair.floor.answers]
        return percentile(ours, share), percentile(least, share)


Measured = dict[str, Took]


def whole(wave: Wave) -> Steps:
    """Yield all steps of an enrollment whose code is sealed."""
    yield from wave.to_the_pass()
    yield from wave.sealed_pass()
    yield from wave.redemption()
    yield from wave.registration()
    yield from wave.status()


def wait_until_closed(place: Place, wave: Wave) -> None:
    """Ask the database, from outside, until every case of a wave is closed."""
    looking, until = Looking(place.site), time.monotonic() + CLOSED_SECONDS_MAX
    cases = [f"case/{one.case}" for one in wave.joiners]
    while looking.closed(cases) < len(cases):
        if time.monotonic() > until:
            raise Refusal("no activation")
        time.sleep(POLL_SECONDS)
    looking.close()


def learn(place: Place, number: int) -> Recipe:
    """Let one joiner take all steps alone, and note what each leaves in the database."""
    wave, recipe, looking = Wave(place, range(number, number + 1)), {}, Looking(place.site)
    looking.look()
    for taken in whole(wave):
        answers = place.volley(taken.requests, 1).answers
        if taken.name == "register":
            wait_until_closed(place, wave)
        wave.told(answers)
        recipe[taken.name] = Step(taken.name, taken.verifications, len(answers[0].body), looking.changes())
    looking.close()
    return recipe


@contextmanager
def floor_of(recipe: Recipe) -> Iterator[Started]:
    """Run the floor's server on a recipe, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="firstkey-floor-") as folder:
        write_recipe(Path(folder), recipe)
        with floor(Path(folder)) as running:
            yield running


class Bench:
    """Measures enrollments at one place.

    Args:
        place: the site.
        port: where the floor listens.
        joiners: numbers of joiners on record who have no case yet.
    """

    def __init__(self, place: Place, port: int, joiners: Iterator[int]) -> None:
        self._place = place
        self._port = port
        self._joiners = joiners

    def enrollments(self, clients: int, joiners: int, rounds: int) -> Measured:
        """Let so many joiners enroll, round after round; each step and its floor in turn."""
        pairs: dict[str, list[Pair]] = {}
        times: dict[str, int] = {}
        for _ in range(rounds):
            wave = Wave(self._place, self._numbers(joiners))
            for taken in whole(wave):
                times[taken.name] = times.get(taken.name, 0) + 1
                pairs.setdefault(taken.name, []).extend(self._take(wave, taken, clients))
        return {name: Took(pairs[name], times[name] // rounds) for name in pairs}

    def _numbers(self, count: int) -> range:
        first = next(self._joiners)
        for _ in range(count - 1):
            next(self._joiners)
        return range(first, first + count)

    def _take(self, wave: Wave, taken: Taken, clients: int) -> list[Pair]:
        pairs: list[Pair] = []
        size = VOLLEYS.get(taken.name, VOLLEY)
        for start in range(0, len(taken.requests), size):
            requests = taken.requests[start : start + size]
            ours = self._place.volley(requests, clients)
            if taken.name == "register":
                begun = time.perf_counter()
                wait_until_closed(self._place, wave.part(start, len(requests)))
                ours = ours._replace(seconds=ours.seconds + time.perf_counter() - begun)
            pairs.append(Pair(ours, fire(self._port, [self._bare(taken, requests[0])] * len(requests), clients)))
        wave.told([answer for pair in pairs for answer in pair.ours.answers])
        return pairs

    def _bare(self, taken: Taken, request: bytes) -> bytes:
        """Return the floor's request: as many bytes of body, to the floor's address."""
        body = request.partition(b"\r\n\r\n")[2]
        headers = {"host": f"{HOST}:{self._port}", "origin": self._place.address.origin}
        path = "/" + taken.name.replace(" ", "-")
        return request_bytes("POST" if body else "GET", path, headers, body)

    def typed(self, joiners: int) -> Row:
        """Redeem typed codes, and hash as often with the same parameters in as many threads."""
        wave = Wave(self._place, self._numbers(joiners))
        for taken in chain(wave.to_the_pass(), wave.typed_pass()):
            wave.told(self._place.volley(taken.requests, TYPED_CLIENTS).answers)
        ours, least = [], []
        (taken,) = wave.redemption()
        for start in range(0, joiners, TYPED_VOLLEY):
            requests = taken.requests[start : start + TYPED_VOLLEY]
            ours.append(self._place.volley(requests, TYPED_CLIENTS).each)
            least.append(_hashing(len(requests)))
        value, bare = statistics.median(ours), statistics.median(least)
        note = f"{TYPED_CLIENTS} clients; floor: one Argon2id of the same parameters, in {ARGON2_THREADS} threads"
        return Row("typed_redeem_ms", value * 1e3, "ms", bare * 1e3, note)


def _hashing(times: int) -> float:
    """Return the seconds for one Argon2id of so many, in as many threads as the server's."""

    def digest(number: int) -> bytes:
        return hash_secret_raw(
            b"%032d" % number,
            bytes(16),
            time_cost=ARGON2_PASSES,
            memory_cost=ARGON2_MEMORY_KIB,
            parallelism=1,
            hash_len=32,
            type=Type.ID,
        )

    with ThreadPoolExecutor(ARGON2_THREADS) as pool:
        begun = time.perf_counter()
        list(pool.map(digest, range(times)))
        return (time.perf_counter() - begun) / times


def summary(measured: Measured, clients: int) -> Iterator[Row]:
    """Return what is asked of redemption and of an enrollment as a whole."""
    ours, least = measured["redeem"].seconds
    ratio = statistics.median(pair.ours.each / pair.floor.each for pair in measured["redeem"].pairs)
    parts = "one bare Starlette request, its P-256 verifications, its rows in grouped commits of 32"
    yield Row(
        "redeem_vs_floor",
        ratio,
        "times",
        1.0,
        f"a sealed code, {clients} clients: {ours * 1e6:.0f} us beside {least * 1e6:.0f} us; floor: {parts}",
        REDEEM_MOST,
    )
    total, bare = (sum(took.seconds[which] * took.times for took in measured.values()) for which in (0, 1))
    requests = sum(took.times for took in measured.values())
    yield Row(
        "enrollment_vs_floor",
        total / bare,
        "times",
        1.0,
        f"{requests} requests and the activation, {clients} clients: {total * 1e3:.1f} ms beside {bare * 1e3:.1f} ms; "
        "floor: the sum of its steps' floors",
        ENROLLMENT_MOST,
    )


def step_rows(measured: Measured, clients: int) -> Iterator[Row]:
    """Return median and 99th percentile of every step."""
    for name, took in measured.items():
        answers = sum(len(pair.ours.answers) for pair in took.pairs)
        for word, share in (("p50", 0.5), ("p99", 0.99)):
            ours, least = (each * 1e3 for each in took.percentile(share))
            note = f"time to the answer, {clients} clients, {answers} requests; floor: the same of the bare step"
            yield Row(f"{name.replace(' ', '_')}_{word}_ms_at_{clients}", ours, "ms", least, note)
