"""Documents behind their MAC: what is remembered of them never stands for what is stored."""

import os

import pytest

from firstkey.ports.kinds import DocumentKind
from firstkey.storage.limits import DOCUMENTS_REMEMBERED_MAX
from firstkey.storage.seals import REMEMBERED, Seals
from firstkey.storage.signing import LocalFactMac
from firstkey.values.errors import Refused
from firstkey.values.secret import Secret


class CountedMac(LocalFactMac):
    """A key that counts how often it is used."""

    used = 0

    def mac(self, *fields: bytes, **named: object) -> bytes:
        """Return a MAC."""
        self.used += 1
        return super().mac(*fields, **named)  # type: ignore[arg-type]  # handed through as it came


@pytest.fixture
def macs() -> CountedMac:
    """A site's key."""
    return CountedMac(Secret(os.urandom(32)))


@pytest.mark.parametrize("kind", DocumentKind)
def test_other_bytes_are_never_opened(macs: CountedMac, kind: DocumentKind) -> None:
    """Neither a changed byte, nor another document's bytes, nor a cut one passes, before or after the true one."""
    seals = Seals(macs)
    stored, other = seals.seal(kind, "a", b"what it says"), seals.seal(kind, "b", b"what it says")
    for _ in range(2):
        for wrong in (stored[:-1] + b"?", other, stored[:-1], stored[32:], b""):
            with pytest.raises(Refused):
                seals.open(kind, "a", wrong)
        assert seals.open(kind, "a", stored) == b"what it says"


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_same_bytes_are_verified_once_where_they_are_read_often(macs: CountedMac, kind: DocumentKind) -> None:
    """The kinds that decisions read again and again are verified once; every other kind each time."""
    seals = Seals(macs)
    stored = seals.seal(kind, "a", b"what it says")
    before = macs.used
    for _ in range(3):
        seals.open(kind, "a", stored)
    assert macs.used - before == (1 if kind in REMEMBERED else 3)


def test_salts_are_never_kept_in_memory() -> None:
    """What is erased so that a commitment says nothing any more is not remembered beside the store."""
    assert DocumentKind.SALT not in REMEMBERED


def test_memory_is_bounded(macs: CountedMac) -> None:
    """Beyond the maximum what was remembered is let go, and is verified again."""
    seals = Seals(macs)
    stored = seals.seal(DocumentKind.PERSON, "a", b"record")
    seals.open(DocumentKind.PERSON, "a", stored)
    for number in range(DOCUMENTS_REMEMBERED_MAX):
        key = str(number)
        seals.open(DocumentKind.PERSON, key, seals.seal(DocumentKind.PERSON, key, b""))
    before = macs.used
    seals.open(DocumentKind.PERSON, "a", stored)
    assert macs.used == before + 1
