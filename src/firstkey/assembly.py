"""The only place that knows everything: a site's folder becomes a site, and a site a server.

The folder: `firstkey.toml`, the database, `keys/` and `pepper` readable by the owner alone, `roots/` with the
certificates that attestation may end in beyond metadata (a file a model, named by its AAGUID), `device-ca.pem` with the
CAs of managed devices' client certificates where there are such, the latest signed `checkpoint`, and `destinations/`
with the state of simulated ones.
"""

import asyncio
import contextlib
import os
import stat
import time
from collections.abc import AsyncIterator, Callable
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette

from firstkey.actions.codes import CodeDesk
from firstkey.actions.folds import Folds
from firstkey.actions.outbox import Outbox
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Keys, Site, SiteSettings
from firstkey.actions.site_stream import site_state
from firstkey.actions.starting import begin, fence, fits_newest
from firstkey.actions.sweeping import SWEPT_AT_ONCE_MAX, Sweeper
from firstkey.ceremonies.trust import TrustAnchors
from firstkey.destinations.handover_simulator import HandoverSimulator
from firstkey.ledger.note import SignatureType, Signer, signer_from
from firstkey.ports.clock import Clock
from firstkey.ports.fact_store import answer
from firstkey.settings import (
    DESTINATIONS,
    DEVICE_CA,
    FILE,
    Settings,
    check_settings,
    destination_file,
    format_settings,
    read_settings,
)
from firstkey.storage.refusals import StorageReason
from firstkey.storage.signing import LocalCheckpointSigner, LocalFactMac
from firstkey.storage.sqlite.connection import open_reader
from firstkey.storage.sqlite.crosscheck import check_places
from firstkey.storage.sqlite.looking import LookingStore
from firstkey.storage.sqlite.site_files import CheckpointFile
from firstkey.storage.sqlite.store import SqliteFactStore
from firstkey.storage.tree import continues
from firstkey.storage.verifiers import SqliteVerifierReader
from firstkey.values.errors import Malformed, Refused, Says, Unavailable
from firstkey.values.secret import Secret
from firstkey.web.app import make_app

KEY_BYTES = 32
SWEEP_EVERY_SECONDS = 0.1
OUTBOX_EVERY_SECONDS = 0.1
SECRETS = ("keys/facts", "keys/ledger", "keys/nonce", "pepper")
PEM = b"-----BEGIN"

log = structlog.get_logger()


class SiteReason(Enum):
    """Why a folder does not open as a site."""

    NotEmpty = Says("This folder is not empty.", "Name one that is empty, or none that exists.")
    SettingsLost = Says(
        "This folder holds a site's keys and no firstkey.toml.", "Put its firstkey.toml back, or name another folder."
    )
    SecretMissing = Says("A key of this site is missing.", "Put it back from where it is kept.")
    SecretOpen = Says(
        "A key of this site can be read by others.", "Take the rights of group and others away (chmod 600)."
    )
    RootWrong = Says("A file in roots/ is no certificate named by its model.", "Name it AAGUID.pem or AAGUID.der.")
    SimulatorNotLocal = Says("A simulator's root is trusted beyond localhost.", "Remove it from roots/.")


SIMULATOR = "FirstKey simulator"
"""The organisation in the simulator's certificates; they are taken for an rp_id of localhost alone."""


class SystemClock:
    """This machine's two clocks; a `ports.clock.Clock`."""

    def now(self) -> int:
        """Return the time, milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> int:
        """Return milliseconds of a clock that cannot be set and counts suspended time."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class SystemEntropy:
    """This machine's cryptographic randomness; a `ports.entropy.Entropy`."""

    def draw(self, count: int) -> bytes:
        """Return that many bytes."""
        return os.urandom(count)


