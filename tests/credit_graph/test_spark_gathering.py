"""Batches are put together from frames, however these are cut; one that is not whole is refused."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from credit_graph.errors import BatchSplitError
from credit_graph.spark.gathering import whole_batches


def rows(sizes: list[int]) -> pd.DataFrame:
    names = [(f"number {at}", size) for at, size in enumerate(sizes) for _ in range(size)]
    table = pd.DataFrame(names, columns=["batch", "rows_of_batch"])
    return table.assign(tie=range(len(table)))


@pytest.mark.parametrize("seed", range(40))
def test_batches_come_out_whole_wherever_frames_are_cut(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, rng.integers(0, 7)).tolist()
    table, cuts = rows(sizes), rng.integers(0, 30, rng.integers(0, 9)).tolist()
    edges = sorted({0, len(table), *(min(cut, len(table)) for cut in cuts)})
    frames = [table.iloc[:0], *(table.iloc[one:two] for one, two in pairwise(edges))]
    found = list(whole_batches(frames))
    assert [len(batch) for batch in found] == sizes
    assert [tie for batch in found for tie in batch["tie"]] == list(range(len(table)))


def test_no_more_is_read_than_the_batch_at_hand_needs() -> None:
    read = []

    def frames() -> Iterator[pd.DataFrame]:
        for at in range(5):
            read.append(at)
            yield rows([2] * 5).iloc[2 * at : 2 * at + 2]

    next(whole_batches(frames()))
    assert read == [0, 1]


@pytest.mark.parametrize("order", [[0, 2, 3], [0, 2, 1, 3], [0, 0, 1]], ids=["one missing", "not in a row", "twice"])
def test_a_batch_that_is_torn_apart_is_refused_by_name(order: list[int]) -> None:
    together = 3 if order == [0, 0, 1] else 1
    with pytest.raises(BatchSplitError, match=f"batch number 0 has 2 ties, but {together} of them stand together"):
        list(whole_batches([rows([2, 2]).iloc[order]]))
