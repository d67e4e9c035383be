"""Checkpoints: one text for one head, signed by its log and never against what was signed before."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from firstkey.ledger.note import (
    Note,
    SignatureType,
    Signer,
    cosign,
    format_note,
    parse_note,
    parse_vkey,
    sign,
    signer_from,
)
from firstkey.ledger.proofs import consistency_proof
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.canonical import INTEGER_MAX
from firstkey.values.errors import Defect, Malformed, Refused
from firstkey.values.secret import Secret
from tests.core.ledger.rfc6962 import complete, mth

ORIGIN = "site.example/ledger"
LOG = signer_from(ORIGIN, SignatureType.ED25519, Secret(b"l" * 32))
WITNESSES = [
    signer_from(f"w{number}.example", SignatureType.COSIGNATURE, Secret(b"%d" % number * 32)) for number in range(3)
]
AT = 1_772_352_000_000
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
PUBLISHED = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1)
CHECKPOINTS = st.builds(
    Checkpoint,
    LINES,
    st.integers(0, INTEGER_MAX),
    st.binary(min_size=32, max_size=32),
    st.lists(LINES, max_size=3).map(tuple),
)


def head(size: int) -> Checkpoint:
    """Return the true head at a size."""
    return Checkpoint(ORIGIN, size, mth(0, size))


def cosigned(checkpoint: Checkpoint, *witnesses: Signer) -> bytes:
    """Return the log's note with further cosignatures."""
    note = parse_note(sign_checkpoint(checkpoint, LOG, None, ()))
    return format_note(Note(note.text, (*note.signatures, *(cosign(note.text, witness, AT) for witness in witnesses))))


def test_the_text_of_the_specification_is_read() -> None:
    """Origin, size and root of the specification's example come out, and it is written back the same."""
    checkpoint = parse_checkpoint(PUBLISHED)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert format_checkpoint(checkpoint) == PUBLISHED


@given(CHECKPOINTS)
def test_a_checkpoint_read_back_is_the_checkpoint(checkpoint: Checkpoint) -> None:
    """parse_checkpoint undoes format_checkpoint, extension lines included."""
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        PUBLISHED[:-1],
        PUBLISHED + "\n",
        PUBLISHED + "extension",
        PUBLISHED + "one\n\ntwo\n",
        "\n" + PUBLISHED,
        PUBLISHED.replace("example.com/behind-the-sofa", ""),
        PUBLISHED.replace("20852163", "020852163"),
        PUBLISHED.replace("20852163", "00"),
        PUBLISHED.replace("20852163", ""),
        PUBLISHED.replace("20852163", "-1"),
        PUBLISHED.replace("20852163", "+1"),
        PUBLISHED.replace("20852163", "1e3"),
        PUBLISHED.replace("20852163", " 20852163"),
        PUBLISHED.replace("20852163", "\N{ARABIC-INDIC DIGIT ONE}"),
        PUBLISHED.replace("20852163", str(INTEGER_MAX + 1)),
        PUBLISHED.replace("20852163", "9" * 5000),
        PUBLISHED.replace(ROOT, ROOT[:-1]),
        PUBLISHED.replace(ROOT, ROOT[:-2] + "J="),
        PUBLISHED.replace(ROOT, ROOT + " "),
        PUBLISHED.replace(ROOT, "AAAA"),
        PUBLISHED.replace(ROOT, ROOT.replace("/", "_")),
        PUBLISHED.replace(ROOT, ""),
    ],
)
def test_what_is_no_checkpoint_is_malformed(text: str) -> None:
    """Missing or empty lines, sizes in another form, and roots of another length or form are refused."""
    assert text != PUBLISHED
    with pytest.raises(Malformed) as caught:
        parse_checkpoint(text)
    assert caught.value.reason is LedgerReason.CheckpointMalformed


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint("", 1, bytes(32)),
        Checkpoint("a\nb", 1, bytes(32)),
        Checkpoint("a", -1, bytes(32)),
        Checkpoint("a", INTEGER_MAX + 1, bytes(32)),
        Checkpoint("a", 1, bytes(31)),
        Checkpoint("a", 1, bytes(32), ("",)),
        Checkpoint("a", 1, bytes(32), ("b\nc",)),
    ],
)
def test_what_cannot_stand_in_a_checkpoint_is_not_written(checkpoint: Checkpoint) -> None:
    """A value that would be read otherwise is refused when written."""
    with pytest.raises(Malformed):
        format_checkpoint(checkpoint)


def test_a_signed_checkpoint_opens_under_its_key() -> None:
    """What the log signed is read back by whoever has its public key."""
    assert open_checkpoint(sign_checkpoint(head(7), LOG, None, ()), [LOG.verifier]) == head(7)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (1, 5), (4, 5), (5, 5), (5, 8), (8, 64)])
def test_a_log_signs_what_continues_its_last_head(old: int, new: int) -> None:
    """With the consistency proof between them the next head is signed, the same one again included."""
    data = sign_checkpoint(head(new), LOG, head(old), consistency_proof(complete, old, new))
    assert open_checkpoint(data, [LOG.verifier]) == head(new)


