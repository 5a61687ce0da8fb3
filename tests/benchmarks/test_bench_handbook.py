"""The Handbook's simulator gives its published table, the protocol its published test; ours is chosen on the past."""

import random
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import handbook, handbook_ours
from benchmarks.errors import LayoutError, NoLabelsError
from benchmarks.handbook_ours import CANDIDATES, LISTS, choose, our_features
from benchmarks.handbook_peer import handbook_features
from benchmarks.handbook_weeks import in_layout, weeks
from datasets.errors import OutOfRangeError
from datasets.handbook_simulation import COLUMNS, simulate
from datasets.mersenne import Draws
from engines.__main__ import main
from fraud.scorers import GradientBoosting

WORLD = {"customers": 120, "terminals": 600, "days": 66, "radius": 8.0}
TRAIN = date(2018, 5, 14)


@pytest.fixture(scope="module")
def payments():
    return in_layout(simulate(**WORLD))


@pytest.fixture
def fast(monkeypatch):
    """Candidates that learn in no time."""
    few = handbook_ours.Candidate("few", "boosting", lambda seed: GradientBoosting(n_trees=10, random_state=seed))
    many = handbook_ours.Candidate("many", "boosting", lambda seed: GradientBoosting(n_trees=10, random_state=seed))
    monkeypatch.setattr(handbook, "CANDIDATES", (few, many))
    return few, many


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3_000), st.integers(0, 60))
def test_choices_and_samples_are_those_of_pythons_own_generator(seed, among, count):
    own = random.Random(seed)
    assert Draws(seed).choices(among, count).tolist() == [own.choice(range(among)) for _ in range(count)]
    size = 3 * count + seed % 3
    assert Draws(seed).sample(size, count).tolist() == random.Random(seed).sample(range(size), count)


def test_a_customers_payments_are_drawn_as_the_book_draws_them():
    """The first payments of the book's table, as it prints them, are those of customers 596, 4961, 2, 4128 and 927."""
    from datasets.handbook_simulation import _payments

    paid = _payments(0, 3, 10_000, 183, 5.0)
    mine = paid.customer == 2
    assert int(paid.second[mine][0]) == 7 * 60 + 56
    assert float(paid.amount[mine][0]) == 146.0
    assert int(paid.terminal[mine][0]) == 1_365


def test_worlds_are_equal_for_equal_seeds_and_differ_otherwise():
    one, again, other = (simulate(world, **WORLD) for world in (0, 0, 1))
    pd.testing.assert_frame_equal(one, again)
    assert tuple(one.columns) == COLUMNS
    assert one["TX_DATETIME"].is_monotonic_increasing
    assert not one["TX_AMOUNT"].equals(other["TX_AMOUNT"])
    assert set(one["TX_FRAUD_SCENARIO"]) <= {0, 1, 2, 3}
    assert (one.loc[one["TX_FRAUD_SCENARIO"] == 0, "TX_AMOUNT"] <= 220).all()


@pytest.mark.parametrize("wrong", [{"customers": 2}, {"days": 0}, {"world": -1}, {"radius": 101.0}])
def test_a_world_that_cannot_be_is_refused(wrong):
    with pytest.raises(OutOfRangeError, match=next(iter(wrong))):
        simulate(**wrong)


def slow_features(rows: pd.DataFrame, row: int) -> tuple[float, float, float, float]:
    """The definition of four of the book's features, read aloud."""
    this, above = rows.iloc[row], rows.iloc[: row + 1]
    day = pd.Timedelta(days=1)
    own = above[(above["CUSTOMER_ID"] == this["CUSTOMER_ID"]) & (above["TX_DATETIME"] > this["TX_DATETIME"] - 7 * day)]
    until = this["TX_DATETIME"] - 7 * day
    there = above[(above["TERMINAL_ID"] == this["TERMINAL_ID"]) & (above["TX_DATETIME"] <= until)]
    there = there[there["TX_DATETIME"] > until - 30 * day]
    return len(own), own["TX_AMOUNT"].mean(), len(there), there["TX_FRAUD"].mean() if len(there) else 0.0


def test_the_books_features_agree_with_their_definition(payments):
    made = handbook_features(payments)
    names = ["CUSTOMER_ID_NB_TX_7DAY_WINDOW", "CUSTOMER_ID_AVG_AMOUNT_7DAY_WINDOW"]
    names += ["TERMINAL_ID_NB_TX_30DAY_WINDOW", "TERMINAL_ID_RISK_30DAY_WINDOW"]
    for row in np.linspace(0, len(payments) - 1, 60).astype(int):
        np.testing.assert_allclose(made.loc[row, names].to_numpy(float), slow_features(payments, int(row)))


