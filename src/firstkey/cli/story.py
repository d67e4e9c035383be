"""The facts of a case as sentences: what happened, who did it, and what ended it."""

from collections.abc import Callable
from typing import Any

from firstkey.enrollment.case import facts
from firstkey.enrollment.case.surroundings import By
from firstkey.values.instants import rfc3339


def words(value: Any) -> str:
    """Return a value of an enumeration as words."""
    return str(value).replace("_", " ")


def people(by: By | tuple[By, ...] | None) -> str:
    """Name who signed, and whom they acted for."""
    if by is None or by == ():
        return "the system"
    several = by if isinstance(by, tuple) else (by,)
    named = (each.person + (f" for {each.delegator}" if each.delegator else "") for each in several)
    return " and ".join(named)


def _opened(fact: facts.CaseOpened) -> str:
    for_ = f" for {fact.delegator}" if fact.delegator else ""
    lost = f" The credential {fact.lost_credential} is {words(fact.lost_cause)}." if fact.lost_credential else ""
    who = fact.requester or "a feed"
    return (
        f"{who}{for_} asked for a {words(fact.purpose)} for {fact.account}; the policy picked the path "
        f"{fact.path}. It is open until {rfc3339(fact.expires_at)}.{lost}"
    )


def _registered(fact: facts.CredentialRegistered) -> str:
    at = f" at {fact.destination}" if fact.destination else ""
    made = fact.made
    return f"A passkey was made{at}: {made.fmt} attestation, model {made.aaguid}, tier {fact.tier.name.lower()}."


def _for_cause(fact: facts.ProofingWithdrawn | facts.ApprovalWithdrawn) -> str:
    return " for cause" if fact.for_cause else ""


STORY: dict[type[facts.Fact], Callable[[Any], str]] = {
    facts.CaseOpened: _opened,
    facts.CaseRefused: lambda f: f"The policy said no: {f.reason}",
    facts.CaseRevised: lambda f: f"The case now ends on {rfc3339(f.expires_at)}; what approvers signed is void.",
    facts.CaseHeld: lambda f: f"The case was stopped, at the word of {people(f.by) if f.by else f'the {f.source}'}.",
    facts.HoldLifted: lambda f: f"{people(f.by)} let it go on.",
    facts.ProofingRecorded: lambda f: (
        f"{people(f.by)} recorded {words(f.method)}, level {f.level}, seen {rfc3339(f.proofed_at)}."
    ),
    facts.ProofingWithdrawn: lambda f: f"{people(f.by)} took the proofing back{_for_cause(f)}.",
    facts.ApprovalGiven: lambda f: f"{people(f.by)} approved the digest {f.digest[:12]}…",
    facts.ApprovalDenied: lambda f: f"{people(f.by)} said no.",
    facts.ApprovalWithdrawn: lambda f: f"{people(f.by)} took their approval back{_for_cause(f)}.",
    facts.DeviceClaimed: lambda f: f"A device took the case; its key is {f.device_key[:12]}…",
    facts.ClaimAnchored: lambda f: (
        f"The device was tied to the joiner by {words(f.anchor)}"
        + (f", asset {f.asset}" if f.asset else "")
        + (f", before {people(f.by)}." if f.by else ".")
    ),
    facts.ClaimReleased: lambda f: f"{people(f.by)} let the device go; the old handle is dead.",
    facts.RivalRefused: lambda f: f"Another device tried to come in, key {f.rival_key[:12]}…, and was turned away.",
    facts.PassIssued: lambda f: f"Pass {f.number} was issued, {words(f.channel)}; no code exists yet.",
    facts.PassArmed: lambda f: (
        f"Its code was made{f' before {people(f.by)}' if f.by else ''}; it is good until {rfc3339(f.ends_at)}."
    ),
    facts.PassRedeemed: lambda f: f"The code was spent; a passkey may be made until {rfc3339(f.window_ends_at)}.",
    facts.TryFailed: lambda f: f"A wrong code was tried, {f.tries_failed} so far.",
    facts.PassRevoked: lambda f: f"The pass was revoked: {words(f.cause)}.",
    facts.PassExpired: lambda _: "The pass expired.",
    facts.AttendanceConfirmed: lambda f: f"{people(f.by)} confirmed that the joiner stands before them.",
    facts.OwnKeyAsserted: lambda f: f"The joiner's own key {f.credential[:12]}… authorised the next one.",
    facts.CeremonyStarted: lambda _: "The device asked for a challenge.",
    facts.CeremonyRefused: lambda f: f"What it made was refused: {words(f.reason)}.",
    facts.CredentialRegistered: _registered,
    facts.NativePassMinted: lambda f: f"A native pass of {f.destination} was made.",
    facts.NativePassUsed: lambda _: "The native pass was used.",
    facts.NativePassReaped: lambda f: f"The native pass is gone: {words(f.cause)}.",
    facts.StrayCredentialFound: lambda f: f"A credential that is nobody's was found at {f.destination}.",
    facts.CredentialActivated: lambda f: (
        f"The passkey works, tier {f.tier.name.lower()}" + (f", until {rfc3339(f.ends_at)}." if f.ends_at else ".")
    ),
    facts.CredentialHeld: lambda f: f"The account holds the passkey {f.credential[:12]}….",
    facts.CredentialSuspended: lambda f: f"The passkey was suspended: {words(f.cause)}.",
    facts.CredentialRestored: lambda f: f"{people(f.by)} gave the passkey back.",
    facts.CredentialRecalled: lambda f: f"The passkey was recalled: {words(f.cause)}.",
    facts.CredentialEnded: lambda f: f"The passkey ended: {words(f.cause)}.",
    facts.CaseClosed: lambda f: (
        f"The case is over: {words(f.reason)}" + (f", signed by {people(f.by)}." if f.by else ".")
    ),
    facts.ReviewRecorded: lambda f: f"{people(f.by)} reviewed it: {words(f.outcome)}.",
}
"""A sentence for every fact."""


def sentence(fact: facts.Fact) -> str:
    """Return a fact as a sentence."""
    return STORY[type(fact)](fact)
