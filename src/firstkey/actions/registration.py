"""The ceremony: a challenge for the claiming device, and the judgement of what its authenticator answers."""

from typing import Any

import msgspec

from firstkey.actions.acts import store_credential
from firstkey.actions.casework import Casework, run, tell
from firstkey.actions.devices import (
    DeviceAnswer,
    Found,
    Handle,
    device_answer,
    do_by_device,
    find,
    is_rival,
    refuse_rival,
)
from firstkey.actions.effects import LOCAL
from firstkey.actions.people import find_person
from firstkey.actions.site import Device, Site
from firstkey.actions.streams import read_holdings
from firstkey.ceremonies.authentication import StoredCredential
from firstkey.ceremonies.registration import (
    ExpectedRegistration,
    RegistrationVerdict,
    creation_options,
    judge_registration,
)
from firstkey.ceremonies.trust import Trust as Vouched
from firstkey.enrollment.case.refusals import R
from firstkey.enrollment.case.state import Case, known
from firstkey.enrollment.case.surroundings import DeviceProof, Made
from firstkey.enrollment.lifecycle.decide import Decision
from firstkey.enrollment.registration import RegisterCredential, StartCeremony
from firstkey.policy.model import Anchor, Trust
from firstkey.ports.kinds import DocumentKind
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused

CHALLENGE_BYTES = 32

TRUST = {Vouched.ANCHORED: Trust.ANCHORED, Vouched.SELF: Trust.SELF}
"""How the ceremonies' word is taken by policy; whatever is not named here is trusted by nobody."""


class CeremonyOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ceremony's id and PublicKeyCredentialCreationOptionsJSON."""

    ceremony: str
    options: dict[str, Any]


async def start_ceremony(site: Site, caller: Device, asked: Handle) -> CeremonyOptions:
    """Give the claiming device a challenge; one before it in the same window is void."""
    ceremony, challenge = b64u(site.entropy.draw(16)), site.entropy.draw(CHALLENGE_BYTES)
    options: dict[str, Any] = {}

    def command(casework: Casework, found: Found) -> StartCeremony:
        if LOCAL not in found.state.requirements.destinations:
            raise Refused(R.DestinationMakesCredential)
        person = find_person(casework.tx, found.state.person)
        held = read_holdings(site, casework.tx, found.state.account).state.held
        options.update(
            creation_options(
                challenge=challenge,
                rp_id=site.settings.rp_id,
                rp_name=site.settings.rp_name,
                user_handle=user_handle(found.state.account_commitment),
                user_name=known(person).user_name,
                user_display_name=known(person).display_name,
                exclude_credentials=tuple(each.credential for each in held),
                attestation="enterprise" if _serial_wanted(found.state) else "direct",
                attachment="cross-platform" if found.state.requirements.key.roaming else None,
            )
        )
        return StartCeremony(device=DeviceProof(caller.device_key), ceremony=ceremony, challenge=b64u(challenge))

    await do_by_device(site, caller, asked.handle, command)
    return CeremonyOptions(ceremony=ceremony, options=options)


def _serial_wanted(state: Case) -> bool:
    """Whether the authenticator's own serial is asked for: it is the anchor, or somebody has vouched for it."""
    shipped = Anchor.AUTHENTICATOR in state.requirements.anchors
    return shipped or (state.window is not None and state.window.serial is not None)


def user_handle(account_commitment: str) -> bytes:
    """Return the WebAuthn user handle: 32 bytes that are the account's in this case and say nothing about it."""
    return bytes.fromhex(account_commitment)


class CredentialMade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The handle and the browser's RegistrationResponseJSON."""

    handle: str
    response: dict[str, Any]


async def register_credential(site: Site, caller: Device, asked: CredentialMade) -> DeviceAnswer:
    """Judge the answer, and store the credential, pending; or record why not.

    Raises:
        Refused: CeremonyRefused, KeyTermUnmet (durable, a ceremony less), NotFound, or what the ground lacks.
    """

    def work(casework: Casework) -> Decision:
        found = find(casework, caller, asked.handle)
        if is_rival(caller, found.state):
            return refuse_rival(casework, caller, found)
        made, verdict = _judge(site, found.state, asked.response, casework.tx.now)
        decision = casework.decide(found.case, RegisterCredential(device=DeviceProof(caller.device_key), made=made))
        if verdict is not None and decision.refusal is None:
            _keep(casework, found.state, verdict, asked.response)
        return decision

    state = tell(await run(site, work))
    return device_answer(known(state if isinstance(state, Case) else None))


def _judge(site: Site, state: Case, response: dict[str, Any], now: int) -> tuple[Made, RegistrationVerdict | None]:
    """Judge against the ceremony that is under way, as the case says it is."""
    window = state.window
    if state.closed is not None:
        raise Refused(R.CaseOver)
    if window is None or window.ceremony is None or window.challenge is None:
        raise Refused(R.CeremonyUnknown)
    expected = ExpectedRegistration(
        ceremony_id=window.ceremony,
        expected_challenge=unb64u(window.challenge),
        expected_rp_id=site.settings.rp_id,
        expected_origin=site.settings.origin,
    )
    try:
        verdict = judge_registration(response, expected, now, site.anchors)
    except Malformed:
        raise
    except Refused as refused:
        return Made(ceremony=window.ceremony, refused=refused.type), None
    return made_of(verdict), verdict


def made_of(verdict: RegistrationVerdict) -> Made:
    """Return a verdict's facts as the core's terms are compared with them. The maker is the model's, until metadata
    names a manufacturer; a model that nobody vouches for has none.
    """
    return Made(
        ceremony=verdict.ceremony_id,
        credential=verdict.credential_id,
        public_key_digest=verdict.public_key_digest,
        aaguid=verdict.aaguid,
        maker=verdict.aaguid if verdict.trust is Vouched.ANCHORED else "",
        fmt=verdict.fmt,
        algorithm=verdict.alg,
        trust=TRUST.get(verdict.trust, Trust.NONE),
        user_verified=verdict.user_verified,
        backup_eligible=verdict.backup_eligible,
        roaming=verdict.attachment == "cross-platform",
        serial=verdict.serial,
    )


def _keep(casework: Casework, state: Case, verdict: RegistrationVerdict, response: dict[str, Any]) -> None:
    record = StoredCredential(
        credential_id=verdict.credential_id,
        public_key=verdict.public_key,
        sign_count=verdict.sign_count,
        backup_eligible=verdict.backup_eligible,
        user_handle=b64u(user_handle(state.account_commitment)),
        holder=state.person,
    )
    store_credential(casework.tx, record)
    casework.tx.put_document(DocumentKind.ATTESTATION, verdict.credential_id, msgspec.json.encode(response))
