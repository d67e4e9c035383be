"""One run: a folder, a site, a server, the tale, the audit, and the result."""

import json
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import resources
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from firstkey.actions.recording import PersonToRecord
from firstkey.demo.handover import page_of
from firstkey.demo.managed import serve_robbed, serve_with_misuses
from firstkey.demo.others import BRIEF_PATH, BRIEF_SECONDS, TENANT, TENANT_PATH, tell_others
from firstkey.demo.people import MODEL, Maker
from firstkey.demo.process import HOST, Address, Server, local_address, run_firstkey
from firstkey.demo.reasons import DemoReason
from firstkey.demo.story import Story
from firstkey.demo.tale import Tale
from firstkey.settings import DEVICE_CA, FILE
from firstkey.sources.assets import read_assets, with_assets
from firstkey.sources.scim import read_users
from firstkey.storage.sqlite.connection import DATABASE_FILE, open_reader
from firstkey.storage.sqlite.site_files import CHECKPOINT_FILE
from firstkey.values.encoding import sha256_hex
from firstkey.values.errors import Defect, Refused

ORGANISATION = "Example Works"
TENANT_SETTINGS = f'\n[destinations.{TENANT}]\nkind = "handover_simulator"\n'
NO_PROXY = 'proxy_socket = ""'
PROXY_SOCKET = "proxy.sock"
HEAD_SECONDS_MAX = 10
EDIT = ("misused", "expired")
"""What is said instead of what in the edited copy of the ledger."""


class Result(NamedTuple):
    """What a run led to, in the shape that `--json` prints."""

    completed: int
    cases: int
    completed_cases: tuple[str, ...]
    misuses: tuple[dict[str, Any], ...]
    ledger: dict[str, Any]
    seconds: float

    @property
    def held(self) -> bool:
        """Whether all of it held."""
        refused = all(misuse["refused"] for misuse in self.misuses)
        return self.completed > 0 and bool(self.misuses) and refused and bool(self.ledger["verified"])


class Prepared(NamedTuple):
    """A site that waits for its founders."""

    site: Path
    address: Address
    founding_code: str
    ledger_key: str


@contextmanager
def _workplace(keep: Path | None) -> Iterator[Path]:
    """Yield an empty folder: the one to keep, or one that is gone afterwards."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="firstkey-demo-") as folder:
            yield Path(folder) / "site"
        return
    if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise Refused(DemoReason.FolderNotEmpty, str(keep))
    yield keep


class _Ending:
    """Ends the run at a signal, so that the server is ended too.

    An exception that is raised while an object is being destroyed is lost, and with it the signal; so it is also
    remembered, and raised again before the next chapter.
    """

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _: int, __: FrameType | None) -> None:
        self._asked = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt if it was asked for."""
        if self._asked:
            raise KeyboardInterrupt


def policy_naming(root: bytes) -> bytes:
    """Return the shipped default policy with one root (DER) that it trusts beside the known makers'.

    One path's pass is made short-lived, so that it can be seen to be too late without ten minutes' wait.
    """
    text = (resources.files("firstkey") / "policies" / "default.toml").read_text("utf-8")
    for shipped, ours in (
        (
            'name = "default"\nversion = 1\n',
            f'name = "demonstration"\nversion = 1\nextra_roots = ["{sha256_hex(root)}"]\n',
        ),
        (f'name = "{BRIEF_PATH}"\n', f'name = "{BRIEF_PATH}"\npass_lifetime = "{BRIEF_SECONDS}s"\n'),
    ):
        if shipped not in text:
            raise Defect(f"the shipped policy no longer says {shipped!r}")
        text = text.replace(shipped, ours)
    return text.encode()


def with_tenant(policy: bytes) -> bytes:
    """Return the policy with one path whose keys are made at the simulated destination."""
    before, name, after = policy.decode().partition(f'name = "{TENANT_PATH}"\n')
    return (before + name + after.replace('destinations = ["local"]', f'destinations = ["{TENANT}"]', 1)).encode()


