"""Connected groups: who belongs together, who only seems to, and why; against the readable twin."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.attributes import (
    AttributePolicy,
    AttributeRule,
    house_attribute_policy,
    parse_attribute_policy,
    shared,
)
from credit_graph.errors import AttributeRuleError, UnknownPartyError
from credit_graph.graph import Graph
from credit_graph.groups import connected_groups
from credit_graph.reference.groups import groups_by_definition, pairs_by_definition
from credit_graph.sample_graph import small_graph

DAY = date(2024, 1, 1)
PARTIES = ["B1", "F1", "F2", "F3", "F4", "P1", "P2", "P3"]
POLICY = AttributePolicy(
    (
        AttributeRule("legal_representative", "法定代表人", "representative", 2, 3, 2),
        AttributeRule("agent", "代理人", "agent", 3, 4, 1, within_days=30),
        AttributeRule("address", "地址", "address", 2, 3, 1),
    ),
    needed=2,
)
Use = tuple[str, str, int]


def uses(*rows: Use) -> pd.DataFrame:
    columns = ["from_id", "to_id", "attribute", "valid_from"]
    split = [(party, known.split(":")[1], known.split(":")[0], DAY + timedelta(day)) for party, known, day in rows]
    return pd.DataFrame(split, columns=columns)


@st.composite
def webs(draw: st.DrawFn) -> tuple[Graph, list[Use]]:
    ties: list[tuple[str, str, float]] = []
    for _ in range(draw(st.integers(0, 7))):
        company = draw(st.sampled_from(["F1", "F2", "F3", "F4"]))
        left = 10 - sum(round(10 * share) for _, held, share in ties if held == company)
        ties.append((draw(st.sampled_from(PARTIES[1:])), company, draw(st.integers(0, left)) / 10))
    persons = st.sampled_from(["P1", "P2", "P3", "F1"])
    kin = draw(st.lists(st.tuples(persons, persons), max_size=3))
    control = draw(st.lists(st.tuples(st.sampled_from(PARTIES), st.sampled_from(["F1", "F2"])), max_size=2))
    known = st.sampled_from(["legal_representative:1", "agent:1", "agent:2", "address:1", "address:2", "car:1"])
    rows = draw(st.lists(st.tuples(st.sampled_from(PARTIES), known, st.integers(0, 60)), max_size=14))
    return small_graph(parties=PARTIES, shareholding=ties, kinship=kin, control=control), rows


@settings(max_examples=100, deadline=None)
@given(web=webs())
def test_groups_agree_with_their_definition(web: tuple[Graph, list[Use]]) -> None:
    graph, rows = web
    users: dict[str, list[tuple[str, date]]] = {}
    for party, known, day in rows:
        users.setdefault(known, []).append((party, DAY + timedelta(day)))
    found = connected_groups(graph, uses(*rows), POLICY)
    fast = {frozenset(one["party_id"]) for _, one in found.members.groupby("group_id")}
    assert fast == groups_by_definition(graph, users, POLICY)
    for name, one in found.members.groupby("group_id"):
        assert name == min(one["party_id"])
        for party in one["party_id"]:
            chain = found.explain_link(str(name), party)
            assert set(chain["group_id"]) <= {name}
            assert (party == name) == chain.empty


@settings(max_examples=100, deadline=None)
@given(
    days=st.lists(st.tuples(st.sampled_from(["F1", "F2", "F3", "F4"]), st.integers(0, 90)), max_size=8),
    at_least=st.integers(2, 4),
    within=st.sampled_from([0, 10, 30, None]),
)
def test_pairs_of_a_window_agree_with_their_definition(
    days: list[tuple[str, int]], at_least: int, within: int | None
) -> None:
    rule = AttributeRule("agent", "代理人", "agent", at_least, 4, 1, within)
    found = shared(
        small_graph(parties=PARTIES), uses(*((p, "agent:1", d) for p, d in days)), AttributePolicy((rule,), 1)
    )
    slow = pairs_by_definition([(party, DAY + timedelta(day)) for party, day in days], rule)
    assert set(zip(found.pairs["party_a"], found.pairs["party_b"], strict=True)) == slow


def test_an_address_alone_links_nobody_but_with_a_telephone_it_does() -> None:
    rows = [
        ("F1", "address:1", 0),
        ("F2", "address:1", 0),
        ("F3", "address:1", 0),
        ("F1", "phone:1", 0),
        ("F2", "phone:1", 9),
    ]
    found = connected_groups(small_graph(parties=PARTIES), uses(*rows))
    assert found.members["party_id"].tolist() == ["F1", "F2"]
    assert found.links["reason_zh"].tolist() == [
        "F1与F2：同一注册或经营地址 address:1（3 户）、同一联系电话 phone:1（2 户）"
    ]


def test_two_telephones_are_not_two_different_attributes() -> None:
    rows = [(party, f"phone:{number}", 0) for party in ("F1", "F2") for number in (1, 2)]
    assert connected_groups(small_graph(parties=PARTIES), uses(*rows)).members.empty


def test_an_office_tower_is_ignored_and_said_so() -> None:
    firms = [f"F{number:03d}" for number in range(300)]
    rows = [(firm, known, 0) for firm in firms for known in ("address:tower", "agent:bookkeeper")]
    found = connected_groups(small_graph(parties=firms), uses(*rows))
    assert found.members.empty
    assert found.ignored[["attribute_id", "parties", "most"]].to_numpy().tolist() == [
        ["address:tower", 300, 20],
        ["agent:bookkeeper", 300, 20],
    ]


def test_an_agent_counts_only_within_a_year() -> None:
    same = [("F1", "address:1", 0), ("F2", "address:1", 0), ("F1", "agent:1", 0)]
    graph = small_graph(parties=PARTIES)
    assert len(connected_groups(graph, uses(*same, ("F2", "agent:1", 365))).members) == 2
    assert connected_groups(graph, uses(*same, ("F2", "agent:1", 366))).members.empty


def test_what_is_over_or_has_not_begun_does_not_count() -> None:
    rows = uses(("F1", "legal_representative:1", 0), ("F2", "legal_representative:1", 0))
    graph = small_graph(parties=PARTIES)
    assert len(connected_groups(graph, rows).members) == 2
    assert connected_groups(graph, rows.assign(valid_to=[None, date(2024, 12, 31)])).members.empty
    assert len(connected_groups(graph, rows.assign(valid_to=[None, date(2025, 1, 1)])).members) == 2
    assert connected_groups(graph, rows.assign(valid_from=[DAY, date(2025, 1, 2)])).members.empty


def test_the_layer_is_read_without_a_table() -> None:
    ties = [("F1", "legal_representative:1"), ("F2", "legal_representative:1")]
    found = connected_groups(small_graph(shared_attribute=ties))
    assert found.members.to_numpy().tolist() == [["F1", "F1", 2], ["F1", "F2", 2]]


def test_a_couple_with_30_percent_each_controls() -> None:
    ties = [("P1", "F1", 0.3), ("P2", "F1", 0.3), ("P3", "F1", 0.4)]
    apart = connected_groups(small_graph(shareholding=ties))
    assert apart.members.empty
    couple = connected_groups(small_graph(shareholding=ties, kinship=[("P1", "P2")]))
    assert couple.members["party_id"].tolist() == ["F1", "P1", "P2"]
    assert "P1, relatives and the companies controlled hold 60% together" in couple.links["reason_en"][0]


def test_relatives_who_control_nothing_are_left_alone() -> None:
    ties = [("P1", "F1", 0.02), ("P2", "F2", 0.02)]
    assert connected_groups(small_graph(shareholding=ties, kinship=[("P1", "P2")])).members.empty


def test_votes_through_a_company_count_and_the_chain_is_told() -> None:
    ties = [("P1", "F1", 0.6), ("F1", "F2", 0.3), ("P1", "F2", 0.25), ("F3", "F2", 0.45)]
    found = connected_groups(small_graph(shareholding=ties))
    assert found.members["party_id"].tolist() == ["F1", "F2", "P1"]
    assert found.explain_link("F1", "F2")["reason_en"].tolist() == [
        "F1 holds 30% of F2; P1 and the companies controlled hold 55% together"
    ]
    assert found.explain_link("F2", "F1")["reason_zh"].tolist() == ["F1持有F2 30%，P1及所控企业合计 55%"]


def test_a_bank_in_common_makes_no_group() -> None:
    graph = small_graph(shareholding=[("B1", "F1", 0.9), ("B1", "F2", 0.9)])
    assert connected_groups(graph).members.empty


def test_strangers_are_not_explained() -> None:
    found = connected_groups(small_graph(control=[("P1", "F1"), ("P2", "F2")]))
    for a, b in (("F1", "F2"), ("F1", "F9"), ("F9", "F1")):
        with pytest.raises(UnknownPartyError):
            found.explain_link(a, b)
    assert found.explain_link("F1", "F1").empty


def test_nothing_in_nothing_out() -> None:
    found = connected_groups(small_graph(), uses())
    assert found.members.columns.tolist() == ["group_id", "party_id", "size"]
    assert found.links.empty
    assert found.ignored.empty


def test_a_table_that_is_wrong_is_refused() -> None:
    graph = small_graph(parties=PARTIES)
    with pytest.raises(AttributeRuleError, match="lacks the column 'attribute'"):
        connected_groups(graph, uses().drop(columns="attribute"))
    with pytest.raises(AttributeRuleError, match="row 0 of the shared attributes has no to_id"):
        connected_groups(graph, uses(("F1", "agent:1", 0)).assign(to_id=None))
    with pytest.raises(AttributeRuleError, match="not a date"):
        connected_groups(graph, uses(("F1", "agent:1", 0)).assign(valid_from="soon"))
    with pytest.raises(UnknownPartyError):
        connected_groups(graph, uses(("F9", "agent:1", 0)))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("needed = 2", "needed = 0", "needed"),
        ("needed = 2", "", "needed"),
        ("at_least = 2", "at_least = 1", "at_least"),
        ("most = 50", "most = 1", "most"),
        ("weight = 2", "weight = 1.5", "weight"),
        ("weight = 2", "", "weight"),
        ("within_days = 365", "within_days = -1", "within_days"),
        ("within_days = 365", "within_years = 1", "within_years"),
        ('attribute = "agent"', 'attribute = "address"', "address"),
        ('title_en = "the same agent"', 'title_en = ""', "title_en"),
        ("[[rule]]", "[[rules]]", "rules"),
        ("needed = 2", "needed =", "TOML"),
    ],
)
def test_rules_that_are_wrong_are_refused_and_the_field_named(old: str, new: str, field: str) -> None:
    from importlib import resources

    text = (resources.files("credit_graph") / "policies/groups.toml").read_text("utf-8")
    assert parse_attribute_policy(text) == house_attribute_policy()
    with pytest.raises(AttributeRuleError, match=field):
        parse_attribute_policy(text.replace(old, new, 1))
