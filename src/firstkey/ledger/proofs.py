"""Inclusion and consistency proofs: made from stored hashes, and checked against roots.

Making follows RFC 9162 sections 2.1.3.1 and 2.1.4.1, checking 2.1.3.2 and 2.1.4.2. A proof is a tuple of 32-byte hashes
from the leaf up. Checking either raises or returns nothing; there is no answer to forget to look at.
"""

from collections.abc import Sequence

from firstkey.ledger.merkle import EMPTY_ROOT, HASH_BYTES, HashReader, complete_subtrees, fold, node_hash
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Refused


def inclusion_proof(hash_of: HashReader, index: int, size: int) -> tuple[bytes, ...]:
    """Prove that the leaf at `index` is in the tree of the first `size` leaves (RFC 9162 section 2.1.3.1).

    Raises:
        Refused: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise Refused(LedgerReason.OutsideTree, f"index {index} of {size}")
    path, _, _ = _descend(hash_of, index, size, stop=0)
    return tuple(reversed(path))


def consistency_proof(hash_of: HashReader, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """Prove that the first `old_size` leaves begin the tree of `new_size` (RFC 9162 section 2.1.4.1).

    The proof is empty when the sizes are equal or the older tree is.

    Raises:
        Refused: the older tree is the larger one.
    """
    if not 0 <= old_size <= new_size:
        raise Refused(LedgerReason.OutsideTree, f"size {old_size} of {new_size}")
    if old_size == 0:
        return ()
    path, start, end = _descend(hash_of, old_size - 1, new_size, stop=old_size)
    if start:  # else the older tree is itself a complete subtree, whose hash the checker knows
        path.append(_range_root(hash_of, start, end))
    return tuple(reversed(path))


def _descend(hash_of: HashReader, index: int, size: int, stop: int) -> tuple[list[bytes], int, int]:
    """Go from the root down to a leaf, or to the part that ends at `stop`, and collect what lies beside the way.

    Returns:
        Hashes from the root down, and the range of leaves arrived at.
    """
    start, end, path = 0, size, list[bytes]()
    while end - start > 1 and end != stop:
        middle = start + (1 << (end - start - 1).bit_length() - 1)  # the largest power of two below the length
        if index < middle:
            path.append(_range_root(hash_of, middle, end))
            end = middle
        else:
            path.append(_range_root(hash_of, start, middle))
            start = middle
    return path, start, end


def _range_root(hash_of: HashReader, start: int, end: int) -> bytes:
    return fold([hash_of(level, index) for level, index in complete_subtrees(start, end)])


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at `index` in the tree of `size` leaves with that root (RFC 9162 section 2.1.3.2).

    Raises:
        Refused: it is not proven.
    """
    refusal = Refused(LedgerReason.LeafNotIncluded, f"index {index} of {size}")
    if not 0 <= index < size:
        raise refusal
    node = leaf
    for sibling, on_the_left in _steps((leaf, *proof), index, size - 1, refusal):
        node = node_hash(sibling, node) if on_the_left else node_hash(node, sibling)
    if node != root:
        raise refusal


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the newer tree only appends to the older one (RFC 9162 section 2.1.4.2).

    An empty tree begins every tree and needs no proof, but its root must be that of the empty tree.

    Raises:
        Refused: it is not proven.
    """
    refusal = Refused(LedgerReason.TreesInconsistent, f"from {old_size} to {new_size}")
    roots = {0: EMPTY_ROOT}
    heads = ((old_size, old_root), (new_size, new_root))
    if not 0 <= old_size <= new_size or any(roots.setdefault(size, root) != root for size, root in heads):
        raise refusal
    if old_size in (0, new_size):
        if proof:
            raise refusal
        return
    path = (old_root, *proof) if old_size.bit_count() == 1 else tuple(proof)
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    steps = _steps(path, position, last, refusal)
    old_node = new_node = path[0]
    for sibling, on_the_left in steps:
        if on_the_left:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
        else:
            new_node = node_hash(new_node, sibling)
    if (old_node, new_node) != (old_root, new_root):
        raise refusal


def _steps(path: Sequence[bytes], position: int, last: int, refusal: Refused) -> list[tuple[bytes, bool]]:
    """Pair each hash after the first with whether it stands on the left, on the way up from a node to the root.

    Args:
        path: the hash to begin with, and those beside the way.
        position: index of the node in its level.
        last: index of the last node of that level.
        refusal: what to raise if the path does not have exactly the hashes that the way needs.
    """
    sides = list[bool]()
    while last:
        sides.append(bool(position & 1) or position == last)
        while sides[-1] and not position & 1:  # the last node of a level may have no sibling
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if len(path) != len(sides) + 1 or any(len(value) != HASH_BYTES for value in path):
        raise refusal
    return list(zip(path[1:], sides, strict=True))
