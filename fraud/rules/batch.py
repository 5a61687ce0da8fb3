"""Cells and hits of many rows: blocks of them, each judged early for all rows and late for those in the running."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.rules.columns import Numbers, Prepared
from fraud.rules.evaluate import is_text, numbers, true_rows
from fraud.rules.sources import Cuts, Judged, Numeric, Pair, Present, Source, Textual, Words
from fraud.rules.syntax import Comparison, Not, fields_of
from fraud.rules.tables import Tables

__all__ = ["HitLists", "fields_of_source", "judge_block", "word_cells"]

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


def fields_of_source(source: Source) -> tuple[str, ...]:
    """Return the fields that a source reads.

    Examples
    --------
    >>> from fraud.rules.syntax import Field
    >>> fields_of_source(Pair(Field("ip"), Field("place")))
    ('ip', 'place')
    """
    match source:
        case Numeric(node) | Judged(node, _):
            return fields_of(node)
        case Textual(name) | Present(name):
            return (name,)
        case Pair(left, right):
            return fields_of(Comparison("==", left, right))


def word_cells(tables: Tables, prepared: Prepared) -> WordCells:
    """Return for each source of texts the cell of each category of its column; the last one is for missing."""
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
    """
    with np.errstate(all="ignore"):
        return _judge(tables, loops, prepared, words)


def _judge(tables: Tables, loops: Any, prepared: Prepared, words: WordCells) -> tuple[Any, Any]:
    early, late = range(tables.early), range(tables.early, len(tables.sources))
    alive = np.repeat(tables.table[:, -1:], prepared.size, axis=1)
    _narrow(tables, loops, prepared, words, early, alive)
    rows = np.flatnonzero(np.bitwise_or.reduce(alive, axis=0)) if len(alive) else np.zeros(0, np.int64)
    alive = np.ascontiguousarray(alive[:, rows])
    if late and len(rows):
        needed = dict.fromkeys(name for place in late for name in fields_of_source(tables.sources[place]))
        _narrow(tables, loops, prepared.take(rows, needed), words, late, alive)
    found = np.zeros(len(rows), np.int64)
    loops.count_hits(alive, tables.rule_of, found)
    hits = np.empty(found.sum(), np.int16)
    loops.name_hits(alive, tables.rule_of, hits)
    counts = np.zeros(prepared.size, np.int64)
    counts[rows] = found
    return counts, hits


def _narrow(tables: Tables, loops: Any, prepared: Prepared, words: WordCells, places: range, alive: Any) -> None:
    cells = np.empty((len(tables.sources), prepared.size), tables.code)
    for place in places:
        _find(tables.sources[place], tables.axes[place], loops, prepared, words, cells[place])
    part = int(places.start > 0)
    loops.narrow(cells, tables.base, tables.table, tables.starts[part], tables.reads, alive)


def _find(source: Source, axis: Cuts | Words, loops: Any, prepared: Prepared, words: WordCells, cells: Any) -> None:
    """Write the cells of one source."""
    if isinstance(axis, Words):
        cells[:] = words[source][prepared.texts(source.name).codes] if isinstance(source, Textual) else 0
        return
    found = _values(source, prepared)
    is_whole = found.values.dtype == np.int64
    loops.find_cells(found.values, axis.whole_bounds if is_whole else axis.float_bounds, cells)
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
