"""The job on Spark gives, row for row, what one machine gives, however its components are packed."""

from collections import Counter
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spark_sample import KEYS, NAMES, Ties, ordered, province, table

from credit_graph.errors import (
    ComponentSizeError,
    FrameError,
    MissingColumnError,
    RowsError,
    TableRefusedError,
    TieArrayError,
)
from credit_graph.reference import findings_by_definition, weak_components
from credit_graph.sample_graph import small_graph
from credit_graph.spark import structures_by_component, structures_of
from credit_graph.structures import find

# what the job asks of PySpark and pandas 3 is tested here; nobody can act on these two warnings
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

SCHEMA = "from_id string, to_id string, amount_fen bigint"


def on_spark(session: Any, ties: pd.DataFrame, **options: int) -> pd.DataFrame:
    rows = pa.table({name: pa.array(ties[name].tolist()) for name in NAMES})
    return ordered(structures_by_component(session.createDataFrame(rows, SCHEMA), **options).toArrow().to_pandas())


def groups(found: pd.DataFrame) -> Counter[tuple[Any, ...]]:
    """Each structure as its kind, members in order and amount."""
    named = ordered(found).groupby(["component", "kind", "structure"])
    return Counter((key[1], tuple(rows["party_id"]), int(rows["amount_fen"].iloc[0])) for key, rows in named)


# one machine


@st.composite
def ties_of(draw: st.DrawFn) -> Ties:
    node = st.integers(0, draw(st.integers(0, 9)))
    return draw(st.lists(st.tuples(node, node, st.integers(0, 2**53 - 1)), max_size=40))


