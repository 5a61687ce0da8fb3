"""The mark: how many blocks a file's writer has acknowledged, so that a lost end of the file is noticed.

A log that lost its last blocks is a whole, shorter log, and SQLite takes a write-ahead file that was cut off for one
that ends there. The writer therefore notes beside the file how many blocks are on disk, after each of them is; in the
file whose lock it holds, as one short line in place. It is never ahead of the disk, so that fewer blocks than it says
are a loss. When the file is closed and sealed, it is emptied. Who knowingly puts an older copy in the file's place
deletes the mark.
"""

from hashlib import sha256
from pathlib import Path

__all__ = ["lost_blocks", "mark_line", "mark_path", "read_mark"]


def mark_path(path: Path) -> Path:
    """Return where the mark of a file lies.

    Examples
    --------
    >>> mark_path(Path("receivables.ledger")).name
    'receivables.ledger.lock'
    """
    return path.with_name(path.name + ".lock")


def mark_line(blocks: int) -> bytes:
    r"""Return the mark of so many blocks, as long for each number.

    Examples
    --------
    >>> mark_line(7)
    b'hexi mark 000000000007 fb45...\n'
    """
    text = f"hexi mark {blocks:012d}"
    return f"{text} {sha256(text.encode()).hexdigest()[:16]}\n".encode()


def read_mark(path: Path) -> int | None:
    """Return how many blocks were acknowledged, None if there is no mark, and -1 if it has been changed.

    Examples
    --------
    >>> read_mark(Path("nowhere")) is None
    True
    """
    try:
        written = mark_path(path).read_bytes()
    except OSError:
        return None
    if not written.strip(b"\0"):  # also what is left if the power fails before the first mark is on disk
        return None
    number = written[10:22]
    return int(number) if number.isdigit() and written == mark_line(int(number)) else -1


def lost_blocks(path: Path, marked: int | None, blocks: int) -> str | None:
    """Return what is wrong, in words, if a file holds fewer blocks than its mark says; None if it does not.

    Examples
    --------
    >>> lost_blocks(Path("x"), 9, 7)
    'blocks 7 to 8 are missing: 9 were acknowledged, and the file ends after 7'
    """
    if marked is None or 0 <= marked <= blocks:
        return None
    if marked < 0:
        return f"its mark {mark_path(path).name} has been changed"
    return f"blocks {blocks} to {marked - 1} are missing: {marked} were acknowledged, and the file ends after {blocks}"
