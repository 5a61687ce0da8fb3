"""Proofs from tiles are those from all leaves, and few files are read for them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_sample import entries_of, sm3, write_log

from ledger.errors import ProofError, TileError
from ledger.frontier import leaf_hashes, sha256
from ledger.merkle import consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion
from ledger.tile_reader import TileReader, files_in
from ledger.tiles import tree_tiles

LEAVES = leaf_hashes(entries_of(1500))


def tiles_of(size: int) -> dict[str, bytes]:
    return dict(tree_tiles(LEAVES[:size], sha256))


def reader(size: int) -> TileReader:
    return TileReader(tiles_of(size).get, size)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1500), st.data())
def test_proofs_are_those_of_the_whole_log(size: int, data: st.DataObject) -> None:
    log = reader(size)
    within = data.draw(st.integers(1, size))
    number = data.draw(st.integers(1, within))
    assert log.root(within) == root(LEAVES[:within])
    assert log.inclusion_proof(number - 1, within) == inclusion_proof(LEAVES, number - 1, within)
    assert log.consistency_proof(number, within) == consistency_proof(LEAVES, number, within)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513])
def test_proofs_at_the_edges_of_tiles(size: int) -> None:
    log = reader(size)
    assert log.root() == root(LEAVES[:size])
    edges = {0, 1, 2, 127, 128, 129, 254, 255, 256, 257, 384, 510, 511, 512, size - 1, size}
    for index in edges & set(range(size)):
        assert log.inclusion_proof(index) == inclusion_proof(LEAVES, index, size)
    for earlier in edges & set(range(size + 1)):
        assert log.consistency_proof(earlier) == consistency_proof(LEAVES, earlier, size)


@pytest.mark.parametrize("size", [1, 200, 256, 300, 700])
def test_an_older_checkpoint_is_proved_from_the_tiles_of_a_log_that_grew(size: int) -> None:
    """A partial tile may be gone when a whole one has taken its place, which begins in the same way."""
    grown = tiles_of(1024)
    kept = {path: data for path, data in tiles_of(size).items() if path.partition(".p")[0] not in grown}
    log = TileReader({**kept, **grown}.get, size)
    assert log.root() == root(LEAVES[:size])
    assert log.inclusion_proof(size // 2) == inclusion_proof(LEAVES, size // 2, size)


def test_few_tiles_are_read_of_a_long_log() -> None:
    """70,000 entries lie in 277 tiles of three levels; two of each level are enough."""
    leaves = leaf_hashes(entries_of(70_000))
    tiles = dict(tree_tiles(leaves, sha256))
    whole = root(leaves)
    assert len(tiles) == 277
    for number in range(1, 70_000, 6_007):
        log = TileReader(tiles.get, 70_000)
        verify_inclusion(leaves[number], number, 70_000, log.inclusion_proof(number), whole)
        assert len(log.tiles_read) <= 5
        log = TileReader(tiles.get, 70_000)
        verify_consistency(number, 70_000, log.consistency_proof(number), root(leaves[:number]), whole)
        assert len(log.tiles_read) <= 5


def test_a_tree_of_sm3_is_read_with_sm3() -> None:
    leaves = leaf_hashes(entries_of(300), hash=sm3)
    log = TileReader(dict(tree_tiles(leaves, sm3)).get, 300, hash=sm3)
    assert log.root() == root(leaves, hash=sm3)
    assert log.inclusion_proof(7) == inclusion_proof(leaves, 7, hash=sm3)


def test_entries_are_read_from_files(tmp_path: Path) -> None:
    entries = entries_of(300)
    log = TileReader(files_in(write_log(tmp_path, entries)), 300)
    assert [log.entry(index) for index in (0, 255, 256, 299)] == [entries[index] for index in (0, 255, 256, 299)]
    assert log.bundle(1) == entries[256:]
    assert TileReader(files_in(tmp_path), 100).entry(99) == entries[99]
    for index in (300, -1, True):
        with pytest.raises(ProofError):
            log.entry(index)


def test_a_tile_that_is_missing_or_of_another_length_is_named(tmp_path: Path) -> None:
    write_log(tmp_path, entries_of(600))
    for path in ("tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001"):
        data = (tmp_path / path).read_bytes()
        (tmp_path / path).unlink()
        with pytest.raises(TileError, match="is missing"):
            read_all(tmp_path)
        (tmp_path / path).write_bytes(data[:-1])
        with pytest.raises(TileError):
            read_all(tmp_path)
        (tmp_path / path).write_bytes(data)
    read_all(tmp_path)


def read_all(directory: Path) -> None:
    log = TileReader(files_in(directory), 600)
    log.inclusion_proof(300)
    log.entry(300)


def test_a_changed_tile_gives_a_proof_that_is_refused() -> None:
    tiles, whole = tiles_of(600), root(LEAVES[:600])
    for path in tiles:
        changed = {**tiles, path: bytes([tiles[path][0] ^ 1]) + tiles[path][1:]}
        proofs = [(index, TileReader(changed.get, 600).inclusion_proof(index)) for index in (1, 300, 590)]
        assert any(is_refused(index, proof, whole) for index, proof in proofs), path


def is_refused(index: int, proof: list[bytes], whole: bytes) -> bool:
    try:
        verify_inclusion(LEAVES[index], index, 600, proof, whole)
    except ProofError:
        return True
    return False


@pytest.mark.parametrize("size", [-1, True, 2.0, None])
def test_a_size_that_is_none_is_refused(size: int) -> None:
    with pytest.raises(TileError):
        TileReader({}.get, size)


@pytest.mark.parametrize("size", [601, -1, True])
def test_a_size_beyond_the_log_is_refused(size: int) -> None:
    with pytest.raises(ProofError):
        reader(600).root(size)
    with pytest.raises(ProofError):
        reader(600).inclusion_proof(0, size)
    with pytest.raises(ProofError):
        reader(600).consistency_proof(1, size)
