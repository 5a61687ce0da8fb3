"""Open a foreign file: what kind it is, how it is encoded and separated, its header and a few rows.

Text arrives as CSV in UTF-8, GB18030 (which holds GBK and GB2312) or UTF-16 with its mark, plain or gzipped, and
leaves as UTF-8. The encoding is decided by the first byte that is not ASCII, wherever in the file it is. A zip, an
Excel workbook and a file with NUL bytes are refused.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from fraud.errors import FileError
from fraud.intake.flattening import flat_text
from fraud.intake.mapping import check_header

__all__ = ["Head", "TextTap", "open_parquet", "peek"]

DELIMITERS = (",", "\t", ";", "|")
HEAD_BYTES = 1 << 18
SAMPLE_ROWS = 100
# Without it, a whole column of a row group is read at once, and some writers make one group of a whole file.
PARQUET_BUFFER = 1 << 20
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
FOREIGN_KINDS = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: save the table as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the table as CSV in UTF-8",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or use gzip",
    b"BZh": "compressed with bzip2: unpack it, or use gzip",
    b"\xfd7zXZ": "compressed with xz: unpack it, or use gzip",
}


@dataclass(frozen=True)
class Head:
    """The beginning of a file: its kind ("csv" or "parquet"), header, and up to 100 rows as text.

    `header_lines` is the number of lines up to the end of the header, 0 for Parquet.
    """

    path: Path
    kind: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    header_lines: int = 0


class TextTap:
    """A readable stream that turns a text file into UTF-8 and counts what passes.

    Parameters
    ----------
    raw
        The file, opened in binary; the caller closes it.
    name
        What to call the file in messages.

    Raises
    ------
    FileError
        From `read`, if the file is cut off, holds NUL bytes, or is in no known encoding.
    """

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self.lines = 0
        self.quotes = 0
        self.closed = False
        self._ends_open = False
        self._raw = raw
        self._name = name
        self._encoding = "ascii"
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ready = b""
        self._at_start = True
        gzipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        self._source = gzip.GzipFile(fileobj=raw) if gzipped else raw

    def readable(self) -> bool:
        """Return True: pyarrow asks."""
        return True

    def seekable(self) -> bool:
        """Return False: the stream is read once."""
        return False

    def close(self) -> None:
        """Mark the stream as closed; the file itself belongs to the caller."""
        self.closed = True

    @property
    def done_bytes(self) -> int:
        """How many bytes of the file on disk have been taken."""
        return self._raw.tell()

    @property
    def physical_lines(self) -> int:
        """Lines that have passed, the last of which may lack its line end."""
        return self.lines + self._ends_open

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of UTF-8, or nothing at the end of the file."""
        size = HEAD_BYTES if size < 0 else size
        if not self._ready:
            self._ready = self._next(size)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _next(self, size: int) -> bytes:
        while True:
            try:
                block = self._source.read(size)
            except (EOFError, OSError, zlib.error) as error:
                raise FileError(f"{self._name} is damaged or cut off: {error}.") from None
            text = self._as_utf8(block)
            if text or not block:
                return self._counted(text)

    def _counted(self, text: bytes) -> bytes:
        zero = text.find(b"\0")
        if zero >= 0:
            line = self.lines + text.count(b"\n", 0, zero) + 1
            raise FileError(f"{self._name} has a NUL byte in line {line}: it is damaged or not a text file.")
        self.lines += text.count(b"\n")
        self.quotes += text.count(b'"')
        if text:
            self._ends_open = not text.endswith(b"\n")
        return text

    def _as_utf8(self, block: bytes) -> bytes:
        if self._at_start:
            self._at_start = False
            block = block.removeprefix(codecs.BOM_UTF8)
            if block.startswith(UTF16_MARKS):
                self._use("utf-16")
        if self._decoder is None:
            if block.isascii():
                return block
            self._use("utf-8")
            try:
                return self._decode(block)
            except UnicodeDecodeError:
                # All before this block was ASCII, so the other encoding can still be taken up here.
                self._use("gb18030")
        try:
            return self._decode(block)
        except UnicodeDecodeError as error:
            line = self.lines + bytes(error.object[: error.start]).count(b"\n") + 1
            raise FileError(
                f"{self._name} has letters in line {line} that are neither UTF-8 nor GB18030: save it as UTF-8."
            ) from None

    def _use(self, encoding: str) -> None:
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def _decode(self, block: bytes) -> bytes:
        assert self._decoder is not None
        if self._encoding == "utf-8" and block.isascii() and not self._decoder.getstate()[0]:
            return block
        return self._decoder.decode(block, final=not block).encode()


