"""Tiles: the tree in files, as the specification names them, and read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_sample import entries_of, sm3

from ledger.errors import TileError
from ledger.frontier import leaf_hashes, sha256
from ledger.merkle import root
from ledger.reference import merkle as reference
from ledger.tiles import WIDTH, GrowingTiles, bundle_path, entry_bundles, read_bundle, tile_path, tree_tiles

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 513, 1000]


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 0, 1, "tile/0/000.p/1"),
        (1, 999, 255, "tile/1/999.p/255"),
        (2, 1000, 256, "tile/2/x001/000"),
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (0, 1_234_067, 8, "tile/0/x001/x234/067.p/8"),
        (63, 1_000_000_000, 256, "tile/63/x001/x000/x000/000"),
    ],
)
def test_paths_are_those_of_the_specification(level: int, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path
    assert bundle_path(index, width) == path.replace(f"tile/{level}/", "tile/entries/")


@pytest.mark.parametrize("size", SIZES)
def test_a_log_has_exactly_the_tiles_of_its_size(size: int) -> None:
    wanted = set()
    level, count = 0, size
    while count:
        wanted |= {tile_path(level, index) for index in range(count // WIDTH)}
        if count % WIDTH:
            wanted.add(tile_path(level, count // WIDTH, count % WIDTH))
        level, count = level + 1, count // WIDTH
    tiles = dict(tree_tiles(leaf_hashes(entries_of(size)), sha256))
    assert set(tiles) == wanted


@pytest.mark.parametrize("size", SIZES)
def test_each_hash_of_a_tile_is_the_root_of_the_entries_under_it(size: int) -> None:
    entries = entries_of(size)
    leaves = leaf_hashes(entries)
    for path, content in tree_tiles(leaves, sha256):
        level, index = int(path.split("/")[1]), int(path.split("/")[2].removesuffix(".p"))
        below = WIDTH**level
        for place in range(0, len(content), 32):
            start = (index * WIDTH + place // 32) * below
            assert content[place : place + 32] == root(leaves[start : start + below])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=6))
def test_tiles_that_come_in_portions_are_those_of_the_whole_tree(portions: list[int]) -> None:
    leaves = leaf_hashes(entries_of(sum(portions)))
    growing, found, start = GrowingTiles(sha256), {}, 0
    for count in portions:
        found.update(growing.add(leaves[start : start + count]))
        start += count
    found.update(growing.rest())
    assert found == dict(tree_tiles(leaves, sha256))


def test_whole_tiles_of_three_levels_come_as_they_are_filled() -> None:
    growing = GrowingTiles(sha256)
    paths = [path for path, _ in growing.add([bytes(32)] * 65_536)]
    assert (len(paths), paths[-1]) == (257, "tile/1/000")
    assert [path for path, _ in growing.rest()] == ["tile/2/000.p/1"]


def test_the_tiles_of_sm3_have_the_hashes_of_sm3() -> None:
    entries = entries_of(256)
    tiles = dict(tree_tiles(leaf_hashes(entries, hash=sm3), sm3))
    assert tiles["tile/1/000.p/1"] == reference.root(entries, sm3) != reference.root(entries)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=600))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    found = []
    for path, content in entry_bundles(entries):
        width = int(path.rpartition("/")[2]) if ".p/" in path else WIDTH
        found += read_bundle(content, width)
    assert found == entries


def test_bundles_that_go_on_are_numbered_from_the_first() -> None:
    entries = entries_of(300)
    whole = list(entry_bundles(entries))
    assert [*entry_bundles(entries[:256]), *entry_bundles(entries[256:], 1)] == whole


def test_an_entry_of_up_to_two_bytes_of_length_is_written() -> None:
    longest = bytes(65_535)
    ((_, content),) = entry_bundles([longest])
    assert read_bundle(content, 1) == [longest]
    with pytest.raises(TileError, match="65,536 bytes"):
        list(entry_bundles([longest + b"x"]))


@pytest.mark.parametrize(
    ("data", "width"),
    [
        (b"", 1),
        (b"\x00", 1),
        (b"\x00\x02a", 1),
        (b"\x00\x01a", 2),
        (b"\x00\x01a\x00\x01b", 1),
        (b"\x00\x01a\x00", 1),
        (b"\x00\x01a\xff", 1),
        (b"\xff\xff", 1),
        (b"\x00\x00", 0),
    ],
)
def test_a_bundle_that_holds_something_else_is_refused(data: bytes, width: int) -> None:
    with pytest.raises(TileError):
        read_bundle(data, width)
