"""Founding: the one marked exception to "no credential without its whole chain".

A code printed on the server's terminal, good for an hour, admits two to five people in one sitting; founding is over
when all who hold keys have signed one statement, which names the policy, the recovery key's public half and all of
them. Until then nothing but founding works; the site's stream, not an empty table, says that it is over.
"""

from typing import Any

import msgspec

from firstkey.actions.acts import (
    SignedStatement,
    StatementAsked,
    StatementToSign,
    judge_signed,
    new_statement,
    prepare_statement,
    store_credential,
)
from firstkey.actions.casework import Casework, run
from firstkey.actions.people import FOUNDING as SELF_SAID
from firstkey.actions.people import PersonRecord, find_person, store_person
from firstkey.actions.reasons import ActionReason
from firstkey.actions.recording import Id
from firstkey.actions.registration import CHALLENGE_BYTES, CeremonyOptions
from firstkey.actions.site import Site, Stranger
from firstkey.actions.site_state import SiteState
from firstkey.actions.site_stream import (
    SITE_STREAM,
    FounderEnrolled,
    FoundingBegan,
    FoundingStatementSigned,
    SiteFounded,
    append_site_facts,
    new_fact,
    site_state,
)
from firstkey.actions.streams import account_stream
from firstkey.ceremonies.authentication import StoredCredential
from firstkey.ceremonies.registration import (
    ExpectedRegistration,
    RegistrationVerdict,
    creation_options,
    judge_registration,
)
from firstkey.ceremonies.statements import Purpose as StatementPurpose
from firstkey.enrollment.case.facts import CredentialHeld
from firstkey.ledger.entry import Activity
from firstkey.policy.load import load_policy
from firstkey.policy.model import Purpose, Tier
from firstkey.ports.fact_store import Slot, Transaction
from firstkey.ports.kinds import DocumentKind, SlotKind
from firstkey.values import canonical, codes
from firstkey.values.encoding import b64u, sha256_hex, unb64u
from firstkey.values.errors import Refused
from firstkey.values.instants import HOUR
from firstkey.values.secret import Secret

FOUNDERS_MIN, FOUNDERS_MAX = 2, 5
FOUNDING_CODE_LIFETIME_MS = HOUR
FOUND_SITE = "found_site"
FOUNDING = "founding"
"""What stands in the place of a case for a founder's credential."""


async def begin_founding(site: Site, policy: bytes, recovery_key: str) -> Secret:
    """Begin, from the server's terminal.

    Args:
        site: the site.
        policy: the policy document's bytes; it must load.
        recovery_key: the public half of the recovery key, base64url.

    Returns:
        The founding code, to print once.

    Raises:
        Refused: AlreadyFounded, or what is wrong with the policy.
    """
    loaded = load_policy(policy)
    code = codes.draw(site.entropy.draw(codes.SEALED_SYMBOLS), codes.SEALED_SYMBOLS)

    def work(casework: Casework) -> None:
        tx = casework.tx
        if site_state(site, tx).state.founded:
            raise Refused(ActionReason.AlreadyFounded)
        tx.put_document(DocumentKind.POLICY, loaded.sha256, policy)
        began = FoundingBegan(
            at=tx.now,
            verifier=sha256_hex(code.reveal()),
            ends_at=tx.now + FOUNDING_CODE_LIFETIME_MS,
            policy=loaded.sha256,
            recovery_key=recovery_key,
        )
        append_site_facts(site, tx, began)

    await run(site, work)
    return code


def _open_founding(site: Site, tx: Transaction, code: str) -> SiteState:
    """Return the site's state if the code admits to founding now."""
    state = site_state(site, tx).state
    if state.founded:
        raise Refused(ActionReason.NotFound)
    good = state.code_verifier == sha256_hex(codes.read(code).reveal()) and tx.now < state.code_ends_at
    if not good:
        raise Refused(ActionReason.FoundingCodeWrong)
    return state


class FounderToBe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in the room, with the code, the name they go by, and their id in the HR source, if they have one."""

    code: str
    name: str
    person: Id | None = None


class PendingFounder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a founder's registration must answer to."""

    person: str
    name: str
    challenge: str
    user_handle: str


async def founder_options(site: Site, _: Stranger, asked: FounderToBe) -> CeremonyOptions:
    """Give a founder a challenge."""
    ceremony, challenge = b64u(site.entropy.draw(16)), site.entropy.draw(CHALLENGE_BYTES)
    handle = site.entropy.draw(32)

    def work(casework: Casework) -> None:
        state = _open_founding(site, casework.tx, asked.code)
        _may_join(state)
        person = asked.person or f"founder-{b64u(site.entropy.draw(8))}"
        if find_person(casework.tx, person) is not None:
            raise Refused(ActionReason.FounderTaken)
        pending = PendingFounder(person=person, name=asked.name, challenge=b64u(challenge), user_handle=b64u(handle))
        casework.tx.put_document(DocumentKind.CEREMONY, ceremony, canonical.encode(msgspec.to_builtins(pending)))

    await run(site, work)
    options = creation_options(
        challenge=challenge,
        rp_id=site.settings.rp_id,
        rp_name=site.settings.rp_name,
        user_handle=handle,
        user_name=asked.name,
        user_display_name=asked.name,
    )
    return CeremonyOptions(ceremony=ceremony, options=options)


def _may_join(state: SiteState) -> None:
    if state.signed:
        raise Refused(ActionReason.FoundingSigned)
    if len(state.founders) >= FOUNDERS_MAX:
        raise Refused(ActionReason.FoundersTooMany)


class FounderMade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A founder's passkey, as the browser returned it."""

    code: str
    ceremony: str
    response: dict[str, Any]


class FounderAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the founder is from now on."""

    person: str
    account: str


def _judged(site: Site, asked: FounderMade, pending: PendingFounder, tx: Transaction) -> RegistrationVerdict:
    expected = ExpectedRegistration(
        ceremony_id=asked.ceremony,
        expected_challenge=unb64u(pending.challenge),
        expected_rp_id=site.settings.rp_id,
        expected_origin=site.settings.origin,
    )
    verdict = judge_registration(asked.response, expected, tx.now, site.anchors)
    if verdict.backup_eligible or not verdict.user_verified:
        raise Refused(ActionReason.FounderKeyUnfit)
    if find_person(tx, pending.person) is not None:
        raise Refused(ActionReason.FounderTaken)
    return verdict


async def enroll_founder(site: Site, _: Stranger, asked: FounderMade) -> FounderAnswer:
    """Judge a founder's registration and let them in; the ceremony is spent whatever comes of it.

    Raises:
        Malformed: the answer cannot be read.
        Refused: FounderKeyUnfit; the key can leave its device, or has not verified its user.
    """

    def spend(casework: Casework) -> bytes:
        _may_join(_open_founding(site, casework.tx, asked.code))
        body = casework.tx.document(DocumentKind.CEREMONY, asked.ceremony)
        if body is None:
            raise Refused(ActionReason.NotFound)
        casework.tx.delete_document(DocumentKind.CEREMONY, asked.ceremony)
        return body

    pending = msgspec.json.decode(await run(site, spend), type=PendingFounder)

    def work(casework: Casework) -> FounderAnswer:
        tx = casework.tx
        _may_join(_open_founding(site, tx, asked.code))
        verdict = _judged(site, asked, pending, tx)
        account = f"local:{pending.person}"
        tx.take(Slot(SlotKind.CREDENTIAL, verdict.credential_id), SITE_STREAM)
        tx.take(Slot(SlotKind.PUBLIC_KEY, verdict.public_key_digest), SITE_STREAM)
        store_credential(
            tx,
            StoredCredential(
                credential_id=verdict.credential_id,
                public_key=verdict.public_key,
                sign_count=verdict.sign_count,
                backup_eligible=verdict.backup_eligible,
                user_handle=pending.user_handle,
                holder=pending.person,
            ),
        )
        record = PersonRecord(pending.person, account, pending.name, pending.name, unit=pending.person)
        store_person(tx, msgspec.structs.replace(record, source=SELF_SAID, rank=0))
        enrolled = FounderEnrolled(
            at=tx.now,
            person=pending.person,
            account=account,
            credential=verdict.credential_id,
            aaguid=verdict.aaguid,
            public_key_digest=verdict.public_key_digest,
        )
        append_site_facts(site, tx, enrolled)
        held = CredentialHeld(
            at=tx.now,
            credential=verdict.credential_id,
            case=FOUNDING,
            purpose=Purpose.FIRST_KEY,
            tier=Tier.PRIVILEGED,
            ends_at=None,
            relayable=False,
            requirements=None,
        )
        tx.append(account_stream(account), 0, [new_fact(held, Activity.ENROLLMENT)])
        return FounderAnswer(person=pending.person, account=account)

    return await run(site, work)


class FounderSpeaks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A founder, ready to sign."""

    code: str
    person: str


async def founding_statement(site: Site, _: Stranger, asked: FounderSpeaks) -> StatementToSign:
    """Make the founding statement for one of them to sign."""

    def work(casework: Casework) -> StatementToSign:
        state = _open_founding(site, casework.tx, asked.code)
        if len(state.founders) < FOUNDERS_MIN:
            raise Refused(ActionReason.FoundersTooFew)
        mine = tuple(credential for person, _, credential in state.founders if person == asked.person)
        if not mine:
            raise Refused(ActionReason.NotFound)
        act = StatementAsked(act=FOUND_SITE, names=_named(state))
        statement = new_statement(site, casework.tx.now, StatementPurpose.ACT, act, asked.person)
        return prepare_statement(site, casework.tx, statement, mine)

    return await run(site, work)


def _named(state: SiteState) -> tuple[str, ...]:
    """What the founding statement names: the policy, the recovery key, and everybody who holds a key."""
    return (state.policy, state.recovery_key, *(person for person, _, _ in state.founders))


class FoundingSigned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A founder's assertion over the founding statement."""

    code: str
    signed: SignedStatement


class FoundingAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the site is founded, and who has still to sign."""

    founded: bool
    waiting: tuple[str, ...]


async def sign_founding(site: Site, _: Stranger, asked: FoundingSigned) -> FoundingAnswer:
    """Count one signature; the last one founds the site."""
    await run(site, lambda casework: _open_founding(site, casework.tx, asked.code))
    verdict, evidence = await judge_signed(site, asked.signed, None)

    def work(casework: Casework) -> FoundingAnswer:
        tx = casework.tx
        state = _open_founding(site, tx, asked.code)
        people = tuple(person for person, _, _ in state.founders)
        if (verdict.act, verdict.names) != (FOUND_SITE, _named(state)) or verdict.person not in people:
            raise Refused(ActionReason.StatementUnknown)
        casework.accept(verdict, evidence)
        signed = FoundingStatementSigned(at=tx.now, person=verdict.person, statement=verdict.statement_digest)
        state = append_site_facts(site, tx, signed)
        waiting = tuple(person for person in people if person not in state.signed)
        if not waiting:
            append_site_facts(site, tx, SiteFounded(at=tx.now, policy=state.policy, founders=people))
        return FoundingAnswer(founded=not waiting, waiting=waiting)

    return await run(site, work)
