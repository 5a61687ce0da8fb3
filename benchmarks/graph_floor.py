"""What memory alone costs: the floor under every algorithm on a graph, and how it grows with the network.

An algorithm looks from firms at their partners, who stand anywhere in memory. Ten thousand firms fit into the cache
next to the processor, a million do not, so that the same look takes longer. Two floors bracket it. Looks along all
ties in a row do not wait for each other, and the processor has many of them under way. Steps from firm to firm do:
where the next one is stands in the one before. That is how a depth-first search goes (strong components, blocks).
Neither does any work, so that nothing can be below the first; how much it overlaps decides where ours lies between.

Counted instead of timed (valgrind's cachegrind on the full analysis, November 2026, with a cache of 2 MB): with ten
times as many firms, from 10,000 to 100,000, instructions for each firm go from 4,700 to 4,870 and what is read and
written from 1,717 to 1,703 times, but what of that the cache does not hold from 3.7 to 27.8 times. The work is linear;
what grows is the waiting.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.graph_peers import Answer, Subject
from benchmarks.graph_ties import Ties
from credit_graph.compiled import compiled

__all__ = ["LOOKS", "STEPS", "floor"]

LOOKS, STEPS = "floor: a look along each tie", "floor: a step to each firm"

Int32 = npt.NDArray[np.int32]


def floor() -> Subject:
    """Return the floor as a subject, whose answers are no answers.

    Examples
    --------
    >>> floor().name
    'floor'
    """
    return Subject("floor", _prepared, _answers)


def _prepared(ties: Ties) -> tuple[Int32, Int32, Int32]:
    firms = np.arange(ties.n, dtype=np.int32)
    order, after = np.random.default_rng(7).permutation(firms), np.empty_like(firms)
    after[order] = np.roll(order, -1)  # one round through all firms in random order
    return firms, ties.head.astype(np.int32), after


def _answers(ties: Ties) -> Mapping[str, Answer]:
    del ties
    return {
        LOOKS: Answer(lambda form: _looks(form[0], form[1]), int),
        STEPS: Answer(lambda form: _steps(form[2]), int),
    }


@compiled
def _looks(value: npt.NDArray[Any], head: Int32) -> int:
    total = 0
    for firm in head:
        total += value[firm]
    return total


@compiled
def _steps(after: Int32) -> int:
    at = 0
    for _ in range(len(after)):
        at = after[at]
    return at
