"""Scorers of transactions, with scikit-learn's interface.

In: one table of numeric features in time order, NaN where a value is missing; columns named "rule:..." are
hits of rules; a label where fraud is known. Out: for each row a probability of fraud (`RulesAndTrees`,
`RuleScorecard`), or without labels a rank of suspicion (`RulesAndIsolation`). `load` and `score` take
somebody else's scorer, by `module:Class`, with the conventions of scikit-learn, PyOD or river.
"""

from fraud.scorers.adapters import fitted, load, score
from fraud.scorers.blend import RulesAndTrees
from fraud.scorers.columns import RULE_PREFIX
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.unlabelled import RulesAndIsolation

__all__ = ["RULE_PREFIX", "RuleScorecard", "RulesAndIsolation", "RulesAndTrees", "fitted", "load", "score"]
