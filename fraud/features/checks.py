"""Laws that every builder of point-in-time features must keep, ours or somebody else's.

A builder is any object whose `update` takes the next chunk of a stream and returns one row of numbers for
each of its transactions. Each law takes a function that makes a fresh builder, and a table to try it on; the
larger and the more entangled the table, the more a law can catch. Passing is no proof; failing is one.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import pandas as pd

from fraud.errors import FeatureLawError
from fraud.schema import LABEL

__all__ = [
    "Builder",
    "check_chunks_do_not_matter",
    "check_future_is_not_read",
    "check_labels_wait_for_the_delay",
    "require_equal",
]

_AT = "occurred_at"


class Builder(Protocol):
    """What turns the chunks of one stream into features."""

    def update(self, chunk: pd.DataFrame, /) -> pd.DataFrame:
        """Return one row of numbers for each transaction of the next chunk."""


def check_chunks_do_not_matter(make_builder: Callable[[], Builder], frame: pd.DataFrame, cuts: Sequence[int]) -> None:
    """Check that a table in pieces gives the same features as the table at once, bit for bit.

    Parameters
    ----------
    make_builder
        Makes a fresh builder.
    frame
        Transactions in time order.
    cuts
        Rows at which a new piece begins, in any order; the same one twice makes an empty piece.

    Raises
    ------
    FeatureLawError
        If a feature differs.

    Examples
    --------
    >>> from fraud.features import FeatureBuilder
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> frame = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> check_chunks_do_not_matter(lambda: FeatureBuilder(frame.columns), frame, [1])
    """
    whole = make_builder().update(frame)
    builder = make_builder()
    edges = [0, *sorted(cuts), len(frame)]
    pieces = [builder.update(frame.iloc[begin:end]) for begin, end in pairwise(edges)]
    require_equal(pd.concat(pieces), whole, f"when the table is cut at rows {sorted(cuts)}")


def check_future_is_not_read(make_builder: Callable[[], Builder], frame: pd.DataFrame, row: int) -> None:
    """Check that features up to a row stay the same when all later rows are altered, or are not there at all.

    Later rows are moved to a later time, get the values of each other (every column is turned by another
    number of rows), and opposite labels.

    Parameters
    ----------
    make_builder
        Makes a fresh builder.
    frame
        Transactions in time order.
    row
        Position of the last row that is not altered.

    Raises
    ------
    FeatureLawError
        If a feature differs.
    """
    before = make_builder().update(frame).iloc[: row + 1]
    head, later = frame.iloc[: row + 1], frame.iloc[row + 1 :].copy()
    for turn, name in enumerate(later.columns):
        if name == _AT:
            later[name] = later[name] + pd.Timedelta(days=1)
        elif name == LABEL:
            later[name] = _opposite(later[name])
        else:
            later[name] = later[name].take(np.roll(np.arange(len(later)), turn + 1)).set_axis(later.index)
    altered = make_builder().update(pd.concat([head, later]))
    require_equal(altered.iloc[: row + 1], before, f"when the rows after row {row} are altered")
    require_equal(make_builder().update(head), before, f"when the rows after row {row} are cut off")


def check_labels_wait_for_the_delay(
    make_builder: Callable[[], Builder], frame: pd.DataFrame, row: int, delay_days: float
) -> None:
    """Check that features up to a row stay the same when labels are changed that are not known at its time.

    Parameters
    ----------
    make_builder
        Makes a fresh builder, which reads labels after `delay_days`.
    frame
        Transactions in time order, with labels.
    row
        Position of the row; labels of transactions later than its time less the delay are changed. Times
        count in whole seconds.
    delay_days
        Days until a label is known.

    Raises
    ------
    FeatureLawError
        If a feature differs.
    """
    times = frame[_AT].dt.floor("s")
    young = (times > times.iloc[row] - pd.Timedelta(seconds=round(delay_days * 86_400))).to_numpy()
    before = make_builder().update(frame).iloc[: row + 1]
    for labels, how in ((_opposite(frame[LABEL]), "changed"), (frame[LABEL] * np.nan, "taken away")):
        altered = frame.assign(**{LABEL: frame[LABEL].astype("float64").mask(young, labels)})
        after = make_builder().update(altered).iloc[: row + 1]
        require_equal(after, before, f"when labels younger than {delay_days} days at row {row} are {how}")


def require_equal(found: pd.DataFrame, wanted: pd.DataFrame, when: str) -> None:
    """Raise an error that names the first difference in bits between two tables; NaN equals NaN.

    Raises
    ------
    FeatureLawError
        If columns, index or a value differ.

    Examples
    --------
    >>> require_equal(pd.DataFrame({"hour": [7.0]}), pd.DataFrame({"hour": [8.0]}), "at night")
    Traceback (most recent call last):
    fraud.errors.tables.FeatureLawError: Feature hour of row 0 is 7.0 at night, but 8.0 otherwise.
    """
    if list(found.columns) != list(wanted.columns) or not found.index.equals(wanted.index):
        raise FeatureLawError(f"Rows or features are others {when} ({found.shape} and {wanted.shape}).")
    left, right = (np.ascontiguousarray(table.to_numpy(np.float64)) for table in (found, wanted))
    differ = (left.view(np.int64) != right.view(np.int64)) & ~(np.isnan(left) & np.isnan(right))
    for row, place in np.argwhere(differ)[:1]:
        raise FeatureLawError(
            f"Feature {found.columns[place]} of row {row} is {left[row, place]!s} {when}, "
            f"but {right[row, place]!s} otherwise."
        )


def _opposite(labels: "pd.Series[float]") -> "pd.Series[float]":
    return 1.0 - labels.astype("float64").fillna(0.0)
