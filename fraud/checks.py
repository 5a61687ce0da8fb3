"""Laws that every scorer must keep, ours and anybody's.

Each check takes a scorer that is not fitted, fits copies of it on the rows, and returns None or raises
`ScorerLawError` with what was broken. Conventions of scikit-learn, PyOD and river are understood
(`fraud.scorers.adapters`). A scorer that keeps these laws may still be useless; one that breaks them cannot
be trusted with a comparison. `fraud.trial` tries them all and says what came of each; builders of features have laws
of their own (`fraud.features.checks`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.errors import ScorerLawError
from fraud.monotone import check_monotone_where_declared
from fraud.schema import LABEL
from fraud.scorers.adapters import fitted, score

__all__ = [
    "LAWS",
    "check_future_is_not_read_when_scoring",
    "check_label_is_not_read_when_scoring",
    "check_missing_columns_are_refused_clearly",
    "check_monotone_where_declared",
    "check_probabilities_are_probabilities",
    "check_rows_do_not_influence_each_other",
    "check_same_seed_same_score",
    "check_scoring_changes_nothing",
]

_SINGLE_ROWS = 12
_TOLERANCE = 1e-9


def check_label_is_not_read_when_scoring(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that a score is the same whatever the label of the row turns out to be.

    The labels that the scorer learnt from are turned over in place after fitting, a label column in the table
    (if there is one) is turned over too, and the rows get a new index, by which labels could be looked up.

    Raises
    ------
    ScorerLawError
        If a score changes.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_label_is_not_read_when_scoring(RuleScorecard(), hits, [0, 1, 0, 1])
    """
    label = pd.Series(np.array(y), index=X.index)
    learner = fitted(scorer, X, label)
    before = score(learner, X.copy())
    label.iloc[:] = 1 - label.to_numpy()
    turned = X.set_axis(pd.RangeIndex(10**9, 10**9 + len(X)), axis=0)
    if LABEL in turned:
        turned[LABEL] = 1 - turned[LABEL]
    try:
        after = score(learner, turned)
    except (KeyError, IndexError) as error:
        raise ScorerLawError(f"{_name(scorer)} looks rows up by their index when scoring: {error!r}.") from error
    _same(scorer, before, after, "changes its score when the label is turned over, so it reads the label")


def check_rows_do_not_influence_each_other(
    scorer: Any, X: pd.DataFrame, y: npt.ArrayLike, tolerance: float = _TOLERANCE
) -> None:
    """Check that a row alone has the same score as in a batch, in whatever order.

    Parameters
    ----------
    scorer, X, y
        Not fitted; features (n, m); labels (n,).
    tolerance
        Largest difference allowed; zero asks for equal bits.

    Raises
    ------
    ScorerLawError
        If a score changes by more.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_rows_do_not_influence_each_other(RuleScorecard(), hits, [0, 1, 0, 1], tolerance=0)
    """
    learner = fitted(scorer, X, y)
    batch = score(learner, X)
    backwards = score(learner, X.iloc[::-1])[::-1]
    _same(scorer, batch, backwards, "gives other scores when the rows are in another order", tolerance)
    some = np.unique(np.linspace(0, len(X) - 1, _SINGLE_ROWS).astype(int))
    alone = np.concatenate([score(learner, X.iloc[[row]]) for row in some])
    _same(scorer, batch[some], alone, "gives a row alone another score than in a batch", tolerance)


