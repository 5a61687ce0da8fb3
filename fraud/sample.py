"""The sample that a scorer learns from: every fraud, and of the honest rows an even part.

A stream can be longer than memory. Honest rows are kept at even distances, and when there are too many, every second of
them is dropped: what is left is in time order and spread evenly, without chance. Each kept row stands for as many as
its weight says, so that probabilities stay those of the whole stream.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["LearningSample"]


class LearningSample:
    """Collects rows of features with their labels, at most `most` honest ones.

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
        self._stride = 1
        self._tables: list[pd.DataFrame] = []
        self._labels: list[npt.NDArray[np.int8]] = []
        self._numbers: list[npt.NDArray[np.int64]] = []
        self.honest = 0
        self.frauds = 0

    def add(self, X: pd.DataFrame, label: npt.NDArray[np.int8]) -> None:
        """Take in the next rows: features of shape (n, m) and labels, 1 for fraud, of shape (n,)."""
        is_fraud = label == 1
        number = self.honest + np.cumsum(~is_fraud) - 1
        self.honest += int((~is_fraud).sum())
        self.frauds += int(is_fraud.sum())
        kept = is_fraud | (number % self._stride == 0)
        self._tables.append(X[kept])
        self._labels.append(label[kept])
        self._numbers.append(number[kept])
        while self._kept_honest() > self._most:
            self._thin()

    def table(self) -> tuple[pd.DataFrame, npt.NDArray[np.int8], npt.NDArray[np.float64]]:
        """Return features, labels and weights, in time order; a table without columns if nothing was added."""
        if not self._tables:
            return pd.DataFrame(), np.empty(0, np.int8), np.empty(0)
        label = np.concatenate(self._labels)
        honest = max(1, int((label == 0).sum()))
        weight = np.where(label == 1, 1.0, self.honest / honest)
        return pd.concat(self._tables, ignore_index=True), label, weight

    def _kept_honest(self) -> int:
        return sum(int((label == 0).sum()) for label in self._labels)

    def _thin(self) -> None:
        self._stride *= 2
        for place, (label, number) in enumerate(zip(self._labels, self._numbers, strict=True)):
            kept = (label == 1) | (number % self._stride == 0)
            self._tables[place] = self._tables[place][kept]
            self._labels[place], self._numbers[place] = label[kept], number[kept]
