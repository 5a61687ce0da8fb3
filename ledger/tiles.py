"""Tiles: a log as static files, which any reader of transparency logs can check.

The Merkle tree is cut into tiles of 256 hashes, eight levels high; the entries lie in bundles of 256, each entry after
its length in two bytes. The last tile of a level is partial and says so in its name. Proofs are read out of them by
`ledger.tile_reader`.

Others' tools read them: the tests have Go's `sumdb/note` and `sumdb/tlog` (whose paths have the height of the tiles in
front: `tile/8/0/000`) and Python's `tlog-scales` (whose command line wants checkpoints of three lines; a ledger's have
a fourth, for the block). All assume SHA-256: a tree of SM3 (国密) is written in the same way, but they refuse it.

References
----------
C2SP tlog-tiles (c2sp.org/tlog-tiles).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ledger.errors import TileError
from ledger.frontier import node_hash

__all__ = ["WIDTH", "GrowingTiles", "bundle_path", "entry_bundles", "read_bundle", "tile_path", "tree_tiles"]

WIDTH = 256
_LONGEST = 2**16 - 1
Hash = Callable[[bytes], bytes]


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile.

    Examples
    --------
    >>> tile_path(0, 1234067), tile_path(1, 2, 17)
    ('tile/0/x001/x234/067', 'tile/1/002.p/17')
    """
    return f"tile/{level}/{_numbered(index, width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries.

    Examples
    --------
    >>> bundle_path(0, 5)
    'tile/entries/000.p/5'
    """
    return f"tile/entries/{_numbered(index, width)}"


def _numbered(index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups)) + ("" if width == WIDTH else f".p/{width}")


class GrowingTiles:
    """The tiles of a tree that grows: gives each one when it is whole, so that memory stays level.

    Parameters
    ----------
    digest
        The hash of the tree.

    Examples
    --------
    >>> from ledger.frontier import sha256
    >>> tiles = GrowingTiles(sha256)
    >>> [path for path, _ in tiles.add([bytes(32)] * 300)], [path for path, _ in tiles.add([bytes(32)] * 10)]
    (['tile/0/000'], [])
    >>> [path for path, _ in tiles.rest()]
    ['tile/0/001.p/54', 'tile/1/000.p/1']
    """

    def __init__(self, digest: Hash) -> None:
        self._digest = digest
        self._whole: list[int] = []
        self._hashes: list[list[bytes]] = []

    def add(self, leaf_hashes: Iterable[bytes], level: int = 0) -> Iterator[tuple[str, bytes]]:
        """Take leaf hashes in, and return path and content of each tile that is whole now."""
        if level == len(self._hashes):
            self._whole.append(0)
            self._hashes.append([])
        pending = self._hashes[level]
        pending += leaf_hashes
        whole = len(pending) // WIDTH * WIDTH
        above = []
        for start in range(0, whole, WIDTH):
            part = pending[start : start + WIDTH]
            yield tile_path(level, self._whole[level]), b"".join(part)
            self._whole[level] += 1
            above.append(_subtree(part, self._digest))
        self._hashes[level] = pending[whole:]
        if above:
            yield from self.add(above, level + 1)

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """Return path and content of the partial tiles, one at most of each level."""
        for level, pending in enumerate(self._hashes):
            if pending:
                yield tile_path(level, self._whole[level], len(pending)), b"".join(pending)


def tree_tiles(leaf_hashes: Iterable[bytes], digest: Hash) -> Iterator[tuple[str, bytes]]:
    """Return path and content of every tile of a tree.

    Parameters
    ----------
    leaf_hashes
        All of them, in order.
    digest
        The hash of the tree.

    Examples
    --------
    >>> from ledger.frontier import sha256
    >>> [path for path, _ in tree_tiles([bytes(32)] * 257, sha256)]
    ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']
    """
    tiles = GrowingTiles(digest)
    yield from tiles.add(leaf_hashes)
    yield from tiles.rest()


def _subtree(hashes: Sequence[bytes], digest: Hash) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right, hash=digest) for left, right in pairs]
    return hashes[0]


def entry_bundles(entries: Sequence[bytes], first: int = 0) -> Iterator[tuple[str, bytes]]:
    r"""Return path and content of every bundle of entries.

    Parameters
    ----------
    first
        Number of the first bundle, if the entries do not begin with the log's first.

    Raises
    ------
    TileError
        If an entry is longer than two bytes can say.

    Examples
    --------
    >>> list(entry_bundles([b"ab", b""]))
    [('tile/entries/000.p/2', b'\x00\x02ab\x00\x00')]
    """
    for start in range(0, len(entries), WIDTH):
        part = entries[start : start + WIDTH]
        for entry in part:
            if len(entry) > _LONGEST:
                raise TileError(f"an entry has {len(entry):,} bytes, a bundle holds entries of up to {_LONGEST:,}")
        content = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
        yield bundle_path(first + start // WIDTH, len(part)), content


def read_bundle(data: bytes, width: int) -> list[bytes]:
    r"""Return the entries of a bundle.

    Raises
    ------
    TileError
        If it does not hold exactly so many.

    Examples
    --------
    >>> read_bundle(b"\x00\x02ab\x00\x00", 2)
    [b'ab', b'']
    """
    entries, place = [], 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data) or place + 2 > len(data):
            raise TileError("a bundle of entries ends inside an entry")
        entries.append(data[place + 2 : end])
        place = end
    if len(entries) != width:
        raise TileError(f"a bundle holds {len(entries)} entries, it must hold {width}")
    return entries
