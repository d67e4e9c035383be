"""What is kept of a native pass beside its facts, and what a destination's word on a credential is worth."""

import msgspec

from firstkey.actions.site import Site
from firstkey.ceremonies.sealing import Sealed
from firstkey.enrollment.case.ending import is_over
from firstkey.enrollment.case.state import Case
from firstkey.enrollment.case.surroundings import Made
from firstkey.enrollment.case.words import NativeState
from firstkey.policy.model import Trust
from firstkey.ports.destination import SeenCredential
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.ports.kinds import DocumentKind
from firstkey.values import canonical


class NativeKept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A native pass that was minted.

    Attributes:
        native: our id of it. native_pass: the destination's.
        sealed: its secret, that the claiming device alone can open; dropped once nobody may use it.
        expires_at: instant (milliseconds) by the destination's clock.
        accounted: credentials that are told already: those that stood there before, this case's, and strays.
        reaping: whether we have begun to remove it, so that its absence says nothing of its use.
        vanished: it went away before its time, and not by us: somebody may have used it.
        missing: the case's credential was told as missing there.
    """

    native: str
    native_pass: str
    sealed: Sealed | None
    expires_at: int
    accounted: tuple[str, ...]
    reaping: bool = False
    vanished: bool = False
    missing: bool = False


def _key(destination: str, account: str) -> str:
    return f"{destination}:{account}"


def kept_native(reader: Reader, destination: str, account: str) -> NativeKept | None:
    """Return what is kept of the latest native pass of an account."""
    body = reader.document(DocumentKind.NATIVE_PASS, _key(destination, account))
    return None if body is None else msgspec.json.decode(body, type=NativeKept)


def keep_native(tx: Transaction, destination: str, account: str, kept: NativeKept) -> None:
    """Keep it, in the place of an earlier one."""
    body = canonical.encode(msgspec.to_builtins(kept))
    tx.put_document(DocumentKind.NATIVE_PASS, _key(destination, account), body)


def forget_native(tx: Transaction, destination: str, account: str) -> None:
    """Forget it: nothing more can come of it."""
    tx.delete_document(DocumentKind.NATIVE_PASS, _key(destination, account))


def is_usable(case: Case, now: int) -> bool:
    """Whether the joiner may still use the native pass: granted, unused, and inside a window of an open case."""
    granted = case.native is not None and case.native.state is NativeState.MINTED
    under_way = case.closed is None and case.hold is None and case.credential is None
    return granted and under_way and case.window is not None and not is_over(case.window.ends_at, now)


def made_of_seen(site: Site, seen: SeenCredential) -> Made:
    """Return a destination's word as the core's terms are compared with it. Only models that this site trusts count as
    attested, whatever the destination trusts.
    """
    anchored = seen.attested and seen.aaguid in site.anchors.roots
    return Made(
        ceremony="",
        credential=seen.credential,
        public_key_digest=seen.public_key_digest,
        aaguid=seen.aaguid,
        maker=seen.aaguid if anchored else "",
        fmt=seen.fmt,
        algorithm=seen.algorithm,
        trust=Trust.ANCHORED if anchored else Trust.NONE,
        user_verified=seen.user_verified,
        backup_eligible=seen.backup_eligible,
        roaming=seen.roaming,
    )
