"""Facts count from sources of record, changes mature, and a mere word only makes them stricter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.policy.facts import FACTS, NOBODY, WORD, Asserted, Effective, FactReason, effective, record_of, values_of
from firstkey.values.errors import Malformed
from firstkey.values.instants import DAY

NOW = 100 * DAY


def counted(fact: str, *said: Asserted, now: int = NOW) -> Effective:
    """Return what counts of one fact."""
    return next(each for each in effective(said, now) if each.fact == fact)


def asset(value: str | None, days_ago: int, source: str = "assets", rank: int = 1) -> Asserted:
    """Return what the asset register says of the device."""
    return Asserted("device", value, source, rank, NOW - days_ago * DAY)


def test_a_fact_that_nobody_asserts_takes_its_strictest_value() -> None:
    """Without any assertion, every fact is at the strict end of its values."""
    assert values_of(effective((), NOW)) == {name: fact.values[-1] for name, fact in FACTS.items()}
    assert {each.source for each in effective((), NOW)} == {NOBODY}


def test_a_first_value_counts_at_once() -> None:
    """A source of record's first word on a device makes the path laxer in the same instant."""
    found = counted("device", asset("certified", 0))
    assert (found.value, found.source) == ("certified", "assets")


@pytest.mark.parametrize(("days", "value"), [(0, "own"), (13, "own"), (14, "certified")])
def test_a_laxer_change_counts_after_14_days(days: int, value: str) -> None:
    """The strictest value of the last fourteen days counts, so a swapped asset cannot open a path today."""
    assert counted("device", asset("own", 50), asset("certified", days)).value == value


def test_a_stricter_change_counts_at_once() -> None:
    """A device that is reported as gone is gone now."""
    assert counted("device", asset("certified", 50), asset("unknown", 0)).value == "unknown"


def test_two_quick_changes_do_not_hide_the_strictest() -> None:
    """A value that held only for a day still counts while it is younger than fourteen."""
    assert counted("device", asset("shared", 40), asset("own", 2), asset("certified", 1)).value == "shared"


def test_facts_without_maturity_change_at_once() -> None:
    """A conversion from contractor to employee is not made to wait."""
    said = [Asserted("employment", value, "people", 1, at) for value, at in (("contractor", 1), ("employee", NOW))]
    assert counted("employment", *said).value == "employee"


def test_a_source_that_takes_its_word_back_asserts_nothing() -> None:
    """After a retraction nobody of record asserts the fact, and coming back is a change that matures."""
    assert counted("device", asset("certified", 50), asset(None, 1)).value == "unknown"
    assert counted("device", asset("certified", 50), asset(None, 3), asset("certified", 2)).value == "unknown"


def test_the_highest_rank_decides() -> None:
    """A source of higher rank overrides one of lower rank, whichever is stricter."""
    found = counted("device", asset("own", 50, "assets:list", 1), asset("certified", 50, "assets:mdm", 2))
    assert (found.value, found.source) == ("certified", "assets:mdm")


def test_equal_ranks_give_the_stricter_value() -> None:
    """Where two sources of one rank disagree, the stricter is believed."""
    assert counted("device", asset("own", 50, "assets:a"), asset("certified", 50, "assets:b")).value == "own"


@pytest.mark.parametrize(
    ("source", "rank"), [("requester", WORD), ("assets", WORD), ("people", 9), ("people:hr", 9), ("assetsx", 9)]
)
def test_a_mere_word_makes_nothing_laxer(source: str, rank: int) -> None:
    """Neither a requester nor a source outside its field can raise trust, but both can lower it."""
    laxer = counted("device", asset("own", 50), asset("certified", 50, source, rank))
    assert (laxer.value, laxer.of_record) == ("own", "own")
    stricter = counted("device", asset("own", 50), asset("unknown", 50, source, rank))
    assert (stricter.value, stricter.source, stricter.of_record) == ("unknown", source, "own")


def test_what_will_be_said_later_is_ignored() -> None:
    """An assertion from the future does not count yet."""
    assert counted("device", asset("certified", -1)).value == "unknown"
    assert counted("device", asset("certified", 50), asset("unknown", -1)).value == "certified"


def test_two_words_of_one_instant_give_the_stricter() -> None:
    """A source that says two things at once is believed in the stricter, whichever is listed first."""
    both = (asset("own", 50), asset("certified", 50))
    assert [counted("device", *said).value for said in (both, both[::-1])] == ["own", "own"]


@pytest.mark.parametrize(("fact", "value"), [("colour", "own"), ("device", "mine"), ("device", "")])
def test_unknown_facts_and_values_are_refused(fact: str, value: str) -> None:
    """The list is closed."""
    with pytest.raises(Malformed) as refused:
        Asserted(fact, value, "assets", 1, 0)
    assert refused.value.reason is FactReason.UnknownFact


said = st.sampled_from(sorted(FACTS)).flatmap(
    lambda name: st.builds(
        Asserted,
        st.just(name),
        st.none() | st.sampled_from(FACTS[name].values),
        st.sampled_from(["case", "people", "assets:a", "assets:b", "site", "requester"]),
        st.integers(0, 2),
        st.integers(NOW - 30 * DAY, NOW + DAY),
    )
)


@given(st.lists(said, max_size=12), st.lists(said, max_size=4))
def test_words_never_make_any_fact_laxer(record: list[Asserted], words: list[Asserted]) -> None:
    """Whatever sources say, adding words moves every fact towards its strict end or not at all."""
    spoken = [Asserted(one.fact, one.value, "requester", WORD, one.since) for one in words]
    before, after = effective(record, NOW), effective([*record, *spoken], NOW)
    for old, new in zip(before, after, strict=True):
        values = FACTS[old.fact].values
        assert new.of_record == old.of_record
        assert values.index(new.of_record) <= values.index(new.value)


@given(st.lists(said, max_size=12), st.randoms())
def test_the_order_of_assertions_does_not_matter(record: list[Asserted], shuffler: object) -> None:
    """What counts follows from what was said when, not from how it was listed."""
    shuffled = list(record)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random that hypothesis controls
    assert values_of(effective(shuffled, NOW)) == values_of(effective(record, NOW))
    assert record_of(effective(shuffled, NOW)) == record_of(effective(record, NOW))
