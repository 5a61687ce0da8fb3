"""The credit tables: repeatable, consistent, truth apart; what is planted is there, and what looks like it is not."""

import hashlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import roc_auc_score

from datasets import catalogue, defaults, files, firms, guarantee_network, guarantees, people, rings
from datasets.errors import OutOfRangeError
from datasets.guarantees import TRUTH, credit_tables

SEED = 7
FIRMS = 3_000
DAY = pd.Timestamp("2020-07-01")
NAMES = (
    *("parties", "guarantees", "loans", "shareholdings", "controls", "kinships", "fund_flows", "shared_attributes"),
    *("blacklist", "defaults", "guarantee_truth", "default_truth"),
)
TIES = ("guarantee", "loan", "shareholding", "control", "kinship", "fund_flow", "shared_attribute")
COLUMNS = ["from_id", "to_id", "amount_fen", "share", "valid_from", "valid_to", "source", "edge_id"]
CLOSED = ("mutual_pair", "joint_group", "circle", "shell_ring", "village_triad")
every_table = pytest.mark.parametrize("name", NAMES)
every_tie = pytest.mark.parametrize("kind", TIES)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return credit_tables(FIRMS, SEED)


@pytest.fixture(scope="module")
def truth(tables) -> pd.DataFrame:
    return tables["truth"]


@pytest.fixture(scope="module")
def valid(tables) -> set[tuple[str, str]]:
    """Guarantor and borrower of the guarantees of the day."""
    return pairs_on(tables["guarantee"], DAY)


def whole(name: str, n: int, seed: int = SEED) -> pd.DataFrame:
    return pd.concat(catalogue.frames(name, n, seed), ignore_index=True)


def pairs_on(ties: pd.DataFrame, day: pd.Timestamp) -> set[tuple[str, str]]:
    holds = (ties["valid_from"] <= day) & ~(ties["valid_to"] < day)
    return set(zip(ties.loc[holds, "from_id"], ties.loc[holds, "to_id"], strict=True))


def members(truth: pd.DataFrame, kind: str) -> list[list[str]]:
    """The firms of each structure of a kind, in their order."""
    mine = truth[(truth["kind"] == kind) & truth["party_id"].str.startswith("F").fillna(False)]
    return [group["party_id"].tolist() for _, group in mine.groupby("structure_id")]


def components(pairs: set[tuple[str, str]], how: str = "strong") -> list[set[str]]:
    """Components of two or more."""
    ids = pd.Index(sorted({name for pair in pairs for name in pair}))
    tail, head = (ids.get_indexer(list(side)) for side in zip(*sorted(pairs), strict=True))
    matrix = csr_matrix((np.ones(len(tail)), (tail, head)), shape=(len(ids), len(ids)))
    labels = connected_components(matrix, connection=how)[1]
    return [set(group) for _, group in pd.Series(ids).groupby(labels) if len(group) > 1]


# what every table promises


@every_table
def test_the_first_rows_of_a_credit_table_are_the_same_for_every_n(name):
    longest = whole(name, 3_000 if name not in ("defaults", "blacklist") else 60)
    for n in (0, 1, 41, min(len(longest), 1_500)):
        pd.testing.assert_frame_equal(whole(name, n), longest.head(n))


@every_table
def test_another_seed_gives_another_credit_table(name):
    assert not whole(name, 60, SEED + 1).equals(whole(name, 60))


def test_a_larger_province_contains_the_smaller(tables):
    small = credit_tables(400, SEED)
    for name, table in small.items():
        assert len(table), name
        pd.testing.assert_frame_equal(tables[name].head(len(table)), table, obj=name)


