"""RFC 6962 section 2.1 written down word for word, slowly: the second implementation that ours is compared with."""

import hashlib
from functools import cache

LEAVES = tuple(b"leaf %d" % number for number in range(5_000))
"""The entries of the tree that the tests look into."""


def largest_power_of_two_below(count: int) -> int:
    """Return k, the largest power of two smaller than n."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


@cache
def mth(start: int, end: int) -> bytes:
    """Return MTH(D[start:end]) over LEAVES (section 2.1)."""
    count = end - start
    if count == 0:
        return hashlib.sha256().digest()
    if count == 1:
        return hashlib.sha256(b"\x00" + LEAVES[start]).digest()
    k = largest_power_of_two_below(count)
    return hashlib.sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    """Return PATH(m, D[start:end]), m counted from start (section 2.1.1)."""
    count = end - start
    if count == 1:
        return []
    k = largest_power_of_two_below(count)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def proof(m: int, count: int) -> list[bytes]:
    """Return PROOF(m, D[count]) (section 2.1.2)."""
    return subproof(m, 0, count, whole=True)


def subproof(m: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """Return SUBPROOF(m, D[start:end], b), m counted from start (section 2.1.2)."""
    count = end - start
    if m == count:
        return [] if whole else [mth(start, end)]
    k = largest_power_of_two_below(count)
    if m <= k:
        return [*subproof(m, start, start + k, whole=whole), mth(start + k, end)]
    return [*subproof(m - k, start + k, end, whole=False), mth(start, start + k)]


def complete(level: int, index: int) -> bytes:
    """Return the hash of a complete subtree: the reader that proofs are made with."""
    return mth(index << level, (index + 1) << level)
