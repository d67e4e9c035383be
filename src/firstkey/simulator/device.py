"""The joiner's browser: two P-256 keys, a proof on every request, and the code opened where it was sealed to.

Proofs and the binding of the keys are compact JWS (RFC 7515) with the header {typ, alg: ES256, jwk}, in the manner of
RFC 9449; keys are named by their thumbprint (RFC 7638). A sealed code is opened by ECDH on P-256, HKDF-SHA-256 and
AES-256-GCM, as WebCrypto would. What a hostile device writes instead is given per call, and signed like the rest.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstkey.simulator.keys import Entropy, coordinates, jwk, p256_key, sign_jws
from firstkey.simulator.refusals import SimulatorReason
from firstkey.values import canonical
from firstkey.values.canonical import Json
from firstkey.values.encoding import b64u, unb64u
from firstkey.values.errors import Malformed, Refused
from firstkey.values.secret import Secret

PROOF_TYPE = "firstkey-proof+jwt"
CLAIM_KEYS_TYPE = "firstkey-claim-keys+jwt"
SEAL_PURPOSE = "firstkey-sealed-code"
SEAL_VERSION = 1


class Instead(NamedTuple):
    """What a hostile device writes in a JWS in the place of the truth.

    Attributes:
        header: members put over those of the header.
        payload: members put over those of the payload.
        signature_flipped: one bit of the signature is turned.
    """

    header: Mapping[str, Json] = {}
    payload: Mapping[str, Json] = {}
    signature_flipped: bool = False


TRUE = Instead()


def wall_clock() -> int:
    """Return this machine's time, milliseconds."""
    return time.time_ns() // 1_000_000


class JoinerDevice:
    """One browser profile with the keys of one claim.

    Args:
        now: the device's own clock, milliseconds.
        entropy: returns that many random bytes.
    """

    def __init__(self, now: Callable[[], int] = wall_clock, entropy: Entropy = os.urandom) -> None:
        self._now = now
        self._entropy = entropy
        self._signing = p256_key(entropy)
        self._sealing = p256_key(entropy)
        self.signing_jwk = jwk(self._signing.public_key())
        self.sealing_jwk = jwk(self._sealing.public_key())

    @property
    def device_key(self) -> str:
        """The thumbprint of the key that signs requests, base64url."""
        return thumbprint(self.signing_jwk)

    def prove(self, method: str, url: str, body: bytes, nonce: str, instead: Instead = TRUE) -> str:
        """Make the proof of one request.

        Args:
            method: the HTTP method, upper case.
            url: the absolute address; query and fragment are left off.
            body: the body's bytes, empty where there is none.
            nonce: the last that the server gave, empty before the first.
            instead: what to write otherwise.

        Returns:
            A compact JWS.
        """
        page = urlsplit(url)
        payload = {
            "htm": method,
            "htu": f"{page.scheme}://{page.netloc}{page.path}",
            "nonce": nonce,
            "body": b64u(hashlib.sha256(body).digest()),
            "iat": self._now() // 1000,
            "jti": b64u(self._entropy(16)),
        }
        return self._signed(PROOF_TYPE, payload, instead)

    def bind_keys(self, case: str, instead: Instead = TRUE) -> str:
        """Sign the second key with the first, for one case.

        Args:
            case: the handle that is claimed.
            instead: what to write otherwise.

        Returns:
            A compact JWS.
        """
        return self._signed(CLAIM_KEYS_TYPE, {"case": case, "sealing_key": self.sealing_jwk}, instead)

    def open_code(self, sealed: Json, *, case: str, claim: str, pass_id: str) -> Secret:
        """Open a sealed code.

        Args:
            sealed: the members `version`, `ephemeral_key` (65-byte point) and `ciphertext`, base64url.
            case: the case's handle.
            claim: the claim's id.
            pass_id: the pass's id.

        Returns:
            The normalised code.

        Raises:
            Refused: CodeNotForThisDevice, for another key, case, claim, pass or version, or a changed byte.
        """
        context = canonical.encode(
            {"case": case, "claim": claim, "pass": pass_id, "purpose": SEAL_PURPOSE, "version": SEAL_VERSION}
        )
        try:
            if sealed["version"] != SEAL_VERSION:
                raise Refused(SimulatorReason.CodeNotForThisDevice, "another version")
            point = unb64u(sealed["ephemeral_key"])
            ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            own = b"\x04" + b"".join(coordinates(self._sealing.public_key()))
            derivation = HKDF(hashes.SHA256(), 44, salt=point + own, info=context)
            material = derivation.derive(self._sealing.exchange(ec.ECDH(), ephemeral))
            return Secret(AESGCM(material[:32]).decrypt(material[32:], unb64u(sealed["ciphertext"]), context))
        except (InvalidTag, ValueError, KeyError, Malformed) as error:
            raise Refused(SimulatorReason.CodeNotForThisDevice) from error

    def _signed(self, kind: str, payload: Mapping[str, Json], instead: Instead) -> str:
        header = {"typ": kind, "alg": "ES256", "jwk": self.signing_jwk, **instead.header}
        parts = (canonical.encode(each) for each in (header, {**payload, **instead.payload}))
        signed = ".".join(b64u(part) for part in parts)
        signature = sign_jws(self._signing, signed.encode())
        if instead.signature_flipped:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return f"{signed}.{b64u(signature)}"


def thumbprint(key: Mapping[str, str]) -> str:
    """Return the JWK thumbprint: SHA-256 over the required members in order (RFC 7638), base64url."""
    required = {name: key[name] for name in ("crv", "kty", "x", "y")}
    return b64u(hashlib.sha256(canonical.encode(required)).digest())
