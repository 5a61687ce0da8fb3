"""Of which parts of the tree a proof is made: they are those of the definition, and they fill the tree."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_sample import entries_of

from ledger.errors import ProofError
from ledger.frontier import LARGEST_SIZE
from ledger.reference import merkle as reference
from ledger.subtrees import complete_subtrees, consistency_ranges, inclusion_ranges, split

sizes = st.integers(1, LARGEST_SIZE)


@given(st.integers(2, LARGEST_SIZE))
def test_a_tree_is_split_at_the_largest_power_of_two_below_its_size(size: int) -> None:
    assert split(size) < size <= 2 * split(size)
    assert split(size).bit_count() == 1


def test_the_ranges_have_the_roots_of_the_definition() -> None:
    entries = entries_of(40)
    for size in range(1, 41):
        for number in range(size):
            ranges = inclusion_ranges(number, size)
            assert [reference.root(entries[a:b]) for a, b in ranges] == reference.inclusion_proof(
                number, entries[:size]
            )
            ranges = consistency_ranges(number + 1, size)
            proof = reference.consistency_proof(number + 1, entries[:size])
            assert [reference.root(entries[a:b]) for a, b in ranges] == proof


@given(sizes, st.data())
def test_an_inclusion_proof_covers_all_leaves_but_the_one(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    covered = sorted([*inclusion_ranges(index, size), (index, index + 1)])
    assert covered[0][0] == 0
    assert covered[-1][1] == size
    assert all(end == start for (_, end), (start, _) in pairwise(covered))


@given(sizes, st.data())
def test_no_part_of_a_consistency_proof_lies_in_both_trees_and_outside(size2: int, data: st.DataObject) -> None:
    size1 = data.draw(st.integers(1, size2))
    ranges = consistency_ranges(size1, size2)
    assert all(end <= size1 or start >= size1 for start, end in ranges)
    assert len(ranges) <= size2.bit_length() + 1
    added = sorted(one for one in ranges if one[0] >= size1)
    assert sum(end - start for start, end in added) == size2 - size1


@given(sizes, st.data())
def test_complete_subtrees_fill_a_part_of_a_proof_from_left_to_right(size: int, data: st.DataObject) -> None:
    for start, end in inclusion_ranges(data.draw(st.integers(0, size - 1)), size):
        subtrees = complete_subtrees(start, end)
        edges = [(place << height, (place + 1) << height) for height, place in subtrees]
        assert [edge for edge, _ in edges] == [start, *(edge for _, edge in edges[:-1])]
        assert edges[-1][1] == end
        assert [height for height, _ in subtrees] == sorted({height for height, _ in subtrees}, reverse=True)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (True, 5), (2.0, 5), (LARGEST_SIZE, 2**65)])
def test_an_entry_that_is_not_there_has_no_ranges(index: Any, size: int) -> None:
    with pytest.raises(ProofError):
        inclusion_ranges(index, size)


@pytest.mark.parametrize(("size1", "size2"), [(6, 5), (-1, 5), (True, 5), (2.0, 5), (LARGEST_SIZE + 1, 2**65)])
def test_a_size_beyond_the_larger_has_no_ranges(size1: Any, size2: int) -> None:
    with pytest.raises(ProofError):
        consistency_ranges(size1, size2)
