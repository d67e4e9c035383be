"""The shipped policies: every row of the design's table, fit to be put in force, and as their scenarios say."""

from importlib import resources

import pytest

from firstkey.policy.floors import held_apart
from firstkey.policy.lint import labels
from firstkey.policy.load import load_policy
from firstkey.policy.model import Anchor, Bootstrap, Channel, Path, Policy, Spread, Tier, Trust, Verdict
from firstkey.policy.scenarios import load_scenarios, play
from firstkey.policy.staffing import Person, staffed
from firstkey.values.instants import DAY, HOUR

NAMES = ("default", "small_team")


def shipped(file: str) -> bytes:
    """Return a file of the package."""
    return (resources.files("firstkey") / "policies" / file).read_bytes()


POLICIES: dict[str, Policy] = {name: load_policy(shipped(f"{name}.toml")) for name in NAMES}


def path_of(policy: str, name: str) -> Path:
    """Return a path by its name."""
    return next(path for path in POLICIES[policy].paths if path.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_is_fit_and_named_as_its_file(name: str) -> None:
    """It loads, which is to say that lint and floors have nothing against it, and bears its own name."""
    assert POLICIES[name].name == name
    assert POLICIES[name].extra_roots == frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_its_scenarios_are_met_and_reach_every_path(name: str) -> None:
    """Each scenario comes out as written, and no path is without one."""
    scenarios = load_scenarios(shipped(f"{name}.scenarios.toml"))
    ruled = [(scenario, play(POLICIES[name], scenario)) for scenario in scenarios]
    assert [scenario.name for scenario, ruling in ruled if not scenario.met_by(ruling)] == []
    assert {path.name for path in POLICIES[name].paths} == {ruling.path for _, ruling in ruled}
    assert len({scenario.name for scenario in scenarios}) == len(scenarios)


ROWS: tuple[tuple[str, Verdict, Bootstrap, set[Anchor]], ...] = (
    ("managed_device", Verdict.ALLOW, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE}),
    ("managed_device_new", Verdict.ALLOW, Bootstrap.PASS, {Anchor.PRESENCE}),
    ("remote_hire", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE, Anchor.AUTHENTICATOR}),
    ("contractor_device", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE, Anchor.PRESENCE}),
    ("contractor_attended", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
    ("delegated_onboarding", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE, Anchor.PRESENCE}),
    ("bulk_service_desk", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE}),
    ("patchy_records", Verdict.VERIFY, Bootstrap.PASS, set()),
    ("own_or_shared_device", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
    ("break_glass", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
    ("emergency_device", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE}),
    ("emergency_loan", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
    ("privileged_device", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE}),
    ("privileged_attended", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
    ("add_key", Verdict.ALLOW, Bootstrap.OWN_KEY, set()),
    ("replacement", Verdict.VERIFY, Bootstrap.OWN_KEY, set()),
    ("replacement_privileged", Verdict.VERIFY, Bootstrap.OWN_KEY, set()),
    ("recovery_device", Verdict.VERIFY, Bootstrap.PASS, {Anchor.CLIENT_CERTIFICATE, Anchor.PRESENCE}),
    ("recovery_attended", Verdict.VERIFY, Bootstrap.ATTENDED, set()),
)
"""The design's table, section 5."""


@pytest.mark.parametrize("policy", NAMES)
@pytest.mark.parametrize(("name", "verdict", "bootstrap", "anchors"), ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_table(
    policy: str, name: str, verdict: Verdict, bootstrap: Bootstrap, anchors: set[Anchor]
) -> None:
    """Verdict, way in and anchors are the design's, and every code is sealed."""
    path = path_of(policy, name)
    has = path.requirements
    assert has is not None
    assert (path.verdict, has.bootstrap, set(has.anchors)) == (verdict, bootstrap, anchors)
    assert has.channel is Channel.DEVICE_SEALED


@pytest.mark.parametrize("policy", NAMES)
def test_nothing_else_is_allowed(policy: str) -> None:
    """Beside the rows only prohibitions stand, the last of them for anything else, each with a reason for people."""
    rows = {row[0] for row in ROWS}
    others = [path for path in POLICIES[policy].paths if path.name not in rows]
    assert all(path.verdict is Verdict.PROHIBIT for path in others)
    assert POLICIES[policy].paths[-1].when == ()
    assert all(len(path.reason) >= 40 and path.reason.endswith(".") for path in POLICIES[policy].paths)


@pytest.mark.parametrize("policy", NAMES)
def test_what_the_rows_say_beside_that(policy: str) -> None:
    """Cooling-off, end dates, quorums, roaming keys, reviews and labels of the table."""
    has = {path.name: path.requirements for path in POLICIES[policy].paths if path.requirements is not None}
    assert has["remote_hire"].cooling_off_ms >= 24 * HOUR
    assert has["remote_hire"].spread >= {Spread.DIFFERENT_UNITS}
    assert all(
        (has[name].credential_lifetime_ms or DAY * 999) <= 180 * DAY
        for name in ("contractor_device", "contractor_attended")
    )
    assert has["bulk_service_desk"].quorum == 2
    assert {name for name in has if has[name].relayable} == {"patchy_records"}
    assert (has["patchy_records"].tier, has["patchy_records"].credential_lifetime_ms) == (Tier.LOW, 90 * DAY)
    assert all(has[name].key.roaming for name in ("own_or_shared_device", "contractor_attended", "break_glass"))
    for name in ("emergency_device", "emergency_loan"):
        assert (has[name].key.trust, has[name].key.user_verification) == (Trust.NONE, True)
        assert (has[name].credential_lifetime_ms, has[name].after_review) == (24 * HOUR, True)
    for name in ("privileged_device", "privileged_attended"):
        assert (has[name].level, has[name].quorum, has[name].key.trust) == (2, 2, Trust.ANCHORED)
    assert has["break_glass"].quorum == 2
    assert (has["add_key"].quorum, has["replacement"].quorum) == (0, 1)
    assert all(path_of(policy, name).stricter_of_first for name in ("recovery_device", "recovery_attended"))
    assert labels(path_of(policy, "patchy_records")) == ("relayable",)


def test_only_the_small_team_lets_a_requester_proof() -> None:
    """The default keeps them apart."""
    assert not POLICIES["default"].requester_may_proof
    assert POLICIES["small_team"].requester_may_proof


def founders(count: int) -> tuple[Person, ...]:
    """Return founders, who hold every duty."""
    words = frozenset("requester proofer approver confirmer deliverer releaser".split())
    return tuple(Person(f"founder {number}", words) for number in range(count))


@pytest.mark.parametrize(
    ("name", "account", "people"),
    [
        ("managed_device", "standard", 2),
        ("managed_device_new", "standard", 2),
        ("own_or_shared_device", "standard", 3),
        ("privileged_device", "privileged", 3),
        ("privileged_attended", "privileged", 4),
        ("break_glass", "privileged", 4),
        ("replacement", "standard", 2),
        ("recovery_attended", "standard", 2),
    ],
)
def test_how_many_founders_carry_a_path(name: str, account: str, people: int) -> None:
    """So many people, one of whom asks, staff the path in a small team, and one fewer does not."""
    path = path_of("small_team", name)
    assert path.requirements is not None
    required = held_apart(path.requirements, POLICIES["small_team"], account)
    assert staffed(required, founders(people), requester="founder 0")
    assert not staffed(required, founders(people - 1), requester="founder 0")


def test_remote_hire_needs_two_units() -> None:
    """A team of one unit cannot take on somebody whom nobody has seen; with two it can."""
    required = path_of("small_team", "remote_hire").requirements
    assert required is not None
    assert not staffed(required, founders(5))
    words = founders(1)[0].words
    assert staffed(required, (Person("a", words, "u1"), Person("b", words, "u2")))
