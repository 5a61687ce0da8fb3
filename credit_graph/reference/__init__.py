"""The readable twins of what is compiled: the same questions about small graphs and tables, answered slowly.

Numbers of nodes and ties as pairs go in, plain Python values come out, written in networkx or a few lines of Python.
Tests put each fast algorithm beside its twin on hundreds of small random graphs.
"""

from credit_graph.reference.blacklist import paths_by_definition, strongest_way
from credit_graph.reference.contagion import (
    clearing_by_iteration,
    debtrank_by_iteration,
    eigenvalue_by_component,
    guarantee_by_rounds,
    ranked_clearing_by_iteration,
    single_walk_by_rounds,
    threshold_by_rounds,
)
from credit_graph.reference.findings import amount_by_definition, findings_by_definition
from credit_graph.reference.groups import groups_by_definition, pairs_by_definition
from credit_graph.reference.ownership import controlled_by, dividend_rights, ultimate_heads
from credit_graph.reference.simulation import (
    blame_by_rounds,
    cascade_rounds,
    shortfall_by_definition,
    stress_limit,
)
from credit_graph.reference.structures import (
    biconnected,
    core_numbers,
    feedback_arcs,
    is_acyclic_without,
    longest_chain_length,
    maximal_cliques,
    mutual_pairs,
    pagerank,
    short_cycles,
    strong_components,
    weak_components,
)
from credit_graph.reference.tables import oversubscribed, repeated_rows, sorted_ties

__all__ = [
    "amount_by_definition",
    "biconnected",
    "blame_by_rounds",
    "cascade_rounds",
    "clearing_by_iteration",
    "controlled_by",
    "core_numbers",
    "debtrank_by_iteration",
    "dividend_rights",
    "eigenvalue_by_component",
    "feedback_arcs",
    "findings_by_definition",
    "groups_by_definition",
    "guarantee_by_rounds",
    "is_acyclic_without",
    "longest_chain_length",
    "maximal_cliques",
    "mutual_pairs",
    "oversubscribed",
    "pagerank",
    "pairs_by_definition",
    "paths_by_definition",
    "ranked_clearing_by_iteration",
    "repeated_rows",
    "short_cycles",
    "shortfall_by_definition",
    "single_walk_by_rounds",
    "sorted_ties",
    "stress_limit",
    "strong_components",
    "strongest_way",
    "threshold_by_rounds",
    "ultimate_heads",
    "weak_components",
]
