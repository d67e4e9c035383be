"""The ledger's tree in rows: read its head again, grow it by a group's entries, sign the new head."""

from collections.abc import Sequence
from functools import reduce

import msgspec

from firstkey.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from firstkey.ledger.entry import read_entry
from firstkey.ledger.merkle import Frontier, HashReader, complete_subtrees, leaf_hash, root_of
from firstkey.ledger.note import Verifier, parse_note
from firstkey.ledger.proofs import consistency_proof
from firstkey.ledger.tiles import TILE_WIDTH, hash_reader, tiles_for
from firstkey.ports.fact_store import Reader
from firstkey.ports.signing import CheckpointSigner
from firstkey.storage.refusals import StorageReason
from firstkey.storage.rows import HashRow, ReadableRows, Rows
from firstkey.values.errors import Refused


class TreeHead(msgspec.Struct, frozen=True):
    """Where the ledger stands.

    Attributes:
        frontier: the tree's right edge.
        checkpoint: what was signed of it; None for an empty ledger.
        last_at: the instant of the last entry (milliseconds), 0 for an empty ledger.
    """

    frontier: Frontier = Frontier()
    checkpoint: Checkpoint | None = None
    last_at: int = 0


def read_head(rows: ReadableRows, key: Verifier) -> TreeHead:
    """Read the head from what is stored, and check that the tree leads to it and that it was signed.

    Raises:
        Refused: it does not, there are entries beyond it, or another key or another ledger's signed it.
    """
    newest = rows.checkpoint()
    size = 0 if newest is None else newest[0]
    if rows.leaves(size, 1):
        raise Refused(StorageReason.TreeBroken, f"entries beyond {size}")
    if newest is None:
        return TreeHead()
    checkpoint = parse_checkpoint(parse_note(newest[1]).text)
    if len(rows.hashes(0, size - 1, 1)) != 1:
        raise Refused(StorageReason.TreeBroken, f"no leaf {size - 1}")
    frontier = Frontier.read(size, hash_reader(rows.hashes))
    last = rows.leaves(size - 1, 1)
    if (checkpoint.size, checkpoint.root) != (size, frontier.root()) or not last:
        raise Refused(StorageReason.TreeBroken, f"at {size} entries")
    check_signed(newest[1], key)
    return TreeHead(frontier, checkpoint, read_entry(last[0]).at)


def check_signed(note: bytes, key: Verifier) -> None:
    """Refuse a head that the ledger's key has not signed.

    Raises:
        Malformed: it is no checkpoint.
        Refused: LedgerNameDiffers, LedgerKeyDiffers.
    """
    origin = parse_checkpoint(parse_note(note).text).origin
    if origin != key.name:
        raise Refused(StorageReason.LedgerNameDiffers, f"{origin}, not {key.name}")
    try:
        open_checkpoint(note, [key])
    except Refused as refused:
        raise Refused(StorageReason.LedgerKeyDiffers) from refused


def continues(tree: ReadableRows | Reader, size: int, head: Checkpoint) -> bool:
    """Whether a tree of a size is the one of a head, grown or not since then."""
    return size >= head.size and Frontier.read(head.size, hash_reader(tree.hashes)).root() == head.root


def grow(rows: Rows, head: TreeHead, leaves: Sequence[bytes], signer: CheckpointSigner) -> tuple[TreeHead, bytes]:
    """Add leaves to the tree and a checkpoint over them, in the running transaction.

    Args:
        rows: where to.
        head: where the ledger stands.
        leaves: new entries as bytes, at least one; they are stored already.
        signer: the ledger's key.

    Returns:
        The new head and its signed note.

    Raises:
        Unavailable: the key cannot be reached.
        Refused: the new tree does not continue the old one.
    """
    old = head.frontier
    new_hashes = [leaf_hash(leaf) for leaf in leaves]
    rows.add_hashes([HashRow(0, old.size + offset, node) for offset, node in enumerate(new_hashes)])
    frontier = reduce(Frontier.append, new_hashes, old)
    for tile in tiles_for(frontier.size, old.size):
        if tile.width == TILE_WIDTH:
            node = root_of(rows.hashes(tile.level, tile.index * TILE_WIDTH, TILE_WIDTH))
            rows.add_hashes([HashRow(tile.level + 1, tile.index, node)])
    checkpoint = Checkpoint(signer.origin, frontier.size, frontier.root())
    proof = consistency_proof(_hash_reader(rows, old), old.size, frontier.size)
    note = signer.sign(checkpoint, head.checkpoint, proof)
    rows.add_checkpoint(frontier.size, note)
    return TreeHead(frontier, checkpoint, read_entry(leaves[-1]).at), note


def _hash_reader(rows: Rows, old: Frontier) -> HashReader:
    """Read stored hashes, but those of the old edge, which a proof to a little larger tree is made of, from memory."""
    stored = hash_reader(rows.hashes)
    edge = dict(zip(complete_subtrees(0, old.size), old.hashes, strict=True))
    return lambda level, index: edge.get((level, index)) or stored(level, index)
