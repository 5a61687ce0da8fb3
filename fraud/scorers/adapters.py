"""Somebody else's scorer: found by `module:Class`, scored by the convention that it follows.

scikit-learn has `predict_proba` or `decision_function`; PyOD has `decision_function` (its `predict_proba`
cuts off the tails, and with them the order of the most suspicious); river has `predict_proba_one` or
`score_one` and learns row by row. Nothing needs to be inherited or registered: what the object can do is
looked at, in this order.

Tables of payments have missing values (NaN). Who cannot take them, and says so when it is fitted, or is river's, gets
the medians of the rows that were learnt from instead (`FilledIn`): what is missing then tells it nothing.
"""

import copy
import importlib
import inspect
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import OutlierMixin

from fraud.errors import ScorerLoadError, ScorerUnusableError

__all__ = ["FilledIn", "fitted", "load", "score"]

Floats = npt.NDArray[np.float64]


def load(name: str) -> Any:
    """Return a new scorer from its name.

    Parameters
    ----------
    name
        `module:Class`, as Python would import it; the class is called without arguments. A function that
        returns a scorer does as well.

    Raises
    ------
    ScorerLoadError
        If the name has another form, the module or class does not exist or cannot be imported, or the class
        cannot be made without arguments.

    Examples
    --------
    >>> load("fraud.scorers:Blend")
    Blend()
    """
    module_name, colon, class_name = name.partition(":")
    parts = [*module_name.split("."), class_name]
    if not colon or not all(part.isidentifier() for part in parts):
        raise ScorerLoadError(f"Give the scorer as module:Class, for example mypackage:MyScorer, not {name!r}.")
    module = _module(module_name)
    if not hasattr(module, class_name):
        raise ScorerLoadError(f"The module {module_name} has no {class_name}; check the spelling after the colon.")
    return _made(name, getattr(module, class_name))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ScorerLoadError(
                f"There is no module {error.name}; is it installed, or in the folder where you started?"
            ) from error
        raise ScorerLoadError(f"The module {name} needs {error.name}, which is not installed.") from error
    except Exception as error:  # whatever a stranger's module does at import is reported as its failure
        raise ScorerLoadError(f"The module {name} fails at import: {type(error).__name__}: {error}.") from error


def _made(name: str, found: Any) -> Any:
    if not callable(found):
        raise ScorerLoadError(f"{name} is a {type(found).__name__}; give a class, or a function without arguments.")
    try:
        inspect.signature(found).bind()
    except TypeError as error:
        raise ScorerLoadError(
            f"{name} cannot be made without arguments ({error}); give them default values, "
            "or name a function that returns the scorer."
        ) from error
    except ValueError:
        pass  # made in C: it has no signature to look at
    try:
        return found()
    except Exception as error:  # a stranger's constructor, see _module
        raise ScorerLoadError(f"{name} fails when it is made: {type(error).__name__}: {error}.") from error


