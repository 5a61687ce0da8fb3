"""Weak components on Spark: those of the definition, found in few rounds, whatever the ties look like."""

from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest

from credit_graph.errors import ComponentSearchError
from credit_graph.spark import weak_components

# what the job asks of PySpark and pandas 3 is tested here; nobody can act on these two warnings
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]

Ties = list[tuple[str, str]]


def labels(session: Any, ties: Ties, **options: int) -> dict[str, str]:
    columns = pa.table({"from_id": pa.array([one for one, _ in ties]), "to_id": pa.array([two for _, two in ties])})
    found = weak_components(session.createDataFrame(columns, "from_id string, to_id string"), **options).toArrow()
    rows = list(zip(found["party_id"].to_pylist(), found["component"].to_pylist(), strict=True))
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def by_definition(ties: Ties) -> dict[str, str]:
    graph: nx.Graph[str] = nx.Graph(ties)
    return {party: min(group) for group in nx.connected_components(graph) for party in group}


def in_a_row(parties: list[str]) -> Ties:
    return list(pairwise(parties))


def test_four_hundred_small_graphs_at_once_have_the_components_of_the_definition(sail: Any) -> None:
    rng = np.random.default_rng(5)
    ties = []
    for graph in range(400):
        n = int(rng.integers(1, 10))
        ends = rng.integers(0, n, (int(rng.integers(0, 14)), 2))
        ties += [(f"{graph}:{one}", f"{graph}:{two}") for one, two in ends.tolist()]
    found = labels(sail, ties)
    assert len(set(found.values())) > 400
    assert found == by_definition(ties)


def test_no_tie_gives_no_party(sail: Any) -> None:
    assert labels(sail, []) == {}


def test_a_party_tied_to_itself_alone_is_a_component(sail: Any) -> None:
    assert labels(sail, [("A", "A"), ("A", "A"), ("C", "B")]) == {"A": "A", "B": "B", "C": "B"}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_long_way_in_any_order_is_one_component_after_few_rounds(sail: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    parties = [f"F{number:04d}" for number in range(3000)]
    shuffled = [parties[place] for place in rng.permutation(3000)]
    assert labels(sail, in_a_row(shuffled), most_rounds=12) == dict.fromkeys(parties, "F0000")


def test_a_hub_a_circle_and_parallel_ties_are_one_component_each(sail: Any) -> None:
    hub = [("Z", f"L{number}") for number in range(500)]
    circle = [*in_a_row(["m", "k", "p", "l"]), ("l", "m"), ("m", "l"), ("m", "l")]
    assert labels(sail, [*hub, *circle]) == by_definition([*hub, *circle])


def test_the_smallest_party_is_that_of_python_in_every_script(sail: Any) -> None:
    parties = ["甲", "Z", "z", "é", "乙", "\U0001f9ed", "\uff21", "01", "1", "A B"]
    assert set(labels(sail, in_a_row(parties)).values()) == {min(parties)}
    assert set(labels(sail, in_a_row(parties[4:7])).values()) == {min(parties[4:7])}


def test_a_search_that_is_given_too_few_rounds_says_so(sail: Any) -> None:
    ties = in_a_row([f"F{number:04d}" for number in np.random.default_rng(1).permutation(500)])
    with pytest.raises(ComponentSearchError, match=r"after 1 rounds .* allow more rounds"):
        labels(sail, ties, most_rounds=1)
    assert labels(sail, [("A", "B"), ("B", "B")], most_rounds=0) == {"A": "A", "B": "A"}
