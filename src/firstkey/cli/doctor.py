"""`firstkey doctor`: is this site fit to be served? Looked at from outside, beside a server or without one.

Each check says what is fine, what is to be watched, or what is wrong and what to do about it. Nothing is changed. What
rests on something that is wrong itself is not looked at. Exit codes: 0 fit, 1 something is wrong.
"""

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import Enum, StrEnum
from pathlib import Path
from typing import NamedTuple

import click

from firstkey.actions.projection import differing_rows
from firstkey.actions.starting import fits_newest
from firstkey.assembly import SECRETS, SystemClock, fact_key, ledger_signer, look_at_site, read_secret
from firstkey.cli.ledger import judge_database
from firstkey.cli.site_folder import existing_site, site_option
from firstkey.cli.telling import REFUSED, lay_out, told
from firstkey.ledger.entry import read_entry
from firstkey.ports.fact_store import Reader, answer
from firstkey.settings import read_settings
from firstkey.storage.limits import CLOCK_BACK_MS_MAX
from firstkey.storage.refusals import StorageReason
from firstkey.storage.rows import TransactionLost
from firstkey.storage.sqlite.connection import DATABASE_FILE, check_schema, open_reader
from firstkey.storage.sqlite.rows import SqliteReadableRows
from firstkey.storage.sqlite.site_files import CHECKPOINT_FILE, CheckpointFile, SiteLock
from firstkey.storage.tree import check_signed, continues
from firstkey.values.errors import Refused, Says, Unavailable
from firstkey.values.instants import rfc3339

LOOKING_SECONDS_MAX = 600
FREE_BYTES_WRONG = 64 * 1024**2
FREE_BYTES_WATCHED = 1024**3


class DoctorReason(Enum):
    """What a check itself finds, beside what the parts of the site say."""

    ClockBehind = Says("This machine's clock lies before the ledger's last entry.", "Set the clock right.")
    DatabaseDamaged = Says("The database file is damaged.", "Stop the server; put back the newest copy.")
    DatabaseMissing = Says("There is no database yet.", "Begin the founding with `firstkey init`.")
    DiskFull = Says("The disk is nearly full.", "Make room, or move the site to a larger disk.")
    FolderOpen = Says("Others can read or write this.", "Take the rights of group and others away (chmod go-rwx).")
    QueueDiffers = Says(
        "The queue does not show what the facts tell.", "Somebody has written to the database: compare a copy."
    )


class State(StrEnum):
    """How a check ended."""

    FINE = "fine"
    WATCH = "watch"
    WRONG = "wrong"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    """What a check found, and what to do about it where there is something to do."""

    check: str
    state: State
    says: str
    next_step: str = ""


class Watch(NamedTuple):
    """Nothing is wrong, but something is to be known."""

    says: str
    next_step: str


@contextmanager
def _rows(folder: Path) -> Iterator[SqliteReadableRows]:
    if not (folder / DATABASE_FILE).exists():
        raise Refused(DoctorReason.DatabaseMissing)
    with closing(open_reader(folder)) as connection:
        connection.execute("BEGIN")
        yield SqliteReadableRows(connection)


def _settings(folder: Path) -> str:
    settings = read_settings(folder)
    return f"{settings.name}, {settings.origin}"


def _keys(folder: Path) -> str:
    for name in SECRETS:
        read_secret(folder, name)
    return f"{len(SECRETS)} keys, for the owner alone"


