"""Structures with names: what each kind is, what it comes to, and that nothing is left out silently."""

from datetime import date
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credit_graph.errors import RowsError, TieArrayError
from credit_graph.graph import Graph, graph_of, layer
from credit_graph.reference.findings import amount_by_definition, findings_by_definition
from credit_graph.reference.structures import longest_chain_length, strong_components, weak_components
from credit_graph.sample_graph import small_graph
from credit_graph.structures import EVIDENCE, Findings, analyse, find
from credit_graph.structures.chains import separate_chains

Ties = list[tuple[int, int, int]]
ORDERED = ("chain", "triad", "mixed_triangle", "cycle")
hundreds = settings(max_examples=300, deadline=None)
hundred = settings(max_examples=100, deadline=None)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, Ties]:
    n = draw(st.integers(0, 9))
    node, amount = st.integers(0, max(n - 1, 0)), st.integers(0, 2**53 - 1)
    return n, draw(st.lists(st.tuples(node, node, amount), max_size=40 if n else 0))


def graph_from(n: int, ties: Ties) -> Graph:
    tail, head, amount = np.array(ties, np.int64).reshape(-1, 3).T
    return graph_of(n, [layer("guarantee", tail, head, n, amount_fen=amount)], date(2024, 6, 30))


def groups(found: Findings) -> dict[str, dict[tuple[str, ...], int]]:
    """The named groups of each kind, with their amounts."""
    members = found.members.groupby("structure_id", sort=False)["party_id"].agg(tuple)
    named: dict[str, dict[tuple[str, ...], int]] = {kind: {} for kind in EVIDENCE}
    for row in found.structures.itertuples():
        named[row.kind][members[row.structure_id]] = row.amount_fen
    return named


def named(**ties: list[tuple[str, str, int]]) -> dict[str, dict[tuple[str, ...], int]]:
    return {kind: some for kind, some in groups(find(small_graph(**ties))).items() if some}


def ring(*firms: str, amount: int = 5) -> list[tuple[str, str, int]]:
    return [(one, two, amount) for one, two in zip(firms, firms[1:] + firms[:1], strict=True)]


def everybody(*firms: str, amount: int = 5) -> list[tuple[str, str, int]]:
    return [(one, two, amount) for one in firms for two in firms if one != two]


# the definition


@hundreds
@given(graphs(), st.integers(2, 6), st.integers(1, 4))
@example((0, []), 4, 8)
@example((1, []), 4, 1)
@example((1, [(0, 0, 5), (0, 0, 7)]), 4, 1)
def test_findings_and_amounts_are_those_of_the_definition(graph: tuple[int, Ties], longest: int, hub: int) -> None:
    n, ties = graph
    found = find(graph_from(n, ties), longest_cycle=longest, hub=hub)
    wanted = findings_by_definition(n, [(tail, head) for tail, head, _ in ties], longest, hub)
    assert not found.counts["is_truncated"].any()
    for kind, some in groups(found).items():
        numbered = {tuple(int(name[1:]) for name in group): amount for group, amount in some.items()}
        assert kind == "chain" or set(numbered) == wanted[kind]
        assert all(amount == amount_by_definition(kind, group, ties) for group, amount in numbered.items())


@hundred
@given(graphs(), st.integers(2, 5))
def test_chains_run_along_ties_share_no_firm_and_leave_none(graph: tuple[int, Ties], shortest: int) -> None:
    n, ties = graph
    some = groups(find(graph_from(n, ties), shortest_chain=shortest))["chain"]
    chains = [[int(name[1:]) for name in chain] for chain in some]
    pairs = [(tail, head) for tail, head, _ in ties]
    assert all(set(pairwise(chain)) <= set(pairs) for chain in chains)
    assert all(len(chain) >= shortest for chain in chains)
    inside = [firm for chain in chains for firm in chain]
    assert len(inside) == len(set(inside))
    left = [(tail, head) for tail, head in pairs if not {tail, head} & set(inside)]
    assert longest_chain_length(n, left) + 1 < shortest
    weak, strong = weak_components(n, pairs), strong_components(n, pairs)
    for label in set(weak):
        own = longest_chain_length(n, [pair for pair in pairs if weak[pair[0]] == label])
        passed = [len({strong[firm] for firm in chain}) - 1 for chain in chains if weak[chain[0]] == label]
        assert not passed or max(passed) == own


@hundred
@given(graphs())
def test_the_table_of_firms_says_of_each_what_the_arrays_say(graph: tuple[int, Ties]) -> None:
    n, ties = graph
    whole = graph_from(n, ties)
    firms, pairs = find(whole).firms, {(tail, head) for tail, head, _ in ties if tail != head}
    assert firms["party_id"].tolist() == whole.ids.tolist()
    assert firms["borrowers"].tolist() == [sum(tail == firm for tail, _ in pairs) for firm in range(n)]
    assert firms["guarantors"].tolist() == [sum(head == firm for _, head in pairs) for firm in range(n)]
    assert [int(name[1:]) for name in firms["component"]] == weak_components(n, list(pairs))
    assert [int(name[1:]) for name in firms["circle"]] == strong_components(n, list(pairs))


