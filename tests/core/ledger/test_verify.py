"""The judge against everything that can be done to a ledger by whoever stores it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.checkpoint import Checkpoint
from firstkey.ledger.entry import Activity, leaf_bytes, read_entry
from firstkey.ledger.refusals import LedgerReason
from firstkey.ledger.verify import Verdict, judge
from firstkey.values.errors import Refused
from tests.core.ledger.sample import FOREIGN_KEY, MAC_KEY, ORIGIN, PLOT, head, plot_of, write

LEAVES = write()
SIZE = len(LEAVES)
T = TypeVar("T")
Attack = Callable[[list[bytes], int], list[bytes]]


def exchanged(sequence: Sequence[T], place: int) -> list[T]:
    """Return a sequence with one member and the next exchanged."""
    other, changed = (place + 1) % len(sequence), list(sequence)
    changed[place], changed[other] = sequence[other], sequence[place]
    return changed


def edit(leaves: list[bytes], place: int) -> list[bytes]:
    """Change one entry in the database."""
    entry = msgspec.structs.replace(read_entry(leaves[place]), body={"edited": True})
    return [*leaves[:place], leaf_bytes(entry), *leaves[place + 1 :]]


def relabel(leaves: list[bytes], place: int) -> list[bytes]:
    """Call a sign-in enrollment, or anything but a pass a sign-in."""
    entry = read_entry(leaves[place])
    other = Activity.ENROLLMENT if entry.activity is not Activity.ENROLLMENT else Activity.SIGN_IN
    kind = entry.kind if other is Activity.ENROLLMENT else entry.kind.replace("Pass", "Key")
    entry = msgspec.structs.replace(entry, activity=other, kind=kind)
    return [*leaves[:place], leaf_bytes(entry), *leaves[place + 1 :]]


def delete(leaves: list[bytes], place: int) -> list[bytes]:
    """Delete a row."""
    return leaves[:place] + leaves[place + 1 :]


def delete_and_close_up(leaves: list[bytes], place: int) -> list[bytes]:
    """Delete an entry and write the rest again, as somebody with the MAC key could."""
    return write(plot_of(delete(leaves, place)))


def cut(leaves: list[bytes], place: int) -> list[bytes]:
    """Cut the end off."""
    return leaves[:place]


def rewrite_the_tail(leaves: list[bytes], place: int) -> list[bytes]:
    """Tell the end otherwise, at the same length and with valid chaining."""
    return write((*plot_of(leaves)[:place], *((stream, "Told", act, {}) for stream, _, act, _ in PLOT[place:])))


def swap(leaves: list[bytes], place: int) -> list[bytes]:
    """Exchange two neighbouring rows, or the last and the first."""
    return exchanged(leaves, place)


def swap_and_close_up(leaves: list[bytes], place: int) -> list[bytes]:
    """Tell two neighbouring facts in the other order, with valid numbering."""
    return write(tuple(exchanged(plot_of(leaves), place)))


def duplicate(leaves: list[bytes], place: int) -> list[bytes]:
    """Insert a copy of a row."""
    return [*leaves[: place + 1], *leaves[place:]]


def insert_and_close_up(leaves: list[bytes], place: int) -> list[bytes]:
    """Tell something that never happened, with valid numbering."""
    plot = plot_of(leaves)
    return write((*plot[:place], ("case:9", "CaseOpened", Activity.ENROLLMENT, {}), *plot[place:]))


def fork(leaves: list[bytes], place: int) -> list[bytes]:
    """Go on otherwise, and longer, from an earlier point."""
    return write(
        (*plot_of(leaves)[:place], *(("case:6", f"Other{number}", Activity.SYSTEM, {}) for number in range(20)))
    )


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        edit,
        relabel,
        delete,
        delete_and_close_up,
        cut,
        rewrite_the_tail,
        swap,
        swap_and_close_up,
        duplicate,
        insert_and_close_up,
        fork,
    )
}
SELF_CONSISTENT = {
    "relabel",
    "delete_and_close_up",
    "cut",
    "rewrite_the_tail",
    "swap_and_close_up",
    "insert_and_close_up",
    "fork",
}
"""What leaves a ledger that agrees with itself, under the MAC key too: only an outside head finds it."""


def verdict(leaves: list[bytes], outside: list[Checkpoint], *, key: bool = True) -> Verdict | LedgerReason:
    """Judge leaves against the head that whoever stores them would sign now, and heads kept outside."""
    try:
        return judge(leaves, head(leaves), outside=outside, key=MAC_KEY if key else None)
    except Refused as refusal:
        assert isinstance(refusal.reason, LedgerReason)  # noqa: PT017 - the reason is what the tests compare
        return refusal.reason


@pytest.mark.parametrize("key", [True, False], ids=["with key", "without key"])
def test_an_honest_ledger_is_ok_under_an_outside_head(key: bool) -> None:
    """Whole, in order and under a head kept outside it is ok, and the verdict counts what is in it."""
    found = verdict(LEAVES, [head(LEAVES)], key=key)
    assert found == Verdict(
        entries=SIZE,
        root=head(LEAVES).root.hex(),
        anchored_entries=SIZE,
        streams={"site:1": 3, "case:7": 4, "case:8": 2},
        activities={
            Activity.ADMINISTRATION: 1,
            Activity.ENROLLMENT: 6,
            Activity.SIGN_IN: 1,
            Activity.SYSTEM: 1,
        },
    )
    assert isinstance(found, Verdict)
    assert (found.anchored, found.says) == (True, "ok")


def test_without_an_outside_head_nothing_is_ok() -> None:
    """The head that the ledger itself brings anchors nothing; neither does an outside head over no entries."""
    for outside in ([], [head(LEAVES, 0)]):
        found = verdict(LEAVES, outside)
        assert isinstance(found, Verdict)
        assert (found.entries, found.anchored_entries) == (SIZE, 0)
        assert (found.anchored, found.says) == (False, "unanchored")


@pytest.mark.parametrize("size", range(1, SIZE + 1))
def test_an_older_head_anchors_as_far_as_it_goes(size: int) -> None:
    """Under a head of an earlier size the ledger is ok, and the verdict says how far."""
    found = verdict(LEAVES, [head(LEAVES, size), head(LEAVES, 1)])
    assert isinstance(found, Verdict)
    assert (found.says, found.anchored_entries) == ("ok", size)


@pytest.mark.parametrize("place", range(SIZE))
@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_refused_under_an_outside_head(name: str, place: int) -> None:
    """Whatever is done at whichever entry, by somebody who signs heads anew, does not stand before an outside head."""
    attacked = ATTACKS[name](LEAVES, place)
    assert attacked != LEAVES
    for key in (True, False):
        assert isinstance(verdict(attacked, [head(LEAVES)], key=key), LedgerReason)


@pytest.mark.parametrize("place", range(SIZE))
@pytest.mark.parametrize("name", ATTACKS)
def test_without_an_outside_head_an_attack_is_never_ok(name: str, place: int) -> None:
    """What the ledger's own numbering and MACs do not give away is at most unanchored."""
    found = verdict(ATTACKS[name](LEAVES, place), [])
    if isinstance(found, Verdict):
        assert found.says == "unanchored"
        assert name in SELF_CONSISTENT or (name, place) == ("delete", SIZE - 1)  # the latter is a cut by another name
    else:
        assert name not in SELF_CONSISTENT or name == "relabel"  # a fact of a pass also had to be renamed


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_behind_the_outside_head_is_not_its_business(name: str) -> None:
    """A head vouches for what it covers: an attack at its end is refused, one behind it may pass as not anchored."""
    place = SIZE - 2
    assert isinstance(verdict(ATTACKS[name](LEAVES, place), [head(LEAVES, place + 1)]), LedgerReason)
    found = verdict(ATTACKS[name](LEAVES, place), [head(LEAVES, place)])
    assert isinstance(found, LedgerReason) or found.anchored_entries == place


