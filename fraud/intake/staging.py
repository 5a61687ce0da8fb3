"""Turn anybody's file of transactions into one clean Parquet file in time order.

The file is read once in batches; good rows are staged, bad ones go to the quarantine. Only if times step back or
numbers of transactions may repeat is the staged file worked over a second time, out of core. Memory is bounded
whatever the length of a CSV file; for Parquet it grows with the largest row group, which the writer chose (0.3 GB for
groups of a million rows, 0.8 GB for one of twenty million). On any error nothing is left in the folder.
Refused as a whole are files in which more than half of the rows are bad: what is left of them would mislead.
"""

import shutil
import tempfile
from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fraud.errors import BadRowsError, FileError
from fraud.intake.checking import Checker, staged_columns
from fraud.intake.mapping import Mapping, check_header
from fraud.intake.opening import peek
from fraud.intake.ordering import ROW_GROUP, Growth, Totals, engine, reordered, repeated, totals
from fraud.intake.quarantine import KEPT, REASONS, BadRow, Quarantine, write_rows
from fraud.intake.reading import BLOCK_BYTES, Source, read
from fraud.schema import LABEL

__all__ = ["STAGED_NAME", "Staged", "stage", "write_quarantine"]

STAGED_NAME = "transactions.parquet"
HOPELESS_ROWS = 10_000
BAD_SHARE = 0.5
# Unordered keys gain nothing from a dictionary, and lz4 costs little: half of the time of pyarrow's defaults.
WRITING = {"compression": "lz4", "use_dictionary": False}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Staged:
    """A clean table on disk, and what became of the rows of its file.

    Parameters
    ----------
    path
        Parquet file by time, then by row: the columns of `columns`, and `source_row`.
    rows, quarantined, blank
        How many rows are good, refused, and empty; together they are all rows of the file.
    reasons
        From the code of a reason in `quarantine.REASONS` to the number of rows refused for it.
    first, last
        Local time of the first and the last transaction.
    columns
        Names of the columns, in the order of the schema.
    labelled, frauds
        Rows with a label, and rows labelled as fraud; both 0 if the file has no labels.
    bad_rows
        The first refused rows, at most 100,000, in the order of the file.
    counted_in
        "line" if the numbers of rows are lines as an editor shows them; "row" if they are not, because it is Parquet
        or a cell holds a line end. Rows of CSV are counted from the header, which is 1; rows of Parquet from 1.
    notes
        What was done to the rows that a reader should know, in English and Chinese.
    """

    path: Path
    rows: int
    quarantined: int
    blank: int
    reasons: Dictionary[str, int]
    first: datetime
    last: datetime
    columns: tuple[str, ...]
    labelled: int
    frauds: int
    bad_rows: tuple[BadRow, ...]
    counted_in: str
    notes: tuple[str, ...]


@dataclass
class _Run:
    """One pass over a file: what has been seen so far."""

    checker: Checker
    quarantine: Quarantine = field(default_factory=Quarantine)
    times: Growth = field(default_factory=lambda: Growth(strictly=False))
    ids: Growth = field(default_factory=lambda: Growth(strictly=True))
    id_type: "pa.DataType | None" = None
    good: int = 0

    def watch(self, table: "pa.Table") -> None:
        """Look at the order of times and of identifiers in the good rows of a batch."""
        self.good += table.num_rows
        if table.num_rows == 0:
            return
        self.times.watch(table["occurred_at"].combine_chunks())
        if not self.ids.holds:
            return
        ids = table["transaction_id"].combine_chunks()
        if self.id_type is None:
            self.id_type = pa.int64() if _as(ids, pa.int64()) is not None else pa.string()
        values = _as(ids, self.id_type)
        if values is None:
            self.ids.holds = False
        else:
            self.ids.watch(values)


def _as(ids: "pa.Array", kind: "pa.DataType") -> "pa.Array | None":
    try:
        return ids.cast(kind)
    except pa.ArrowInvalid:
        return None


