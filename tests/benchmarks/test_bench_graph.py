"""The benchmark of the risk graph: the same answers from everybody, and a wrong one has no time."""

import importlib
import math

import numpy as np
import pytest

from benchmarks import graph, graph_peers
from benchmarks.errors import PeerMissingError
from benchmarks.graph_floor import LOOKS, STEPS, floor
from benchmarks.graph_joins import joins
from benchmarks.graph_ours import layer_of, ours
from benchmarks.graph_peers import Answer, Subject, peers
from benchmarks.graph_ties import groups_as_set, same, ties_of
from benchmarks.measurement import Measurement
from credit_graph.structures import analyse

WRONG = "rustworkx, own tolerance"
OTHERS = {"joins of tables": 2, "scipy": 3, "igraph": 8, "networkit": 6, "rustworkx": 6, "networkx": 7}


@pytest.fixture(scope="module")
def quick():
    steps = []
    return graph.run(quick=True, progress=lambda step, done, total: steps.append((done, total))), steps


def test_every_number_is_finite_and_stands_once(quick):
    found, steps = quick
    assert len({(one.dataset, one.subject, one.metric) for one in found}) == len(found)
    assert all(math.isfinite(one.value) and one.value >= 0 for one in found)
    assert steps == [(done, len(steps)) for done in range(len(steps))]


def test_all_subjects_agree_on_all_questions_but_the_one_that_is_known_to_be_wrong(quick):
    agrees = {(one.subject, one.metric): one.value for one in quick[0] if one.dataset == "10,000 firms, same answer"}
    wrong = {key for key, value in agrees.items() if value != 1}
    assert wrong == {(WRONG, "agrees: PageRank")}
    for subject, questions in OTHERS.items():
        assert sum(name == subject for name, _ in agrees) == questions
    assert {metric for name, metric in agrees if name == "ours"} == {
        f"agrees: {question}" for question in graph.QUESTIONS if question != "full analysis"
    }


def test_right_answers_have_a_time_and_the_wrong_one_has_none(quick):
    times = {(one.subject, one.metric) for one in quick[0] if one.dataset == "10,000 firms, CPU time"}
    assert {subject for subject, _ in times} == {"ours", *OTHERS}
    assert {question for subject, question in times if subject == "ours"} == set(graph.QUESTIONS)


def test_ours_alone_is_measured_by_growth_ratio_memory_and_scenarios(quick):
    alone = {one.dataset: set() for one in quick[0] if one.dataset.startswith("ours")}
    for one in quick[0]:
        if one.dataset in alone:
            alone[one.dataset].add(one.metric)
    scenarios = {"200 threshold scenarios", "200 DebtRank scenarios"}
    assert alone == {
        "ours, seconds for a million firms": {*graph.QUESTIONS, *scenarios, LOOKS, STEPS},
        "ours, times of the fastest other": set(graph.QUESTIONS) - {"full analysis"},
        "ours, once": {"first calls", "peak memory of the analysis"},
    }
    peak = next(one for one in quick[0] if one.metric == "peak memory of the analysis")
    assert peak.unit == "MB"
    assert 30 < peak.value < 600


def test_growth_is_the_cost_of_a_firm_beside_that_in_the_smallest_network():
    costs = [("10 firms", 2.0), ("100 firms", 3.0), ("1,000 firms", 5.0)]
    table = [Measurement("ours, seconds for a million firms", row, "k-core", value, "s") for row, value in costs]
    other = Measurement("ours, once", "10 firms", "k-core", 1.0, "s")
    found = [(one.subject, one.metric, one.value) for one in graph._growth([*table, other])]
    assert found == [("100 firms", "k-core", 1.5), ("1,000 firms", "k-core", 2.5)]


def test_the_floor_looks_along_each_tie_and_steps_to_each_firm_once():
    ties = ties_of(100, 300, seed=7)
    assert graph.measured(floor(), ties, runs=1).said == {LOOKS: int(ties.head.sum()), STEPS: 0}
    after = floor().prepare(ties)[2]
    visited = [0]
    while after[visited[-1]] != 0:
        visited.append(int(after[visited[-1]]))
    assert sorted(visited) == list(range(100))


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_small_networks_have_one_answer_whatever_the_library(seed):
    ties = ties_of(60, 400, seed)
    known = [graph.measured(subject, ties, runs=1) for subject in (ours(), joins(), *peers()[:-1])]
    for question in graph.QUESTIONS:
        said = {one.subject: one.said[question] for one in known if question in one.said}
        assert all(same(said["ours"], other) for other in said.values()), (question, said)
    assert known[0].said["joint groups"], "a network without a joint group would prove nothing"
    assert known[0].said["cycles up to 4"] > known[0].said["cycles up to 3"]


def test_joint_groups_of_the_pruned_ties_are_those_of_the_whole_network():
    ties = ties_of(1_000, 6_000, seed=7)
    form, answers = ours().prepare(ties), ours().answers(ties)
    pruned = answers["joint groups"].read(answers["joint groups"].ask(form))
    assert pruned == groups_as_set(analyse(layer_of(ties.network)).joint, is_cycle=False)


def test_a_subject_that_answers_otherwise_is_noticed():
    ties = ties_of(100, 300, seed=7)
    liar = Subject(
        "liar", lambda ties: None, lambda ties: {"k-core": Answer(lambda form: np.zeros(100, int), np.asarray)}
    )
    known = [graph.measured(subject, ties, runs=1) for subject in (ours(), *peers()[1:3], liar)]
    agrees = graph.agreement({one.subject: one.said["k-core"] for one in known})
    assert agrees == {"ours": True, "igraph": True, "networkit": True, "liar": False}


def test_ranks_that_are_alike_for_a_million_firms_are_not_the_same():
    even, other = np.full(10**6, 1e-6), np.full(10**6, 1e-6)
    other[::2] += 4e-7
    other[1::2] -= 4e-7
    assert not same(even, other)
    assert same(even, even + 1e-13)


def test_a_subject_is_not_asked_beyond_its_size():
    ties = ties_of(50, 150, seed=7)
    small = Subject(
        "small",
        lambda ties: pytest.fail("prepared for nothing"),
        lambda ties: {"k-core": Answer(lambda form: [], list, most_firms=49)},
    )
    assert graph.measured(small, ties).said == {}


def test_a_library_that_is_missing_is_named_in_one_sentence(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(PeerMissingError, match=r"^igraph is not installed, .* pip install -e '\.\[peers\]'$"):
        graph_peers.peers()
