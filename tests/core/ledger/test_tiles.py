"""Tiles: the specification's examples, and a store that grows tile by tile and loses nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstkey.ledger.merkle import leaf_hash, root_of
from firstkey.ledger.proofs import consistency_proof, inclusion_proof
from firstkey.ledger.tiles import (
    ENTRIES,
    ENTRY_BYTES_MAX,
    TILE_WIDTH,
    Tile,
    format_bundle,
    hash_reader,
    parse_bundle,
    parse_tile_path,
    tile_path,
    tiles_for,
)
from firstkey.values.errors import Defect, Malformed
from tests.core.ledger import rfc6962

TILES = st.builds(Tile, st.integers(ENTRIES, 63), st.integers(0, 10**17), st.integers(1, TILE_WIDTH))


class TileStore:
    """Keeps hashes by tile level, as a store does, and grows by the tiles that each new size adds."""

    def __init__(self) -> None:
        self.size = 0
        self.levels: dict[int, list[bytes]] = {0: []}

    def grow(self, size: int) -> None:
        """Append leaves up to a size; derive each level from the full tiles below."""
        self.levels[0] += [leaf_hash(entry) for entry in rfc6962.LEAVES[self.size : size]]
        for tile in tiles_for(size, self.size):
            hashes = self.read(tile.level, tile.index * TILE_WIDTH, tile.width)
            assert len(hashes) == tile.width
            if tile.width == TILE_WIDTH:
                above = self.levels.setdefault(tile.level + 1, [])
                assert len(above) == tile.index
                above.append(root_of(hashes))
        self.size = size

    def read(self, level: int, start: int, count: int) -> list[bytes]:
        """Return stored hashes, fewer where they end."""
        return self.levels.get(level, [])[start : start + count]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999, 1), "tile/0/999.p/1"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(63, 12_345_678_901, 255), "tile/63/x012/x345/x678/901.p/255"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(ENTRIES, 5), "tile/entries/005"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    """Indexes stand in groups of three digits, all but the last behind an x; a partial tile names its width."""
    assert tile_path(tile) == path
    assert parse_tile_path(path) == tile


@given(TILES)
def test_a_path_read_back_is_the_tile(tile: Tile) -> None:
    """parse_tile_path undoes tile_path."""
    assert parse_tile_path(tile_path(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/entry/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/x001/x002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/../000",
        "tile/0/000\n",
        "tile/0/\N{ARABIC-INDIC DIGIT ONE}00",
        "tile/0/" + "x001/" * 6 + "000",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    """A path with another form, a level above 63 or a width that no partial tile has is refused."""
    with pytest.raises(Malformed):
        parse_tile_path(path)


def test_a_tree_of_70_000_has_the_tiles_of_the_specification() -> None:
    """273 full and one partial tile of 112 at level 0; one full and a partial of 17 above; a partial of 1 on top."""
    tiles = list(tiles_for(70_000))
    full = [tile for tile in tiles if tile.width == TILE_WIDTH]
    assert full == [*(Tile(0, index) for index in range(273)), Tile(1, 0)]
    assert [tile for tile in tiles if tile not in full] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]


def test_a_tree_of_256_has_a_full_tile_and_one_above() -> None:
    """A tree that just fills a tile has a partial one of width 1 above it, and no empty ones."""
    assert list(tiles_for(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_for(1)) == [Tile(0, 0, 1)]
    assert list(tiles_for(0)) == []


@given(st.lists(st.integers(0, 200_000), min_size=2, max_size=2))
def test_growing_names_what_is_new(sizes: list[int]) -> None:
    """Between two sizes exactly those tiles are named that the larger tree has and the smaller had not."""
    since, size = sorted(sizes)
    had = set(tiles_for(since))
    assert list(tiles_for(size, since)) == [tile for tile in tiles_for(size) if tile not in had]


@settings(max_examples=25)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=6), st.data())
def test_proofs_come_out_of_stored_tiles(steps: list[int], data: st.DataObject) -> None:
    """A store that grew in any steps gives the proofs of the whole tree."""
    store = TileStore()
    for step in steps:
        store.grow(min(store.size + step, len(rfc6962.LEAVES)))
    index, old_size = data.draw(st.integers(0, store.size - 1)), data.draw(st.integers(1, store.size))
    hash_of = hash_reader(store.read)
    assert list(inclusion_proof(hash_of, index, store.size)) == rfc6962.path(index, 0, store.size)
    assert list(consistency_proof(hash_of, old_size, store.size)) == rfc6962.proof(old_size, store.size)


def test_a_hash_that_is_not_stored_is_a_defect() -> None:
    """A store that lost hashes does not quietly give a proof of something else."""
    store = TileStore()
    store.grow(600)
    assert hash_reader(store.read)(9, 0) == rfc6962.mth(0, 512)
    with pytest.raises(Defect):
        hash_reader(store.read)(9, 1)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=TILE_WIDTH))
def test_a_bundle_read_back_is_its_entries(entries: list[bytes]) -> None:
    """parse_bundle undoes format_bundle, to the last byte and not beyond."""
    data = format_bundle(entries)
    assert parse_bundle(data, len(entries)) == tuple(entries)
    for width, other in ((len(entries) + 1, data), (len(entries) - 1, data), (len(entries), data + b"\0")):
        with pytest.raises(Malformed):
            parse_bundle(other, width)
    with pytest.raises(Malformed):
        parse_bundle(data[:-1], len(entries))


def test_a_bundle_has_the_specified_bytes() -> None:
    """Each entry stands behind its length as a big-endian uint16."""
    data = b"\0\2ab" + b"\0\0" + b"\1\2" + b"c" * 258
    assert format_bundle([b"ab", b"", b"c" * 258]) == data
    for cut in range(len(data)):
        with pytest.raises(Malformed):
            parse_bundle(data[:cut], 3)


def test_a_bundle_holds_256_entries_of_65_535_bytes() -> None:
    """One more entry or byte than fits, or no entry, is refused."""
    longest = b"x" * 65_535
    assert len(longest) == ENTRY_BYTES_MAX
    assert parse_bundle(format_bundle([longest]), 1) == (longest,)
    assert len(parse_bundle(format_bundle([b"x"] * 256), 256)) == 256
    for entries in ([], [b"x"] * 257, [longest + b"x"]):
        with pytest.raises(Malformed):
            format_bundle(entries)
