"""A small world to fit every kind of member on: amounts with gaps, a category, hits of rules, and a fraud to find."""

import numpy as np
import pandas as pd

from fraud.scorers import (
    Blend,
    FactorizationMachine,
    FeatureRegression,
    GradientBoosting,
    RandomForest,
    RuleScorecard,
    Unusualness,
)

NAMES = ["amount_fen", "speed", "gaps", "noise", "channel_code", "rule:a", "rule:b"]


def world(rows=600, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, len(NAMES))), columns=NAMES)
    X["amount_fen"] = np.exp(X["amount_fen"] * 2 + 8).round()
    X.loc[rng.random(rows) < 0.3, "gaps"] = np.nan
    X["channel_code"] = rng.integers(0, 4, rows).astype(float)
    X["rule:a"], X["rule:b"] = (rng.random(rows) < 0.1).astype(float), (rng.random(rows) < 0.1).astype(float)
    odds = X["speed"] * X["noise"] + (X["channel_code"] == 2) + 2 * X["rule:a"] - 1 + (X["amount_fen"] > 9_000)
    return X, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int).to_numpy()


def members():
    return {
        "rules": RuleScorecard(),
        "boosting": GradientBoosting(n_trees=8, max_leaf_nodes=8),
        "forest": RandomForest(n_trees=4, min_samples_leaf=4),
        "regression": FeatureRegression(),
        "factorization": FactorizationMachine(factors=2, most_steps=8),
        "anomaly": Unusualness(n_trees=5, max_samples=64),
    }


def blend():
    """Return a blend of every member, each with a weight above zero, and its table."""
    X, y = world()
    model = Blend(members=members()).fit(X, y)
    model.blend_weights_ = np.maximum(model.blend_weights_, 0.1)
    return model, X
