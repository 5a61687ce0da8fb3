"""The guarantee-chain risk graph: who stands behind whose loan, and who falls when somebody defaults.

In: tables of parties and of what ties them (guarantees, loans, shareholdings, control, kinship, fund flows, shared
attributes), and a date. Out: tables of findings: structures (互保, 联保, 担保圈, 担保链), contagion (信用风险传导),
groups and their limits (授信集中度), paths to listed parties (黑名单关联), and the few guarantees to release
(拆圈解链).
"""

from credit_graph.errors import CreditGraphError

__all__ = ["CreditGraphError"]
