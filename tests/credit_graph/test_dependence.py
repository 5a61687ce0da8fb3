"""Economic dependence: half of the receipts or expenditures, to the fen; and what it makes of groups and limits."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from credit_graph.dependence import economic_dependence
from credit_graph.errors import RateInputError
from credit_graph.exposures import exposures
from credit_graph.groups import connected_groups
from credit_graph.limits import Capital, check_limits
from credit_graph.reference.groups import dependents_by_definition
from credit_graph.sample_graph import small_graph


def test_dependents_agree_with_their_definition() -> None:
    rng, found_some = np.random.default_rng(3), 0
    for _ in range(200):
        firms, count = int(rng.integers(1, 7)), int(rng.integers(0, 14))
        ends, amounts = rng.integers(0, firms, (count, 2)), rng.integers(0, 5, count)
        flows = [(f"F{one}", f"F{two}", int(amount)) for (one, two), amount in zip(ends, amounts, strict=True)]
        needed = float(rng.choice([0.3, 0.5, 0.6, 1.0]))
        found = economic_dependence(small_graph(fund_flow=flows), needed)
        named = set(found[["party_id", "on_id", "side"]].itertuples(index=False, name=None))
        assert named == dependents_by_definition(flows, Fraction(str(needed)))
        assert len(named) == len(found)
        found_some += len(found)
    assert found_some > 200


def test_half_is_enough_and_a_fen_less_is_not() -> None:
    half = 2**52 + 1
    graph = small_graph(fund_flow=[("F1", "F9", half), ("F2", "F9", half - 1), ("F3", "F9", 1)])
    found = economic_dependence(graph).query("side == 'receipts'")
    assert found[["party_id", "on_id"]].values.tolist() == [["F9", "F1"]]
    less = small_graph(fund_flow=[("F1", "F9", half), ("F2", "F9", half - 1), ("F3", "F9", 3)])
    assert economic_dependence(less).query("side == 'receipts'").empty


def test_small_sums_own_accounts_and_banks_tell_nothing() -> None:
    flows = [("F1", "F2", 9), ("F3", "F3", 900), ("B1", "F4", 900), ("F5", "F6", 100), ("F5", "B1", 100)]
    found = economic_dependence(small_graph(fund_flow=flows), least_fen=10)
    assert found[["party_id", "on_id", "side"]].values.tolist() == [
        ["F5", "F6", "expenditures"],
        ["F6", "F5", "receipts"],
    ]
    assert found["reason_zh"].tolist() == ["F5的支出有 50% 付给F6", "F6的收入有 100% 来自F5"]
    assert found["reason_en"].tolist() == ["F5 pays 50% of all to F6", "F6 receives 100% of all from F5"]


def test_dependents_join_groups_only_where_they_are_given_and_count_against_the_limit() -> None:
    graph = small_graph(
        loan=[("B1", "F1", 15), ("B1", "F2", 15)],
        control=[("P1", "F1")],
        fund_flow=[("F1", "F2", 80), ("F3", "F2", 20)],
    )
    assert connected_groups(graph).members["party_id"].tolist() == ["F1", "P1"]
    found = connected_groups(graph, dependence=economic_dependence(graph, 0.7))
    assert found.members["party_id"].tolist() == ["F1", "F2", "F3", "P1"]
    assert set(found.links["kind"]) == {"control", "economic_dependence"}
    assert found.explain_link("P1", "F2")["reason_en"].tolist()[0] == "P1 controls F1"
    breaches = check_limits(exposures(graph, "B1", found.members), Capital(100, 100)).query("breached")
    assert breaches[["client_id", "limit"]].values.tolist() == [
        ["F1", "group_credit_guideline"],
        ["F1", "group_exposure"],
        ["F1", "single_loans"],
        ["F2", "single_loans"],
    ]


def test_without_flows_nobody_depends_and_no_part_is_refused() -> None:
    empty = economic_dependence(small_graph(parties=["F1"]))
    assert empty.empty
    assert connected_groups(small_graph(parties=["F1"]), dependence=empty).members.empty
    for wrong in (0, -0.1, 1.01, float("nan")):
        with pytest.raises(RateInputError, match="above 0, and at most 1"):
            economic_dependence(small_graph(parties=["F1"]), wrong)
    assert isinstance(empty, pd.DataFrame)
