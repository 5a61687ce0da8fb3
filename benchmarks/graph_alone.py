"""Analyses as the work of a process of its own, which imports nothing else.

Nothing of the risk graph is imported at the top: the compiler reads when it is first imported where its cache is, and
a measure of memory must not count what only the benchmark needs.
"""

from pathlib import Path

__all__ = ["analyse_file", "analyse_with_cache"]


def analyse_with_cache(firms: int) -> None:
    """Analyse a small network with whatever compiled code the cache holds.

    Examples
    --------
    >>> analyse_with_cache(10)
    """
    from credit_graph.graph import layer
    from credit_graph.structures import analyse
    from datasets.guarantee_network import arrays

    network = arrays(firms, 3 * firms, seed=7)
    analyse(layer("guarantee", network.tail, network.head, firms, amount_fen=network.amount_fen))


def analyse_file(path: Path, firms: int) -> None:
    """Read the arrays tail, head and amount_fen of a network, sort its ties and analyse them."""
    import numpy as np

    from credit_graph.graph import layer
    from credit_graph.structures import analyse

    with np.load(path) as parts:
        ties = layer("guarantee", parts["tail"], parts["head"], firms, amount_fen=parts["amount_fen"])
    analyse(ties)
