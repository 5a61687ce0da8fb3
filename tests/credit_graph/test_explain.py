"""One firm on one page: against the readable twin, on awkward graphs, and in words."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from credit_graph.attributes import house_attribute_policy
from credit_graph.control import ultimate_controllers
from credit_graph.errors import ExplainInputError, SimulationInputError, UnknownPartyError
from credit_graph.explain import Explanation, explain
from credit_graph.graph import Graph, layer
from credit_graph.groups import connected_groups
from credit_graph.limits import Capital
from credit_graph.matrices import layer_matrix, square
from credit_graph.reference.contagion import guarantee_by_rounds
from credit_graph.sample_graph import small_graph
from credit_graph.sentences import TOPICS
from credit_graph.single_falls import single_falls
from credit_graph.structures import find

YUAN = 100


def said(page: Explanation, topic: str) -> str:
    return " ".join(page.sentences.loc[page.sentences["topic"] == topic, "en"])


def village() -> Graph:
    """F1 and F2 guarantee each other, F2 stands for F3; P1 controls F1 and F4, which shares an address with F5."""
    return small_graph(
        names={"F1": "陇上煤业", "F2": "河西物流", "P1": "马军"},
        guarantee=[("F1", "F2", 900 * YUAN), ("F2", "F1", 300 * YUAN), ("F2", "F3", 800 * YUAN)],
        loan=[("B1", "F1", 400 * YUAN), ("B1", "F2", 900 * YUAN), ("B2", "F3", 700 * YUAN)],
        control=[("P1", "F1"), ("P1", "F4")],
        shared_attribute=[("F4", "address:H1"), ("F5", "address:H1")],
    )


def buffers(graph: Graph, **known: int) -> list[float]:
    return [known.get(str(party), 10**9) * YUAN for party in graph.ids]


def test_a_chain_of_falls_is_told_from_both_ends() -> None:
    graph = village()
    buffer = buffers(graph, F1=500, F2=500, F3=0)
    above = explain(graph, "F1", buffer_fen=buffer).falls.pulled_down_by
    assert above[["party_id", "round", "calls_fen"]].values.tolist() == [["F2", 1, 90_000], ["F3", 2, 90_000]]
    assert above["through"].tolist() == [("F2", "F1"), ("F3", "F2", "F1")]
    below = explain(graph, "F3", buffer_fen=buffer).falls.pulls_down
    assert below[["party_id", "round", "buffer_fen"]].values.tolist() == [["F1", 2, 50_000.0], ["F2", 1, 50_000.0]]
    assert "2 parties can pull it down alone" in said(explain(graph, "F1", buffer_fen=buffer), "pulled down by")


def test_two_calls_that_are_harmless_alone_are_found_behind_one_fall() -> None:
    given = [("F2", "F4", 90), ("F3", "F4", 90), ("F1", "F2", 60), ("F1", "F3", 60)]
    graph = small_graph(guarantee=given)
    page = explain(graph, "F1", buffer_fen=[100, 10, 10, 10])
    assert page.falls.pulled_down_by[["party_id", "calls_fen", "through"]].values.tolist() == [
        ["F4", 120, ("F4", "F2", "F1")]
    ]


def test_falls_agree_with_the_readable_twin_on_hundreds_of_small_graphs() -> None:
    rng = np.random.default_rng(20)
    fallen = 0
    for _ in range(300):
        n = int(rng.integers(1, 8))
        m = int(rng.integers(0, 3 * n + 1))
        tail, head, amount = rng.integers(0, n, m), rng.integers(0, n, m), rng.integers(0, 10, m)
        ids = [f"F{number}" for number in range(n)]
        ties = [(ids[a], ids[b], int(c)) for a, b, c in zip(tail, head, amount, strict=True)]
        graph = small_graph(parties=ids, guarantee=ties)
        buffer = rng.integers(0, 12, n).astype(float)
        buffer[rng.random(n) < 0.1] = np.inf
        calls = square(layer_matrix(graph.layers["guarantee"], n), "calls")
        debt = np.asarray(calls.sum(axis=0)).ravel().tolist()
        twins = [guarantee_by_rounds(calls.toarray().tolist(), debt, buffer.tolist(), {seed}) for seed in range(n)]
        # each graph from the side of one firm: three hundred graphs are three hundred firms, in every place
        for code in rng.integers(0, n, 1).tolist():
            found = single_falls(graph, code, calls, buffer, most_tried=100)
            below = dict(zip(found.pulls_down["party_id"], found.pulls_down["round"], strict=True))
            assert below == {ids[one]: now for one, now in enumerate(twins[code]) if now > 0}
            above = dict(zip(found.pulled_down_by["party_id"], found.pulled_down_by["round"], strict=True))
            assert above == {ids[seed]: twin[code] for seed, twin in enumerate(twins) if twin[code] > 0}
            for row in found.pulled_down_by.itertuples():
                assert (row.through[0], row.through[-1]) == (row.party_id, ids[code])
                assert row.calls_fen > buffer[code]
            fallen += len(below)
    assert fallen > 75


def test_a_short_search_says_that_it_is_short() -> None:
    graph = village()
    buffer = buffers(graph, F1=500, F2=500, F3=0)
    page = explain(graph, "F1", buffer_fen=buffer, most_tried=1)
    assert page.falls.is_truncated
    assert page.falls.pulled_down_by["party_id"].tolist() == ["F2"]
    assert "there may be more" in said(page, "pulled down by")
    assert not explain(graph, "F1", buffer_fen=buffer).falls.is_truncated


def test_exposures_add_parallel_ties_and_name_both_sides() -> None:
    graph = small_graph(
        guarantee=[("F1", "F2", 5), ("F1", "F2", 7), ("F3", "F1", 4)], loan=[("B1", "F1", 8), ("B2", "F1", 9)]
    )
    table = explain(graph, "F1").exposures
    assert table[["role", "party_id", "amount_fen", "ties"]].values.tolist() == [
        ["owes", "B2", 9, 1],
        ["owes", "B1", 8, 1],
        ["stands for", "F2", 12, 2],
        ["guaranteed by", "F3", 4, 1],
    ]


def test_calls_are_capped_at_the_debt_and_without_loans_are_what_is_written() -> None:
    with_loan = small_graph(guarantee=[("F1", "F2", 500)], loan=[("B1", "F2", 300)])
    assert explain(with_loan, "F1", buffer_fen=[100] * 3).falls.calls["calls_fen"].tolist() == [300]
    without = small_graph(guarantee=[("F1", "F2", 500)])
    found = explain(without, "F1", buffer_fen=[100, 0]).falls.calls
    assert found[["calls_fen", "buffer_share"]].values.tolist() == [[500.0, 5.0]]


def test_unknown_equity_is_not_taken_for_none() -> None:
    page = explain(small_graph(guarantee=[("F1", "F2", 500)]), "F1")
    assert page.falls.pulled_down_by.empty
    assert "unknown" in said(page, "pulled down by")


def test_the_position_names_the_structures_and_their_members() -> None:
    page = explain(village(), "F1")
    pair = page.structures[page.structures["kind"] == "mutual"].iloc[0]
    assert pair["party_ids"] == ("F1", "F2")
    assert page.place[["borrowers", "guarantors", "component_size", "circle_size"]].values.tolist() == [[1, 1, 3, 2]]
    assert not page.place["is_articulation"].iloc[0]
    assert "mutual guarantee with F2" in said(page, "position")


def test_the_group_says_why() -> None:
    page = explain(village(), "F1")
    assert page.group[["party_id", "links"]].values.tolist() == [["P1", 1], ["F4", 2]]
    assert page.controllers["controller_id"].tolist() == ["P1"]
    assert "马军 (P1) controls 陇上煤业 (F1)" in said(page, "group")
    assert "F4" in said(page, "group")


def test_limits_of_the_party_and_of_its_group_are_held_against_each_bank() -> None:
    capital = {"B1": Capital(1_000 * YUAN, 900 * YUAN), "B2": Capital(10**6 * YUAN, 10**6 * YUAN)}
    page = explain(village(), "F1", capital=capital)
    worst = page.limits.iloc[0]
    assert (worst["bank_id"], bool(worst["breached"])) == ("B1", True)
    assert set(page.limits["client_id"]) == {"F1"}
    assert set(page.limits["scope"]) == {"party", "group"}
    assert page.limits["used_share"].is_monotonic_decreasing
    assert "over by" in said(page, "limits")
    assert "limits were not checked" in said(explain(village(), "F1"), "limits")


def test_the_nearest_listed_party_is_named() -> None:
    page = explain(village(), "F1", listed=["F4", "F3"])
    assert set(page.listed["listed_id"]) == {"F3", "F4"}
    assert page.listed["strength"].is_monotonic_decreasing
    assert "reached by 2 listed parties" in said(page, "lists")
    assert "is listed itself" in said(explain(village(), "F1", listed=["F1"]), "lists")


def test_a_firm_of_which_nothing_is_known_still_has_a_sentence_on_every_topic() -> None:
    page = explain(small_graph(parties=["F1", "F2"]), "F1", listed=["F2"])
    assert page.sentences["topic"].tolist() == list(TOPICS)
    assert page.sentences["topic_zh"].tolist() == list(TOPICS.values())
    assert page.sentences[["en", "zh"]].map(len).min(axis=None) > 5
    assert page.structures.empty
    assert page.group.empty


@pytest.mark.parametrize(
    ("party", "options", "error", "sentence"),
    [
        ("F9", {}, UnknownPartyError, "no party 'F9'"),
        ("B1", {}, ExplainInputError, "'B1' is of the kind bank; only a firm or a person"),
        ("address:H1", {}, ExplainInputError, "of the kind attribute"),
        ("F1", {"most_tried": 0}, ExplainInputError, "most_tried is 0"),
        ("F1", {"most_tried": True}, ExplainInputError, "most_tried is True"),
        ("F1", {"buffer_fen": [1, 2]}, SimulationInputError, "buffer_fen"),
        ("F1", {"buffer_fen": [-1] * 9}, SimulationInputError, "buffer_fen"),
        ("F1", {"buffer_fen": [np.nan] * 9}, SimulationInputError, "buffer_fen"),
        ("F1", {"listed": ["F9"]}, UnknownPartyError, "F9"),
        ("F1", {"capital": {"B9": Capital(5, 4)}}, UnknownPartyError, "B9"),
    ],
)
def test_what_cannot_be_explained_is_refused_by_name(
    party: str, options: dict[str, object], error: type[Exception], sentence: str
) -> None:
    graph = village()
    assert graph.n == 9
    with pytest.raises(error, match=sentence):
        explain(graph, party, **options)  # type: ignore[arg-type]  # unlike options in one dict  # wrong on purpose


def test_a_person_can_be_asked_about() -> None:
    graph = small_graph(guarantee=[("P1", "F1", 500)], control=[("P1", "F1")])
    page = explain(graph, "P1", buffer_fen=[0, 100])
    assert page.kind == "person"
    assert page.falls.pulled_down_by["party_id"].tolist() == ["F1"]


def test_what_was_reckoned_before_may_be_given_and_nothing_changes() -> None:
    graph = village()
    given = {
        "findings": find(graph, most_named=10**6),
        "groups": connected_groups(graph, None, house_attribute_policy()),
        "controllers": ultimate_controllers(graph),
    }
    one, two = explain(graph, "F1", listed=["F3"]), explain(graph, "F1", listed=["F3"], **given)  # type: ignore[arg-type]  # unlike options in one dict
    for field in dataclasses.fields(Explanation):
        left, right = getattr(one, field.name), getattr(two, field.name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right)
        elif field.name != "falls":
            assert left == right
    pd.testing.assert_frame_equal(one.falls.pulled_down_by, two.falls.pulled_down_by)


def test_asking_changes_nothing_in_the_graph_nor_in_the_answer() -> None:
    graph = small_graph(guarantee=[("F1", "F2", 5), ("F1", "F2", 7), ("F2", "F1", 9), ("F2", "F1", 4), ("F2", "F3", 3)])
    before = {
        kind: [part.copy() for part in (one.out.start, one.out.to, one.amount_fen)]
        for kind, one in graph.layers.items()
    }
    first = explain(graph, "F1", buffer_fen=[1, 1, 1]).sentences
    layer_matrix(graph.layers["guarantee"], graph.n)
    for kind, one in graph.layers.items():
        for old, new in zip(before[kind], (one.out.start, one.out.to, one.amount_fen), strict=True):
            assert (old == new).all()
    pd.testing.assert_frame_equal(first, explain(graph, "F1", buffer_fen=[1, 1, 1]).sentences)
    with pytest.raises(dataclasses.FrozenInstanceError):
        explain(graph, "F1").name = "other"  # type: ignore[misc]  # that it is frozen is tested


def test_a_matrix_of_a_layer_with_parallel_ties_leaves_the_layer_as_it_was() -> None:
    ties = layer("guarantee", [0, 0, 1, 2], [1, 1, 2, 0], n=3, amount_fen=[1, 2, 3, 4])
    assert layer_matrix(ties, 3).toarray().tolist() == [[0, 3, 0], [0, 0, 3], [4, 0, 0]]
    assert ties.out.start.tolist() == [0, 2, 3, 4]
    assert ties.out.to.tolist() == [1, 1, 2, 0]


def test_huge_amounts_are_told_to_the_fen_that_a_float_holds() -> None:
    most = 2**53 - 1
    graph = small_graph(guarantee=[("F1", "F2", most)])
    page = explain(graph, "F1", buffer_fen=[1, 1])
    assert page.falls.pulled_down_by["calls_fen"].tolist() == [most]
    assert page.exposures["amount_fen"].tolist() == [most]
