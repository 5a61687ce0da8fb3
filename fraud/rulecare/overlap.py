"""Which rules see the same: Jaccard and containment of their hits, and the pairs that one of them is enough for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fraud.rulecare.hits import Hits, Ints

__all__ = ["Overlap", "containment", "jaccard", "nearest_overlap"]


@dataclass(frozen=True)
class Overlap:
    """The other rule that hits most of what a rule hits: share of its hits, and Jaccard's index of the two."""

    other: str
    containment: float
    jaccard: float


def jaccard(together: Ints) -> npt.NDArray[np.float64]:
    """Return hits of both over hits of either, shape (rules, rules); 0 where neither ever hits.

    Examples
    --------
    >>> jaccard(np.array([[4, 2], [2, 2]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    alone = np.diagonal(together)
    either = alone[:, np.newaxis] + alone - together
    return np.asarray(np.divide(together, either, out=np.zeros(together.shape), where=either > 0))


def containment(together: Ints) -> npt.NDArray[np.float64]:
    """Return which share of the row's rule's hits the column's rule hits too, shape (rules, rules).

    Examples
    --------
    >>> containment(np.array([[4, 2], [2, 2]])).tolist()
    [[1.0, 0.5], [1.0, 1.0]]
    """
    alone = np.diagonal(together)[:, np.newaxis]
    return np.asarray(np.divide(together, alone, out=np.zeros(together.shape), where=alone > 0))


def nearest_overlap(hits: Hits, together: Ints) -> tuple[Overlap | None, ...]:
    """Return for each rule the other one that hits most of its hits, None if no other hits any of them.

    Of several the one with the greater Jaccard index, then the earlier one.

    Examples
    --------
    >>> hits = Hits.of_matrix(np.array([[True, True], [False, True]]), ("narrow", "wide"))
    >>> [found.other for found in nearest_overlap(hits, hits.together())]
    ['wide', 'narrow']
    """
    share, index = containment(together), jaccard(together)
    order = share + index * 1e-6
    np.fill_diagonal(order, -1.0)
    found: list[Overlap | None] = []
    for rule in range(len(hits.ids)):
        best = int(order[rule].argmax())
        seen = len(hits.ids) > 1 and together[rule, best] > 0
        other = Overlap(hits.ids[best], float(share[rule, best]), float(index[rule, best]))
        found.append(other if seen else None)
    return tuple(found)
