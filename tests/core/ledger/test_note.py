"""Signed notes: the published examples verify, and everything that is not quite a note is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ledger.note import (
    NOTE_BYTES_MAX,
    SIGNATURES_MAX,
    Note,
    Signature,
    SignatureType,
    Signer,
    Verifier,
    b64,
    cosign,
    format_note,
    format_skey,
    format_vkey,
    open_note,
    parse_note,
    parse_skey,
    parse_vkey,
    sign,
    signer_from,
)
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Defect, Malformed, Refused
from firstkey.values.secret import Secret

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors/ledger/notes.json").read_text())
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
TEXT = "site.example/ledger\n7\n"
LOG = signer_from("site.example/ledger", SignatureType.ED25519, Secret(b"l" * 32))
WITNESS = signer_from("witness.example/w1", SignatureType.COSIGNATURE, Secret(b"w" * 32))
STRANGER = signer_from("stranger.example", SignatureType.ED25519, Secret(b"s" * 32))
AT = 1_772_352_000_000
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n")).map(lambda text: text + "\n")


def signed(*signers: Signer) -> bytes:
    """Return TEXT as a note signed or cosigned by each."""
    return format_note(Note(TEXT, tuple(line_of(signer) for signer in signers)))


def line_of(signer: Signer) -> Signature:
    """Sign TEXT in the way of the key."""
    return sign(TEXT, signer) if signer.verifier.type is SignatureType.ED25519 else cosign(TEXT, signer, AT)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_published_notes_verify(vector: dict[str, Any]) -> None:
    """Notes and cosignatures that others made are opened, and written back byte for byte."""
    data, verifiers = vector["note"].encode(), [parse_vkey(text) for text in vector["verifiers"]]
    opened = open_note(data, verifiers)
    assert [opened.signed[verifier] for verifier in verifiers] == vector["signed_at"]
    assert format_note(parse_note(data)) == data
    for text in vector["signers"]:
        signer = parse_skey(Secret(text.encode()))
        assert signer.verifier in verifiers
        assert sign(opened.text, signer) in parse_note(data).signatures


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_published_notes_changed_in_one_letter_do_not_verify(vector: dict[str, Any]) -> None:
    """Any change of the text spoils the note."""
    verifiers = [parse_vkey(text) for text in vector["verifiers"]]
    text, lines = vector["note"].rsplit("\n\n", 1)
    for place in range(0, len(text), 7):
        changed = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1 :]
        with pytest.raises(Refused) as caught:
            open_note(f"{changed}\n\n{lines}".encode(), verifiers)
        assert caught.value.reason is LedgerReason.SignatureInvalid


def test_the_key_of_the_specification_is_read() -> None:
    """Name, id, type and material of the example key are the specification's, and it is written back the same."""
    verifier = parse_vkey(SPEC_VKEY)
    assert (verifier.name, verifier.type, verifier.key_id.hex()) == ("example.com/foo", 1, "530d903a")
    assert verifier.public_key.hex() == "e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4"
    assert format_vkey(verifier) == SPEC_VKEY


@given(NAMES, st.sampled_from(SignatureType), st.binary(min_size=32, max_size=32))
def test_keys_read_back_are_the_keys(name: str, kind: SignatureType, seed: bytes) -> None:
    """Both halves of a key survive being written as text, and the halves belong together."""
    signer = signer_from(name, kind, Secret(seed))
    assert parse_vkey(format_vkey(signer.verifier)) == signer.verifier
    again = parse_skey(format_skey(name, kind, Secret(seed)))
    assert again.verifier == signer.verifier
    assert again.sign(b"message") == signer.sign(b"message")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        SPEC_VKEY + "\n",
        " " + SPEC_VKEY,
        SPEC_VKEY.replace("530d903a", "530d903b"),
        SPEC_VKEY.replace("530d903a", "530D903A"),
        SPEC_VKEY.replace("foo", "fop"),
        SPEC_VKEY.replace("/foo", "/ foo"),
        SPEC_VKEY.replace("AekyeR", "BekyeR"),
        SPEC_VKEY.replace("AekyeR", "AukyeR"),
        SPEC_VKEY[:-1],
        SPEC_VKEY + "AAAA",
        "example.com/foo+530d903a+",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "a\0b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_what_is_no_key_is_malformed(text: str) -> None:
    """Another key's id, an odd type or length, a name with spaces, or anything around the key is refused."""
    with pytest.raises(Malformed) as caught:
        parse_vkey(text)
    assert caught.value.reason is LedgerReason.KeyMalformed


def test_a_key_of_an_unknown_type_is_malformed() -> None:
    """A type that is not implemented is refused when configured, not silently ignored."""
    material = b"\x06" + bytes(32)
    key_id = "00000000"
    with pytest.raises(Malformed):
        parse_vkey(f"example.com/foo+{key_id}+{b64(material)}")


