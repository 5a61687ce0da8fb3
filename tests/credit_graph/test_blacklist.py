"""Paths from listed parties, against networkx and by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.blacklist import nearest_listed, paths
from credit_graph.errors import PathQueryError, TiePolicyError, UnknownPartyError
from credit_graph.graph import KINDS, Graph
from credit_graph.reference.blacklist import paths_by_definition
from credit_graph.sample_graph import small_graph
from credit_graph.ties import TieRule, TieRules, house_ties, parse_ties

PARTIES = ["B1", "F1", "F2", "F3", "P1", "P2"]
WORDS = ("于", "to", "自", "from")


@st.composite
def webs(draw: st.DrawFn) -> Graph:
    ties: dict[str, list[tuple[str | float, ...]]] = {kind: [] for kind in KINDS}
    for _ in range(draw(st.integers(0, 9))):
        kind = draw(st.sampled_from(KINDS))
        tail = draw(st.sampled_from(PARTIES))
        head = draw(st.sampled_from(["address:1", "phone:1"] if kind == "shared_attribute" else PARTIES))
        ties[kind].append((tail, head, draw(st.sampled_from([0.0, 0.3, 1.0]))))
    return small_graph(parties=PARTIES, **ties)


@settings(max_examples=100, deadline=None)
@given(
    graph=webs(),
    listed=st.lists(st.sampled_from(PARTIES), max_size=3),
    client=st.sampled_from(PARTIES),
    hops=st.sampled_from([0.5, 1, 2, 3, 4.5]),
    most=st.sampled_from([2, 50]),
)
def test_every_simple_path_is_found(graph: Graph, listed: list[str], client: str, hops: float, most: int) -> None:
    rules = TieRules(house_ties().rules, most_sharing=most)
    found = paths(graph, listed, client, hops, rules)
    slow = paths_by_definition(graph, rules, listed, client, hops)
    rows = found.paths
    fast = {key: (s, h) for key, s, h in zip(rows["party_ids"], rows["strength"], rows["hops"], strict=True)}
    assert not found.is_truncated
    assert fast.keys() == slow.keys()
    assert len(rows) == len(slow)
    for key, value in slow.items():
        assert fast[key] == pytest.approx(value)
    assert rows["strength"].is_monotonic_decreasing


@settings(max_examples=100, deadline=None)
@given(graph=webs(), listed=st.lists(st.sampled_from(PARTIES), max_size=3), hops=st.sampled_from([1, 2, 3]))
def test_the_batch_agrees_with_each_client_alone(graph: Graph, listed: list[str], hops: float) -> None:
    found = nearest_listed(graph, listed, hops).set_index("client_id")
    for client in PARTIES:
        slow = paths_by_definition(graph, house_ties(), listed, client, hops)
        if not slow or client.startswith("B"):
            assert client not in found.index
            continue
        row = found.loc[client]
        assert row["strength"] == pytest.approx(max(strength for strength, _ in slow.values()))
        least = min(length for _, length in slow.values())
        assert row["nearest_hops"] == least
        assert row["nearest_strength"] == pytest.approx(max(s for s, length in slow.values() if length == least))
        best = [
            key[0] for key, (s, length) in slow.items() if (s, length) == pytest.approx((row["strength"], row["hops"]))
        ]
        assert row["listed_id"] in best
        assert row["words_en"] in set(paths(graph, listed, client, hops).paths["words_en"])


@settings(max_examples=100, deadline=None)
@given(graph=webs(), listed=st.lists(st.sampled_from(PARTIES), max_size=3), client=st.sampled_from(PARTIES))
def test_a_budget_cuts_paths_but_never_the_strongest(graph: Graph, listed: list[str], client: str) -> None:
    whole, cut = paths(graph, listed, client), paths(graph, listed, client, budget=1)
    assert cut.is_truncated == (len(whole.paths) > 1)
    assert len(cut.paths) == min(1, len(whole.paths))
    assert cut.paths["strength"].tolist() == pytest.approx(whole.paths["strength"].tolist()[:1])


def test_the_strongest_within_a_bound_is_not_made_of_strongest_parts() -> None:
    """F1 to F3: the strong way to F2 takes two hops and leaves none to go on."""
    ways = {"control": [("F1", "F9"), ("F9", "F2"), ("F2", "F3")], "guarantee": [("F1", "F2", 1)]}
    found = nearest_listed(small_graph(**ways), ["F1"], hops=2).set_index("client_id")
    assert found.loc["F2", "strength"] == pytest.approx(0.95**2)
    assert found.loc["F3", "strength"] == pytest.approx(0.5 * 0.95)


def test_paths_do_not_lead_through_banks_or_crowded_attributes() -> None:
    bank = small_graph(loan=[("B1", "F1", 5), ("B1", "F2", 5)])
    assert paths(bank, ["F1"], "F2").paths.empty
    assert len(paths(bank, ["B1"], "F2").paths) == 1
    assert len(paths(bank, ["F2"], "B1").paths) == 1
    tower = [(f"F{number:02d}", "address:1") for number in range(51)]
    assert paths(small_graph(shared_attribute=tower), ["F00"], "F01").paths.empty
    assert paths(small_graph(shared_attribute=tower[:50]), ["F00"], "F01").paths["hops"].tolist() == [1.0]


def test_a_path_is_told_in_both_languages() -> None:
    graph = small_graph({"P1": "王某", "F1": "甘谷商贸"}, control=[("P1", "F1")], guarantee=[("F2", "F1", 5)])
    row = paths(graph, ["P1"], "F2").paths.iloc[0]
    assert row["words_zh"] == "王某 (P1) 控制 甘谷商贸 (F1)，甘谷商贸 (F1) 的担保人为 F2；强度 0.76"
    assert row["words_en"] == "王某 (P1) controls 甘谷商贸 (F1), 甘谷商贸 (F1) is guaranteed by F2; strength 0.76"
    assert row["kinds"] == ("control", "guarantee")


def test_a_listed_client_is_its_own_finding() -> None:
    found = paths(small_graph(parties=["F1"]), ["F1", "F1"], "F1").paths
    assert found[["hops", "strength", "words_zh"]].to_numpy().tolist() == [[0.0, 1.0, "F1 本身在名单上"]]


def test_a_dense_web_ends_within_its_steps() -> None:
    names = [f"F{number:02d}" for number in range(30)]
    graph = small_graph(control=[(a, b) for a in names for b in names if a != b])
    found = paths(graph, ["F00"], "F29", hops=6, budget=50)
    assert found.is_truncated
    assert len(found.paths) == 50
    assert found.paths["hops"][0] == 1.0
    assert paths(graph, ["F00"], "F29", hops=6, steps=20).is_truncated


@pytest.mark.parametrize("hops", [0, -1, 0.3, 13, float("nan"), float("inf"), True, "2"])
def test_impossible_hops_are_refused(hops: float) -> None:
    with pytest.raises(PathQueryError, match="hops is"):
        paths(small_graph(parties=["F1"]), [], "F1", hops)


def test_unknown_parties_and_empty_graphs() -> None:
    with pytest.raises(UnknownPartyError):
        paths(small_graph(parties=["F1"]), ["F2"], "F1")
    assert nearest_listed(small_graph(), []).empty
    assert nearest_listed(small_graph(parties=["F1"]), []).empty
    with pytest.raises(PathQueryError, match="budget is 0"):
        paths(small_graph(parties=["F1"]), [], "F1", budget=0)


@pytest.mark.parametrize(
    ("field", "value"), [("forward", 1.1), ("backward", -0.1), ("forward", float("nan")), ("half_hops", 3)]
)
def test_a_policy_with_an_impossible_value_is_refused_by_name(field: str, value: float) -> None:
    rule = dict(zip(TieRule.__dataclass_fields__, (0.5, 0.5, *WORDS), strict=False)) | {field: value}
    with pytest.raises(TiePolicyError, match=f"{field} of the tie 'loan'"):
        TieRules({"loan": TieRule(**rule)})  # type: ignore[arg-type]  # the value is what is wrong
    with pytest.raises(TiePolicyError, match="'friendship'"):
        TieRules({"friendship": TieRule(0.5, 0.5, *WORDS)})


@pytest.mark.parametrize(
    "text",
    ["nonsense", "", "[tie.loan]", "most_sharing = 1\n[tie]", 'never_through = ["dog"]\n[tie]', "other = 1\n[tie]"],
)
def test_a_table_of_ties_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(TiePolicyError):
        parse_ties(text)
