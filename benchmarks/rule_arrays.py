"""A rulebook over whole columns by others: polars and DuckDB expressions, numexpr, and numpy as it comes.

Each peer gets the table in its own form before the clock starts (polars with enumerations, DuckDB with dictionaries;
numexpr and numpy with a number for each text, NaN where a value is missing), and all its conditions translated and,
where it can, compiled. What comes out is one column of booleans for each rule; ours gives lists of hits, which is more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.errors import PeerMissingError
from benchmarks.rule_dialects import SQL, Words, translate
from fraud.rules import Rulebook

__all__ = ["NUMEXPR", "Batch", "batches", "duckdb_select", "numbered", "polars_expressions", "polars_table"]

Floats = npt.NDArray[np.float64]

THREADS = 2
_COMPARE = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
_RECKON = {"+": "__add__", "-": "__sub__", "*": "__mul__", "/": "__truediv__"}


@dataclass(frozen=True)
class Batch:
    """A peer: its name, how many rows it is given at most, and what returns the hits of each rule."""

    name: str
    most_rows: int
    prepare: Callable[[pd.DataFrame], Callable[[], npt.NDArray[np.int64]]]


def batches(rulebook: Rulebook) -> tuple[Batch, ...]:
    """Return the peers, the fastest first.

    Parameters
    ----------
    rulebook
        Its rules are judged by each peer, for tables with the columns that they read, and `day`.

    Raises
    ------
    PeerMissingError
        If one is not installed.
    """
    for name in ("polars", "duckdb", "numexpr"):
        try:
            __import__(name)
        except ImportError:
            raise PeerMissingError(f"{name} is not installed; the extra 'peers' of Hexi has all of them") from None
    tests = [rule.test for rule in rulebook.rules]
    return (
        Batch("polars expressions", 10**9, lambda table: _by_polars(tests, table)),
        Batch("DuckDB", 1_000_000, lambda table: _by_duckdb(tests, table)),
        Batch("numpy", 200_000, lambda table: _by_numpy(tests, table)),
        Batch("numexpr", 200_000, lambda table: _by_numexpr(tests, table)),
    )


class _Columns:
    """Conditions as expressions of polars, or at once as arrays of numpy: both have Python's operators."""

    guarded = False

    def __init__(
        self, field: Callable[[str], Any], literal: Callable[[Any], Any], is_present: Callable[[Any], Any]
    ) -> None:
        self._field, self._literal, self._is_present = field, literal, is_present

    def field(self, name: str) -> Any:
        return self._field(name)

    def literal(self, value: Any) -> Any:
        return self._literal(value)

    def truth(self, value: bool) -> Any:
        return self._literal(value)

    def arithmetic(self, first: Any, rest: Sequence[tuple[str, Any]]) -> Any:
        for sign, value in rest:
            first = getattr(first, _RECKON[sign])(value)
        return first

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        found = getattr(left, _COMPARE[operator])(right)
        return found & self._is_present(left) if operator == "!=" else found

    def among(self, value: Any, items: Sequence[Any], wanted: bool) -> Any:
        each = [value == self._literal(item) for item in items]
        return self.some(each) if wanted else ~self.some(each) & self._is_present(value)

    def present(self, name: str, wanted: bool) -> Any:
        found = self._is_present(self._field(name))
        return found if wanted else ~found

    def every(self, parts: Sequence[Any]) -> Any:
        found = parts[0]
        for part in parts[1:]:
            found = found & part
        return found

    def some(self, parts: Sequence[Any]) -> Any:
        found = parts[0]
        for part in parts[1:]:
            found = found | part
        return found


def polars_expressions(tests: Sequence[Any]) -> list[Any]:
    """Return one expression for each condition, named by its position."""
    import polars as pl

    dialect = _Columns(pl.col, pl.lit, lambda value: value.is_not_null())
    return [translate(test, dialect).fill_null(value=False).alias(str(place)) for place, test in enumerate(tests)]