@pytest.mark.parametrize(
    ("name", "place", "reason", "detail"),
    [
        ("edit", 3, LedgerReason.ChainBroken, "entry 3: stream case:7, number 2"),
        ("delete", 0, LedgerReason.EntryMisplaced, "entry 0: it calls itself 1"),
        ("delete", 4, LedgerReason.EntryMisplaced, "entry 4: it calls itself 5"),
        ("swap", 2, LedgerReason.EntryMisplaced, "entry 2: it calls itself 3"),
        ("duplicate", 6, LedgerReason.EntryMisplaced, "entry 7: it calls itself 6"),
    ],
)
def test_a_refusal_names_the_entry(name: str, place: int, reason: LedgerReason, detail: str) -> None:
    """What the ledger itself gives away is named by entry, stream and number, whatever head is shown with it."""
    attacked = ATTACKS[name](LEAVES, place)
    for outside in ([], [head(LEAVES, 2)]):
        with pytest.raises(Refused) as caught:
            judge(attacked, head(attacked), outside=outside, key=MAC_KEY)
        assert caught.value.reason is reason
        assert detail in caught.value.detail


@pytest.mark.parametrize(
    ("name", "place", "reason", "detail"),
    [
        ("cut", 0, LedgerReason.LedgerCut, f"0 entries, a head covers {SIZE}"),
        ("cut", 4, LedgerReason.LedgerCut, f"4 entries, a head covers {SIZE}"),
        ("delete_and_close_up", 4, LedgerReason.LedgerCut, f"{SIZE - 1} entries, a head covers {SIZE}"),
        ("rewrite_the_tail", 5, LedgerReason.HeadsDiffer, f"size {SIZE}"),
        ("fork", 5, LedgerReason.RootDiffers, f"at {SIZE} entries"),
    ],
)
def test_a_refusal_names_the_head(name: str, place: int, reason: LedgerReason, detail: str) -> None:
    """What only an outside head can show is named by sizes."""
    attacked = ATTACKS[name](LEAVES, place)
    with pytest.raises(Refused) as caught:
        judge(attacked, head(attacked), outside=[head(LEAVES)], key=MAC_KEY)
    assert caught.value.reason is reason
    assert detail in caught.value.detail


