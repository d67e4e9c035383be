"""The nouns of the command line that look at a site beside its server, or bring people and assets into it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from firstkey.cli.feeding import connected, send
from firstkey.cli.main import main
from firstkey.cli.source_key import server_of
from firstkey.cli.story import STORY
from firstkey.demo.people import done
from firstkey.enrollment.case.facts import FACTS
from firstkey.sources.reading import read_people
from tests.journeys.place import Place
from tests.journeys.sites import run

HEAD = "person,account,user_name,display_name,employment,unit,ends_at\n"
ROWS = "csv-1,csv:1,ann,Ann Csv,employee,Sales,\ncsv-2,csv:2,bob,Bob Csv,contractor,Sales,2031-05-01\n"
FIRSTKEY = [sys.executable, "-c", "from firstkey.cli.main import main; main(prog_name='firstkey')"]
ASSETS = "serial,model,assigned_to,managed\nC1,Laptop,csv-1,yes\n"


def as_json(*arguments: str | Path) -> tuple[int, Any]:
    """Run the command with --json; return its exit code and what it printed."""
    result = CliRunner().invoke(main, [*(str(argument) for argument in arguments), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def shown(place: Place, *arguments: str) -> Any:
    """Look at the site; return what was printed."""
    code, told = as_json(*arguments, "--site", place.prepared.site)
    assert code == 0
    return told


def register(place: Place, name: str, speaks_of: str, key: str) -> None:
    """Two administrators register a source."""
    cast, named = place.cast, (name, speaks_of, "rank: 20", key)
    signed = [desk.sign("register_source", names=named) for desk in (cast.requester, cast.proofer)]
    body = {"name": name, "speaks_of": speaks_of, "rank": 20, "key": key, "signed": signed}
    done(cast.requester.post("/api/sources/register", body), "register source")


@pytest.fixture(scope="module")
def keys(place: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The keys of two sources, made by the command and registered."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for name, speaks_of in (("hr", "people"), ("mdm", "assets")):
        made[name] = folder / f"{name}.pem"
        register(place, name, speaks_of, as_json("people", "key", made[name])[1]["thumbprint"])
    return made


def imported(place: Place, noun: str, file: Path, source: str, key: Path, *more: str) -> tuple[int, Any]:
    """Import a file; return the exit code and what was printed as JSON."""
    return as_json(noun, "import", file, "--site", place.prepared.site, "--source", source, "--key", key, *more)


def written(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "file"
    path.write_text(text, "utf-8")
    return path


def test_people_are_imported_from_csv(place: Place, keys: dict[str, Path], tmp_path: Path) -> None:
    """Dry first, then for good; sent again it changes nothing; who is missing from the whole list has left."""
    file, key = written(tmp_path, HEAD + ROWS), keys["hr"]
    code, dry = imported(place, "people", file, "hr", key, "--dry-run")
    assert (code, dry["new"], dry["dry_run"]) == (0, ["csv-1", "csv-2"], True)
    code, wet = imported(place, "people", file, "hr", key)
    assert (code, wet["new"], wet["sent"]) == (0, ["csv-1", "csv-2"], 2)
    assert imported(place, "people", file, "hr", key)[1]["unchanged"] == 2
    moved = written(tmp_path, HEAD + ROWS.splitlines()[0].replace("Sales", "Finance") + "\n")
    code, whole = imported(place, "people", moved, "hr", key, "--whole")
    assert (code, whole["left"], whole["changed"]) == (0, ["csv-2"], [{"id": "csv-1", "fields": ["unit"]}])
    ann = shown(place, "people", "show", "csv-1")
    assert (ann["unit"], ann["source"], ann["facts"]["employment"]["value"]) == ("Finance", "hr", "employee")


def test_rows_that_cannot_be_read_are_told_with_their_lines(
    place: Place, keys: dict[str, Path], tmp_path: Path
) -> None:
    """Then nothing is sent; a row that the server refuses is told with its line, and the others are stored."""
    bad = "csv-8,csv:8,x,X,employee,Sales,tomorrow\n\ncsv-9,csv:9,=1+1,Y,employee,Sales,\ncsv 7,csv:7,z,Z,,,\n"
    code, told = imported(place, "people", written(tmp_path, HEAD + ROWS + bad), "hr", keys["hr"])
    assert (code, told["sent"], [each["line"] for each in told["errors"]]) == (2, 0, [4, 6, 7])
    taken = "csv-3,csv:1,c,C,employee,,\ncsv-4,csv:4,d,D,astronaut,,\ncsv-5,csv:5,e,E,,,\n"
    code, told = imported(place, "people", written(tmp_path, HEAD + taken), "hr", keys["hr"])
    assert (code, [(each["line"], each["type"]) for each in told["errors"]]) == (
        1,
        [(2, "account-taken"), (3, "unknown-fact")],
    )
    assert told["new"] == ["csv-5"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("person,account\n", "user_name is missing"),
        ("person,account,user_name,display_name,shoe_size\n", "no column 'shoe_size'"),
        ('person,account,user_name,display_name\n"a\n', "line"),
        ('{"schemas": [1]', "no JSON"),
    ],
)
def test_a_file_that_is_no_list_is_told_so(
    place: Place, keys: dict[str, Path], tmp_path: Path, text: str, says: str
) -> None:
    """In one line, with what to do, and exit code 2."""
    code, told = imported(place, "people", written(tmp_path, text), "hr", keys["hr"])
    assert code == 2
    assert says in told.replace("\n", " ")


def test_scim_is_read_as_well(place: Place, keys: dict[str, Path], tmp_path: Path) -> None:
    """Each resource that cannot be read is told with its place in the list."""
    user = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "s-1",
        "externalId": "scim-1",
        "userName": "s1",
        "userType": "Employee",
        "active": True,
    }
    users = [user, {**user, "externalId": "scim-2", "id": "s-2", "userType": "Astronaut"}]
    feed = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 2,
        "Resources": users,
    }
    code, told = imported(place, "people", written(tmp_path, json.dumps(feed)), "hr", keys["hr"])
    assert (code, [each["row"] for each in told["errors"]]) == (2, [2])
    code, told = imported(place, "people", written(tmp_path, json.dumps(user)), "hr", keys["hr"])
    assert (code, told["new"]) == (0, ["scim-1"])


def test_assets_are_imported(place: Place, keys: dict[str, Path], tmp_path: Path) -> None:
    """They say what their holder uses; an unknown holder is told with the line."""
    file = written(tmp_path, ASSETS + "C2,Laptop,nobody,yes\n")
    code, told = imported(place, "assets", file, "mdm", keys["mdm"])
    assert (code, told["new"], [(e["line"], e["type"]) for e in told["errors"]]) == (1, ["C1"], [(3, "person-unknown")])
    ann = shown(place, "people", "show", "csv-1")
    assert (ann["asset"], ann["facts"]["device"]["value"]) == ("C1", "managed")


def test_a_key_speaks_for_its_own_source(place: Place, keys: dict[str, Path], tmp_path: Path) -> None:
    """Another name, another kind, a key of nobody, one that others can read, and no server: each says what is wrong."""
    file, site = written(tmp_path, HEAD + ROWS), place.prepared.site
    stray = tmp_path / "stray.pem"
    run("people", "key", stray)
    opened = tmp_path / "open.pem"
    opened.write_bytes(keys["hr"].read_bytes())
    opened.chmod(0o644)
    said = {
        ("mdm-2", keys["hr"]): "There is no such source. (the key is of hr)",
        ("mdm", keys["mdm"]): "There is nothing here for you.",
        ("hr", stray): "There is nothing here for you.",
        ("hr", opened): "The key can be read by others.",
        ("hr", file): "This is no P-256 key in PEM.",
    }
    file.chmod(0o600)
    for (source, key), why in said.items():
        result = run("people", "import", file, "--site", site, "--source", source, "--key", key)
        assert result.exit_code in (1, 2)
        assert why in result.stderr.replace("\n", " ")
    silent = ("--server", "http://localhost:9")
    result = run("people", "import", file, "--source", "hr", "--key", keys["hr"], *silent)
    assert "no server answers" in result.stderr.replace("\n", " ")
    assert run("people", "key", stray).exit_code == 1


def test_looking_needs_no_server_and_changes_nothing(place: Place) -> None:
    """Lists and one of each, as text and as JSON, beside the running server."""
    live, site = place.open_case(), place.prepared.site
    before = place.entries()
    for words in (
        ("people", "list"),
        ("people", "list", "--unit", "Sales"),
        ("operator", "list"),
        ("case", "list"),
        ("case", "list", "--stage", "proofing", "--limit", "1"),
        ("case", "show", live.case),
        ("case", "explain", live.case),
    ):
        text = run(*words, "--site", site)
        assert (text.exit_code, bool(text.stdout)) == (0, True), text.stderr
        assert shown(place, *words)
    assert place.entries() == before
    for words in (("case", "show", "no-case"), ("case", "explain", "no-case"), ("people", "show", "nobody")):
        assert run(*words, "--site", site).exit_code == 1
    done(place.cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")


def test_a_case_is_explained(place: Place) -> None:
    """Why its path was picked, every fact with its time as a sentence, and no code."""
    live, site = place.open_case(), place.prepared.site
    done(place.cast.requester.post(f"{live.url}/withdraw", {}), "withdraw")
    told = shown(place, "case", "explain", live.case)
    assert told["policy"]["path"] == live.path
    assert [each["fact"] for each in told["story"]] == ["CaseOpened", "CaseClosed"]
    assert live.path in told["story"][0]["says"]
    assert live.handle not in json.dumps(told)
    text = run("case", "explain", live.case, "--site", site).stdout
    assert "withdrawn" in text


def test_operators_are_listed(place: Place) -> None:
    """Founders hold every duty, have sessions, and are marked while HR does not know them."""
    operators = shown(place, "operator", "list")["operators"]
    founders = {each["name"]: each for each in operators}
    assert {"Rita", "Paul", "Anna", "Cora"} <= founders.keys()
    assert founders["Rita"]["sessions"] >= 1
    assert all(each["unidentified_founder"] and each["here"] for each in operators)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_the_command(shell: str) -> None:
    """What is printed asks the command itself, by the shell's own means."""
    result = CliRunner().invoke(main, ["completion", shell])
    assert (result.exit_code, "_FIRSTKEY_COMPLETE" in result.stdout) == (0, True)
    asked = {
        "_FIRSTKEY_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "firstkey ca",
        "COMP_CWORD": "ca" if shell == "fish" else "1",
    }
    told = subprocess.run(FIRSTKEY, env={**os.environ, **asked}, capture_output=True, text=True, check=True).stdout
    assert "case" in told


def test_every_fact_has_a_sentence() -> None:
    """Whatever can happen to a case can be told."""
    assert set(STORY) == set(FACTS)


def test_an_import_that_is_interrupted_says_how_far_it_came(
    place: Place, keys: dict[str, Path], tmp_path: Path
) -> None:
    """Whole portions are stored; the same file sent again goes on, and what was stored changes nothing."""
    rows = "".join(f"many-{number},many:{number},u,U,employee,Sales,\n" for number in range(1, 1201))
    read = read_people((HEAD + rows).encode())
    with connected(server_of(place.prepared.site), keys["hr"]) as client:
        portions: list[int] = []

        def post(people: list[Any]) -> Any:
            if len(portions) == 1:
                raise KeyboardInterrupt
            portions.append(len(people))
            return client.post("/api/sources/people", {"people": people})

        stopped = send(post, read, label="people", quiet=True)
        assert (stopped.sent, stopped.rows, len(stopped.told["new"])) == (500, 1200, 500)
    code, told = imported(place, "people", written(tmp_path, HEAD + rows), "hr", keys["hr"])
    assert (code, told["unchanged"], len(told["new"])) == (0, 500, 700)
