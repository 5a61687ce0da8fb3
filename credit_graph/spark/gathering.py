"""Whole batches from a stream of frames: what a worker of `mapInPandas` is given, put together batch by batch.

Spark hands a partition over as frames of some ten thousand rows, cut wherever the number of rows is reached: a batch
can begin in the midst of one frame and end in a later one. As the rows of a batch stand in a row (the partition is
sorted), only those of the batch at hand are held, and one frame. Each row says how many its batch has, so that an
engine which has placed rows otherwise is noticed, where it would give structures with members missing.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from credit_graph.errors import BatchSplitError

__all__ = ["BATCH", "SIZE", "whole_batches"]

BATCH, SIZE = "batch", "rows_of_batch"
"""The columns that say of which batch a row is, and how many rows that has."""


def whole_batches(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the rows of each batch, from frames in which they stand in a row.

    Parameters
    ----------
    frames
        With the columns `BATCH` and `SIZE`, and whatever else; empty ones are allowed.

    Raises
    ------
    BatchSplitError
        If a batch has more or fewer rows than it says.

    Examples
    --------
    >>> first = pd.DataFrame({"batch": ["a", "b"], "rows_of_batch": [1, 3], "tie": [1, 2]})
    >>> later = pd.DataFrame({"batch": ["b", "b"], "rows_of_batch": [3, 3], "tie": [3, 4]})
    >>> [batch["tie"].tolist() for batch in whole_batches([first, later])]
    [[1], [2, 3, 4]]
    """
    held: list[pd.DataFrame] = []
    for frame in frames:
        for piece in _pieces(frame):
            if held and piece[BATCH].iloc[0] != held[0][BATCH].iloc[0]:
                yield _whole(held)
                held = []
            held.append(piece)
    if held:
        yield _whole(held)


def _pieces(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    batch = frame[BATCH].to_numpy(object)
    cuts = [0, *(np.flatnonzero(batch[1:] != batch[:-1]) + 1), len(batch)]
    for begin, end in pairwise(cuts):
        if begin < end:
            yield frame.iloc[begin:end]


def _whole(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    rows = pd.concat(pieces, ignore_index=True)
    if (wanted := int(rows[SIZE].iloc[0])) != len(rows):
        raise BatchSplitError(
            f"batch {rows[BATCH].iloc[0]} has {wanted} ties, but {len(rows)} of them stand together on this worker; "
            f"partition by batch, and sort each partition by it"
        )
    return rows
