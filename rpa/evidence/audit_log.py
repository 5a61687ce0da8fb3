"""The audit log: what the bot did, line after line, each holding the hash of the one before.

A line that was changed, taken out or put in between breaks the chain at its place. What a chain alone cannot show is
that its end was cut off, or rewritten by somebody who may write the file: keep its `head` elsewhere, and give it to
`verify`. A line is on disk when `append` returns; several processes may append. A process that died while it wrote
leaves half a line, which nobody was told of: the next one takes it off, and says so in a line of its own.

References
----------
Schneier and Kelsey (1999), Secure audit logs to support computer forensics.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from rpa.errors import EvidenceError
from rpa.evidence.masking import Masking

__all__ = ["START", "AuditLog", "Broken", "Head", "Line", "head", "lines", "verify"]

START = "0" * 64
"""What stands for the hash before the first line."""
_TORN = "half a line was taken off"
_BLOCK = 65_536


class Line(NamedTuple):
    """One line: its number from 1, when, about which account, what, and details."""

    number: int
    at: str
    account: str
    what: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


class Head(NamedTuple):
    """The last line's number and hash; 0 and `START` of an empty log."""

    number: int
    hash: str


class Broken(NamedTuple):
    """The first line that is not as it was written: its place from 1, and why in words."""

    line: int
    reason: str


