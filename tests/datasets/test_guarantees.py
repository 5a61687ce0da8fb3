"""The province's tables of ties: what every table promises, and that they fit each other."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from credit_sample import DAY, FIRMS, SEED, TIES, whole

from datasets import catalogue, files, firms, people
from datasets.errors import OutOfRangeError
from datasets.guarantees import credit_tables

NAMES = (
    *("parties", "guarantees", "loans", "shareholdings", "controls", "kinships", "fund_flows", "shared_attributes"),
    *("blacklist", "defaults", "guarantee_truth", "default_truth"),
)
COLUMNS = ["from_id", "to_id", "amount_fen", "share", "valid_from", "valid_to", "source", "edge_id"]
every_table = pytest.mark.parametrize("name", NAMES)
every_tie = pytest.mark.parametrize("kind", TIES)


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
