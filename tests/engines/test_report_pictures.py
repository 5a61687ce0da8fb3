import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import HOSTILE, budget, curves, one_customer, sample_pictures, typologies

from engines.report.palette import DECISIONS, subject_styles
from engines.report.pictures import budget_curve, precision_recall, timeline, typology_bars
from engines.report.thinning import thin


def rows_of(spec, having):
    """All rows of a specification's data that have this key."""
    return [row for rows in spec["datasets"].values() for row in rows if having in row]


@pytest.mark.parametrize("picture", sample_pictures(), ids=lambda picture: picture.title)
def test_a_picture_is_data_that_a_page_can_hold(picture):
    spec = picture.draw()
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    assert "$schema" not in spec
    assert spec["width"] == "container"
    assert "Noto Sans CJK SC" in spec["config"]["font"]
    assert spec == picture.draw()


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=400),
    st.integers(4, 60),
)
def test_thinning_keeps_ends_and_extremes(heights, most):
    y = np.array(heights)
    x = np.linspace(1.0, 0.0, len(y))
    kept = thin(x, y, most)
    assert len(kept) <= max(most, 4)
    assert kept[0] == 0
    assert kept[-1] == len(y) - 1
    assert (np.diff(kept) > 0).all()
    assert y[kept].max() == y.max()
    assert y[kept].min() == y.min()


def test_a_curve_of_many_points_is_drawn_with_at_most_300():
    points = pd.DataFrame(rows_of(precision_recall(curves(), 0.002), "step"))
    counts = points.groupby("subject").size()
    assert len(counts) == 3
    assert counts.max() <= 300
    assert counts.min() > 50


def test_the_base_rate_is_written_with_its_digits():
    spec = precision_recall({"blend": curves()["blend"]}, 0.000063)
    assert next(row for row in rows_of(spec, "text") if row["y"] == 0.000063)["text"].endswith("0.0063 %")


def test_subjects_look_the_same_in_every_picture():
    assert subject_styles(["blend"])["blend"] == subject_styles(["mine", "rules only", "blend"])["blend"]
    colours = [colour for _, colour, _ in subject_styles(["rules only", "model only", "blend", "a", "b"]).values()]
    assert len(set(colours)) == 5


def test_the_share_at_a_budget_never_needs_more_alerts_than_the_budget():
    frame = pd.DataFrame(
        {"alert_rate": [0.0005, 0.0011, 0.5], "recall": [0.2, 0.4, 1.0], "value_detected": [0.3, 0.6, 1]}
    )
    marks = pd.DataFrame(rows_of(budget_curve(frame), "upper")).drop_duplicates()
    assert sorted(marks.loc[marks["x"] == 1.0, "y"]) == [0.2, 0.3]
    assert sorted(marks.loc[marks["x"] == 10.0, "y"]) == [0.4, 0.6]


def test_measured_shares_are_written_instead_of_the_tables():
    marks = pd.DataFrame(rows_of(budget_curve(budget(), measured={0.01: (0.123, 0.456)}), "upper")).drop_duplicates()
    assert sorted(marks["text"]) == ["12 %", "46 %"]
    assert set(marks["x"]) == {10.0}


def test_the_higher_share_is_written_above():
    marks = pd.DataFrame(rows_of(budget_curve(budget(), measured={0.01: (0.9, 0.2)}), "upper")).drop_duplicates()
    assert marks.set_index("text")["upper"].to_dict() == {"90 %": True, "20 %": False}


def test_a_budget_curve_without_alerts_is_empty_but_drawn():
    nothing = pd.DataFrame({"alert_rate": [0.0], "recall": [0.0], "value_detected": [0.0]})
    assert rows_of(budget_curve(nothing), "step") == []


def test_typologies_are_sorted_by_what_the_blend_finds():
    bars = pd.DataFrame(rows_of(typology_bars(typologies()), "kind"))
    blend = bars[bars["subject"].str.startswith("rules + model")]
    assert blend["share"].is_monotonic_decreasing
    assert blend["text"].iloc[0] == "41 / 47"
    assert blend["kind"].iloc[0] == "account take-over after SIM swap · 换卡盗用账户"


def test_a_typology_that_did_not_occur_has_no_share():
    frame = pd.DataFrame({"typology": ["none"], "caught": [0], "missed": [0], "by_rules": [0]})
    assert {row["share"] for row in rows_of(typology_bars(frame), "kind")} == {0.0}


def test_reasons_are_listed_for_each_caught_fraud_and_marked_in_the_chart():
    spec = timeline(one_customer())
    items = spec["usermeta"]["list"]["items"]
    assert [item["mark"] for item in items] == ["①", "②"]
    assert len(items[1]["reasons"]) == 3
    marked = [row for row in rows_of(spec, "mark") if row["mark"]]
    assert [row["mark"] for row in marked] == ["①", "②"]
    assert all(row["ring"] for row in marked)


def test_every_fraud_is_ringed_and_nothing_else():
    points = pd.DataFrame(rows_of(timeline(one_customer()), "ring"))
    assert (points["ring"] != "").sum() == one_customer()["is_fraud"].sum()


def test_time_runs_forward_along_the_axis():
    points = rows_of(timeline(one_customer().sample(frac=1, random_state=1)), "ring")
    places = [row["x"] for row in points]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 1


def test_what_came_after_the_fraud_is_not_drawn():
    frame = one_customer()
    later = frame.tail(1).assign(occurred_at=pd.Timestamp("2026-04-01"), is_fraud=False, reasons="")
    longer = pd.concat([frame, later], ignore_index=True)
    assert len(rows_of(timeline(longer), "ring")) == len(frame)


def test_a_fraud_spread_over_the_whole_time_has_one_even_axis():
    frame = one_customer().assign(is_fraud=True)
    places = [row["x"] for row in rows_of(timeline(frame), "ring")]
    when = frame["occurred_at"].astype("int64").to_numpy(dtype=float)
    assert np.corrcoef(places, when)[0, 1] > 0.999999
    assert not rows_of(timeline(frame), "to")


def test_decisions_by_number_and_by_name_draw_the_same():
    frame = one_customer()
    numbers = {"pass": 0, "step-up": 1, "hold": 2, "block": 3}
    by_number = frame.assign(decision=frame["decision"].map(numbers).astype("int8"))
    assert timeline(by_number) == timeline(frame)
    assert list(numbers) == list(DECISIONS)


def test_an_unknown_decision_is_refused_by_name():
    with pytest.raises(ValueError, match="'review' is none of pass, step-up, hold, block"):
        timeline(one_customer().assign(decision="review"))


def test_a_timeline_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one transaction"):
        timeline(one_customer().head(0))


@pytest.mark.parametrize("rows", [slice(0, 1), slice(46, 47), slice(0, 44)], ids=["one", "one fraud", "no fraud"])
def test_short_and_honest_customers_can_be_drawn_too(rows):
    assert timeline(one_customer().iloc[rows])["width"] == "container"


def test_amounts_of_nothing_do_not_break_the_scale():
    spec = timeline(one_customer().assign(amount_yuan=0.0))
    assert {row["shown"] for row in rows_of(spec, "shown")} == {1.0}


def test_a_hostile_label_stays_text_in_the_data():
    spec = timeline(one_customer().assign(label=HOSTILE, reasons=HOSTILE))
    assert HOSTILE in spec["usermeta"]["list"]["items"][0]["reasons"]