def test_equal_seeds_are_equal_bytes_in_another_process_too(tmp_path):
    program = (
        "import sys; from pathlib import Path; from datasets import catalogue, files\n"
        "for name in sys.argv[2:]:\n"
        "    files.write(catalogue.frames(name, 600, 7), Path(sys.argv[1]) / f'{name}.parquet')"
    )
    names = sorted(set(NAMES) - {"blacklist", "defaults"})  # 600 of these would take a large province
    asked = [sys.executable, "-c", program, str(tmp_path), *names]
    subprocess.run(asked, cwd=Path(__file__).parents[2], env={"PYTHONHASHSEED": "1"}, check=True)
    for name in names:
        files.write(catalogue.frames(name, 600, SEED), tmp_path / "here.parquet")
        assert digest(tmp_path / f"{name}.parquet") == digest(tmp_path / "here.parquet"), name


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_firms_are_rounded_up_to_whole_towns_and_none_is_possible():
    assert [len(credit_tables(n, SEED)["default_truth"]) for n in (0, 1, 40, 41)] == [0, 40, 40, 80]
    empty = credit_tables(0, SEED)
    assert set(empty["parties"]["kind"]) == {"bank"}
    for name, table in credit_tables(40, SEED).items():
        assert empty[name].dtypes.equals(table.dtypes), name


@pytest.mark.parametrize(
    "ask", [lambda: whole("guarantees", -1), lambda: whole("banks", -1), lambda: credit_tables(-1, SEED)]
)
def test_a_negative_number_of_credit_rows_is_refused(ask):
    with pytest.raises(OutOfRangeError, match="0 rows or more"):
        ask()


def test_a_negative_seed_is_refused_before_the_first_row():
    with pytest.raises(OutOfRangeError, match="the seed is -1"):
        catalogue.frames("guarantees", 5, -1)


def test_more_firms_than_the_province_holds_are_refused():
    with pytest.raises(OutOfRangeError, match="at most 80,000"):
        credit_tables(80_001, SEED)


def test_the_tables_of_guarantees_have_no_base_rate():
    with pytest.raises(OutOfRangeError, match="no base rate"):
        catalogue.frames("guarantees", 5, SEED, base_rate=0.1)


# integrity


@every_tie
def test_a_table_of_ties_has_the_columns_of_the_graph(kind, tables):
    expected = [*COLUMNS, "attribute"] if kind == "shared_attribute" else COLUMNS
    table = tables[kind]
    assert list(table.columns) == expected
    assert table["amount_fen"].dtype == np.int64
    assert table["valid_from"].dtype == "datetime64[s]"
    assert table["edge_id"].is_unique
    assert (table["from_id"] != table["to_id"]).all()
    assert not (table["valid_to"] < table["valid_from"]).any()
    assert (table["amount_fen"] >= (kind in ("guarantee", "loan", "fund_flow"))).all()


@every_tie
def test_both_ends_of_a_tie_are_parties_of_the_right_kind(kind, tables):
    kinds = tables["parties"].set_index("party_id")["kind"]
    assert kinds.index.is_unique
    wanted = {
        **{"guarantee": ("firm person", "firm"), "loan": ("bank", "firm"), "shareholding": ("firm person", "firm")},
        **{"control": ("firm person", "firm"), "kinship": ("person", "person"), "fund_flow": ("firm", "firm person")},
        "shared_attribute": ("firm", ""),
    }[kind]
    assert set(tables[kind]["from_id"].map(kinds)) == set(wanted[0].split())
    if wanted[1]:
        assert set(tables[kind]["to_id"].map(kinds)) == set(wanted[1].split())


def test_firms_and_people_are_those_of_the_province(tables):
    parties = tables["parties"].set_index("party_id")
    company, person = firms.make(FIRMS, SEED).set_index("firm_id"), people.make(37_500, SEED).set_index("person_id")
    mine = parties.loc[company.index]
    for column in ("name", "industry", "place", "registered_capital_fen", "founded_on"):
        assert mine[column].tolist() == company[column].tolist(), column
    humans = parties[parties["kind"] == "person"]
    assert humans["name"].tolist() == person.loc[humans.index, "name"].tolist()
    assert humans["place"].tolist() == person.loc[humans.index, "place"].tolist()


