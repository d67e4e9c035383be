"""Checkpoints: the signed head of a log (C2SP tlog-checkpoint v1.0.0).

The log's key bears the origin as its name; that is asked for when signing and when opening, so that a witness's
signature never stands in for the log's. Nothing is signed that does not continue what was signed before.
"""

import base64
import re
from collections.abc import Iterable, Sequence

import msgspec

from firstkey.ledger.note import Note, SignatureType, Signer, Verifier, b64, format_note, open_note, sign
from firstkey.ledger.proofs import verify_consistency
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.canonical import INTEGER_MAX
from firstkey.values.errors import Malformed, Refused

_ROOT = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # 32 bytes as base64, no bit left over
_TEXT = re.compile(rf"([^\n]+)\n(0|[1-9][0-9]{{0,15}})\n({_ROOT})\n((?:[^\n]+\n)*)")


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a log.

    Attributes:
        origin: the log's name.
        size: number of entries.
        root: root hash at that size, 32 bytes.
        extensions: further lines, which say nothing to us; kept because signatures cover them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text that is signed: origin, size and root, a line each.

    Raises:
        Malformed: a value that cannot stand in a checkpoint.
    """
    lines = (checkpoint.origin, str(checkpoint.size), b64(checkpoint.root), *checkpoint.extensions)
    text = "".join(f"{line}\n" for line in lines)
    if parse_checkpoint(text) != checkpoint:
        raise Malformed(LedgerReason.CheckpointMalformed)
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint. It proves nothing until its note is opened.

    Raises:
        Malformed: it is not one.
    """
    match = _TEXT.fullmatch(text)
    if match is None or int(match[2]) > INTEGER_MAX:
        raise Malformed(LedgerReason.CheckpointMalformed)
    return Checkpoint(match[1], int(match[2]), base64.b64decode(match[3]), tuple(match[4].split("\n")[:-1]))


def sign_checkpoint(head: Checkpoint, signer: Signer, previous: Checkpoint | None, proof: Sequence[bytes]) -> bytes:
    """Sign a head that continues the one signed before it.

    Args:
        head: what to sign.
        signer: the log's key, named as the origin.
        previous: the last head signed; None for a log that has signed none.
        proof: the consistency proof between the two; empty for the first.

    Returns:
        The signed note.

    Raises:
        Refused: another log's key or head, or the two heads are inconsistent: that would be a fork.
    """
    text = format_checkpoint(head)
    if signer.verifier.name != head.origin:
        raise Refused(LedgerReason.CheckpointUnsigned, f"key {signer.verifier.name}")
    if previous is not None:
        if previous.origin != head.origin:
            raise Refused(LedgerReason.OriginsDiffer)
        verify_consistency(previous.size, previous.root, head.size, head.root, proof)
    return format_note(Note(text, (sign(text, signer),)))


def open_checkpoint(data: bytes, verifiers: Iterable[Verifier], cosignatures_min: int = 0) -> Checkpoint:
    """Read a checkpoint that its log, and enough witnesses, signed.

    Args:
        data: the signed note.
        verifiers: the log's keys, named as its origin, and those of trusted witnesses.
        cosignatures_min: how many witnesses must have cosigned. Keys count, not names, and the log's own never does.

    Raises:
        Malformed: not a note, or not a checkpoint.
        Refused: a signature does not fit, the log's is missing, or too few witnesses cosigned.
    """
    opened = open_note(data, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    mine = (SignatureType.ED25519, checkpoint.origin)
    log = {key.public_key for key in opened.signed if (key.type, key.name) == mine}
    if not log:
        raise Refused(LedgerReason.CheckpointUnsigned, checkpoint.origin)
    witnesses = {key.public_key for key in opened.signed if key.type is SignatureType.COSIGNATURE} - log
    if len(witnesses) < cosignatures_min:
        raise Refused(LedgerReason.CosignaturesMissing, f"{len(witnesses)} of {cosignatures_min}")
    return checkpoint
