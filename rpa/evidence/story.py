"""An account's story: its folder of evidence, and whether it is still whole.

Pictures from before and after, the values that were sent and those that were read back, the receipt, hashes of the
files that went through our hands. An index names each file with its SHA-256; the hash of the index stands in the audit
log, whose lines hold each other. Whoever changes a file must change the index, the log's line, and all lines after it.
A second run of one account adds to the folder and overwrites nothing.
"""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from rpa.errors import EvidenceError
from rpa.evidence.audit_log import AuditLog
from rpa.evidence.masking import Masking

__all__ = ["INDEX", "LOG", "Evidence", "File", "Story", "read_index"]

INDEX, LOG = "index.json", "audit.jsonl"
NOTED = "evidence was stored"
"""What the audit log says of an index."""
_ID = re.compile(r"\w[\w-]{0,63}")
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


class File(NamedTuple):
    """One file of a story: its name, what kind of evidence it is, when it was made, its hash and size."""

    name: str
    kind: str
    at: str
    sha256: str
    size: int


class Evidence:
    """The evidence of all accounts: a folder with the audit log, and one folder for each account in it.

    Parameters
    ----------
    folder
        Where; made if it is not there.
    masking
        What all texts go through. Pictures must be masked before they are taken.
    """

    def __init__(self, folder: Path, masking: Masking | None = None) -> None:
        self.folder, self.masking = folder, masking or Masking()
        self.log = AuditLog(folder / LOG, self.masking)

    def story(self, filing_id: str) -> "Story":
        """Return the story of one account, begun or gone on with.

        Raises
        ------
        EvidenceError
            If the number cannot be a folder's name.
        """
        if not _ID.fullmatch(filing_id):
            raise EvidenceError(f"{filing_id!r:.80} cannot be a folder of evidence: letters, digits, _ and - can")
        return Story(self.folder / filing_id, filing_id, self.log, self.masking)


class Story:
    """The evidence of one account; made by `Evidence.story`."""

    def __init__(self, folder: Path, filing_id: str, log: AuditLog, masking: Masking) -> None:
        self.folder, self.filing_id, self._log, self._masking = folder, filing_id, log, masking
        self._files = list(read_index(folder))
        known = {file.name for file in self._files}
        if folder.is_dir():
            # what a run left that was killed before it stored its index
            left = sorted(path for path in folder.iterdir() if path.name not in (*known, INDEX) and path.is_file())
            for path in left:
                if path.suffix == ".part":
                    path.unlink()
                else:
                    self._files.append(_described(path, "left over"))

    def screenshot(self, stage: str, picture: bytes, *, at: datetime) -> Path:
        """Keep a picture (PNG or JPEG) of a page, such as before and after; return its path.

        Raises
        ------
        EvidenceError
            If it is no picture, or cannot be written.
        """
        kind = next((kind for start, kind in _PICTURES.items() if picture.startswith(start)), None)
        if kind is None:
            raise EvidenceError(f"the picture {stage!r:.40} of account {self.filing_id} is neither PNG nor JPEG")
        return self._add(f"screenshot {stage}", kind, picture, at)

    def values(
        self,
        stage: str,
        sent: Mapping[str, Any],
        shown: Mapping[str, Any],
        *,
        at: datetime,
        differing: Collection[str] | None = None,
    ) -> Sequence[str]:
        """Keep the values that were sent and those that were read back; return the fields in which they differ.

        Parameters
        ----------
        differing
            The fields that differ, as told by whoever knows how a system writes dates and amounts; without it, values
            are held against each other letter by letter, before they are masked.
        """
        fields = [*sent, *(field for field in shown if field not in sent)]
        if differing is None:
            differing = [field for field in fields if sent.get(field) != shown.get(field)]
        differing = [field for field in fields if field in differing]
        written = [
            {
                "field": self._masking.text(field),
                "sent": self._masked(field, sent.get(field)),
                "shown": self._masked(field, shown.get(field)),
                "same": field not in differing,
            }
            for field in fields
        ]
        self._add(f"values {stage}", "json", _json({"values": written}), at)
        return differing

    def receipt(self, receipt: Mapping[str, Any], *, at: datetime) -> Path:
        """Keep what the system said when it had taken the filing."""
        return self._add("receipt", "json", _json(self._masking.record(dict(receipt))), at)

    def hashes(self, stage: str, files: Mapping[str, bytes], *, at: datetime) -> Path:
        """Keep names, sizes and hashes of files that went through our hands, such as images; not the files."""
        rows = [
            {"name": self._masking.text(name), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in files.items()
        ]
        return self._add(f"hashes {stage}", "json", _json({"files": rows}), at)

    def file(self, kind: str, suffix: str, content: bytes, *, at: datetime) -> Path:
        """Keep any other file, such as a masked trace; it is stored as it is given."""
        return self._add(kind, suffix, content, at)

    def close(self, *, at: datetime) -> Path:
        """Write the index, and note its hash in the audit log; return its path."""
        files = [file._asdict() for file in self._files]
        content = _json({"filing_id": self.filing_id, "files": files})
        path = self.folder / INDEX
        _store(path, content)
        detail = {"index_sha256": hashlib.sha256(content).hexdigest(), "files": len(files)}
        self._log.append(self.filing_id, NOTED, detail, at=at)
        return path

    def _masked(self, field: str, value: Any) -> Any:
        return next(iter(self._masking.record({field: value}).values()))

    def _add(self, kind: str, suffix: str, content: bytes, at: datetime) -> Path:
        if at.tzinfo is None:
            raise EvidenceError(f"the time {at.isoformat()} of {kind!r:.60} has no time zone")
        kind = self._masking.text(kind)
        stem = re.sub(r"[^\w]+", "-", kind)[:60].strip("-") or "file"
        number = 1 + max((int(file.name[:3]) for file in self._files if file.name[:3].isdigit()), default=0)
        path = self.folder / f"{number:03d}-{stem}.{re.sub('[^a-z0-9]', '', suffix.lower()) or 'bin'}"
        _store(path, content)
        self._files.append(File(path.name, kind, at.isoformat(), hashlib.sha256(content).hexdigest(), len(content)))
        return path


def read_index(folder: Path) -> tuple[File, ...]:
    """Return the files that the index of a story names; none if it has not been stored yet.

    Raises
    ------
    EvidenceError
        If the index is none.

    Examples
    --------
    >>> read_index(Path("no such folder"))
    ()
    """
    try:
        given = json.loads((folder / INDEX).read_bytes())
        files = tuple(File(**row) for row in given["files"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EvidenceError(f"the index of {folder.name} cannot be read: {type(error).__name__}") from None
    for file in files:
        if not all(type(part) is str for part in file[:4]) or Path(file.name).name != file.name or file.name == INDEX:
            raise EvidenceError(f"the index of {folder.name} names {file.name!r:.80}: that is no file of its folder")
    return files


def _described(path: Path, kind: str) -> File:
    content = path.read_bytes()
    at = datetime.fromtimestamp(path.stat().st_mtime).astimezone().isoformat()
    return File(path.name, kind, at, hashlib.sha256(content).hexdigest(), len(content))


def _json(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()


def _store(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise EvidenceError(f"the evidence {path.name} cannot be written: {error.strerror}") from None