def prepare_site(site: Path, maker: Maker, policy_text: bytes | None = None, settings_more: str = "") -> Prepared:
    """Make a site on localhost by `firstkey init`, that takes the simulator's authenticators and devices.

    Args:
        site: its folder.
        maker: of what is simulated.
        policy_text: another policy than the demonstration's.
        settings_more: what its `firstkey.toml` says beyond what `init` writes.

    Raises:
        Refused: CommandFailed.
    """
    address = local_address()
    with tempfile.NamedTemporaryFile(suffix=".toml") as policy:
        policy.write(policy_naming(maker.root.der) if policy_text is None else policy_text)
        policy.flush()
        options = ("--origin", address.origin, "--rp-id", HOST, "--name", ORGANISATION, "--policy", policy.name)
        ended = run_firstkey("init", "--site", str(site), *options, "--json")
    if ended.exit_code != 0:
        raise Refused(DemoReason.CommandFailed, f"firstkey init: {ended.err.strip()}")
    begun = json.loads(ended.out)
    (site / "roots" / f"{MODEL}.der").write_bytes(maker.root.der)
    (site / DEVICE_CA).write_bytes(maker.devices.pem)
    settings = (site / FILE).read_text("utf-8")
    settings = settings.replace(NO_PROXY, f'proxy_socket = "{PROXY_SOCKET}"') + settings_more
    (site / FILE).write_text(settings, "utf-8")
    address.proxy = site / PROXY_SOCKET
    return Prepared(site, address, begun["founding_code"], begun["ledger_key"])


def people_of_record() -> tuple[PersonToRecord, ...]:
    """Return the people of `examples/hr-feed.json`, with what `examples/assets.json` says of them."""
    folder = resources.files("firstkey.demo")
    people = read_users((folder / "hr-feed.json").read_bytes())
    return with_assets(people, read_assets((folder / "assets.json").read_bytes()))


def verify(prepared: Prepared, site: Path, head: Path) -> dict[str, Any]:
    """Ask `firstkey ledger verify`, which needs no server, about a folder; `head` is what the auditor kept."""
    options = ("--checkpoint", str(head), "--key", prepared.ledger_key, "--json")
    ended = run_firstkey("ledger", "verify", "--site", str(site), *options)
    if not ended.out:
        raise Refused(DemoReason.CommandFailed, f"firstkey ledger verify: {ended.err.strip()}")
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


def _is_found_out(prepared: Prepared, folder: Path, head: Path) -> bool:
    """Edit one entry of a copy of the ledger, as whoever has the database could, and ask again."""
    copy = folder / "edited"
    copy.mkdir()
    with closing(open_reader(prepared.site)) as original, closing(sqlite3.connect(copy / DATABASE_FILE)) as edited:
        original.backup(edited)
        with edited:
            edited.execute("UPDATE entries SET leaf = CAST(replace(leaf, ?, ?) AS BLOB)", EDIT)
    return bool(verify(prepared, copy, head)["says"] == "broken")


def _verified_whole(prepared: Prepared, head: Path) -> dict[str, Any]:
    """Take the published head away and verify by it; it follows the last entry within a second."""
    until = time.monotonic() + HEAD_SECONDS_MAX
    while True:
        shutil.copy(prepared.site / CHECKPOINT_FILE, head)
        answer = verify(prepared, prepared.site, head)
        if answer.get("anchored_entries") == answer.get("entries") or time.monotonic() > until:
            return answer
        time.sleep(1)


