"""The policy in force, asked anew for every decision, of facts as they are now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.actions.approval import deny_approval
from firstkey.actions.casework import Casework
from firstkey.actions.request import ActOnCase
from firstkey.actions.rulings import effective_at, policy_in_force
from firstkey.actions.site_stream import site_state
from firstkey.enrollment.case.words import Closure
from firstkey.policy.facts import FACTS, Asserted, effective
from firstkey.ports.kinds import DocumentKind
from firstkey.values.errors import Defect
from firstkey.values.instants import DAY
from tests.actions.looking import in_casework, plant, policy_with
from tests.actions.site_world import POLICY, SiteWorld, done

PATHS = [
    ({"device": "managed"}, "managed_device_new"),
    ({"device": "certified"}, "managed_device"),
    ({"device": "own"}, "own_or_shared_device"),
    ({"employment": "contractor"}, "contractor_device"),
]


@pytest.mark.parametrize(("said", "path"), PATHS, ids=str)
def test_facts_pick_the_path(said: dict[str, str], path: str) -> None:
    """What sources say decides, whoever asks."""
    world = SiteWorld()
    facts = {"account": "standard", "employment": "employee", "workplace": "on_site", "device": "managed"}
    world.record_joiner(facts=facts | said)
    assert world.open().path == path


def test_a_fact_that_nobody_asserts_is_the_strictest() -> None:
    """Of somebody of whom only the name is known, the device is unknown and the workplace far away."""
    world = SiteWorld()
    world.record_joiner(facts={"account": "standard", "employment": "employee", "workplace": "on_site"})
    assert world.open().path == "own_or_shared_device"


def test_the_policy_is_read_by_its_hash() -> None:
    """Other bytes under its name, or none, stop the site rather than rule."""
    world = SiteWorld()

    def policy(casework: Casework) -> str:
        return policy_in_force(casework.tx, site_state(world.site, casework.tx).state, casework.tx.now).name

    digest = in_casework(world, lambda casework: site_state(world.site, casework.tx).state.policy)
    assert in_casework(world, policy) == "small_team"
    plant(world, DocumentKind.POLICY, digest, policy_with("managed_device_new", tries="5"))
    with pytest.raises(Defect):
        in_casework(world, policy)
    plant(world, DocumentKind.POLICY, digest, POLICY)
    assert in_casework(world, policy) == "small_team"


def test_what_went_wrong_is_remembered_for_thirty_days() -> None:
    """After a denial as a contractor, whom two approve, two approve an employee as well; a month later one does."""
    world = SiteWorld()
    facts = {"account": "standard", "employment": "contractor", "workplace": "on_site", "device": "managed"}
    world.record_joiner(facts=facts)
    world.open()
    world.proof()
    denial = ActOnCase(world.sign_on_case("anna", "deny_approval"))
    done(deny_approval(world.site, world.operators["anna"], world.case, denial))
    world.clock.instant += 1
    world.record_joiner(facts={"employment": "employee"})
    assert (world.open().path, world.shown.quorum) == ("managed_device_new", 2)
    world.close()
    world.clock.instant += 30 * DAY + 1
    world.sign_in_again()
    assert (world.open().path, world.shown.quorum) == ("managed_device_new", 1)


def test_a_case_whose_facts_pick_another_path_is_superseded() -> None:
    """It never changes path: it closes."""
    world = SiteWorld()
    world.record_joiner()
    world.open()
    world.record_joiner(facts={"employment": "contractor"})
    assert world.shown.closed is Closure.SUPERSEDED


INSTANTS = st.integers(0, 60).map(lambda days: days * DAY // 2)


@st.composite
def asserted(draw: st.DrawFn) -> Asserted:
    """What some source said of some fact, or took back."""
    name = draw(st.sampled_from(sorted(FACTS)))
    value = draw(st.sampled_from([None, *FACTS[name].values]))
    kind, rank = draw(st.sampled_from([("people", 10), ("assets", 10), ("case", 1), ("people", 20), ("word", 0)]))
    return Asserted(name, value, f"{kind}:{draw(st.sampled_from('ab'))}", rank, draw(INSTANTS))


@given(said=st.lists(asserted(), max_size=6), now=INSTANTS, more=st.sampled_from([-1, 0, 1]))
def test_what_counts_changes_at_few_instants_alone(said: list[Asserted], now: int, more: int) -> None:
    """What counts now is what counted at the last instant at which anything was said or matured."""
    now = max(0, now + more)
    assert effective_at(tuple(said), now) == effective(said, now)
