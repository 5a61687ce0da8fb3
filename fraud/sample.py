"""The sample that a scorer learns from: an even part of the honest payments, and of the frauds if they are too many.

A stream can be longer than memory. Rows of a class are kept at even distances, and when there are too many, every
second of them is dropped: what is left is in time order and spread evenly, without chance. Each kept row stands for as
many as its weight says, so that probabilities stay those of the whole stream.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["LearningSample"]


class LearningSample:
    """Collects rows of features with their labels, at most `most` of each class.

    Examples
    --------
    >>> sample = LearningSample(most=2)
    >>> sample.add(pd.DataFrame({"hour": range(8)}), np.array([0, 1, 0, 0, 0, 0, 0, 0]))
    >>> X, y, weight = sample.table()
    >>> X["hour"].tolist(), y.tolist(), weight.tolist()
    ([0, 1, 5], [0, 1, 0], [3.5, 1.0, 3.5])
    """

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._strides = np.array([1, 1])
        self._seen = np.array([0, 0])
        self._tables: list[pd.DataFrame] = []
        self._labels: list[npt.NDArray[np.int8]] = []
        self._numbers: list[npt.NDArray[np.int64]] = []
        self._times: list[npt.NDArray[np.int64]] = []

    @property
    def honest(self) -> int:
        """Number of honest rows that were added."""
        return int(self._seen[0])

    @property
    def frauds(self) -> int:
        """Number of frauds that were added."""
        return int(self._seen[1])

    def add(self, X: pd.DataFrame, label: npt.NDArray[np.int8], times: "pd.Series[Any] | None" = None) -> None:
        """Take in the next rows: features of shape (n, m), labels, 1 for fraud, and times, of shape (n,)."""
        is_fraud = label == 1
        number = np.where(is_fraud, self._seen[1] + np.cumsum(is_fraud), self._seen[0] + np.cumsum(~is_fraud)) - 1
        self._seen = self._seen + np.array([(~is_fraud).sum(), is_fraud.sum()])
        kept = number % self._strides[is_fraud.astype(np.int64)] == 0
        self._tables.append(X[kept])
        self._labels.append(label[kept])
        self._numbers.append(number[kept])
        seconds = np.zeros(len(label)) if times is None else times.to_numpy().astype("datetime64[s]")
        self._times.append(seconds.astype(np.int64)[kept])
        for kind in (0, 1):
            while self._kept(kind) > self._most:
                self._thin(kind)

    def table(self) -> tuple[pd.DataFrame, npt.NDArray[np.int8], npt.NDArray[np.float64]]:
        """Return features, labels and weights, in time order; a table without columns if nothing was added."""
        if not self._tables:
            return pd.DataFrame(), np.empty(0, np.int8), np.empty(0)
        label = np.concatenate(self._labels)
        weights = self._seen / np.maximum(1, [self._kept(0), self._kept(1)])
        return pd.concat(self._tables, ignore_index=True), label, weights[label.astype(np.int64)]

    def times(self) -> npt.NDArray[np.int64]:
        """Return the seconds since 1970 of the rows of `table`; zeros where no times were given."""
        return np.concatenate(self._times) if self._times else np.empty(0, np.int64)

    def _kept(self, kind: int) -> int:
        return sum(int((label == kind).sum()) for label in self._labels)

    def _thin(self, kind: int) -> None:
        self._strides[kind] *= 2
        for place, (label, number) in enumerate(zip(self._labels, self._numbers, strict=True)):
            kept = (label != kind) | (number % self._strides[kind] == 0)
            self._tables[place] = self._tables[place][kept]
            self._labels[place], self._numbers[place] = label[kept], number[kept]
            self._times[place] = self._times[place][kept]
