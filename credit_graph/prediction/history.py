"""What was known when: guarantees with their validity, defaults with their day, and what firms say of themselves.

Tables are checked and numbered once; what is asked of a day afterwards is a mask. `guarantees_on` is the graph of the
day. `called_by` is another thing: guarantees that were valid when their borrower defaulted, which are called months
later, also if they have ended since. Neither they nor `own_on` read what happened later.

What firms say of themselves has no date of its own here, except columns of dates, which become ages and are missing
before they come. A balance sheet that was published later than the first day asked for lets the future in: that is
the caller's to prevent, and no test of this module can notice it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import PredictionInputError
from credit_graph.graph import Layer, layer
from credit_graph.intake.checking import judge
from credit_graph.intake.frames import Frame, columns, pandas_rows
from credit_graph.intake.reading import read_days, read_text
from credit_graph.snapshot import day_of

__all__ = ["NEVER", "History", "day_number", "history_of"]

NEVER = 2**31
"""The day of default of those who have not defaulted, in days since 1970: later than any date."""

Floats = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
_LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class History:
    """Parties by number, and everything that befell them, in days since 1970.

    Parameters
    ----------
    ids, kind
        Identifier and kind of each party, object arrays of shape (n,).
    own_names, own, is_date
        Names of the own features; their values, NaN where missing, shape (n, k); which of them are days.
    buffer_fen
        What a party can pay on calls, NaN where unknown, shape (n,).
    tail, head, amount_fen
        Guarantor, borrower and amount of each guarantee, int64 of shape (m,).
    first_day, last_day
        Validity of each, both days included.
    defaulted_day
        First default of each party, `NEVER` if none, int64 of shape (n,).
    observed_until
        Last day whose defaults are known.
    """

    ids: npt.NDArray[np.object_]
    kind: npt.NDArray[np.object_]
    own_names: tuple[str, ...]
    own: Floats
    is_date: npt.NDArray[np.bool_]
    buffer_fen: Floats
    tail: Int64
    head: Int64
    amount_fen: Int64
    first_day: Int64
    last_day: Int64
    defaulted_day: Int64
    observed_until: int

    @property
    def n(self) -> int:
        """Number of parties."""
        return len(self.ids)

    @cached_property
    def index(self) -> "pd.Index[Any]":
        """Numbers of the parties by identifier."""
        return pd.Index(self.ids)

    def guarantees_on(self, day: int) -> Layer:
        """Return the guarantees that are valid on a day."""
        return self._layer((self.first_day <= day) & (day <= self.last_day))

    def called_by(self, day: int) -> Layer:
        """Return the guarantees that were valid on the day their borrower defaulted, up to a day."""
        fell = self.defaulted_day[self.head]
        return self._layer((fell <= day) & (self.first_day <= fell) & (fell <= self.last_day))

    def own_on(self, day: int) -> Floats:
        """Return the own features on a day, shape (n, k): dates as days ago, missing if they are still to come."""
        ago = np.where(self.own <= day, day - self.own, np.nan)
        return np.where(self.is_date, ago, self.own)

    def without_guarantees(self) -> "History":
        """Return the same history in which nobody ever stood for anybody."""
        none = np.zeros(0, np.int64)
        return replace(self, tail=none, head=none, amount_fen=none, first_day=none, last_day=none)

    def _layer(self, kept: npt.NDArray[np.bool_]) -> Layer:
        return layer("guarantee", self.tail[kept], self.head[kept], self.n, self.amount_fen[kept])


def history_of(
    parties: Frame,
    guarantees: Frame,
    defaults: Frame,
    *,
    own: Sequence[str],
    observed_until: date | str,
    buffer: str = "equity_fen",
    on_bad: str = "refuse",
) -> History:
    """Read and check the tables of a history.

    Parameters
    ----------
    parties, guarantees
        As `credit_graph.tables` says; pandas, polars or Arrow.
    defaults
        party_id and defaulted_on; the first day counts if a party has several.
    own
        Columns of parties that say something of the firm itself: numbers, truth values or dates; may have gaps.
    observed_until
        Last day whose defaults are in the table: who is not in it by then has not defaulted.
    buffer
        Column of parties with what a firm can pay on calls, in fen; equity if nothing better is known.
    on_bad
        What to do with bad parties and guarantees, as `credit_graph.intake.checking.check`.

    Raises
    ------
    PredictionInputError
        If a default is that of an unknown party, has no readable day or is later than `observed_until`; if an own
        feature is neither number nor date, infinite or huge.
    TableRefusedError, MissingColumnError, FrameError, OnBadError, AsOfError
        As `credit_graph.snapshot.snapshot`.

    Examples
    --------
    >>> firms = pd.DataFrame({"party_id": ["A", "B"], "kind": "firm", "name": None, "equity_fen": [500, 700]})
    >>> days = {"valid_from": ["2024-01-01"], "valid_to": ["2024-06-30"], "source": ["register"]}
    >>> table = pd.DataFrame({"from_id": ["A"], "to_id": ["B"], "amount_fen": [500], **days})
    >>> fell = pd.DataFrame({"party_id": ["B"], "defaulted_on": ["2024-06-01"]})
    >>> known = history_of(firms, table, fell, own=["equity_fen"], observed_until="2024-12-31")
    >>> day = day_number("2024-07-01")
    >>> known.guarantees_on(day).m, known.called_by(day).m, known.called_by(day - 31).m
    (0, 1, 0)
    """
    judged = judge(parties, {"guarantee": guarantees}, on_bad)
    good = np.flatnonzero(judged.parties.good)
    number = np.full(len(judged.parties.good), -1)
    number[good] = np.arange(len(good))
    table, ties = pandas_rows(parties, good), judged.ties["guarantee"]
    kept, until = ties.good, day_number(observed_until)
    ids = table["party_id"].astype(object).to_numpy()
    values, is_date = _own(table, own)
    amount = np.zeros(len(kept), np.int64) if ties.amount_fen is None else ties.amount_fen
    return History(
        ids=ids,
        kind=table["kind"].astype(object).to_numpy(),
        own_names=tuple(own),
        own=values,
        is_date=is_date,
        buffer_fen=_buffer(table, buffer),
        tail=number[ties.tail[kept]],
        head=number[ties.head[kept]],
        amount_fen=amount[kept],
        first_day=ties.first_day[kept],
        last_day=ties.last_day[kept],
        defaulted_day=_first_defaults(defaults, ids, until),
        observed_until=until,
    )


def day_number(day: date | str) -> int:
    """Return a day as days since 1970.

    Raises
    ------
    AsOfError
        If it is not a date.

    Examples
    --------
    >>> day_number("1970-01-31")
    30
    """
    return (day_of(day) - date(1970, 1, 1)).days


def _own(table: pd.DataFrame, names: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if isinstance(names, str):
        raise PredictionInputError(f"own is the text {names!r}; give a list of columns of parties, such as [{names!r}]")
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise PredictionInputError(f"the own feature {twice[0]} is named twice; name it once")
    missing = [name for name in names if name not in table]
    if missing:
        raise PredictionInputError(f"the table parties has no column {missing[0]}; it has {', '.join(table.columns)}")
    read = [_column(table[name], name) for name in names]
    values = np.column_stack([values for values, _ in read]) if read else np.zeros((len(table), 0))
    return values, np.array([is_date for _, is_date in read], np.bool_)


def _buffer(table: pd.DataFrame, name: str) -> Floats:
    values, is_date = _own(table, [name])
    if is_date[0]:
        raise PredictionInputError(f"the column {name} of parties holds dates; a buffer is an amount in fen")
    return values[:, 0]


def _column(values: "pd.Series[Any]", name: str) -> tuple[Floats, bool]:
    is_date = values.dtype == object and bool((values.dropna().map(type) == date).any())
    if is_date or pd.api.types.is_datetime64_any_dtype(values):
        days = read_days(columns(pd.DataFrame({name: values}), "parties", [name])[name]).values.astype(np.float64)
        return np.where(values.isna(), np.nan, days), True
    try:
        if values.dtype.kind == "c":
            raise TypeError
        numbers = values.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise PredictionInputError(
            f"the column {name} of parties holds {values.dtype}; give numbers or dates as own features"
        ) from None
    wrong = np.flatnonzero(np.abs(numbers) > _LARGEST)
    if wrong.size:
        raise PredictionInputError(f"{name} of party row {wrong[0]} is {numbers[wrong[0]]}; give a finite number")
    return numbers, False


def _first_defaults(defaults: Frame, ids: npt.NDArray[np.object_], until: int) -> Int64:
    read = columns(defaults, "defaults", ["party_id", "defaulted_on"])
    who, when = read_text(read["party_id"]), read_days(read["defaulted_on"])
    names = np.asarray(who.values.to_pylist(), object)
    place = pd.Index(ids).get_indexer(pd.Index(names)) if len(names) else np.zeros(0, np.int64)
    _refuse(place < 0, "party_id", names, "it is not in the table of parties")
    _refuse(when.fault != 0, "defaulted_on", names, "give a date such as 2024-06-30")
    _refuse(when.values > until, "defaulted_on", names, "it is later than observed_until")
    first = np.full(len(ids), NEVER)
    np.minimum.at(first, place, when.values)
    return first


def _refuse(wrong: npt.NDArray[np.bool_], field: str, names: npt.NDArray[np.object_], why: str) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        raise PredictionInputError(f"defaults, row {row}: the {field} of party {names[row]!r} cannot be used; {why}")
