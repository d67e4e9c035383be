"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1.1): hashes, roots, and a frontier that only grows.

All hashes are 32 raw bytes of SHA-256. A *complete subtree* of level `l` and index `i` has as its leaves the entries
from `i * 2**l` up to `(i + 1) * 2**l`; its hash never changes again, so it is all that needs to be stored.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce

import msgspec

HashReader = Callable[[int, int], bytes]  # gives the hash of the complete subtree of a level and index

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Name the complete subtrees that cover the leaves `start` up to `end`, largest first, each as (level, index).

    `start` is 0 or a multiple of a power of two that is at least `end - start`, as every range in a proof is.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def fold(hashes: Sequence[bytes]) -> bytes:
    """Join the hashes of neighbouring complete subtrees, largest first, into the root above them."""
    if not hashes:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


class Frontier(msgspec.Struct, frozen=True):
    """The right edge of a tree: enough to append and to know the root, and nothing more.

    Attributes:
        size: number of leaves.
        hashes: hashes of the complete subtrees that cover the leaves, largest first; one for each set bit of `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, size: int, hash_of: HashReader) -> "Frontier":
        """Rebuild the frontier of a tree of `size` leaves from its stored hashes."""
        return cls(size, tuple(hash_of(level, index) for level, index in complete_subtrees(0, size)))

    def append(self, leaf: bytes) -> "Frontier":
        """Return the frontier with one more leaf hash."""
        hashes, node, size = self.hashes, leaf, self.size
        while size & 1:
            hashes, node, size = hashes[:-1], node_hash(hashes[-1], node), size >> 1
        return Frontier(self.size + 1, (*hashes, node))

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return fold(self.hashes)


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of a tree over leaf hashes in order."""
    return reduce(Frontier.append, leaf_hashes, Frontier()).root()
