"""A score taken apart: for one row, a base and what each feature adds, which sum to the log-odds.

Trees are taken apart by Shapley values (`fraud.scorers.attribution`), linear models by their terms, a pair's term half
to each side, a blend by the sum over its members. Only a random forest needs a convention: its votes are taken apart
exactly, and the log-odds that they become are shared in the same proportions.

Source: Chen, Lundberg and Lee, "Explaining a series of models by propagating Shapley values", Nature Communications 13,
2022 (the rescaling). Meant for alerts: it takes a millisecond or more where the score takes microseconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.errors import ModelKindError
from fraud.scorers.anomaly import Unusualness
from fraud.scorers.attribution import tree_shares
from fraud.scorers.blend import Blend
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.regression import FeatureRegression
from fraud.scorers.scorecard import RuleScorecard

__all__ = ["taken_apart"]

Floats = npt.NDArray[np.float64]

_SAME_VOTES = 1e-9


def taken_apart(model: Any, row: Floats) -> tuple[float, Floats]:
    """Return the base of a score and what each feature adds, in log-odds.

    Parameters
    ----------
    model
        A fitted `Blend` or one of its members.
    row
        Its features, float64 of shape (m,), NaN where a value is missing.

    Returns
    -------
    base
        Log-odds where nothing is known: of no hit, an average row in trees, the mean in linear models.
    shares
        Shape (m,); base + shares.sum() is the model's `decision_function` up to rounding.

    Raises
    ------
    ModelKindError
        If the model, or a member that the blend trusts, is of another kind.

    Examples
    --------
    >>> card = RuleScorecard().fit([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 1.0]], [1, 1, 0, 0])
    >>> base, shares = taken_apart(card, np.array([1.0, 1.0]))
    >>> bool(abs(base + shares.sum() - card.decision_function([[1.0, 1.0]])[0]) < 1e-12), float(shares[1])
    (True, 0.0)
    """
    if isinstance(model, Blend):
        return _blend(model, row)
    if isinstance(model, RuleScorecard):
        return model.intercept_, np.where(row > 0, model.weights_, 0.0)
    if isinstance(model, GradientBoosting):
        base, shares = tree_shares(model.trees_, row)
        return model.base_ + base, shares
    if isinstance(model, Unusualness):
        base, shares = tree_shares(model.trees_, row)
        return model.base_ - model.slope_ * base, -model.slope_ * shares
    if isinstance(model, RandomForest):
        return _forest(model, row)
    if isinstance(model, FeatureRegression | FactorizationMachine):
        return _terms(model, row)
    raise ModelKindError(f"The score of a {type(model).__name__} cannot be taken apart exactly.")


def _blend(model: Blend, row: Floats) -> tuple[float, Floats]:
    base, shares = model.blend_intercept_, np.zeros(len(row))
    for member, trust in zip(model.members_, model.blend_weights_, strict=True):
        if trust:
            start, added = taken_apart(member.model, row[member.columns])
            base += trust * start
            shares[member.columns] += trust * added
    return float(base), shares


def _forest(model: RandomForest, row: Floats) -> tuple[float, Floats]:
    base, shares = tree_shares(model.trees_, row)
    usual, now = model.odds_of(np.array([base, base + shares.sum()]))
    moved = float(shares.sum())
    if abs(moved) > _SAME_VOTES:
        return float(usual), shares * ((now - usual) / moved)
    voters = len(model.trees_.roots) + 1.0  # the slope of the log-odds where the votes stand
    fraud = base + model.voter_
    return float(usual), shares * (voters / (fraud * (voters - fraud)))


def _terms(model: FeatureRegression | FactorizationMachine, row: Floats) -> tuple[float, Floats]:
    encoded = model.encoding_.encode(row[np.newaxis])[0]
    terms = model.weights_ * encoded
    if isinstance(model, FactorizationMachine):
        parts = model.factors_ * encoded
        terms = terms + 0.5 * (parts * (parts.sum(axis=1, keepdims=True) - parts)).sum(axis=0)
    by_feature = np.bincount(model.encoding_.column, weights=terms, minlength=len(row))
    return model.intercept_, by_feature.astype(np.float64)
