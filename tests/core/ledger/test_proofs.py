"""Proofs against RFC 6962 written down word for word; every way of being wrong is refused."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.merkle import EMPTY_ROOT, leaf_hash
from firstkey.ledger.proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Refused
from tests.core.ledger import rfc6962
from tests.core.ledger.rfc6962 import LEAVES, complete, mth

SIZE_EXHAUSTIVE = 64
SIZES = st.integers(1, len(LEAVES))


def refused(check: Callable[..., None], *arguments: object) -> bool:
    """Whether a check refuses; anything but a refusal comes through."""
    try:
        check(*arguments)
    except Refused as refusal:
        return refusal.reason in (LedgerReason.LeafNotIncluded, LedgerReason.TreesInconsistent)
    return False


def spoiled(proof: Sequence[bytes]) -> Iterator[tuple[bytes, ...]]:
    """Yield what a proof must not be: a hash changed, missing, doubled, cut or lengthened; one more at either end."""
    for place, value in enumerate(proof):
        before, after = tuple(proof[:place]), tuple(proof[place + 1 :])
        changed = bytes([value[0] ^ 1]) + value[1:], value[:-1] + bytes([value[-1] ^ 0x80])
        yield from ((*before, other, *after) for other in (*changed, value[:-1], value + b"\0"))
        yield before + after
        yield (*before, value, value, *after)
    yield (*proof, bytes(32))
    yield (bytes(32), *proof)


def test_inclusion_for_every_index_and_size_up_to_64() -> None:
    """Each proof is the RFC's and holds; spoiled in any one place, or for another index, leaf or root, it does not."""
    for size in range(1, SIZE_EXHAUSTIVE + 1):
        root = mth(0, size)
        for index in range(size):
            leaf, proof = leaf_hash(LEAVES[index]), inclusion_proof(complete, index, size)
            assert list(proof) == rfc6962.path(index, 0, size)
            verify_inclusion(leaf, index, size, proof, root)
            assert all(refused(verify_inclusion, leaf, index, size, other, root) for other in spoiled(proof))
            assert all(refused(verify_inclusion, leaf, other, size, proof, root) for other in {*range(size)} - {index})
            assert refused(verify_inclusion, leaf_hash(b"another"), index, size, proof, root)
            assert refused(verify_inclusion, leaf, index, size, proof, mth(0, size + 1))


def test_consistency_for_every_pair_of_sizes_up_to_64() -> None:
    """Each proof is the RFC's and holds; spoiled in any one place, or for another root, it does not."""
    for new_size in range(1, SIZE_EXHAUSTIVE + 1):
        for old_size in range(1, new_size + 1):
            old, new, proof = mth(0, old_size), mth(0, new_size), consistency_proof(complete, old_size, new_size)
            assert list(proof) == rfc6962.proof(old_size, new_size)
            verify_consistency(old_size, old, new_size, new, proof)
            assert all(refused(verify_consistency, old_size, old, new_size, new, other) for other in spoiled(proof))
            assert refused(verify_consistency, old_size, mth(1, old_size + 1), new_size, new, proof)
            assert refused(verify_consistency, old_size, old, new_size, mth(1, new_size + 1), proof)


@given(SIZES, st.data())
def test_proofs_in_larger_trees(size: int, data: st.DataObject) -> None:
    """In a tree of any size the proofs are the RFC's and hold, and do not hold once spoiled."""
    index, old_size = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, root = leaf_hash(LEAVES[index]), mth(0, size)
    inclusion, consistency = inclusion_proof(complete, index, size), consistency_proof(complete, old_size, size)
    assert list(inclusion) == rfc6962.path(index, 0, size)
    assert list(consistency) == rfc6962.proof(old_size, size)
    verify_inclusion(leaf, index, size, inclusion, root)
    verify_consistency(old_size, mth(0, old_size), size, root, consistency)
    assert all(refused(verify_inclusion, leaf, index, size, other, root) for other in spoiled(inclusion))
    others = spoiled(consistency)
    assert all(refused(verify_consistency, old_size, mth(0, old_size), size, root, other) for other in others)


@given(st.integers(-3, 70), st.integers(-3, 70), st.lists(st.binary(min_size=32, max_size=32), max_size=8))
def test_made_up_proofs_are_refused(first: int, second: int, proof: list[bytes]) -> None:
    """Random hashes prove nothing for any index and size, and no input does anything but refuse."""
    assert refused(verify_inclusion, leaf_hash(b"planted"), first, second, proof, mth(0, 70))
    assert refused(verify_consistency, first, leaf_hash(b"planted"), second, mth(0, 70), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0), (0, -1)])
def test_there_is_no_proof_outside_the_tree(index: int, size: int) -> None:
    """A position that the tree does not have is refused, when making and when checking."""
    with pytest.raises(Refused) as caught:
        inclusion_proof(complete, index, size)
    assert caught.value.reason is LedgerReason.OutsideTree
    assert refused(verify_inclusion, leaf_hash(LEAVES[0]), index, size, (), leaf_hash(LEAVES[0]))


@pytest.mark.parametrize(("old_size", "new_size"), [(-1, 3), (4, 3), (1, 0)])
def test_no_tree_shrinks(old_size: int, new_size: int) -> None:
    """From a larger tree to a smaller one there is no proof."""
    with pytest.raises(Refused) as caught:
        consistency_proof(complete, old_size, new_size)
    assert caught.value.reason is LedgerReason.OutsideTree
    assert refused(verify_consistency, old_size, mth(0, 0), new_size, mth(0, 0), ())


def test_one_size_has_one_root() -> None:
    """Two trees of one size are consistent if their roots are equal and the proof is empty, and else never."""
    verify_consistency(5, mth(0, 5), 5, mth(0, 5), consistency_proof(complete, 5, 5))
    assert refused(verify_consistency, 5, mth(0, 5), 5, mth(1, 6), ())
    assert refused(verify_consistency, 5, mth(0, 5), 5, mth(0, 5), (mth(0, 5),))


def test_the_empty_tree_begins_every_tree() -> None:
    """From size 0 the proof is empty, and the older root must be that of the empty tree."""
    assert consistency_proof(complete, 0, 7) == ()
    verify_consistency(0, EMPTY_ROOT, 7, mth(0, 7), ())
    verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, ())
    assert refused(verify_consistency, 0, mth(0, 7), 7, mth(0, 7), ())
    assert refused(verify_consistency, 0, mth(0, 7), 0, mth(0, 7), ())
    assert refused(verify_consistency, 0, EMPTY_ROOT, 7, mth(0, 7), (mth(0, 7),))


def test_a_hash_of_another_length_cannot_lend_its_bytes() -> None:
    """Leaf and sibling that join to the right bytes at another border are refused."""
    leaf, sibling = leaf_hash(LEAVES[0]), leaf_hash(LEAVES[1])
    verify_inclusion(leaf, 0, 2, (sibling,), mth(0, 2))
    assert refused(verify_inclusion, leaf + sibling[:1], 0, 2, (sibling[1:],), mth(0, 2))


def test_a_proof_of_inclusion_reads_few_hashes() -> None:
    """A proof in a tree of a million leaves asks for no more hashes than twice its depth squared."""
    asked: list[tuple[int, int]] = []

    def hash_of(level: int, index: int) -> bytes:
        assert (index + 1) << level <= 1_000_000  # only complete subtrees exist
        asked.append((level, index))
        return bytes(32)

    assert len(inclusion_proof(hash_of, 999_999, 1_000_000)) <= 20
    assert len(consistency_proof(hash_of, 777_777, 1_000_000)) <= 21
    assert len(asked) < 100
