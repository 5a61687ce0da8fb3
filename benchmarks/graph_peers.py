"""The other libraries: each with the graph in its own form, and the calls that answer the questions.

A call is what the library does by itself; what turns its answer into plain arrays (`Answer.read`) is in nobody's time.
All run on one thread. A rank must be right to 1e-6 in the sum over all firms, so everybody gets a tolerance that
reaches this. The last subject is rustworkx with the tolerance that it comes with: it stops when the change is below a
millionth for each firm, at a million firms after the first step, and gives everybody the same rank. (networkx has the
same rule, and is not asked about a million firms.)
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csgraph, csr_array

from benchmarks.errors import PeerMissingError
from benchmarks.graph_ties import Ties, groups_as_set, labels_of_groups, smallest_labels

__all__ = ["Answer", "Subject", "peers"]

_DAMPING, _TOLERANCE, _STEPS = 0.85, 1e-8, 1_000


@dataclass(frozen=True, eq=False)
class Answer:
    """How a subject answers one question.

    Parameters
    ----------
    ask
        From the subject's own form to its own answer; this is timed.
    read
        From its own answer to one that can be compared.
    most_firms
        Beyond which it takes too long to be asked.
    """

    ask: Callable[[Any], Any]
    read: Callable[[Any], Any]
    most_firms: int = 1_000_000


@dataclass(frozen=True, eq=False)
class Subject:
    """One library: its name, how it takes the graph, and its answers by question."""

    name: str
    prepare: Callable[[Ties], Any]
    answers: Callable[[Ties], Mapping[str, Answer]]


def peers() -> tuple[Subject, ...]:
    """Return the libraries that ours is measured against.

    Raises
    ------
    PeerMissingError
        If one of them is not installed.
    """
    for name in ("igraph", "networkit", "rustworkx", "networkx"):
        _module(name)
    own_tolerance = Subject(
        "rustworkx, own tolerance", _rustworkx, lambda ties: {"PageRank": _rustworkx_ranks(ties, None)}
    )
    return (
        Subject("scipy", _scipy, _of_scipy),
        Subject("igraph", _igraph, _of_igraph),
        Subject("networkit", _networkit, _of_networkit),
        Subject("rustworkx", _rustworkx, _of_rustworkx),
        Subject("networkx", _networkx, _of_networkx),
        own_tolerance,
    )


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise PeerMissingError(
            f"{name} is not installed, and the risk graph is measured against it: pip install -e '.[peers]'"
        ) from None


def _pairs(one: Any, two: Any) -> Any:
    return np.column_stack([one, two])


def _scipy(ties: Ties) -> Any:
    return csr_array((np.ones(len(ties.tail)), (ties.tail, ties.head)), shape=(ties.n, ties.n))


def _of_scipy(ties: Ties) -> Mapping[str, Answer]:
    del ties
    return {
        "weak components": Answer(lambda g: csgraph.connected_components(g, connection="weak")[1], smallest_labels),
        "strong components": Answer(lambda g: csgraph.connected_components(g, connection="strong")[1], smallest_labels),
        "PageRank": Answer(_power_method, np.asarray),
    }


def _power_method(graph: Any) -> Any:
    """Step as networkx does, on the matrix alone."""
    n, degree = graph.shape[0], graph.sum(axis=1)
    share = np.divide(1.0, degree, out=np.zeros(n), where=degree > 0)
    against, rank = graph.T.tocsr(), np.full(n, 1.0 / n)
    for _ in range(_STEPS):
        new = _DAMPING * (against @ (rank * share) + rank[degree == 0].sum() / n) + (1.0 - _DAMPING) / n
        change, rank = np.abs(new - rank).sum(), new
        if change < _TOLERANCE:
            break
    return rank


def _igraph(ties: Ties) -> Any:
    make = _module("igraph").Graph
    return (
        make(n=ties.n, edges=_pairs(ties.tail, ties.head), directed=True),
        make(n=ties.n, edges=_pairs(ties.low, ties.high)),
        make(n=ties.n, edges=_pairs(ties.one, ties.two)),
    )


def _of_igraph(ties: Ties) -> Mapping[str, Answer]:
    del ties
    return {
        "weak components": Answer(lambda g: g[0].connected_components(mode="weak").membership, smallest_labels),
        "strong components": Answer(lambda g: g[0].connected_components(mode="strong").membership, smallest_labels),
        "k-core": Answer(lambda g: g[1].coreness(), np.asarray),
        "articulation firms": Answer(lambda g: g[1].articulation_points(), np.sort),
        "PageRank": Answer(lambda g: g[0].pagerank(damping=_DAMPING), np.asarray),
        "cycles up to 3": Answer(lambda g: g[0].simple_cycles(min=3, max=3), _cycles, 100_000),
        "cycles up to 4": Answer(lambda g: g[0].simple_cycles(min=3, max=4), _cycles, 100_000),
        "joint groups": Answer(lambda g: g[2].maximal_cliques(min=3), _sets),
    }


def _cycles(groups: Any) -> Any:
    return groups_as_set(groups, is_cycle=True)


def _sets(groups: Any) -> Any:
    return groups_as_set((group for group in groups if len(group) >= 3), is_cycle=False)


def _networkit(ties: Ties) -> Any:
    nk = _module("networkit")
    nk.setNumberOfThreads(1)

    def make(one: Any, two: Any, directed: bool) -> Any:
        return nk.GraphFromCoo((one.astype(np.uint64), two.astype(np.uint64)), n=ties.n, directed=directed)

    return make(ties.tail, ties.head, True), make(ties.low, ties.high, False), make(ties.one, ties.two, False)


def _of_networkit(ties: Ties) -> Mapping[str, Answer]:
    nk = _module("networkit")

    def parts(found: Any) -> Any:
        return smallest_labels(found.getPartition().getVector())

    def ranks(graphs: Any) -> Any:
        sinks = nk.centrality.SinkHandling.DistributeSinks
        work = nk.centrality.PageRank(graphs[0], _DAMPING, _TOLERANCE, distributeSinks=sinks)
        work.norm = nk.centrality.Norm.L1_NORM
        return work.run()

    def in_several_blocks(found: Any) -> Any:
        blocks = [np.asarray(block) for block in found.getComponents()]
        return np.flatnonzero(np.bincount(np.concatenate(blocks), minlength=ties.n) > 1)

    return {
        "weak components": Answer(lambda g: nk.components.WeaklyConnectedComponents(g[0]).run(), parts),
        "strong components": Answer(lambda g: nk.components.StronglyConnectedComponents(g[0]).run(), parts),
        "k-core": Answer(
            lambda g: nk.centrality.CoreDecomposition(g[1]).run(), lambda found: np.asarray(found.scores()).astype(int)
        ),
        "articulation firms": Answer(lambda g: nk.components.BiconnectedComponents(g[1]).run(), in_several_blocks),
        "PageRank": Answer(ranks, lambda found: np.asarray(found.scores())),
        "joint groups": Answer(lambda g: nk.clique.MaximalCliques(g[2]).run(), lambda found: _sets(found.getCliques())),
    }


def _rustworkx(ties: Ties) -> Any:
    rx = _module("rustworkx")

    def make(kind: Any, one: Any, two: Any) -> Any:
        graph = kind()
        graph.add_nodes_from(range(ties.n))
        graph.add_edges_from_no_data(list(zip(one.tolist(), two.tolist(), strict=True)))
        return graph

    return make(rx.PyDiGraph, ties.tail, ties.head), make(rx.PyGraph, ties.low, ties.high)


def _of_rustworkx(ties: Ties) -> Mapping[str, Answer]:
    rx = _module("rustworkx")

    def parts(groups: Any) -> Any:
        return labels_of_groups(groups, ties.n)

    return {
        "weak components": Answer(lambda g: rx.weakly_connected_components(g[0]), parts),
        "strong components": Answer(lambda g: rx.strongly_connected_components(g[0]), parts),
        "k-core": Answer(lambda g: rx.core_number(g[1]), lambda found: _in_order(found, ties.n)),
        "articulation firms": Answer(lambda g: rx.articulation_points(g[1]), lambda found: np.array(sorted(found))),
        "PageRank": _rustworkx_ranks(ties, _TOLERANCE / ties.n),
        "longest chain": Answer(lambda g: rx.dag_longest_path_length(rx.condensation(g[0])), int),
    }


def _rustworkx_ranks(ties: Ties, tolerance: float | None) -> Answer:
    rx = _module("rustworkx")
    given = {} if tolerance is None else {"tol": tolerance, "max_iter": _STEPS}
    return Answer(lambda g: rx.pagerank(g[0], alpha=_DAMPING, **given), lambda found: _in_order(found, ties.n))


def _in_order(found: Any, n: int) -> Any:
    return np.array([found[node] for node in range(n)])


def _networkx(ties: Ties) -> Any:
    nx = _module("networkx")

    def make(kind: Any, one: Any, two: Any) -> Any:
        graph = kind()
        graph.add_nodes_from(range(ties.n))
        graph.add_edges_from(zip(one.tolist(), two.tolist(), strict=True))
        return graph

    return make(nx.DiGraph, ties.tail, ties.head), *(
        make(nx.Graph, one, two) for one, two in ((ties.low, ties.high), (ties.one, ties.two))
    )


def _of_networkx(ties: Ties) -> Mapping[str, Answer]:
    nx = _module("networkx")
    tolerance = _TOLERANCE / ties.n

    def parts(groups: Any) -> Any:
        return labels_of_groups(groups, ties.n)

    found = {
        "weak components": Answer(lambda g: list(nx.weakly_connected_components(g[0])), parts),
        "strong components": Answer(lambda g: list(nx.strongly_connected_components(g[0])), parts),
        "k-core": Answer(lambda g: nx.core_number(g[1]), lambda core: _in_order(core, ties.n)),
        "articulation firms": Answer(lambda g: list(nx.articulation_points(g[1])), np.sort),
        "PageRank": Answer(
            lambda g: nx.pagerank(g[0], _DAMPING, tol=tolerance, max_iter=_STEPS), lambda rank: _in_order(rank, ties.n)
        ),
        "joint groups": Answer(lambda g: list(nx.find_cliques(g[2])), _sets),
        "longest chain": Answer(lambda g: nx.dag_longest_path_length(nx.condensation(g[0])), int),
    }
    return {question: Answer(one.ask, one.read, 100_000) for question, one in found.items()}
