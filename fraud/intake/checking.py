r"""Check a batch of text row by row, and make typed columns of the rows that are good.

Space around a cell is dropped. Empty text and the words that databases write for it (NULL, None, nan, \N, <NA>) are
a missing value: allowed in optional columns, but not in the number of a transaction or the label if the file has
them. A row in which every mapped cell is empty is a blank line, not a fault.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fraud.intake.amounts import read_amounts
from fraud.intake.mapping import Mapping
from fraud.intake.quarantine import BadRow, Faults, faults_at
from fraud.intake.reading import Batch
from fraud.intake.times import TimeReader
from fraud.schema import COLUMNS, Column

__all__ = ["Checked", "Checker", "staged_columns"]

MISSING = ("", "NULL", "null", "None", "none", "NaN", "nan", "\\N", "<NA>", "<null>")
LABELS = {
    **dict.fromkeys(("0", "0.0", "false", "f", "no", "n", "否"), 0),
    **dict.fromkeys(("1", "1.0", "true", "t", "yes", "y", "是"), 1),
}
LONGEST_TEXT = 256
FILLED_IDS = ("transaction_id", "customer_id")


def staged_columns(mapping: Mapping) -> tuple[Column, ...]:
    """Return the columns that a file with this mapping gets, in the order of the schema.

    Examples
    --------
    >>> names = {"occurred_at": "T", "customer_id": "C", "amount_fen": "A"}
    >>> [entry.name for entry in staged_columns(Mapping(names))]
    ['transaction_id', 'occurred_at', 'customer_id', 'amount_fen']
    """
    return tuple(entry for entry in COLUMNS if entry.name in mapping.columns or entry.name == "transaction_id")


@dataclass(frozen=True)
class Checked:
    """The good rows of a batch as a typed table with their numbers as `source_row`, and the bad ones."""

    table: "pa.Table"
    bad: tuple[BadRow, ...]


@dataclass
class Checker:
    """Checks the batches of one file in order; it counts the amounts that were rounded and the blank lines."""

    mapping: Mapping
    rounded: int = 0
    blank: int = 0
    times: TimeReader = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no idea of whether times have a zone."""
        self.times = TimeReader(self.mapping)

    def check(self, batch: Batch) -> Checked:
        """Check one batch.

        Parameters
        ----------
        batch
            Cells of text under the source names of the mapping.

        Returns
        -------
        Checked
            Every row of the batch is in one of its two parts, but for blank lines.
        """
        texts = {name: _trimmed(batch.cells[source]) for name, source in self.mapping.columns.items()}
        full = ~_blank(texts, len(batch.rows))
        rows = batch.rows[full]
        if not full.all():
            self.blank += int((~full).sum())
            texts = {name: text.filter(pa.array(full)) for name, text in texts.items()}
        faults: dict[int, tuple[str, str]] = {}
        columns = {}
        for entry in staged_columns(self.mapping):
            if entry.name not in texts:
                columns[entry.name] = pa.array(rows).cast(pa.string())
                continue
            columns[entry.name], found = self._column(entry, texts[entry.name])
            # The first fault of a row is the one that is reported.
            faults = {place: (entry.name, code) for place, code in found.items()} | faults
        bad = [
            BadRow(int(rows[place]), name, texts[name][place].as_py(), code) for place, (name, code) in faults.items()
        ]
        return Checked(
            _without(pa.table({**columns, "source_row": pa.array(rows)}), list(faults)),
            tuple(sorted((*bad, *batch.misfits), key=lambda row: row.row)),
        )

    def _column(self, entry: Column, text: "pa.Array") -> "tuple[pa.Array, Faults]":
        if entry.kind == "time":
            seconds, faults = self.times.read(text)
            return pa.array(seconds).cast(pa.timestamp("s")).cast(pa.timestamp("ms")), faults
        if entry.kind == "money":
            fen, faults, rounded = read_amounts(text, self.mapping.amount_unit, self.mapping.amount_decimal)
            self.rounded += rounded
            return pa.array(fen), faults
        if entry.kind == "number":
            return _numbers(entry, text)
        if entry.kind == "flag":
            return _flags(text)
        return _texts(entry, text)


def _trimmed(text: "pa.Array") -> "pa.Array":
    text = pc.utf8_trim_whitespace(text)
    missing = pc.is_in(text, value_set=pa.array(MISSING[1:]))
    return pc.if_else(missing, "", text) if pc.any(missing).as_py() else text


def _blank(texts: "dict[str, pa.Array]", count: int) -> NDArray[np.bool_]:
    blank = np.ones(count, dtype=np.bool_)
    for text in texts.values():
        if not blank.any():
            break
        blank &= np.asarray(pc.equal(text, ""))
    return blank


def _without(table: "pa.Table", places: list[int]) -> "pa.Table":
    if not places:
        return table
    keep = np.ones(table.num_rows, dtype=np.bool_)
    keep[places] = False
    return table.filter(pa.array(keep))


def _texts(entry: Column, text: "pa.Array") -> "tuple[pa.Array, Faults]":
    too_long = pc.or_(pc.greater(pc.binary_length(text), LONGEST_TEXT), pc.match_substring(text, "\n"))
    faults = faults_at(np.asarray(too_long), "text-too-long")
    missing = pc.equal(text, "")
    if not pc.any(missing).as_py():
        return text, faults
    if entry.name in FILLED_IDS:
        faults |= faults_at(np.asarray(missing), "id-missing")
    return pc.if_else(missing, pa.scalar(None, pa.string()), text), faults


def _numbers(entry: Column, text: "pa.Array") -> "tuple[pa.Array, Faults]":
    missing = np.asarray(pc.equal(text, ""))
    readable = np.asarray(pc.match_substring_regex(text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$"))
    cells = pc.utf8_ltrim(pc.if_else(pa.array(readable), text, "0"), "+")
    values = np.where(missing, np.nan, np.asarray(cells.cast(pa.float64())))
    low = -np.inf if entry.lowest is None else entry.lowest
    high = np.inf if entry.highest is None else entry.highest
    outside = readable & ((values < low) | (values > high))
    unreadable = ~readable & ~missing
    faults = faults_at(outside, "number-out-of-range") | faults_at(unreadable, "number-unreadable")
    return pa.array(values, from_pandas=True), faults


def _flags(text: "pa.Array") -> "tuple[pa.Array, Faults]":
    place = pc.index_in(pc.utf8_lower(text), value_set=pa.array(list(LABELS)))
    values = np.array([*LABELS.values(), 0], dtype=np.int8)[np.asarray(pc.fill_null(place, len(LABELS)))]
    unknown = faults_at(np.asarray(pc.is_null(place)), "label-unknown")
    return pa.array(values), unknown | faults_at(np.asarray(pc.equal(text, "")), "label-missing")
