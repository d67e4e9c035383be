"""A destination with a page of its own, simulated: it keeps rules, and misbehaves as it is told.

Its state lies in a SQLite file, so that it outlives servers and its other side (`HandoverPage`: the joiner's browser
there, and whoever writes past us) may be another process; without a file it lies in memory. What may go wrong is data:
calls that fail before or after they took hold, answers to calls that did nothing, old news, and lies. A site takes it
on localhost alone.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from firstkey.ceremonies.registration import ExpectedRegistration, creation_options, judge_registration
from firstkey.ceremonies.trust import Trust, TrustAnchors
from firstkey.destinations.reasons import DestinationReason
from firstkey.ports.destination import Manner, SealedNativePass, SeenCredential, SeenNativePass
from firstkey.values.encoding import b64u, sha256_hex, unb64u
from firstkey.values.errors import Refused, Unavailable
from firstkey.values.instants import SECOND

BUSY_SECONDS_MAX = 10
SECRET_BYTES = 16

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conduct (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS native_passes (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, secret TEXT NOT NULL UNIQUE, made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, gone_at INTEGER, used_at INTEGER, challenge TEXT) STRICT;
CREATE TABLE IF NOT EXISTS credentials (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, made_at INTEGER NOT NULL, gone_at INTEGER,
    active INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
"""


class Conduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the destination behaves. Operations are the names of its methods.

    Attributes:
        fails_before, fails_after: operations that are unavailable, nothing done or all done.
        times: how many such failures, None for ever.
        drops: operations that are answered and do nothing.
        refuses: operations that it says no to for good.
        old_news_ms: reads show what was so long ago (milliseconds).
        says_gone: lists no native pass, usable or not.
        says_used: lists every native pass as used.
    """

    fails_before: tuple[str, ...] = ()
    fails_after: tuple[str, ...] = ()
    times: int | None = None
    drops: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    old_news_ms: int = 0
    says_gone: bool = False
    says_used: bool = False


HONEST = Conduct()


class _State:
    """The tables, in a file or in memory; one transaction at a time."""

    def __init__(self, file: Path | None) -> None:
        where = ":memory:" if file is None else str(file)
        self._connection = sqlite3.connect(
            where, timeout=BUSY_SECONDS_MAX, isolation_level=None, check_same_thread=False
        )
        self._turn = threading.Lock()
        self._connection.execute("PRAGMA synchronous = OFF")  # it outlives processes; no need to outlive a power cut
        self._connection.executescript(_SCHEMA)
        weakref.finalize(self, self._connection.close)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection inside a transaction of its own."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def conduct(self) -> Conduct:
        """Return how to behave now."""
        with self.transaction() as tables:
            row = tables.execute("SELECT body FROM conduct").fetchone()
        return HONEST if row is None else msgspec.json.decode(row[0], type=Conduct)

    def behave(self, conduct: Conduct) -> None:
        """Set how to behave from now on."""
        with self.transaction() as tables:
            tables.execute("INSERT OR REPLACE INTO conduct VALUES (1, ?)", (msgspec.json.encode(conduct),))


CHANGES = {
    "suspend": "UPDATE credentials SET active = 0 WHERE account = :account AND id = :id",
    "restore": "UPDATE credentials SET active = 1 WHERE account = :account AND id = :id",
    "recall": "UPDATE credentials SET gone_at = coalesce(gone_at, :now) WHERE account = :account AND id = :id",
}
"""What is done to one credential, by operation."""


class HandoverSimulator:
    """The side that FirstKey speaks to; a `ports.destination.HandoverDestination`.

    Args:
        name: as policies use it.
        file: where its state lies; None for memory.
        now: its clock, milliseconds.
        page: the address of its page.
        entropy: returns that many random bytes.
    """

    manner = Manner.HANDOVER

    def __init__(
        self,
        name: str,
        file: Path | None,
        now: Callable[[], int],
        page: str = "https://tenant.localhost/security-info",
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.name = name
        self.page = page
        self.state = _State(file)
        self.now = now
        self._entropy = entropy

    @contextmanager
    def _call(self, operation: str) -> Iterator[sqlite3.Connection | None]:
        """Yield the tables, or None where the call is to do nothing; fail as the conduct says."""
        conduct = self.state.conduct()
        fails = conduct.times is None or conduct.times > 0
        if operation in conduct.refuses:
            raise Refused(DestinationReason.NativePassStands, "refused for good")
        if operation in conduct.fails_before and fails:
            self._count(conduct)
            raise Unavailable(f"{self.name} does not answer")
        if operation in conduct.drops:
            yield None
        else:
            with self.state.transaction() as tables:
                yield tables
        if operation in conduct.fails_after and fails:
            self._count(conduct)
            raise Unavailable(f"{self.name} did not answer")

    def _count(self, conduct: Conduct) -> None:
        if conduct.times is not None:
            self.state.behave(msgspec.structs.replace(conduct, times=conduct.times - 1))

    def mint(self, account: str, lifetime_seconds: int, seal: Callable[[bytes], bytes]) -> SealedNativePass:
        """Mint a native pass."""
        secret, native_pass = b64u(self._entropy(SECRET_BYTES)).encode(), b64u(self._entropy(SECRET_BYTES))
        now = self.now()
        expires_at = now + lifetime_seconds * SECOND
        with self._call("mint") as tables:
            if tables is not None:
                stands = "SELECT 1 FROM native_passes WHERE account = ? AND gone_at IS NULL AND expires_at > ?"
                if tables.execute(stands, (account, now)).fetchone():
                    raise Refused(DestinationReason.NativePassStands)
                row = (native_pass, account, sha256_hex(secret), now, expires_at)
                tables.execute("INSERT INTO native_passes VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)", row)
        return SealedNativePass(native_pass=native_pass, sealed=seal(secret), expires_at=expires_at)

    def native_passes(self, account: str) -> tuple[SeenNativePass, ...]:
        """List native passes."""
        conduct = self.state.conduct()
        then = self.now() - conduct.old_news_ms
        with self._call("native_passes") as tables:
            rows = (
                []
                if tables is None
                else tables.execute(
                    "SELECT id, used_at FROM native_passes WHERE account = ? AND made_at <= ? AND expires_at > ?"
                    " AND (gone_at IS NULL OR gone_at > ?)",
                    (account, then, then, then),
                ).fetchall()
            )
        if conduct.says_gone:
            return ()
        return tuple(SeenNativePass(each, conduct.says_used or (used or then + 1) <= then) for each, used in rows)

    def reap(self, account: str, native_pass: str | None) -> None:
        """Remove native passes."""
        with self._call("reap") as tables:
            if tables is not None:
                tables.execute(
                    "UPDATE native_passes SET gone_at = ? WHERE account = ? AND id = coalesce(?, id)"
                    " AND gone_at IS NULL",
                    (self.now(), account, native_pass),
                )

    def read_back(self, account: str) -> tuple[SeenCredential, ...]:
        """List credentials."""
        then = self.now() - self.state.conduct().old_news_ms
        with self._call("read_back") as tables:
            rows = (
                []
                if tables is None
                else tables.execute(
                    "SELECT active, body FROM credentials WHERE account = ? AND made_at <= ?"
                    " AND (gone_at IS NULL OR gone_at > ?)",
                    (account, then, then),
                ).fetchall()
            )
        return tuple(
            msgspec.structs.replace(msgspec.json.decode(body, type=SeenCredential), active=bool(active))
            for active, body in rows
        )

    def suspend(self, account: str, credential: str) -> None:
        """Make a credential open nothing."""
        self._change("suspend", account, credential)

    def restore(self, account: str, credential: str) -> None:
        """Make it open again what it opened."""
        self._change("restore", account, credential)

    def recall(self, account: str, credential: str) -> None:
        """Remove it."""
        self._change("recall", account, credential)

    def _change(self, operation: str, account: str, credential: str) -> None:
        with self._call(operation) as tables:
            if tables is not None:
                tables.execute(CHANGES[operation], {"now": self.now(), "account": account, "id": credential})


class HandoverPage:
    """The other side of the same destination: its page in the joiner's browser, and its truth.

    Args:
        simulator: the destination; of the same file where the server has its own.
        anchors: whose attestation the page takes.
    """

    rp_id, origin = "tenant.localhost", "https://tenant.localhost"

    def __init__(self, simulator: HandoverSimulator, anchors: TrustAnchors) -> None:
        self._of = simulator
        self._anchors = anchors

    def behave(self, conduct: Conduct) -> None:
        """Set how the destination behaves from now on."""
        self._of.state.behave(conduct)

    def read_back(self, account: str) -> tuple[SeenCredential, ...]:
        """Return the credentials of an account."""
        return self._of.read_back(account)

    def begin(self, secret: str) -> dict[str, Any]:
        """Open the page with a native pass: it is used. Return PublicKeyCredentialCreationOptionsJSON.

        Raises:
            Refused: NativePassOver.
        """
        now, challenge = self._of.now(), os.urandom(32)
        with self._of.state.transaction() as tables:
            changed = tables.execute(
                "UPDATE native_passes SET used_at = ?, challenge = ? WHERE secret = ? AND used_at IS NULL"
                " AND gone_at IS NULL AND expires_at > ?",
                (now, b64u(challenge), sha256_hex(secret.encode()), now),
            ).rowcount
        if not changed:
            raise Refused(DestinationReason.NativePassOver)
        return creation_options(
            challenge=challenge,
            rp_id=self.rp_id,
            rp_name=self._of.name,
            user_handle=unb64u(b64u(os.urandom(32))),
            user_name="joiner",
            user_display_name="Joiner",
        )

    def finish(self, secret: str, response: dict[str, Any]) -> str:
        """Take what the authenticator answered; return the credential's id.

        Raises:
            Malformed: it cannot be read.
            Refused: NativePassOver, or what the ceremony finds.
        """
        with self._of.state.transaction() as tables:
            find = "SELECT account, challenge FROM native_passes WHERE secret = ? AND challenge IS NOT NULL"
            row = tables.execute(find, (sha256_hex(secret.encode()),)).fetchone()
        if row is None:
            raise Refused(DestinationReason.NativePassOver)
        expected = ExpectedRegistration(
            ceremony_id="handover",
            expected_challenge=unb64u(row[1]),
            expected_rp_id=self.rp_id,
            expected_origin=self.origin,
        )
        verdict = judge_registration(response, expected, self._of.now(), self._anchors)
        self.plant(
            row[0],
            SeenCredential(
                credential=verdict.credential_id,
                created_at=self._of.now(),
                active=True,
                public_key_digest=verdict.public_key_digest,
                aaguid=verdict.aaguid,
                fmt=verdict.fmt,
                algorithm=verdict.alg,
                attested=verdict.trust is Trust.ANCHORED,
                user_verified=verdict.user_verified,
                backup_eligible=verdict.backup_eligible,
                roaming=verdict.attachment == "cross-platform",
            ),
        )
        return verdict.credential_id

    def plant(self, account: str, seen: SeenCredential) -> None:
        """Write a credential as an administrator of the destination could, past everybody."""
        row = (seen.credential, account, self._of.now(), int(seen.active), msgspec.json.encode(seen))
        with self._of.state.transaction() as tables:
            tables.execute("INSERT INTO credentials VALUES (?, ?, ?, NULL, ?, ?)", row)

    def remove(self, credential: str) -> None:
        """Take a credential away as an administrator of the destination could, past everybody."""
        with self._of.state.transaction() as tables:
            tables.execute("DELETE FROM credentials WHERE id = ?", (credential,))

    def plant_native_pass(self, account: str, secret: str, lifetime_ms: int) -> None:
        """Mint a native pass past everybody, as who holds a role there could."""
        now = self._of.now()
        row = (b64u(os.urandom(SECRET_BYTES)), account, sha256_hex(secret.encode()), now, now + lifetime_ms)
        with self._of.state.transaction() as tables:
            tables.execute("INSERT INTO native_passes VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)", row)

    def usable_native_passes(self, account: str) -> int:
        """Count the native passes that open the page now, whatever the destination says of them."""
        now = self._of.now()
        with self._of.state.transaction() as tables:
            row = tables.execute(
                "SELECT count(*) FROM native_passes WHERE account = ? AND gone_at IS NULL AND used_at IS NULL"
                " AND expires_at > ?",
                (account, now),
            ).fetchone()
        return int(row[0])

    def opens(self, credential: str) -> bool:
        """Whether a credential opens anything there now, whatever the destination says of it."""
        with self._of.state.transaction() as tables:
            row = tables.execute("SELECT active, gone_at FROM credentials WHERE id = ?", (credential,)).fetchone()
        return row is not None and bool(row[0]) and row[1] is None
