"""Limits to the fen, and tables of limits that are refused."""

from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit_graph.errors import CapitalError, ExposureInputError, LimitPolicyError
from credit_graph.exposures import exposures
from credit_graph.limits import Capital, check_limits, house_limits, parse_limits
from credit_graph.sample_graph import small_graph

ENTRY = """
[[limit]]
name = "own"
title_zh = "行内限额"
title_en = "the bank's own limit"
scope = "party"
measure = "exposure_fen"
capital = "net_capital_fen"
share = 0.07
source_zh = "行内"
source_en = "the bank"
issued = 2024-01-01
article = "1"
checked = "yes"
"""


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"client_id": ["F1"], "scope": ["party"], "loans_fen": [0], "exposure_fen": [0]} | columns)


@given(capital=st.integers(0, 10**17), percent=st.integers(1, 100), off=st.integers(-3, 3))
def test_the_boundary_is_exact(capital: int, percent: int, off: int) -> None:
    limit = parse_limits(ENTRY.replace("0.07", f"{percent / 100:.2f}"))
    amount = max(capital * percent // 100 + off, 0)
    row = check_limits(table(exposure_fen=[amount]), Capital(capital, 0), limit).iloc[0]
    assert row["breached"] == (amount * 100 > capital * percent)
    assert row["headroom_fen"] == capital * percent // 100 - amount


def test_the_shares_of_the_house_are_those_of_the_orders() -> None:
    limits = {limit.name: limit for limit in house_limits()}
    found = {name: (limit.share, limit.capital, limit.scope) for name, limit in limits.items()}
    assert found == {
        "single_loans": (Fraction(1, 10), "net_capital_fen", "party"),
        "single_exposure": (Fraction(3, 20), "net_tier1_capital_fen", "party"),
        "group_exposure": (Fraction(1, 5), "net_tier1_capital_fen", "group"),
        "interbank_exposure": (Fraction(1, 4), "net_tier1_capital_fen", "party"),
        "group_credit_guideline": (Fraction(3, 20), "net_capital_fen", "group"),
    }
    articles = {name: limit.article for name, limit in limits.items()}
    assert [name for name, limit in limits.items() if limit.customers == "bank"] == ["interbank_exposure"]
    assert articles == {
        "single_loans": "第七条（article 7）",
        "single_exposure": "第七条（article 7）",
        "group_exposure": "第八条（article 8）",
        "interbank_exposure": "第九条（article 9）",
        "group_credit_guideline": "第十二条（article 12）",
    }


def test_a_case_by_hand() -> None:
    """Net capital 1,000, tier 1 800: loans at most 100, one customer 120, a group 160 and by the guideline 150."""
    given_ = [("F1", "F3", 30), ("F2", "F3", 25)]
    graph = small_graph(loan=[("B1", "F1", 100), ("B1", "F2", 25), ("B1", "F3", 30)], guarantee=given_)
    members = pd.DataFrame({"group_id": ["F1", "F1"], "party_id": ["F1", "F2"]})
    found = check_limits(exposures(graph, "B1", members), Capital(1_000, 800))
    rows = found.set_index(["client_id", "limit"])[["amount_fen", "limit_fen", "headroom_fen", "breached"]]
    assert rows.loc[("F1", "single_loans")].tolist() == [100, 100, 0, False]
    assert rows.loc[("F1", "single_exposure")].tolist() == [130, 120, -10, True]
    assert rows.loc[("F1", "group_exposure")].tolist() == [155, 160, 5, False]
    assert rows.loc[("F1", "group_credit_guideline")].tolist() == [155, 150, -5, True]
    assert found["used_share"].is_monotonic_decreasing
    worst = found.iloc[0]
    assert "超限" in worst["words_zh"]
    assert "over by" in worst["words_en"]


def test_a_bank_is_held_against_the_limit_on_banks_and_no_other() -> None:
    rows = table(client_id=["B2", "F1"], scope="party", loans_fen=0, exposure_fen=[26, 26], kind=["bank", "firm"])
    found = check_limits(rows, Capital(100, 100)).set_index(["client_id", "limit"])["limit_fen"]
    assert found.to_dict() == {
        ("F1", "single_exposure"): 15,
        ("B2", "interbank_exposure"): 25,
        ("F1", "single_loans"): 10,
    }


def test_an_empty_table_gives_an_empty_one() -> None:
    empty = check_limits(table().iloc[:0], Capital(1, 1))
    assert empty.empty
    assert empty["breached"].dtype == bool
    assert check_limits(table(), Capital(1, 1), []).columns.tolist() == empty.columns.tolist()


def test_without_capital_everything_breaches_but_nothing() -> None:
    found = check_limits(
        table(client_id=["F1", "F2"], scope="party", loans_fen=[0, 1], exposure_fen=[0, 1]), Capital(0, 0)
    )
    assert found["breached"].tolist() == [True, True, False, False]
    assert found["used_share"].tolist() == [float("inf")] * 2 + [0.0] * 2


def test_sums_above_what_a_float_holds_are_told_to_the_fen() -> None:
    capital = Capital(10**17 + 30, 0)
    row = check_limits(table(loans_fen=[10**16 + 4]), capital, house_limits()[:1]).iloc[0]
    assert (row["limit_fen"], row["breached"]) == (10**16 + 3, True)
    assert "over by 0.01 yuan" in row["words_en"]


@pytest.mark.parametrize("wrong", [-1, 1.5, True, "9", None, 2**62, float("nan")])
def test_a_capital_that_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(CapitalError, match="net_capital_fen is"):
        Capital(wrong, 0)  # type: ignore[arg-type]  # the value is what is wrong
    with pytest.raises(CapitalError, match="part of net_capital_fen"):
        Capital(1, 2)


@pytest.mark.parametrize("amounts", [[-1], [1.0], [float("nan")], ["1"], [2**63]])
def test_an_amount_that_cannot_be_is_refused(amounts: list[object]) -> None:
    with pytest.raises(ExposureInputError, match="exposure_fen"):
        check_limits(table(exposure_fen=amounts), Capital(1, 1))
    with pytest.raises(ExposureInputError, match="neither party nor group"):
        check_limits(table(scope=["clan"]), Capital(1, 1))
    with pytest.raises(ExposureInputError, match="lacks the column 'scope'"):
        check_limits(table().drop(columns="scope"), Capital(1, 1))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("0.07", "0.0", "share"),
        ("0.07", "1.01", "share"),
        ("0.07", "-0.1", "share"),
        ("0.07", "nan", "share"),
        ("0.07", "inf", "share"),
        ("0.07", '"0.07"', "share"),
        ("0.07", "true", "share"),
        ('"party"', '"clan"', "scope"),
        ("[[limit]]", '[[limit]]\ncustomers = "sovereign"', "customers"),
        ('"exposure_fen"', '"assets_fen"', "measure"),
        ('"net_capital_fen"', '"capital"', "capital"),
        ("issued = 2024-01-01", 'issued = "2024"', "issued"),
        ("issued = 2024-01-01", "issued = 2024-01-01T10:00:00", "issued"),
        ('article = "1"', 'article = ""', "article"),
        ('article = "1"', "", "article"),
        ('article = "1"', 'article = "1"\ncolour = "red"', "colour"),
        ('name = "own"', "name = 3", "name"),
        ("[[limit]]", "[limit]", "limit"),
        ("[[limit]]", "[[limits]]", "limits"),
        ("0.07", "", "TOML"),
    ],
)
def test_a_table_that_is_wrong_is_refused_and_the_field_named(old: str, new: str, field: str) -> None:
    assert len(parse_limits(ENTRY)) == 1
    with pytest.raises(LimitPolicyError, match=field):
        parse_limits(ENTRY.replace(old, new, 1))


def test_two_limits_of_one_name_are_refused() -> None:
    with pytest.raises(LimitPolicyError, match="2 limits are called 'own'"):
        parse_limits(ENTRY + ENTRY)
