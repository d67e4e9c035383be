"""`firstkey policy`: what people see of a policy, in 80 columns, as JSON, and as an exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from firstkey.cli.main import main
from tests.core.policy.sample import document

SCENARIO = """format = 1
[[scenario]]
name = "a laptop"
facts.purpose = "first_key"
facts.request = "single"
facts.account = "standard"
facts.employment = "employee"
facts.workplace = "on_site"
facts.device = "certified"
path = "managed"
verdict = "allow"
"""


def run(*arguments: str) -> Result:
    """Run the command and check that no line is wider than 80 columns."""
    result = CliRunner().invoke(main, ["policy", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert all(len(line) <= 80 for line in result.stdout.splitlines()), result.stdout
    return result


def answer(*arguments: str) -> Any:
    """Run the command for JSON."""
    return json.loads(CliRunner().invoke(main, ["policy", *arguments, "--json"]).stdout)


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each test in an empty folder, so that names of files are short."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file() -> Path:
    """Write a sound policy with a scenario beside it."""
    (Path("site.scenarios.toml")).write_text(SCENARIO)
    path = Path("site.toml")
    path.write_bytes(document())
    return path


BAD: dict[str, tuple[bytes, str, str, str]] = {
    "unknown key": (document("trise = 3"), "trise = 3", 'key "trise"', "tries"),
    "e-mail": (
        document('channel = "email"'),
        'channel = "email"',
        'channel "email"',
        'Write channel = "device_sealed".',
    ),
    "nobody approves": (
        document("approval.approvers = []", drop="approval.approvers"),
        "approval.approvers = []",
        "nobody",
        'Write approval.approvers = ["approver"]',
    ),
    "below a floor": (
        document("proofing.level = 1", drop="proofing.level"),
        "proofing.level = 1",
        "floor for a managed device",
        "Write proofing.level = 2, or stricter.",
    ),
    "cannot be staffed": (
        document('approval.approvers = ["manager"]', "approval.quorum = 2", drop="approval"),
        'approval.approvers = ["manager"]',
        "Nobody could staff this path",
        "Write a rule that more people meet, or a lower quorum.",
    ),
    "broken TOML": (document("tries ="), "tries =", "Invalid value", "Write it as TOML 1.0"),
    "models without attestation": (
        document(
            'credential.aaguids = ["00000000-0000-4000-8000-000000000001"]',
            'credential.attestation = "none"',
            "credential.device_bound = false",
        ),
        "credential.aaguids",
        "anybody can claim to be any model",
        'Write credential.attestation = "anchored"',
    ),
    "unreachable": (
        document('\n[[path]]\nname = "late"\nverdict = "prohibit"\nreason = "No."\nwhen.purpose = ["first_key"]')
        + document('\n[[path]]\nname = "later"\nverdict = "prohibit"\nreason = "No."\nwhen.purpose = ["first_key"]')
        .partition(b"credential.tier")[2]
        .partition(b"\n")[2],
        'when.purpose = ["first_key"]',
        "late before it catches all",
        "Write it earlier",
    ),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_policy_is_refused_with_line_reason_and_what_to_write(name: str) -> None:
    """Each thing wrong points at its line, says why, and says what to write instead; the exit code is 1."""
    text, start, reason, instead = BAD[name]
    path = Path("policy.toml")
    path.write_bytes(text)
    result = run("check", str(path))
    assert result.exit_code == 1
    line = [number for number, each in enumerate(text.decode().splitlines(), 1) if each.startswith(start)][-1]
    told = " ".join(result.stdout.split())
    assert f"policy.toml:{line}:" in told
    assert reason in told
    assert instead in told
    assert result.stderr.startswith(str(result.stdout.count("policy.toml:")))


@pytest.mark.parametrize("name", sorted(BAD))
@pytest.mark.parametrize("verb", [["check"], ["explain"], ["diff", "default"], ["test"]])
def test_no_verb_works_on_a_bad_policy(name: str, verb: list[str]) -> None:
    """Every verb refuses what cannot be put in force, in JSON as in text."""
    path = Path("policy.toml")
    path.write_bytes(BAD[name][0])
    assert run(*verb, str(path)).exit_code == 1
    problems = answer(*verb, str(path))["problems"]
    assert problems
    assert all(set(problem) == {"line", "column", "where", "reason", "instead"} for problem in problems)


def test_check_shows_a_sound_policy(file: Path) -> None:
    """Name, digest and each path with what it takes."""
    result = run("check", str(file))
    assert result.exit_code == 0
    assert "sample, version 7: 1 paths, fit to be signed" in result.stdout
    assert "managed                 allow     pass           1     1         72 h" in result.stdout
    shown = answer("check", str(file))
    assert (shown["name"], len(shown["sha256"])) == ("sample", 64)
    assert shown["paths"][0]["effort"] == {"people": 1, "signed_acts": 1, "first_deadline_ms": 72 * 3_600_000}


def test_check_marks_labels_and_what_people_cannot_staff() -> None:
    """A relayable path says so, and with people on record the paths beyond them are marked unstaffed."""
    people = Path("people.json")
    people.write_text('[{"person": "a", "words": ["approver", "proofer"]}, {"person": "b", "words": ["approver"]}]')
    labels = {each["path"]: each["labels"] for each in answer("check", "small_team", "--people", str(people))["paths"]}
    assert labels["patchy_records"] == ["relayable"]
    assert labels["managed_device"] == []
    assert labels["privileged_attended"] == ["unstaffed"]
    shown = run("check", "small_team", "--people", str(people))
    assert "\n  relayable\n" in shown.stdout
    assert "\n  unstaffed\n" in shown.stdout


@pytest.mark.parametrize("name", ["default", "small_team"])
def test_shipped_policies_are_found_by_name(name: str) -> None:
    """The shipped ones are checked and tested without a file."""
    assert run("check", name).exit_code == 0
    result = run("test", name)
    assert (result.exit_code, result.stdout) == (0, "37 of 37 scenarios met.\n")


def test_explain_traces_a_decision(file: Path) -> None:
    """Facts with their sources, paths with the condition that failed, the ruling and what it takes."""
    facts = ["purpose=first_key", "request=single", "account=standard", "employment=employee", "workplace=on_site"]
    given = [part for fact in facts for part in ("--fact", fact)]
    result = run("explain", str(file), *given)
    assert result.exit_code == 0
    assert "device      unknown       nobody of record" in result.stdout
    assert "managed                 device is unknown, not certified" in result.stdout
    assert "prohibit (sample)" in result.stdout
    taken = run("explain", str(file), *given, "--fact", "device=certified")
    assert "managed                 taken" in taken.stdout
    assert "allow, by managed (sample)" in taken.stdout
    assert "At the least 1 person beside the joiner, 1 signed act, 72 h" in taken.stdout
    trace = answer("explain", str(file), *given, "--fact", "device=certified", "--word", "account=privileged")
    assert trace["ruling"]["verdict"] == "prohibit"
    assert {"fact": "account", "value": "privileged", "source": "requester", "of_record": "standard"} in trace["facts"]


def test_diff_says_what_a_change_weakens(file: Path) -> None:
    """A weakening exits with 1 and asks for two people; the other way round takes effect at once."""
    other = Path("other.toml")
    other.write_bytes(document("tries = 5", 'pass_lifetime = "5m"'))
    weak = run("diff", str(file), str(other))
    assert weak.exit_code == 1
    assert "Weakens\n  managed: tries 3 -> 5\n" in weak.stdout
    assert 'Strengthens\n  managed: pass_lifetime "10m" -> "5m"\n' in weak.stdout
    assert "Two people must sign this change, and it waits 24 hours." in weak.stdout
    other.write_bytes(document("tries = 1"))
    strong = run("diff", str(file), str(other))
    assert (strong.exit_code, "This change takes effect at once." in strong.stdout) == (0, True)
    same = run("diff", str(file), str(file))
    assert (same.exit_code, same.stdout) == (0, "\nNo case would notice this change.\n")
    (change,) = answer("diff", str(file), str(other))["changes"]
    assert (change["what"], change["was"], change["becomes"], change["effect"]) == ("tries", 3, 1, "strengthens")


def test_diff_names_the_paths_that_cases_move_between(file: Path) -> None:
    """Cases that had no path, and those that lose theirs, are told so, and so is what concerns the whole policy."""
    told = run("diff", str(file), "small_team").stdout
    assert "  the whole policy: requester_may_proof false -> true" in told
    assert "  no path -> add_key: verdict prohibit -> allow" in told
    assert "  managed -> managed_device: first_screen" not in told


def test_scenarios_are_run_beside_the_policy(file: Path) -> None:
    """All met is 0; one that is not met is told with its line and the ruling's reason, and is 1."""
    assert run("test", str(file)).stdout == "1 of 1 scenarios met.\n"
    other = Path("other.toml")
    other.write_text(SCENARIO.replace('"certified"', '"own"'))
    failed = run("test", str(file), "--scenarios", str(other))
    assert failed.exit_code == 1
    told = " ".join(failed.stdout.split())
    assert "other.toml:2: a laptop: expected allow by managed, is prohibit by no path. No path catches" in told
    assert "Paths that no scenario reaches: managed." in told
    shown = answer("test", str(file), "--scenarios", str(other))
    assert (shown["scenarios"][0]["met"], shown["paths_without_scenario"]) == (False, ["managed"])


