"""The entry has one byte form, keeps passes under enrollment, and chains each stream's facts by MACs."""

import hashlib
import hmac
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.entry import (
    Activity,
    Entry,
    Head,
    fact_mac,
    follow,
    leaf_bytes,
    read_entry,
    verify_chain,
)
from firstkey.ledger.refusals import LedgerReason
from firstkey.ledger.tiles import ENTRY_BYTES_MAX
from firstkey.values import canonical
from firstkey.values.errors import Defect, Malformed, Refused
from firstkey.values.secret import Secret
from tests.core.ledger import sample

ENTRY = Entry(
    index=3,
    activity=Activity.ENROLLMENT,
    at=1_772_352_000_000,
    stream="case:7",
    number=2,
    kind="PassIssued",
    body={"tries": 3},
    mac="ab" * 32,
)
COUNTS = st.integers(0, canonical.INTEGER_MAX)
KINDS = st.from_regex(r"(?!Pass|NativePass)[A-Z][A-Za-z0-9]{0,63}", fullmatch=True)
BODIES = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.none() | COUNTS | st.text("aé\n"))
ENTRIES = st.builds(
    Entry,
    index=COUNTS,
    activity=st.sampled_from(Activity),
    at=COUNTS,
    stream=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=200),
    number=st.integers(1, canonical.INTEGER_MAX),
    kind=KINDS,
    body=BODIES,
    mac=st.binary(min_size=32, max_size=32).map(bytes.hex),
    doubtful=st.booleans(),
)


def test_a_doubtful_time_is_marked_and_no_other() -> None:
    """The mark stands in the bytes only when it is true; an entry that denies it is another form, and refused."""
    marked = msgspec.structs.replace(ENTRY, doubtful=True)
    assert leaf_bytes(marked) == leaf_bytes(ENTRY).replace(b'"index"', b'"doubtful":true,"index"')
    assert read_entry(leaf_bytes(marked)).doubtful
    with pytest.raises(Malformed) as caught:
        read_entry(leaf_bytes(ENTRY).replace(b'"index"', b'"doubtful":false,"index"'))
    assert caught.value.reason is LedgerReason.EntryMalformed


def test_the_bytes_of_an_entry_are_pinned() -> None:
    """A leaf is canonical JSON with exactly these fields; another form would be another ledger."""
    assert leaf_bytes(ENTRY) == (
        b'{"activity":"enrollment","at":1772352000000,"body":{"tries":3},"index":3,"kind":"PassIssued",'
        b'"mac":"' + b"ab" * 32 + b'","number":2,"stream":"case:7","v":1}'
    )


@given(ENTRIES)
def test_an_entry_read_back_is_the_entry(entry: Entry) -> None:
    """read_entry undoes leaf_bytes, and leaf_bytes undoes read_entry."""
    data = leaf_bytes(entry)
    assert read_entry(data) == entry
    assert leaf_bytes(read_entry(data)) == data


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("v", True),
        ("index", -1),
        ("index", "3"),
        ("index", True),
        ("activity", "Enrollment"),
        ("activity", ""),
        ("at", -1),
        ("at", None),
        ("stream", ""),
        ("stream", "case 7"),
        ("stream", "case:7\n"),
        ("stream", "c\u202eese:7"),
        ("stream", "x" * 201),
        ("number", 0),
        ("kind", ""),
        ("kind", "passIssued"),
        ("kind", "PassIssued\n"),
        ("kind", "Pass Issued"),
        ("kind", "P" * 65),
        ("mac", "AB" * 32),
        ("mac", "ab" * 31),
        ("mac", "ab" * 32 + "\n"),
        ("surplus", 1),
    ],
)
def test_a_field_out_of_its_bounds_is_refused(field: str, value: Any) -> None:
    """Each field has its bounds, also against a decoder's forgiveness, and there are no further fields."""
    fields = canonical.decode(leaf_bytes(ENTRY))
    assert read_entry(canonical.encode(fields)) == ENTRY
    with pytest.raises(Malformed):
        read_entry(canonical.encode(fields | {field: value}))
    if field != "surplus":
        with pytest.raises(Malformed):
            leaf_bytes(msgspec.structs.replace(ENTRY, **{field: value}))


