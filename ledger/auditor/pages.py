"""Pages: reads a closed ledger's file without SQLite, and accounts for every byte of it.

A file has bytes of which no block is made: the tree above the rows, lengths, pointers, room that is not used. SQLite
reads past most of what is wrong there. Here each row must be written in the one way in which the store writes it, each
page must be used once, and room that is not used must be zero; what is otherwise is reported when all blocks have been
read, because the blocks may well hold. Not covered is unused room in the inner pages of a tree of three levels or more
(ledgers of thousands of blocks), where SQLite itself leaves the remains of earlier divisions.

References
----------
SQLite, Database File Format (sqlite.org/fileformat2.html), sections 1.3, 1.6 and 2.1.
"""

import os
import struct
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.auditor.stored_block import StoredBlock
from ledger.container import PAGE, ROOT, file_format, first_page, varint
from ledger.errors import BlockError, DamagedStoreError

__all__ = ["page_blocks"]

_INNER, _LEAF = 5, 13
_ROOM = PAGE - 4
_MOST, _LEAST = PAGE - 35, (PAGE - 12) * 32 // 255 - 23
_BLOCK = 3  # runs of bytes in a row: header, body, checkpoint


class _Cell(NamedTuple):
    """A row or a branch of the tree: where it lies on its page, and how long it is there."""

    start: int
    size: int


class _File:
    """The pages of a file; each is read once. `stray` is the first thing wrong that touches no block."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        size = os.fstat(descriptor).st_size
        self.pages, rest = divmod(size, PAGE)
        self._seen = bytearray(self.pages + 1)
        self.last = -1
        self.stray = "" if not rest else f"it ends inside page {self.pages + 1}, after {rest} bytes of it"

    def page(self, number: int) -> bytes:
        if not 1 <= number <= self.pages:
            raise BlockError(f"page {number} is missing, the file has {self.pages}")
        if self._seen[number]:
            raise BlockError(f"page {number} is used twice")
        self._seen[number] = 1
        return os.pread(self._descriptor, PAGE, (number - 1) * PAGE)

    def note(self, page: int, place: int, what: str) -> None:
        """Remember the first thing that is wrong, and where."""
        self.stray = self.stray or f"page {page} (byte {(page - 1) * PAGE + place} of the file): {what}"

    def unread(self) -> int:
        """Return the first page that nothing leads to, 0 if there is none."""
        return max(self._seen.find(0, 1), 0)


def page_blocks(path: Path) -> Generator[StoredBlock, None, None]:
    """Read the blocks of a file that is not being written to, and check what it holds besides.

    Raises
    ------
    BlockError
        If a row is not stored as the store stores it.
    DamagedStoreError
        At the end, if something is wrong that touches no block.

    Examples
    --------
    >>> from ledger.stores import Block, SqliteStore
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "receivables.ledger"
    >>> store = SqliteStore(path, create=True)
    >>> store.append(Block(0, b"header", b"body", b"checkpoint"))
    >>> store.close()
    >>> list(page_blocks(path))
    [StoredBlock(number=0, header=b'header', body=b'body', checkpoint=b'checkpoint')]
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        file = _File(descriptor)
        _check_first(file)
        yield from _tree(file, ROOT, 0)
        if page := file.unread():
            file.note(page, 0, "nothing leads to it")
        if file.stray:
            raise DamagedStoreError(file.stray)
    finally:
        os.close(descriptor)


def _check_first(file: _File) -> None:
    page = file.page(1)
    changes, user_version = struct.unpack_from(">I", page, 24)[0], struct.unpack_from(">I", page, 60)[0]
    wanted = first_page(file.pages, changes, user_version)
    if page != wanted:
        place = next(place for place in range(PAGE) if page[place] != wanted[place])
        file.note(1, place, "it is not what stands at the beginning of a ledger's file")
    elif file_format(user_version) != 1:
        file.note(1, 60, f"the file is of format {file_format(user_version)}")