def fitted(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> Any:
    """Return a copy of the scorer that has learnt from the rows; the given one stays as it is.

    Parameters
    ----------
    scorer
        Has `fit(X, y)`, or `learn_one(x, y)` (river; `learn_one(x)` if it takes no label).
    X
        Features in time order, shape (n, m).
    y
        1 for fraud, 0 else, shape (n,).

    Raises
    ------
    ScorerUnusableError
        If it has neither.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> fitted(DummyClassifier(), pd.DataFrame({"hour": [1, 2]}), [0, 1]).classes_.tolist()
    [0, 1]
    """
    if not hasattr(scorer, "fit") and not hasattr(scorer, "learn_one"):
        raise ScorerUnusableError(f"{type(scorer).__name__} has neither fit(X, y) nor learn_one(x, y).")
    if _is_of(scorer, "river"):
        return FilledIn(scorer, X, y)
    try:
        return _learnt(scorer, X, y)
    except ValueError as error:
        if not _is_of_missing_values(error, X):
            raise
    return FilledIn(scorer, X, y)


class FilledIn:
    """A fitted scorer that takes no missing values, and what they are filled with.

    Attributes
    ----------
    learner
        The fitted scorer.
    medians
        The median of each column in the rows that were learnt from; 0 where there is none.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> learner = fitted(LogisticRegression(), pd.DataFrame({"hour": [1, np.nan, 3, 4]}), [0, 0, 1, 1])
    >>> type(learner).__name__, learner.medians.tolist()
    ('FilledIn', [3.0])
    """

    def __init__(self, scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
        self.medians = X.median(numeric_only=True).fillna(0.0)
        self.learner = _learnt(scorer, X.fillna(self.medians), y)


def _learnt(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> Any:
    learner = copy.deepcopy(scorer)
    if hasattr(learner, "fit"):
        learner.fit(X) if _is_of(learner, "pyod") else learner.fit(X, y)  # PyOD's learn no labels, and warn of them
        return learner
    labelled = "y" in inspect.signature(learner.learn_one).parameters
    for row, label in zip(X.to_dict("records"), np.asarray(y).tolist(), strict=True):
        learner.learn_one(row, label) if labelled else learner.learn_one(row)
    return learner


def _is_of(scorer: Any, library: str) -> bool:
    return any(base.__module__.split(".")[0] == library for base in type(scorer).__mro__)


def _is_of_missing_values(error: ValueError, X: pd.DataFrame) -> bool:
    said = str(error).lower()
    return bool(X.isna().to_numpy().any()) and any(word in said for word in ("nan", "missing value", "infinity"))


def score(scorer: Any, X: pd.DataFrame) -> Floats:
    """Return one number for each row that grows with suspicion, shape (n,).

    Parameters
    ----------
    scorer
        A fitted scorer with `predict_proba`, `decision_function`, `predict_proba_one` or `score_one`.
    X
        Features, shape (n, m).

    Raises
    ------
    ScorerUnusableError
        If it has none of these, or does not return one finite number for each row.

    Examples
    --------
    >>> class ByAmount:
    ...     def decision_function(self, X):
    ...         return X["amount_fen"]
    >>> score(ByAmount(), pd.DataFrame({"amount_fen": [5, 7]})).tolist()
    [5.0, 7.0]
    """
    if isinstance(scorer, FilledIn):
        return score(scorer.learner, X.fillna(scorer.medians))
    name = type(scorer).__name__
    found = np.asarray(_raw(scorer, X, name), dtype=np.float64)
    if found.shape != (X.shape[0],):
        raise ScorerUnusableError(
            f"{name} must return one number for each of the {X.shape[0]} rows, not shape {found.shape}."
        )
    if not np.isfinite(found).all():
        row = int((~np.isfinite(found)).argmax())
        raise ScorerUnusableError(f"{name} must return finite numbers; row {row} has {found[row]}.")
    return found


def _raw(scorer: Any, X: pd.DataFrame, name: str) -> Any:
    is_pyod = hasattr(scorer, "decision_scores_")
    if hasattr(scorer, "predict_proba") and not is_pyod:
        chances = np.asarray(scorer.predict_proba(X))
        if chances.ndim == 2 and chances.shape[1] == 2:
            return chances[:, 1]
        if chances.ndim == 1:
            return chances
        raise ScorerUnusableError(
            f"{name}.predict_proba must return two columns (legitimate, fraud), not shape {chances.shape}; "
            "was it fitted on rows of both labels?"
        )
    if hasattr(scorer, "decision_function"):
        # scikit-learn's outlier detectors give high numbers to what is usual; PyOD's to what is not.
        return -scorer.decision_function(X) if isinstance(scorer, OutlierMixin) else scorer.decision_function(X)
    if hasattr(scorer, "predict_proba_one"):
        return [_chance_of_fraud(scorer.predict_proba_one(row)) for row in X.to_dict("records")]
    if hasattr(scorer, "score_one"):
        return [scorer.score_one(row) for row in X.to_dict("records")]
    raise ScorerUnusableError(
        f"{name} cannot score: it needs predict_proba(X), decision_function(X), predict_proba_one(x) or score_one(x)."
    )


def _chance_of_fraud(chances: dict[Any, float]) -> float:
    return next((chance for label, chance in chances.items() if label in (1, "1")), 0.0)