def test_an_edit_is_found_by_the_root_where_no_key_is_at_hand() -> None:
    """Without the MAC key the same edit shows at the first head over it."""
    attacked = edit(LEAVES, 3)
    with pytest.raises(Refused) as caught:
        judge(attacked, Checkpoint(ORIGIN, SIZE, head(LEAVES).root), outside=[head(LEAVES), head(LEAVES, 4)])
    assert caught.value.reason is LedgerReason.RootDiffers
    assert "at 4 entries" in caught.value.detail


def test_facts_under_a_foreign_key_are_not_the_sites() -> None:
    """A whole ledger forged by somebody without the MAC key fails at its first entry, outside head or not."""
    forged = write(key=FOREIGN_KEY)
    assert isinstance(verdict(forged, [], key=False), Verdict)
    assert verdict(forged, []) is LedgerReason.ChainBroken


def test_a_number_out_of_order_is_refused_without_a_key() -> None:
    """A stream's numbers are dense, whoever judges."""
    entry = msgspec.structs.replace(read_entry(LEAVES[4]), number=4)
    assert verdict([*LEAVES[:4], leaf_bytes(entry), *LEAVES[5:]], [], key=False) is LedgerReason.ChainBroken


def test_a_pass_outside_enrollment_is_refused() -> None:
    """A ledger that tells of a pass as a sign-in is refused at that entry, whatever was signed."""
    forged = [leaf.replace(b'"enrollment"', b'"sign_in"') if b"PassIssued" in leaf else leaf for leaf in LEAVES]
    with pytest.raises(Refused, match="entry 3: PassIssued under sign_in") as caught:
        judge(forged, head(forged), outside=[head(forged)])
    assert caught.value.reason is LedgerReason.PassOutsideEnrollment


def test_what_is_no_entry_is_refused_where_it_stands() -> None:
    """Bytes that are no entry are named by their index."""
    forged = [*LEAVES[:2], b"{}", *LEAVES[3:]]
    with pytest.raises(Refused, match="entry 2: ") as caught:
        judge(forged, head(forged))
    assert caught.value.reason is LedgerReason.EntryMalformed


def test_two_heads_of_one_size_are_a_fork() -> None:
    """Two outside heads that disagree are refused, whichever of them the entries lead to."""
    other = head(rewrite_the_tail(LEAVES, 2))
    for first, second in ((head(LEAVES), other), (other, head(LEAVES))):
        assert verdict(LEAVES, [first, second]) is LedgerReason.HeadsDiffer


def test_heads_of_two_logs_are_not_mixed() -> None:
    """A head of another origin anchors nothing here."""
    other = msgspec.structs.replace(head(LEAVES), origin="other.example")
    assert verdict(LEAVES, [other]) is LedgerReason.OriginsDiffer


def test_entries_and_claimed_head_must_be_of_one_length() -> None:
    """More entries than the claimed head covers, or fewer, are refused, and so is an outside head beyond it."""
    for leaves, claimed, reason in (
        (LEAVES, head(LEAVES, SIZE - 1), LedgerReason.EntriesUncovered),
        (LEAVES[:-1], head(LEAVES), LedgerReason.LedgerCut),
        ([], head(LEAVES), LedgerReason.LedgerCut),
    ):
        with pytest.raises(Refused) as caught:
            judge(leaves, claimed)
        assert caught.value.reason is reason


def test_an_empty_ledger_has_the_empty_root() -> None:
    """No entries are judged too, and a head that gives them another root is refused."""
    found = verdict([], [])
    assert isinstance(found, Verdict)
    assert (found.entries, found.says) == (0, "unanchored")
    with pytest.raises(Refused) as caught:
        judge([], Checkpoint(ORIGIN, 0, bytes(32)))
    assert caught.value.reason is LedgerReason.RootDiffers


@given(st.integers(0, SIZE - 1), st.data())
def test_no_changed_byte_passes(place: int, data: st.DataObject) -> None:
    """Any byte of any entry changed in any way is refused under an outside head."""
    leaf = LEAVES[place]
    at, bits = data.draw(st.integers(0, len(leaf) - 1)), data.draw(st.integers(1, 255))
    changed = leaf[:at] + bytes([leaf[at] ^ bits]) + leaf[at + 1 :]
    attacked = [*LEAVES[:place], changed, *LEAVES[place + 1 :]]
    with pytest.raises(Refused):
        judge(attacked, head(LEAVES), outside=[head(LEAVES)])
