"""An account's papers: unpacked from the archive in which they came, whole or not at all.

An archive is not trusted: names that lead elsewhere, too many files or too large ones are refused. A file gets its name
only when all of it is on disk.
"""

import contextlib
import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rpa.errors import DownloadError, FailureError, SafetyError

__all__ = ["digests_of", "read_archive", "stored"]

_MOST_FILES, _LARGEST = 50, 50 * 2**20


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name.

    Raises
    ------
    DownloadError
        If it is damaged.
    SafetyError
        If it holds no papers, too many, too large ones, or names that are no plain file names.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
            if not 0 < len(inside) <= _MOST_FILES or sum(one.file_size for one in inside) > _LARGEST:
                raise SafetyError(
                    f"the archive {path.name} holds {len(inside)} files: 1 to {_MOST_FILES}, of 50 MB in all, are taken"
                )
            for one in inside:
                if Path(one.filename).name != one.filename or one.is_dir() or one.filename.startswith("."):
                    raise SafetyError(f"the archive {path.name} holds {one.filename!r:.80}: that is no plain file name")
            return {one.filename: archive.read(one) for one in inside}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DownloadError(f"the archive {path.name} cannot be opened: {error}") from None


def digests_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file.

    Examples
    --------
    >>> digests_of({"a.pdf": b""})["a.pdf"][:8]
    'e3b0c442'
    """
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def stored(folder: Path, files: Mapping[str, bytes], write: Callable[[Path, bytes], None] = _write) -> list[Path]:
    """Store files in a folder, each under its name only when it is whole, and return where they lie.

    Raises
    ------
    FailureError
        If the disk is full, or does not take them; nothing half-written is left.
    """
    paths = []
    for name, content in files.items():
        path = folder / name
        part = path.with_name(f"{name}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write(part, content)
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise FailureError(f"{name} cannot be stored on this machine: {error.strerror or error}") from None
        paths.append(path)
    return paths
