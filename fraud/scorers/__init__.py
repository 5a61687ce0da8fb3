"""Scorers of transactions, with scikit-learn's interface.

In: one table of numeric features in time order, NaN where a value is missing; columns named "rule:..." are
hits of rules; a label where fraud is known. Out: for each row a probability of fraud (`Blend` and its members:
`RuleScorecard`, `GradientBoosting`, `RandomForest`, `FeatureRegression`, `FactorizationMachine`, `Unusualness`), or
without labels a rank of suspicion (`RulesAndIsolation`). `InformationGain` chooses features. `load` and `score` take
somebody else's scorer, by `module:Class`, with the conventions of scikit-learn, PyOD or river.
"""

from fraud.scorers.adapters import fitted, load, score
from fraud.scorers.anomaly import Unusualness
from fraud.scorers.blend import Blend
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.columns import RULE_PREFIX
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.information import InformationGain
from fraud.scorers.regression import FeatureRegression
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.unlabelled import RulesAndIsolation

__all__ = [
    "RULE_PREFIX",
    "Blend",
    "FactorizationMachine",
    "FeatureRegression",
    "GradientBoosting",
    "InformationGain",
    "RandomForest",
    "RuleScorecard",
    "RulesAndIsolation",
    "Unusualness",
    "fitted",
    "load",
    "score",
]
