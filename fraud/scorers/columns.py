"""Which columns of a table of features are hits of rules."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fraud.errors import RuleColumnError

__all__ = ["RULE_PREFIX", "rule_positions"]

RULE_PREFIX = "rule:"
"""A column whose name starts with this holds the hits of one rule."""


def rule_positions(
    wanted: Sequence[str | int] | None, names: npt.NDArray[np.object_] | None, width: int
) -> npt.NDArray[np.int64]:
    """Return the positions of the columns that hold hits of rules, rising.

    Parameters
    ----------
    wanted
        Names (or positions, for a table without names); None is every column whose name starts with
        `RULE_PREFIX`.
    names
        Names of the table's columns; None if it has none.
    width
        Number of the table's columns.

    Raises
    ------
    RuleColumnError
        If a wanted column is not in the table.

    Examples
    --------
    >>> rule_positions(None, np.array(["hour", "rule:R1"], dtype=object), 2).tolist()
    [1]
    """
    known = [] if names is None else list(names)
    if wanted is None:
        return np.array([at for at, name in enumerate(known) if str(name).startswith(RULE_PREFIX)], dtype=np.int64)
    positions = set()
    for entry in wanted:
        if isinstance(entry, str) and entry in known:
            positions.add(known.index(entry))
        elif not isinstance(entry, str) and 0 <= entry < width:
            positions.add(int(entry))
        else:
            raise RuleColumnError(
                f"rule_columns names {entry!r}, which is not among the {width} columns of the table"
                + ("; the table has no column names, so give positions." if names is None else ".")
            )
    return np.array(sorted(positions), dtype=np.int64)
