"""Signed notes: a text and the lines of those who signed it (C2SP signed-note v1.0.0, tlog-cosignature v1.0.1).

Signatures of unknown keys are ignored, so that a note may carry any number of them; a known key whose signature does
not fit spoils the whole note; and a note that no known key signed is none. Two kinds of signature are known: Ed25519
over the text, and a witness's cosignature, which also says when. A further kind is one more member and one more branch.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Defect, Malformed, Refused
from firstkey.values.instants import SECOND
from firstkey.values.secret import Secret

SIGNATURES_MAX = 64
NOTE_BYTES_MAX = 512 * 1024  # a post-quantum signature line may take 7 kB

_NAME = r"[^\s+\x00-\x1f]+"
_LINE = re.compile(rf"— ({_NAME}) ([A-Za-z0-9+/]{{7}}[A-Za-z0-9+/=]+)\n")  # at least 5 bytes
_KEY = re.compile(rf"({_NAME})\+[0-9a-f]{{8}}\+([A-Za-z0-9+/]{{44}})")
_PRIVATE = "PRIVATE+KEY+"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class SignatureType(IntEnum):
    """The signature type identifier byte."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


class Verifier(msgspec.Struct, frozen=True):
    """A key that is trusted to sign.

    Attributes:
        name: the key's name, without spaces and plus signs.
        type: what kind of signature it makes.
        public_key: 32 bytes (RFC 8032).
    """

    name: str
    type: SignatureType
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The key id, 4 bytes."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.type]) + self.public_key).digest()[:4]


class Signer(msgspec.Struct, frozen=True):
    """A key that signs, wherever it is kept.

    Attributes:
        verifier: its public half.
        sign: makes a raw Ed25519 signature (64 bytes) over a message.
    """

    verifier: Verifier
    sign: Callable[[bytes], bytes]


class Signature(msgspec.Struct, frozen=True):
    """One signature line.

    Attributes:
        name: the key's name.
        blob: the key's id, 4 bytes, and what the key made, in its own format.
    """

    name: str
    blob: bytes


class Note(msgspec.Struct, frozen=True):
    """A note as read; nothing in it is verified.

    Attributes:
        text: the text with its final newline.
        signatures: in the order of the lines.
    """

    text: str
    signatures: tuple[Signature, ...]


class Opened(msgspec.Struct, frozen=True):
    """A note that at least one known key signed.

    Attributes:
        text: the text with its final newline.
        signed: the known keys that signed it, at least one; with the instant (milliseconds) that a cosignature bears.
    """

    text: str
    signed: dict[Verifier, int | None]


def b64(data: bytes) -> str:
    """Encode bytes as base64 (RFC 4648 section 4), as notes do."""
    return base64.b64encode(data).decode()


def format_vkey(verifier: Verifier) -> str:
    """Return `name+keyid+material`, the form in which public keys are handed around."""
    return f"{verifier.name}+{verifier.key_id.hex()}+{b64(bytes([verifier.type]) + verifier.public_key)}"


def parse_vkey(text: str) -> Verifier:
    """Read a public key.

    Raises:
        Malformed: not a key, of a type not known here, or its id belongs to another one.
    """
    verifier = Verifier(*_key_parts(text))
    if format_vkey(verifier) != text:
        raise Malformed(LedgerReason.KeyMalformed, "the key id belongs to another key")
    return verifier


def signer_from(name: str, key_type: SignatureType, seed: Secret) -> Signer:
    """Make a signer from a seed of 32 random bytes."""
    key = Ed25519PrivateKey.from_private_bytes(seed.reveal())
    return Signer(Verifier(name, key_type, key.public_key().public_bytes_raw()), key.sign)


def format_skey(name: str, key_type: SignatureType, seed: Secret) -> Secret:
    """Return the private key as text: `PRIVATE+KEY+name+keyid+material`."""
    key_id = signer_from(name, key_type, seed).verifier.key_id.hex()
    return Secret(f"{_PRIVATE}{name}+{key_id}+{b64(bytes([key_type]) + seed.reveal())}".encode())