@pytest.mark.parametrize("field", [name for name in Entry.__struct_fields__ if name != "doubtful"])
def test_a_missing_field_is_refused(field: str) -> None:
    """No field has a default when read, the version included."""
    fields = canonical.decode(leaf_bytes(ENTRY))
    del fields[field]
    with pytest.raises(Malformed):
        read_entry(canonical.encode(fields))


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"3", b'{"v":1}', b"\xff", b"{" * 9])
def test_bytes_that_are_no_entry_are_malformed(data: bytes) -> None:
    """Whatever else is handed in, Malformed comes out."""
    with pytest.raises(Malformed):
        read_entry(data)


def test_another_form_of_the_same_entry_is_refused() -> None:
    """White space, another key order or an escape would be a second leaf for one fact."""
    data = leaf_bytes(ENTRY)
    for other in (data + b"\n", data.replace(b":", b": ", 1), data.replace(b"case", b"c\\u0061se")):
        with pytest.raises(Malformed):
            read_entry(other)


@pytest.mark.parametrize("kind", ["PassIssued", "PassRedeemed", "Pass", "NativePassMinted"])
def test_a_pass_stands_under_enrollment_alone(kind: str) -> None:
    """Facts of a pass are written and read as enrollment; as sign-in, administration or system they are refused."""
    entry = msgspec.structs.replace(ENTRY, kind=kind)
    assert read_entry(leaf_bytes(entry)) == entry
    for activity in set(Activity) - {Activity.ENROLLMENT}:
        mislabelled = msgspec.structs.replace(entry, activity=activity)
        fields = canonical.decode(leaf_bytes(entry)) | {"activity": activity}
        with pytest.raises(Malformed) as written:
            leaf_bytes(mislabelled)
        with pytest.raises(Malformed) as read:
            read_entry(canonical.encode(fields))
        assert written.value.reason is read.value.reason is LedgerReason.PassOutsideEnrollment


def test_an_entry_fits_a_bundle() -> None:
    """An entry of 65,535 bytes is written and read, one of 65,536 is neither."""
    room = ENTRY_BYTES_MAX - len(leaf_bytes(msgspec.structs.replace(ENTRY, body="")))
    longest = leaf_bytes(msgspec.structs.replace(ENTRY, body="x" * room))
    assert len(longest) == ENTRY_BYTES_MAX
    assert read_entry(longest).body == "x" * room
    with pytest.raises(Malformed):
        leaf_bytes(msgspec.structs.replace(ENTRY, body="x" * (room + 1)))
    with pytest.raises(Malformed):
        read_entry(longest.replace(b'"xx', b'"xxx'))


@pytest.mark.parametrize("body", [1.5, b"x", {"A": 1}, Secret(b"x"), {"code": Secret(b"x")}])
def test_a_body_is_canonical_json_or_refused(body: Any) -> None:
    """What has no canonical form, a secret above all, cannot be written."""
    with pytest.raises(Malformed):
        leaf_bytes(msgspec.structs.replace(ENTRY, body=body))


FACT: dict[str, Any] = {"stream": "case:7", "number": 2, "kind": "PassIssued", "body_bytes": b'{"tries":3}', "at": 9}


def test_a_mac_is_hmac_over_length_prefixed_fields() -> None:
    """The message is the label and each field behind its length in eight bytes, computed here by hand."""
    message = b"".join(
        len(field).to_bytes(8, "big") + field
        for field in (b"firstkey fact mac v1", b"m" * 32, b"case:7", b"2", b"PassIssued", b'{"tries":3}', b"9")
    )
    expected = hmac.new(sample.MAC_KEY.reveal(), message, hashlib.sha256).digest()
    assert fact_mac(sample.MAC_KEY, b"m" * 32, **FACT) == expected