def _tree(file: _File, number: int, depth: int) -> Iterator[StoredBlock]:
    """Read the rows below a page, in order."""
    page = file.page(number)
    kind, free, count, start, fragments = struct.unpack_from(">BHHHB", page)
    head = {_INNER: 12, _LEAF: 8}.get(kind, 0)
    if not head or head + 2 * count > PAGE:
        raise BlockError(f"page {number} is neither rows nor branches of the table of blocks")
    places = struct.unpack_from(f">{count}H", page, head)
    cells: list[_Cell] = []
    if kind == _LEAF:
        for place in places:
            cell, block = _row(file, page, number, place)
            cells.append(cell)
            yield block
    else:
        for place in places:
            child, key, cell = _branch(page, number, place)
            cells.append(cell)
            yield from _tree(file, child, depth + 1)
            if key != file.last:
                file.note(number, place, f"the branch ends at row {key}, its rows at {file.last}")
        depth_below = file.last
        yield from _tree(file, struct.unpack_from(">I", page, 8)[0], depth + 1)
        if depth_below == file.last:
            file.note(number, 8, "the last branch has no rows")
    if kind == _LEAF or depth == 0:
        _check_room(file, number, page, head + 2 * count, (free, start, fragments), cells)


def _check_room(
    file: _File, number: int, page: bytes, end: int, said: tuple[int, int, int], cells: list[_Cell]
) -> None:
    """Check that the cells fill the end of a page without gaps, and that what is not used is zero."""
    edge = PAGE
    for cell in cells:
        edge -= cell.size
        if cell.start != edge:
            file.note(number, cell.start, "a row or branch does not lie where the one before it ends")
            return
    if said != (0, edge, 0):
        file.note(number, 1, "the page says otherwise of its unused room")
    elif any(page[end:edge]):
        place = next(place for place in range(end, edge) if page[place])
        file.note(number, place, "the byte belongs to no block, and is not zero")


def _branch(page: bytes, number: int, place: int) -> tuple[int, int, _Cell]:
    if place > PAGE - 5:
        raise BlockError(f"page {number} has a branch outside of it")
    key, end = _read_varint(page, place + 4, number)
    return struct.unpack_from(">I", page, place)[0], key, _Cell(place, end - place)


def _row(file: _File, page: bytes, number: int, place: int) -> tuple[_Cell, StoredBlock]:
    """Read a row, with the pages that continue it."""
    size, middle = _read_varint(page, place, number)
    row, start = _read_varint(page, middle, number)
    local = size if size <= _MOST else _LEAST + (size - _LEAST) % _ROOM
    if size > _MOST and local > _MOST:
        local = _LEAST
    end = start + local
    payload = page[start:end]
    if size > local:
        payload += _continued(file, page, number, end, size - local)
        end += 4
    if end > PAGE or len(payload) != size:
        raise BlockError(f"block {row} on page {number} is {size} bytes long, which do not fit where it lies")
    file.last = row
    return _Cell(place, end - place), StoredBlock(row, *_columns(payload, row, number))


def _continued(file: _File, page: bytes, number: int, place: int, size: int) -> bytes:
    """Read what is left of a row from a chain of pages."""
    if place > PAGE - 4:
        raise BlockError(f"page {number} has a row outside of it")
    following = struct.unpack_from(">I", page, place)[0]
    parts = []
    while size > 0:
        number = following
        page = file.page(number)
        following = struct.unpack_from(">I", page)[0]
        parts.append(page[4 : 4 + size])
        if size < _ROOM and any(page[4 + size :]):
            place = next(place for place in range(4 + size, PAGE) if page[place])
            file.note(number, place, "the byte belongs to no block, and is not zero")
        size -= _ROOM
    if following:
        file.note(number, 0, f"the last page of a row leads on to page {following}")
    return b"".join(parts)


def _columns(payload: bytes, row: int, number: int) -> tuple[bytes, bytes, bytes]:
    """Take a row apart: nothing (its number is kept elsewhere), and three runs of bytes, in the one way to write it."""
    place, types = 1, []
    for _ in range(_BLOCK + 1):
        kind, place = _read_varint(payload, place, number)
        types.append(kind)
    sizes = [(kind - 12) // 2 for kind in types[1:]]
    head = b"".join(map(varint, types))
    if (
        types[0] != 0
        or any(kind < 12 or kind % 2 for kind in types[1:])
        or payload[:place] != bytes([len(head) + 1]) + head
        or place + sum(sizes) != len(payload)
    ):
        raise BlockError(f"block {row} on page {number} is not stored as a number and three runs of bytes")
    header, body = place + sizes[0], place + sizes[0] + sizes[1]
    return payload[place:header], payload[header:body], payload[body:]


def _read_varint(data: bytes, place: int, number: int) -> tuple[int, int]:
    """Read a number in the shortest form, and return it with the place after it."""
    value = 0
    for end in range(place, min(place + 8, len(data))):
        value = value << 7 | data[end] & 0x7F
        if data[end] < 0x80:
            if varint(value) != data[place : end + 1]:
                break
            return value, end + 1
    raise BlockError(f"page {number} has at {place} what is no number in its shortest form")