class AuditLog:
    """A log in a file.

    Parameters
    ----------
    path
        The file; made at the first line.
    masking
        What every detail goes through before it is written.
    """

    def __init__(self, path: Path, masking: Masking | None = None) -> None:
        self.path = path
        self._masking = masking or Masking()

    def append(self, account: str, what: str, detail: Mapping[str, Any] | None = None, *, at: datetime) -> Line:
        """Write a line; it is on disk when this returns.

        Parameters
        ----------
        account
            Number of the filing, empty if it is about none.
        what
            In a few words.
        detail
            Texts, numbers, lists and objects of such; masked here.
        at
            When, with its time zone.

        Raises
        ------
        EvidenceError
            If the log cannot be written, or its last line is broken: nothing is put behind what was changed.
        """
        if at.tzinfo is None:
            raise EvidenceError(f"the time {at.isoformat()} of {what!r:.60} has no time zone")
        clean = self._masking.record(dict(detail or {}))
        account, what = self._masking.record({"filing_id": account, "what": what}).values()
        with _locked(self.path) as file:
            last, torn = _end(file, self.path)
            if torn:
                os.ftruncate(file, os.fstat(file).st_size - len(torn))
                lost = {"bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
                last = _written(file, self.path, _line(last, at, "", _TORN, lost))
            line = _line(last, at, account, what, clean)
            _written(file, self.path, line)
        return line


def lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a log, each held against the one before.

    Raises
    ------
    EvidenceError
        At the first line that is broken, or if the file cannot be read.

    Examples
    --------
    >>> next(lines(Path("no such log")))
    Traceback (most recent call last):
    rpa.errors.EvidenceError: the audit log no such log cannot be read: No such file or directory
    """
    last = Head(0, START)
    try:
        with path.open("rb") as file:
            for content in file:
                line = _read(content, last)
                if isinstance(line, str):
                    raise EvidenceError(f"line {last.number + 1} of the audit log {path.name} {line}")
                yield line
                last = Head(line.number, line.hash)
    except OSError as error:
        raise EvidenceError(f"the audit log {path} cannot be read: {error.strerror}") from None


def verify(path: Path, expected: Head | None = None) -> Broken | None:
    """Return the first line that is broken, None if all are as they were written.

    Parameters
    ----------
    expected
        A head that was kept elsewhere: the log must contain it still.

    Raises
    ------
    EvidenceError
        If the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     log = AuditLog(Path(folder, "audit.jsonl"))
    ...     for account in ("L1", "L2"):
    ...         line = log.append(account, "filed", at=datetime.fromisoformat("2026-07-01T09:00+08:00"))
    ...     first = verify(log.path)
    ...     size = log.path.write_bytes(log.path.read_bytes().replace(b"L1", b"L3"))
    ...     first, verify(log.path)
    (None, Broken(line=1, reason='was changed: its hash does not fit'))
    """
    last = Head(0, START)
    is_there = expected is None or expected == last
    try:
        with path.open("rb") as file:
            for content in file:
                line = _read(content, last)
                if isinstance(line, str):
                    return Broken(last.number + 1, line)
                last = Head(line.number, line.hash)
                if expected is not None and last.number == expected.number:
                    if last != expected:
                        return Broken(last.number, "has another hash than the one that was kept elsewhere")
                    is_there = True
    except OSError as error:
        raise EvidenceError(f"the audit log {path} cannot be read: {error.strerror}") from None
    if not is_there and expected is not None:
        return Broken(last.number + 1, f"is missing: the log had {expected.number} lines, {last.number} are left")
    return None


def head(path: Path) -> Head:
    """Return the number and hash of the last line, to be kept elsewhere.

    Raises
    ------
    EvidenceError
        If the log is broken or cannot be read.

    Examples
    --------
    >>> head(Path("/dev/null")).number
    0
    """
    last = Head(0, START)
    for line in lines(path):
        last = Head(line.number, line.hash)
    return last


def _line(last: Head, at: datetime, account: str, what: str, detail: Mapping[str, Any]) -> Line:
    bare = Line(last.number + 1, at.isoformat(), account, what, detail, last.hash, "")
    return bare._replace(hash=_hash(bare))


def _hash(line: Line) -> str:
    return hashlib.sha256(_json({k: v for k, v in line._asdict().items() if k != "hash"})).hexdigest()


def _json(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _read(content: bytes, last: Head) -> Line | str:
    """Return a line, or what is wrong with it."""
    if not content.endswith(b"\n"):
        return f"is cut off after {len(content)} bytes: whoever wrote it was stopped"
    try:
        line = Line(**json.loads(content))
        is_plain = _json(line._asdict()) + b"\n" == content
    except (ValueError, TypeError, RecursionError):
        return "is no line of an audit log"
    if not is_plain or type(line.number) is not int:
        return "is not written as the log writes it"
    if line.hash != _hash(line):
        return "was changed: its hash does not fit"
    if line.number != last.number + 1:
        return f"has the number {line.number}: a line was taken out or put in before it"
    if line.previous != last.hash:
        return "does not follow the line before it: that one was changed, or is another's"
    return line


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EvidenceError(f"the audit log {path} cannot be opened: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_new:
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        yield file
    except OSError as error:
        raise EvidenceError(f"the audit log {path} cannot be written: {error.strerror}") from None
    finally:
        os.close(file)


def _end(file: int, path: Path) -> tuple[Head, bytes]:
    """Return the head of the log, and the half line behind it."""
    size = os.fstat(file).st_size
    tail, start = b"", size
    while start > 0 and tail.count(b"\n") < 2:
        step = min(_BLOCK, start)
        start -= step
        tail = os.pread(file, step, start) + tail
    whole, newline, torn = tail.rpartition(b"\n")
    if not newline:
        return Head(0, START), torn
    content = whole.rpartition(b"\n")[2] + b"\n"
    try:
        line = Line(**json.loads(content))
        fits = line.hash == _hash(line)
    except (ValueError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise EvidenceError(f"the last line of the audit log {path} was changed: nothing is written behind it")
    return Head(line.number, line.hash), torn


def _written(file: int, path: Path, line: Line) -> Head:
    """Write a line whole or not at all."""
    size = os.fstat(file).st_size
    content = _json(line._asdict()) + b"\n"
    try:
        written = os.write(file, content)
        if written == len(content):
            os.fsync(file)
            return Head(line.number, line.hash)
        reason = "no space is left"
    except OSError as error:
        reason = str(error.strerror)
    with suppress(OSError):
        os.ftruncate(file, size)
    raise EvidenceError(f"the audit log {path} cannot be written: {reason}")
