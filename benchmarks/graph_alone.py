"""The first analysis in a fresh checkout, as the work of a process of its own.

Nothing of the risk graph is imported at the top: the compiler reads when it is first imported where its cache is.
"""

__all__ = ["analyse_with_cache"]


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
