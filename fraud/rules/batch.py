"""Cells and hits of many rows: blocks of them, each judged early for all rows and late for those in the running."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.rules import plain
from fraud.rules.columns import Numbers, Prepared
from fraud.rules.evaluate import is_text, numbers, true_rows
from fraud.rules.sources import Cuts, Judged, Numeric, Pair, Present, Source, Textual, Words
from fraud.rules.syntax import Comparison, Not
from fraud.rules.tables import Tables

__all__ = ["HitLists", "judge_block", "word_cells"]

_ROWS_GATHERED: Final = 1_024
_MANY_BOUNDS: Final = 128
"""From here on bisection is faster than to compare with all bounds."""
WordCells: TypeAlias = Mapping[Source, Any]


@dataclass(frozen=True, eq=False)
class HitLists:
    """The rules that hit row i are `rules[offsets[i]:offsets[i + 1]]`, in their order.

    Attributes
    ----------
    offsets
        int64 (n + 1,).
    rules
        int16: positions of rules in their rulebook.
    """

    offsets: npt.NDArray[np.int64]
    rules: npt.NDArray[np.int16]

    def of(self, row: int) -> npt.NDArray[np.int16]:
        """Return the rules that hit a row."""
        return self.rules[self.offsets[row] : self.offsets[row + 1]]


def word_cells(tables: Tables, prepared: Prepared) -> WordCells:
    """Return for each source of texts the cell of each category of its column; the last one is for missing.

    Examples
    --------
    >>> from fraud.rules.columns import prepare
    >>> from fraud.rules.language import parse_condition
    >>> from fraud.rules.tables import build
    >>> tables = build([parse_condition('channel == "atm"')])
    >>> prepared = prepare({"channel": np.array(["atm", "pos"])}, ["channel"])
    >>> [cells.tolist() for cells in word_cells(tables, prepared).values()]
    [[2, 1, 0]]
    """
    found: dict[Source, Any] = {}
    for source, axis in zip(tables.sources, tables.axes, strict=True):
        if isinstance(source, Textual) and isinstance(axis, Words):
            categories = prepared.texts(source.name).categories
            cells = np.ones(len(categories) + 1, tables.code)
            cells[-1] = 0
            for word, cell in axis.cells.items():
                if word in categories:
                    cells[categories.get_loc(word)] = cell
            found[source] = cells
    return found


def judge_block(tables: Tables, loops: Any, prepared: Prepared, words: WordCells) -> tuple[Any, Any]:
    """Return the number of rules that hit each row, int64 (n,), and all of them in the order of rows, int16.

    Parameters
    ----------
    tables
        Of the rulebook.
    loops
        The module of inner loops: `fraud.rules.kernels` or `fraud.rules.plain`.
    prepared
        The rows.
    words
        What `word_cells` returned for the whole table.

    Examples
    --------
    >>> from fraud.rules.columns import prepare
    >>> from fraud.rules.language import parse_condition
    >>> from fraud.rules.tables import build
    >>> tables = build([parse_condition("hour < 5"), parse_condition("hour is null or hour == 3")])
    >>> prepared = prepare({"hour": np.array([3, 9])}, ["hour"])
    >>> judge_block(tables, plain, prepared, word_cells(tables, prepared))
    (array([2, 0]), array([0, 1], dtype=int16))
    """
    with np.errstate(all="ignore"):
        return _judge(tables, loops, prepared, words)


def _judge(tables: Tables, loops: Any, prepared: Prepared, words: WordCells) -> tuple[Any, Any]:
    prepared = _gathered(prepared, {name for names in tables.fields[: tables.early] for name in names})
    alive = np.repeat(tables.table[:, -1:], prepared.size, axis=1)
    cells = np.empty((tables.early, prepared.size), tables.code)
    for place in range(tables.early):
        _find(tables.sources[place], tables.axes[place], loops, prepared, words, cells[place])
    loops.narrow(cells, tables.base, tables.table, tables.starts[0], tables.reads, alive)
    rows, kept = np.empty(prepared.size, np.int64), np.empty_like(alive)
    running = loops.keep_running(alive, rows, kept)
    rows, alive = rows[:running], kept
    places = np.empty(running, np.int64)
    for place, (those, cares, masks) in enumerate(tables.late, tables.early):
        read = places[: loops.find_readers(alive, running, those, cares, places)]
        if len(read):
            cells = np.empty(len(read), tables.code)
            some = prepared.take(rows[read], tables.fields[place])
            _find(tables.sources[place], tables.axes[place], loops, some, words, cells)
            loops.narrow_some(cells, read, those, masks, alive)
    counted = np.zeros(len(rows), np.int64)
    loops.count_hits(alive, tables.rule_of, counted)
    hits = np.empty(counted.sum(), np.int16)
    loops.name_hits(alive, tables.rule_of, counted, hits)
    counts = np.zeros(prepared.size, np.int64)
    counts[rows] = counted
    return counts, hits


def _gathered(prepared: Prepared, names: set[str]) -> Prepared:
    """Copy numbers that lie scattered, as in a table that is kept row by row: a few rows of all columns at a time."""
    columns = dict(prepared.columns)
    scattered = {
        name: found
        for name in names
        if isinstance(found := columns[name], Numbers) and not found.values.flags.c_contiguous
    }
    made = {name: np.empty(prepared.size, found.values.dtype) for name, found in scattered.items()}
    for start in range(0, prepared.size if made else 0, _ROWS_GATHERED):
        rows = slice(start, start + _ROWS_GATHERED)
        for name, values in made.items():
            values[rows] = scattered[name].values[rows]
    gathered = {name: Numbers(values, scattered[name].mask) for name, values in made.items()}
    return Prepared(prepared.size, columns | gathered) if made else prepared


def _bounds(found: Numbers, axis: Cuts | Words) -> Any:
    if not isinstance(axis, Cuts):
        raise TypeError("a source of numbers has cuts")
    return axis.whole_bounds if found.values.dtype == np.int64 else axis.float_bounds


def _find(source: Source, axis: Cuts | Words, loops: Any, prepared: Prepared, words: WordCells, cells: Any) -> None:
    """Write the cells of one source."""
    if isinstance(axis, Words) and isinstance(source, Textual):
        loops.translate(prepared.texts(source.name).codes, words[source], cells)
        return
    found = _values(source, prepared)
    bounds = _bounds(found, axis)
    (loops if len(bounds) < _MANY_BOUNDS else plain).find_cells(found.values, bounds, cells)
    if found.mask is not None:
        cells *= found.mask


def _values(source: Source, prepared: Prepared) -> Numbers:
    match source:
        case Numeric(node):
            return numbers(node, prepared)
        case Present(name):
            return Numbers(np.zeros(prepared.size), prepared.columns[name].valid)
        case Judged(node, wanted):
            return Numbers(true_rows(node if wanted else Not(node), prepared, {}).astype(np.int64))
        case Pair(left, right) if is_text(left, prepared) or is_text(right, prepared):
            same, differ = (true_rows(Comparison(sign, left, right), prepared, {}) for sign in ("==", "!="))
            return Numbers(differ.astype(np.int64), same | differ)
        case Pair(left, right):
            one, other = numbers(left, prepared), numbers(right, prepared)
            above = (one.values > other.values).astype(np.int64)
            return Numbers(above - (one.values < other.values), one.valid & other.valid)
    raise TypeError(f"{source!r} is no source of numbers")
