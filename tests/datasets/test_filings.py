"""The tables of account openings: what is right can be filed, what is wrong is wrong in one way, as the truth says."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from stdnum.cn import uscc

from datasets import catalogue, files, filings
from datasets.account_openings import FLAWS, LOOK_ALIKES, openings

SEED, TOWNS = 7, range(60)
NAMES = ("filings", "registry", "known_accounts", "filing_truth")


def whole(name: str, n: int, seed: int = SEED) -> pd.DataFrame:
    return pd.concat(catalogue.frames(name, n, seed), ignore_index=True)


@pytest.fixture(scope="module")
def judged() -> pd.DataFrame:
    """Filings with what the registry and the central bank know beside them, and the truth."""
    rows = filings.of_towns(SEED, TOWNS).merge(filings.truth_of_towns(SEED, TOWNS), on="filing_id")
    known = filings.registry_of_towns(SEED, TOWNS).add_prefix("known_")
    rows = rows.merge(known, how="left", left_on="certificate_number", right_on="known_certificate_number")
    before = filings.existing_of_towns(SEED, TOWNS).add_prefix("old_")
    return rows.merge(before, how="left", left_on="certificate_number", right_on="old_certificate_number")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_rows_are_the_same_for_every_n(name: str) -> None:
    longest = whole(name, 300)
    for n in (0, 1, 9, 77, 299):
        pd.testing.assert_frame_equal(whole(name, n), longest.head(n))
    assert name == "filing_truth" or not whole(name, 60, SEED + 1).equals(whole(name, 60))


def test_the_bytes_are_pinned(tmp_path: Path) -> None:
    files.write(catalogue.frames("filings", 500, SEED), tmp_path / "filings.csv")
    digest = hashlib.sha256((tmp_path / "filings.csv").read_bytes()).hexdigest()
    assert digest[:16] == "8fdc9b103548874f"


def test_each_flaw_is_what_it_is_called_and_the_only_one(judged: pd.DataFrame) -> None:
    is_valid = judged["certificate_number"].map(uscc.is_valid)
    is_basic = judged["account_type"] == "basic"
    found = {
        "wrong_check_digit": ~is_valid,
        "other_representative": is_valid & (judged["legal_representative"] != judged["known_legal_representative"]),
        "other_name": is_valid & (judged["depositor_name"] != judged["known_name"]),
        "missing_scope": judged["business_scope"] == "",
        "missing_address": judged["address"] == "",
        "second_basic": is_basic & (judged["old_state"] == "open"),
        "dormant": is_basic & (judged["old_state"] == "dormant"),
        "cancelled": ~is_basic & (judged["old_state"] == "cancelled"),
        "wrong_basic_number": is_valid
        & ~is_basic
        & (judged["basic_account_number"] != judged["old_basic_account_number"]),
    }
    assert set(found) == set(FLAWS)
    for kind, rows in found.items():
        assert (rows == (judged["kind"] == kind)).all(), kind
        assert rows.any(), kind
    assert set(judged["kind"]) == {"", *FLAWS, *LOOK_ALIKES}


def test_most_filings_are_as_they_should_be_and_some_of_those_look_odd(judged: pd.DataFrame) -> None:
    ends = judged["ends"].value_counts(normalize=True)
    assert 0.8 < ends["filed"] < 0.93
    assert judged["kind"].isin(LOOK_ALIKES).mean() > 1.5 * judged["kind"].isin(FLAWS).mean()


def test_a_number_is_given_once(judged: pd.DataFrame) -> None:
    assert judged["account_number"].is_unique
    assert judged["filing_id"].is_unique
    assert judged["bank_code"].str.fullmatch(r"\d{12}").all()
    assert judged["area_code"].str.fullmatch(r"62\d{4}").all()
    assert judged["post_code"].str.fullmatch(r"7\d{5}").all()


def test_accounts_are_opened_in_business_hours_of_weekdays(judged: pd.DataFrame) -> None:
    opened = judged["opened_at"]
    assert (opened.dt.day_of_week < 5).all()
    assert opened.dt.hour.between(9, 16).all()


def test_the_ring_opens_on_one_day_and_one_shell_names_another_representative() -> None:
    for town in TOWNS:
        shells = [one for one in openings(SEED, town) if one.firm >= 37]
        assert len({one.day for one in shells}) == 1
        assert sorted(one.flaw for one in shells) == ["", "", "other_representative"]
