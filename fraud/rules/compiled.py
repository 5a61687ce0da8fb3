"""Rules compiled to one table: all of them judged at once, over columns or on one event.

The table (`fraud.rules.tables`) is data: building it for 561 rules takes a fraction of a second and compiles nothing,
and it is never changed, so that a new rulebook is put in place by replacing one reference. The loops are compiled by
numba once for a machine; without it they run in numpy and Python. `fraud.rules.reference` is the meaning of it all.
"""

import importlib.util
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from fraud.errors import RuleEventError
from fraud.rules import plain
from fraud.rules.batch import HitLists, judge_block, word_cells
from fraud.rules.columns import Columns, Mask, Prepared, prepare
from fraud.rules.plan import Plan, plan_of, slots_of
from fraud.rules.reference import Event
from fraud.rules.rulebook import Rulebook
from fraud.rules.single import cell_finder, judge_plainly
from fraud.rules.tables import build

__all__ = ["BLOCK_OF_ROWS", "CompiledRules", "HitLists", "compile_rules"]

BLOCK_OF_ROWS: Final = 32_768
"""Rows that are judged together: their cells stay in the processor's cache."""


def compile_rules(rulebook: Rulebook, feature_names: Sequence[str] = (), numba: bool | None = None) -> "CompiledRules":
    """Lay out the table of a rulebook.

    Parameters
    ----------
    rulebook
        The rules.
    feature_names
        Names of the features that `event_hits` gets as an array, in its order.
    numba
        Whether the loops are machine code; by default where numba is installed.

    Examples
    --------
    >>> from fraud.rules.reading import first_rulebook
    >>> rules = compile_rules(first_rulebook(), numba=False)
    >>> [rules.ids[place] for place in rules.event_hits({"device_frauds_30d": 2, "new_device": 1})]
    ['device_confirmed_fraud']
    """
    return CompiledRules(rulebook, tuple(feature_names), numba)


class CompiledRules:
    """The rules of one rulebook, ready to judge; it is never changed, and any number of threads may use it.

    Attributes
    ----------
    rulebook
        What was compiled.
    ids
        Ids of its rules.
    fields
        Columns and features that they read.
    """

    def __init__(self, rulebook: Rulebook, feature_names: tuple[str, ...], numba: bool | None) -> None:
        self.rulebook, self.ids, self.feature_names = rulebook, rulebook.ids, feature_names
        self.tables = build([rule.test for rule in rulebook.rules])
        self.fields = tuple(dict.fromkeys(name for names in self.tables.fields for name in names))
        self._finders = tuple(map(cell_finder, self.tables.sources, self.tables.axes))
        self._loops: Any = plain
        if importlib.util.find_spec("numba") is not None if numba is None else numba:
            from fraud.rules import kernels

            self._loops = kernels
        self._alone = plan_of(self.tables)
        self._beside = plan_of(self.tables, feature_names)
        self._own = threading.local()

    def hit_lists(self, columns: Columns, threads: int | None = None) -> HitLists:
        """Return the rules that hit each row.

        Parameters
        ----------
        columns
            Mapping from field to array, series or categorical, each of n rows; or a data frame.
        threads
            How many blocks of rows are judged at once; by default as many as there are processors.

        Raises
        ------
        RuleEventError
            If a column that a rule reads is missing or of the wrong type.

        Examples
        --------
        >>> from fraud.rules.reading import first_rulebook
        >>> book, _ = first_rulebook().available(["terminal_frauds_30d", "terminal_count_7d"])
        >>> found = compile_rules(book).hit_lists({"terminal_frauds_30d": [0, 1, 2], "terminal_count_7d": [9, 9, 9]})
        >>> found.offsets.tolist(), found.rules.tolist()
        ([0, 0, 1, 3], [1, 0, 1])
        """
        return self.prepared_hits(prepare(columns, self.fields), threads)

    def prepared_hits(self, prepared: Prepared, threads: int | None = None) -> HitLists:
        """Return what `hit_lists` does, for columns that were read already."""
        words = word_cells(self.tables, prepared)

        def judge(start: int) -> tuple[Any, Any]:
            return judge_block(self.tables, self._loops, prepared.rows(start, start + BLOCK_OF_ROWS), words)

        starts = range(0, prepared.size, BLOCK_OF_ROWS)
        workers = min(threads or os.cpu_count() or 1, len(starts))
        if workers < 2:
            parts = list(map(judge, starts))
        else:
            with ThreadPoolExecutor(workers) as pool:
                parts = list(pool.map(judge, starts))
        offsets = np.zeros(prepared.size + 1, np.int64)
        np.cumsum(np.concatenate([np.zeros(0, np.int64), *(counts for counts, _ in parts)]), out=offsets[1:])
        return HitLists(offsets, np.concatenate([np.zeros(0, np.int16), *(hits for _, hits in parts)]))

    def hits(self, columns: Columns, threads: int | None = None) -> Mask:
        """Return which rule hits which row, boolean (n, rules); parameters and errors as for `hit_lists`."""
        found = self.hit_lists(columns, threads)
        table = np.zeros((len(found.offsets) - 1, len(self.ids)), bool)
        table[np.repeat(np.arange(len(table)), np.diff(found.offsets)), found.rules] = True
        return table

    def event_hits(self, event: Event, features: Any = None) -> tuple[int, ...]:
        """Return the positions of the rules that hit one event, in order.

        Parameters
        ----------
        event
            Value of each field; absent and None are missing.
        features
            float64 array in the order of `feature_names`, NaN for missing. Fields of these names are read from it
            alone; without it, all are read from the event.

        Raises
        ------
        RuleEventError
            If a text is compared as a number or the reverse, a whole number has more than 64 bits, or the features are
            not those that were named.
        """
        if features is not None:
            features = self._checked(features)
        if self._loops is plain:
            return self._plainly(event, features)
        plan = self._alone if features is None else self._beside
        slots, numbers, scratch, hits = self._scratch(plan)
        if not slots_of(plan, event, features, slots):
            return self._plainly(event, features)
        given = numbers if features is None else features
        tables = self.tables
        count = self._loops.judge_event(
            numbers, given, plan.code, plan.constants, tables.table, tables.rule_of, scratch, hits
        )
        if count == 0:
            return ()
        return self._plainly(event, features) if count < 0 else tuple(hits[:count].tolist())

    def _checked(self, features: Any) -> Any:
        """Return the features if they are what was promised; a kernel would read past the end of fewer."""
        if type(features) is not np.ndarray or features.dtype != np.float64:
            features = np.asarray(features, np.float64)
        if features.shape != (len(self.feature_names),):
            promised = f"the rules were compiled for {len(self.feature_names)}"
            raise RuleEventError(f"the features are of shape {features.shape}; {promised}, in one row")
        return features

    def _plainly(self, event: Event, features: Any) -> tuple[int, ...]:
        if features is not None:
            event = {**event, **dict(zip(self.feature_names, map(float, features), strict=True))}
        return judge_plainly(self.tables, self._finders, event)

    def _scratch(self, plan: Plan) -> Any:
        """Return memory for one event of this thread."""
        name = "alone" if plan is self._alone else "beside"
        try:
            return getattr(self._own, name)
        except AttributeError:
            slots = bytearray(plan.layout.size or 8)
            made = slots, np.frombuffer(slots), np.empty(plan.size), np.empty(len(self.ids), np.int16)
            setattr(self._own, name, made)
            return made