def _audit(prepared: Prepared, story: Story) -> dict[str, Any]:
    """Verify the ledger offline, by the head that an auditor has taken away, and an edited copy of it."""
    story.chapter(
        "An auditor trusts nobody.",
        "Every fact of these cases is an entry of one log. Whoever kept its head, one line a moment, can tell without "
        "the server whether anything before it was changed, cut or reordered.",
    )
    with tempfile.TemporaryDirectory(prefix="firstkey-auditor-") as folder:
        head = Path(folder) / CHECKPOINT_FILE
        answer = _verified_whole(prepared, head)
        found_out = _is_found_out(prepared, Path(folder), head)
    entries = int(answer.get("entries", 0))
    whole = answer["says"] == "ok" and answer.get("anchored_entries") == entries
    story.did("auditor", f"runs `firstkey ledger verify` on the database file: {answer['says']}, {entries} entries.")
    edited = "broken" if found_out else "NOT found out"
    what = f"writes {EDIT[1]} for {EDIT[0]} into a copy, as whoever runs the database could, and asks again: {edited}."
    story.did("auditor", what)
    return {"entries": entries, "root": answer.get("root", ""), "verified": whole and found_out}


def _tell_numbers(story: Story, result: Result, tale: Tale) -> None:
    refused = sum(1 for misuse in result.misuses if misuse["refused"])
    story.chapter("In numbers.")
    story.number("cases", f"{result.cases}, {result.completed} of them ended with a working passkey")
    story.number("people", f"{len(tale.keys)} of them, through {len(set(tale.paths))} paths")
    story.number("misuses", f"{len(result.misuses)} tried, {refused} refused")
    story.number("ledger", f"{result.ledger['entries']} entries, verified: {str(result.ledger['verified']).lower()}")
    story.number("root", result.ledger["root"])
    story.number("seconds", f"{result.seconds:.1f}")


def _tell_links(story: Story, prepared: Prepared) -> None:
    story.chapter("The server goes on until Ctrl-C.")
    for name, path in (("api", "/api/openapi.json"), ("ready", "/readyz")):
        story.number(name, prepared.address.origin + path)
    story.number("site", str(prepared.site))


def run_demo(*, story: Story, keep: Path | None, stay: bool, tell_result: Callable[[Result], None]) -> Result:
    """Run the demonstration.

    Args:
        story: tells it.
        keep: the folder for the site, absent or empty; None for one that is removed.
        stay: leave the server running until it is interrupted.
        tell_result: is given the result as soon as it stands.

    Raises:
        Refused: an honest step was refused, or a command failed (`DemoReason`).
        KeyboardInterrupt: interrupted before the end; the server is ended.
    """
    began = time.monotonic()
    story.before_chapter = _Ending().check
    maker = Maker()
    with _workplace(keep) as folder:
        prepared = prepare_site(folder, maker, with_tenant(policy_naming(maker.root.der)), TENANT_SETTINGS)
        story.title(
            "FirstKey: from hired to holding a working passkey",
            f"A real server runs on {prepared.address.origin}. People, devices and passkeys are played by a simulator "
            "that speaks HTTP with it as browsers would.",
        )
        with Server(folder, prepared.address) as server:
            tale = Tale(prepared.address, maker, page_of(folder, TENANT, maker), story)
            _tell(tale, prepared)
            if not stay:
                server.stop()
            result = _result(tale, _audit(prepared, story), time.monotonic() - began)
            _tell_numbers(story, result, tale)
            tell_result(result)
            if stay:
                _tell_links(story, prepared)
                with suppress(KeyboardInterrupt):
                    server.wait()
        if keep is not None:
            story.line(f"The site is kept in {keep}: firstkey serve --site {keep}")
    return result


def _tell(tale: Tale, prepared: Prepared) -> None:
    tale.found(prepared.founding_code)
    tale.import_people(people_of_record())
    serve_with_misuses(tale, tale.joiner("Jana"))
    serve_robbed(tale, tale.joiner("Tomás"))
    tell_others(tale)


def _result(tale: Tale, ledger: dict[str, Any], seconds: float) -> Result:
    return Result(
        completed=len(tale.completed),
        cases=len(tale.cases),
        completed_cases=tuple(tale.completed),
        misuses=tuple(tried._asdict() for tried in tale.tried),
        ledger=ledger,
        seconds=round(seconds, 1),
    )
