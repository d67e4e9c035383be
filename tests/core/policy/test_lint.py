"""The lint finds what a policy's own text makes impossible or unsafe."""

from typing import Any

import pytest
from msgspec.structs import replace

from firstkey.policy.lint import RULES, Finding, labels, of_path, of_policy
from firstkey.policy.model import Anchor, ApproverRule, Bootstrap, Channel, FirstScreen, Path, Policy, Trust, Verdict
from firstkey.values.assurance import ProofingMethod
from firstkey.values.instants import HOUR
from tests.core.policy.sample import changed, path, policy, requirements

SOUND = requirements(
    anchors=frozenset({Anchor.CLIENT_CERTIFICATE}),
    distinct=frozenset(),
    spread=frozenset(),
    cooling_off_ms=0,
    roaming=False,
)
WHEN = "purpose=first_key account=standard employment=employee workplace=on_site device=certified request=single"
ATTENDED: dict[str, Any] = {"bootstrap": Bootstrap.ATTENDED, "anchors": frozenset()}


def sound(**terms: Any) -> Path:
    """Return a path of which the lint finds nothing, with some terms of its requirements changed."""
    return path(required=changed(SOUND, **terms), when=WHEN)


def on_phone(**terms: Any) -> Path:
    """Return the same, beginning on the joiner's own phone."""
    return replace(sound(**{"anchors": frozenset({Anchor.PRESENCE})} | terms), first_screen=FirstScreen.OWN_PHONE)


BROKEN: tuple[tuple[str, Path], ...] = (
    ("proofing.methods", sound(methods=frozenset(), level=0)),
    ("approval.approvers", sound(approvers=frozenset())),
    ("destinations", sound(destinations=())),
    ("credential.formats", sound(formats=frozenset())),
    ("credential.algorithms", sound(algorithms=frozenset())),
    ("credential.aaguids", sound(aaguids=frozenset())),
    ("proofing.level", sound(level=3)),
    ("proofing.methods", sound(methods=frozenset({ProofingMethod.EARLIER_PROOFING}))),
    ("channel", replace(sound(channel=Channel.IN_PERSON, anchors=frozenset()), channel_reason="No browser there.")),
    ("channel", replace(sound(channel=Channel.IN_PERSON, **ATTENDED), first_screen=FirstScreen.STATION)),
    ("channel_reason", sound(channel=Channel.IN_PERSON)),
    ("channel_reason", replace(sound(), channel_reason="Nobody sees it.")),
    ("anchors", replace(sound(bootstrap=Bootstrap.ATTENDED), first_screen=FirstScreen.STATION)),
    ("anchors", sound(bootstrap=Bootstrap.OWN_KEY)),
    (
        "anchors",
        sound(anchors=frozenset({Anchor.AUTHENTICATOR}), trust=Trust.SELF, aaguids=None, device_bound=False),
    ),
    ("anchors", on_phone(anchors=frozenset({Anchor.CLIENT_CERTIFICATE}))),
    ("credential.aaguids", sound(trust=Trust.SELF, device_bound=False)),
    ("credential.device_bound", sound(trust=Trust.NONE, aaguids=None)),
    ("credential.formats", sound(formats=frozenset({"none"}))),
    ("first_screen", sound(**ATTENDED)),
    ("first_screen", replace(sound(), first_screen=FirstScreen.STATION)),
    ("first_screen", on_phone(roaming=True)),
    ("first_screen", on_phone(anchors=frozenset({Anchor.AUTHENTICATOR}))),
)
"""Paths with one thing wrong, and the key at fault."""


def test_the_sound_path_is_sound() -> None:
    """The base of all broken paths is without a finding, on a browser and on a phone."""
    assert list(of_path(0, sound())) == []
    assert list(of_path(0, on_phone())) == []
    attended = replace(sound(**ATTENDED), first_screen=FirstScreen.STATION)
    assert list(of_path(0, attended)) == []


@pytest.mark.parametrize(("key", "broken"), BROKEN)
def test_one_thing_wrong_is_one_finding(key: str, broken: Path) -> None:
    """Each broken path is found at its key, with a reason and what to write instead, and for nothing else."""
    (finding,) = of_path(3, broken)
    assert (finding.path, finding.key) == (3, key)
    assert finding.reason.endswith(".")
    assert finding.instead.startswith(("Write ", "Leave "))