def polars_table(table: pd.DataFrame) -> Any:
    """Return a table as polars has it: texts as enumerations, nulls for NaN."""
    import polars as pl

    columns = {}
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            texts = pl.Enum([str(one) for one in column.cat.categories])
            columns[name] = pl.Series(column.astype(object).where(column.notna(), None).tolist(), dtype=texts)
        else:
            columns[name] = pl.Series(column.to_numpy(), nan_to_null=True)
    return pl.DataFrame(columns)


def _by_polars(tests: Sequence[Any], table: pd.DataFrame) -> Callable[[], npt.NDArray[np.int64]]:
    frame, expressions = polars_table(table), polars_expressions(tests)
    return lambda: frame.select(expressions).sum().to_numpy()[0].astype(np.int64)


def duckdb_select(tests: Sequence[Any]) -> str:
    """Return the select list of one boolean for each condition."""
    return ", ".join(f'coalesce({translate(test, SQL)}, false) AS "{place}"' for place, test in enumerate(tests))


def _by_duckdb(tests: Sequence[Any], table: pd.DataFrame) -> Callable[[], npt.NDArray[np.int64]]:
    import duckdb

    link = duckdb.connect()
    link.execute(f"SET threads = {THREADS}")
    rows = polars_table(table).to_arrow()  # noqa: F841  # DuckDB finds it by its name
    link.execute("CREATE TABLE payments AS SELECT * FROM rows")
    query = f"SELECT {duckdb_select(tests)} FROM payments"  # noqa: S608  # made of conditions that were parsed
    return lambda: _counted(link.sql(query).to_arrow_table())


def _counted(found: Any) -> npt.NDArray[np.int64]:
    import pyarrow.compute as pc

    return np.array([pc.sum(column).as_py() or 0 for column in found.columns], np.int64)


def numbered(table: pd.DataFrame) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return a table as float64 columns, NaN for missing, and the number that stands for each text."""
    texts: dict[str, float] = {}
    columns = {}
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            numbers = [texts.setdefault(str(one), float(len(texts))) for one in column.cat.categories]
            columns[str(name)] = np.append(np.array(numbers, np.float64), np.nan)[column.cat.codes.to_numpy()]
        else:
            columns[str(name)] = column.to_numpy(np.float64)
    return columns, texts


def _by_numpy(tests: Sequence[Any], table: pd.DataFrame) -> Callable[[], npt.NDArray[np.int64]]:
    columns, texts = numbered(table)
    arrays = {name: column.view(_Array) for name, column in columns.items()}
    dialect = _Columns(arrays.__getitem__, lambda value: _number(texts, value), lambda value: value == value)

    def judge() -> npt.NDArray[np.int64]:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([np.count_nonzero(translate(test, dialect)) for test in tests], np.int64)

    return judge


class _Array(np.ndarray):
    """An array whose operators can be called by name with a number on either side."""


def _number(texts: Mapping[str, float], value: Any) -> Any:
    return (
        texts.get(value, -1.0)
        if isinstance(value, str)
        else np.float64(value)
        if not isinstance(value, bool)
        else value
    )


@dataclass(frozen=True)
class _Numexpr(Words):
    texts: tuple[tuple[str, float], ...] = ()

    def literal(self, value: int | float | str) -> str:
        return repr(float(_number(dict(self.texts), value)))

    def compare(self, operator: str, left: str, right: str) -> str:
        found = f"({left} {operator} {right})"
        return f"({found} & ({left} == {left}))" if operator == "!=" else found

    def among(self, value: str, items: Sequence[int | float | str], wanted: bool) -> str:
        found = self.some([self.compare("==", value, self.literal(item)) for item in items])
        return found if wanted else f"(~{found} & ({value} == {value}))"


NUMEXPR = _Numexpr(" & ", " | ", "({name} == {name})", "({name} != {name})", guarded=False)


def _by_numexpr(tests: Sequence[Any], table: pd.DataFrame) -> Callable[[], npt.NDArray[np.int64]]:
    from dataclasses import replace

    import numexpr

    numexpr.set_num_threads(THREADS)
    columns, texts = numbered(table)
    dialect = replace(NUMEXPR, texts=tuple(texts.items()))
    conditions = [translate(test, dialect) for test in tests]
    return lambda: np.array([np.count_nonzero(numexpr.evaluate(one, columns)) for one in conditions], np.int64)
