"""The Merkle tree against RFC 6962 written down word for word, and against a reference tree of others."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.merkle import EMPTY_ROOT, Frontier, complete_subtrees, fold, leaf_hash, node_hash, root_of
from tests.core.ledger import rfc6962

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/ledger/merkle.json").read_text())


def test_the_empty_root_and_the_empty_leaf_are_the_published_ones() -> None:
    """The root of no leaves is SHA-256 of nothing; the leaf of an empty entry is SHA-256 of a zero byte."""
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of([]) == EMPTY_ROOT == Frontier().root() == fold([])


@pytest.mark.parametrize("size", range(9))
def test_equals_the_reference_tree(size: int) -> None:
    """The roots of the reference tree of Certificate Transparency are ours."""
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"][:size]]
    assert root_of(leaves).hex() == VECTORS["roots"][size]


def test_leaves_and_nodes_are_told_apart() -> None:
    """A node's content taken as a leaf has another hash, so that no inner node can pass for an entry."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) == hashlib.sha256(b"\1" + left + right).digest()
    assert node_hash(left, right) != leaf_hash(left + right)


def test_growing_equals_building_anew_for_every_size_up_to_300() -> None:
    """For n = 0 to 300 the frontier's root is that of the recursive definition."""
    frontier = Frontier()
    for size in range(301):
        assert frontier.size == size
        assert len(frontier.hashes) == size.bit_count()
        assert frontier.root() == rfc6962.mth(0, size)
        frontier = frontier.append(leaf_hash(rfc6962.LEAVES[size]))


@given(st.lists(st.binary(max_size=8), max_size=70), st.lists(st.binary(max_size=8), max_size=70))
def test_a_frontier_forgets_nothing_that_matters(first: list[bytes], then: list[bytes]) -> None:
    """Appending to a frontier gives the root of all leaves together, and leaves the earlier frontier as it was."""
    frontier = grown = Frontier()
    for entry in first:
        frontier = grown = frontier.append(leaf_hash(entry))
    for entry in then:
        grown = grown.append(leaf_hash(entry))
    assert grown.root() == root_of(map(leaf_hash, first + then))
    assert frontier.root() == root_of(map(leaf_hash, first))


@given(st.integers(0, len(rfc6962.LEAVES)))
def test_a_frontier_is_rebuilt_from_stored_hashes(size: int) -> None:
    """Read back at any size, it has the root of that size."""
    frontier = Frontier.read(size, rfc6962.complete)
    assert frontier.size == size
    assert frontier.root() == rfc6962.mth(0, size)


@given(st.integers(0, 10**12))
def test_complete_subtrees_cover_each_leaf_once(size: int) -> None:
    """They follow one another without gap from 0 to the size, each smaller than the one before."""
    end, levels = 0, []
    for level, index in complete_subtrees(0, size):
        assert index << level == end
        end += 1 << level
        levels.append(level)
    assert end == size
    assert levels == sorted(set(levels), reverse=True)
