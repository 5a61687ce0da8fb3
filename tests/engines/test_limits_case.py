"""The case of groups and limits: it passes on the province, and every check fails when its truth is broken."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from credit_graph.attributes import AttributePolicy, house_attribute_policy
from credit_graph.limits import house_limits
from engines.cases import limits
from engines.report.document import to_json
from engines.result import Result
from engines.risk_graph import grouping
from engines.risk_graph.grouping import groups_of, judge_groups, planted_in
from engines.risk_graph.lending_limits import Books, books_of, judge_breaches, planted_breaches, total_slips
from engines.risk_graph.province import Credit, credit
from engines.risk_graph.rulers import circles_of_ownership

SIZE, SEED = 200, 2


@pytest.fixture(scope="module")
def made() -> Credit:
    return credit(SEED, SIZE)


@pytest.fixture(scope="module")
def small() -> Result:
    return limits.run(seed=SEED, size=SIZE)


@pytest.fixture(scope="module")
def books(made: Credit) -> Books:
    return books_of(made, groups_of(made))


def with_truth(made: Credit, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Credit:
    return replace(made, tables=made.tables | {"truth": change(made.truth.copy())})


def failed_with(made: Credit, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(limits, "credit", lambda seed, size: made)
    return [check.name for check in limits.run(seed=SEED, size=SIZE).checks if not check.passed]


def test_all_checks_pass_and_something_was_there_to_be_found(small: Result, made: Credit) -> None:
    assert [check.name for check in small.checks if not check.passed] == []
    kinds = set(made.truth["kind"])
    assert {"hidden_group", "shell_ring", "parent_subsidiaries", "circular_ownership", "family_apart"} <= kinds
    assert planted_breaches(made)["is_above"].nunique() == 2


def test_equal_seeds_give_equal_results_and_other_seeds_others(small: Result) -> None:
    assert to_json(limits.run(seed=SEED, size=SIZE)) == to_json(small)
    assert to_json(limits.run(seed=SEED + 1, size=40)) != to_json(small)


def test_the_smallest_province_has_a_report_too() -> None:
    result = limits.run(seed=1, size=1)
    assert result.passed
    assert [network.draw()["view"] for network in result.networks] == ["ego"]


def test_relatives_with_separate_firms_are_joined_and_the_report_says_so(small: Result, made: Credit) -> None:
    joined = {one.kind: one for one in judge_groups(groups_of(made), made.truth)}
    apart = {one.kind: one for one in judge_groups(groups_of(made, without="kinship"), made.truth)}
    assert joined["family_apart"].whole == joined["family_apart"].planted > 0
    assert apart["family_apart"].whole == 0
    assert apart["hidden_group"].whole < joined["hidden_group"].whole
    assert any("family_apart" in note and "kinship" in note for note in small.notes)


def test_what_is_not_verified_is_said(small: Result) -> None:
    table = next(table for table in small.tables if table.title.startswith("Limits"))
    assert len(table.rows) == len(house_limits())
    assert all("checked: " in row[-1] and "第" in row[-1] for row in table.rows)
    assert any("not verified" in note for note in small.notes)


def test_breaches_are_told_in_words_of_both_languages(small: Result) -> None:
    table = next(table for table in small.tables if table.title.startswith("Breaches"))
    assert table.rows
    for row in table.rows:
        assert "超限" in row[-2]
        assert "over by" in row[-1]


def test_the_hidden_group_is_drawn_with_its_ties_in_a_box(small: Result) -> None:
    picture = small.networks[0].draw()
    assert {"person", "firm"} <= {node.get("kind", "firm") for node in picture["nodes"]}
    assert {"shareholding", "kinship"} <= {edge["kind"] for edge in picture["edges"]}
    assert len(picture["boxes"]) == 1
    assert sum(node.get("state") == "centre" for node in picture["nodes"]) == 1


def test_a_group_that_nothing_ties_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    def strangers(truth: pd.DataFrame) -> pd.DataFrame:
        row = {"structure_id": "S9", "kind": "hidden_group", "role": "member", "is_harmful": True}
        firms = [row | {"party_id": firm} for firm in ("F00000001", "F00030002")]
        return pd.concat([truth, pd.DataFrame(firms)], ignore_index=True)

    assert failed_with(with_truth(made, strangers), monkeypatch) == ["every planted group is found whole"]


def test_a_look_alike_that_is_joined_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    def call_it_a_look_alike(truth: pd.DataFrame) -> pd.DataFrame:
        return truth.assign(kind=truth["kind"].replace("parent_subsidiaries", "cross_shareholding"))

    failed = failed_with(with_truth(made, call_it_a_look_alike), monkeypatch)
    assert failed == ["small holdings in each other, a tower and a bookkeeping office tie nobody"]


def test_a_tower_that_ties_its_tenants_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    house = house_attribute_policy()
    loose = AttributePolicy(tuple(replace(rule, most=10_000, weight=2) for rule in house.rules), house.needed)
    monkeypatch.setattr(grouping, "policy_for", lambda firms: loose)
    failed = failed_with(made, monkeypatch)
    assert "small holdings in each other, a tower and a bookkeeping office tie nobody" in failed


def test_another_person_behind_a_circle_fails_the_check(made: Credit, monkeypatch: pytest.MonkeyPatch) -> None:
    def somebody_else(truth: pd.DataFrame) -> pd.DataFrame:
        truth.loc[truth["role"] == "ultimate controller", "party_id"] = "P00000001"
        return truth

    found, companies = circles_of_ownership(with_truth(made, somebody_else)).found("circular_ownership")
    assert found == 0 < companies
    assert failed_with(with_truth(made, somebody_else), monkeypatch) == [
        "the person behind every circle of companies is found"
    ]


@pytest.mark.parametrize("role", ["one client under", "one client above", "group under", "group above"])
def test_a_planted_amount_on_the_other_side_of_its_limit_is_noticed(
    made: Credit, books: Books, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turn(truth: pd.DataFrame) -> pd.DataFrame:
        return truth.assign(is_harmful=truth["is_harmful"] ^ (truth["role"] == role))

    turned, kind = with_truth(made, turn), "limit_one" if "client" in role else "limit_group"
    assert role in set(made.truth["role"])
    groups = groups_of(made)
    right, wrong = ({one.kind: one for one in judge_breaches(some, groups, books)}[kind] for some in (made, turned))
    assert right.found == right.above
    assert right.mistaken == right.others == 0
    if role.endswith("under"):
        assert wrong.found < wrong.above
        assert failed_with(turned, monkeypatch)
    else:
        # a breach that nobody planted is one by right: what is owed is added up anew, and is above
        assert wrong.right < wrong.breaches


def test_limits_twice_as_wide_miss_what_is_planted(made: Credit) -> None:
    wide = tuple(replace(limit, share=min(Fraction(1), 2 * limit.share)) for limit in house_limits())
    groups = groups_of(made)
    judged = judge_breaches(made, groups, books_of(made, groups, wide))
    assert sum(one.found for one in judged) < sum(one.above for one in judged)


def test_a_breach_that_nothing_owed_explains_is_a_mistake(made: Credit, books: Books) -> None:
    breaking = books.limits.assign(breached=True)
    judged = judge_breaches(made, groups_of(made), Books(books.exposures, breaking))
    assert all(one.mistaken > 0 for one in judged)
    assert all(one.others > 0 for one in judged)


def test_a_fen_counted_twice_is_noticed(made: Credit, books: Books) -> None:
    groups = groups_of(made)
    assert total_slips(made, groups, books) == []
    for scope in ("party", "group"):
        wrong = books.exposures.copy()
        at = wrong.index[(wrong["scope"] == scope) & (wrong["loans_fen"] > 0)][0]
        wrong.loc[at, "loans_fen"] += 1
        assert total_slips(made, groups, Books(wrong, books.limits))


def test_groups_that_hold_a_planted_one_are_named_after_it(made: Credit) -> None:
    groups = groups_of(made)
    inside = planted_in(groups, made.truth)
    assert set(inside) <= set(groups.members["group_id"])
    assert "hidden_group" in inside.values()