# kernels and findings have properties of their own; here is what packing into rows adds
@settings(max_examples=100, deadline=None)
@given(ties_of(), st.integers(2, 5), st.integers(1, 4))
@example([], 4, 8)
@example([(0, 0, 5)], 4, 1)
@example([(one, two, 3) for one in range(8) for two in range(8) if one // 4 == two // 4], 4, 8)
def test_the_rows_are_the_findings_and_each_component_has_its_innermost_core(
    ties: Ties, longest: int, hub: int
) -> None:
    rows = structures_of(table(ties), longest_cycle=longest, hub=hub, shortest_chain=2)
    whole = find(
        small_graph(guarantee=[(f"F{one}", f"F{two}", amount) for one, two, amount in ties]),
        longest_cycle=longest,
        hub=hub,
        shortest_chain=2,
    )
    members = whole.members.groupby("structure_id")["party_id"].agg(tuple)
    wanted = Counter(
        (row.kind, members[str(row.structure_id)], row.amount_fen) for row in whole.structures.itertuples()
    )
    is_core = rows["kind"] == "core"
    assert groups(rows[~is_core]) == Counter({key: count for key, count in wanted.items() if key[0] != "core"})
    label = weak_components(10, [(one, two) for one, two, _ in ties])
    cores = {
        tuple(f"F{one}" for one in core)
        for part in set(label)
        for core in findings_by_definition(10, [tie[:2] for tie in ties if label[tie[0]] == part], longest, hub)["core"]
    }
    assert {group for _, group, _ in groups(rows[is_core])} == cores
    assert dict(zip(rows["party_id"], rows["component"], strict=True)).items() <= {
        (f"F{one}", f"F{part}") for one, part in enumerate(label)
    }


def test_structures_are_numbered_by_amount_within_component_and_kind() -> None:
    pairs = [(0, 1, 5), (1, 0, 5), (1, 2, 30), (2, 1, 30), (7, 8, 1), (8, 7, 1)]
    rows = structures_of(table(pairs)).query("kind == 'mutual' and place == 0")
    assert rows[["component", "structure", "party_id", "amount_fen"]].values.tolist() == [
        *(["F0", 1, "F1", 60], ["F0", 2, "F0", 10], ["F7", 1, "F7", 2])
    ]


BUDGETS: list[dict[str, int]] = [{"most": 2}, {"most_steps": 20}, {"most_chain_steps": 20}]


@pytest.mark.parametrize("budget", BUDGETS, ids=str)
def test_a_budget_is_that_of_one_component_whatever_stands_beside_it(budget: dict[str, int]) -> None:
    ties = province(200, 300, seed=3)
    whole = structures_of(ties, **budget, shortest_chain=2)
    label = structures_of(ties, hub=1)  # every guarantor is a hub: the component of each firm with a borrower
    component = ties["from_id"].map(dict(zip(label["party_id"], label["component"], strict=True)))
    parts = [structures_of(part, **budget, shortest_chain=2) for _, part in ties[component.notna()].groupby(component)]
    pd.testing.assert_frame_equal(ordered(whole), ordered(pd.concat(parts)))
    unfinished = whole[whole["kind"].str.startswith("unfinished ")]
    assert 0 < unfinished["component"].nunique() < whole["component"].nunique()
    assert (unfinished["structure"] == 0).all()


@pytest.mark.parametrize("option", [{"hub": 0}, {"shortest_chain": 1}, {"longest_cycle": 1}], ids=str)
def test_an_option_that_cannot_be_is_refused(option: dict[str, int]) -> None:
    with pytest.raises(RowsError, match=r"at least"):
        structures_of(table([]), **option)


def test_a_missing_party_is_refused_by_its_row() -> None:
    with pytest.raises(TieArrayError, match="row 1 has no from_id or no to_id"):
        structures_of(pd.DataFrame([("A", "B", 1), ("A", None, 1)], columns=NAMES))


# Sail


PACKINGS: list[dict[str, int]] = [{}, {"ties_per_batch": 1}, {"ties_per_batch": 60}, {"ties_per_batch": 1000}]


@pytest.mark.parametrize("packing", PACKINGS, ids=str)
def test_sail_gives_the_rows_of_one_machine_however_components_are_packed(sail: Any, packing: dict[str, int]) -> None:
    ties = province(400, 330, seed=7)
    wanted = ordered(structures_of(ties))
    assert wanted["component"].nunique() > 20
    assert wanted["kind"].nunique() >= 5
    pd.testing.assert_frame_equal(on_spark(sail, ties, **packing), wanted)


def test_sail_gives_the_rows_of_one_machine_for_one_component(sail: Any) -> None:
    ties = province(300, 900, seed=11, reach=9)
    wanted = ordered(structures_of(ties, longest_cycle=5))
    assert wanted["component"].nunique() == 1
    pd.testing.assert_frame_equal(on_spark(sail, ties, longest_cycle=5, ties_per_batch=10), wanted)


def test_sail_and_one_machine_stop_at_the_same_budget(sail: Any) -> None:
    ties = province(200, 300, seed=3)
    wanted = ordered(structures_of(ties, most=2))
    assert wanted["kind"].str.startswith("unfinished ").any()
    pd.testing.assert_frame_equal(on_spark(sail, ties, most=2), wanted)


@pytest.mark.parametrize("ties", [[], [(0, 0, 5), (1, 1, 7), (1, 1, 7)], [(0, 1, 5)]], ids=["none", "itself", "one"])
def test_ties_that_form_nothing_give_no_rows(sail: Any, ties: Ties) -> None:
    found = on_spark(sail, table(ties))
    assert len(found) == 0
    assert list(found) == [*KEYS, "party_id", "amount_fen"]


def test_amounts_up_to_the_largest_are_added_exactly(sail: Any) -> None:
    largest = 2**53 - 1
    found = on_spark(sail, table([(0, 1, largest), (0, 1, largest), (1, 0, largest)]))
    assert set(found.query("kind == 'mutual'")["amount_fen"]) == {3 * largest}


BAD = [
    (("A", None, 1), "to_id is missing"),
    ((" ", "B", 1), "from_id is missing"),
    (("A", "B", None), "amount_fen is missing"),
    (("A", "B", -1), "amount_fen is negative"),
    (("A", "B", 2**53), "amount_fen is above 9007199254740991"),
]


@pytest.mark.parametrize(("row", "reason"), BAD)
def test_bad_rows_are_refused_with_their_number_and_reason(sail: Any, row: tuple[Any, ...], reason: str) -> None:
    frame = sail.createDataFrame([("C", "D", 1), row, row], SCHEMA)
    with pytest.raises(TableRefusedError, match=f"in 2 of them {reason}") as refused:
        structures_by_component(frame)
    assert refused.value.report.values.tolist() == [[reason, 2]]


def test_amounts_that_add_up_to_too_much_are_refused(sail: Any) -> None:
    ties = [(firm, firm + 1, 2**53 - 1) for firm in range(1025)]
    with pytest.raises(TableRefusedError, match="more than can be counted exactly"):
        on_spark(sail, table(ties))


@pytest.mark.parametrize("schema", ["from_id string, to_id string, amount_fen double", "from_id int, to_id int"])
def test_columns_that_are_missing_or_of_another_type_are_refused(sail: Any, schema: str) -> None:
    with pytest.raises(FrameError if "double" in schema else MissingColumnError, match="amount_fen"):
        structures_by_component(sail.createDataFrame([], schema))


def test_a_component_too_large_for_a_worker_is_refused_by_name(sail: Any) -> None:
    ties = table([(5, 6, 1), (6, 7, 1), (7, 7, 1), (1, 2, 1)])
    with pytest.raises(ComponentSizeError, match="component of party F5 has 3 ties, more than the 2"):
        on_spark(sail, ties, most_ties=2)
    assert len(on_spark(sail, ties, most_ties=3, shortest_chain=3)) == 4


def test_wrong_options_are_refused_before_anything_runs(sail: Any) -> None:
    with pytest.raises(RowsError, match="hub must be at least 1"):
        on_spark(sail, table([(0, 1, 1)]), hub=0)
    with pytest.raises(RowsError, match="ties_per_batch and most_ties must be at least 1"):
        on_spark(sail, table([(0, 1, 1)]), ties_per_batch=0)
