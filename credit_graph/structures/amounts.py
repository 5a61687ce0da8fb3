"""Sums of guarantees: between firms that follow each other, and among the members of a group.

Parallel guarantees are added up, and what a firm guarantees for itself counts nothing. Sums are exact, in fen.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.errors import TieArrayError
from credit_graph.graph import Layer
from credit_graph.kernels.groups import Groups

__all__ = ["Amounts"]

Int64 = npt.NDArray[np.int64]
_AT_ONCE = 4_000_000


class Amounts:
    """What the guarantees of a layer come to.

    Parameters
    ----------
    layer
        The guarantees.

    Attributes
    ----------
    given, taken
        Guarantees of each firm for others and of others for it, in fen, int64 of shape (n,).

    Raises
    ------
    TieArrayError
        If all guarantees together are too much for a whole number of 64 bits, some 90,000 trillion yuan.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> amounts = Amounts(layer("guarantee", [0, 0, 1, 1], [1, 1, 0, 1], n=2, amount_fen=[5, 6, 70, 800]))
    >>> amounts.given.tolist(), amounts.taken.tolist()
    ([11, 70], [70, 11])
    >>> both = Groups(np.array([0, 2]), np.array([0, 1], np.int32))
    >>> amounts.along(both, is_closed=False).tolist(), amounts.among(both).tolist()
    ([11], [81])
    """

    def __init__(self, layer: Layer) -> None:
        total = float(layer.amount_fen.sum(dtype=np.float64))
        if total >= 2.0**63:
            raise TieArrayError(
                f"the guarantees add up to {total:.3g} fen, more than can be counted exactly; check the amounts' unit"
            )
        self._n = layer.out.n
        self._tail, self._head = layer.tail, layer.head
        self._amount = np.where(layer.tail == layer.head, 0, layer.amount_fen)
        self.given = _row_sums(self._amount, layer.out.start)
        self.taken = _row_sums(self._amount[layer.into.edge], layer.into.start)
        keys = layer.tail.astype(np.int64) * self._n + layer.head  # ascending, as ties are sorted so
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys = keys[first]
        self._sums = _row_sums(self._amount, np.append(first, len(keys)))

    def of(self, kind: str, groups: Groups) -> Int64:
        """Return for each structure of a kind of `EVIDENCE` what it comes to, int64 in fen."""
        if kind in ("hub", "star", "articulation"):
            given, taken = self.given[groups.members], self.taken[groups.members]
            return {"hub": given, "star": taken, "articulation": given + taken}[kind]
        if kind in ("chain", "triad", "mixed_triangle", "cycle"):
            return self.along(groups, is_closed=kind != "chain")
        return self.apart(groups) if kind in ("circle", "core") else self.among(groups)

    def along(self, groups: Groups, is_closed: bool) -> Int64:
        """Return for each group the guarantees of each member for the next, and of the last for the first if closed."""
        following = np.roll(groups.members, -1)
        last = groups.start[1:] - 1
        following[last] = groups.members[groups.start[:-1]]
        between = self._of(groups.members.astype(np.int64) * self._n + following)
        if not is_closed:
            between[last] = 0
        return _row_sums(between, groups.start)

    def among(self, groups: Groups) -> Int64:
        """Return for each group the guarantees of all members for all others."""
        size = np.diff(groups.start)
        ends = np.cumsum(size * size)
        found, first = np.zeros(len(size), np.int64), 0
        while first < len(size):
            until = int(np.searchsorted(ends, (ends[first - 1] if first else 0) + _AT_ONCE, side="right"))
            until = max(until, first + 1)
            part = groups.start[first : until + 1]
            found[first:until] = self._in_pairs(part - part[0], groups.members[part[0] : part[-1]])
            first = until
        return found

    def apart(self, groups: Groups) -> Int64:
        """Return the same for groups that share no member, and that may be large: it looks at each tie once."""
        number = np.full(self._n, -1, np.int64)
        number[groups.members] = np.repeat(np.arange(len(groups)), np.diff(groups.start))
        inside = (number[self._tail] >= 0) & (number[self._tail] == number[self._head])
        found = np.zeros(len(groups), np.int64)
        np.add.at(found, number[self._tail[inside]], self._amount[inside])
        return found

    def _in_pairs(self, start: Int64, members: npt.NDArray[np.int32]) -> Int64:
        size = np.diff(start)
        many = size * size
        rows = np.concatenate([[0], np.cumsum(many)])
        group = np.repeat(np.arange(len(size)), many)
        one, two = np.divmod(np.arange(rows[-1]) - rows[group], size[group])
        keys = members[start[group] + one].astype(np.int64) * self._n + members[start[group] + two]
        return _row_sums(self._of(keys), rows)

    def _of(self, keys: Int64) -> Int64:
        found = np.zeros(len(keys), np.int64)
        if len(self._keys):
            place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            known = self._keys[place] == keys
            found[known] = self._sums[place[known]]
        return found


def _row_sums(values: Int64, start: Int64) -> Int64:
    until = np.concatenate([[0], np.cumsum(values)]).astype(np.int64)
    return np.asarray(until[start[1:]] - until[start[:-1]])
