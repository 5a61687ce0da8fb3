"""What is read of a history, the fixed point of expected calls, and how rankings are compared."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from credit_graph.errors import (
    CreditGraphError,
    MissingColumnError,
    NoDefaultsError,
    PredictionInputError,
    TableRefusedError,
)
from credit_graph.prediction import (
    average_precision,
    call_features,
    compare,
    day_of_history,
    history_of,
    network_features,
    panel,
    precision_at,
    time_split,
)
from credit_graph.prediction.expected_calls import cascade_chances
from credit_graph.prediction.history import History, day_number
from credit_graph.prediction.measures import ranking

FIRMS = pd.DataFrame(
    {
        "party_id": ["A", "B", "C"],
        "kind": "firm",
        "name": None,
        "equity_fen": pd.array([100, None, 0], "Int64"),
        "founded_on": pd.to_datetime(["2010-01-01", "2024-03-01", None]),
        "size": [1.0, np.nan, 3.0],
    }
)
TIES = pd.DataFrame(
    {
        "from_id": ["A", "A", "B"],
        "to_id": ["B", "C", "C"],
        "amount_fen": [50, 0, 70],
        "valid_from": ["2024-01-01", "2024-01-01", "2024-02-01"],
        "valid_to": ["2024-05-31", None, None],
        "source": "register",
    }
)
FELL = pd.DataFrame({"party_id": ["B", "B"], "defaulted_on": ["2024-08-01", "2024-05-31"]})


def read(**changed: Any) -> History:
    given = {"parties": FIRMS, "guarantees": TIES, "defaults": FELL, "own": ["size"], "observed_until": "2024-12-31"}
    whole = {**given, **changed}
    return history_of(whole.pop("parties"), whole.pop("guarantees"), whole.pop("defaults"), **whole)


def test_the_first_default_of_a_party_counts() -> None:
    assert read().defaulted_day.tolist()[1] == day_number("2024-05-31")


def test_a_guarantee_that_has_ended_is_still_called_if_its_borrower_fell_before() -> None:
    known = read()
    days = [day_number(day) for day in ("2024-05-30", "2024-05-31", "2024-06-01")]
    assert [known.guarantees_on(day).m for day in days] == [3, 3, 2]
    assert [known.called_by(day).m for day in days] == [0, 1, 1]


def test_a_guarantee_signed_after_the_default_is_not_called() -> None:
    late = TIES.assign(valid_from="2024-06-15", valid_to=None)
    assert read(guarantees=late).called_by(day_number("2024-12-31")).m == 0


def test_dates_become_ages_and_are_missing_before_they_come() -> None:
    known = read(own=["founded_on", "size"])
    np.testing.assert_array_equal(known.own_on(day_number("2024-02-29"))[:, 0], [5172, np.nan, np.nan])
    np.testing.assert_array_equal(known.own_on(day_number("2024-03-02"))[:, 0], [5174, 1, np.nan])


def test_frames_of_polars_are_read_as_those_of_pandas() -> None:
    parties, ties, fell = (pl.from_pandas(frame) for frame in (FIRMS, TIES, FELL))
    one, two = read(own=["founded_on"]), read(parties=parties, guarantees=ties, defaults=fell, own=["founded_on"])
    day = day_number("2024-06-01")
    pd.testing.assert_frame_equal(
        network_features(day_of_history(one, day)), network_features(day_of_history(two, day))
    )


def test_bad_guarantees_are_refused_or_left_out_as_asked() -> None:
    bad = pd.concat([TIES, TIES.head(1).assign(to_id="Z")], ignore_index=True)
    with pytest.raises(TableRefusedError):
        read(guarantees=bad)
    assert len(read(guarantees=bad, on_bad="quarantine").tail) == 3


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a default of nobody": ({"defaults": FELL.assign(party_id="Z")}, "'Z'"),
    "a default without a name": ({"defaults": FELL.assign(party_id=None)}, "party_id"),
    "a default without a day": ({"defaults": FELL.assign(defaulted_on=None)}, "defaulted_on"),
    "a default on no day": ({"defaults": FELL.assign(defaulted_on="2024-02-30")}, "defaulted_on"),
    "a default after the end": ({"observed_until": "2024-07-31"}, "observed_until"),
    "an own feature that is not there": ({"own": ["profit"]}, "profit"),
    "an own feature that is text": ({"own": ["party_id"]}, "party_id"),
    "own features as text": ({"own": "size"}, "list"),
    "an own feature twice": ({"own": ["size", "size"]}, "twice"),
    "an infinite own feature": ({"parties": FIRMS.assign(size=np.inf)}, "size"),
    "a complex own feature": ({"parties": FIRMS.assign(size=1j)}, "size"),
    "a buffer of dates": ({"buffer": "founded_on"}, "founded_on"),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_a_history_that_cannot_be_is_refused(broken: str) -> None:
    changed, named = REFUSED[broken]
    with pytest.raises(PredictionInputError, match=named):
        read(**changed)


def test_a_table_of_defaults_without_days_is_refused() -> None:
    with pytest.raises(MissingColumnError, match="defaulted_on"):
        read(defaults=FELL[["party_id"]])


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_and_one_firm_have_features_too(n: int) -> None:
    known = read(parties=FIRMS.head(n), guarantees=TIES.head(0), defaults=FELL.head(0))
    day = day_of_history(known, day_number("2024-06-01"))
    assert len(network_features(day)) == len(call_features(day, np.zeros(n))) == n


@pytest.mark.parametrize("chance", [[0.1, np.nan, 0.1], [0.1, 1.1, 0.1], [-0.1, 0, 0], [0.1, 0.1], ["a", "b", "c"]])
def test_a_chance_that_is_none_is_refused(chance: Any) -> None:
    with pytest.raises(PredictionInputError, match="chance"):
        call_features(day_of_history(read(), day_number("2024-06-01")), chance)


def by_rounds(ties: np.ndarray, own: np.ndarray, buffer: np.ndarray, pending: np.ndarray) -> np.ndarray:
    """The definition: rounds from below, as many as it takes."""
    chance = own
    for _ in range(200_000):
        with np.errstate(invalid="ignore"):
            part = np.where(np.isnan(buffer), 0.0, (ties @ chance + pending) / np.maximum(buffer, 1.0))
        after = own + (1 - own) * np.minimum(part, 1.0)
        if np.abs(after - chance).max(initial=0.0) < 1e-15:
            break
        chance = after
    return chance


@pytest.mark.parametrize("block", range(10))
def test_the_fixed_point_is_the_least_one_also_in_circles_that_amplify(block: int) -> None:
    for seed in range(block * 30, block * 30 + 30):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(0, 9))
        ties = np.where(rng.random((n, n)) < 0.35, rng.integers(0, 400, (n, n)), 0).astype(float)
        np.fill_diagonal(ties, 0)
        buffer = np.where(rng.random(n) < 0.15, np.nan, rng.choice([0.0, -5.0, 90.0, 300.0, 900.0], n))
        own = np.where(rng.random(n) < 0.4, 0.0, rng.choice([0.001, 0.05, 0.6, 1.0], n))
        pending = np.where(rng.random(n) < 0.8, 0.0, rng.integers(0, 500, n)).astype(float)
        found = cascade_chances(sparse.csr_array(ties), own, buffer, pending)
        assert found.converged
        np.testing.assert_allclose(found.chance, by_rounds(ties, own, buffer, pending), rtol=1e-7, atol=1e-9)


def test_a_circle_that_no_cause_reaches_stays_at_nought() -> None:
    circle = sparse.csr_array(np.array([[0, 900.0], [900.0, 0]]))
    found = cascade_chances(circle, np.zeros(2), np.full(2, 100.0), np.zeros(2))
    assert found.chance.tolist() == [0.0, 0.0]


def test_a_circle_just_short_of_amplifying_is_solved_and_not_left_half_way() -> None:
    gain = 1 - 1e-7
    circle = sparse.csr_array(np.array([[0, gain], [gain, 0]]) * 1e9)
    own = 1e-9
    found = cascade_chances(circle, np.full(2, own), np.full(2, 1e9), np.zeros(2))
    assert found.converged
    assert found.chance[0] == pytest.approx(own / (1 - (1 - own) * gain), rel=1e-6)


def test_a_weight_counts_as_so_many_rows() -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        label, score = rng.integers(0, 2, 30), rng.integers(0, 9, 30)
        label[:2] = (0, 1)
        weight = rng.integers(0, 4, 30)
        weight[:2] = (1, 2)
        one = ranking(label, score).measured(0.2, weight.astype(float))
        two = ranking(np.repeat(label, weight), np.repeat(score, weight)).measured(0.2)
        assert one == pytest.approx(two)


def judged(seed: int = 3, **more: Any) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    label = (rng.random(400) < 0.1).astype(int)
    scores = {"chance": np.zeros(400), "good": label + rng.random(400), "perfect": label}
    return compare(label, scores, np.arange(400) // 2, np.random.default_rng(seed), **more)


def test_a_comparison_holds_its_values_between_its_ends_and_gains_nothing_over_itself() -> None:
    table = judged()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    itself = table[table["subject"] == "chance"]
    assert (itself[["gain", "gain_low", "gain_high"]] == 0).all(axis=None)
    perfect = table[table["subject"] == "perfect"]
    assert (perfect["value"] == 1).all()
    pd.testing.assert_frame_equal(table, judged())
    assert not table.equals(judged(seed=4))


def test_chance_gets_what_chance_gets() -> None:
    table = judged().query("subject == 'chance'").set_index("measure")
    share = table["positives"] / table["rows"]
    assert table.at["AUC", "value"] == 0.5
    assert table.at["average precision", "value"] == pytest.approx(share.iloc[0])
    assert table.at["precision at the top", "value"] == pytest.approx(share.iloc[0])


def test_other_defaults_are_left_out_where_contagion_alone_is_judged() -> None:
    label, contagion = [1, 1, 0, 0, 0], [False, True, False, True, False]
    scores = {"knows contagion alone": [0.0, 0.9, 0.5, 0.4, 0.3]}
    table = compare(label, scores, np.arange(5), np.random.default_rng(1), contagion=contagion)
    alone = table[table["defaults"] == "contagion"].set_index("measure")
    assert alone.at["average precision", "value"] == 1.0
    assert (alone.at["AUC", "rows"], alone.at["AUC", "positives"]) == (4, 1)
    assert table[table["defaults"] == "all"].set_index("measure").at["AUC", "value"] < 1


COMPARED: dict[str, tuple[Any, ...]] = {
    "no scores": ([0, 1], {}, [0, 1], {}),
    "a score that is too short": ([0, 1], {"a": [1]}, [0, 1], {}),
    "a single score": ([0, 1], {"a": 1}, [0, 1], {}),
    "a missing score": ([0, 1], {"a": [1, np.nan]}, [0, 1], {}),
    "a firm too few": ([0, 1], {"a": [1, 2]}, [0], {}),
    "a firm that is missing": ([0, 1], {"a": [1, 2]}, [0, None], {}),
    "a strange label": ([0, 2], {"a": [1, 2]}, [0, 1], {}),
    "one resample": ([0, 1], {"a": [1, 2]}, [0, 1], {"resamples": 1}),
    "a level of one": ([0, 1], {"a": [1, 2]}, [0, 1], {"level": 1.0}),
    "no top": ([0, 1], {"a": [1, 2]}, [0, 1], {"top": 0.0}),
    "contagion as numbers": ([0, 1], {"a": [1, 2]}, [0, 1], {"contagion": [0, 1]}),
    "no rows": ([], {"a": []}, [], {}),
    "no contagion": ([0, 1], {"a": [1, 2]}, [0, 1], {"contagion": [False, False]}),
    "no defaults": ([0, 0], {"a": [1, 2]}, [0, 1], {}),
}


@pytest.mark.parametrize("broken", COMPARED)
def test_a_comparison_that_cannot_be_is_refused(broken: str) -> None:
    label, scores, firm, more = COMPARED[broken]
    with pytest.raises((PredictionInputError, NoDefaultsError)):
        compare(label, scores, firm, np.random.default_rng(0), **more)


def test_the_order_of_equal_scores_changes_no_measure() -> None:
    rng = np.random.default_rng(2)
    label, score = rng.integers(0, 2, 50), rng.integers(0, 4, 50)
    for _ in range(20):
        mixed = rng.permutation(50)
        assert average_precision(label[mixed], score[mixed]) == pytest.approx(average_precision(label, score))
        assert precision_at(label[mixed], score[mixed], 0.1) == pytest.approx(precision_at(label, score, 0.1))


def test_a_default_on_the_day_is_known_and_one_on_the_last_day_of_the_horizon_is_a_label() -> None:
    fell = FELL.tail(1)
    known = read(defaults=fell)
    assert panel(known, ["2024-05-31"], 30)["party_id"].tolist() == ["A", "C"]
    assert panel(known, ["2024-05-01"], 30)["label"].tolist() == [0, 1, 0]
    assert panel(known, ["2024-05-01"], 29)["label"].tolist() == [0, 0, 0]


def test_days_whose_labels_are_not_yet_known_on_the_first_day_of_the_test_are_in_neither_part() -> None:
    rows = panel(read(), ["2024-01-01", "2024-03-02", "2024-03-03", "2024-04-01", "2024-04-20"], 30)
    learnt, judged = time_split(rows, "2024-04-01")
    assert sorted(learnt["as_of"].dt.strftime("%m-%d").unique()) == ["01-01", "03-02"]
    assert sorted(judged["as_of"].dt.strftime("%m-%d").unique()) == ["04-01", "04-20"]


PANELS: dict[str, Any] = {
    "no days": lambda known: panel(known, [], 30),
    "a day twice": lambda known: panel(known, ["2024-01-01", dt.date(2024, 1, 1)], 30),
    "a horizon of nought": lambda known: panel(known, ["2024-01-01"], 0),
    "half a day": lambda known: panel(known, ["2024-01-01"], 1.5),
    "a horizon of truth": lambda known: panel(known, ["2024-01-01"], True),
    "a horizon beyond what is known": lambda known: panel(known, ["2024-12-02"], 30),
    "a day that is none": lambda known: panel(known, ["2024-13-01"], 30),
    "a test before everything": lambda known: time_split(panel(known, ["2024-01-01"], 30), "2023-01-01"),
    "a test after everything": lambda known: time_split(panel(known, ["2024-01-01"], 30), "2024-06-01"),
}


@pytest.mark.parametrize("broken", PANELS)
def test_a_panel_that_cannot_be_is_refused(broken: str) -> None:
    with pytest.raises(CreditGraphError):
        PANELS[broken](read())
