"""The store's time: never before the ledger, over as soon as either clock says so, doubtful when they disagree."""

from collections.abc import Callable

import pytest

from firstkey.ledger.entry import read_entry
from firstkey.ports.fact_store import StoreReason, Transaction
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY, HOUR, MINUTE, SECOND
from tests.contracts.site import BEGINNING, Site, appending, do, fact, judged, leaves, see


def told(site: Site) -> tuple[int, bool]:
    """Return the store's instant, from the beginning, and whether it is doubtful."""
    now, doubtful = do(site, lambda tx: (tx.now, tx.clock_doubtful))
    return now - BEGINNING, doubtful


def test_the_store_stamps_facts_with_its_clock(site: Site) -> None:
    """A fact bears the instant of its transaction, read once: all facts of one work bear the same."""
    site.clock.pass_ms(MINUTE)
    site.clock.ticks = 7

    def work(tx: Transaction) -> set[int]:
        recorded = (*tx.append("a", 0, [fact(), fact()]), *tx.append("b", 0, [fact()]))
        return {row.at for row in recorded} | {tx.now}

    assert len(do(site, work)) == 1
    assert told(site) > (MINUTE, False)


def naming(after: int) -> Callable[[Transaction], None]:
    """Return a work that names the right time and writes that down."""

    def work(tx: Transaction) -> None:
        tx.go_on_from(BEGINNING + after)
        tx.append("site", 0, [fact()])

    return work


@pytest.mark.parametrize(
    ("set_by", "expected"),
    [
        pytest.param(-2 * SECOND, (HOUR, False), id="back by 2 s: the other clock goes on"),
        pytest.param(-2 * SECOND - 1, (0, True), id="back by more"),
        pytest.param(60 * SECOND, (HOUR + MINUTE, False), id="forward by 60 s: over sooner"),
        pytest.param(60 * SECOND + 1, (0, True), id="forward by more"),
        pytest.param(-HOUR, (0, True), id="back before the ledger"),
    ],
)
def test_clocks_that_drift_apart_are_doubtful(site: Site, set_by: int, expected: tuple[int, bool]) -> None:
    """Within 2 s back and 60 s forward the later clock counts; beyond, time stands at the ledger's last entry."""
    do(site, appending("case-1", 1))
    site.clock.pass_ms(HOUR)
    site.clock.set_by_ms(set_by)
    assert told(site) == expected


def test_time_goes_on_when_the_clock_agrees_again(site: Site) -> None:
    """Doubt ends by itself once the clock is right again; what was stored meanwhile bears the ledger's last time."""
    do(site, appending("case-1", 1))
    site.clock.pass_ms(MINUTE)
    site.clock.set_by_ms(-HOUR)
    assert do(site, appending("case-1", 2))[0].at == BEGINNING
    site.clock.set_by_ms(HOUR)
    assert told(site) == (MINUTE, False)


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        pytest.param(2 * SECOND, (MINUTE, False), id="by 2 s: time waits at the last entry"),
        pytest.param(2 * SECOND + 1, (MINUTE, True), id="by more"),
        pytest.param(HOUR, (MINUTE, True), id="by an hour"),
    ],
)
def test_a_clock_behind_the_ledger_at_start_is_doubtful(site: Site, back: int, expected: tuple[int, bool]) -> None:
    """After a start with a clock behind the ledger's last entry, time is the entry's, and entries never go back."""
    site.clock.pass_ms(MINUTE)
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-back)
    site.reopen()
    assert told(site) == expected
    assert do(site, appending("case-1", 2))[0].at == BEGINNING + MINUTE
    assert judged(site).entries == 2


def test_a_clock_set_before_the_first_entry_is_doubtful_too(site: Site) -> None:
    """With an empty ledger a doubtful time is the start's."""
    site.clock.set_by_ms(HOUR)
    assert told(site) == (0, True)


@pytest.mark.parametrize(("deadlines", "late"), [((0,), False), ((-1,), True), ((HOUR, -1, MINUTE), True)])
def test_a_work_commits_only_while_its_time_lasts(site: Site, deadlines: tuple[int, ...], late: bool) -> None:
    """The earliest `not_after` counts; at that instant a work still commits, after it nothing of it is stored."""

    def work(tx: Transaction) -> None:
        tx.append("case-1", 0, [fact()])
        for deadline in deadlines:
            tx.not_after(BEGINNING + deadline)

    if late:
        with pytest.raises(Refused) as caught:
            do(site, work)
        assert caught.value.reason is StoreReason.TooLate
    else:
        do(site, work)
    assert see(site, lambda reader: reader.head("case-1")) == (0 if late else 1)