def check_same_seed_same_score(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that two copies which learn from the same rows give the same scores, bit for bit.

    Raises
    ------
    ScorerLawError
        If a score differs.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_same_seed_same_score(RuleScorecard(), hits, [0, 1, 0, 1])
    """
    learner = fitted(scorer, X, y)
    first = score(learner, X)
    _same(scorer, first, score(learner, X), "gives other scores when it is asked twice", 0.0)
    again = score(fitted(scorer, X, y), X)
    _same(scorer, first, again, "learns something else from the same rows; give it a fixed seed", 0.0)


def check_probabilities_are_probabilities(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that `predict_proba` gives two columns between 0 and 1 that add up to 1.

    Raises
    ------
    ScorerLawError
        If it does not, or there is no `predict_proba` at all.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_probabilities_are_probabilities(RuleScorecard(), hits, [0, 1, 0, 1])
    """
    learner = fitted(scorer, X, y)
    if not hasattr(learner, "predict_proba"):
        raise ScorerLawError(f"{_name(scorer)} has no predict_proba, so its scores are no probabilities.")
    chances = np.asarray(learner.predict_proba(X), dtype=np.float64)
    if chances.shape != (len(X), 2):
        raise ScorerLawError(f"{_name(scorer)}.predict_proba has shape {chances.shape}, not ({len(X)}, 2).")
    outside = ~((chances >= 0) & (chances <= 1))
    if outside.any():
        raise ScorerLawError(f"{_name(scorer)} calls {chances[outside][0]} a probability; it must be from 0 to 1.")
    total = chances.sum(axis=1)
    if not np.allclose(total, 1.0, rtol=0, atol=_TOLERANCE):
        raise ScorerLawError(
            f"The probabilities of {_name(scorer)} add up to {total[np.argmax(abs(total - 1))]}, not 1."
        )


def check_missing_columns_are_refused_clearly(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that a table without a column that was learnt from is refused by the name of the column.

    Raises
    ------
    ScorerLawError
        If it is scored all the same, or the message does not name the column.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_missing_columns_are_refused_clearly(RuleScorecard(), hits, [0, 1, 0, 1])
    """
    learner = fitted(scorer, X, y)
    for column in dict.fromkeys((X.columns[0], X.columns[len(X.columns) // 2], X.columns[-1])):
        try:
            score(learner, X.drop(columns=column))
        except Exception as error:  # a stranger's scorer may refuse with any class, if only it is clear
            if str(column) not in str(error):
                raise ScorerLawError(
                    f"{_name(scorer)} refuses a table without the column {column}, but does not name it: {error}"
                ) from error
        else:
            raise ScorerLawError(f"{_name(scorer)} scores a table that lacks the column {column}.")


def check_future_is_not_read_when_scoring(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that what comes later changes no score: later rows are altered in every column, or are not there at all.

    The scorer learns from the first half of the rows only and is asked about the second.

    Raises
    ------
    ScorerLawError
        If the score of an earlier row changes.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1] * 2, "rule:b": [0, 0, 1, 1] * 2})
    >>> check_future_is_not_read_when_scoring(RuleScorecard(), hits, [0, 1, 0, 1] * 2)
    """
    half = len(X) // 2
    learner = fitted(scorer, X.iloc[:half], np.asarray(y)[:half])
    asked = X.iloc[half:]
    middle = len(asked) // 2
    before = score(learner, asked)[:middle]
    later = asked.iloc[middle:]
    turned = later.apply(lambda column: pd.Series(np.roll(column.to_numpy(), 1) * 3 + 1, index=later.index))
    altered = score(learner, pd.concat([asked.iloc[:middle], turned.astype(later.dtypes)]))[:middle]
    _same(scorer, before, altered, "changes the scores of earlier rows when later ones are altered")
    alone = score(learner, asked.iloc[:middle])
    _same(scorer, before, alone, "changes the scores of earlier rows when later ones are not there")


def check_scoring_changes_nothing(scorer: Any, X: pd.DataFrame, y: npt.ArrayLike) -> None:
    """Check that who is asked neither learns from the question nor writes into the caller's table.

    Raises
    ------
    ScorerLawError
        If a score differs after other rows were scored in between, or the table was changed.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> check_scoring_changes_nothing(RuleScorecard(), hits, [0, 1, 0, 1])
    """
    learner = fitted(scorer, X, y)
    given = X.copy()
    before = score(learner, given)
    if not given.equals(X):
        raise ScorerLawError(f"{_name(scorer)} writes into the table that it scores; let it take a copy.")
    score(learner, X.iloc[::-1].iloc[: max(1, len(X) // 2)])
    _same(
        scorer, before, score(learner, X), "gives other scores after it has scored others, so it learns by scoring", 0.0
    )


LAWS = (
    check_label_is_not_read_when_scoring,
    check_rows_do_not_influence_each_other,
    check_same_seed_same_score,
    check_probabilities_are_probabilities,
    check_missing_columns_are_refused_clearly,
    check_future_is_not_read_when_scoring,
    check_scoring_changes_nothing,
    check_monotone_where_declared,
)
"""Every law of this module, for whoever wants to run them all."""


def _name(scorer: Any) -> str:
    return type(scorer).__name__


def _same(
    scorer: Any,
    one: npt.NDArray[np.float64],
    other: npt.NDArray[np.float64],
    broken: str,
    tolerance: float = _TOLERANCE,
) -> None:
    apart = np.abs(one - other)
    if not (apart <= tolerance * np.maximum(1.0, np.abs(one))).all():
        worst = int(apart.argmax())
        raise ScorerLawError(f"{_name(scorer)} {broken}: {one[worst]!r} became {other[worst]!r}.")
