"""Anybody's scorer on anybody's file: PyOD's and river's own objects, laws that name what is broken, bad files."""

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from pyod.models.ecod import ECOD
from river.anomaly import HalfSpaceTrees
from river.compose import Pipeline
from river.linear_model import LogisticRegression as RiverRegression
from river.preprocessing import StandardScaler as RiverScaler
from sklearn.linear_model import LogisticRegression

from benchmarks import fraud, payments
from benchmarks.errors import NoLabelsError
from benchmarks.latency import one_row
from benchmarks.subjects import OURS, Subject
from engines.__main__ import main
from fraud.checks import check_label_is_not_read_when_scoring, check_monotone_where_declared
from fraud.errors import FraudError, ScorerLawError
from fraud.scorers import fitted, score
from fraud.scorers.adapters import FilledIn
from fraud.trial import BROKEN, KEPT, OPEN, WARNED, trial_rows, try_laws

RNG = np.random.default_rng(4)
X = pd.DataFrame(RNG.random((240, 3)), columns=["amount_fen", "hour", "rule:r"])
Y = (X["amount_fen"] + X["hour"] > 1.3).astype(int).to_numpy()
HOLES = X.mask(RNG.random(X.shape) < 0.2)


class Amount:
    """The amount, and nothing else."""

    def fit(self, X, y):
        return self

    def decision_function(self, X):
        return X["amount_fen"].to_numpy() * 1.0


class Rising(Amount):
    monotone_features = MappingProxyType({"amount_fen": 1})


class Falling(Amount):
    monotone_features = MappingProxyType({"amount_fen": -1})


class LooksAhead(Amount):
    def decision_function(self, X):
        return X["amount_fen"].to_numpy() + X["amount_fen"].to_numpy()[::-1].cumsum()[::-1]


class LearnsByScoring(Amount):
    def fit(self, X, y):
        self.seen = 0.0
        return self

    def decision_function(self, X):
        self.seen += 1.0
        return X["amount_fen"].to_numpy() + self.seen


class WritesIntoTheTable(Amount):
    def decision_function(self, X):
        scores = X["amount_fen"].to_numpy().copy()
        X["amount_fen"] = 0.0
        return scores


def ruled(scorer, law):
    return next(one for one in try_laws(scorer, X, Y, estimator_checks=False) if law in one.law)


@pytest.mark.parametrize(
    ("scorer", "law", "words"),
    [
        (LooksAhead(), "future is not read", "earlier rows when later ones"),
        (LearnsByScoring(), "scoring changes nothing", "learns by scoring"),
        (WritesIntoTheTable(), "scoring changes nothing", "writes into the table"),
        (Falling(), "monotone", "never rises with amount_fen, but it does between"),
    ],
)
def test_each_law_catches_who_breaks_it_and_says_how(scorer, law, words):
    ruling = ruled(scorer, law)
    assert ruling.outcome == BROKEN
    assert words in ruling.reason


def test_an_honest_scorer_keeps_every_law_that_applies():
    outcomes = {one.law: one.outcome for one in try_laws(Rising(), X, Y, estimator_checks=False)}
    assert outcomes.pop("probabilities are probabilities") == OPEN
    assert outcomes.pop("missing columns are refused clearly") == BROKEN  # it reads one column and misses no other
    assert set(outcomes.values()) == {KEPT}


def test_a_promise_about_a_column_that_is_not_there_is_broken():
    class Elsewhere(Amount):
        monotone_features = MappingProxyType({"nowhere": 1})

    with pytest.raises(ScorerLawError, match="nowhere, which the table does not have"):
        check_monotone_where_declared(Elsewhere(), X, Y)


def test_a_fault_of_the_scorer_is_a_ruling_not_an_end():
    class Faulty(Amount):
        def decision_function(self, X):
            raise RuntimeError("no licence")

    rulings = try_laws(Faulty(), X, Y, estimator_checks=False)
    assert {one.outcome for one in rulings} == {BROKEN, OPEN}
    assert "no licence" in rulings[0].reason


def test_scikit_learns_own_checks_are_warnings():
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Careless(ClassifierMixin, BaseEstimator):
        def __init__(self, depth=1):
            self.depth = depth

        def fit(self, X, y):
            self.classes_ = np.array([0, 1])
            return self

        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    found = [one for one in try_laws(Careless(), X, Y) if one.law.startswith("scikit-learn")]
    assert found
    assert {one.outcome for one in found} == {WARNED}
    assert all(one.reason for one in found)
    [asked] = [one for one in try_laws(Amount(), X, Y) if one.law.startswith("scikit-learn")]
    assert asked.outcome == OPEN


