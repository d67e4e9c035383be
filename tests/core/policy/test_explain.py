"""A decision trace shows the facts and their sources, the paths that were tried, the ruling and what it takes."""

from firstkey.policy.evaluate import WORD_ONLY
from firstkey.policy.explain import explain
from firstkey.policy.facts import NOBODY, Asserted, effective
from firstkey.policy.model import Verdict
from firstkey.policy.scenarios import said
from firstkey.policy.staffing import Effort, Person
from firstkey.values.instants import HOUR
from tests.core.policy.sample import changed, facts, path, policy, requirements

GOOD = requirements(spread=frozenset(), distinct=frozenset(), roaming=False)
SAMPLE = policy(
    path("recovery", GOOD, when="purpose=recovery"),
    path("managed", GOOD, when="purpose=first_key device=certified"),
    path("never_reached", GOOD, when="purpose=first_key"),
)


def test_paths_are_told_up_to_the_one_that_was_taken() -> None:
    """Each path before it names the condition that failed, and none after it is told."""
    trace = explain(SAMPLE, effective(said(dict(facts()), {}), 0))
    assert trace.tried == (("recovery", SAMPLE.paths[0].when[0]), ("managed", None))
    assert (trace.ruling.path, trace.ruling.verdict) == ("managed", Verdict.VERIFY)
    assert trace.effort == Effort(people=3, signed_acts=3, first_deadline_ms=24 * HOUR)
    assert trace.labels == ()


def test_facts_are_told_with_their_source() -> None:
    """Who said a value, and that nobody of record did, can be read from the trace."""
    trace = explain(SAMPLE, effective((Asserted("device", "certified", "assets:mdm", 1, 0),), 0))
    sources = {fact.fact: fact.source for fact in trace.facts}
    assert (sources["device"], sources["account"]) == ("assets:mdm", NOBODY)


def test_where_no_path_catches_the_facts_all_were_tried() -> None:
    """The trace of a prohibition names every path's failed condition and no effort."""
    trace = explain(SAMPLE, effective(said(dict(facts(purpose="emergency")), {}), 0))
    assert [name for name, _ in trace.tried] == ["recovery", "managed", "never_reached"]
    assert all(failed is not None for _, failed in trace.tried)
    assert (trace.ruling.path, trace.ruling.verdict, trace.effort) == (None, Verdict.PROHIBIT, None)


def test_an_unstaffed_path_is_told_as_such() -> None:
    """With people on record the trace judges them, too."""
    stated = effective(said(dict(facts()), {}), 0)
    assert explain(SAMPLE, stated, people=()).ruling.reasons[0].startswith("unstaffed")
    people = tuple(Person(name, frozenset({"proofer", "security"})) for name in "abc")
    assert explain(SAMPLE, stated, people=people).ruling.verdict is Verdict.VERIFY


def test_what_is_remembered_shows_in_the_ruling_and_the_effort() -> None:
    """A remembered quorum of three takes more people than the path's own two."""
    stated = effective(said(dict(facts()), {}), 0)
    trace = explain(SAMPLE, stated, remembered=(changed(GOOD, quorum=3),))
    assert trace.effort == Effort(people=4, signed_acts=4, first_deadline_ms=24 * HOUR)


def test_labels_of_the_taken_path_are_told() -> None:
    """A relayable path says so wherever it is shown."""
    relayable = path("relayable", changed(GOOD, anchors=frozenset()))
    assert explain(policy(relayable), effective((), 0)).labels == ("relayable",)


def test_the_word_of_a_requester_is_weighed_against_the_record() -> None:
    """A word that leads to a path where the facts of record lead to none is told as the refusal that it is."""
    recorded = dict(facts(purpose="add_key"))
    trace = explain(SAMPLE, effective(said(recorded, {"purpose": "first_key"}), 0))
    assert (trace.ruling.path, trace.ruling.reasons) == ("managed", (WORD_ONLY,))
    assert trace.effort is None