def test_every_rule_has_a_path_that_breaks_it() -> None:
    """No row of the table is there for show."""
    reasons = {finding.reason + finding.instead for _, broken in BROKEN for finding in of_path(0, broken)}
    assert reasons == {rule.reason + rule.instead for rule in RULES}


def lint(linted: Policy) -> list[Finding]:
    """Return all that is wrong with a policy."""
    return [*(found for n, each in enumerate(linted.paths) for found in of_path(n, each)), *of_policy(linted)]


def findings(*paths: Path, **changes: Any) -> list[tuple[int, str]]:
    """Return where the lint of a whole policy finds something."""
    return [(found.path, found.key) for found in lint(policy(*paths, **changes))]


def test_a_sound_policy_is_without_findings() -> None:
    """A path that is sound by itself and above its floors is sound in a policy."""
    assert findings(sound()) == []


def test_a_path_that_earlier_ones_catch_whole_is_unreachable() -> None:
    """It takes all earlier paths together to see it, and the finding names those in the way."""
    wide = [path(f"p{n}", when=f"device={device}") for n, device in enumerate(("certified,own", "managed"))]
    beyond = path("late", when="device=own,managed purpose=recovery")
    (found,) = lint(policy(path("elsewhere", when="device=shared"), *wide, beyond))
    assert "elsewhere" not in found.reason
    assert (found.path, found.key) == (3, "when")
    assert "p0, p1" in found.reason
    assert findings(*wide, replace(beyond, when=path(when="device=own,managed,shared").when)) == []


def test_nothing_lets_in_whatever_is_left() -> None:
    """A path without conditions, or whose conditions exclude nothing, must prohibit."""
    assert (1, "when") in findings(sound(), replace(sound(), when=()))
    every = "device=uncovered,certified,managed,shipped_key,own,shared,unknown"
    assert (1, "when") in findings(sound(), replace(sound(), when=path(when=every).when))
    assert findings(sound(), path("rest")) == []


def test_recovery_must_keep_what_the_first_key_was_made_under() -> None:
    """A path that some recovery reaches says so; one that prohibits recovery need not."""
    recovery = replace(sound(), when=path(when=f"{WHEN.replace('first_key', 'recovery')}").when)
    assert findings(recovery) == [(0, "stricter_of_first")]
    assert findings(replace(recovery, stricter_of_first=True)) == []
    assert findings(path("no", when="purpose=recovery"), recovery) == [(1, "when")]


def test_a_path_that_nobody_can_staff_by_its_text_is_found() -> None:
    """Two approvers out of one manager cannot be."""
    alone = sound(approvers=frozenset({ApproverRule.MANAGER}), quorum=2)
    assert findings(alone) == [(0, "approval.approvers")]


def test_a_path_below_a_floor_says_what_would_stand() -> None:
    """The floor's name, the key and the least that stands are told."""
    (found,) = lint(policy(sound(quorum=2, level=1)))
    assert found == Finding(
        0,
        "proofing.level",
        "This is below the compiled floor for a managed device.",
        "Write proofing.level = 2, or stricter.",
    )


def test_a_prohibited_way_in_says_which_are_left() -> None:
    """A pass on a shared device is refused with the ways that remain."""
    shared = replace(sound(roaming=True), when=path(when=WHEN.replace("certified", "shared")).when)
    (found,) = lint(policy(shared))
    assert found.key == "bootstrap"
    assert found.instead == 'Write bootstrap = "attended" or bootstrap = "own_key", or stricter.'


def test_what_no_case_reaches_is_held_to_no_floor() -> None:
    """Floors look at the cases that truly reach a path, not at what its conditions seem to catch."""
    wide = replace(sound(), when=path(when=WHEN.replace("certified", "certified,own")).when)
    assert (0, "bootstrap") in findings(wide)
    assert findings(path("own", when="device=own"), wide) == []


def test_labels_are_shown_where_they_belong() -> None:
    """A pass without an anchor is relayable, a code in a person's hands is seen by staff, a closed path is neither."""
    assert labels(sound()) == ()
    assert labels(sound(anchors=frozenset())) == ("relayable",)
    assert labels(sound(channel=Channel.IN_PERSON)) == ("seen_by_staff",)
    assert labels(sound(channel=Channel.IN_PERSON, anchors=frozenset())) == ("relayable", "seen_by_staff")
    assert labels(sound(**ATTENDED)) == ()
    assert labels(path("closed")) == ()
    assert path("closed").verdict is Verdict.PROHIBIT
    assert SOUND.proofing_age_ms_max == 24 * HOUR
