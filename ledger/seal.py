"""The seal: digests of a closed file's pages, so that a byte that decays anywhere in it is noticed.

A log's own hashes protect what it says from whoever would change it. A file has bytes besides, in unused parts of its
pages, which nobody would miss; they too should be as they were. When a store is closed, a second file beside it gets
the SHA-256 of each page; before the first new block it goes away. It is no protection from somebody who can write both.

A seal that does not fit is damage, even if all blocks hold: nobody can say what else was done to the file. Who can may
delete the seal; then the blocks are audited with all signatures before the file is written to again.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

__all__ = ["PAGE", "break_seal", "broken_page", "seal_path", "write_seal"]

PAGE = 4096
_TITLE = "hexi seal 1"


def seal_path(path: Path) -> Path:
    """Return where the seal of a file lies.

    Examples
    --------
    >>> seal_path(Path("receivables.ledger")).name
    'receivables.ledger.seal'
    """
    return path.with_name(path.name + ".seal")


def write_seal(path: Path) -> None:
    """Seal a file that nobody writes to any more."""
    temporary = path.with_name(path.name + ".seal.new")
    with temporary.open("wb") as file:
        file.writelines(_pieces(path))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(seal_path(path))
    _sync_folder(path)


def break_seal(path: Path) -> None:
    """Take the seal of a file away, because it will be written to; it stays away if the power fails.

    Examples
    --------
    >>> break_seal(Path("nowhere"))
    """
    try:
        seal_path(path).unlink()
    except FileNotFoundError:
        return
    _sync_folder(path)


def broken_page(path: Path) -> str | None:
    """Return what is wrong with a sealed file, in words; None if nothing is, or it has no seal.

    The bytes of the seal count too: a seal that is not in its one form is itself the damage.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "receivables.ledger"
    >>> _ = path.write_bytes(bytes(PAGE) * 3)
    >>> write_seal(path)
    >>> broken_page(path) is None
    True
    >>> _ = path.write_bytes(bytes(PAGE) + b"?" + bytes(2 * PAGE - 1))
    >>> broken_page(path)
    'page 1 (bytes 4096 to 8191) is not as it was sealed'
    """
    seal = seal_path(path)
    if not seal.exists():
        return None
    if _is_intact(path, seal):
        return None
    written, found = seal.read_bytes(), _digests(path)
    said = written.decode(errors="replace").split("\n")[1:-2]
    pages = [page for page, (one, two) in enumerate(zip(said, found, strict=False)) if one != two]
    if len(said) == len(found) and pages and written == _text(said).encode():
        return f"page {pages[0]} (bytes {pages[0] * PAGE} to {pages[0] * PAGE + PAGE - 1}) is not as it was sealed"
    if len(said) != len(found) and written == _text(said).encode():
        return f"it has {len(found)} pages, {len(said)} were sealed"
    return f"its seal {seal.name} has been changed"


def _sync_folder(path: Path) -> None:
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield what the seal of a file must hold, piece by piece: a file of any length is sealed in level memory."""
    whole, piece = sha256(), _TITLE.encode()
    with path.open("rb") as file:
        while True:
            whole.update(piece)
            yield piece
            page = file.read(PAGE)
            if not page:
                break
            piece = b"\n" + sha256(page).hexdigest().encode()
    yield f"\n{whole.hexdigest()}\n".encode()


def _is_intact(path: Path, seal: Path) -> bool:
    with seal.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in _pieces(path)) and not file.read(1)


def _digests(path: Path) -> list[str]:
    found = []
    with path.open("rb") as file:
        while page := file.read(PAGE):
            found.append(sha256(page).hexdigest())
    return found


def _text(digests: list[str]) -> str:
    lines = "\n".join([_TITLE, *digests])
    return f"{lines}\n{sha256(lines.encode()).hexdigest()}\n"
