"""Structures of the guarantees of one day: pairs, joint groups, circles, chains, hubs, cores, articulation firms.

In: the layer of guarantees of a `Graph`. Out: `analyse` gives them as arrays, for a million firms within seconds;
`find` gives tables that name each structure's members and amounts, say why it matters, and what is known about it.
"""

from credit_graph.structures.analysis import Structures, analyse
from credit_graph.structures.evidence import EVIDENCE, Evidence
from credit_graph.structures.findings import Findings, find

__all__ = ["EVIDENCE", "Evidence", "Findings", "Structures", "analyse", "find"]
