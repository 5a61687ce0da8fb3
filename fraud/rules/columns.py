"""Columns as conditions read them: numbers with the rows that are present, texts as codes.

Comparing an integer code is an order of magnitude faster than comparing text. Integers stay integers, so that
fen are compared exactly; narrow types are widened, because numpy would compare a float32 with a constant in
float32.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.errors import RuleEventError

__all__ = ["Columns", "Mask", "Moments", "Numbers", "Prepared", "Texts", "prepare"]

Mask: TypeAlias = npt.NDArray[np.bool_]
Columns: TypeAlias = Mapping[str, Any] | pd.DataFrame
"""Column -> numpy array, pandas series or categorical; all of one length."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers, int64 or float64, or one of them; `mask` says which are present, None that all are. NaN never is.

    What lies where the mask is false is nobody's: it may be anything.
    """

    values: Any
    mask: Any = None

    @cached_property
    def valid(self) -> Any:
        """The rows that are present."""
        if not (isinstance(self.values, np.ndarray) and self.values.dtype == np.float64):
            return np.ones(len(self.values), bool) if self.mask is None else self.mask
        present = ~np.isnan(self.values)
        return present if self.mask is None else present & self.mask

    def at(self, rows: Any) -> "Numbers":
        """Return some rows: a slice, which is not copied, or an array of positions."""
        return Numbers(self.values[rows], None if self.mask is None else self.mask[rows])


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts as positions in `categories`; -1 is missing."""

    codes: Any
    categories: "pd.Index[Any]"

    @property
    def valid(self) -> Mask:
        """The rows that are present."""
        return np.asarray(self.codes >= 0)

    def at(self, rows: Any) -> "Texts":
        """Return some rows."""
        return replace(self, codes=self.codes[rows])

    def code(self, text: str) -> int:
        """Return the code of a text, or -2, which no row has."""
        return int(self.categories.get_indexer(pd.Index([text]))[0]) if text in self.categories else -2


@dataclass(frozen=True, eq=False)
class Moments:
    """Times, of which a condition can ask whether they are present, and validity dates the day."""

    valid: Mask
    moments: Any

    def at(self, rows: Any) -> "Moments":
        """Return some rows."""
        return Moments(self.valid[rows], self.moments[rows])

    @property
    def days(self) -> Numbers:
        """Days since 1970, as local time counts them."""
        moments = pd.DatetimeIndex(self.moments).tz_localize(None).to_numpy().astype("datetime64[D]")
        return Numbers(moments.astype(np.int64), self.valid)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The columns that conditions need, ready to be compared; `size` is the number of rows."""

    size: int
    columns: Mapping[str, Numbers | Texts | Moments]

    def rows(self, start: int, stop: int) -> "Prepared":
        """Return the rows from `start` to before `stop`, without copying."""
        stop = min(stop, self.size)
        return Prepared(stop - start, {name: entry.at(slice(start, stop)) for name, entry in self.columns.items()})

    def take(self, rows: Any, names: Iterable[str]) -> "Prepared":
        """Return the rows at these positions, with the named columns alone."""
        return Prepared(len(rows), {name: self.columns[name].at(rows) for name in names})

    def numbers(self, name: str) -> Numbers:
        """Return a column of numbers; a column in which nothing is present may stand for one.

        Raises
        ------
        RuleEventError
            If the column holds something else.
        """
        found = self.columns[name]
        if isinstance(found, Numbers):
            return found
        if found.valid.any():
            raise RuleEventError(f"column {name!r} holds text or times; the rules compare it as numbers")
        return Numbers(np.zeros(self.size), np.zeros(self.size, bool))

    def days(self) -> Numbers:
        """Return the day of each event, counted from 1970; `occurred_at` holds times, or seconds since 1970."""
        found = self.columns["occurred_at"]
        if isinstance(found, Moments):
            return found.days
        seconds = self.numbers("occurred_at")
        return Numbers(np.floor_divide(seconds.values, 86_400), seconds.valid)

    def texts(self, name: str) -> Texts:
        """Return a column of texts; a column in which nothing is present may stand for one.

        Raises
        ------
        RuleEventError
            If the column holds something else.
        """
        found = self.columns[name]
        if isinstance(found, Texts):
            return found
        if found.valid.any():
            raise RuleEventError(f"column {name!r} holds numbers or times; the rules compare it as text")
        return Texts(np.full(self.size, -1, np.int8), pd.Index([], dtype=object))


def prepare(columns: Columns, names: Iterable[str]) -> Prepared:
    """Read the named columns.

    Parameters
    ----------
    columns
        Mapping from name to array, series or categorical, or a data frame. NaN, None and NaT mean missing; an
        infinite number is a value.
    names
        The fields that the conditions read.

    Raises
    ------
    RuleEventError
        If a column is not there, is of another length than the first, or is of a type that is neither number,
        text nor time.

    Examples
    --------
    >>> ready = prepare({"channel": np.array(["atm", None], dtype=object)}, ["channel"])
    >>> ready.size, ready.texts("channel").codes.tolist()
    (2, [0, -1])
    """
    known: dict[str, Any] = {str(name): values for name, values in columns.items()}
    size = len(next(iter(known.values()))) if known else 0
    read = {}
    for name in names:
        if name not in known:
            raise RuleEventError(
                f"column {name!r} is not there, and a rule reads it; leave out the rule or add the column"
            )
        if len(known[name]) != size:
            raise RuleEventError(f"column {name!r} has {len(known[name])} rows; the first column has {size}")
        read[name] = _read(name, known[name])
    return Prepared(size, read)


def _read(name: str, values: Any) -> Numbers | Texts | Moments:
    dtype = values.dtype if hasattr(values, "dtype") else np.asarray(values).dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy() if isinstance(values, pd.Series) else np.asarray(values.codes)
        return Texts(codes, _only_texts(name, dtype.categories))
    if pd.api.types.is_bool_dtype(dtype) or pd.api.types.is_numeric_dtype(dtype):
        return _numbers(name, values, dtype)
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return Moments(np.asarray(pd.notna(values)), values if isinstance(values, np.ndarray) else pd.Index(values))
    codes, categories = pd.factorize(values if isinstance(values, pd.Series) else np.asarray(values, dtype=object))
    return Texts(codes, _only_texts(name, pd.Index(categories)))


def _numbers(name: str, values: Any, dtype: Any) -> Numbers:
    if pd.api.types.is_complex_dtype(dtype):
        raise RuleEventError(f"column {name!r} holds complex numbers; amounts and counts are plain numbers")
    if not isinstance(dtype, np.dtype):
        series = pd.Series(values)
        valid = series.notna().to_numpy()
        if pd.api.types.is_float_dtype(dtype):
            return Numbers(series.to_numpy(dtype=np.float64, na_value=np.nan))
        return Numbers(_whole(name, series.fillna(0).to_numpy()), valid)
    plain = np.asarray(values)
    if dtype.kind == "f":
        return Numbers(plain.astype(np.float64, copy=False))
    return Numbers(_whole(name, plain))


def _whole(name: str, values: Any) -> Any:
    if values.dtype == np.uint64 and len(values) and int(values.max()) > np.iinfo(np.int64).max:
        raise RuleEventError(f"column {name!r} holds {int(values.max())}; the largest whole number is 2**63 - 1")
    return values.astype(np.int64, copy=False)


def _only_texts(name: str, categories: "pd.Index[Any]") -> "pd.Index[Any]":
    if len(categories) and pd.api.types.infer_dtype(categories) != "string":
        raise RuleEventError(
            f"column {name!r} holds {categories.tolist()[0]!r} among others; categories and identifiers are text"
        )
    return categories
