"""The rows of a chunk, grouped by the code of an entity.

Whatever an entity did before is a matter of the rows above in its group, so running totals, last values and
windows all start from here.
"""

import numpy as np

from fraud.features.codes import FloatArray, IntArray
from fraud.features.entities import ENTITIES, WINDOWS

__all__ = ["ARRAY_ENTITIES", "ARRAY_WINDOWS", "Groups"]

ARRAY_ENTITIES = {short: ENTITIES[short] for short in ("customer", "card", "device", "ip", "terminal", "payee")}
"""Entities of which features are made without compiled code."""

ARRAY_WINDOWS = {window: WINDOWS[window] for window in ("1h", "1d", "7d")}
"""Windows over which they are made; a month of rows would be sorted again with every chunk."""


class Groups:
    """The rows of some codes, brought together by code and in their old order within a code.

    Parameters
    ----------
    codes
        Codes of shape (n,) below 2**31; rows with a negative code are in no group.

    Attributes
    ----------
    order
        The m rows that have a code, grouped.
    codes
        Their codes, of shape (m,), rising.
    first, last
        Where in `order` each of the g groups begins and ends, of shape (g,).
    start
        Where in `order` the group of each of the m rows begins.

    Examples
    --------
    >>> groups = Groups(np.array([7, 2, -1, 7]))
    >>> groups.order.tolist(), groups.start.tolist()
    ([1, 0, 3], [0, 1, 1])
    """

    def __init__(self, codes: IntArray) -> None:
        self.size = len(codes)
        rows = np.flatnonzero(codes >= 0)
        # A plain sort of code and row in one number is several times faster than a stable sort of codes.
        packed = np.sort((codes[rows] << 32) | rows)
        self.order: IntArray = packed & 0xFFFF_FFFF
        self.codes: IntArray = packed >> 32
        self.first: IntArray = np.flatnonzero(np.diff(self.codes, prepend=-1))
        lengths = np.diff(self.first, append=len(packed))
        self.last: IntArray = self.first + lengths - 1
        self.start: IntArray = np.repeat(self.first, lengths)

    def spread(self, values: IntArray | FloatArray) -> FloatArray:
        """Bring values of shape (m,) back to the order of the n rows, as floats; NaN for rows in no group."""
        out = np.full(self.size, np.nan)
        out[self.order] = values
        return out
