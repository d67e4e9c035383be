"""SIGKILL in the middle of enrollments over HTTP: nothing acknowledged is lost, nothing is spent twice."""

import os
import random
import sqlite3
import threading
import traceback
from pathlib import Path

import pytest

from firstkey.storage.sqlite.connection import DATABASE_FILE
from firstkey.values.errors import Unavailable
from firstkey.values.instants import HOUR, MINUTE
from tests.durability.accounting import check_history, missing, verify
from tests.durability.crowd import hire, sign_in_again
from tests.durability.errand import Errand, Told, cast_of
from tests.journeys.place import Place, founded

SOAK = os.environ.get("FIRSTKEY_SOAK") == "1"
KILLS = 500 if SOAK else 20
CLIENTS = 3
SECONDS_MIN, SECONDS_MAX = 0.01, 0.9
"""The server is killed at a random moment of this span, counted from when its clients begin."""

HIRED_AT_ONCE = 30
KILLS_AN_HOUR = 20
"""So many, and the server's clock goes on by an hour: velocity limits are not what is tried here."""


def work(errand: Errand, broken: list[str]) -> None:
    """Go on with an errand until it is over or the server is gone."""
    try:
        errand.go_on()
    except Unavailable:
        pass
    except BaseException:  # noqa: BLE001 - told by the test
        broken.append(traceback.format_exc())


class Desks:
    """Clients at the same time, each with operators of its own and one joiner after another."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._casts = [cast_of(place) for _ in range(CLIENTS)]
        self._waiting = hire(place, HIRED_AT_ONCE)
        self._errands: list[Errand | None] = [None] * CLIENTS
        self.told: list[Told] = []
        self.ended = 0

    def sign_in(self) -> None:
        """Open new sessions, after a start."""
        for cast in self._casts:
            for desk in cast:
                desk.sign_in()

    def begin(self, broken: list[str]) -> list[threading.Thread]:
        """Let every client go on with its errand, or with a new one."""
        threads = []
        for number in range(CLIENTS):
            errand = self._next(number)
            threads.append(threading.Thread(target=work, args=(errand, broken)))
            threads[-1].start()
        return threads

    def gather(self) -> None:
        """Take down what was acknowledged so far; errands that are over make room."""
        for number, errand in enumerate(self._errands):
            if errand is not None:
                self.told += errand.told
                errand.told = []
                if errand.over:
                    self.ended += 1
                    self._errands[number] = None

    def _next(self, number: int) -> Errand:
        errand = self._errands[number]
        if errand is None:
            if not self._waiting:
                sign_in_again(self._place)
                self._waiting = hire(self._place, HIRED_AT_ONCE)
            errand = self._errands[number] = Errand(self._place, self._casts[number], self._waiting.pop())
        return errand


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_by_kills_in_the_middle_of_enrollments(tmp_path: Path) -> None:
    """After each kill everything acknowledged is there, no pass was spent twice, and the ledger verifies."""
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    broken: list[str] = []
    with founded(tmp_path) as place:
        desks = Desks(place)
        desks.sign_in()
        for kill in range(KILLS):
            threads = desks.begin(broken)
            threading.Event().wait(chance.uniform(SECONDS_MIN, SECONDS_MAX))
            place.server.kill()
            for thread in threads:
                thread.join()
            desks.gather()
            where = f"kill {kill} of seed {seed}"
            assert not broken, "\n".join((where, *broken))
            if kill % KILLS_AN_HOUR == KILLS_AN_HOUR - 1:
                place.server.clock.let_pass(HOUR + 6 * MINUTE)
            place.server.start()
            assert missing(place.prepared.site, desks.told) == [], where
            check_history(place.prepared.site)
            verify(place.prepared.site)
            desks.sign_in()
        for thread in desks.begin(broken):
            thread.join()
        desks.gather()
        assert not broken, "\n".join((str(seed), *broken))
        assert missing(place.prepared.site, desks.told) == []
        made = check_history(place.prepared.site)
        assert made >= CLIENTS, "the kills let no enrollment come to its end"
        print(f"{KILLS} kills, {len(desks.told)} acknowledgements, {desks.ended} errands ended, {made} credentials")


def test_the_accounting_would_find_a_loss(tmp_path: Path) -> None:
    """A fact that is taken out of the database, or stands there twice, is missed, counted, and breaks the ledger."""
    with founded(tmp_path) as place:
        errand = Errand(place, place.cast, hire(place, 1)[0])
        errand.go_on()
    site = place.prepared.site
    assert missing(site, errand.told) == []
    assert check_history(site) == 1
    verify(site)
    database = sqlite3.connect(site / DATABASE_FILE)
    database.execute("DELETE FROM facts WHERE kind = 'PassArmed'")
    database.commit()
    assert [told.kind for told, _, _ in missing(site, errand.told)] == ["PassArmed"]
    with pytest.raises(AssertionError):
        verify(site)
    database.execute("UPDATE facts SET number = number + 100 WHERE kind = 'CaseClosed'")
    database.execute(
        "INSERT INTO facts SELECT stream, number + 50, kind, at, body, mac, activity FROM facts"
        " WHERE kind IN ('PassIssued', 'PassRedeemed')"
    )
    database.commit()
    database.close()
    with pytest.raises(AssertionError, match="twice"):
        check_history(site)
