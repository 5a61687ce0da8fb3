"""Defaults over time, and the network of plain arrays for benchmarks."""

import numpy as np
import pandas as pd
import pytest
from credit_sample import CLOSED, SEED, members, pairs_on, whole
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import roc_auc_score

from datasets import defaults, guarantee_network, guarantees
from datasets.errors import OutOfRangeError
from datasets.guarantees import credit_tables

# defaults


@pytest.fixture(scope="module")
def fallen() -> pd.DataFrame:
    return whole("default_truth", 12_000)


def test_one_to_three_percent_default_a_year_and_a_third_at_most_by_contagion(fallen):
    year = fallen["defaulted_on"].dt.year
    assert 0.01 < (year == 2019).mean() < (year == 2020).mean() < 0.03
    assert 0.2 < (fallen["cause"].dropna() == "contagion").mean() < 0.35
    assert set(year.dropna()) == {2019, 2020}


def test_what_is_known_of_defaults_is_who_and_when(tables):
    known, true = tables["defaults"], tables["default_truth"]
    assert list(known.columns) == ["party_id", "defaulted_on"]
    fell = true[true["defaulted_on"].notna()][["party_id", "defaulted_on"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(known.reset_index(drop=True), fell)


def test_contagion_follows_a_guarantee_that_was_valid_when_the_borrower_fell(tables):
    true = tables["default_truth"].set_index("party_id")
    pulled = true[true["cause"] == "contagion"]
    assert len(pulled) >= 15
    assert true["triggered_by"].notna().sum() == len(pulled)
    for party, row in pulled.iterrows():
        fell_on = true.loc[row["triggered_by"], "defaulted_on"]
        assert pd.Timedelta(days=1) < row["defaulted_on"] - fell_on < pd.Timedelta(days=125)
        assert (party, row["triggered_by"]) in pairs_on(tables["guarantee"], fell_on)


def test_called_amounts_of_who_fell_by_contagion_exceed_the_buffer(tables):
    """At most: a part of the guaranteed amount is called, so the whole must be larger than the buffer."""
    true, table = tables["default_truth"].set_index("party_id"), tables["guarantee"]
    fell = true["defaulted_on"].dropna()
    for party, row in true[true["cause"] == "contagion"].iterrows():
        mine = table[(table["from_id"] == party) & table["to_id"].isin(fell[fell < row["defaulted_on"]].index)]
        assert mine["amount_fen"].sum() > row["buffer_fen"]


def test_own_causes_can_be_learned_from_what_is_known(fallen):
    parties = whole("parties", 36_400).set_index("party_id").loc[fallen["party_id"]]
    own = fallen["cause"].fillna("") == "own"
    assert 0.6 < roc_auc_score(own, parties["leverage"]) < 0.85
    assert roc_auc_score(own, fallen["own_yearly_chance"]) > 0.72
    assert roc_auc_score(fallen["cause"].fillna("") == "contagion", fallen["own_yearly_chance"]) < 0.75


def test_a_leading_eigenvalue_is_above_one_in_some_bad_circles_and_below_in_most(tables, truth):
    table = tables["guarantee"]
    equity = tables["parties"].set_index("party_id")["equity_fen"]
    harmful = truth[truth["is_harmful"]]
    radii = []
    for kind in CLOSED:
        for group in members(harmful, kind):
            inside = table[table["from_id"].isin(group) & table["to_id"].isin(group)]
            matrix = np.zeros((len(group), len(group)))
            for tie in inside.itertuples():
                matrix[group.index(tie.from_id), group.index(tie.to_id)] += tie.amount_fen / equity[tie.from_id]
            radii.append(abs(np.linalg.eigvals(matrix)).max())
    assert 0.03 < np.mean(np.array(radii) > 1) < 0.4


def test_histories_do_not_depend_on_how_far_one_looks():
    walk = defaults.histories(SEED)
    first = [next(walk).day.tolist() for _ in range(12)]
    again = defaults.histories(SEED)
    assert [next(again).day.tolist() for _ in range(12)] == first


# the network of plain arrays


def test_the_network_has_exactly_what_was_asked_for():
    for n, m in ((0, 0), (1, 0), (2, 1), (2, 50), (3, 9), (10, 10), (5_000, 15_000)):
        network = guarantee_network.arrays(n, m, SEED)
        assert len(network.tail) == len(network.head) == len(network.amount_fen) == m
        assert len(network.equity_fen) == len(network.buffer_fen) == n
        assert (network.tail != network.head).all()
        assert all(0 <= side.min() <= side.max() < n for side in (network.tail, network.head) if m)
        assert (network.amount_fen > 0).all()
        assert (network.buffer_fen <= network.equity_fen).all()


def test_equal_seeds_give_equal_networks_and_others_do_not():
    one, same, other = (guarantee_network.arrays(2_000, 6_000, seed) for seed in (1, 1, 2))
    for name in ("tail", "head", "amount_fen", "equity_fen", "buffer_fen"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))


def test_the_network_has_small_components_hubs_pairs_and_circles():
    network = guarantee_network.arrays(50_000, 150_000, SEED)
    pairs = set(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    matrix = csr_matrix((np.ones(150_000), (network.tail, network.head)), shape=(50_000, 50_000))
    weak = np.bincount(connected_components(matrix, connection="weak")[1])
    assert ((weak > 1) & (weak < 50)).sum() > 1_000
    strong = np.bincount(connected_components(matrix, connection="strong")[1])
    assert (strong > 2).sum() > 200
    assert np.bincount(network.tail).max() > 50
    assert sum((head, tail) in pairs for tail, head in pairs) > 5_000


@pytest.mark.parametrize(("n", "m"), [(1, 1), (0, 5), (-1, 0), (5, -1)])
def test_an_impossible_network_is_refused(n, m):
    with pytest.raises(OutOfRangeError, match="guarantees"):
        guarantee_network.arrays(n, m, SEED)


def test_blocks_are_the_tables_cut_into_towns():
    blocks = list(guarantees.blocks(2_040, SEED))
    whole_tables = credit_tables(2_040, SEED)
    assert len(blocks) == 2
    for name in blocks[0]:
        joined = pd.concat([block[name] for block in blocks], ignore_index=True)
        pd.testing.assert_frame_equal(joined, whole_tables[name])