def stage(
    path: Path,
    mapping: Mapping,
    folder: Path,
    progress: Progress | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Staged:
    """Check, type and sort a file of transactions.

    Parameters
    ----------
    path
        CSV (also gzipped) or Parquet.
    mapping
        Which of its columns are which.
    folder
        An existing folder for the result, and for temporary files of up to twice the size of the unpacked input.
    progress
        Called with the bytes of the file that are done, and all its bytes.
    block_bytes
        How much of a CSV file to read at a time; the result does not depend on it.

    Returns
    -------
    Staged

    Raises
    ------
    FileError
        If the file is missing, empty, damaged, cut off or of another kind.
    MappingError
        If the file lacks a column of the mapping, or has two of one name.
    BadRowsError
        If more than half of its rows are bad.
    """
    head = peek(path)
    check_header(head.header, mapping)
    source = Source(head, path.stat().st_size)
    workspace = Path(tempfile.mkdtemp(prefix=".intake-", dir=folder))
    try:
        run = _Run(Checker(mapping))
        _write(run, source, workspace / "read.parquet", progress, block_bytes)
        _refuse_hopeless(run, source)
        notes = _notes(run)
        made, found = _arranged(run, workspace, notes, LABEL in mapping.columns)
        _refuse_hopeless(run, source)
        made.replace(folder / STAGED_NAME)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return Staged(
        path=folder / STAGED_NAME,
        rows=found.rows,
        quarantined=run.quarantine.total,
        blank=run.checker.blank,
        reasons=dict(run.quarantine.counts.most_common()),
        first=found.first,
        last=found.last,
        columns=tuple(entry.name for entry in staged_columns(mapping)),
        labelled=found.rows if LABEL in mapping.columns else 0,
        frauds=found.frauds,
        bad_rows=tuple(sorted(run.quarantine.kept, key=lambda row: row.row)),
        counted_in=source.counted_in,
        notes=tuple(notes),
    )


def _write(run: _Run, source: Source, into: Path, progress: Progress | None, block_bytes: int) -> None:
    wanted = tuple(dict.fromkeys(run.checker.mapping.columns.values()))
    waiting: list[pa.Table] = []
    writer: pq.ParquetWriter | None = None
    try:
        for batch in read(source, wanted, block_bytes):
            checked = run.checker.check(batch)
            run.quarantine.add(checked.bad, batch.more_misfits)
            run.watch(checked.table)
            if run.good == 0 and run.quarantine.total >= HOPELESS_ROWS:
                _refuse_hopeless(run, source)
            if writer is None:
                writer = pq.ParquetWriter(into, checked.table.schema, **WRITING)
            waiting.append(checked.table)
            if sum(table.num_rows for table in waiting) >= ROW_GROUP:
                writer.write_table(pa.concat_tables(waiting).combine_chunks(), row_group_size=None)
                waiting.clear()
            if progress is not None:
                progress(min(source.done_bytes, source.total_bytes), source.total_bytes)
        if writer is not None and waiting:
            writer.write_table(pa.concat_tables(waiting).combine_chunks())
    finally:
        if writer is not None:
            writer.close()
    if progress is not None:
        progress(source.total_bytes, source.total_bytes)


def _refuse_hopeless(run: _Run, source: Source) -> None:
    name, bad, good = source.head.path.name, run.quarantine.total, run.good
    if bad + good == 0:
        raise FileError(f"{name} has a header, but no rows.")
    if bad <= BAD_SHARE * (bad + good):
        return
    code, times = run.quarantine.counts.most_common(1)[0]
    example = next((row for row in run.quarantine.kept if row.reason == code), None)
    shown = f" (first in row {example.row}: {example.value!r})" if example else ""
    raise BadRowsError(
        f"{bad:,} of the first {bad + good:,} rows of {name} cannot be used, {times:,} of them because "
        f"{REASONS[code][0]}{shown}."
    )


def _arranged(run: _Run, workspace: Path, notes: list[str], labelled: bool) -> tuple[Path, Totals]:
    staged, refused, arranged = (workspace / f"{name}.parquet" for name in ("read", "refused", "arranged"))
    with engine(workspace / "overflow") as connection:
        twice = 0 if run.ids.holds else repeated(connection, staged, refused)
        if twice:
            _take_out(run, refused, twice)
        if twice or not run.times.holds:
            reordered(connection, staged, refused if twice else None, arranged)
            staged = arranged
        if not run.times.holds:
            notes.append("Rows were not in time order, and have been sorted.（原文件未按时间排列，已排序。）")
        return staged, totals(connection, staged, labelled)


def _take_out(run: _Run, refused: Path, count: int) -> None:
    run.good -= count
    run.quarantine.counts["id-repeated"] += count
    with pq.ParquetFile(refused) as file:
        for batch in file.iter_batches(batch_size=KEPT):
            room = KEPT - len(run.quarantine.kept)
            pairs = zip(batch["source_row"][:room].to_pylist(), batch["transaction_id"][:room].to_pylist(), strict=True)
            run.quarantine.kept.extend(BadRow(row, "transaction_id", value, "id-repeated") for row, value in pairs)
            if len(run.quarantine.kept) >= KEPT:
                break


def _notes(run: _Run) -> list[str]:
    notes = []
    if run.checker.rounded:
        count = f"{run.checker.rounded:,}"
        notes.append(
            f"{count} amounts had more than two decimals, and were rounded half to even to the fen."
            f"（{count} 笔金额超过两位小数，已按四舍六入五成双取到分。）"
        )
    if run.checker.times.zoned or "%z" in run.checker.mapping.time_format:
        notes.append("Times had a zone, and were converted to Beijing time.（时间带时区，已换算为北京时间。）")
    if run.checker.blank:
        notes.append(f"{run.checker.blank:,} blank lines were passed over.（已跳过 {run.checker.blank:,} 个空行。）")
    return notes


def write_quarantine(staged: Staged, path: Path) -> None:
    """Write the refused rows with their reasons as CSV; the file appears only when it is whole.

    Parameters
    ----------
    staged
        What `stage` returned; beyond 100,000 refused rows only the counts in its `reasons` are complete.
    path
        The file to write or replace.
    """
    write_rows(staged.bad_rows, path, staged.counted_in)
