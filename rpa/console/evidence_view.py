"""Reading an account's evidence for people: its pictures, values, receipt and files, and whether it is whole.

Only files that lie in the account's own folder are shown, and a page runs nothing of what is in them.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rpa.errors import EvidenceError
from rpa.evidence import File, Flaw, check, read_index
from rpa.evidence.story import INDEX

__all__ = ["MEDIA", "Shown", "evidence_of", "file_of"]

MEDIA = {".png": "image/png", ".jpg": "image/jpeg"}
"""Kinds of files that are shown as pictures; all else is text, or is taken away as bytes."""
_NAME = re.compile(r"\w[\w-]{0,63}")
_MOST_BYTES = 2_000_000


class Shown(NamedTuple):
    """An account's evidence: pictures in order, tables of values, the last receipt, all files, and what is wrong."""

    pictures: tuple[File, ...]
    values: tuple[tuple[str, list[dict[str, Any]]], ...]
    receipt: Mapping[str, Any]
    files: tuple[File, ...]
    flaws: tuple[Flaw, ...]
    is_there: bool


def evidence_of(root: Path, filing_id: str) -> Shown:
    """Return the evidence of one account; empty if there is none yet.

    Examples
    --------
    >>> evidence_of(Path("no such folder"), "L1").is_there
    False
    """
    folder = root / filing_id
    if not _NAME.fullmatch(filing_id) or not folder.is_dir():
        return Shown((), (), {}, (), (), False)
    files = _files(folder)
    values, receipt = [], {}
    for file in files:
        if file.name.endswith(".json") and file.size <= _MOST_BYTES:
            content = _read(folder / file.name)
            rows = content.get("values")
            if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
                values.append((file.kind.removeprefix("values "), rows))
            elif file.kind == "receipt":
                receipt = content
    pictures = tuple(file for file in files if Path(file.name).suffix in MEDIA)
    return Shown(pictures, tuple(values), receipt, files, tuple(check(folder)), True)


def file_of(root: Path, filing_id: str, name: str) -> bytes:
    """Return one file of an account's folder.

    Raises
    ------
    EvidenceError
        If it is not there, or not in that folder.

    Examples
    --------
    >>> file_of(Path("evidence"), "L1", "../audit.jsonl")
    Traceback (most recent call last):
    rpa.errors.EvidenceError: there is no file ../audit.jsonl in the evidence of account L1
    """
    folder = root / filing_id
    is_named = _NAME.fullmatch(filing_id) is not None and folder.is_dir()
    there = {path.name for path in folder.iterdir() if path.is_file() and not path.is_symlink()} if is_named else set()
    if name not in there:
        raise EvidenceError(f"there is no file {name:.80} in the evidence of account {filing_id:.80}")
    return (folder / name).read_bytes()


def _files(folder: Path) -> tuple[File, ...]:
    try:
        known = [file for file in read_index(folder) if (folder / file.name).is_file()]
    except EvidenceError:
        known = []  # what is wrong with it is said by `check`
    names = {INDEX, *(file.name for file in known)}
    more = [path for path in sorted(folder.iterdir()) if path.name not in names and path.suffix != ".part"]
    return (*known, *(File(path.name, _kind(path), "", "", path.stat().st_size) for path in more if path.is_file()))


def _kind(path: Path) -> str:
    """Return what kind of evidence a file's name says that it is."""
    return re.sub(r"^\d+-", "", path.stem).replace("-", " ")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
