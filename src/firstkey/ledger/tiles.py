"""Tiles and entry bundles: the tree as files that never change (C2SP tlog-tiles v0.1.0).

A tile of level `l` and index `n` is up to 256 hashes, joined, each over 256**l leaves. A hash of level `l + 1` is the
root of a full tile of level `l`, so a writer goes through `tiles_for` in order and derives each level from the one
below. Nothing is ever pruned.
"""

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from firstkey.ledger.merkle import HashReader, root_of
from firstkey.ledger.refusals import LedgerReason
from firstkey.values.errors import Defect, Malformed

TILE_HEIGHT = 8
TILE_WIDTH = 2**TILE_HEIGHT
ENTRIES = -1  # the level of an entry bundle, beside the hash tiles' 0 to 63
ENTRY_BYTES_MAX = 2**16 - 1

TileReader = Callable[[int, int, int], Sequence[bytes]]  # gives hashes of a tile level from an index on: a count

_WIDTH = r"[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]"  # 1 to 255
_INDEX = r"(?:(?!x000)(?:x[0-9]{3}/){1,5})?[0-9]{3}"  # groups of three digits, all but the last behind an x
_PATH = re.compile(rf"tile/(entries|[1-5]?[0-9]|6[0-3])/({_INDEX})(?:\.p/({_WIDTH}))?")


class Tile(msgspec.Struct, frozen=True):
    """A tile or an entry bundle.

    Attributes:
        level: 0 to 63, or ENTRIES.
        index: position within the level.
        width: hashes or entries in it, 1 to 256; below 256 it is partial.
    """

    level: int
    index: int
    width: int = TILE_WIDTH


def tile_path(tile: Tile) -> str:
    """Return the path below a log's prefix, `tile/0/x001/x234/067.p/112`."""
    level = "entries" if tile.level == ENTRIES else tile.level
    *groups, last = f"{tile.index:,}".split(",")
    name = "/".join((*(f"x{group:>03}" for group in groups), f"{last:>03}"))
    return f"tile/{level}/{name}" + (f".p/{tile.width}" if tile.width < TILE_WIDTH else "")


def parse_tile_path(path: str) -> Tile:
    """Read a tile path, strictly: one path for one tile.

    Raises:
        Malformed: not a path, or a level, index or width that no tile has.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed(LedgerReason.TileMalformed, "the path")
    level, name, width = match.groups()
    index = int(re.sub("[x/]", "", name))
    return Tile(ENTRIES if level == "entries" else int(level), index, int(width or TILE_WIDTH))


def tiles_for(size: int, since: int = 0) -> Iterator[Tile]:
    """Name the hash tiles of a tree of `size` leaves, lowest level first, that one of `since` leaves did not have.

    The bundles to write are those of level 0, under the level ENTRIES.
    """
    level = 0
    while size:
        if size > since:
            full, partial = divmod(size, TILE_WIDTH)
            yield from (Tile(level, index) for index in range(since // TILE_WIDTH, full))
            if partial:
                yield Tile(level, full, partial)
        level, size, since = level + 1, size // TILE_WIDTH, since // TILE_WIDTH


def hash_reader(read: TileReader) -> HashReader:
    """Make the reader that proofs need from one of stored tile hashes.

    Args:
        read: called with a tile level, a start index and a count (1 to 128); gives that many hashes.
    """

    def hash_of(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        hashes = read(tile_level, index << height, 1 << height)
        if len(hashes) != 1 << height:
            raise Defect(f"hashes of tile level {tile_level} from {index << height} are not stored")
        return root_of(hashes)

    return hash_of


def format_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each behind its length as a big-endian uint16.

    Raises:
        Malformed: none, more than 256, or one that is longer than 65,535 bytes.
    """
    if not 1 <= len(entries) <= TILE_WIDTH or any(len(entry) > ENTRY_BYTES_MAX for entry in entries):
        raise Malformed(LedgerReason.TileMalformed, f"a bundle of {len(entries)} entries")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Read exactly `width` entries out of a bundle, to its last byte.

    Raises:
        Malformed: fewer, more, or bytes left over.
    """
    entries, start = list[bytes](), 0
    for _ in range(width):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        entries.append(data[start + 2 : end])
        start = end
    if start != len(data):  # past it if one was missing or short
        raise Malformed(LedgerReason.TileMalformed, f"not a bundle of {width} entries")
    return tuple(entries)
