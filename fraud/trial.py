"""A trial: all laws of a scorer, and what came of each, in words.

One broken law does not end the trial, as an exception of `fraud.checks` would: who brings a scorer wants to know all
that is wrong with it at once. scikit-learn's own checks of an estimator are tried too, but what they find is a warning:
a scorer may be right about fraud and not care for scikit-learn's conventions.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import check_estimator

from fraud.checks import LAWS, check_monotone_where_declared, check_probabilities_are_probabilities
from fraud.errors import ScorerLawError
from fraud.monotone import declared_monotone

__all__ = ["BROKEN", "KEPT", "OPEN", "WARNED", "Ruling", "trial_rows", "try_laws"]

KEPT, BROKEN, WARNED, OPEN = "kept", "broken", "warning", "does not apply"
_MOST_OF_A_CLASS = 400


@dataclass(frozen=True)
class Ruling:
    """What came of one law: its name, one of KEPT, BROKEN, WARNED and OPEN, and why in one sentence."""

    law: str
    outcome: str
    reason: str = ""


def try_laws(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike, estimator_checks: bool = True) -> tuple[Ruling, ...]:
    """Try every law on a scorer.

    Parameters
    ----------
    scorer
        Not fitted; it stays as it is.
    X, y
        Features in time order, shape (n, m), and labels, shape (n,); both labels in each half. See `trial_rows`.
    estimator_checks
        Whether scikit-learn's are tried as well; they take some seconds.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1] * 2, "rule:b": [0, 0, 1, 1] * 2})
    >>> found = try_laws(RuleScorecard(), hits, [0, 1, 0, 1] * 2, estimator_checks=False)
    >>> sorted({ruling.outcome for ruling in found})
    ['does not apply', 'kept']
    """
    found = [_ruling(scorer, law, X, np.asarray(y)) for law in LAWS]
    return (*found, *_estimator_warnings(scorer)) if estimator_checks else tuple(found)


def trial_rows(X: pd.DataFrame, y: npt.ArrayLike) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Choose at most 400 rows of each label, evenly spread, for a trial that takes seconds.

    Examples
    --------
    >>> rows, label = trial_rows(pd.DataFrame({"hour": range(5000)}), np.arange(5000) % 100 == 0)
    >>> len(rows), int(label.sum())
    (450, 50)
    """
    label = np.asarray(y).astype(np.int64)
    places = [np.flatnonzero(label == kind) for kind in (0, 1)]
    chosen = [
        some[np.unique(np.linspace(0, len(some) - 1, _MOST_OF_A_CLASS).astype(int))] for some in places if len(some)
    ]
    kept = np.sort(np.concatenate(chosen))
    return X.iloc[kept].reset_index(drop=True), label[kept]


def _ruling(scorer: Any, law: Any, X: pd.DataFrame, y: npt.NDArray[Any]) -> Ruling:
    name = law.__name__.removeprefix("check_").replace("_", " ")
    if law is check_monotone_where_declared and not declared_monotone(scorer):
        return Ruling(name, OPEN, "it declares no feature in which it is monotone (monotone_features)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            law(scorer, X.copy(), y.copy())
    except ScorerLawError as error:
        is_mute = law is check_probabilities_are_probabilities and "no predict_proba" in str(error)
        return Ruling(name, OPEN if is_mute else BROKEN, str(error))
    except Exception as error:  # a stranger's scorer may fail in any way; that it fails is what is to be said
        return Ruling(name, BROKEN, f"{type(scorer).__name__} fails: {type(error).__name__}: {_first_line(error)}")
    return Ruling(name, KEPT)


def _estimator_warnings(scorer: Any) -> Iterator[Ruling]:
    if not isinstance(scorer, BaseEstimator):
        yield Ruling("scikit-learn's checks", OPEN, "it is not one of scikit-learn's estimators")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried = check_estimator(scorer, on_skip=None, on_fail=None)
    failed = [one for one in tried if one["status"] == "failed"]
    for one in failed:
        yield Ruling(f"scikit-learn: {one['check_name']}", WARNED, _first_line(one["exception"]))
    if not failed:
        yield Ruling("scikit-learn's checks", KEPT, f"{len(tried)} of them")


def _first_line(error: Any) -> str:
    return (str(error).strip() or "no message").splitlines()[0]
