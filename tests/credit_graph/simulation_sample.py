"""Small awkward guarantee graphs with scenarios: the inputs of the tests of simulations."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credit_graph.graph import Layer, layer
from credit_graph.simulation import GaussianCopula, Scenarios, copula_scenarios, seed_scenarios

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    guarantees: Layer
    buffer: Float64
    loss: Float64
    scenarios: Scenarios

    @property
    def ties(self) -> list[tuple[int, int, float]]:
        layer = self.guarantees
        return list(zip(layer.tail.tolist(), layer.head.tolist(), layer.amount_fen.astype(float).tolist(), strict=True))


def samples(count: int, seed: int, largest: int = 9) -> Iterator[Sample]:
    """No firm, one, several; no tie, self-loops, parallel ties, amounts and buffers of 0, buffers without end."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(rng.integers(0, largest + 1))
        m = int(rng.integers(0, 3 * n + 1)) if n else 0
        tail, head = rng.integers(0, max(n, 1), m), rng.integers(0, max(n, 1), m)
        guarantees = layer("guarantee", tail, head, n, amount_fen=rng.integers(0, 10, m))
        buffer = rng.integers(0, 12, n).astype(float)
        buffer[rng.random(n) < 0.1] = np.inf
        if rng.random() < 0.3:
            scenarios = seed_scenarios(n, int(rng.integers(0, n + 1)), 6, rng)
        else:
            pd = np.where(rng.random(n) < 0.2, rng.integers(0, 2, n), rng.random(n) * 0.6)
            sector = rng.integers(0, 3, n) if rng.random() < 0.5 else None
            copula = GaussianCopula(pd, float(rng.random() * 0.9), sector, float(rng.random()))
            scenarios = copula_scenarios(copula, 6, rng)
        yield Sample(guarantees, buffer, rng.integers(0, 100, n).astype(float), scenarios)
