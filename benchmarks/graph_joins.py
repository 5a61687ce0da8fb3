"""Cycles of three and four by joining tables: a floor for the search, and a referee between the libraries.

It is what an analyst writes in SQL: a path of two ties, joined with the tie or the two ties that lead back. The first
firm of a cycle has the smallest number, so that each is found once; only ties within strong components can be in one.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csgraph, csr_array

from benchmarks.graph_peers import Answer, Subject
from benchmarks.graph_ties import Ties, groups_as_set

__all__ = ["joins"]


def joins() -> Subject:
    """Return the subject.

    Examples
    --------
    >>> joins().name
    'joins of tables'
    """
    return Subject("joins of tables", _table, _answers)


def _table(ties: Ties) -> tuple[int, pd.DataFrame]:
    return ties.n, pd.DataFrame({"one": ties.tail, "two": ties.head})


def _answers(ties: Ties) -> Mapping[str, Answer]:
    del ties
    return {f"cycles up to {longest}": Answer(partial(_cycles, longest=longest), _rows) for longest in (3, 4)}


def _cycles(form: tuple[int, pd.DataFrame], longest: int) -> list[pd.DataFrame]:
    n, ties = form
    matrix = csr_array((np.ones(len(ties)), (ties["one"], ties["two"])), shape=(n, n))
    label = csgraph.connected_components(matrix, connection="strong")[1]
    ties = ties[label[ties["one"]] == label[ties["two"]]]
    up, down = ties[ties["one"] < ties["two"]], ties[ties["one"] > ties["two"]]
    there = up.merge(ties.set_axis(["two", "three"], axis=1), on="two").query("three > one")
    found = [there.merge(down.set_axis(["three", "one"], axis=1), on=["three", "one"])]
    if longest == 4:
        back = ties.set_axis(["three", "four"], axis=1).merge(down.set_axis(["four", "one"], axis=1), on="four")
        found.append(there.merge(back, on=["one", "three"]).query("two != four"))
    return found


def _rows(found: list[pd.DataFrame]) -> Any:
    order = ["one", "two", "three", "four"]
    rows = (part[[name for name in order if name in part]].to_numpy().tolist() for part in found)
    return groups_as_set((row for part in rows for row in part), is_cycle=True)
