"""Rules that judge and improve themselves (自我完善): the health of each, and new ones for what all missed.

In: the hits of a rulebook over past transactions, labels as far as they are known, amounts, times, and the table of
costs. Out: figures and a verdict in words for each rule (`examine`); better thresholds (`tune`) and new rules
from what all have missed (`propose`), both with evidence from later transactions than those that they were found on;
and, when a person says so, a rulebook with one rule more (`accept`). Nothing here changes a rulebook by itself.
"""

from fraud.rulecare.acceptance import accept
from fraud.rulecare.evidence import Examination, RuleHealth, Verdict
from fraud.rulecare.examining import examine, known_labels
from fraud.rulecare.hits import Hits
from fraud.rulecare.logic import implies, never_true
from fraud.rulecare.mining import Mined, Missed, propose
from fraud.rulecare.proposal import Evidence, Proposal, as_rule, as_toml
from fraud.rulecare.tuning import Change, hit_by_others, tune

__all__ = [
    "Change",
    "Evidence",
    "Examination",
    "Hits",
    "Mined",
    "Missed",
    "Proposal",
    "RuleHealth",
    "Verdict",
    "accept",
    "as_rule",
    "as_toml",
    "examine",
    "hit_by_others",
    "implies",
    "known_labels",
    "never_true",
    "propose",
    "tune",
]
