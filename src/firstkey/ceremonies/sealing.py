"""Sealing a code to the claim's second key, so that only that browser can open it.

ECDH on P-256 with an ephemeral key, HKDF-SHA-256, AES-256-GCM; a browser's WebCrypto opens it:

    shared  = ECDH(ephemeral, sealing key)                        32 bytes, the x coordinate
    okm     = HKDF-SHA-256(shared, salt, info = context, 44)      salt: both points, ephemeral first, 65 bytes each
    code    = AES-256-GCM(key = okm[:32], iv = okm[32:], additional data = context)

where `context` is the canonical JSON of {case, claim, pass, purpose: "firstkey-sealed-code", version: 1}. A sealed code
moved to another case, pass or claim does not open.
"""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct
from msgspec.structs import asdict

from firstkey.ceremonies.jws import DeviceKey
from firstkey.values import canonical
from firstkey.values.encoding import b64u
from firstkey.values.errors import Defect
from firstkey.values.secret import Secret

SEAL_ENTROPY_BYTES = 48

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Sealed(Struct, frozen=True):
    """A sealed code.

    Attributes:
        ephemeral_key: the uncompressed point, 65 bytes as base64url.
        ciphertext: the encrypted code and the 16-byte tag, base64url.
        version: of this form.
    """

    ephemeral_key: str
    ciphertext: str
    version: Literal[1] = 1

    @property
    def json(self) -> dict[str, str | int]:
        """The form that goes to the page."""
        return asdict(self)


def seal(code: Secret, sealing_key: DeviceKey, entropy: Secret, *, case: str, pass_id: str, claim: str) -> Sealed:
    """Seal a code to a claim's second key.

    Args:
        code: the normalised code.
        sealing_key: the second key, out of `judge_claim_keys`.
        entropy: 48 bytes from a cryptographic source, for this call alone; the ephemeral key is made of them.
        case: the case's handle, bound into the seal.
        pass_id: the pass's id, bound likewise.
        claim: the claim's id, bound likewise.
    """
    if len(entropy.reveal()) != SEAL_ENTROPY_BYTES:
        raise Defect("a seal takes 48 bytes of entropy")
    scalar = int.from_bytes(entropy.reveal(), "big") % (_P256_ORDER - 1) + 1  # FIPS 186-5 A.2.1: 128 spare bits
    ephemeral = ec.derive_private_key(scalar, ec.SECP256R1())
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    bound = {"case": case, "claim": claim, "pass": pass_id, "purpose": "firstkey-sealed-code", "version": 1}
    context = canonical.encode(bound)
    derivation = HKDF(SHA256(), 44, salt=point + sealing_key.point, info=context)
    okm = derivation.derive(ephemeral.exchange(ec.ECDH(), sealing_key.load()))
    ciphertext = AESGCM(okm[:32]).encrypt(okm[32:], code.reveal(), context)
    return Sealed(b64u(point), b64u(ciphertext))
