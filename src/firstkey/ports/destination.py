"""Identity systems that take a credential, by the manner in which it comes to be there.

Everything here is an outside effect, carried out from the outbox: at least once, so each call may come again and is
idempotent; one after another for one account; asked again before whether it is still wanted. All may block for
`CALL_SECONDS_MAX`, are called from worker threads, and raise Unavailable when the other side cannot be reached or does
not answer clearly: the effect may then have taken hold, and reading back tells. They raise Refused when the other side
says no for good.

What a destination says is never taken for done: whatever was written there is read back.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

import msgspec

CALL_SECONDS_MAX = 30


class Manner(StrEnum):
    """How a destination's credential comes to be."""

    HERE = "here"
    HANDOVER = "handover"


class SeenCredential(msgspec.Struct, frozen=True):
    """A credential that the destination holds for an account, as it tells. What it does not tell counts as not so.

    Attributes:
        credential: credential id, base64url.
        created_at: instant (milliseconds) by the destination's clock; None where it does not tell.
        active: whether it opens anything there.
        public_key_digest: SHA-256 of the key as SubjectPublicKeyInfo, hex.
        aaguid, fmt, algorithm: the model, attestation format and COSE algorithm.
        attested: whether the destination has verified an attestation of that model.
        user_verified, backup_eligible, roaming: as its ceremony found them.
    """

    credential: str
    created_at: int | None
    active: bool
    public_key_digest: str = ""
    aaguid: str = ""
    fmt: str = "none"
    algorithm: int = 0
    attested: bool = False
    user_verified: bool = False
    backup_eligible: bool = True
    roaming: bool = False


class SeenNativePass(msgspec.Struct, frozen=True):
    """A native pass that the destination lists for an account; one that it does not list is gone.

    Attributes:
        native_pass: the destination's id of it.
        used: whether somebody has opened the page with it. It may still open it again.
    """

    native_pass: str
    used: bool


class SealedNativePass(msgspec.Struct, frozen=True):
    """A native pass, its secret readable by the claiming device alone.

    Attributes:
        native_pass: the destination's id of it; not secret.
        sealed: the secret, sealed.
        expires_at: instant (milliseconds) by the destination's clock.
    """

    native_pass: str
    sealed: bytes
    expires_at: int


class Destination(Protocol):
    """What every destination does."""

    @property
    def name(self) -> str:
        """The name that policies use."""

    @property
    def manner(self) -> Manner:
        """How its credentials come to be."""

    def read_back(self, account: str) -> tuple[SeenCredential, ...]:
        """Return all credentials that the account holds there now, whoever made them."""

    def suspend(self, account: str, credential: str) -> None:
        """Make a credential open nothing until `restore`; done already is done."""

    def restore(self, account: str, credential: str) -> None:
        """Make a suspended credential active again; done already is done."""

    def recall(self, account: str, credential: str) -> None:
        """Remove a credential; done already is done."""


class HereDestination(Destination, Protocol):
    """Takes a credential that was made on our page. Sending is activation where the destination knows no pending."""

    def send(self, case: str, account: str, credential: str, public_key: bytes) -> None:
        """Make the credential known and active.

        Args:
            case: the case that made it; a second call for it changes nothing.
            account: the account's stable id.
            credential: credential id, base64url.
            public_key: COSE_Key bytes.
        """


class HandoverDestination(Destination, Protocol):
    """Makes the credential on a page of its own, which a native pass opens."""

    @property
    def page(self) -> str:
        """Where the joiner goes with the native pass: an address without a secret in it."""

    def mint(self, account: str, lifetime_seconds: int, seal: Callable[[bytes], bytes]) -> SealedNativePass:
        """Mint a native pass, for one use, and seal its secret before it goes anywhere.

        After a call whose end is unknown, `reap` comes before another.

        Args:
            account: the account's stable id.
            lifetime_seconds: how long it may open the page.
            seal: encrypts to the claiming device's second key.
        """

    def native_passes(self, account: str) -> tuple[SeenNativePass, ...]:
        """Return all native passes that the account has there now, whoever minted them."""

    def reap(self, account: str, native_pass: str | None) -> None:
        """Remove a native pass, or every one that the account has; gone already is done."""