def parse_skey(text: Secret) -> Signer:
    """Read a private key.

    Raises:
        Malformed: not a key, of a type not known here, or its id belongs to another one.
    """
    name, key_type, material = _key_parts(text.reveal().decode(errors="replace").removeprefix(_PRIVATE))
    seed = Secret(material)
    if format_skey(name, key_type, seed) != text:
        raise Malformed(LedgerReason.KeyMalformed, "the key id belongs to another key")
    return signer_from(name, key_type, seed)


def _key_parts(text: str) -> tuple[str, SignatureType, bytes]:
    match = _KEY.fullmatch(text)
    material = base64.b64decode(match[2]) if match else b"\0"
    if match is None or material[0] not in tuple(SignatureType):
        raise Malformed(LedgerReason.KeyMalformed)
    return match[1], SignatureType(material[0]), material[1:]


def parse_note(data: bytes) -> Note:
    """Read a note without verifying anything.

    Raises:
        Malformed: not a note, too long, or with too many signatures.
    """
    try:
        whole = data.decode() if len(data) <= NOTE_BYTES_MAX else ""
        text, _, tail = whole.rpartition("\n\n")
        lines = tuple(Signature(name, base64.b64decode(blob, validate=True)) for name, blob in _LINE.findall(tail))
    except ValueError as error:
        raise Malformed(LedgerReason.NoteMalformed) from error
    note = Note(text + "\n", lines)
    if not 1 <= len(lines) <= SIGNATURES_MAX or _CONTROL.search(whole) or _bytes(note) != data:
        raise Malformed(LedgerReason.NoteMalformed)
    return note


def _bytes(note: Note) -> bytes:
    lines = (f"— {line.name} {b64(line.blob)}\n" for line in note.signatures)
    return f"{note.text}\n{''.join(lines)}".encode(errors="replace")  # then read as another note, and refused


def format_note(note: Note) -> bytes:
    """Return the bytes of a note.

    Raises:
        Malformed: its text or a name cannot stand in a note.
    """
    data = _bytes(note)
    if parse_note(data) != note:
        raise Malformed(LedgerReason.NoteMalformed, "it would be read as another note")
    return data


def sign(text: str, signer: Signer) -> Signature:
    """Sign a text with an Ed25519 key."""
    return _sign(text, signer, SignatureType.ED25519, b"")


def cosign(text: str, signer: Signer, at: int) -> Signature:
    """Cosign the text of a checkpoint as of an instant (milliseconds; whole seconds are signed)."""
    return _sign(text, signer, SignatureType.COSIGNATURE, (at // SECOND).to_bytes(8, "big"))


def _sign(text: str, signer: Signer, key_type: SignatureType, stamp: bytes) -> Signature:
    key = signer.verifier
    if key.type is not key_type:
        raise Defect(f"a key of type {key.type.name} makes no signature of type {key_type.name}")
    return Signature(key.name, key.key_id + stamp + signer.sign(_message(text, stamp)))


def _message(text: str, stamp: bytes) -> bytes:
    """Return what is signed; a stamp is a cosignature's time, seconds as big-endian uint64."""
    head = f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n" if stamp else ""
    return f"{head}{text}".encode()


def open_note(data: bytes, verifiers: Iterable[Verifier]) -> Opened:
    """Read a note and check every signature of a known key.

    Raises:
        Malformed: not a note.
        Refused: a known key's signature does not fit, or no known key signed.
    """
    note = parse_note(data)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    lines = [(known.get((line.name, line.blob[:4])), line.blob[4:]) for line in note.signatures]
    signed = {verifier: _check(note.text, verifier, blob) for verifier, blob in lines if verifier is not None}
    if not signed:
        raise Refused(LedgerReason.NoteUnsigned)
    return Opened(note.text, signed)


def _check(text: str, verifier: Verifier, blob: bytes) -> int | None:
    cut = 8 if verifier.type is SignatureType.COSIGNATURE else 0
    stamp, signature = blob[:cut], blob[cut:]
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(signature, _message(text, stamp))
    except (InvalidSignature, ValueError) as error:
        raise Refused(LedgerReason.SignatureInvalid, verifier.name) from error
    return int.from_bytes(stamp, "big") * SECOND if stamp else None