def test_a_card_whose_fraud_is_known_is_judged_no_more(payments):
    chosen = weeks(payments, TRAIN)
    day = payments["TX_DATETIME"].dt.floor("D")
    frauds = payments[(payments["TX_FRAUD"] == 1) & (day >= pd.Timestamp(TRAIN))]
    for _, row in payments[chosen.judged].iterrows():
        known = frauds[frauds["TX_DATETIME"].dt.floor("D") < row["TX_DATETIME"].floor("D") - pd.Timedelta(days=7)]
        assert row["CUSTOMER_ID"] not in set(known["CUSTOMER_ID"])
    assert not (chosen.learnt & chosen.judged).any()
    later = (day >= pd.Timestamp(chosen.test)) & (day < pd.Timestamp(chosen.test) + pd.Timedelta(days=7))
    assert chosen.judged.sum() < later.sum()


def test_what_is_chosen_hangs_on_no_row_of_the_weeks_that_count(payments, fast):
    chosen = weeks(payments, TRAIN)
    features = our_features(payments)
    before = choose(payments, features, chosen, fast, folds=1)
    late = payments["TX_DATETIME"] >= pd.Timestamp(TRAIN)
    turned = payments.assign(TX_FRAUD=payments["TX_FRAUD"].where(~late, 1 - payments["TX_FRAUD"]))
    noise = features.copy()
    noise.loc[late] = -7.0
    assert choose(turned, noise, chosen, fast, folds=1) == before
    assert set(before.reached) == {one.name for one in fast}


def test_without_history_the_first_candidate_is_taken(payments):
    first = payments["TX_DATETIME"].iloc[0].date()
    chosen = weeks(payments, first)
    assert choose(payments, our_features(payments), chosen, CANDIDATES).candidate == CANDIDATES[0]


def test_every_list_of_features_can_be_made_from_five_columns(payments):
    made = our_features(payments.head(300))
    assert all(set(names) <= set(made.columns) for names in LISTS.values())


def test_the_quick_run_measures_everybody_and_says_what_was_chosen(fast, monkeypatch):
    monkeypatch.setattr(handbook, "_QUICK_WORLD", WORLD)
    monkeypatch.setattr(handbook, "_QUICK_WEEK", TRAIN)
    said = []
    found = handbook.run(quick=True, say=said.append)
    subjects = {"amount alone (floor)", handbook.FOREST, handbook.OURS, "perfect (ceiling)"}
    assert {one.subject for one in found} == subjects
    assert {one.metric for one in found} == {*handbook.PUBLISHED, "CPU"}
    assert len(said) == 1
    assert "before:" in said[0]


def test_anybodys_table_in_the_layout_is_judged_on_the_days_that_were_asked_for(tmp_path, fast, capsys):
    path = tmp_path / "mine.csv"
    table = simulate(3, **WORLD).drop(columns=["TX_FRAUD_SCENARIO"]).sample(frac=1, random_state=3)
    table.to_csv(path, index=False)
    asked = ["bench", "handbook", "--data", str(path), "--train", "2018-05-12", "--test", "2018-05-27", "--json"]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "mine.csv: 2018-05-12 to 2018-06-02" in told.out
    assert main([*asked[:-2], "2018-05-20"]) == 2
    assert "judge from 2018-05-26 on" in capsys.readouterr().err


def test_bad_tables_and_days_are_refused_by_name(payments, tmp_path):
    with pytest.raises(LayoutError, match=r"TX_AMOUNT of row 4 is -1\.0"):
        in_layout(payments.assign(TX_AMOUNT=[*payments["TX_AMOUNT"][:4], -1.0, *payments["TX_AMOUNT"][5:]]))
    with pytest.raises(LayoutError, match="'tomorrow' is no day"):
        handbook.run(data=_written(payments, tmp_path), train="tomorrow")
    with pytest.raises(LayoutError, match="not both frauds and honest payments to learn from"):
        weeks(payments, date(2030, 1, 1))
    with pytest.raises(LayoutError, match="--data FILE, which was not given"):
        handbook.run(quick=True, train="2018-05-01")
    with pytest.raises(NoLabelsError, match="terminal"):
        handbook.run(data=_written(payments.drop(columns="TERMINAL_ID"), tmp_path))


def _written(table, folder):
    path = folder / "table.parquet"
    table.to_parquet(path)
    return path
