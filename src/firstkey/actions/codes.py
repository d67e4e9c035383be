"""The code's verifier: how it is made when a pass is armed, and how a code is compared with it.

A verifier is keyed twice: by the pepper, which lies outside the database, and by the site's epoch, so that raising the
epoch makes every older verifier worthless. A sealed code has 130 bits and takes HMAC-SHA-256; a typed one has 65 and
takes Argon2id over that, in two threads with a short queue, so that nobody can stall the site with codes.
"""

import asyncio
import hmac
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstkey.actions.reasons import ActionReason
from firstkey.enrollment.case.surroundings import CodeJudged
from firstkey.policy.model import Channel
from firstkey.ports.fact_store import Transaction
from firstkey.ports.verifiers import VerifierReader
from firstkey.values import canonical, codes
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Unavailable
from firstkey.values.secret import Secret

SALT_BYTES = 16
ARGON2_MEMORY_KIB = 19_456
ARGON2_PASSES = 2
ARGON2_THREADS = 2
ARGON2_WAITING_MAX = 8

SYMBOLS = {Channel.DEVICE_SEALED: codes.SEALED_SYMBOLS, Channel.IN_PERSON: codes.TYPED_SYMBOLS}


class Verifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is stored of a code. `salt` is empty for a sealed one; both base64url."""

    epoch: int
    salt: str
    digest: str


def _keyed(pepper: Secret, epoch: int, pass_id: str, code: Secret) -> bytes:
    key = HKDF(SHA256(), 32, salt=None, info=b"firstkey-verifier-1:%d" % epoch).derive(pepper.reveal())
    return hmac.digest(key, pass_id.encode() + b"\0" + code.reveal(), sha256)


def _digest(keyed: bytes, salt: bytes) -> bytes:
    if not salt:
        return keyed
    return hash_secret_raw(
        keyed, salt, time_cost=ARGON2_PASSES, memory_cost=ARGON2_MEMORY_KIB, parallelism=1, hash_len=32, type=Type.ID
    )


def _stored(epoch: int, salt: bytes, digest: bytes) -> bytes:
    return canonical.encode(msgspec.to_builtins(Verifier(epoch=epoch, salt=b64u(salt), digest=b64u(digest))))


class CodeDesk:
    """Makes verifiers and compares codes with them; the only holder of pepper and verifier reader.

    Args:
        pepper: the site's secret outside the database.
        verifiers: reads a pass's verifier.
    """

    def __init__(self, pepper: Secret, verifiers: VerifierReader) -> None:
        self._pepper = pepper
        self._verifiers = verifiers
        self._pool = ThreadPoolExecutor(ARGON2_THREADS, thread_name_prefix="argon2id")
        self._waiting = 0

    def make_verifier(self, epoch: int, pass_id: str, code: Secret, salt: bytes) -> bytes:
        """Return the stored form of a code's verifier.

        Args:
            epoch: the site's, in the moment of arming.
            pass_id: the pass that it is for.
            code: normalised.
            salt: SALT_BYTES of randomness for a typed code, none for a sealed one.
        """
        return _stored(epoch, salt, _digest(_keyed(self._pepper, epoch, pass_id, code), salt))

    async def make_typed(self, epoch: int, pass_id: str, code: Secret, salt: bytes) -> bytes:
        """Return the stored form of a typed code's verifier, made in the two threads.

        Raises:
            Unavailable: too many typed codes are being made or compared.
        """
        return _stored(epoch, salt, await self._slowly(_keyed(self._pepper, epoch, pass_id, code), salt))

    async def compare(self, pass_id: str, code: Secret) -> CodeJudged:
        """Compare a code with a pass's verifier; where there is none, nothing matches.

        Raises:
            Unavailable: too many typed codes are being compared; nothing was looked at.
        """
        stored = await asyncio.wrap_future(self._verifiers.read(pass_id))
        if stored is None:
            return CodeJudged(pass_id=pass_id, matched=False)
        verifier = msgspec.json.decode(stored, type=Verifier)
        keyed, salt = _keyed(self._pepper, verifier.epoch, pass_id, code), unb64u(verifier.salt)
        digest = await self._slowly(keyed, salt) if salt else keyed
        return CodeJudged(pass_id=pass_id, matched=hmac.compare_digest(digest, unb64u(verifier.digest)))

    def compare_within(self, tx: Transaction, pass_id: str, code: Secret) -> CodeJudged:
        """Compare a sealed code within the transaction that spends it; nothing of another channel matches."""
        stored = self._verifiers.read_within(tx, pass_id)
        verifier = None if stored is None else msgspec.json.decode(stored, type=Verifier)
        if verifier is None or verifier.salt:
            return CodeJudged(pass_id=pass_id, matched=False)
        keyed = _keyed(self._pepper, verifier.epoch, pass_id, code)
        return CodeJudged(pass_id=pass_id, matched=hmac.compare_digest(keyed, unb64u(verifier.digest)))

    def check_room(self) -> None:
        """Refuse to begin what a typed code is needed for while too many wait.

        Raises:
            Unavailable: as `compare`.
        """
        if self._waiting >= ARGON2_THREADS + ARGON2_WAITING_MAX:
            raise Unavailable(ActionReason.TooBusy.value.title)

    async def _slowly(self, keyed: bytes, salt: bytes) -> bytes:
        self.check_room()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, _digest, keyed, salt)
        finally:
            self._waiting -= 1