# one of each kind, by hand


def test_a_mutual_pair_is_no_circle_and_parallel_guarantees_add_up() -> None:
    assert named(guarantee=[("A", "B", 5), ("A", "B", 6), ("B", "A", 70), ("A", "A", 900)]) == {
        "mutual": {("A", "B"): 81}
    }


def test_a_joint_group_is_one_circle_and_its_pairs_and_no_cycles() -> None:
    assert named(guarantee=everybody("A", "B", "C", "D", amount=5)) == {
        "mutual": dict.fromkeys(combinations("ABCD", 2), 10),
        "joint": {("A", "B", "C", "D"): 60},
        "circle": {("A", "B", "C", "D"): 60},
        "core": {("A", "B", "C", "D"): 60},
    }


def test_a_closed_triad_runs_along_the_guarantees_and_holds_no_pair() -> None:
    assert named(guarantee=ring("A", "C", "B")) == {"triad": {("A", "C", "B"): 15}, "circle": {("A", "B", "C"): 15}}


def test_a_triangle_with_a_mutual_pair_is_a_kind_of_its_own_and_counts_the_way_round_only() -> None:
    found = named(guarantee=[*ring("A", "B", "C"), ("B", "A", 100)])
    assert found["mixed_triangle"] == {("A", "B", "C"): 15}
    assert found["circle"] == {("A", "B", "C"): 115}
    assert found["mutual"] == {("A", "B"): 105}
    assert "triad" not in found


def test_a_ring_of_four_mutual_neighbours_is_a_cycle_both_ways_and_no_joint_group() -> None:
    ties = [*ring("A", "B", "C", "D", amount=5), *ring("D", "C", "B", "A", amount=70)]
    found = named(guarantee=ties)
    assert found["cycle"] == {("A", "B", "C", "D"): 20, ("A", "D", "C", "B"): 280}
    assert "joint" not in found


def test_a_longer_cycle_is_a_circle_and_named_as_a_cycle_if_asked_for() -> None:
    graph = small_graph(guarantee=ring("A", "B", "C", "D", "E"))
    assert groups(find(graph))["cycle"] == {}
    assert groups(find(graph, longest_cycle=5))["cycle"] == {("A", "B", "C", "D", "E"): 25}
    assert groups(find(graph))["circle"] == {("A", "B", "C", "D", "E"): 25}


def test_a_chain_is_named_from_five_firms_on_and_then_what_it_leaves() -> None:
    chain = [(one, two, 5) for one, two in zip("ABCDE", "BCDEF", strict=True)]
    branch = [("G", "C", 7), ("H", "G", 7)]
    assert named(guarantee=chain)["chain"] == {tuple("ABCDEF"): 25}
    assert named(guarantee=[*chain, *branch])["chain"] == {tuple("ABCDEF"): 25}
    graph = small_graph(guarantee=[*chain, *branch])
    assert groups(find(graph, shortest_chain=2))["chain"] == {tuple("ABCDEF"): 25, ("H", "G"): 7}
    assert groups(find(graph, shortest_chain=7))["chain"] == {}


def test_a_hub_gives_and_a_star_takes() -> None:
    found = named(guarantee=[*(("A", f"F{one}", 5) for one in range(8)), *((f"G{one}", "Z", 7) for one in range(8))])
    assert found["hub"] == {("A",): 40}
    assert found["star"] == {("Z",): 56}
    assert named(guarantee=[("A", "F", 5)] * 8) == {}, "eight guarantees for one borrower make no hub"


def test_the_innermost_core_has_members_with_three_partners_each() -> None:
    ties = [("A", "B", 5), ("A", "C", 5), ("A", "D", 5), ("B", "C", 5), ("B", "D", 5), ("C", "D", 5), ("D", "E", 5)]
    assert named(guarantee=ties)["core"] == {("A", "B", "C", "D"): 30}
    assert "core" not in named(guarantee=ties[:-2])


def test_an_articulation_firm_counts_what_it_gives_and_takes() -> None:
    assert named(guarantee=[("A", "B", 5), ("B", "C", 70)])["articulation"] == {("B",): 75}


def test_every_finding_says_why_and_what_is_known_in_two_languages() -> None:
    found = find(small_graph(guarantee=[*ring("A", "B", "C"), *everybody("D", "E")]))
    texts = ["title", "title_zh", "why", "why_zh", "known", "known_zh"]
    for row in found.structures.to_dict("records"):
        assert [row[text] for text in texts] == [getattr(EVIDENCE[row["kind"]], text) for text in texts]
    assert found.structures.set_index("kind")["level"].to_dict() == {
        "mutual": "high",
        "triad": "low",
        "circle": "medium",
    }