@pytest.mark.parametrize("set_by", [HOUR, -HOUR])
def test_a_window_does_not_stay_open_while_the_clock_is_doubtful(site: Site, set_by: int) -> None:
    """Though time stands at the last entry, what must not be past is compared with the latest that any clock tells."""
    do(site, appending("case-1", 1))
    site.clock.pass_ms(MINUTE)
    site.clock.set_by_ms(set_by)

    def work(tx: Transaction) -> None:
        assert (tx.now, tx.clock_doubtful) == (BEGINNING, True)
        tx.not_after(tx.now + SECOND)

    with pytest.raises(Refused) as caught:
        do(site, work)
    assert caught.value.reason is StoreReason.TooLate


@pytest.mark.parametrize("clock", ["told", "counted"])
def test_time_that_runs_out_during_the_work_counts(site: Site, clock: str) -> None:
    """The clocks are read again before the commit: a work in time when it began is late once either is past."""

    def work(tx: Transaction) -> None:
        tx.not_after(tx.now + SECOND)
        tx.append("case-1", 0, [fact()])
        setattr(site.clock, clock, getattr(site.clock, clock) + SECOND + 1)

    with pytest.raises(Refused) as caught:
        do(site, work)
    assert caught.value.reason is StoreReason.TooLate
    assert see(site, lambda reader: reader.head("case-1")) == 0


def test_a_clock_that_was_behind_at_start_is_trusted_once_it_is_not(site: Site) -> None:
    """After a start behind the ledger, a clock that is set right is in doubt no more, and the other counts from it."""
    site.clock.pass_ms(DAY)
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-HOUR)
    site.reopen()
    assert told(site) == (DAY, True)
    site.clock.set_by_ms(HOUR + MINUTE)
    assert told(site) == (DAY + MINUTE, False)
    site.clock.set_by_ms(-MINUTE)
    assert told(site) == (DAY, True), "and watched from then on"


def test_time_goes_on_from_a_time_that_is_named(site: Site) -> None:
    """A work that names the right time ends the doubt when it has committed; both clocks run on from that time."""
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-HOUR)
    assert told(site) == (0, True)
    do(site, naming(MINUTE))
    assert told(site) == (MINUTE, False)
    site.clock.pass_ms(SECOND)
    assert told(site) == (MINUTE + SECOND, False)
    site.clock.set_by_ms(-MINUTE)
    assert told(site) == (0, True), "a clock set back once more is in doubt once more"


def test_a_time_that_is_named_gives_way_to_a_clock_that_agrees(site: Site) -> None:
    """Once the clock itself is right again, it is read as it is: no doubt comes of the time that was named."""
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-HOUR)
    do(site, naming(SECOND))
    site.clock.set_by_ms(HOUR)
    assert told(site) == (SECOND, False)
    site.clock.pass_ms(MINUTE)
    assert told(site) == (MINUTE + SECOND, False)


def test_no_time_before_the_last_entry_can_be_named(site: Site) -> None:
    """Time does not go back, whoever says so; nor does it go anywhere by a work that fails."""
    site.clock.pass_ms(MINUTE)
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-HOUR)
    with pytest.raises(Refused) as caught:
        do(site, lambda tx: tx.go_on_from(BEGINNING + MINUTE - 1))
    assert caught.value.reason is StoreReason.TimeGoesBack

    def failing(tx: Transaction) -> None:
        tx.go_on_from(BEGINNING + HOUR)
        raise Refused(StoreReason.TooLate)

    with pytest.raises(Refused):
        do(site, failing)
    assert told(site) == (MINUTE, True)


def test_entries_written_in_doubt_are_marked(site: Site) -> None:
    """While the clock is doubtful each entry says so, and none before or after; the ledger verifies."""
    do(site, appending("case-1", 1))
    site.clock.set_by_ms(-HOUR)
    do(site, appending("case-1", 2))
    site.clock.set_by_ms(HOUR)
    do(site, appending("case-1", 3))
    assert [read_entry(leaf).doubtful for leaf in leaves(site)] == [False, True, False]
    assert judged(site).entries == 3
