"""What is counted of many rules at once is what the readable twins count."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fraud.errors import RuleCareInputError
from fraud.rulecare import reference
from fraud.rulecare.hits import Hits
from fraud.rulecare.intervals import clopper_pearson, clustered, wilson
from fraud.rulecare.marginal import greedy, only
from fraud.rulecare.overlap import containment, jaccard, nearest_overlap

matrices = arrays.arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 5)))
names = ("a", "b", "c", "d", "e")


@given(matrices, st.data())
def test_sums_overlaps_and_marginals_are_those_of_the_twins(matrix: np.ndarray, data: st.DataObject) -> None:
    rows, rules = matrix.shape
    value = data.draw(arrays.arrays(np.int64, rows, elements=st.integers(0, 2**50)))
    hits = Hits.of_matrix(matrix, names[:rules])
    plain = matrix.tolist()
    assert hits.sums(value)[:, 0].tolist() == reference.sums(plain, value.tolist())
    assert hits.together().tolist() == reference.together(plain)
    assert hits._together_dense().tolist() == reference.together(plain)
    assert only(hits, value)[:, 0].tolist() == reference.only(plain, value.tolist())


@given(matrices, st.data())
def test_greedy_takes_the_order_of_the_twin(matrix: np.ndarray, data: st.DataObject) -> None:
    rows, rules = matrix.shape
    fraud = data.draw(arrays.arrays(bool, rows))
    value = data.draw(arrays.arrays(np.int64, rows, elements=st.integers(0, 3)))
    worth = data.draw(arrays.arrays(np.int64, (rows, 3), elements=st.integers(-3, 3)))
    action = data.draw(arrays.arrays(np.int64, rules, elements=st.integers(0, 2)))
    order, added = greedy(Hits.of_matrix(matrix, names[:rules]), fraud, value, worth, action)
    wanted = reference.greedy(matrix.tolist(), fraud.tolist(), value.tolist(), worth.tolist(), action.tolist())
    assert (order.tolist(), added) == wanted


@given(matrices)
def test_lists_and_a_matrix_are_the_same_hits(matrix: np.ndarray) -> None:
    ids = names[: matrix.shape[1]]
    offsets = np.concatenate(([0], np.cumsum(matrix.sum(axis=1))))
    lists = SimpleNamespace(offsets=offsets, rules=np.nonzero(matrix)[1].astype(np.int16))
    one, other = Hits.of_lists(lists, ids), Hits.of_matrix(matrix, ids)
    assert one.offsets.tolist() == other.offsets.tolist()
    assert one.rules.tolist() == other.rules.tolist()
    for rule in range(len(ids)):
        assert one.rows_of(rule).tolist() == np.flatnonzero(matrix[:, rule]).tolist()


def test_a_part_of_the_rows_has_the_hits_of_these_rows() -> None:
    matrix = np.array([[True, False], [False, True], [True, True]])
    part = Hits.of_matrix(matrix, ("a", "b")).period(1, 3)
    assert part.per_rule.tolist() == [1, 2]
    assert part.rows == 2


@pytest.mark.parametrize(
    ("offsets", "rules"), [([0, 2], [0]), ([1, 1], [0]), ([0, 2, 1, 2], [0, 1]), ([0, 1], [2]), ([0, 1], [-1])]
)
def test_hits_that_fit_no_rules_are_refused(offsets: list[int], rules: list[int]) -> None:
    with pytest.raises(RuleCareInputError):
        Hits(("a", "b"), np.array(offsets), np.array(rules, np.int16))


def test_a_matrix_of_other_width_is_refused() -> None:
    with pytest.raises(RuleCareInputError, match="one column for each of 3 rules"):
        Hits.of_matrix(np.ones((4, 2), bool), ("a", "b", "c"))


def test_overlap_names_the_rule_that_sees_most_of_the_same() -> None:
    hits = Hits.of_matrix(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]], bool), ("few", "many", "other"))
    found = nearest_overlap(hits, hits.together())
    assert found[0] is not None
    assert (found[0].other, found[0].containment, round(found[0].jaccard, 3)) == ("many", 1.0, 0.667)
    assert found[2] is None
    assert containment(hits.together())[1, 0] == pytest.approx(2 / 3)
    assert jaccard(hits.together())[0, 2] == 0


@given(st.integers(0, 60), st.integers(0, 60))
def test_intervals_hold_what_was_seen_and_the_exact_one_is_the_wider(found: int, more: int) -> None:
    of = found + more
    share = found / of if of else 0.5
    for low, high in (wilson([found], [of]), clopper_pearson([found], [of])):
        assert 0 <= low[0] <= share <= high[0] <= 1
    assert clopper_pearson([found], [of])[0][0] <= wilson([found], [of])[0][0] + 0.02


def test_the_exact_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    low, high = clopper_pearson(rng.binomial(25, 0.1, 4_000), np.full(4_000, 25))
    assert ((low <= 0.1) & (high >= 0.1)).mean() >= 0.95


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=30))
def test_alerts_that_belong_together_are_never_worth_more_than_they_are(alerts: list[tuple[bool, int]]) -> None:
    frauds, cluster = np.array([a for a, _ in alerts], bool), np.array([c for _, c in alerts], np.int64)
    found, of = clustered(frauds, cluster)
    assert 0 <= found <= of <= len(alerts)
    if len(alerts):
        assert found / of == pytest.approx(frauds.mean())