def peek(path: Path) -> Head:
    """Read the beginning of a file: kind, delimiter, header and some rows.

    Raises
    ------
    FileError
        If there is no such file, or it is empty, damaged or of another kind.
    MappingError
        If two columns have the same name.
    """
    try:
        with path.open("rb") as raw:
            start = raw.read(8)
            raw.seek(0)
            _refuse_foreign(path, start)
            if start.startswith(b"PAR1") or path.suffix == ".parquet":
                head = _parquet_head(path, start)
            else:
                head = _text_head(path, raw)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from None
    check_header(head.header)
    return head


def _refuse_foreign(path: Path, start: bytes) -> None:
    if not start:
        raise FileError(f"{path.name} is empty: it has neither a header nor rows.")
    for magic, kind in FOREIGN_KINDS.items():
        if start.startswith(magic):
            raise FileError(f"{path.name} is {kind}.")


def open_parquet(path: Path) -> "pq.ParquetFile":
    """Open a Parquet file so that it is read page by page.

    Raises
    ------
    FileError
        If its footer is not there: it was cut off, or is no Parquet.
    """
    try:
        return pq.ParquetFile(path, pre_buffer=False, buffer_size=PARQUET_BUFFER)
    except (pa.ArrowException, OSError) as error:
        raise FileError(f"{path.name} is a damaged or cut-off Parquet file: {_short(error)}.") from None


def _short(error: Exception) -> str:
    return str(error).split("\n")[0].split(". ")[0].rstrip(".")


def _parquet_head(path: Path, start: bytes) -> Head:
    if not start.startswith(b"PAR1"):
        raise FileError(f"{path.name} is not a Parquet file: it does not begin with PAR1.")
    file = open_parquet(path)
    with file:
        header = tuple(file.schema_arrow.names)
        sample: tuple[tuple[str, ...], ...] = ()
        try:
            for batch in file.iter_batches(batch_size=SAMPLE_ROWS):
                columns = [_sample_text(column) for column in batch.columns]
                sample = tuple(zip(*columns, strict=True))
                break
        except (pa.ArrowException, OSError) as error:
            raise FileError(f"{path.name} is a damaged or cut-off Parquet file: {_short(error)}.") from None
    return Head(path, "parquet", header, sample)


def _sample_text(column: "pa.Array") -> list[str]:
    try:
        return [text or "" for text in flat_text(column).to_pylist()]
    except pa.ArrowException:
        # A list or a structure: nothing can be mapped from it, but other columns can.
        return [""] * len(column)


def _text_head(path: Path, raw: BinaryIO) -> Head:
    tap = TextTap(raw, path.name)
    parts: list[bytes] = []
    while sum(map(len, parts)) < HEAD_BYTES:
        part = tap.read(HEAD_BYTES)
        if not part:
            break
        parts.append(part)
    whole = b"".join(parts)
    at_end = len(whole) < HEAD_BYTES
    # A cell cut at the end of what was read would be a wrong sample, and half a letter cannot be decoded.
    text = (whole if at_end else whole[: whole.rfind(b"\n") + 1]).decode()
    if whole and not text:
        raise FileError(f"{path.name} is not a table in CSV: its first line has no end.")
    if not text.strip():
        raise FileError(f"{path.name} is empty: it has neither a header nor rows.")
    delimiter = _delimiter(text)
    header, lines, sample = _rows(path, text, delimiter)
    return Head(path, "csv", header, sample, delimiter, lines)


def _delimiter(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))


def _rows(path: Path, text: str, delimiter: str) -> tuple[tuple[str, ...], int, tuple[tuple[str, ...], ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    sample: list[tuple[str, ...]] = []
    try:
        names = next(row for row in reader if any(cell.strip() for cell in row))
        lines = reader.line_num
        for row in reader:
            if row:
                sample.append(tuple(row))
            if len(sample) == SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise FileError(f"{path.name} is not a table in CSV: {error}.") from None
    return _named(names), lines, tuple(sample)


def _named(names: Sequence[str]) -> tuple[str, ...]:
    # pandas writes its index under an empty name; such a column can be seen in messages, but is never guessed.
    return tuple(name.strip() or f"(column {place})" for place, name in enumerate(names, 1))
