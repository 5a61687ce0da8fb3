"""One row at a time: the same probability, whatever the model and the order of the features; and what it is made of."""

import numpy as np
import pandas as pd
import pytest
from model_sample import NAMES, blend, world
from sklearn.linear_model import LogisticRegression

from fraud.errors import ModelKindError, ModelMisfitError
from fraud.reasons import explain
from fraud.scorers.single import single_row

MODEL, X = blend()
ROWS = world(seed=9)[0].to_numpy()


def test_row_of_the_blend_has_the_probability_of_the_batch():
    score = single_row(MODEL, NAMES)
    expected = MODEL.predict_proba(pd.DataFrame(ROWS, columns=NAMES))[:, 1]
    assert [score(row) for row in ROWS] == pytest.approx(expected, abs=1e-12)


def test_features_may_come_in_another_order_and_with_others_between():
    order = [*NAMES[3:], "something else", *NAMES[:3]]
    score, usual = single_row(MODEL, order), single_row(MODEL, NAMES)
    table = pd.DataFrame(ROWS, columns=NAMES).assign(**{"something else": 7.0})[order].to_numpy()
    assert [score(row) for row in table[:50]] == [usual(row) for row in ROWS[:50]]


@pytest.mark.parametrize("number", range(6))
def test_each_member_alone_is_as_in_the_batch(number):
    member = MODEL.members_[number]
    names = [NAMES[column] for column in member.columns]
    score = single_row(member.model, names)
    expected = member.model.predict_proba(ROWS[:, member.columns])[:, 1]
    assert [score(row) for row in ROWS[:, member.columns]] == pytest.approx(expected, abs=1e-12)


def test_stranger_is_asked_as_it_is():
    y = (X["speed"] > 0).astype(int)
    model = LogisticRegression().fit(X[["speed", "noise"]], y)
    assert (
        single_row(model, NAMES)(ROWS[0])
        == model.predict_proba(X.iloc[:0][["speed", "noise"]].reindex([0]).assign(speed=ROWS[0, 1], noise=ROWS[0, 3]))[
            0, 1
        ]
    )


def test_feature_that_does_not_come_is_named():
    with pytest.raises(ModelMisfitError, match="the feature gaps,"):
        single_row(MODEL, [name for name in NAMES if name != "gaps"])


def test_contributions_sum_to_the_log_odds_of_the_blend():
    odds = MODEL.decision_function(pd.DataFrame(ROWS, columns=NAMES))
    for row, expected in zip(ROWS[:60], odds, strict=False):
        assert explain(MODEL, row, NAMES).log_odds == pytest.approx(expected, abs=1e-10)


def test_feature_that_no_model_reads_adds_nothing_and_what_was_planted_adds_most():
    row = np.array([9_999.0, 0.0, np.nan, 0.0, 2.0, 1.0, 0.0, 5.0])
    found = explain(MODEL, row, [*NAMES, "other"])
    by_name = dict(zip(found.names, found.contributions, strict=True))
    assert by_name["other"] == by_name["rule:b"] == 0.0
    assert max(by_name, key=by_name.get) in ("rule:a", "amount_fen", "channel_code")


def test_stranger_cannot_be_taken_apart():
    model = LogisticRegression().fit(X[["speed"]], X["speed"] > 0)
    with pytest.raises(ModelKindError, match="LogisticRegression"):
        explain(model, np.zeros(1), ["speed"])