OTHERS = {
    "PyOD": ECOD(),
    "river's anomaly": HalfSpaceTrees(n_trees=5, height=4, window_size=50, seed=1),
    "river's pipeline": Pipeline(RiverScaler(), RiverRegression()),
    "scikit-learn": LogisticRegression(),
}


@pytest.mark.parametrize("scorer", OTHERS.values(), ids=OTHERS)
def test_scorers_of_other_libraries_take_a_table_with_missing_values(scorer):
    learner = fitted(scorer, HOLES, Y)
    assert isinstance(learner, FilledIn)
    scores = score(learner, HOLES)
    assert len(np.unique(scores)) > 5
    check_label_is_not_read_when_scoring(scorer, HOLES, Y)
    middle, slow = one_row(learner, HOLES, seconds=0.0)
    assert 0 < middle <= slow


def test_other_faults_of_a_fit_are_not_taken_for_missing_values():
    class Picky(Amount):
        def fit(self, X, y):
            raise ValueError("depth must be positive")

    with pytest.raises(ValueError, match="depth"):
        fitted(Picky(), HOLES, Y)


def test_a_trial_has_rows_of_both_labels_in_the_order_of_time():
    rows, label = trial_rows(X, Y)
    assert set(label) == {0, 1}
    pd.testing.assert_frame_equal(rows, X)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A file of somebody else, with other names of columns."""
    folder = tmp_path_factory.mktemp("own")
    frames = list(payments.handbook.make(5_000, 7, 0.03))
    names = {
        "TX_DATETIME": "when",
        "CUSTOMER_ID": "who",
        "TERMINAL_ID": "where",
        "TX_AMOUNT": "paid",
        "TX_FRAUD": "bad",
    }
    pd.concat(frames).rename(columns=names).to_csv(folder / "mine.csv", index=False)
    mapping = '[columns]\noccurred_at = "when"\ncustomer_id = "who"\nterminal_id = "where"\namount_fen = "paid"\n'
    (folder / "mine.toml").write_text(mapping + 'is_fraud = "bad"\n[amount]\nunit = "yuan"\n', encoding="utf-8")
    (folder / "blind.toml").write_text(mapping + '[amount]\nunit = "yuan"\n', encoding="utf-8")
    return folder


def test_a_file_of_ones_own_is_measured_with_a_scorer_of_ones_own(file, monkeypatch):
    shipped = fraud.shipped
    some = {"chance (floor)", "rules only", OURS}
    few = tuple(one for one in shipped(7) if one.name in some)
    small = tuple(Subject(one.name, one.scorer.set_params(n_trees=5)) if one.name == OURS else one for one in few)
    monkeypatch.setattr(fraud, "shipped", lambda seed: small)
    said = []
    found = fraud.run(
        quick=True, scorer="pyod.models.ecod:ECOD", data=file / "mine.csv", mapping=file / "mine.toml", say=said.append
    )
    datasets = ["mine.csv", "mine.csv: speed", "mine.csv: laws (1 kept, 0 broken)"]
    assert sorted({one.dataset for one in found}) == sorted(datasets)
    quality = [one for one in found if one.dataset == "mine.csv"]
    assert {one.subject for one in quality} == {"pyod.models.ecod:ECOD", *some, "perfect (ceiling)"}
    laws = {(one.subject, one.metric): one.value for one in found if "laws" in one.dataset}
    assert all(value == 1 for (subject, _), value in laws.items() if subject == OURS)
    assert laws["pyod.models.ecod:ECOD", "label is not read when scoring"] == 1
    assert any("is not asked about" in sentence for sentence in said)


def test_a_file_without_labels_or_frauds_is_refused_in_one_sentence(file, tmp_path, capsys):
    assert main(["bench", "fraud", "--data", str(file / "mine.csv"), "--mapping", str(file / "blind.toml")]) == 2
    assert "has no label" in capsys.readouterr().err
    table = pd.read_csv(file / "mine.csv").assign(bad=0)
    table.to_csv(tmp_path / "honest.csv", index=False)
    with pytest.raises(NoLabelsError, match="0 frauds to learn from"):
        payments.from_file(tmp_path / "honest.csv", file / "mine.toml", tmp_path, lambda *_: None)
    with pytest.raises(FraudError):
        payments.from_file(tmp_path / "nothing.csv", None, tmp_path, lambda *_: None)
