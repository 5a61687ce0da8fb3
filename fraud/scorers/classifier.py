"""What all our classifiers of two classes have in common: checked input, log-odds inside, probabilities outside.

Each learns from 0 and 1 and answers with log-odds of fraud, on which evidence adds up; the rest is scikit-learn's
interface. A weight says how many payments a row stands for; a row of weight zero is not there.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from fraud.scorers.log_odds import probability
from fraud.scorers.target import binary_target

__all__ = ["LogOddsClassifier", "split_weight"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class LogOddsClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of two classes; a subclass has `_learn(X, y, weight)` and `_odds(X)`."""

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: two classes, NaN allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Learn from features and labels.

        Parameters
        ----------
        X
            Features, NaN where a value is missing, shape (n, m).
        y
            1 for fraud, 0 else, shape (n,).
        sample_weight
            How many payments each row stands for, shape (n,).

        Raises
        ------
        OneClassError
            If all rows have the same label.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self.classes_, encoded = binary_target(y, weight)
        counted = weight > 0
        self._learn(X[counted], encoded[counted], weight[counted])
        return self

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        raise NotImplementedError

    def _odds(self, X: Floats) -> Floats:
        raise NotImplementedError

    def decision_function(self, X: Any) -> Floats:
        """Return the log-odds of fraud, shape (n,)."""
        check_is_fitted(self)
        return self._odds(validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False))

    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities of the two classes, shape (n, 2)."""
        fraud = probability(self.decision_function(X))
        return np.column_stack([1.0 - fraud, fraud])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likelier class of each row, shape (n,)."""
        is_fraud = self.decision_function(X) > 0
        likelier: npt.NDArray[Any] = self.classes_[is_fraud.astype(np.int64)]
        return likelier


def split_weight(y: Labels, weight: Floats) -> tuple[Floats | None, float]:
    """Turn weights that are constant in each class into a shift of the log-odds, which is exact for thinned rows.

    Rows that were thinned evenly carry equal weights; learning without them is faster and, with few frauds, steadier.
    scikit-learn's boosting sorts every column once for each of 254 quantiles when rows have weights: minutes, not
    seconds.

    Returns
    -------
    weight
        None if the shift says it all.
    shift
        To be added to the log-odds.

    Examples
    --------
    >>> split_weight(np.array([0, 0, 1]), np.array([5.0, 5.0, 1.0]))
    (None, -1.6094379124341003)
    """
    legitimate, fraud = weight[y == 0], weight[y == 1]
    if np.ptp(legitimate) == 0 and np.ptp(fraud) == 0:
        return None, float(np.log(fraud[0]) - np.log(legitimate[0]))
    return weight, 0.0
