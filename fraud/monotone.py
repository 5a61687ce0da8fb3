"""A promise that regulators like to see kept: with more of this, all else being equal, the score never falls.

A scorer makes it by itself, in an attribute; whoever measures the scorer tries it. Nothing is asked of scorers that
promise nothing.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.errors import ScorerLawError
from fraud.scorers.adapters import fitted, score

__all__ = ["check_monotone_where_declared", "declared_monotone"]

_ROWS, _STEPS = 12, 9
_TOLERANCE = 1e-9


def declared_monotone(scorer: Any) -> dict[str, int]:
    """Return in which features a scorer declares that its score never falls (1) or never rises (-1).

    Read from `monotone_features`, a mapping, or from scikit-learn's `monotonic_cst` where that is one.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> declared_monotone(HistGradientBoostingClassifier(monotonic_cst={"amount_fen": 1, "hour": 0}))
    {'amount_fen': 1}
    """
    for name in ("monotone_features", "monotonic_cst"):
        found = getattr(scorer, name, None)
        if isinstance(found, Mapping):
            return {str(feature): int(way) for feature, way in found.items() if way}
    return {}


def check_monotone_where_declared(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that the score never moves against what the scorer declares of a feature, all else being equal.

    Raises
    ------
    ScorerLawError
        If it does, or a declared feature is not in the table.

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> rising = HistGradientBoostingClassifier(monotonic_cst={"amount_fen": 1})
    >>> check_monotone_where_declared(rising, pd.DataFrame({"amount_fen": range(60)}), [0, 1, 1] * 20)
    """
    declared = declared_monotone(scorer)
    learner = fitted(scorer, X, y) if declared else None
    some = X.iloc[np.unique(np.linspace(0, len(X) - 1, _ROWS).astype(int))]
    for feature, way in declared.items():
        if feature not in X:
            raise ScorerLawError(
                f"{type(scorer).__name__} declares something of {feature}, which the table does not have."
            )
        values = X[feature].dropna().to_numpy(np.float64)
        steps = np.unique(np.quantile(values, np.linspace(0, 1, _STEPS))) if len(values) else values
        scores = np.array([score(learner, some.assign(**{feature: step})) for step in steps])
        against = -np.diff(scores, axis=0) * way if len(scores) > 1 else np.zeros((1, 1))
        if against.max() > _TOLERANCE:
            step = int(against.max(axis=1).argmax())
            moves = "falls" if way > 0 else "rises"
            raise ScorerLawError(
                f"{type(scorer).__name__} declares that its score never {moves} with {feature}, but it does between "
                f"{steps[step]} and {steps[step + 1]}."
            )
