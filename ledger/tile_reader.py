r"""Proofs from stored tiles: a few files are read, however long the log is.

A proof is a list of roots of parts of the tree (`ledger.subtrees`), each made of complete subtrees; a complete subtree
is the hash of a run of hashes in one tile. So a proof from a log of n entries takes about 2 log256(n) tiles, each read
once: 5 of the 3,924 tiles of a log of a million.

What is read is not believed: a proof counts when `ledger.merkle` has verified it against the root of a checkpoint.

References
----------
C2SP tlog-tiles (c2sp.org/tlog-tiles).
"""
# ruff: noqa: A002 - `hash` is the promised name of the keyword

from collections.abc import Callable
from pathlib import Path

from ledger.errors import ProofError, TileError
from ledger.frontier import Hash, node_hash, sha256
from ledger.subtrees import complete_subtrees, consistency_ranges, inclusion_ranges
from ledger.tiles import WIDTH, bundle_path, read_bundle, tile_path

__all__ = ["TileReader", "files_in"]

Read = Callable[[str], bytes | None]
_HEIGHT = WIDTH.bit_length() - 1


def files_in(directory: Path) -> Read:
    """Return what reads a file below a directory by its path, None if there is no such file.

    Examples
    --------
    >>> files_in(Path("nowhere"))("tile/0/000") is None
    True
    """

    def read(path: str) -> bytes | None:
        try:
            return (directory / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    return read


class TileReader:
    """The tree of a log with its tiles somewhere: gives its root, and proofs.

    Parameters
    ----------
    read
        Gives the file at a path such as `tile/0/000`, None if there is none; `files_in` a directory, or a network's.
    size
        Number of entries, from the checkpoint.
    hash
        Digest of the tree.

    Examples
    --------
    >>> from ledger.merkle import leaf_hashes, verify_inclusion
    >>> from ledger.tiles import tree_tiles
    >>> leaves = leaf_hashes(b"%d" % number for number in range(1000))
    >>> log = TileReader(dict(tree_tiles(leaves, sha256)).get, 1000)
    >>> verify_inclusion(leaves[700], 700, 1000, log.inclusion_proof(700), log.root())
    >>> sorted(log.tiles_read)
    ['tile/0/002', 'tile/0/003.p/232', 'tile/1/000.p/3']
    """

    def __init__(self, read: Read, size: int, *, hash: Hash = sha256) -> None:
        if type(size) is not int or size < 0:
            raise TileError("The size of a log should be a whole number from 0.")
        self.size, self._read, self._hash = size, read, hash
        self._length = len(hash(b""))
        self._tiles: dict[str, bytes] = {}

    @property
    def tiles_read(self) -> frozenset[str]:
        """The paths of the tiles that have been read."""
        return frozenset(self._tiles)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the log's first entries, of all if no number is given.

        Raises
        ------
        ProofError
            If the log has not so many.
        TileError
            If a tile is missing or is not as long as it must be.
        """
        return self._range(0, self._within(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return what `ledger.merkle.inclusion_proof` returns; errors as in `root`."""
        return [self._range(*one) for one in inclusion_ranges(index, self._within(size))]

    def consistency_proof(self, size1: int, size2: int | None = None) -> list[bytes]:
        """Return what `ledger.merkle.consistency_proof` returns; errors as in `root`."""
        return [self._range(*one) for one in consistency_ranges(size1, self._within(size2))]

    def entry(self, index: int) -> bytes:
        """Return one entry, from its bundle; errors as in `root`."""
        if type(index) is not int or not 0 <= index < self.size:
            raise ProofError(
                f"The place of an entry should be a whole number from 0 to below the log's size, {self.size}."
            )
        return self.bundle(index // WIDTH)[index % WIDTH]

    def bundle(self, place: int) -> list[bytes]:
        """Return the entries of one bundle, 256 or, in the last, fewer; errors as in `root`."""
        whole, last = divmod(self.size, WIDTH)
        for width in (WIDTH,) if place < whole else (last, WIDTH):
            data = self._read(bundle_path(place, width))
            if data is not None:
                return read_bundle(data, width)[: self.size - place * WIDTH]
        raise TileError(f"{bundle_path(place)} is missing, or the part of it that a log of {self.size} entries has")

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if type(size) is not int or not 0 <= size <= self.size:
            raise ProofError(f"The size should be a whole number from 0 to that of the log, {self.size}.")
        return size

    def _range(self, start: int, end: int) -> bytes:
        """Root of a range of leaves, joined from its complete subtrees, the rightmost two first."""
        subtrees = complete_subtrees(start, end)
        if not subtrees:
            return self._hash(b"")
        found = self._subtree(*subtrees[-1])
        for one in subtrees[-2::-1]:
            found = node_hash(self._subtree(*one), found, hash=self._hash)
        return found

    def _subtree(self, height: int, place: int) -> bytes:
        """Root of the complete subtree at a place of a height: of 2**(height % 8) hashes in one tile."""
        level, within = divmod(height, _HEIGHT)
        first, count = place << within, 1 << within
        tile = self._tile(level, first // WIDTH)
        start = first % WIDTH * self._length
        hashes = [tile[at : at + self._length] for at in range(start, start + count * self._length, self._length)]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [node_hash(left, right, hash=self._hash) for left, right in pairs]
        return hashes[0]

    def _tile(self, level: int, index: int) -> bytes:
        whole, last = divmod(self.size >> _HEIGHT * level, WIDTH)
        # a log that has grown since may have kept only the whole tile, which begins in the same way
        for width in (WIDTH,) if index < whole else (last, WIDTH):
            path = tile_path(level, index, width)
            data = self._tiles.get(path) or self._read(path)
            if data is None:
                continue
            if len(data) != width * self._length:
                raise TileError(f"{path} has {len(data):,} bytes; it should have {width * self._length:,}")
            self._tiles[path] = data
            return data
        raise TileError(
            f"{tile_path(level, index)} is missing, or the part of it that a log of {self.size} entries has"
        )
