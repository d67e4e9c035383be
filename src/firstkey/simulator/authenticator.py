"""A software authenticator with its browser: answers WebAuthn options as `PublicKeyCredential.toJSON()` would.

Registration makes fmt `none`, packed self or packed x5c (WebAuthn Level 3 sections 8.2 and 8.7); the attestation is
conveyed as the options ask, and a serial number only under `enterprise`. The rules of an honest browser and
authenticator hold: the origin must lie within the rp_id, an excluded credential is not made again, required user
verification is not skipped. Whatever a dishonest one does is an `Alter`.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from firstkey.simulator import cbor
from firstkey.simulator.alter import AT, BE, BS, ED, HONEST, UP, UV, Alter
from firstkey.simulator.attestation_root import Attester
from firstkey.simulator.keys import EDDSA, ES256, Entropy, PrivateKey, cose_key, new_key, sign
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Defect, Refused

NO_AAGUID = bytes(16)


@dataclass(frozen=True)
class Traits:
    """What an authenticator is, and how its user uses it.

    Attributes:
        aaguid: the model, 16 bytes.
        attestation: what it can attest with: "none", "self" or "x5c".
        algorithms: COSE algorithms it knows.
        transports: as reported, for example ("internal",).
        attachment: "platform" or "cross-platform".
        user_verified: whether it verifies its user when the request does not discourage it.
        backup_eligible: BE of the credentials it makes from now on.
        backed_up: BS of its responses from now on.
        sign_count: the count of a new credential; 0 with a step of 0 is an authenticator without a counter.
        sign_count_step: what each assertion adds.
        credential_id_bytes: the length of its credential ids.
    """

    aaguid: bytes = NO_AAGUID
    attestation: str = "none"
    algorithms: tuple[int, ...] = (ES256, EDDSA)
    transports: tuple[str, ...] = ("usb",)
    attachment: str = "cross-platform"
    user_verified: bool = True
    backup_eligible: bool = False
    backed_up: bool = False
    sign_count: int = 0
    sign_count_step: int = 1
    credential_id_bytes: int = 32


@dataclass
class Held:
    """A discoverable credential as the authenticator keeps it; `sign_count` may be set, to play a clone."""

    id: bytes
    key: PrivateKey
    algorithm: int
    rp_id: str
    user_handle: bytes
    backup_eligible: bool
    sign_count: int


class Authenticator:
    """Holds credentials and answers options.

    Args:
        traits: the model and its use; may be replaced at any time.
        attester: the model's attestation key; needed for "x5c".
        enterprise: the attestation key whose certificate bears this one device's serial number, if it has one.
        entropy: returns that many random bytes.
    """

    def __init__(
        self,
        traits: Traits = Traits(),
        attester: Attester | None = None,
        enterprise: Attester | None = None,
        entropy: Entropy = os.urandom,
    ) -> None:
        self.traits = traits
        self.held: dict[bytes, Held] = {}
        self._attester = attester
        self._enterprise = enterprise
        self._entropy = entropy

    def register(self, options: Json, origin: str, alter: Alter = HONEST) -> Json:
        """Make a credential and keep it.

        Args:
            options: PublicKeyCredentialCreationOptionsJSON.
            origin: the origin of the page that asks.
            alter: what to do otherwise.

        Returns:
            RegistrationResponseJSON.

        Raises:
            Refused: as a browser or authenticator would refuse.
        """
        rp_id = _rp_id(options["rp"].get("id"), origin)
        if any(unb64u(row["id"]) in self.held for row in options.get("excludeCredentials", ())):
            raise Refused(SimulatorReason.CredentialAlreadyHere)
        selection = options.get("authenticatorSelection", {})
        if selection.get("authenticatorAttachment", self.traits.attachment) != self.traits.attachment:
            raise Refused(SimulatorReason.AttachmentNotAsked)
        algorithm = alter.algorithm or self._choose(options["pubKeyCredParams"])
        asked = selection.get("userVerification", "preferred")
        key = new_key(algorithm, self._entropy)
        held = Held(
            self._entropy(self.traits.credential_id_bytes),
            key,
            algorithm,
            rp_id,
            unb64u(options["user"]["id"]),
            self.traits.backup_eligible,
            self.traits.sign_count,
        )
        client_data = _client_data("webauthn.create", options["challenge"], origin, alter)
        attested = self.traits.aaguid + len(held.id).to_bytes(2, "big") + held.id + cose_key(key.public_key())
        data = self._authenticator_data(held, AT | self._user_verification(asked), attested, alter)
        conveyance = options.get("attestation", "none")
        statement = self._attest(held, conveyance, data + hashlib.sha256(client_data).digest(), alter)
        self.held[held.id] = held
        response = {
            "clientDataJSON": b64u(client_data),
            "attestationObject": b64u(cbor.encode({**statement, "authData": data}) + alter.attestation_object_tail),
            "authenticatorData": b64u(data),
            "transports": list(self.traits.transports),
            "publicKey": b64u(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
            "publicKeyAlgorithm": algorithm,
        }
        asks_props = options.get("extensions", {}).get("credProps")
        return self._credential(held.id, response, {"credProps": {"rk": True}} if asks_props else {}, alter)

    def authenticate(self, options: Json, origin: str, alter: Alter = HONEST) -> Json:
        """Sign in, or sign a statement whose digest is the challenge.

        Args:
            options: PublicKeyCredentialRequestOptionsJSON.
            origin: the origin of the page that asks.
            alter: what to do otherwise.

        Returns:
            AuthenticationResponseJSON.

        Raises:
            Refused: as a browser or authenticator would refuse.
        """
        rp_id = _rp_id(options.get("rpId"), origin)
        allowed = [unb64u(row["id"]) for row in options.get("allowCredentials", ())]
        here = [held for held in self.held.values() if held.rp_id == rp_id and (not allowed or held.id in allowed)]
        if not here:
            raise Refused(SimulatorReason.NoCredentialHere)
        held = here[-1]
        verification = self._user_verification(options.get("userVerification", "preferred"))
        client_data = _client_data("webauthn.get", options["challenge"], origin, alter)
        held.sign_count += self.traits.sign_count_step
        data = self._authenticator_data(held, verification, b"", alter)
        signature = sign(held.key, data + hashlib.sha256(client_data).digest())
        response = {
            "clientDataJSON": b64u(client_data),
            "authenticatorData": b64u(data),
            "signature": b64u(_flip(signature) if alter.signature_flipped else signature),
            "userHandle": b64u(held.user_handle),
        }
        return self._credential(held.id, response, {}, alter)

    def _choose(self, offered: Sequence[Mapping[str, Json]]) -> int:
        for parameter in offered:
            if parameter["type"] == "public-key" and parameter["alg"] in self.traits.algorithms:
                return int(parameter["alg"])
        raise Refused(SimulatorReason.AlgorithmNotSupported)

    def _user_verification(self, asked: str) -> int:
        if asked == "required" and not self.traits.user_verified:
            raise Refused(SimulatorReason.UserNotVerified)
        return UV if self.traits.user_verified and asked != "discouraged" else 0

    def _authenticator_data(self, held: Held, flags: int, attested: bytes, alter: Alter) -> bytes:
        flags |= UP | (BE if held.backup_eligible else 0) | (BS if self.traits.backed_up else 0)
        flags |= ED if alter.extensions is not None else 0
        flags = (flags | alter.flags_set) & ~alter.flags_cleared
        extensions = cbor.encode(alter.extensions) if alter.extensions is not None else b""
        rp_id_hash = hashlib.sha256((alter.rp_id or held.rp_id).encode()).digest()
        counted = rp_id_hash + bytes([flags]) + held.sign_count.to_bytes(4, "big")
        return counted + attested + extensions + alter.authenticator_data_tail

    def _attest(self, held: Held, conveyance: str, signed: bytes, alter: Alter) -> dict[str, Json]:
        """Return fmt and attStmt over authenticator data and client data hash, as far as the options let it pass."""
        kind = alter.attestation or self.traits.attestation
        revealing = kind == "x5c" or self.traits.aaguid != NO_AAGUID
        if kind == "none" or (conveyance == "none" and revealing and alter.attestation is None):
            if alter.signature_flipped:
                raise Defect("fmt none signs nothing that could be tampered with")
            return {"fmt": "none", "attStmt": {}}
        attester = (conveyance == "enterprise" and self._enterprise) or self._attester
        if kind == "x5c" and attester is None:
            raise Defect("x5c needs an attester")
        chain = attester if kind == "x5c" else None
        signature = sign(chain.key if chain else held.key, signed)
        statement: dict[str, Json] = {
            "alg": ES256 if chain else held.algorithm,
            "sig": _flip(signature) if alter.signature_flipped else signature,
        }
        return {"fmt": "packed", "attStmt": statement | ({"x5c": list(chain.x5c)} if chain else {})}

    def _credential(self, credential_id: bytes, response: Json, extension_results: Json, alter: Alter) -> Json:
        honest = {
            "id": b64u(credential_id),
            "rawId": b64u(credential_id),
            "type": "public-key",
            "response": {**response, **alter.response},
            "authenticatorAttachment": self.traits.attachment,
            "clientExtensionResults": extension_results,
        }
        return {**honest, **alter.outer}


def _rp_id(asked: str | None, origin: str) -> str:
    """Judge the rp_id against the page's origin as the browser does (WebAuthn Level 3 section 5.1.3 step 8)."""
    page = urlsplit(origin)
    host = page.hostname or ""
    rp_id = asked or host
    secure = page.scheme == "https" or host == "localhost"
    if not secure or (host != rp_id and not host.endswith("." + rp_id)):
        raise Refused(SimulatorReason.OriginOutsideRpId, f"{origin} and {rp_id}")
    return rp_id


def _client_data(kind: str, challenge: str, origin: str, alter: Alter) -> bytes:
    """Serialise the client data in the order of WebAuthn Level 3 section 5.8.1.1."""
    if alter.client_data_json is not None:
        return alter.client_data_json
    honest = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps({**honest, **alter.client_data}, ensure_ascii=False, separators=(",", ":")).encode()


def _flip(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])
