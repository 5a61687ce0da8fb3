"""The summer's newcomers: one ring in all tables, look-alikes that share and do as much, and the truth apart."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from single_measures import best_cuts, too_easy
from stdnum.cn import uscc

from datasets import catalogue, files
from datasets.errors import OutOfRangeError
from datasets.newcomer_payments import account_of, mules
from datasets.newcomers import grouped, newcomers
from datasets.province_story import TRUTH, story_tables
from datasets.ring_roles import RING, roles

SEED, SIZE = 7, 300
NAMES = ("newcomers", "newcomer_payments", "newcomer_truth")


def whole(name: str, n: int, seed: int = SEED) -> pd.DataFrame:
    return pd.concat(catalogue.frames(name, n, seed), ignore_index=True)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return story_tables(SIZE, SEED)


@pytest.fixture(scope="module")
def ring(tables: dict[str, pd.DataFrame]) -> set[str]:
    truth = tables["truth"]
    return set(truth.loc[truth["is_ring"], "firm_id"])


@pytest.mark.parametrize("name", NAMES)
def test_the_first_rows_are_the_same_for_every_n(name: str) -> None:
    longest = whole(name, 150)
    for n in (0, 1, 40, 149):
        pd.testing.assert_frame_equal(whole(name, n), longest.head(n))
    assert not whole(name, 150, SEED + 1).equals(longest)


def test_the_bytes_are_pinned(tmp_path: Path) -> None:
    digests = {}
    for name in NAMES:
        files.write(catalogue.frames(name, 200, SEED), tmp_path / f"{name}.csv")
        digests[name] = hashlib.sha256((tmp_path / f"{name}.csv").read_bytes()).hexdigest()[:12]
    assert digests == PINNED


PINNED = {"newcomers": "4e6a5aee887e", "newcomer_payments": "b9adf19f44e8", "newcomer_truth": "14d415fa2d01"}


def test_a_small_story_is_the_beginning_of_a_large_one(tables: dict[str, pd.DataFrame]) -> None:
    small = story_tables(100, SEED)
    for name in ("parties", "guarantee", "filings", "promises", "truth"):
        key = small[name].columns[0]
        both = small[name].merge(tables[name], how="inner")
        assert set(small[name][key]) <= set(tables[name][key])
        assert len(both) >= len(small[name]) - 1, name


def test_every_firm_is_the_same_in_all_tables(tables: dict[str, pd.DataFrame]) -> None:
    firms = set(tables["truth"]["firm_id"])
    assert set(tables["filings"]["firm_id"]) == firms
    parties = tables["parties"]
    assert set(parties.loc[parties["kind"] == "firm", "party_id"]) == firms
    known = {*parties["party_id"]}
    for name, columns in (("guarantee", ["from_id", "to_id"]), ("loan", ["from_id", "to_id"])):
        assert {*tables[name][columns].to_numpy().ravel()} <= known
    assert {*tables["promises"][["obligor_id", "holder_id"]].to_numpy().ravel()} <= firms
    paying = {one for one in tables["payments"]["customer_id"] if one.startswith("F")}
    assert paying <= firms
    assert tables["payments"]["account_id"].str[0].isin(["A", "B"]).all()


def test_credit_codes_are_valid_and_the_registry_knows_them(tables: dict[str, pd.DataFrame]) -> None:
    newcomers_table = whole("newcomers", 100)
    assert newcomers_table["credit_code"].map(uscc.is_valid).all()
    assert set(newcomers_table["credit_code"]) <= set(tables["registry"]["certificate_number"])
    assert tables["registry"]["certificate_number"].is_unique


def test_the_ring_does_what_its_roles_say(tables: dict[str, pd.DataFrame], ring: set[str]) -> None:
    members = [one.firm_id for one in grouped(SEED, range(2))["ring"]]
    assert set(members) == ring
    assert len(ring) == RING
    told = dict(zip(members, roles(SEED), strict=True))
    ends = tables["filing_truth"].merge(tables["filings"][["filing_id", "firm_id"]])
    doubtful = set(ends.loc[ends["kind"] == "other_representative", "firm_id"]) & ring
    assert doubtful == {firm for firm, role in told.items() if role.contradicts}
    inner = tables["guarantee"][tables["guarantee"]["from_id"].isin(ring) & tables["guarantee"]["to_id"].isin(ring)]
    assert_a_circle(inner, {firm for firm, role in told.items() if role.in_circle})
    steps = tables["steps"].merge(tables["step_truth"], on="step_id")
    twice = steps[(steps["kind"] == "double_pledge") & steps["by_id"].isin(ring)]
    assert len(twice) == 2
    rows = tables["payments"][tables["payment_truth"]["is_washing"].to_numpy(bool)]
    washing = {*rows["account_id"], *rows["payee_id"]}
    allowed = {account_of(firm) for firm, role in told.items() if role.washes} | set(map(account_of, mules(SEED)))
    assert washing <= allowed


def assert_a_circle(ties: pd.DataFrame, members: set[str]) -> None:
    inner = ties[ties["from_id"].isin(members) & ties["to_id"].isin(members)]
    after = dict(zip(inner["from_id"], inner["to_id"], strict=True))
    here, seen = min(members), set()
    while here not in seen:
        seen.add(here)
        here = after[here]
    assert seen == members


def test_look_alikes_share_as_much_as_the_ring(tables: dict[str, pd.DataFrame], ring: set[str]) -> None:
    attributes, kind = tables["shared_attribute"], tables["truth"].set_index("firm_id")["kind"]
    sharing = attributes.groupby(["attribute", "to_id"])["from_id"].transform("nunique") > 1
    shared = attributes[sharing].groupby("from_id")["attribute"].nunique()
    much = (shared >= int(shared[sorted(ring)].median())).groupby(kind).sum()
    assert much["family"] > 2 * RING


def test_for_each_act_of_the_ring_there_are_honest_firms_that_do_it(
    tables: dict[str, pd.DataFrame], ring: set[str]
) -> None:
    doubtful = tables["filing_truth"]["kind"] == "other_representative"
    twice = tables["step_truth"]["kind"] == "double_pledge"
    assert doubtful.sum() > 2 * 3
    assert twice.sum() > 2 * 2
    assert {"pool", "settled", "bought", "bonus"} <= set(tables["payment_truth"]["typology"])


def test_no_single_number_of_a_firm_tells_the_ring(tables: dict[str, pd.DataFrame], ring: set[str]) -> None:
    numbers = numbers_of(tables)
    wanted = numbers.index.isin(list(ring))
    measures = {name: numbers[name].to_numpy(np.float64) for name in numbers}
    assert too_easy(best_cuts(measures, {"ring": wanted}, ~wanted)) == []


def numbers_of(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    parties = tables["parties"].set_index("party_id")
    parties = parties[parties["kind"] == "firm"]
    found = pd.DataFrame(index=parties.index)
    found["capital"] = parties["registered_capital_fen"].astype("float64")
    found["equity"] = parties["equity_fen"].astype("float64")
    found["founded"] = parties["founded_on"].astype("int64").astype("float64")
    for name, column in (("guarantee", "from_id"), ("guarantee", "to_id"), ("loan", "to_id")):
        grouped_rows = tables[name].groupby(column)["amount_fen"]
        found[f"{name} {column} count"] = grouped_rows.size().reindex(found.index).fillna(0).astype("float64")
        found[f"{name} {column} sum"] = grouped_rows.sum().reindex(found.index).fillna(0).astype("float64")
    paid = tables["payments"].groupby("customer_id")["amount_fen"]
    found["payments"] = paid.size().reindex(found.index).fillna(0).astype("float64")
    found["paid"] = paid.sum().reindex(found.index).fillna(0).astype("float64")
    found["largest"] = paid.max().reindex(found.index).fillna(0).astype("float64")
    opened = tables["filings"].set_index("firm_id")["opened_at"].astype("int64")
    found["opened"] = opened.reindex(found.index).astype("float64")
    return found


def test_the_towns_own_small_shells_are_left_out(tables: dict[str, pd.DataFrame]) -> None:
    for name, column in (("truth", "firm_id"), ("parties", "party_id"), ("guarantee", "to_id"), ("filings", "firm_id")):
        firms = tables[name].loc[tables[name][column].str.startswith("F"), column]
        assert not firms.str[5:].astype(int).between(37, 39).any(), name


def test_the_truth_stands_apart(tables: dict[str, pd.DataFrame]) -> None:
    words = {"kind", "is_ring", "typology", "is_washing", "truth", "flaw", "structure_id", "group"}
    for name, table in tables.items():
        if name not in TRUTH:
            assert not (words - {"kind"}) & set(table.columns), name
    assert set(tables["parties"]["kind"]) <= {"bank", "firm", "person"}


def test_an_identifier_does_not_tell_what_a_newcomer_is() -> None:
    """Rings, families and strangers lie mixed among a town's numbers."""
    places: dict[str, list[float]] = {}
    for town in range(60):
        here = newcomers(SEED, town)
        for place, one in enumerate(here):
            places.setdefault(one.kind, []).append(place / len(here))
    for kind in ("family", "house", "lone"):
        assert 0.4 < float(np.mean(places[kind])) < 0.6


@pytest.mark.parametrize(("size", "seed"), [(0, 7), (-1, 7), (100, -1), (200_000_000, 7)])
def test_what_is_out_of_range_is_refused(size: int, seed: int) -> None:
    with pytest.raises(OutOfRangeError):
        story_tables(size, seed)
