"""How the registration stage's facts change a case."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from firstkey.enrollment.case.facts import (
    CeremonyRefused,
    CeremonyStarted,
    CredentialRegistered,
    Fact,
    NativePassMinted,
    NativePassReaped,
    NativePassUsed,
    StrayCredentialFound,
)
from firstkey.enrollment.case.state import Case, Credential, Native, known
from firstkey.enrollment.case.surroundings import Made
from firstkey.enrollment.case.words import CredentialState, NativeState, PassState


def ceremony_started(case: Case, fact: CeremonyStarted) -> Case:
    """An answer to this challenge, and to no other, is awaited."""
    window = known(case.window)
    started = window.ceremonies_started + 1
    begun = replace(window, ceremonies_started=started, ceremony=fact.ceremony, challenge=fact.challenge)
    return replace(case, window=begun)


def ceremony_refused(case: Case, _: CeremonyRefused) -> Case:
    """The challenge is spent."""
    return replace(case, window=replace(known(case.window), ceremony=None, challenge=None))


def registered(case: Case, fact: CredentialRegistered) -> Case:
    """The pass is spent and the window shut in the moment that the credential exists."""
    made = Made(
        ceremony=fact.ceremony or "",
        credential=fact.credential,
        public_key_digest=fact.public_key_digest,
        aaguid=fact.aaguid,
        maker=fact.maker,
        fmt=fact.fmt,
        algorithm=fact.algorithm,
        trust=fact.trust,
        user_verified=fact.user_verified,
        backup_eligible=fact.backup_eligible,
        roaming=fact.roaming,
        serial=fact.serial,
    )
    credential = Credential(
        credential=fact.credential,
        made=made,
        state=CredentialState.PENDING,
        registered_at=fact.at,
        tier=fact.tier,
        ends_at=fact.ends_at,
    )
    pass_ = replace(known(case.pass_), state=PassState.SPENT) if case.live_pass is not None else case.pass_
    count = case.credentials_made + 1
    return replace(case, credential=credential, credentials_made=count, pass_=pass_, window=None)


def native_minted(case: Case, fact: NativePassMinted) -> Case:
    """The destination's own pass stands until it is read back as gone."""
    native = Native(
        native=fact.native,
        destination=fact.destination,
        state=NativeState.MINTED,
        window_ends_at=fact.window_ends_at,
    )
    return replace(case, native=native)


def native_used(case: Case, _: NativePassUsed) -> Case:
    """The destination has seen it."""
    return replace(case, native=replace(known(case.native), state=NativeState.USED))


def native_reaped(case: Case, _: NativePassReaped) -> Case:
    """It is gone."""
    return replace(case, native=replace(known(case.native), state=NativeState.REAPED))


def stray_found(case: Case, fact: StrayCredentialFound) -> Case:
    """Somebody else's doing, and remembered."""
    return replace(case, adverse_at=fact.at)


REPLAY: Mapping[type[Fact], Callable[[Any, Any], Any]] = {
    CeremonyStarted: ceremony_started,
    CeremonyRefused: ceremony_refused,
    CredentialRegistered: registered,
    NativePassMinted: native_minted,
    NativePassUsed: native_used,
    NativePassReaped: native_reaped,
    StrayCredentialFound: stray_found,
}