# nothing is left out silently


def test_only_the_largest_are_named_and_counts_say_how_many_there_are() -> None:
    ties = [tie for place in range(6) for tie in everybody(f"A{place}", f"B{place}", amount=place + 1)]
    found = find(small_graph(guarantee=ties), most_named=2)
    assert groups(found)["mutual"] == {("A5", "B5"): 12, ("A4", "B4"): 10}
    assert found.structures["structure_id"].tolist() == ["mutual-1", "mutual-2"]
    assert found.counts.set_index("kind").loc["mutual"].tolist() == [6, 2, False]
    assert found.counts["kind"].tolist() == list(EVIDENCE)
    none = find(small_graph(guarantee=ties), most_named=0)
    assert (len(none.structures), len(none.members), none.counts["found"].sum()) == (0, 0, 6)


def test_identifiers_are_unique_and_members_stand_in_their_order() -> None:
    found = find(graph_from(9, [(one, two, 5) for one in range(9) for two in (one, 3 * one % 9, (one + 1) % 9)]))
    assert found.structures["structure_id"].is_unique
    size = found.members.groupby("structure_id")["place"].agg(list)
    assert [len(size[row.structure_id]) for row in found.structures.itertuples()] == found.structures["size"].tolist()
    assert all(places == list(range(len(places))) for places in size)


@pytest.mark.parametrize(
    ("budget", "kinds"),
    [
        ({"most": 2}, {"joint", "triad", "mixed_triangle", "cycle"}),
        ({"most_steps": 0}, {"joint", "triad", "mixed_triangle", "cycle"}),
        ({"most_named": 1}, {"chain"}),
    ],
)
def test_a_search_that_a_budget_ended_is_reported(budget: dict[str, int], kinds: set[str]) -> None:
    rings = [tie for place in range(4) for tie in ring(f"A{place}", f"B{place}", f"C{place}")]
    joint = [tie for place in range(4) for tie in everybody(f"D{place}", f"E{place}", f"F{place}")]
    chains = [(f"{one}{place}", f"{two}{place}", 5) for place in range(2) for one, two in ("UV", "VW", "WX", "XY")]
    graph = small_graph(guarantee=[*rings, *joint, *chains])
    counts = find(graph, **budget).counts
    assert set(counts.loc[counts["is_truncated"], "kind"]) == kinds
    assert counts.set_index("kind").loc["mutual", "found"] == 12, "pairs are never cut short"
    assert not find(graph).counts["is_truncated"].any()


def test_a_clock_can_end_the_search_for_cycles() -> None:
    rng = np.random.default_rng(7)
    tail, head = rng.integers(0, 400, (2, 12_000))
    dense = layer("guarantee", tail, head, 400)
    stopped = analyse(dense, longest_cycle=6, stop=lambda: True)
    assert stopped.truncated == ("cycle",)


def test_a_budget_ends_the_search_for_chains_and_the_largest_component_comes_first() -> None:
    start, to = np.array([0, 1, 1, 2, 3, 3]), np.array([1, 3, 4], np.int32)
    weak = np.array([0, 0, 2, 2, 2], np.int32)
    assert [chain.tolist() for chain in separate_chains(start, to, weak, shortest=2)] == [[0, 1], [2, 3, 4]]
    first = separate_chains(start, to, weak, shortest=2, most=1)
    assert ([chain.tolist() for chain in first], first.truncated) == ([[2, 3, 4]], True)
    assert separate_chains(start, to, weak, shortest=2, most_steps=1).truncated


# limits and refusals


def test_huge_amounts_add_up_exactly_and_too_huge_ones_are_refused() -> None:
    most = 2**53 - 1
    assert groups(find(graph_from(2, [(0, 1, most)] * 500 + [(1, 0, most)] * 500)))["mutual"] == {
        ("F0", "F1"): 1000 * most
    }
    with pytest.raises(TieArrayError, match="more than can be counted exactly; check the amounts' unit"):
        find(graph_from(2, [(0, 1, most)] * 1025))


@pytest.mark.parametrize(
    "asked", [{"hub": 0}, {"shortest_chain": 1}, {"most_named": -1}, {"longest_cycle": 1}, {"most": -1}]
)
def test_a_question_without_an_answer_is_refused(asked: dict[str, int]) -> None:
    with pytest.raises(RowsError, match=r"at least|must be"):
        find(graph_from(2, [(0, 1, 5)]), **asked)


def test_equal_amounts_are_named_in_the_order_of_the_firms() -> None:
    found = find(small_graph(guarantee=[*everybody("C", "D"), *everybody("A", "B")]))
    assert list(groups(found)["mutual"]) == [("A", "B"), ("C", "D")]
