"""The finders against what was planted in the province, on one day: recall, precision, and what only looks like it."""

from datetime import date
from itertools import combinations

import pandas as pd
import pytest

from credit_graph.snapshot import snapshot
from credit_graph.structures import Findings, find
from datasets.guarantees import credit_tables

DAY = date(2020, 7, 1)
EVERYBODY = ("joint_group", "village_triad")
CIRCLES = ("circle", "shell_ring")
LONGEST_CIRCLE = 8
Firms = frozenset[str]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return credit_tables(3_000, seed=7)


@pytest.fixture(scope="module")
def found(tables: dict[str, pd.DataFrame]) -> Findings:
    graph = snapshot(tables["parties"], {"guarantee": tables["guarantee"]}, DAY)
    return find(graph, longest_cycle=LONGEST_CIRCLE, most_named=5_000)


def planted(tables: dict[str, pd.DataFrame], *kinds: str) -> set[Firms]:
    """The firms of each planted structure of some kinds."""
    truth = tables["truth"]
    mine = truth[truth["kind"].isin(kinds) & truth["party_id"].str.startswith("F").fillna(False)]
    return set(mine.groupby("structure_id")["party_id"].agg(frozenset))


def named(found: Findings, *kinds: str) -> set[Firms]:
    rows = found.members.merge(found.structures[["structure_id", "kind"]])
    return set(rows[rows["kind"].isin(kinds)].groupby("structure_id")["party_id"].agg(frozenset))


def pairs_of(structures: set[Firms]) -> set[Firms]:
    return {frozenset(pair) for firms in structures for pair in combinations(firms, 2)}


def test_mutual_pairs_are_found_all_and_no_others(tables: dict[str, pd.DataFrame], found: Findings) -> None:
    wanted = planted(tables, "mutual_pair") | pairs_of(planted(tables, *EVERYBODY))
    assert len(wanted) > 400
    assert named(found, "mutual") == wanted


def test_joint_groups_are_found_all_and_no_others(tables: dict[str, pd.DataFrame], found: Findings) -> None:
    wanted = planted(tables, *EVERYBODY)
    assert len(wanted) > 50
    assert named(found, "joint") == wanted


def test_cycles_are_found_all_and_no_others(tables: dict[str, pd.DataFrame], found: Findings) -> None:
    wanted = planted(tables, *CIRCLES)
    assert {len(firms) for firms in wanted} == set(range(3, LONGEST_CIRCLE + 1))
    assert named(found, "triad", "cycle") == wanted
    assert named(found, "mixed_triangle") == set()


def test_circles_are_found_whatever_their_length(tables: dict[str, pd.DataFrame], found: Findings) -> None:
    assert named(found, "circle") == planted(tables, *CIRCLES, *EVERYBODY)


@pytest.mark.parametrize("kind", ["expired_circle", "future_circle", "mutual_apart", "family_apart", "hidden_group"])
def test_what_is_closed_on_no_day_is_not_found(kind: str, tables: dict[str, pd.DataFrame], found: Findings) -> None:
    firms = frozenset[str]().union(*planted(tables, kind))
    assert len(firms) > 30
    for group in named(found, "mutual", "joint", "triad", "mixed_triangle", "cycle", "circle"):
        assert not group & firms


def test_an_expired_circle_was_found_while_it_was_closed(tables: dict[str, pd.DataFrame]) -> None:
    ended = tables["truth"].query("kind == 'expired_circle' and role == 'ended'")["edge_id"]
    ties = tables["guarantee"]
    last = ties.loc[ties["edge_id"].isin(ended), "valid_to"].min()
    then = find(snapshot(tables["parties"], {"guarantee": ties}, last.date()), longest_cycle=LONGEST_CIRCLE)
    closed = planted(tables, "expired_circle") & named(then, "circle")
    assert len(closed) > 15


def test_licensed_companies_are_hubs_that_are_not_called_bad(tables: dict[str, pd.DataFrame], found: Findings) -> None:
    companies, hubs = planted(tables, "guarantee_company"), named(found, "hub")
    assert len(companies) > 10
    assert companies <= hubs
    assert not companies & {frozenset([firm]) for group in named(found, "circle", "mutual") for firm in group}
    level = found.structures.groupby("kind")["level"].first()
    assert level["hub"] != "high"
    assert level[["joint", "triad"]].tolist() == ["low", "low"], "evidence: closed triads are rather stable"


def test_stars_are_hubs_from_as_many_borrowers_on_as_asked_for(
    tables: dict[str, pd.DataFrame], found: Findings
) -> None:
    truth = tables["truth"].query("kind == 'star'")
    size = truth[truth["party_id"].notna()].groupby("structure_id").size() - 1
    centre = truth[truth["role"] == "hub"].set_index("structure_id")["party_id"]
    hubs = {firm for group in named(found, "hub") for firm in group}
    assert set(centre[size >= 8]) <= hubs
    borrowers = found.firms.set_index("party_id")["borrowers"]
    assert hubs == set(borrowers.index[borrowers >= 8])


def test_planted_chains_are_named_where_ordinary_guarantees_do_not_lead_on(tables: dict[str, pd.DataFrame]) -> None:
    ties = tables["guarantee"]
    own = ties[ties["edge_id"].isin(tables["truth"].query("kind == 'chain'")["edge_id"])]
    alone = find(snapshot(tables["parties"], {"guarantee": own}, DAY))
    assert len(planted(tables, "chain")) > 20
    assert named(alone, "chain") == planted(tables, "chain")