def _rights(folder: Path) -> str:
    private = [folder, folder / "keys", *folder.glob(f"{DATABASE_FILE}*")]
    opened = [path for path in private if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if opened:
        raise Refused(DoctorReason.FolderOpen, ", ".join(str(path) for path in opened))
    return "folder and database are for the owner alone"


def _server(folder: Path) -> str:
    try:
        SiteLock(folder).release()
    except Refused:
        return "a process holds the site"
    return "nothing holds the site"


def _database(folder: Path) -> str:
    with _rows(folder), closing(open_reader(folder)) as connection:
        check_schema(connection)
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise Refused(DoctorReason.DatabaseDamaged, said)
    return f"{(folder / DATABASE_FILE).stat().st_size // 1024} KiB, sound, of this version's schema"


def _ledger_key(folder: Path) -> str:
    key = ledger_signer(folder, read_settings(folder)).verifier
    with _rows(folder) as rows:
        newest = rows.checkpoint()
    if newest is None:
        return "nothing is signed yet"
    check_signed(newest[1], key)
    return f"keys/ledger signed the last head, as {key.name}"


def _fact_key(folder: Path) -> str:
    if not _seen(folder, fits_newest):
        raise Refused(StorageReason.FactKeyDiffers)
    return "keys/facts sealed the newest fact"


def _ledger(folder: Path) -> str | Watch:
    key = ledger_signer(folder, read_settings(folder)).verifier
    verdict = judge_database(folder, key, fact_key(folder), [])
    return Watch(
        f"{verdict.entries} entries in {len(verdict.streams)} streams are whole; {verdict.says}",
        f"Keep a copy of the file `{CHECKPOINT_FILE}` where nobody reaches both, and compare with `ledger verify`.",
    )


def _queue(folder: Path) -> str:
    key = ledger_signer(folder, read_settings(folder)).verifier
    streams = judge_database(folder, key, None, []).streams
    site = look_at_site(folder)
    try:
        view = site.store.read(lambda reader: list(differing_rows(site, reader, streams)))
        differing = answer(view, LOOKING_SECONDS_MAX)
    finally:
        site.store.close()
    if differing:
        raise Refused(DoctorReason.QueueDiffers, ", ".join(sorted(differing)[:3]))
    return "every case stands in the queue as its facts tell"


def _checkpoint(folder: Path) -> str | Watch:
    key = ledger_signer(folder, read_settings(folder)).verifier
    published = CheckpointFile(folder).head(key)
    with _rows(folder) as rows:
        newest = rows.checkpoint()
        if published is None:
            return Watch("The file `checkpoint` is missing.", "The next start makes it; ask who took it away.")
        size = 0 if newest is None else newest[0]
        if size < published.size:
            raise Refused(StorageReason.StoreOlderThanHead, f"{size} entries, {published.size} published")
        if not continues(rows, size, published):
            raise Refused(StorageReason.StoreForked)
    return f"the database continues the published head of {published.size} entries"


def _disk(folder: Path) -> str | Watch:
    free = shutil.disk_usage(folder).free
    room = f"{free // 1024**2} MiB are free"
    if free < FREE_BYTES_WRONG:
        raise Refused(DoctorReason.DiskFull, room)
    return Watch(room, DoctorReason.DiskFull.value.next_step) if free < FREE_BYTES_WATCHED else room


def _clock(folder: Path) -> str:
    now = SystemClock().now()
    with _rows(folder) as rows:
        newest = rows.checkpoint()
        last = 0 if newest is None else read_entry(rows.leaves(newest[0] - 1, 1)[0]).at
    if now < last - CLOCK_BACK_MS_MAX:
        raise Refused(DoctorReason.ClockBehind, f"{rfc3339(now)}, not after {rfc3339(last)}")
    return f"{rfc3339(now)}, not before the ledger's last entry"


def _seen(folder: Path, view: Callable[[Reader], bool]) -> bool:
    site = look_at_site(folder)
    try:
        return answer(site.store.read(view), LOOKING_SECONDS_MAX)
    finally:
        site.store.close()


class Check(NamedTuple):
    """A check, and the checks that must have gone well before it says anything."""

    name: str
    look: Callable[[Path], str | Watch]
    rests_on: tuple[str, ...] = ()


CHECKS: tuple[Check, ...] = (
    Check("settings", _settings),
    Check("keys", _keys),
    Check("rights", _rights),
    Check("server", _server),
    Check("disk", _disk),
    Check("database", _database),
    Check("clock", _clock, ("database",)),
    Check("ledger key", _ledger_key, ("settings", "keys", "database")),
    Check("fact key", _fact_key, ("settings", "keys", "database")),
    Check("ledger", _ledger, ("ledger key", "fact key")),
    Check("checkpoint", _checkpoint, ("ledger key",)),
    Check("queue", _queue, ("ledger", "checkpoint")),
)


def examine(folder: Path) -> Iterator[Finding]:
    """Look at a site's folder, a check at a time."""
    fit: set[str] = set()
    for check in CHECKS:
        missing = [name for name in check.rests_on if name not in fit]
        if missing:
            yield Finding(check.name, State.SKIPPED, f"not looked at: first mend {missing[0]}")
            continue
        finding = _found(check, folder)
        if finding.state is not State.WRONG:
            fit.add(check.name)
        yield finding


def _found(check: Check, folder: Path) -> Finding:
    try:
        said = check.look(folder)
    except Refused as refused:
        what = f"{refused.says.title} ({refused.detail})" if refused.detail else refused.says.title
        return Finding(check.name, State.WRONG, what, refused.says.next_step)
    except (sqlite3.Error, TransactionLost, Unavailable, OSError, ValueError) as error:
        return Finding(
            check.name, State.WRONG, f"It cannot be read: {error}.", "Check the folder, its rights, the disk."
        )
    if isinstance(said, Watch):
        return Finding(check.name, State.WATCH, said.says, said.next_step)
    return Finding(check.name, State.FINE, said)


COLUMN = 8
COLOURS = {State.FINE: "green", State.WATCH: "yellow", State.WRONG: "red", State.SKIPPED: "yellow"}


def _tell(finding: Finding) -> None:
    text = lay_out(f"{finding.state:<{COLUMN}}{finding.check}: {finding.says}", hang=" " * COLUMN)
    click.secho(text[:COLUMN], fg=COLOURS[finding.state], nl=False)
    click.echo(text[COLUMN:])
    if finding.next_step:
        click.echo(lay_out(finding.next_step, " " * COLUMN))


@click.command("doctor", short_help="Say whether a site is fit to be served.")
@site_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@told()
def command(site: Path | None, as_json: bool) -> None:
    """Say whether a site is fit to be served, and what to do where it is not.

    Looks at settings, keys, rights, disk, clock, database, ledger and queue. Changes nothing, and needs no server.
    """
    folder, findings = existing_site(site), []
    for finding in examine(folder):
        findings.append(finding)
        if not as_json:
            _tell(finding)
    wrong = any(finding.state is State.WRONG for finding in findings)
    if as_json:
        click.echo(json.dumps({"fit": not wrong, "findings": [each._asdict() for each in findings]}, indent=2))
    raise SystemExit(REFUSED if wrong else 0)
