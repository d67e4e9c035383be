"""Authenticator data: every byte belongs to something, and another implementation reads the same."""

import pytest
from fido2.webauthn import AuthenticatorData as Foreign
from hypothesis import given
from hypothesis import strategies as st

from firstkey.ceremonies.authenticator_data import Flag, read_authenticator_data
from firstkey.ceremonies.reasons import CeremonyReason as Reason
from firstkey.values.errors import Malformed
from tests.core.ceremonies.software_key import AAGUID, AT, CREDENTIAL_ID, ED, Registration, encode, make_key

COSE = encode(make_key(-7).cose)
ATTESTED = AAGUID.bytes + len(CREDENTIAL_ID).to_bytes(2, "big") + CREDENTIAL_ID + COSE
EXTENSIONS = encode({"credProtect": 2})
SOUND = Registration(extensions=EXTENSIONS).authenticator_data(ATTESTED)


def test_everything_is_read() -> None:
    """Flags, counter and credential come out, the key as the bytes that came."""
    data = read_authenticator_data(SOUND)
    assert (data.raw, data.sign_count) == (SOUND, 7)
    assert data.flags == Flag.UP | Flag.UV | Flag.AT | Flag.ED
    assert (data.credential.aaguid, data.credential.credential_id, data.credential.public_key) == (
        AAGUID,
        CREDENTIAL_ID,
        COSE,
    )


def test_without_a_credential_there_is_none() -> None:
    """The shortest data, an assertion's, is read whole and has no credential to give."""
    data = read_authenticator_data(bytes(32) + b"\x05\x01\x02\x03\x04")
    assert (data.attested, data.sign_count) == (None, 0x01020304)
    with pytest.raises(Malformed) as refused:
        _ = data.credential
    assert refused.value.reason is Reason.AuthenticatorDataMalformed


@pytest.mark.parametrize(("bit", "flag"), [(0, Flag.UP), (2, Flag.UV), (3, Flag.BE), (4, Flag.BS)])
def test_a_flag_is_one_bit(bit: int, flag: Flag) -> None:
    """Each flag is told by its own bit, whatever the others say."""
    assert read_authenticator_data(bytes(32) + bytes([1 << bit]) + bytes(4)).flags == flag
    others = 0x3F & ~(1 << bit)
    assert flag not in read_authenticator_data(bytes(32) + bytes([others]) + bytes(4)).flags


def test_extensions_may_come_alone() -> None:
    """Extension outputs follow the header directly where there is no credential."""
    assert read_authenticator_data(bytes(32) + b"\x81" + bytes(4) + EXTENSIONS).attested is None


@pytest.mark.parametrize("length", range(len(SOUND)))
def test_every_truncation_is_malformed(length: int) -> None:
    """No shorter beginning of sound data is sound."""
    with pytest.raises(Malformed):
        read_authenticator_data(SOUND[:length])


@pytest.mark.parametrize(
    "bent",
    [
        SOUND + b"\0",
        SOUND[:32] + bytes([SOUND[32] ^ ED]) + SOUND[33:],
        SOUND[:32] + bytes([SOUND[32] ^ AT]) + SOUND[33:],
        SOUND.replace(EXTENSIONS, b"\x80"),
        SOUND.replace(EXTENSIONS, b"\xa2" + EXTENSIONS[1:] * 2),
        SOUND.replace(len(CREDENTIAL_ID).to_bytes(2, "big") + CREDENTIAL_ID, b"\0\0"),
    ],
    ids=["more", "no ED", "no AT", "extensions no map", "an extension twice", "no credential id"],
)
def test_what_flags_and_bytes_disagree_on_is_malformed(bent: bytes) -> None:
    """Bytes that no flag announces, and announced ones of another form, are refused."""
    read_authenticator_data(SOUND)
    with pytest.raises(Malformed) as refused:
        read_authenticator_data(bent)
    assert refused.value.reason in {Reason.AuthenticatorDataMalformed, Reason.CborNotCanonical}


@given(st.binary(max_size=20), st.integers(32, 120), st.integers(0, 20))
def test_another_implementation_reads_the_same(put: bytes, start: int, skipped: int) -> None:
    """Whatever is accepted, the library accepts with the same meaning."""
    try:
        data = read_authenticator_data(SOUND[:start] + put + SOUND[start + skipped :])
    except Malformed:
        return
    foreign = Foreign(data.raw)
    assert (foreign.rp_id_hash, foreign.counter, int(foreign.flags)) == (data.rp_id_hash, data.sign_count, data.raw[32])
    if data.attested:
        assert foreign.credential_data is not None
        assert foreign.credential_data.credential_id == data.attested.credential_id
        assert foreign.credential_data.aaguid == data.attested.aaguid.bytes
