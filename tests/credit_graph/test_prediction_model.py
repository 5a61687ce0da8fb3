"""The ranker of defaults as a whole: nothing from the future, equal bits, contagion told from own causes, in words."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from credit_graph.errors import NoDefaultsError, PredictionInputError
from credit_graph.prediction import DefaultRanker, History, history_of, panel, time_split, watchlist
from credit_graph.prediction.history import NEVER, day_number
from credit_graph.prediction.watchlist import contagion_words
from datasets.guarantees import credit_tables

JUDGED_ON = "2020-06-15"
DAYS = ["2019-03-01", "2019-05-01", "2019-07-01", "2019-09-01", "2019-11-01", "2019-12-15"]


def small() -> DefaultRanker:
    return DefaultRanker(n_trees=40, n_models=1, n_folds=2)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return credit_tables(3_000, 11)


@pytest.fixture(scope="module")
def known(tables: dict[str, pd.DataFrame]) -> History:
    own = ["leverage", "overdue_days", "equity_fen", "founded_on"]
    return history_of(tables["parties"], tables["guarantee"], tables["defaults"], own=own, observed_until="2020-12-31")


@pytest.fixture(scope="module")
def split(known: History) -> tuple[pd.DataFrame, pd.DataFrame]:
    return time_split(panel(known, [*DAYS, JUDGED_ON], 180), JUDGED_ON)


@pytest.fixture(scope="module")
def ranker(known: History, split: tuple[pd.DataFrame, pd.DataFrame]) -> DefaultRanker:
    return small().fit(known, split[0])


def without_the_future(known: History, day: int) -> History:
    """The history as it stood on a day, with another future: nobody defaults, everybody stands for the first firm."""
    begun = known.first_day <= day
    m = len(begun)
    return replace(
        known,
        defaulted_day=np.where(known.defaulted_day <= day, known.defaulted_day, NEVER),
        tail=np.append(known.tail[begun], np.arange(1, m)[: known.n - 1]),
        head=np.append(known.head[begun], np.zeros(min(m, known.n) - 1, np.int64)),
        amount_fen=np.append(known.amount_fen[begun], np.full(min(m, known.n) - 1, 10**12)),
        first_day=np.append(known.first_day[begun], np.full(min(m, known.n) - 1, day + 1)),
        last_day=np.append(
            np.where(known.last_day[begun] >= day, day + 999, known.last_day[begun]),
            np.full(min(m, known.n) - 1, day + 1),
        ),
    )


def test_whatever_happens_after_the_day_leaves_its_predictions_as_they_are(known, split, ranker) -> None:
    other = without_the_future(known, day_number(JUDGED_ON))
    before, after = ranker.predict(known, split[1]), ranker.predict(other, split[1])
    for name in ("chance", "own_chance", "cascade_chance", "unexposed_chance"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))


def test_whatever_happens_after_the_last_label_leaves_the_model_as_it_is(known, split, ranker) -> None:
    learnt, judged = split
    until = int(learnt["label_until"].max())
    assert until <= day_number(JUDGED_ON)
    other = without_the_future(known, until)
    again = small().fit(other, panel(other, DAYS, 180))
    np.testing.assert_array_equal(again.predict(known, judged).chance, ranker.predict(known, judged).chance)


def test_a_default_in_the_past_does_change_predictions(known, split, ranker) -> None:
    day = day_number(JUDGED_ON)
    borrower = known.head[(known.first_day <= day - 9) & (known.last_day >= day)][0]
    fell = known.defaulted_day.copy()
    fell[borrower] = day - 5
    rows = split[1][split[1]["party"] != borrower]
    after = ranker.predict(replace(known, defaulted_day=fell), rows).chance
    assert (after != ranker.predict(known, rows).chance).any()


def test_the_number_of_threads_changes_no_bit(known, split, ranker) -> None:
    with threadpool_limits(1):
        alone = small().fit(known, split[0]).predict(known, split[1])
    both = ranker.predict(known, split[1])
    np.testing.assert_array_equal(alone.chance, both.chance)
    np.testing.assert_array_equal(alone.cascade_chance, both.cascade_chance)


def test_the_order_of_the_rows_asked_for_changes_nothing(known, ranker) -> None:
    rows = pd.concat([panel(known, ["2020-03-01", JUDGED_ON], 60)])
    mixed = rows.sample(frac=1, random_state=3)
    back = pd.Series(ranker.predict(known, mixed).chance, index=mixed.index).sort_index()
    np.testing.assert_array_equal(back.to_numpy(), ranker.predict(known, rows).chance)


def test_defaults_by_contagion_have_the_larger_share_of_contagion(tables, split, known, ranker) -> None:
    rows = panel(known, ["2019-12-15", JUDGED_ON], 180)
    share = ranker.predict(known, rows).contagion_share
    cause = tables["default_truth"].set_index("party_id")["cause"].reindex(rows["party_id"]).to_numpy()
    fell = (rows["label"] == 1).to_numpy()
    by_contagion, alone = share[fell & (cause == "contagion")], share[fell & (cause == "own")]
    assert len(by_contagion) >= 10
    assert by_contagion.mean() > 2 * alone.mean()


def test_chances_are_two_columns_that_add_up_to_one(known, split, ranker) -> None:
    chances = ranker.predict_proba(known, split[1])
    assert chances.shape == (len(split[1]), 2)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)


def test_the_watch_list_names_who_has_not_defaulted_and_a_borrower_of_theirs(known, ranker) -> None:
    listed = watchlist(ranker, known, JUDGED_ON, first=30)
    assert len(listed) == 30
    assert (np.diff(listed["chance"]) <= 0).all()
    number, day = known.index.get_indexer(pd.Index(listed["party_id"])), day_number(JUDGED_ON)
    assert (known.defaulted_day[number] > day).all()
    pairs = set(zip(known.ids[known.tail], known.ids[known.head], strict=True))
    named = listed[listed["borrower_id"].notna()]
    assert len(named) > 0
    assert all(pair in pairs for pair in zip(named["party_id"], named["borrower_id"], strict=True))
    assert (named["call_fen"] >= 0).all()
    assert listed["en"].str.startswith("Chance of default ").all()
    assert listed["zh"].str.startswith("违约概率 ").all()


@pytest.mark.parametrize(
    ("chance", "without", "said"),
    [(0.1, 0.05, "mostly contagion"), (0.1, 0.08, "partly"), (0.1, 0.2, "mostly its own")],
)
def test_words_say_how_much_is_contagion(chance: float, without: float, said: str) -> None:
    assert said in contagion_words(chance, without, None, 0).en


def firms(n: int, guarantees: bool) -> tuple[History, pd.DataFrame]:
    """Firms of which the weak ones default, with a column that is never known."""
    rng = np.random.default_rng(3)
    weak = rng.random(n)
    ids = [f"F{number:05d}" for number in range(n)]
    parties = pd.DataFrame(
        {"party_id": ids, "kind": "firm", "name": None, "equity_fen": 100, "weak": weak, "unknown": [None] * n}
    )
    fell = np.flatnonzero(rng.random(n) < weak**3)
    when = pd.Timestamp("2020-01-05") + pd.to_timedelta(rng.integers(0, 700, len(fell)), "D")
    defaults = pd.DataFrame({"party_id": [ids[number] for number in fell], "defaulted_on": when})
    ends = rng.permutation(n)[: n // 2 * 2].reshape(2, -1)
    ties = pd.DataFrame(
        {
            "from_id": [ids[number] for number in ends[0]],
            "to_id": [ids[number] for number in ends[1]],
            "amount_fen": 70,
            "valid_from": "2019-01-01",
            "valid_to": None,
            "source": "register",
        }
    )
    history = history_of(
        parties, ties if guarantees else ties.head(0), defaults, own=["weak", "unknown"], observed_until="2021-12-31"
    )
    return history, panel(history, pd.date_range("2020-01-01", "2021-06-01", freq="3MS"), 180)


def test_without_any_guarantee_and_with_an_empty_column_nothing_is_contagion() -> None:
    history, rows = firms(400, guarantees=False)
    learnt, judged = time_split(rows, "2021-03-01")
    told = small().fit(history, learnt).predict(history, judged)
    assert (told.contagion_share == 0).all()
    np.testing.assert_array_equal(told.cascade_chance, told.own_chance)


def test_a_new_firm_can_be_ranked_by_what_was_learnt_from_others() -> None:
    history, rows = firms(400, guarantees=True)
    larger, more = firms(500, guarantees=True)
    told = small().fit(history, rows).predict(larger, more)
    assert len(told.chance) == len(more)
    assert ((told.chance > 0) & (told.chance < 1)).all()


def nothing_learnt(history: History, rows: pd.DataFrame) -> Any:
    return small().predict(history, rows)


REFUSED: dict[str, Any] = {
    "it has not learnt": nothing_learnt,
    "it has not learnt, for a watch list": lambda history, rows: watchlist(small(), history, "2021-03-01"),
    "rows without labels": lambda history, rows: small().fit(history, rows.drop(columns="label")),
    "labels are missing": lambda history, rows: small().fit(history, rows.assign(label=np.nan)),
    "labels are shares": lambda history, rows: small().fit(history, rows.assign(label=0.5)),
    "no rows": lambda history, rows: small().fit(history, rows.head(0)),
    "rows of nobody": lambda history, rows: small().fit(history, rows.assign(party=10**6)),
    "rows of minus one": lambda history, rows: small().fit(history, rows.assign(party=-1)),
    "rows without a number": lambda history, rows: small().fit(history, rows.assign(party=np.nan)),
    "one fold": lambda history, rows: DefaultRanker(n_folds=1).fit(history, rows),
    "no model": lambda history, rows: DefaultRanker(n_models=0).fit(history, rows),
    "no own features": lambda history, rows: small().fit(replace(history, own_names=()), rows),
    "a half-life of nothing": lambda history, rows: DefaultRanker(n_trees=2, half_life_days=0.0).fit(history, rows),
    "other own features": lambda history, rows: (
        small().fit(history, rows).predict(replace(history, own_names=("weak", "other")), rows)
    ),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_what_cannot_be_is_refused_by_name(broken: str) -> None:
    history, rows = firms(120, guarantees=True)
    with pytest.raises(PredictionInputError):
        REFUSED[broken](history, rows)


def test_labels_that_are_all_alike_teach_nothing() -> None:
    history, rows = firms(120, guarantees=True)
    for label in (0, 1):
        with pytest.raises(NoDefaultsError, match="rows to learn from"):
            small().fit(history, rows.assign(label=label))
