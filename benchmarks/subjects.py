"""Who is measured on payments: floors, a ceiling, peers, ours, and the user's own scorer.

Peers have scikit-learn's own settings; nobody was tuned for this comparison. All get the same table: features, and
hits of rules in columns named "rule:...". The members of our blend also stand alone: what the blend does better or
worse than the best of them is the work of blending, the rest is the work of the members.
"""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fraud.rules import first_rulebook
from fraud.scorers import (
    RULE_PREFIX,
    Blend,
    FactorizationMachine,
    GradientBoosting,
    RandomForest,
    RulesAndIsolation,
    RuleScorecard,
    load,
)

__all__ = ["OURS", "AmountAlone", "Chance", "Perfect", "Subject", "current_folder_importable", "own", "shipped"]

OURS = "ours: rules + trees"
"""The subject that is to be beaten."""


@dataclass(frozen=True)
class Subject:
    """A name in the table of results, and the scorer, not fitted."""

    name: str
    scorer: Any


class Chance:
    """A floor: a random number for each row, from a seed.

    Examples
    --------
    >>> Chance(7).fit(None, None).decision_function(pd.DataFrame({"hour": [1, 2]})).shape
    (2,)
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, X: object, y: object) -> Self:  # noqa: ARG002  # every scorer is given rows and labels
        """Learn nothing."""
        return self

    def decision_function(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return numbers between 0 and 1, the same at every call, shape (n,)."""
        return np.random.default_rng(self.seed).random(len(X))


class AmountAlone:
    """A floor: the larger the amount, the more suspicious.

    Examples
    --------
    >>> AmountAlone().fit(None, None).decision_function(pd.DataFrame({"amount_fen": [100.0, 300.0]})).tolist()
    [100.0, 300.0]
    """

    def fit(self, X: object, y: object) -> Self:  # noqa: ARG002  # every scorer is given rows and labels
        """Learn nothing."""
        return self

    def decision_function(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return the amount in fen, shape (n,)."""
        return X["amount_fen"].to_numpy(np.float64)


class Perfect:
    """A ceiling: it is told what came of the payments to judge, so nobody can do better.

    A budget of 0.1 % is often less than there are frauds, and 100 customers a day often more: only beside the ceiling
    can a share of either be read.

    Parameters
    ----------
    outcome
        is_fraud and amount_fen of the rows that will be scored, see `benchmarks.payments.Payments`.

    Examples
    --------
    >>> outcome = pd.DataFrame({"is_fraud": [0, 1, 1], "amount_fen": [900, 100, 500]})
    >>> Perfect(outcome).fit(None, None).decision_function(outcome).tolist()
    [0.0, 101.0, 501.0]
    """

    def __init__(self, outcome: pd.DataFrame) -> None:
        self.outcome = outcome

    def fit(self, X: object, y: object) -> Self:  # noqa: ARG002  # every scorer is given rows and labels
        """Learn nothing."""
        return self

    def decision_function(self, X: object) -> npt.NDArray[np.float64]:  # noqa: ARG002  # nor are features read
        """Return 0 for what is honest, and more for a fraud the larger it is, shape (n,)."""
        fraud, amount = (self.outcome[name].to_numpy(np.float64) for name in ("is_fraud", "amount_fen"))
        found: npt.NDArray[np.float64] = fraud * (1.0 + amount)
        return found


def shipped(seed: int) -> tuple[Subject, ...]:
    """Return the floors, the peers and ours, from the simplest.

    Examples
    --------
    >>> [subject.name for subject in shipped(seed=7)][:2]
    ['chance (floor)', 'amount alone (floor)']
    """
    severity = {f"{RULE_PREFIX}{rule.id}": float(rule.severity) for rule in first_rulebook().rules}
    hits_only = make_column_transformer(("passthrough", make_column_selector(f"^{RULE_PREFIX}")))
    logistic = (SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000))
    return (
        Subject("chance (floor)", Chance(seed)),
        Subject("amount alone (floor)", AmountAlone()),
        Subject("rules only", make_pipeline(hits_only, RuleScorecard())),
        Subject("rules + isolation forest", RulesAndIsolation(severity=severity, random_state=seed)),
        Subject("logistic regression", make_pipeline(*logistic)),
        Subject("random forest", RandomForestClassifier(random_state=seed)),
        Subject("extremely randomised trees", ExtraTreesClassifier(random_state=seed)),
        Subject("gradient boosting", HistGradientBoostingClassifier(random_state=seed)),
        Subject("ours alone: boosting", GradientBoosting(random_state=seed)),
        Subject("ours alone: random trees", RandomForest(random_state=seed)),
        Subject("ours alone: factorization machine", FactorizationMachine(random_state=seed)),
        Subject(OURS, Blend(random_state=seed)),
    )


def own(name: str) -> Subject:
    """Return the user's own scorer as a subject.

    Parameters
    ----------
    name
        `module:Class`, as for `fraud.scorers.load`.

    Raises
    ------
    ScorerLoadError
        If it cannot be loaded; the message says why.

    Examples
    --------
    >>> own("fraud.scorers:Blend").name
    'fraud.scorers:Blend'
    """
    return Subject(name, load(name))


@contextlib.contextmanager
def current_folder_importable() -> Iterator[None]:
    """Let modules in the folder where the user stands be imported, until the end of the block.

    A script that is installed, as `hexi` is, does not look there; `python -m` does. The folder comes last, so that a
    file of the user's that happens to be called `datasets` or `random` hides nothing.
    """
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        yield
    finally:
        sys.path.reverse()
        sys.path.remove(here)
        sys.path.reverse()
