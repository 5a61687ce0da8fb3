"""The case of guarantee circles: what is planted is found, look-alikes are not, and errors come to light."""

import dataclasses

import pandas as pd
import pytest

from credit_graph.structures import find
from engines.cases import guarantee_circles
from engines.report.document import to_json
from engines.risk_graph.circles import strain
from engines.risk_graph.judging import harm_by_kind, mistaken, scores
from engines.risk_graph.province import credit


@pytest.fixture(scope="module")
def made():
    return credit(7, 400)


@pytest.fixture(scope="module")
def found(made):
    return find(made.graph, longest_cycle=8, shortest_chain=4, hub=6)


@pytest.fixture(scope="module")
def result():
    return guarantee_circles.run(seed=7, size=400)


def test_every_check_passes_and_the_headline_counts(result):
    assert result.passed
    assert "400 firms" in result.headline
    assert "400 家企业" in result.headline_zh
    assert result.paper_case == "1-6"


def test_equal_seeds_give_equal_reports_and_other_seeds_others(result):
    assert to_json(guarantee_circles.run(seed=7, size=400)) == to_json(result)
    assert guarantee_circles.run(seed=8, size=400).headline != result.headline


def test_a_finder_that_finds_no_pairs_fails(made, found):
    without = found.structures[found.structures["kind"] != "mutual"]
    members = found.members[found.members["structure_id"].isin(without["structure_id"])]
    blind = dataclasses.replace(found, structures=without, members=members)
    by_kind = {one.kind: one for one in scores(blind, made.truth)}
    assert by_kind["mutual_pair"].found == 0 < by_kind["mutual_pair"].planted


def test_a_graph_of_all_days_takes_look_alikes_for_circles(made):
    tables = {kind: made.tables[kind].assign(valid_to=pd.NaT) for kind in ("guarantee",)}
    tables["guarantee"]["valid_from"] = pd.Timestamp("2018-01-01")
    from credit_graph.snapshot import snapshot

    timeless = snapshot(made.tables["parties"], tables, made.graph.as_of)
    errors = mistaken(find(timeless, longest_cycle=8), made.truth)
    assert errors["expired_circle"][0] > 0
    assert errors["mutual_apart"][0] > 0


def test_the_shape_alone_does_not_tell_harm(made):
    harm = harm_by_kind(made.truth)
    harmful, there = harm["mutual_pair"]
    assert 0 < harmful < there


def test_who_has_no_buffer_is_pulled_down_and_who_has_enough_is_not(made):
    pair = made.graph.codes(["F00000000", "F00000001"])
    loans = pd.Series(0.0, index=range(made.graph.n)).to_numpy()
    assert strain(made.graph, loans).pulled_down(pair) == 0.0


def test_networks_can_be_drawn_and_name_only_known_parties(result, made):
    for network in result.networks:
        view = network.draw()
        names = {node["id"] for node in view["nodes"]}
        assert names <= set(made.graph.ids)
        assert {edge["source"] for edge in view["edges"]} <= names
