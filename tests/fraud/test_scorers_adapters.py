"""Somebody else's scorer: three conventions understood, everything else refused in a sentence."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.svm import LinearSVC

from fraud.errors import ScorerLoadError, ScorerUnusableError
from fraud.scorers import Blend, fitted, load, score

X = pd.DataFrame({"a": [0.0, 0.1, 0.2, 9.0], "b": [1.0, 1.1, 0.9, 7.0]})
Y = np.array([0, 0, 0, 1])


class LikePyOD:
    """High decision_function is unusual; predict_proba cuts the tail off."""

    def fit(self, X, y=None):
        self.decision_scores_ = self.decision_function(X)
        return self

    def decision_function(self, X):
        return np.asarray(X).sum(axis=1)

    def predict_proba(self, X):
        return np.column_stack([np.zeros(len(X)), np.ones(len(X))])


class LikeRiverAnomaly:
    def __init__(self):
        self.seen = 0

    def learn_one(self, x):
        self.seen += x["a"]

    def score_one(self, x):
        return x["a"] / self.seen


class LikeRiverClassifier:
    def __init__(self):
        self.frauds = 0

    def learn_one(self, x, y):
        self.frauds += y

    def predict_proba_one(self, x):
        return {0: 0.5, 1: self.frauds * 0.5} if x["a"] > 1 else {0: 1.0}


@pytest.mark.parametrize(
    "scorer",
    [
        Blend(n_trees=20),
        LinearSVC(),
        IsolationForest(random_state=0),
        LikePyOD(),
        LikeRiverAnomaly(),
        LikeRiverClassifier(),
    ],
    ids=lambda scorer: type(scorer).__name__,
)
def test_in_every_convention_a_high_score_is_suspicious(scorer):
    found = score(fitted(scorer, X, Y), X)
    assert found.shape == (4,)
    assert found.argmax() == 3
    assert found[3] > found[:3].max()


def test_fitting_leaves_the_given_scorer_as_it_was():
    scorer = LikeRiverAnomaly()
    fitted(scorer, X, Y)
    assert scorer.seen == 0


class Returns:
    def __init__(self, what):
        self.what = what

    def predict_proba(self, X):
        return self.what


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        (object(), "object cannot score: it needs predict_proba"),
        (Returns(np.ones((4, 3))), r"two columns \(legitimate, fraud\), not shape \(4, 3\)"),
        (Returns(np.ones((4, 1))), "fitted on rows of both labels"),
        (Returns(np.ones(3)), r"each of the 4 rows, not shape \(3,\)"),
        (Returns(np.array([0.1, np.nan, 0.1, 0.1])), "row 1 has nan"),
    ],
)
def test_scorer_that_cannot_score_is_refused(scorer, said):
    with pytest.raises(ScorerUnusableError, match=said):
        score(scorer, X)


def test_scorer_that_cannot_learn_is_refused():
    with pytest.raises(ScorerUnusableError, match="neither fit"):
        fitted(object(), X, Y)


MODULE = """
from sklearn.dummy import DummyClassifier

class Good(DummyClassifier):
    pass

class NeedsSome:
    def __init__(self, size):
        pass

class Falls:
    def __init__(self):
        raise RuntimeError("no model file")

def made():
    return Good()

number = 3
"""


@pytest.fixture
def strangers(tmp_path, monkeypatch):
    (tmp_path / "stranger_scorer.py").write_text(MODULE)
    (tmp_path / "stranger_needs.py").write_text("import a_library_nobody_has")
    (tmp_path / "stranger_falls.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in ("stranger_scorer", "stranger_needs", "stranger_falls"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("strangers")
def test_scorer_is_loaded_by_its_name():
    assert type(load("stranger_scorer:Good")).__name__ == "Good"
    assert type(load("stranger_scorer:made")).__name__ == "Good"


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "module:Class"),
        ("fraud.scorers", "module:Class"),
        ("fraud.scorers:", "module:Class"),
        ("fraud/scorers.py:Blend", "module:Class"),
        ("a:b:c", "module:Class"),
        ("no_such_module_here:Scorer", "no module no_such_module_here"),
        ("fraud.no_such_part:Scorer", r"no module fraud\.no_such_part"),
        ("stranger_needs:Scorer", "stranger_needs needs a_library_nobody_has"),
        ("stranger_falls:Scorer", "fails at import: ZeroDivisionError"),
        ("stranger_scorer:Missing", "stranger_scorer has no Missing"),
        ("stranger_scorer:NeedsSome", "cannot be made without arguments .*size"),
        ("stranger_scorer:Falls", "RuntimeError: no model file"),
        ("stranger_scorer:number", "is a int"),
    ],
)
def test_wrong_name_is_refused_in_a_sentence(name, said):
    with pytest.raises(ScorerLoadError, match=said):
        load(name)