@pytest.mark.parametrize("size", [1, 5, 8])
def test_a_log_signs_no_fork(size: int) -> None:
    """A head that does not continue the last one is refused: same size and other root, smaller, or unproven."""
    proof = consistency_proof(complete, size, 9)
    assert sign_checkpoint(head(9), LOG, head(size), proof)
    for forked, shown in (
        (Checkpoint(ORIGIN, size, mth(1, size + 1)), ()),
        (head(size - 1), ()),
        (Checkpoint(ORIGIN, 9, mth(1, 10)), proof),
        (head(9), ()),
        (head(10), proof),
    ):
        with pytest.raises(Refused) as caught:
            sign_checkpoint(forked, LOG, head(size), shown)
        assert caught.value.reason is LedgerReason.TreesInconsistent


def test_a_log_signs_its_own_heads_only() -> None:
    """A key signs under the origin that bears its name, after a head of that origin, and never as a cosigner."""
    elsewhere = Checkpoint("other.example", 7, mth(0, 7))
    with pytest.raises(Refused) as caught:
        sign_checkpoint(elsewhere, LOG, None, ())
    assert caught.value.reason is LedgerReason.CheckpointUnsigned
    with pytest.raises(Refused) as caught:
        sign_checkpoint(head(7), LOG, elsewhere, ())
    assert caught.value.reason is LedgerReason.OriginsDiffer
    with pytest.raises(Defect):
        sign_checkpoint(head(7), signer_from(ORIGIN, SignatureType.COSIGNATURE, Secret(b"l" * 32)), None, ())


def test_a_witness_does_not_stand_in_for_the_log() -> None:
    """A head that only a trusted witness, or another trusted log, signed is refused."""
    trusted = [LOG.verifier, *(witness.verifier for witness in WITNESSES)]
    text = format_checkpoint(head(7))
    other = signer_from("other.example", SignatureType.ED25519, Secret(b"o" * 32))
    for lines, keys in (
        ((cosign(text, WITNESSES[0], AT),), trusted),
        ((sign(text, other),), [*trusted, other.verifier]),
    ):
        with pytest.raises(Refused) as caught:
            open_checkpoint(format_note(Note(text, lines)), keys)
        assert caught.value.reason is LedgerReason.CheckpointUnsigned
    assert open_checkpoint(cosigned(head(7), *WITNESSES), trusted) == head(7)


@pytest.mark.parametrize("count", range(4))
def test_as_many_witnesses_as_asked_for_must_have_cosigned(count: int) -> None:
    """A head cosigned by fewer is refused, by as many or more accepted."""
    trusted = [LOG.verifier, *(witness.verifier for witness in WITNESSES)]
    data = cosigned(head(7), *WITNESSES[:count])
    for asked in range(5):
        if asked <= count:
            assert open_checkpoint(data, trusted, asked) == head(7)
        else:
            with pytest.raises(Refused) as caught:
                open_checkpoint(data, trusted, asked)
            assert caught.value.reason is LedgerReason.CosignaturesMissing


def test_a_witness_counts_once_and_the_log_never() -> None:
    """One key under two names, one key twice, the log's own key and unknown witnesses do not make up a number."""
    alias = signer_from("alias.example", SignatureType.COSIGNATURE, Secret(b"0" * 32))
    own = signer_from("self.example", SignatureType.COSIGNATURE, Secret(b"l" * 32))
    trusted = [LOG.verifier, WITNESSES[0].verifier, alias.verifier, own.verifier]
    data = cosigned(head(7), WITNESSES[0], WITNESSES[0], alias, own, WITNESSES[1])
    assert open_checkpoint(data, trusted, 1) == head(7)
    with pytest.raises(Refused):
        open_checkpoint(data, trusted, 2)


def test_a_published_checkpoint_with_four_cosignatures_opens() -> None:
    """A real log's checkpoint, cosigned by four public witnesses, opens and counts four."""
    vectors = json.loads((Path(__file__).parents[2] / "vectors/ledger/notes.json").read_text())
    vector = next(vector for vector in vectors if vector["name"] == "cosigned-checkpoint")
    keys = [parse_vkey(text) for text in vector["verifiers"]]
    assert open_checkpoint(vector["note"].encode(), keys, 4).size == 1_432_088_532
    with pytest.raises(Refused):
        open_checkpoint(vector["note"].encode(), keys, 5)
    with pytest.raises(Refused):
        open_checkpoint(vector["note"].encode(), keys[1:], 4)


def test_a_note_that_is_no_checkpoint_is_malformed() -> None:
    """A properly signed text that is no checkpoint is refused as such."""
    text = f"{ORIGIN}\nseven\n"
    with pytest.raises(Malformed) as caught:
        open_checkpoint(format_note(Note(text, (sign(text, LOG),))), [LOG.verifier])
    assert caught.value.reason is LedgerReason.CheckpointMalformed
