"""A write that is sent again does nothing twice: idempotency keys, and a store that notices what was appended.

A key is scoped to its principal (a person, or a device's key), and to one route and body. Its slot is taken in the
very transaction that first appends a fact, so of several requests under one key one alone can append; the answer is
kept in a transaction of its own afterwards. An answer that may carry a code is never kept: whoever lost it looks at the
case. What is kept is sealed under a key that lies outside the database, for an answer can name a handle.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstkey.actions.devices import spend_proof
from firstkey.actions.reasons import ActionReason
from firstkey.actions.site import ANSWER_WITHIN_SECONDS, Device, Operator, Site
from firstkey.ports.fact_store import FactStore, NewFact, Reader, Recorded, Slot, Transaction, answer_async
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values import canonical
from firstkey.values.encoding import b64u, sha256_hex
from firstkey.values.errors import Refused
from firstkey.values.instants import DAY

T = TypeVar("T")

KEY_REMEMBERED_MS = DAY
"""For how long a key is remembered, at least; after that the sweeper may forget it."""

ANSWER_BYTES_MAX = 64 * 1024
NONCE_BYTES = 12
CARRY_A_CODE = frozenset({"code", "native", "number", "sealed", "secret", "session", "start_code"})
"""Fields that carry a code, or half of one, clear or sealed: no answer that has one is kept."""


def may_be_kept(answer: type[msgspec.Struct]) -> bool:
    """Whether an answer of this type carries no code."""
    return CARRY_A_CODE.isdisjoint(answer.__struct_fields__)


class KeptAnswer(NamedTuple):
    """An answer as it was given: the HTTP status and the body's bytes."""

    status: int
    body: bytes


class NoticingStore:
    """A store that notices whether anything was appended, and holds a slot against whoever comes second.

    Args:
        store: the site's.
        slot: taken in the transaction that first appends; None for no slot.
        holder: what takes it.

    Attributes:
        appended: whether a fact was appended and committed.
    """

    def __init__(self, store: FactStore, slot: Slot | None = None, holder: str = "") -> None:
        self._store = store
        self._slot = slot
        self._holder = holder
        self.appended = False

    def execute(self, work: Callable[[Transaction], T]) -> Future[T]:
        """Carry out a work; the slot is looked at before it, and taken with what it appends."""
        noticed: list[bool] = []

        def watched(tx: Transaction) -> T:
            noticed.clear()
            holder = None if self._slot is None else tx.holder(self._slot)
            if holder not in (None, self._holder):
                raise Refused(ActionReason.AlreadyCarriedOut)
            watch = _Watch(tx)
            result = work(cast("Transaction", watch))
            if watch.appended:
                noticed.append(True)
                if self._slot is not None and holder is None:
                    tx.take(self._slot, self._holder)
            return result

        def committed(future: Future[T]) -> None:
            if noticed and not future.cancelled() and future.exception() is None:
                self.appended = True

        future = self._store.execute(watched)
        future.add_done_callback(committed)
        return future

    def read(self, view: Callable[[Reader], T]) -> Future[T]:
        """Call a view."""
        return self._store.read(view)

    @property
    def waiting(self) -> int:
        """How many works wait."""
        return self._store.waiting

    def close(self) -> None:
        """Close the store."""
        self._store.close()


class _Watch:
    """A transaction that notices what is appended."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.appended = False

    def append(self, stream: str, after: int, facts: Sequence[NewFact]) -> tuple[Recorded, ...]:
        self.appended = self.appended or bool(facts)
        return self._tx.append(stream, after, facts)

    def __getattr__(self, name: str) -> Any:
        value = self.__dict__[name] = getattr(self._tx, name)  # nothing that a transaction has changes while it runs
        return value


class KeyedWrite:
    """One request under an idempotency key.

    Args:
        site: the site.
        caller: who sent it.
        key: the key, as it was sent.
        request: what it is for: the route and the body.

    Attributes:
        store: the store that the action is given.
    """

    def __init__(self, site: Site, caller: Operator | Device, key: str, request: bytes) -> None:
        principal = ["device", caller.device_key] if isinstance(caller, Device) else ["person", caller.person]
        self._site = site
        self._caller = caller
        self._slot = Slot(SlotKind.IDEMPOTENCY, sha256_hex(canonical.encode([*principal, key])))
        self._request = f"idempotency/{sha256_hex(request)}/"
        self._holder = self._request + b64u(site.entropy.draw(NONCE_BYTES))
        self.store = NoticingStore(site.store, self._slot, self._holder)

    async def find(self) -> KeptAnswer | None:
        """Return the answer that was given under this key, None where it is new; a device's proof is spent on it.

        Raises:
            Refused: IdempotencyKeyReused, AlreadyCarriedOut; NotFound for a proof that was spent before.
        """

        def work(tx: Transaction) -> KeptAnswer | None:
            holder = tx.holder(self._slot)
            if holder is None:
                return None
            if isinstance(self._caller, Device):
                spend_proof(tx, self._caller)
            if not holder.startswith(self._request):
                raise Refused(ActionReason.IdempotencyKeyReused)
            body = tx.document(DocumentKind.IDEMPOTENT_ANSWER, self._slot.key)
            if body is None:
                raise Refused(ActionReason.AlreadyCarriedOut)
            status, _, sealed = body.partition(b" ")
            return KeptAnswer(int(status), self._cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None))

        return await answer_async(self._site.store.execute(work), ANSWER_WITHIN_SECONDS)

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep the answer for whoever lost it, unless another request under this key came first."""
        if len(answer.body) > ANSWER_BYTES_MAX:
            return
        nonce = self._site.entropy.draw(NONCE_BYTES)
        body = b"%d %b%b" % (answer.status, nonce, self._cipher().encrypt(nonce, answer.body, None))

        def work(tx: Transaction) -> None:
            holder = tx.holder(self._slot)
            if holder is None:
                tx.take(self._slot, self._holder)
            if holder in (None, self._holder):
                tx.put_document(DocumentKind.IDEMPOTENT_ANSWER, self._slot.key, body)

        await answer_async(self._site.store.execute(work), ANSWER_WITHIN_SECONDS)

    def _cipher(self) -> AESGCM:
        info = f"firstkey-idempotent-answer-1:{self._slot.key}".encode()
        return AESGCM(HKDF(SHA256(), 32, salt=None, info=info).derive(self._site.keys.nonce.reveal()))


def noticing(site: Site, store: NoticingStore) -> Site:
    """Return the site as the action of one request sees it."""
    return msgspec.structs.replace(site, store=store)
