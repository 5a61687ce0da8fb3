"""The case of breaking circles: what is promised holds, nothing secret is read, and faults come to light."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from credit_graph.breaking import compare_releases
from credit_graph.simulation import simulate_cascades
from datasets.errors import OutOfRangeError
from engines.cases import break_circles
from engines.report.document import to_json
from engines.risk_graph.calls import calls_of
from engines.risk_graph.cut_checks import checks
from engines.risk_graph.cut_pictures import budget_lines, prevented_bars
from engines.risk_graph.cut_reasons import advice
from engines.risk_graph.cut_scenes import cut_view, scene
from engines.risk_graph.cutting import ALL_CIRCLES, STRATEGIES, cuts, difference, resimulated, without
from engines.risk_graph.hazards import features, hazards
from engines.risk_graph.losses import LOSS_GIVEN_DEFAULT
from engines.risk_graph.province import Credit, credit


@pytest.fixture(scope="module")
def made():
    return credit(7, 200)


@pytest.fixture(scope="module")
def learnt(made):
    return hazards(made)


@pytest.fixture(scope="module")
def found(made, learnt):
    calls = calls_of(made.graph, made.defaulted)
    return cuts(made, calls, learnt.chance[calls.codes], 7)


@pytest.fixture(scope="module")
def result():
    return break_circles.run(seed=7, size=200)


@pytest.fixture(scope="module")
def town():
    return break_circles.run(seed=1, size=40)


def failed(found, told=None):
    return [check.name for check in checks(found, told) if not check.passed]


def swapped(found, **given):
    return dataclasses.replace(found, by_strategy={**found.by_strategy, **given})


def test_every_check_passes_and_the_headline_counts(result):
    assert result.passed
    assert len(result.checks) == 8
    assert "of 210 guarantees" in result.headline
    assert "210 笔担保" in result.headline_zh
    assert result.paper_case == "1-6"


def test_equal_seeds_give_equal_reports_and_other_seeds_others(town):
    assert to_json(break_circles.run(seed=1, size=40)) == to_json(town)
    assert break_circles.run(seed=8, size=40).headline != town.headline


def test_one_town_is_enough_and_none_is_refused(town):
    assert town.passed
    with pytest.raises(OutOfRangeError, match="size is 0"):
        break_circles.run(size=0)


def test_the_tables_hold_a_row_for_each_strategy_with_its_error(result):
    before_and_after, costs, certain, worlds, releases = result.tables
    for table in (before_and_after, costs):
        assert len(table.rows) == 1 + len(STRATEGIES)
        assert all("±" in " ".join(row) for row in table.rows[1:])
    assert len(certain.rows) == 2 * (len(STRATEGIES) - 1)
    assert {row[3] for row in certain.rows} <= {"clear · 超出误差", "noise · 误差之内"}
    assert worlds.columns[-1] == "truth · 真实"
    assert all(len(row) == len(table.columns) for table in result.tables for row in table.rows)
    assert len(releases.rows) == 2
    assert all("→" in name and "guarantor" in why and "借款人" in why for name, _, why in releases.rows)


def test_chances_and_releases_are_the_same_whatever_the_truth_and_the_future_are(made, learnt, found):
    tables = dict(made.tables)
    tables["default_truth"] = tables["default_truth"].assign(own_yearly_chance=0.5, buffer_fen=1)
    tables["truth"] = tables["truth"].iloc[:0]
    day = pd.Timestamp(made.graph.as_of)
    tables["defaults"] = tables["defaults"][tables["defaults"]["defaulted_on"] <= day]
    blind = Credit(tables, made.graph)
    chance = hazards(blind).chance
    assert np.array_equal(chance, learnt.chance)
    again = cuts(blind, calls_of(blind.graph, blind.defaulted), chance[found.calls.codes], 7)
    for name in STRATEGIES:
        assert np.array_equal(again.by_strategy[name].released, found.by_strategy[name].released)


def test_only_firms_that_have_not_defaulted_have_a_chance_and_the_overdue_have_a_larger_one(made, learnt):
    is_firm = (made.graph.parties["kind"] == "firm").to_numpy()
    assert np.array_equal(learnt.chance > 0, is_firm & ~made.defaulted)
    assert (learnt.chance < 1).all()
    overdue = made.tables["parties"].set_index("party_id")["overdue_days"].reindex(made.graph.ids)
    late = (overdue > 30).to_numpy(bool, na_value=False) & (learnt.chance > 0)
    assert learnt.chance[late].mean() > 2 * learnt.chance[is_firm].mean()


def test_without_defaults_all_firms_have_the_same_small_chance(made):
    none = Credit({**made.tables, "defaults": made.tables["defaults"].iloc[:0]}, made.graph)
    found = hazards(none)
    assert found.learnt_defaults == 0
    assert 0 < found.chance.max() < 0.01
    assert len(np.unique(found.chance)) == 2
    assert np.isnan(found.later_auc)


def test_features_have_no_gaps_where_the_table_has(made):
    from credit_graph.prediction.history import day_number, history_of

    parties = made.tables["parties"].assign(leverage=np.nan)
    known = history_of(
        *(parties, made.tables["guarantee"], made.tables["defaults"].iloc[:0]),
        own=("leverage", "overdue_days", "equity_fen", "founded_on"),
        observed_until="2020-07-01",
    )
    assert np.isfinite(features(known, day_number("2020-01-01"))).all()


def test_releasing_nothing_is_exact_and_releasing_everything_leaves_no_contagion(made, found):
    ties = found.calls.guarantees.m
    same = resimulated(without(made, found.calls, np.zeros(ties, bool)), found.held_out)
    assert same.scenarios.equals(found.before.scenarios)
    bare = resimulated(without(made, found.calls, np.ones(ties, bool)), found.held_out).scenarios
    assert not bare["contagion_defaults"].any()
    assert bare["own_defaults"].equals(found.before.scenarios["own_defaults"])


def test_after_a_release_no_call_is_smaller_and_no_borrower_is_called_for_more_than_it_owes(made, found):
    calls, released = found.calls, found.by_strategy[ALL_CIRCLES].released
    rest = without(made, calls, released)
    assert (rest.call_fen >= calls.call_fen[~released] * (1 - 1e-12)).all()
    assert (rest.call_fen > calls.call_fen[~released] * (1 + 1e-9)).any()
    called = np.bincount(rest.guarantees.head, weights=rest.call_fen, minlength=rest.n)
    assert (called <= rest.debt_fen * (1 + 1e-9)).all()


def test_differences_and_errors_are_those_of_the_library_where_calls_stay_as_they_are(found):
    calls = found.calls
    loss = LOSS_GIVEN_DEFAULT * calls.debt_fen
    told = compare_releases(
        *(calls.guarantees, calls.buffer_fen, found.training, found.held_out, np.random.default_rng(1)),
        strategies=["largest amount"],
        call_fen=calls.call_fen,
        loss_fen=loss,
    ).iloc[1]
    kept = np.where(found.by_strategy["largest amount"].released, 0.0, calls.call_fen)
    after = simulate_cascades(
        *(calls.guarantees, calls.buffer_fen, found.held_out), call_fen=kept, loss_fen=loss, importance=False
    ).scenarios
    before = found.before.scenarios
    assert difference(before, after, before) == pytest.approx((-told["change"], told["change_standard_error"]))
    ours = difference(before, after, before, "loss_fen")
    assert ours == pytest.approx((-told["loss_change"], told["loss_change_standard_error"]))


def test_scenarios_that_were_learnt_from_are_not_taken_for_held_out_ones(found):
    cheat = dataclasses.replace(found, training=found.held_out)
    assert "the held-out scenarios are not those learnt from" in failed(cheat)


def test_a_ranking_no_better_than_chance_fails_and_so_does_one_that_releases_the_largest(found):
    chance = found.by_strategy["random"]
    assert failed(found) == []
    assert any("chance" in name for name in failed(swapped(found, attribution=chance)))
    largest = found.by_strategy["largest amount"]
    assert any("per amount" in name for name in failed(swapped(found, **{"attribution per amount": largest})))


def test_blame_that_does_not_add_up_a_spent_budget_and_a_circle_that_is_left_fail(found):
    blame = dataclasses.replace(found.blame, firm_defaults=found.blame.firm_defaults * 1.01)
    assert "blame adds up to the contagion defaults" in failed(dataclasses.replace(found, blame=blame))
    wide = dataclasses.replace(found.by_strategy["random"], draws=(np.ones(found.calls.guarantees.m, bool),))
    assert "every strategy keeps to the budget" in failed(swapped(found, random=wide))
    left = swapped(found, **{ALL_CIRCLES: found.by_strategy["random"]})
    assert "without all circle ties no circle is left" in failed(left)


def test_a_province_in_which_nobody_is_pulled_down_compares_nothing(made, found):
    rich = dataclasses.replace(found.calls, buffer_fen=np.full(found.calls.n, np.inf))
    calm = cuts(made, rich, np.full(rich.n, 0.01), 7)
    assert not calm.has_contagion
    assert scene(calm, "attribution") is None
    assert len(checks(calm, None)) == 5
    assert failed(calm) == []


def test_the_picture_shows_released_ties_and_firms_that_no_longer_fall(result, made, found):
    (network,) = result.networks
    view = network.draw()
    names = {node["id"] for node in view["nodes"]}
    assert view["view"] == "cut"
    assert 2 <= len(names) <= 150
    assert names <= set(made.graph.ids)
    assert any(edge.get("is_removed") for edge in view["edges"])
    saved = [node for node in view["nodes"] if node.get("state_after") == "saved"]
    assert saved
    assert all(node["state"] == "failed" for node in saved)
    seeds = [node for node in view["nodes"] if node.get("state") == "seed"]
    assert seeds
    assert all(node["state_after"] == "seed" for node in seeds)


def test_the_picture_keeps_to_its_room_and_a_scenario_told_wrongly_fails(found):
    told = scene(found, "attribution", most=4)
    assert len(told.shown) == 4
    assert len(cut_view(found, told).nodes) == 4
    assert failed(found, told) == []
    assert any("scenario" in name for name in failed(found, dataclasses.replace(told, after=told.before)))


def test_the_first_releases_are_released_and_carry_the_most_blame(found):
    first = advice(found, "attribution", most=10)
    ties = [one.tie for one in first]
    assert found.by_strategy["attribution"].released[ties].all()
    blame = found.blame.tie_defaults[ties]
    assert (np.diff(blame) <= 0).all()
    assert blame[0] == found.blame.tie_defaults.max()
    assert first[0].amount_fen == found.calls.guarantees.amount_fen[ties[0]]


def test_pictures_are_specifications_with_errors_and_every_strategy(result):
    bars, lines = (picture.draw() for picture in result.pictures)
    told = [row for rows in bars["datasets"].values() for row in rows]
    assert {row["name"].split(" · ")[0] for row in told} == {english for english, _ in STRATEGIES.values()}
    assert all(row["low"] <= row["value"] <= row["high"] for row in told)
    assert lines["width"] == "container"
    assert bars["height"] > 400


def test_pictures_bear_a_release_that_makes_things_worse():
    row = {"name": "A", "subject": "loss", "value": -0.02, "error": 0.01, "text": "-2 %"}
    assert prevented_bars(pd.DataFrame([row]))["layer"][0]["encoding"]["x"]["scale"]["domain"][0] < 0
    worse = pd.DataFrame({"subject": ["A"], "share": [0.01], "value": [-0.2], "error": [0.01]})
    assert budget_lines(worse, [("A", "#000000", [1, 0])])["width"] == "container"