@pytest.mark.parametrize(
    "change", [("PRIVATE+KEY+", ""), ("site", "sjte"), ("+AW", "+BG"), ("+AW", "+ AW"), ("+", "\xff")]
)
def test_a_spoiled_private_key_is_malformed_and_not_repeated(change: tuple[str, str]) -> None:
    """A private key that does not fit is refused by an error that does not show it."""
    whole = format_skey("site.example/ledger", SignatureType.ED25519, Secret(b"l" * 32)).reveal().decode()
    assert change[0] in whole
    assert parse_skey(Secret(whole.encode())).verifier == LOG.verifier
    with pytest.raises(Malformed) as caught:
        parse_skey(Secret(whole.replace(*change).encode("latin-1")))
    assert whole[-20:-5] not in repr(caught.value) + str(caught.value) + repr(caught.value.__cause__)


def test_a_note_has_the_specified_bytes() -> None:
    """Text, an empty line, and a line of em dash, name and base64 of key id and signature."""
    signature = LOG.sign(TEXT.encode())
    line = f"\u2014 site.example/ledger {b64(LOG.verifier.key_id + signature)}\n"
    assert signed(LOG) == f"{TEXT}\n{line}".encode()


def test_a_cosignature_has_the_specified_bytes() -> None:
    """The blob is key id, time in eight bytes, and a signature over header, time and the whole text."""
    blob = cosign(TEXT, WITNESS, AT + 999).blob
    assert blob[:12] == WITNESS.verifier.key_id + (AT // 1000).to_bytes(8, "big")
    assert blob[12:] == WITNESS.sign(b"cosignature/v1\ntime 1772352000\n" + TEXT.encode())


@given(TEXTS, st.lists(st.builds(Signature, NAMES, st.binary(min_size=5)), min_size=1))
def test_a_note_read_back_is_the_note(text: str, signatures: list[Signature]) -> None:
    """parse_note undoes format_note, empty lines in the text included."""
    note = Note(text, tuple(signatures[:SIGNATURES_MAX]))
    assert parse_note(format_note(note)) == note


@given(st.binary(max_size=60) | st.text(alphabet="a\n \u2014+=").map(str.encode))
def test_bytes_are_refused_or_are_their_own_encoding(data: bytes) -> None:
    """Whatever is read writes itself again, and nothing but Malformed comes out."""
    try:
        note = parse_note(data)
    except Malformed:
        return
    assert format_note(note) == data


GOOD = signed(LOG)
BASE64 = GOOD.decode().split(" ")[-1].strip()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\n\n",
        GOOD[:-1],
        GOOD + b"\n",
        GOOD + b"x\n",
        b" ".join((GOOD[:-1], b"\n")),
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"7", b"\t"),
        GOOD.replace(b"7", b"\0"),
        GOOD.replace(b"7", b"\xff"),
        GOOD.replace(b"\n\n", b"\n"),
        GOOD.replace("\u2014".encode(), b"-"),
        GOOD.replace("\u2014 ".encode(), "\u2014".encode()),
        GOOD.replace("\u2014 ".encode(), "\u2014  ".encode()),
        GOOD.replace("\u2014 site".encode(), "\u2014 si+te".encode()),
        GOOD.replace("\u2014 site".encode(), "\u2014 si\u00a0te".encode()),
        GOOD.replace("\u2014 site".encode(), "\u2014 si\u2028te".encode()),
        GOOD.replace(BASE64.encode(), BASE64[:-4].encode() + b"AAB="),
        GOOD.replace(BASE64.encode(), BASE64.replace("=", "").encode()),
        GOOD.replace(BASE64.encode(), b"AAAAAA=="),
        GOOD.replace(BASE64.encode(), b""),
        GOOD.replace(BASE64.encode(), b"AA!AAAAA"),
        TEXT.encode(),
        TEXT.encode() + b"\n",
    ],
)
def test_what_is_no_note_is_malformed(data: bytes) -> None:
    """Missing newlines, control characters, broken text, odd lines and loose base64 are refused."""
    assert parse_note(GOOD).text == TEXT
    assert data != GOOD
    with pytest.raises(Malformed) as caught:
        parse_note(data)
    assert caught.value.reason is LedgerReason.NoteMalformed


@pytest.mark.parametrize("text", ["", "no newline", "control\0\n", "lone \ud800\n", "tab\t\n"])
def test_what_cannot_stand_in_a_note_is_not_written(text: str) -> None:
    """A text or a name that would be read otherwise is refused when written."""
    line = Signature("name", b"12345")
    with pytest.raises(Malformed):
        format_note(Note(text, (line,)))
    for name in ("two words", "a+b", "", "x\ny"):
        with pytest.raises(Malformed):
            format_note(Note(TEXT, (Signature(name, b"12345"),)))
    assert parse_note(format_note(Note(TEXT, (line,)))).signatures == (line,)


