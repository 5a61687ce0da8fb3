"""The inner loops of the compiled rules in numpy: the readable twin of `fraud.rules.kernels`, and its stand-in.

Where numba is not installed these do the work, several times slower.
"""

from typing import Any

import numpy as np

__all__ = ["count_hits", "find_cells", "name_hits", "narrow"]


def find_cells(values: Any, bounds: Any, cells: Any) -> None:
    """Write the cell of each value: 0 for NaN, else 1 and the number of bounds that it reaches.

    Examples
    --------
    >>> cells = np.zeros(4, np.uint8)
    >>> find_cells(np.array([np.nan, 1.0, 2.0, 9.0]), np.array([2.0, 5.0]), cells)
    >>> cells.tolist()
    [0, 1, 2, 3]
    """
    cells[:] = np.where(np.isnan(values), 0, 1 + np.searchsorted(bounds, values, side="right"))


def narrow(cells: Any, base: Any, table: Any, starts: Any, reads: Any, alive: Any) -> None:
    """Take the masks of the cells (sources, rows) away from what is alive (words, rows), in one part of the reads."""
    for word in range(len(starts) - 1):
        for source in reads[starts[word] : starts[word + 1]]:
            alive[word] &= table[word][base[source] + cells[source].astype(np.int64)]


def count_hits(alive: Any, rule_of: Any, counts: Any) -> None:
    """Count the rules of each row that have a term alive."""
    counts[:] = np.bincount(_hits(alive, rule_of)[0], minlength=len(counts))


def name_hits(alive: Any, rule_of: Any, hits: Any) -> None:
    """Write the rules of each row that have a term alive, one row after the other."""
    hits[:] = _hits(alive, rule_of)[1]


def _hits(alive: Any, rule_of: Any) -> tuple[Any, Any]:
    bits = np.unpackbits(np.ascontiguousarray(alive.T).view(np.uint8), axis=1, bitorder="little")
    rows, terms = np.nonzero(bits)
    rules = rule_of[terms]
    is_first = np.ones(len(rows), bool)
    is_first[1:] = (rows[1:] != rows[:-1]) | (rules[1:] != rules[:-1])
    return rows[is_first], rules[is_first]