def create_site(folder: Path, settings: Settings) -> None:
    """Make a site's folder: settings and fresh secrets. The database comes when it is first opened.

    Raises:
        Malformed: the settings cannot be used.
        Refused: NotEmpty, SettingsLost.
    """
    check_settings(settings, format_settings(settings))
    if (folder / "keys").exists():
        raise Refused(SiteReason.SettingsLost, str(folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(SiteReason.NotEmpty, str(folder))
    for part in (folder, folder / "keys", folder / "roots"):
        part.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(os.urandom(KEY_BYTES))
    (folder / FILE).write_text(format_settings(settings), "utf-8")


def read_secret(folder: Path, name: str) -> Secret:
    """Return one of a site's `SECRETS`.

    Raises:
        Refused: SecretMissing, SecretOpen.
    """
    path = folder / name
    if not path.exists() or path.stat().st_size != KEY_BYTES:
        raise Refused(SiteReason.SecretMissing, name)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(SiteReason.SecretOpen, name)
    return Secret(path.read_bytes())


def ledger_signer(folder: Path, settings: Settings) -> Signer:
    """Return the ledger's key, named by the site."""
    return signer_from(f"{settings.site}/ledger", SignatureType.ED25519, read_secret(folder, "keys/ledger"))


def fact_key(folder: Path) -> Secret:
    """Return the key of the MACs on facts.

    Raises:
        Refused: SecretMissing, SecretOpen.
    """
    return read_secret(folder, "keys/facts")


def _certificates(path: Path) -> tuple[bytes, ...]:
    data = path.read_bytes()
    found = x509.load_pem_x509_certificates(data) if PEM in data else [x509.load_der_x509_certificate(data)]
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def _anchors(folder: Path, settings: Settings) -> TrustAnchors:
    roots: dict[str, tuple[bytes, ...]] = {}
    for path in sorted((folder / "roots").glob("*")):
        try:
            roots[str(UUID(path.stem))] = _certificates(path)
        except ValueError as error:
            raise Malformed(SiteReason.RootWrong, path.name) from error
        if settings.rp_id != "localhost" and any(SIMULATOR.encode() in der for der in roots[str(UUID(path.stem))]):
            raise Refused(SiteReason.SimulatorNotLocal, path.name)
    return TrustAnchors(roots)


def _device_roots(folder: Path) -> tuple[bytes, ...]:
    path = folder / DEVICE_CA
    try:
        return _certificates(path) if path.exists() else ()
    except ValueError as error:
        raise Malformed(SiteReason.RootWrong, DEVICE_CA) from error


def _destinations(folder: Path, settings: Settings, clock: Clock) -> dict[str, HandoverSimulator]:
    if settings.destinations:
        (folder / DESTINATIONS).mkdir(mode=0o700, exist_ok=True)
    return {name: HandoverSimulator(name, destination_file(folder, name), clock.now) for name in settings.destinations}


def open_site(
    folder: Path, clock: Clock | None = None, *, unsafe_older_than_head: bool = False
) -> tuple[Site, Settings]:
    """Open a site: this process is then the only one.

    Args:
        folder: the site's.
        clock: this machine's when None. It is an argument so that a launcher in tests can move it, and nothing else
            is: no setting and no variable of the environment reaches it.
        unsafe_older_than_head: as `SqliteFactStore`; only the fence sets it.

    Raises:
        Malformed: settings or roots cannot be read.
        Refused: a key is missing or open to others, the store will not open, or an entry's row is not its leaf's.
    """
    settings = read_settings(folder)
    macs = LocalFactMac(fact_key(folder))
    clock = clock or SystemClock()
    signer = LocalCheckpointSigner(ledger_signer(folder, settings))
    store = SqliteFactStore(folder, macs, signer, clock, unsafe_older_than_head=unsafe_older_than_head)
    try:
        with contextlib.closing(open_reader(folder)) as connection:
            check_places(connection)
        return _site(folder, settings, store, clock), settings
    except BaseException:
        store.close()
        raise


def look_at_site(folder: Path) -> Site:
    """Open a site to be looked at, beside the process that serves it, if one does; nothing can be changed through it.

    Raises:
        Malformed: settings or roots cannot be read.
        Refused: a key is missing or open to others.
    """
    settings = msgspec.structs.replace(read_settings(folder), destinations={})  # nobody is spoken to
    return _site(folder, settings, LookingStore(folder, LocalFactMac(fact_key(folder))), SystemClock())


def _site(folder: Path, settings: Settings, store: SqliteFactStore | LookingStore, clock: Clock) -> Site:
    return Site(
        settings=SiteSettings(site=settings.site, origin=settings.origin, rp_id=settings.rp_id, rp_name=settings.name),
        keys=Keys(nonce=read_secret(folder, "keys/nonce")),
        store=store,
        codes=CodeDesk(read_secret(folder, "pepper"), SqliteVerifierReader(store)),
        clock=clock,
        entropy=SystemEntropy(),
        anchors=_anchors(folder, settings),
        folds=Folds(),
        device_roots=_device_roots(folder),
        destinations=_destinations(folder, settings, clock),
    )


def _check_fact_key(site: Site) -> None:
    if not answer(site.store.read(fits_newest), ANSWER_WITHIN_SECONDS):
        raise Refused(StorageReason.FactKeyDiffers)


class Fenced(NamedTuple):
    """What a fence has done: how many cases it closed, the epoch, and where a head is kept that is no longer led to."""

    closed: int
    epoch: int
    abandoned: Path | None


def fence_site(folder: Path, tell: Callable[[int], None]) -> Fenced:
    """Let a site serve again whose database was restored from a copy: nothing that was under way there goes on.

    Args:
        folder: the site's, which no process holds.
        tell: is told how many cases are closed so far.

    Raises:
        Malformed, Refused: as `open_site`, but for a database that is older than its head.
    """
    site, settings = open_site(folder, unsafe_older_than_head=True)
    published = CheckpointFile(folder)
    try:
        head, foreign = published.head(ledger_signer(folder, settings).verifier), False
    except Refused:
        head, foreign = None, True
    try:
        _check_fact_key(site)
        led_to = head is None or answer(
            site.store.read(lambda reader: continues(reader, reader.checkpoint_size, head)), ANSWER_WITHIN_SECONDS
        )
        closed = fence(site, None if led_to else head, tell)
        epoch = answer(site.store.read(lambda reader: site_state(site, reader).state.epoch), ANSWER_WITHIN_SECONDS)
    finally:
        site.store.close()
    return Fenced(closed, epoch, published.put_aside() if foreign or not led_to else None)


async def _sweep_for_ever(site: Site) -> None:
    sweeper, step, looked_at = Sweeper(site), Sweeper.begin, 0
    while True:
        await asyncio.sleep(0 if looked_at >= SWEPT_AT_ONCE_MAX else SWEEP_EVERY_SECONDS)
        looked_at = 0
        try:
            looked_at = await step(sweeper)
            step = Sweeper.sweep
        except Unavailable:
            continue
        except Exception:  # one broken case must not end all sweeping
            log.exception("sweep")


async def _work_outbox_for_ever(outbox: Outbox) -> None:
    while True:
        await asyncio.sleep(OUTBOX_EVERY_SECONDS)
        try:
            await outbox.start_due()
        except Unavailable:
            continue
        except Exception:  # what cannot be read now is still there
            log.exception("outbox")


def make_server(site: Site) -> Starlette:
    """Begin to serve a site: raise its epoch, and make the application with the sweeper beside it.

    Raises:
        Refused: FactKeyDiffers, or the newest fact was edited.
    """
    _check_fact_key(site)
    epoch = begin(site)
    log.warning("ledger_unanchored", epoch=epoch)  # no head is kept where a backup of the site does not reach

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        outbox = Outbox(site)
        beside = (asyncio.create_task(_sweep_for_ever(site)), asyncio.create_task(_work_outbox_for_ever(outbox)))
        yield
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await outbox.close()
        site.store.close()

    return make_app(site, lifespan)
