"""The planted structures are there on the day, their look-alikes are not, and nothing gives them away."""

from itertools import pairwise

import pandas as pd
import pytest
from credit_sample import CLOSED, DAY, FIRMS, SEED, TIES, components, members, pairs_on
from sklearn.metrics import roc_auc_score

from datasets import rings
from datasets.guarantees import TRUTH

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
