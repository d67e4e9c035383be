"""PLT-01: secrets stand in memory dumps, crash reports, logs or a bundle for support."""

import json
import os
import signal
from pathlib import Path

from firstkey.demo import steps
from firstkey.demo.people import Opened, done
from tests.attacks.siege import Siege, besieged


def spellings(secret: bytes) -> list[bytes]:
    """Return a secret as it could stand in a file."""
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), repr(secret)[2:-1].encode()]


def is_running(pid: int) -> bool:
    """Whether a process of ours still runs; ended and not yet waited for it does not."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(") ")[2][0] != "Z"


def test_a_defect_shows_nothing(siege: Siege) -> None:
    """What is wrong inside is answered with a title; metrics and health tell no person, case, code or key."""
    live, code = siege.armed()
    stranger = siege.stranger()
    answers = [stranger.request("GET", path) for path in ("/metrics", "/healthz", "/readyz", "/api/openapi.json")]
    answers += [stranger.request("POST", "/api/sign-in", b"\xff" * 64), live.joiner.post("/register", live.handle)]
    names = (code, live.handle, live.case, live.joiner.person, "Traceback", str(siege.site))
    for answer in answers:
        assert not [name for name in names if name in answer.body.decode(errors="replace")], answer.status
        assert answer.status != 500


def test_no_secret_of_a_run_is_written_down(tmp_path: Path) -> None:
    """Sessions, codes typed and sealed, start codes and the founding code: no file and no log of the site holds one."""
    with besieged(tmp_path / "run") as site:
        live, shown = site.at_the_counter()
        typed = shown.json["code"].replace("-", "")
        steps.redeem(live, shown.json["code"])
        steps.register(live)
        other = site.prepared_case()
        opened: Opened = steps.get_pass(other)
        start = done(site.cast.confirmer.post(f"{site.open().url}/start-codes", {}), "start code")["start_code"]
        sessions = [str(desk.client.session) for desk in site.desks]
        secrets = [typed, typed[:-1], shown.json["code"], opened.code, start, site.prepared.founding_code, *sessions]
        keys = [path.read_bytes() for path in (site.site / "keys").iterdir()] + [(site.site / "pepper").read_bytes()]
        said = site.server.said().encode()
        site.server.stop()
        files = [path for path in site.site.rglob("*") if path.is_file()]
        kept = {path: path.read_bytes() for path in files if path.parent.name != "keys" and path.name != "pepper"}
        kept[Path("log")] = said
        for path, body in kept.items():
            assert not [secret for secret in secrets if secret.encode() in body], path
            assert not [key for key in keys for spelt in spellings(key) if spelt in body], path


def test_a_crash_leaves_no_core(tmp_path: Path) -> None:
    """Ended by a fault with a pass armed, the server leaves no dump behind, and its limits forbid one."""
    with besieged(tmp_path / "crash") as site:
        site.armed()
        pid = site.server.pid
        assert pid is not None
        limits = Path(f"/proc/{pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        os.kill(pid, signal.SIGSEGV)
        site.until(lambda: not is_running(pid))
        assert core.split()[4:6] == ["0", "0"], core
        assert not [path for path in (tmp_path, Path.cwd()) for _ in path.glob("core*")]


def test_what_is_told_of_a_site_is_chosen(siege: Siege) -> None:
    """The log is a JSON object a line, of a closed set of fields, none of which is a body, header or address."""
    siege.completed()
    fields = {"event", "level", "timestamp", "operation", "status", "type", "id", "exception", "epoch", "entries"}
    fields |= {"attempts", "effect", "sequence", "why", "works", "error"}
    lines = [line for line in siege.server.said().splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        assert set(json.loads(line)) <= fields, line