def test_attributes_are_those_of_the_firms(tables):
    ties = tables["shared_attribute"]
    now = ties[ties["valid_to"].isna() & (ties["source"] == "company registry")]
    company = firms.make(FIRMS, SEED).set_index("firm_id")
    columns = {
        **{"legal_representative": "legal_representative_id", "officer": "finance_officer_id", "agent": "agent_id"},
        "address": "address_id",
    }
    for attribute, column in columns.items():
        mine = now[now["attribute"] == attribute].set_index("from_id")["to_id"]
        assert (mine.loc[company.index] == company[column]).all(), attribute


def test_no_firm_is_held_to_more_than_the_whole(tables):
    held = tables["shareholding"].groupby("to_id")["share"].sum()
    assert held.max() <= 1 + 1e-9
    assert held.min() > 0.3


def test_guarantees_run_from_2018_to_2023_some_ended_some_in_the_future(tables):
    table = tables["guarantee"]
    assert table["valid_from"].min() >= pd.Timestamp("2018-01-01")
    assert table["valid_to"].max() <= pd.Timestamp("2023-12-31")
    assert 0.03 < (table["valid_to"] < DAY).mean() < 0.3
    assert 0.005 < (table["valid_from"] > DAY).mean() < 0.2
    assert 0.02 < table["valid_to"].isna().mean() < 0.2


