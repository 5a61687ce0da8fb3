"""Number codes for identifiers, and the pairs of codes that were seen before.

Text is slow to sort and to compare, so every identifier and category gets a whole number in order of first
appearance, and keeps it for good. Only the different values of a chunk pass through a dictionary, never its
rows. The dictionary grows with the number of different values: it is the one part of the state that time does
not bound.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["BoolArray", "Coder", "FloatArray", "IntArray", "SeenPairs"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class Coder:
    """A dictionary from text to codes 0, 1, 2, ... in order of first appearance.

    Parameters
    ----------
    known
        Values that have the first codes, in this order, whether they appear or not.
    most
        How many values get a code of their own; all later ones share the next.

    Examples
    --------
    >>> coder = Coder(known=("CN",))
    >>> coder.encode(pd.Series(["HK", None, "CN"])).tolist()
    [1, -1, 0]
    >>> coder.encode(pd.Series(["MO", "HK"], dtype="category")).tolist()
    [2, 1]
    """

    def __init__(self, known: Sequence[str] = (), most: int = 2**31) -> None:
        self._codes = {word: code for code, word in enumerate(known)}
        self._most = most

    @property
    def words(self) -> list[str]:
        """The values that have a code, in the order of their codes."""
        return list(self._codes)

    def one(self, word: str | None) -> int:
        """Return the code of one value, -1 if it is missing."""
        return -1 if word is None else self._code(word)

    def encode(self, values: "pd.Series[str]") -> IntArray:
        """Return the int64 code of each value, -1 where it is missing; new values get new codes.

        Values that are not text are taken as their text, so that a number and its digits are the same
        identifier.
        """
        if isinstance(values.dtype, pd.CategoricalDtype):
            places = values.cat.codes.to_numpy()
            known = places >= 0
            local = np.full(len(places), -1)
            local[known], used = pd.factorize(places[known])
            distinct = values.cat.categories.take(used)
        else:
            local, distinct = pd.factorize(values)
        table = [self._code(word) for word in distinct.to_numpy(dtype=object)]
        # The place of a missing value is -1, which is the last entry of the table.
        codes: IntArray = np.array([*table, -1], dtype=np.int64)[local]
        return codes

    def _code(self, word: object) -> int:
        if len(self._codes) >= self._most:
            return self._codes.get(str(word), self._most)
        return self._codes.setdefault(str(word), len(self._codes))


class SeenPairs:
    """The pairs of codes that were seen so far.

    They are kept as a few sorted arrays of which each is at least twice as long as the next, so that adding n
    pairs one chunk after the other costs n log n and not n squared. A pair takes eight bytes.
    """

    def __init__(self) -> None:
        self._runs: list[IntArray] = []

    def first_times(self, left: IntArray, right: IntArray) -> BoolArray:
        """Tell for each row whether its pair is seen for the first time, and remember it.

        Parameters
        ----------
        left, right
            Codes of shape (n,) below 2**31, -1 where missing.

        Returns
        -------
        numpy.ndarray
            Booleans of shape (n,); false where one of the two is missing.

        Examples
        --------
        >>> seen = SeenPairs()
        >>> seen.first_times(np.array([0, 0, 1, -1]), np.array([5, 5, 5, 5])).tolist()
        [True, False, True, False]
        >>> seen.first_times(np.array([1, 1]), np.array([5, 6])).tolist()
        [False, True]
        """
        rows = np.flatnonzero((left >= 0) & (right >= 0))
        local, distinct = pd.factorize((left[rows] << 32) | right[rows])
        # Places count up by first appearance: a place above all earlier ones is a pair new to this chunk.
        highest = np.maximum.accumulate(np.concatenate(([-1], local)))[:-1]
        leads = rows[local > highest]
        order = np.argsort(distinct)
        fresh = ~self._contains(distinct[order])
        self._add(distinct[order[fresh]])
        first = np.zeros(len(left), dtype=np.bool_)
        first[leads[order[fresh]]] = True
        return first

    def _contains(self, keys: IntArray) -> BoolArray:
        found = np.zeros(len(keys), dtype=np.bool_)
        for run in self._runs:
            found |= run[np.minimum(np.searchsorted(run, keys), len(run) - 1)] == keys
        return found

    def _add(self, keys: IntArray) -> None:
        if len(keys):
            self._runs.append(keys)
        while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)))
