"""A policy that loads can be put in force; everything else is refused with its lines."""

import hashlib

import pytest

from firstkey.policy.document import Problem, Problems
from firstkey.policy.facts import FACTS
from firstkey.policy.load import PATHS_MAX, load_policy
from firstkey.policy.model import Anchor, ApproverRule, Bootstrap, Duty, Staffing, Tier, Trust, Verdict
from firstkey.values.instants import HOUR, MINUTE
from tests.core.policy.sample import SOUND, document

OWN_KEY = """
[[path]]
name = "own"
verdict = "allow"
reason = "By an own key."
first_screen = "browser"
bootstrap = "own_key"
destinations = ["local"]
when.purpose = ["add_key"]
credential.tier = "standard"
"""


def problems_of(text: bytes) -> tuple[Problem, ...]:
    """Return what is wrong with a policy."""
    with pytest.raises(Problems) as found:
        load_policy(text)
    return found.value.problems


def line_of(text: bytes, start: str, nth: int = 0) -> int:
    """Return the number of the nth line that starts so."""
    return [number for number, line in enumerate(text.decode().splitlines(), 1) if line.startswith(start)][nth]


def test_a_policy_is_what_its_document_says() -> None:
    """Every key lands in its field, silence takes the strict defaults, and the digest is of the very bytes."""
    text = document('staffing = { answer = "2h", escalate_to = ["security"] }', 'distinct = [["proofer", "confirmer"]]')
    policy = load_policy(text)
    assert (policy.name, policy.version, policy.sha256) == ("sample", 7, hashlib.sha256(text).hexdigest())
    (path,) = policy.paths
    assert (path.name, path.verdict, path.line) == ("managed", Verdict.ALLOW, line_of(text, "[[path]]"))
    assert {term.fact for term in path.when} == set(FACTS)
    assert path.staffing == Staffing(2 * HOUR, (ApproverRule.SECURITY,))
    has = path.requirements
    assert has is not None
    assert (has.bootstrap, list(has.anchors), has.quorum) == (Bootstrap.PASS, [Anchor.CLIENT_CERTIFICATE], 1)
    assert has.distinct == {(Duty.CONFIRMER, Duty.PROOFER)}
    assert (has.pass_lifetime_ms, has.window_ms, has.tries, has.ceremonies) == (10 * MINUTE, 10 * MINUTE, 3, 3)
    assert (has.key.user_verification, has.key.device_bound, has.key.trust) == (True, True, Trust.ANCHORED)
    assert (has.tier, has.credential_lifetime_ms, has.key.aaguids) == (Tier.STANDARD, None, None)


def test_a_path_by_own_key_need_not_speak_of_proofing() -> None:
    """An own key's assertion stands in the place of proofing and approval: level 0, quorum 0."""
    own = load_policy(document(OWN_KEY)).paths[1].requirements
    assert own is not None
    assert (own.level, own.quorum, own.methods, own.approvers) == (0, 0, frozenset(), frozenset())


def test_a_prohibited_path_needs_a_reason_and_no_more() -> None:
    """A path that prohibits demands nothing, and a demand on it is an unknown key."""
    prohibited = '\n[[path]]\nname = "nothing_else"\nverdict = "prohibit"\nreason = "No other path is meant."\n'
    assert load_policy(document(prohibited)).paths[1].requirements is None
    (problem,) = problems_of(document(prohibited, "tries = 3"))
    assert problem.where == 'key "tries"'


@pytest.mark.parametrize(
    ("drop", "line", "where"),
    [
        ("version", 'version = "seven"', 'version "seven"'),
        ("format", "format = 2", "format 2"),
        ("tries", "trise = 3", 'key "trise"'),
        ("tries", "tries = 0", "tries 0"),
        ("pass_lifetime", 'pass_lifetime = "10 minutes"', 'pass_lifetime "10 minutes"'),
        ("anchors", 'anchors = ["presence", "telephone"]', 'anchors "telephone"'),
        ("channel", 'channel = "email"', 'channel "email"'),
        ("when.device", "when.device = []", "when.device []"),
        ("when.device", 'when.colour = ["red"]', 'key "when.colour"'),
        ("proofing.age", 'proofing.age = "0s"', 'proofing.age "0s"'),
        ('name = "managed', 'name = "Managed device"', 'name "Managed device"'),
        ("credential.tier", 'credential.tier = "root"', 'credential.tier "root"'),
        ("aaguids", 'credential.aaguids = ["yubikey"]', 'credential.aaguids "yubikey"'),
    ],
)
def test_a_line_that_does_not_fit_is_refused_where_it_stands(drop: str, line: str, where: str) -> None:
    """Unknown keys, wrong types, values out of range and names that do not exist point at their own line."""
    sound = document(drop=drop).decode()
    head = line.startswith(("version", "format"))
    text = (f"{line}\n{sound}" if head else f"{sound}{line}\n").encode()
    (problem,) = problems_of(text)
    assert (problem.line, problem.where) == (line_of(text, line), where)


@pytest.mark.parametrize("key", [line.split(" =")[0] for line in SOUND.splitlines() if " = " in line])
def test_a_key_that_is_left_out_is_missed(key: str) -> None:
    """No key of the sound policy is superfluous: without it something is refused, or a floor speaks for it."""
    text = document(drop=f"{key} =")
    if key in {"name", "when.employment", "when.account", "when.workplace", "when.request", "anchors", "when.device"}:
        assert problems_of(text)
    elif key == "when.purpose":
        assert {problem.where for problem in problems_of(text)} >= {'path "managed", stricter_of_first'}
    else:
        (problem,) = problems_of(text)
        assert f"nothing of {key}." in problem.reason


def test_what_is_wrong_in_several_paths_is_told_together() -> None:
    """Shape and sense of all paths are judged in one go and told in the order of lines."""
    other = 'name = "other"\nverdict = "prohibit"\nreason = "No."\n'
    text = document("approval.approvers = []", f'\n[[path]]\n{other}when.colour = ["red"]', drop="approval.approvers")
    assert [(problem.line, problem.where) for problem in problems_of(text)] == [
        (line_of(text, "approval.approvers"), 'path "managed", approval.approvers'),
        (line_of(text, "when.colour"), 'key "when.colour"'),
    ]


def test_problems_of_the_head_and_of_paths_are_told_in_the_order_of_lines() -> None:
    """A table that no policy has, at the end of the document, is told after a path's mistake above it."""
    found = problems_of(document("trise = 3", "\n[extra]"))
    assert [problem.where for problem in found] == ['key "trise"', 'key "extra"']


def test_two_paths_of_one_name_are_refused() -> None:
    """A name says which path is meant."""
    second = SOUND.partition("[[path]]")[2]
    (problem,) = problems_of(document("\n[[path]]" + second))
    assert "this name" in problem.reason
    assert problem.line == line_of(document("\n[[path]]" + second), 'name = "managed"', 1)


def test_a_policy_without_paths_or_with_too_many_is_refused() -> None:
    """A policy says something, and not without end."""
    assert problems_of(b'format = 1\nname = "empty"\nversion = 1\n')[0].where == 'key "path"'
    many = b'format = 1\nname = "many"\nversion = 1\n' + b"[[path]]\n" * (PATHS_MAX + 1)
    assert problems_of(many)[0].where == 'key "path"'


def test_a_bad_head_is_told_before_the_paths_are_ruled() -> None:
    """A head that cannot be read ends the reading, without a guess at what it meant."""
    (problem,) = problems_of(b'requester_may_proof = "yes"\n' + document())
    assert problem.where == 'requester_may_proof "yes"'