@pytest.mark.parametrize(
    "other",
    [
        {"stream": "case:8"},
        {"number": 3},
        {"kind": "PassIssue", "body_bytes": b'd{"tries":3}'},
        {"stream": "case:", "number": 72},
        {"body_bytes": b'{"tries":4}'},
        {"at": 10},
        {"kind": "PassIssued2", "number": 2},
    ],
)
def test_no_two_facts_share_a_mac(other: dict[str, Any]) -> None:
    """Each field counts, and no byte can move from one field to its neighbour."""
    mac = fact_mac(sample.MAC_KEY, b"", **FACT)
    assert mac != fact_mac(sample.MAC_KEY, b"", **(FACT | other))
    assert mac != fact_mac(sample.MAC_KEY, mac, **FACT)
    assert mac != fact_mac(sample.FOREIGN_KEY, b"", **FACT)


def test_a_short_key_is_a_defect() -> None:
    """An empty or short MAC key would let anybody forge, so it is none."""
    assert len(fact_mac(Secret(bytes(32)), b"", **FACT)) == 32
    for key in (Secret(b""), Secret(bytes(31))):
        with pytest.raises(Defect):
            fact_mac(key, b"", **FACT)


def entries() -> list[Entry]:
    """Return the entries of the sample ledger."""
    return [read_entry(leaf) for leaf in sample.write()]


def test_a_sound_chain_tells_where_each_stream_stands() -> None:
    """Streams may be mixed; the answer is each stream's last number and MAC, to hold against a cut."""
    heads = verify_chain(sample.MAC_KEY, entries())
    assert {stream: head.number for stream, head in heads.items()} == {"site:1": 3, "case:7": 4, "case:8": 2}
    assert heads["case:7"].mac.hex() == entries()[7].mac
    assert verify_chain(sample.MAC_KEY, entries()[:-1])["site:1"].number == 2


@pytest.mark.parametrize("place", range(len(sample.PLOT)))
@pytest.mark.parametrize(
    "change",
    [
        {"body": {"tries": 9}},
        {"kind": "CaseRevised"},
        {"at": 1},
        {"mac": "00" * 32},
        {"stream": "case:9"},
        {"number": 7},
    ],
)
def test_a_changed_fact_is_named(place: int, change: dict[str, Any]) -> None:
    """The first fact that does not fit is named by stream and number."""
    chain = entries()
    chain[place] = changed = msgspec.structs.replace(chain[place], **change)
    with pytest.raises(Refused) as caught:
        verify_chain(sample.MAC_KEY, chain)
    assert caught.value.reason is LedgerReason.ChainBroken
    if "stream" not in change:  # a fact moved to another stream may show first as a gap in its own
        assert f"stream {changed.stream}, number {changed.number}:" in caught.value.detail


@pytest.mark.parametrize("place", range(len(sample.PLOT)))
def test_a_fact_missing_or_doubled_is_found_at_the_next(place: int) -> None:
    """A gap shows at the fact behind it, a copy at itself; only the end of a stream can go unseen by the chain."""
    chain = entries()
    missing, doubled = chain[:place] + chain[place + 1 :], chain[: place + 1] + chain[place:]
    with pytest.raises(Refused):
        verify_chain(sample.MAC_KEY, doubled)
    if any(entry.stream == chain[place].stream for entry in chain[place + 1 :]):
        with pytest.raises(Refused):
            verify_chain(sample.MAC_KEY, missing)
    else:
        assert verify_chain(sample.MAC_KEY, missing) != verify_chain(sample.MAC_KEY, chain)


def test_another_key_fits_nothing() -> None:
    """Under a foreign key the first fact fails already."""
    with pytest.raises(Refused, match="number 1:"):
        verify_chain(sample.FOREIGN_KEY, entries())


def test_without_a_key_only_the_order_is_checked() -> None:
    """follow() without a key takes any MAC but no gap."""
    first = entries()[0]
    planted = msgspec.structs.replace(first, mac="00" * 32)
    assert follow(None, Head(), planted) == Head(1, bytes(32))
    assert follow(sample.MAC_KEY, Head(), first) == Head(1, bytes.fromhex(first.mac))
    with pytest.raises(Refused):
        follow(None, Head(1, bytes(32)), first)