def test_a_bad_scenario_table_is_refused(file: Path) -> None:
    """A table is read as strictly as a policy."""
    (Path("site.scenarios.toml")).write_text(SCENARIO.replace("verdict", "verdikt"))
    result = run("test", str(file))
    assert result.exit_code == 1
    assert 'site.scenarios.toml:11: key "verdikt"' in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "no_such_policy"],
        ["check", "../default"],
        ["explain", "default", "--fact", "colour=red"],
        ["explain", "default", "--fact", "device=mine"],
        ["explain", "default", "--word", "device"],
        ["test", "default", "--scenarios", "no_such_file"],
        ["check"],
    ],
)
def test_what_cannot_be_carried_out_as_written_is_2(arguments: list[str]) -> None:
    """No such file, fact or value: the command says so and decides nothing."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert result.stdout == ""


def test_people_that_are_none_and_a_missing_table_are_2(file: Path) -> None:
    """A list of people is read by its types, and a policy without a table beside it cannot be tested."""
    people = Path("people.json")
    people.write_text('[{"person": 1}]')
    assert run("check", str(file), "--people", str(people)).exit_code == 2
    (Path("site.scenarios.toml")).unlink()
    assert run("test", str(file)).exit_code == 2


def test_nothing_from_a_file_reaches_the_terminal_raw() -> None:
    """Control characters in names and values are shown, never sent."""
    path = Path("policy.toml")
    path.write_bytes(document('"\\u001b[2J" = 1', 'channel = "\\u001b[31m"'))
    told = CliRunner().invoke(main, ["policy", "check", str(path)], color=True).stdout
    assert "\x1b[2J" not in told
    assert "\x1b[31m" not in told.replace("\x1b[31m2 problems", "")
    assert "\\u001b[2J" in told


def test_help_names_nouns_and_verbs_without_importing_them() -> None:
    """The table of nouns writes the help, and an unknown noun is 2."""
    nouns = [" ".join(line.split()) for line in CliRunner().invoke(main, ["--help"]).stdout.splitlines()]
    assert "policy Check, explain, compare and test policies." in nouns
    verbs = run("--help").stdout
    assert all(f"\n  {verb} " in verbs for verb in ("check", "diff", "explain", "test"))
    assert "..." not in verbs.partition("Commands:")[2]
    assert CliRunner().invoke(main, ["policies"]).exit_code == 2
    assert CliRunner().invoke(main, ["--version"]).stdout.startswith("firstkey, version ")
