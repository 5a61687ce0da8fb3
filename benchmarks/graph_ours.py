"""Our own answers about guarantees, and what ours alone is measured by: memory, compilation, scenarios."""

import os
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cost import in_fresh_process, timed
from benchmarks.graph_alone import analyse_file, analyse_with_cache
from benchmarks.graph_peers import Answer, Subject
from benchmarks.graph_ties import Ties, groups_as_set
from credit_graph.graph import Csr, Layer, csr, layer
from credit_graph.kernels.biconnected import biconnected
from credit_graph.kernels.chains import longest_chain
from credit_graph.kernels.cliques import maximal_cliques
from credit_graph.kernels.components import weak_components
from credit_graph.kernels.cores import core_numbers
from credit_graph.kernels.cycles import short_cycles
from credit_graph.kernels.ranks import pagerank
from credit_graph.kernels.strong import strong_components
from credit_graph.simulation import (
    GaussianCopula,
    capped_calls,
    copula_scenarios,
    seed_scenarios,
    simulate_cascades,
    simulate_debtrank,
)
from credit_graph.structures import analyse
from datasets.guarantee_network import Network

__all__ = ["compilation_seconds", "layer_of", "ours", "peak_bytes", "scenario_seconds"]

_DAMPING, _TOLERANCE = 0.85, 1e-8
_PD, _CORRELATION = 0.01, 0.15


def layer_of(network: Network) -> Layer:
    """Return the guarantees of a network as a layer of the graph.

    Examples
    --------
    >>> from datasets.guarantee_network import arrays
    >>> layer_of(arrays(10, 30, seed=7)).m
    30
    """
    firms = len(network.equity_fen)
    return layer("guarantee", network.tail, network.head, firms, amount_fen=network.amount_fen)


def ours() -> Subject:
    """Return the risk graph as a subject.

    Examples
    --------
    >>> ours().name
    'ours'
    """
    return Subject("ours", _prepared, _answers)


def _prepared(ties: Ties) -> tuple[Csr, Csr, Csr, Csr, Layer]:
    n = ties.n
    return (
        csr(ties.tail, ties.head, n),
        csr(ties.head, ties.tail, n),
        csr(np.append(ties.low, ties.high), np.append(ties.high, ties.low), n),
        csr(np.append(ties.one, ties.two), np.append(ties.two, ties.one), n),
        layer_of(ties.network),
    )


def _answers(ties: Ties) -> Mapping[str, Answer]:
    del ties
    return {
        "weak components": Answer(lambda g: weak_components(g[0].start, g[0].to), np.asarray),
        "strong components": Answer(lambda g: strong_components(g[0].start, g[0].to), np.asarray),
        "k-core": Answer(lambda g: core_numbers(g[2].start, g[2].to), np.asarray),
        "articulation firms": Answer(
            lambda g: biconnected(g[2].start, g[2].to), lambda found: np.flatnonzero(found.articulation)
        ),
        "PageRank": Answer(lambda g: pagerank(g[1].start, g[1].to, damping=_DAMPING, tol=_TOLERANCE), np.asarray),
        "cycles up to 3": Answer(lambda g: short_cycles(g[0].start, g[0].to, 3), _cycles),
        "cycles up to 4": Answer(lambda g: short_cycles(g[0].start, g[0].to, 4), _cycles),
        "joint groups": Answer(
            lambda g: maximal_cliques(g[3].start, g[3].to), lambda found: groups_as_set(found, is_cycle=False)
        ),
        "longest chain": Answer(lambda g: longest_chain(g[0].start, g[0].to), lambda found: int(found.length)),
        "full analysis": Answer(lambda g: analyse(g[4]), lambda found: found.truncated),
    }


def _cycles(found: Any) -> set[tuple[int, ...]]:
    return groups_as_set((cycle for cycle in found if len(cycle) >= 3), is_cycle=True)


def peak_bytes(network: Network) -> int:
    """Return the most memory that a process of its own holds which reads a network and analyses it."""
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        path = Path(folder) / "ties.npz"
        np.savez(path, tail=network.tail, head=network.head, amount_fen=network.amount_fen)
        return in_fresh_process(partial(analyse_file, path), len(network.equity_fen)).peak_bytes


def compilation_seconds() -> float:
    """Return the CPU seconds by which the first analysis in a fresh checkout is longer than the second."""
    before = os.environ.get("NUMBA_CACHE_DIR")
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder  # the fresh processes inherit it
        try:
            first, second = (in_fresh_process(analyse_with_cache, 100).cpu_seconds for _ in range(2))
        finally:
            del os.environ["NUMBA_CACHE_DIR"]
            if before is not None:
                os.environ["NUMBA_CACHE_DIR"] = before
    return first - second


def scenario_seconds(network: Network, count: int) -> dict[str, float]:
    """Return CPU seconds of so many scenarios of each kind on one thread.

    Examples
    --------
    >>> from datasets.guarantee_network import arrays
    >>> sorted(scenario_seconds(arrays(100, 300, seed=7), count=3))
    ['3 DebtRank scenarios', '3 threshold scenarios']
    """
    ties, n, rng = layer_of(network), len(network.equity_fen), np.random.default_rng(7)
    copula, call = GaussianCopula(np.full(n, _PD), _CORRELATION), capped_calls(ties)

    def threshold(number: int) -> object:
        drawn = copula_scenarios(copula, number, rng)
        return simulate_cascades(ties, network.buffer_fen, drawn, call_fen=call, threads=1)

    def debtrank(number: int) -> object:
        drawn = seed_scenarios(n, n // 1_000, number, rng)
        return simulate_debtrank(ties, network.equity_fen, drawn, threads=1)

    seconds = {}
    for kind, work in (("threshold", threshold), ("DebtRank", debtrank)):
        work(1)  # the warm-up
        seconds[f"{count:,} {kind} scenarios"] = timed(partial(work, count))[1]
    return seconds