def test_unknown_keys_are_ignored() -> None:
    """Lines of unknown keys change nothing, even if name or id (not both) is that of a known key."""
    alike = Signature(LOG.verifier.name, b"\0\1\2\3" + b"x" * 64)
    also = Signature("other.example", LOG.verifier.key_id + b"x" * 64)
    note = Note(TEXT, (alike, line_of(STRANGER), also, line_of(LOG)))
    assert open_note(format_note(note), [LOG.verifier]).signed == {LOG.verifier: None}


def test_a_note_signed_by_nobody_known_is_refused() -> None:
    """Without a known signature a note is none; so it is when nobody is trusted."""
    for verifiers in ([WITNESS.verifier], []):
        with pytest.raises(Refused) as caught:
            open_note(signed(LOG, STRANGER), verifiers)
        assert caught.value.reason is LedgerReason.NoteUnsigned


@pytest.mark.parametrize("signer", [LOG, WITNESS], ids=["log", "witness"])
@pytest.mark.parametrize("place", [0, 7, 8, 40, 63])
def test_a_known_key_that_fails_spoils_the_whole_note(signer: Signer, place: int) -> None:
    """One spoiled bit in a known key's line refuses the note, whoever else signed it."""
    line = line_of(signer)
    spoiled = Signature(line.name, bytes(byte ^ (number == 4 + place) for number, byte in enumerate(line.blob)))
    known = [LOG.verifier, WITNESS.verifier]
    assert set(open_note(signed(LOG, WITNESS), known).signed) == set(known)
    for lines in ((line_of(LOG), spoiled), (spoiled, line_of(WITNESS)), (line, spoiled)):
        with pytest.raises(Refused) as caught:
            open_note(format_note(Note(TEXT, lines)), known)
        assert caught.value.reason is LedgerReason.SignatureInvalid


@pytest.mark.parametrize("blob", [b"x", b"x" * 8, b"x" * 63, b"x" * 72, b"x" * 5000])
def test_a_known_key_with_a_blob_of_any_length_is_refused(blob: bytes) -> None:
    """Truncated and oversized signatures of known keys are refusals, not errors."""
    for key in (LOG.verifier, WITNESS.verifier):
        note = format_note(Note(TEXT, (line_of(STRANGER), Signature(key.name, key.key_id + blob))))
        with pytest.raises(Refused) as caught:
            open_note(note, [key, STRANGER.verifier])
        assert caught.value.reason is LedgerReason.SignatureInvalid


def test_a_public_key_that_is_no_point_is_refused() -> None:
    """A configured key that is not on the curve verifies nothing and breaks nothing."""
    key = Verifier("odd.example", SignatureType.ED25519, b"\xff" * 32)
    note = format_note(Note(TEXT, (Signature(key.name, key.key_id + b"x" * 64),)))
    with pytest.raises(Refused) as caught:
        open_note(note, [key])
    assert caught.value.reason is LedgerReason.SignatureInvalid


def test_a_cosignature_says_when() -> None:
    """The instant of a cosignature comes back, and cannot be moved."""
    assert open_note(signed(LOG, WITNESS), [LOG.verifier, WITNESS.verifier]).signed[WITNESS.verifier] == AT
    later = cosign(TEXT, WITNESS, AT + 1000)
    moved = Signature(later.name, later.blob[:12] + cosign(TEXT, WITNESS, AT).blob[12:])
    with pytest.raises(Refused):
        open_note(format_note(Note(TEXT, (moved,))), [WITNESS.verifier])


def test_a_signature_of_one_kind_is_none_of_the_other() -> None:
    """The same key material under the other type has another id, and each kind of key signs only its own way."""
    twin = signer_from(WITNESS.verifier.name, SignatureType.ED25519, Secret(b"w" * 32))
    assert twin.verifier.public_key == WITNESS.verifier.public_key
    assert twin.verifier.key_id != WITNESS.verifier.key_id
    relabelled = Signature(twin.verifier.name, twin.verifier.key_id + line_of(WITNESS).blob[12:])
    with pytest.raises(Refused):
        open_note(format_note(Note(TEXT, (relabelled,))), [twin.verifier])
    with pytest.raises(Defect):
        sign(TEXT, WITNESS)
    with pytest.raises(Defect):
        cosign(TEXT, LOG, AT)


def test_sixteen_signatures_are_accepted_and_endless_ones_are_not() -> None:
    """A note may carry SIGNATURES_MAX lines and NOTE_BYTES_MAX bytes, and no more."""
    assert SIGNATURES_MAX >= 16
    lines = (line_of(LOG), *(Signature(f"w{number}", b"x" * 5000) for number in range(SIGNATURES_MAX - 1)))
    assert len(parse_note(format_note(Note(TEXT, lines))).signatures) == SIGNATURES_MAX
    with pytest.raises(Malformed):
        format_note(Note(TEXT, (*lines, line_of(STRANGER))))
    padding = "x" * (NOTE_BYTES_MAX - len(GOOD))
    assert parse_note((padding + GOOD.decode()).encode()).text == padding + TEXT
    with pytest.raises(Malformed):
        parse_note(("x" + padding + GOOD.decode()).encode())
