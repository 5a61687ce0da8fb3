"""Logistic regression on encoded features: the model that everybody can read.

scikit-learn fits it; what is ours is the encoding (`fraud.scorers.encoding`), and that a row takes microseconds. It
fails where two things are suspicious only together; the factorization machine is the next step.

Source: Hosmer, Lemeshow and Sturdivant, "Applied Logistic Regression", 2013.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from fraud.scorers.classifier import LogOddsClassifier, split_weight
from fraud.scorers.encoding import Encoding, category_positions
from fraud.scorers.log_odds import linear

__all__ = ["FeatureRegression"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class FeatureRegression(LogOddsClassifier):
    """L2 logistic regression with an encoding of amounts, categories and missing values.

    Parameters
    ----------
    strength
        scikit-learn's C: the smaller it is, the more the weights shrink to zero.
    categories
        Positions of the features that are categories; None is by name, see `category_positions`.

    Attributes
    ----------
    encoding_, weights_, intercept_
        Log-odds = intercept + encoded features x weights.

    Examples
    --------
    >>> X = np.array([[10.0], [np.nan], [2_000.0], [3_000.0]])
    >>> FeatureRegression().fit(X, [0, 0, 1, 1]).predict(X).tolist()
    [0, 0, 1, 1]
    """

    encoding_: Encoding
    weights_: Floats
    intercept_: float

    def __init__(self, strength: float = 0.1, *, categories: Sequence[int] | None = None) -> None:
        self.strength = strength
        self.categories = categories

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        counted, shift = split_weight(y, weight)
        self.encoding_ = Encoding.learn(X, _categories(self), weight)
        encoded = self.encoding_.encode(X)
        if not encoded.shape[1]:
            encoded = np.zeros((len(X), 1))
        model = LogisticRegression(C=self.strength, max_iter=500, tol=1e-3)
        with threadpool_limits(limits=1):  # more threads would add up in another order and change the last bits
            model.fit(encoded, y, counted)
        self.weights_ = model.coef_[0][: len(self.encoding_.column)]
        self.intercept_ = float(model.intercept_[0]) + shift

    def _odds(self, X: Floats) -> Floats:
        return linear(self.encoding_.encode(X), self.weights_, self.intercept_)


def _categories(model: FeatureRegression) -> Sequence[int]:
    names = getattr(model, "feature_names_in_", ())
    return category_positions(names) if model.categories is None else model.categories