def test_a_few_firms_give_most_guarantees(tables):
    given = tables["guarantee"].query("from_id.str.startswith('F')")["from_id"].value_counts()
    assert given.head(len(given) // 10).sum() > 0.3 * given.sum()


# the truth


def test_truth_stands_in_the_tables_of_truth_alone(tables):
    for name, table in tables.items():
        if name in TRUTH:
            continue
        text = table.astype(str)
        for word in ("harm", "shell", "circle", "hidden", "planted", "contagion", "triad"):
            assert not any(word in column for column in text), (name, word)
            found = text.apply(lambda column, word=word: column.str.contains(word)).any(axis=None)
            assert not found, (name, word)


def test_the_truth_names_parties_and_ties_that_exist(tables, truth):
    known = {name for kind in TIES for name in tables[kind]["edge_id"]} | set(tables["parties"]["party_id"])
    assert (truth["party_id"].isna() != truth["edge_id"].isna()).all()
    assert set(truth["party_id"].dropna()) | set(truth["edge_id"].dropna()) <= known


def test_the_order_of_guarantees_tells_nothing_of_the_planted_ones(tables, truth):
    is_planted = tables["guarantee"]["edge_id"].isin(truth["edge_id"]).to_numpy()
    place = tables["guarantee"]["edge_id"].str[5:].astype(int)
    assert 0.45 < roc_auc_score(is_planted, place) < 0.55


def test_every_kind_of_structure_is_there_several_times(truth):
    counts = truth.drop_duplicates("structure_id").groupby("kind").size().drop(["shared_tower", "shared_agent"])
    assert len(counts) == 19
    assert counts.min() >= 5
    both = truth.groupby("kind")["is_harmful"].nunique()
    assert set(both[both == 2].index) == {
        *("mutual_pair", "joint_group", "circle", "chain", "star", "limit_one", "limit_group"),
    }


def test_mutual_pairs_and_joint_groups_guarantee_each_other(truth, valid):
    for kind, sizes in (("mutual_pair", {2}), ("joint_group", {3, 4, 5, 6}), ("village_triad", {3})):
        found = members(truth, kind)
        assert {len(group) for group in found} <= sizes
        for group in found:
            assert {(one, other) for one in group for other in group if one != other} <= valid


@pytest.mark.parametrize(("kind", "fewest", "most"), [("circle", 3, 8), ("shell_ring", 3, 3)])
def test_circles_are_closed_on_the_day(kind, fewest, most, truth, valid):
    found = members(truth, kind)
    assert fewest <= min(map(len, found)) <= max(map(len, found)) <= most
    for circle in found:
        assert set(zip(circle, circle[1:] + circle[:1], strict=True)) <= valid


def test_chains_run_through_and_hubs_stand_for_all(truth, valid):
    assert {len(chain) for chain in members(truth, "chain")} <= set(range(5, 13))
    for kind in ("chain", "hidden_group"):
        assert all(set(pairwise(chain)) <= valid for chain in members(truth, kind))
    for kind in ("star", "parent_subsidiaries"):
        assert all({(hub, taker) for taker in takers} <= valid for hub, *takers in members(truth, kind))
    assert min(len(star) for star in members(truth, "star")) >= 7


def test_a_licensed_company_guarantees_dozens(tables, truth, valid):
    hubs = [group[0] for group in members(truth, "guarantee_company")]
    licence = tables["parties"].set_index("party_id")["licence"]
    assert set(licence.dropna().index) == set(hubs)
    assert min(sum(giver == hub for giver, _ in valid) for hub in hubs) >= 25


def test_the_shells_are_those_of_the_ring_and_share_what_rings_share(tables, truth):
    known = rings.make(28 * (FIRMS // 40), SEED).query("role == 'shell firm'").groupby("ring_id")["member_id"]
    assert members(truth, "shell_ring") == [group.tolist() for _, group in known]
    now = tables["shared_attribute"].query("valid_to.isna()")
    held = pairs_on(tables["shareholding"], DAY)
    for shells in members(truth, "shell_ring"):
        mine = now[now["from_id"].isin(shells)]
        shared = mine.groupby("attribute")["to_id"].nunique()
        assert shared[["legal_representative", "agent", "address", "phone"]].eq(1).all()
        assert set(zip(shells, shells[1:] + shells[:1], strict=True)) <= held


@pytest.mark.parametrize("day", [DAY, pd.Timestamp("2019-07-01"), pd.Timestamp("2021-03-01")])
def test_no_circle_is_closed_that_was_not_planted(day, tables, truth):
    # an open circle is closed on other days, and so it was planted
    kinds = CLOSED if day == DAY else (*CLOSED, "expired_circle", "future_circle")
    planted = {frozenset(group) for kind in kinds for group in members(truth, kind)}
    found = components(pairs_on(tables["guarantee"], day))
    inside = [any(set(group) <= one for one in planted) for group in found]
    assert found
    assert all(inside)
    if day == DAY:
        assert {frozenset(group) for group in found} == planted


@pytest.mark.parametrize("kind", ["expired_circle", "future_circle"])
def test_an_open_circle_lacks_one_guarantee_on_the_day_only(kind, tables, truth, valid):
    table = tables["guarantee"]
    ever = set(zip(table["from_id"], table["to_id"], strict=True))
    for circle in members(truth, kind):
        around = set(zip(circle, circle[1:] + circle[:1], strict=True))
        assert around <= ever
        assert len(around & valid) == len(circle) - 1


def test_pairs_that_are_mutual_at_different_times_are_so_on_no_day(tables, truth):
    table = tables["guarantee"]
    for one, other in members(truth, "mutual_apart"):
        there = table[(table["from_id"] == one) & (table["to_id"] == other)].iloc[0]
        back = table[(table["from_id"] == other) & (table["to_id"] == one)].iloc[0]
        assert there["valid_from"] > back["valid_to"]


def test_relatives_with_separate_firms_have_no_guarantee_between_them(tables, truth):
    table = tables["guarantee"]
    ever = set(zip(table["from_id"], table["to_id"], strict=True))
    for one, other in members(truth, "family_apart"):
        assert (one, other) not in ever
        assert (other, one) not in ever


def test_a_tower_and_an_agent_serve_hundreds(tables):
    shared = tables["shared_attribute"][["attribute", "to_id"]].value_counts()
    assert set(shared.index[:2]) == {("address", "H90000000"), ("agent", "P90000000")}
    assert shared.iloc[1] >= 200 > 5 * shared.iloc[2]


def test_an_owner_of_circular_ownership_holds_most_of_the_first_company(tables, truth):
    share = tables["shareholding"].set_index(["from_id", "to_id"])["share"]
    mine = truth[(truth["kind"] == "circular_ownership") & truth["party_id"].notna()]
    for _, group in mine.groupby("structure_id"):
        *circle, person = group["party_id"].tolist()
        assert share[(person, circle[0])] > 0.5
        assert all(share[pair] > 0.5 for pair in pairwise(circle))
        assert share[(circle[-1], circle[0])] < 0.5


def test_planted_loans_lie_just_under_or_above_their_limits(tables, truth):
    capital = tables["banks"].set_index("party_id")
    loans = tables["loan"].merge(truth, on="edge_id").query("kind.str.startswith('limit')")
    assert (loans["valid_from"] < DAY).all()
    one = loans[loans["kind"] == "limit_one"]
    share = one["amount_fen"] / one["from_id"].map(capital["net_capital_fen"])
    assert ((share > 0.10) == one["is_harmful"]).all()
    assert share.between(0.09, 0.165).all()
    group = loans[loans["kind"] == "limit_group"].groupby(["structure_id", "from_id", "is_harmful"])["amount_fen"]
    summed = group.sum().reset_index()
    share = summed["amount_fen"] / summed["from_id"].map(capital["tier1_capital_fen"])
    assert ((share > 0.20) == summed["is_harmful"]).all()
    assert share.between(0.18, 0.26).all()


def test_no_other_loan_breaks_the_limit_of_one_client(tables, truth):
    valid = tables["loan"].query("valid_from <= @DAY and not valid_to < @DAY")
    summed = valid.groupby(["from_id", "to_id"])["amount_fen"].sum().reset_index()
    net = summed["from_id"].map(tables["banks"].set_index("party_id")["net_capital_fen"])
    above = set(summed.loc[summed["amount_fen"] > 0.1 * net, "to_id"])
    assert above == set(truth.query("kind == 'limit_one' and is_harmful")["party_id"].dropna())


def test_the_client_of_a_proxy_is_two_steps_from_a_listed_person(tables, truth):
    listed = set(tables["blacklist"].query("listed_on < @DAY")["party_id"])
    kin = {frozenset(pair) for pair in pairs_on(tables["kinship"], DAY)}
    control = pairs_on(tables["control"], DAY)
    for _, group in truth[truth["kind"] == "blacklist_proxy"].groupby("structure_id"):
        relative, who, client = group["party_id"]
        assert relative in listed
        assert {who, client}.isdisjoint(tables["blacklist"]["party_id"])
        assert frozenset((relative, who)) in kin
        assert (who, client) in control


def test_no_measure_alone_tells_the_harmful_structures(tables, truth):
    both = ("mutual_pair", "joint_group", "circle", "chain", "star", "village_triad")
    planted = truth[truth["kind"].isin(both) & truth["edge_id"].str.startswith("G").fillna(False)]
    parties = tables["parties"].set_index("party_id")
    ties = planted.merge(tables["guarantee"], on="edge_id")
    giver = parties.loc[ties["from_id"]].reset_index()
    measures = pd.DataFrame(
        {
            "amount": ties["amount_fen"] * 1.0,
            "equity": giver["equity_fen"].astype(float),
            "amount over equity": ties["amount_fen"] / giver["equity_fen"].astype(float),
            "leverage": giver["leverage"],
            "overdue": giver["overdue_days"].astype(float),
            "begins": ties["valid_from"].astype("int64"),
        }
    )
    for by in (ties["edge_id"], ties["structure_id"]):
        grouped = measures.groupby(by.to_numpy()).mean()
        harmful = ties.groupby(by.to_numpy())["is_harmful"].first()
        for name in measures:
            area = roc_auc_score(harmful, grouped[name])
            assert max(area, 1 - area) < 0.87, (name, by.name)


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
