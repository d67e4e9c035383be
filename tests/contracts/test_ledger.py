"""The store as the ledger's sequencer: every fact an entry, every commit a signed head."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from firstkey.ledger.checkpoint import open_checkpoint
from firstkey.ledger.entry import read_entry
from firstkey.ledger.proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from firstkey.ledger.tiles import hash_reader
from firstkey.ports.fact_store import Reader, Transaction
from firstkey.values.errors import Refused
from tests.contracts.site import SIGNER, Site, appending, checkpoint, do, fact, judged, leaves, see


def root(entries: list[bytes]) -> bytes:
    """Return the Merkle tree hash of entries, as RFC 6962 section 2.1 defines it."""
    if len(entries) == 1:
        return sha256(b"\0" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha256(b"\1" + root(entries[:half]) + root(entries[half:])).digest()


def growing(stream: str, size: int) -> Callable[[Transaction], object]:
    """Return a work that lets a stream grow to a number of facts."""
    return lambda tx: tx.append(stream, tx.head(stream), [fact()] * (size - tx.head(stream)))


def test_an_empty_ledger_has_no_checkpoint(site: Site) -> None:
    """Before the first entry there is nothing to sign, whatever else is stored."""
    assert see(site, lambda reader: (reader.checkpoint(), reader.checkpoint_size, reader.leaves(0, 1))) == (None, 0, ())


def test_every_fact_is_an_entry_in_the_order_of_appends(site: Site) -> None:
    """Indices are dense over all streams, and an entry tells its fact."""
    do(site, appending("a", 1, 2))
    do(site, lambda tx: (tx.append("b", 0, [fact(3)]), tx.append("a", 2, [fact(4)])))
    told = [(entry.index, entry.stream, entry.number, entry.body) for entry in map(read_entry, leaves(site))]
    expected = [("a", 1, 1), ("a", 2, 2), ("b", 1, 3), ("a", 3, 4)]
    assert told == [(index, stream, number, {"value": value}) for index, (stream, number, value) in enumerate(expected)]
    assert see(site, lambda reader: [reader.ledger_index("a", number) for number in (1, 2, 3, 4)]) == [0, 1, 3, None]
    assert judged(site).streams == {"a": 3, "b": 1}


def test_each_commit_signs_the_head_of_all_entries(site: Site) -> None:
    """The root of the last checkpoint is that of an independent computation, at every size up to 20."""
    for number in range(20):
        do(site, appending(f"case-{number % 3}", number))
        head = checkpoint(site)
        assert (head.size, head.root) == (number + 1, root(leaves(site)))
        assert see(site, lambda reader: reader.checkpoint_size) == number + 1


def test_heads_of_a_large_ledger_lead_to_each_other(site: Site) -> None:
    """Over 66,049 entries, past full tiles of two levels, proofs from stored hashes hold between committed heads."""
    heads = []
    for size in (1, 255, 256, 257, 700, 66_049):
        do(site, growing("big", size))
        heads.append(checkpoint(site))
    entries = leaves(site)
    assert heads[-1].root == root(entries)

    def proofs(reader: Reader) -> None:
        hash_of = hash_reader(reader.hashes)
        last = heads[-1]
        for head in heads:
            proof = consistency_proof(hash_of, head.size, last.size)
            verify_consistency(head.size, head.root, last.size, last.root, proof)
            leaf = sha256(b"\0" + entries[head.size - 1]).digest()
            path = inclusion_proof(hash_of, head.size - 1, last.size)
            verify_inclusion(leaf, head.size - 1, last.size, path, last.root)

    see(site, proofs)
    site.reopen()
    do(site, appending("big", 1))
    assert checkpoint(site).size == 66_050


def test_what_a_work_appends_is_not_covered_before_it_commits(site: Site) -> None:
    """A work sees the last committed head: its own entries, and those of its neighbours, come after it."""
    do(site, appending("a", 1))

    def work(tx: Transaction) -> tuple[int, int, bool]:
        tx.append("a", 1, [fact(2)])
        first, second = tx.ledger_index("a", 1), tx.ledger_index("a", 2)
        return tx.checkpoint_size, first or 0, second is None or second >= tx.checkpoint_size

    assert do(site, work) == (1, 0, True)
    assert do(site, lambda tx: tx.checkpoint_size) == 2


def test_a_commit_without_facts_signs_nothing_new(site: Site) -> None:
    """Documents alone leave the ledger as it is."""
    do(site, appending("a", 1))
    before = see(site, lambda reader: reader.checkpoint())
    do(site, lambda tx: tx.put_verifier("pass-1", b"v"))
    assert see(site, lambda reader: reader.checkpoint()) == before
    assert open_checkpoint(before, [SIGNER.verifier]).size == 1


def test_an_undone_work_leaves_no_gap(site: Site) -> None:
    """Entries of works that failed are nowhere: the next entry takes their index."""

    def work(tx: Transaction) -> None:
        tx.append("a", 0, [fact(1), fact(2)])
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        do(site, work)
    do(site, appending("b", 1))
    assert [read_entry(leaf).stream for leaf in leaves(site)] == ["b"]
    assert checkpoint(site).root == root(leaves(site))


def test_an_edited_fact_does_not_hide_behind_its_entry(site: Site) -> None:
    """An edit of the facts leaves the entries, and the ledger still verifies without the edited fact's word."""
    do(site, appending("a", 1))
    site.edit_fact("a", 1, {"body": b'{"value":2}'})
    with pytest.raises(Refused):
        see(site, lambda reader: reader.load("a"))
    assert judged(site).streams == {"a": 1}
