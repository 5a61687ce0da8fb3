"""Read the wanted columns of a file as text, some ten thousand rows at a time, and never lose count of the rows.

CSV goes through Arrow's reader on one thread, because only then does it say the number of a row that it refuses.
Rows are counted from 1 with the header in CSV, so that a number is the line that an editor shows, as long as no
cell holds a line end; Parquet has no header to count.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from fraud.errors import FileError
from fraud.intake.misfits import MisfitLog
from fraud.intake.opening import Head, TextTap, open_parquet
from fraud.intake.quarantine import BadRow

__all__ = ["BLOCK_BYTES", "Batch", "Source", "read"]

BLOCK_BYTES = 1 << 21
"""Bytes of CSV in one batch. Four times as much was no faster, and took 250 MB more at the peak."""

PARQUET_ROWS = 65_536


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of a file.

    Parameters
    ----------
    rows
        Their numbers, int64 of shape (n,).
    cells
        Under each source name n cells of text.
    misfits, more_misfits
        Rows between them with too few or too many cells, and for each reason how many more there are.
    """

    rows: NDArray[np.int64]
    cells: "dict[str, pa.Array]"
    misfits: Sequence[BadRow] = ()
    more_misfits: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Source:
    """What is being read: how far it is, and at the end whether rows were counted as lines."""

    head: Head
    total_bytes: int
    done_bytes: int = 0
    counted_in: str = "row"


def read(source: Source, wanted: Sequence[str], block_bytes: int = BLOCK_BYTES) -> Iterator[Batch]:
    """Read the wanted columns of a file in batches.

    Parameters
    ----------
    source
        The file; its `done_bytes` and `counted_in` are kept up to date.
    wanted
        Names of source columns.
    block_bytes
        How much of a CSV file to take at a time; a row must be shorter.

    Raises
    ------
    FileError
        If the file is damaged, cut off, or holds a quotation mark that is never closed.
    """
    if source.head.kind == "parquet":
        return _read_parquet(source, wanted)
    return _read_csv(source, wanted, block_bytes)


def _read_csv(source: Source, wanted: Sequence[str], block_bytes: int) -> Iterator[Batch]:
    head = source.head
    following = head.header_lines + 1
    log = MisfitLog(following)
    nothing = {name: pa.array([], pa.string()) for name in wanted}
    with head.path.open("rb") as raw:
        tap = TextTap(raw, head.path.name)
        try:
            for batch in _open_csv(head, tap, wanted, block_bytes, log.refuse):
                rows = log.numbers_of_good_rows(following, batch.num_rows)
                following = int(rows[-1]) + 1 if len(rows) else following
                source.done_bytes = tap.done_bytes
                yield Batch(rows, dict(zip(wanted, batch.columns, strict=True)), *log.pass_on(following))
        except pa.ArrowException as error:
            if log.hopeless:
                yield Batch(np.zeros(0, np.int64), nothing, *log.pass_on(log.last_row + 1))
            raise _named_fault(head, error, following) from None
        last = max(following - 1, log.last_row)
        _refuse_open_quote(head, tap, last)
        source.counted_in = "line" if tap.physical_lines == last else "row"
    yield Batch(np.zeros(0, np.int64), nothing, *log.pass_on(last + 1))


def _open_csv(
    head: Head,
    tap: TextTap,
    wanted: Sequence[str],
    block_bytes: int,
    refuse: "Callable[[pa_csv.InvalidRow], str]",
) -> "pa_csv.CSVStreamingReader | Iterator[pa.RecordBatch]":
    reading = pa_csv.ReadOptions(
        use_threads=False, block_size=block_bytes, column_names=list(head.header), skip_rows=head.header_lines
    )
    parsing = pa_csv.ParseOptions(
        delimiter=head.delimiter,
        newlines_in_values=True,
        ignore_empty_lines=False,
        invalid_row_handler=refuse,
    )
    converting = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(head.header, pa.string()), include_columns=list(wanted)
    )
    try:
        return pa_csv.open_csv(tap, read_options=reading, parse_options=parsing, convert_options=converting)
    except pa.ArrowInvalid as error:
        # Nothing after the header, or a header without even a line end.
        if "Empty CSV" in str(error) or "Could not skip" in str(error):
            return iter(())
        raise


def _refuse_open_quote(head: Head, tap: TextTap, last_row: int) -> None:
    if tap.quotes % 2 and tap.physical_lines > last_row:
        raise FileError(
            f"{head.path.name} has a quotation mark that is never closed, and swallows the lines after it: "
            f"look at the rows from {last_row} on."
        )


def _named_fault(head: Head, error: Exception, following: int) -> FileError:
    if "straddling" in str(error):
        return FileError(
            f"{head.path.name} has a row after row {following - 1} that does not end: "
            "a quotation mark is never closed, or this is not CSV."
        )
    return FileError(f"{head.path.name} cannot be read as CSV after row {following - 1}: {error}.")


def _read_parquet(source: Source, wanted: Sequence[str]) -> Iterator[Batch]:
    from fraud.intake.flattening import flat_text

    head, following = source.head, 1
    with open_parquet(head.path) as file:
        total = max(file.metadata.num_rows, 1)
        try:
            for batch in file.iter_batches(batch_size=PARQUET_ROWS, columns=list(wanted)):
                rows = np.arange(following, following + batch.num_rows, dtype=np.int64)
                following += batch.num_rows
                source.done_bytes = source.total_bytes * (following - 1) // total
                yield Batch(rows, {name: flat_text(batch.column(name)) for name in wanted})
        except (pa.ArrowException, OSError) as error:
            place = f"{head.path.name} is damaged or cannot be used after row {following - 1}"
            raise FileError(f"{place}: {str(error).splitlines()[0].rstrip('.')}.") from None
