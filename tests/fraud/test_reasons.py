"""Reasons: rules first, then what moved the model, in units that people use."""

import numpy as np
import pandas as pd
import pytest

from fraud.errors import ReasonInputError
from fraud.reasons import Reason, contributions, reasons, reference_values, rule_reason
from fraud.rules import first_rulebook
from fraud.scorers import Blend
from fraud.wording import duration, worded


class Linear:
    """A scorer whose log-odds are 2 x customer_sum_1d - hour - 3."""

    def __init__(self):
        self.calls = 0

    def predict_proba(self, X):
        self.calls += 1
        odds = 2 * X["customer_sum_1d"].fillna(0) - X["hour"].fillna(0) - 3
        fraud = 1 / (1 + np.exp(-odds))
        return np.column_stack([1 - fraud, fraud])


ALERTS = pd.DataFrame({"customer_sum_1d": [3.0, 1.0, np.nan], "hour": [2.0, 0.0, 1.0]}, index=[7, 9, 4])
USUAL = pd.Series({"customer_sum_1d": 1.0, "hour": 1.0})


def test_contribution_is_the_change_of_log_odds_and_missing_stays_missing():
    found = contributions(Linear(), ALERTS, USUAL)
    assert found.index.tolist() == [7, 9, 4]
    assert found.to_numpy() == pytest.approx(np.array([[4.0, -1.0], [0.0, 1.0], [0.0, 0.0]]), abs=1e-9)


def test_all_alerts_are_scored_in_one_call():
    scorer = Linear()
    contributions(scorer, ALERTS, USUAL)
    assert scorer.calls == 1


def test_group_is_put_back_together():
    found = contributions(Linear(), ALERTS, USUAL, groups={"both": ["customer_sum_1d", "hour"]})
    assert found["both"].to_numpy() == pytest.approx([3.0, 1.0, 0.0], abs=1e-9)


def test_many_alerts_are_explained_as_each_alone(monkeypatch):
    monkeypatch.setattr("fraud.reasons._ROWS_AT_ONCE", 4)
    in_parts = contributions(Linear(), ALERTS, USUAL)
    alone = pd.concat([contributions(Linear(), ALERTS.iloc[[row]], USUAL) for row in range(3)])
    pd.testing.assert_frame_equal(in_parts, alone)


def test_no_alerts_have_no_contributions():
    assert contributions(Linear(), ALERTS.iloc[:0], USUAL).shape == (0, 2)


def test_column_without_reference_is_refused():
    with pytest.raises(ReasonInputError, match="hour"):
        contributions(Linear(), ALERTS, USUAL.drop("hour"))


def test_reference_is_the_median_and_an_empty_column_has_none():
    table = pd.DataFrame({"hour": [1, 9, 10], "customer_age": [np.nan] * 3})
    assert reference_values(table)["hour"] == 9
    assert np.isnan(reference_values(table)["customer_age"])


def test_our_scorer_is_explained_by_what_was_planted():
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.random((2_000, 4)), columns=["hour", "new_device", "ip_count_1d", "customer_age"])
    y = X["ip_count_1d"] > 0.9
    X["customer_age"] = np.nan
    scorer = Blend(n_trees=20).fit(X, y)
    found = contributions(scorer, X[y].iloc[:20], reference_values(X))
    assert (found.idxmax(axis=1) == "ip_count_1d").all()
    assert (found["customer_age"] == 0).all()


def test_rules_come_first_by_severity_then_the_strongest_features():
    mild, grave = Reason("rule:b", "mild", "轻", 1.0), Reason("rule:a", "grave", "重", 5.0)
    row = pd.Series({"hour": 0.5, "rule:a": 9.0, "weekday": 0.5, "new_ip": 2.0, "customer_age": -3.0})
    values = pd.Series({"hour": 3.0, "weekday": 0.0, "new_ip": 1.0, "customer_age": 80.0})
    found = reasons([mild, grave], row, values, k=2)
    assert [reason.code for reason in found] == ["rule:a", "rule:b", "new_ip", "hour"]
    assert reasons([mild, grave], row[::-1], values, k=2) == found


def test_rule_reason_has_the_text_of_the_rulebook():
    rule = first_rulebook()["elderly_new_payee"]
    found = rule_reason(rule, {"customer_age": 71.0, "amount_fen": 5_000_000})
    assert "50,000.00" in found.text
    assert "71 岁" in found.text_zh
    assert found.strength == rule.severity


@pytest.mark.parametrize(
    ("name", "value", "text", "text_zh"),
    [
        ("amount_fen", 1_234_500, "amount: 12,345.00 yuan", "交易金额: 12,345.00 元"),
        ("card_seconds_since_last", 1, "time since the card's last: 1 second", "距银行卡上一笔: 1 秒"),
        ("sim_age_days", 2, "time since the SIM card was changed: 2 days", "换卡天数: 2 天"),
        ("customer_age", 71, "age of the customer: 71 years", "客户年龄: 71 岁"),
        ("customer_amount_ratio", 3.21, "amount over the customer's earlier mean: 3.2 times", None),
        ("weekday", 6, "day of the week: Sunday", "星期: 周日"),
        ("channel_code", 3, "channel: mobile", "渠道: 手机银行"),
        ("merchant_category_code", 4, "category of the merchant: category 4", "商户类别: 类别 4"),
        ("is_foreign", 0, "outside mainland China: no", "境外交易: 否"),
        ("device_customers", 12, "different customers seen with the device so far: 12", None),
        ("place_changed", np.nan, "other city than the customer's last transaction", None),
    ],
)
def test_values_are_shown_in_the_units_of_people(name, value, text, text_zh):
    found, found_zh = worded(name, value)
    assert found == text
    assert text_zh is None or found_zh == text_zh


def test_one_is_singular():
    assert duration(3_600)[0] == "1 hour"
    assert duration(86_400 * 1.5)[0] == "1.5 days"
