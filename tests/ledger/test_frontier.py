"""The growing edge of the tree: appended in any portions it is the same tree."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_sample import entries_of, sm3

from ledger.errors import ProofError
from ledger.frontier import AT_A_TIME, LARGEST_SIZE, Frontier, check_hashes, leaf_hash, leaf_hashes, sha256
from ledger.reference import merkle as reference

SOME = sha256(b"some")


@given(st.lists(st.integers(0, 40), max_size=8))
def test_appended_in_any_portions_it_has_the_root_of_the_definition(portions: list[int]) -> None:
    entries = entries_of(sum(portions))
    leaves, frontier, start = leaf_hashes(entries), Frontier(), 0
    for count in portions:
        frontier = frontier.extend(leaves[start : start + count])
        start += count
        assert frontier.size == start
        assert frontier.root() == reference.root(entries[:start])
        assert frontier == Frontier(frontier.size, frontier.hashes)
        assert len(frontier.hashes) == start.bit_count()


def test_one_by_one_and_at_once_come_to_the_same() -> None:
    leaves = leaf_hashes(entries_of(70))
    frontier = Frontier()
    for number, leaf in enumerate(leaves, 1):
        frontier = frontier.append(leaf)
        assert frontier == Frontier().extend(leaves[:number])


def test_a_stream_longer_than_one_part_is_read_in_parts() -> None:
    size = AT_A_TIME + 3
    whole = Frontier().extend(iter([SOME] * size))
    assert whole.size == size
    assert whole == Frontier().extend([SOME] * 5).extend([SOME] * (size - 5))


def test_appending_leaves_the_old_frontier_as_it_was() -> None:
    old = Frontier().extend([SOME] * 3)
    before = (old.size, old.hashes)
    old.extend([SOME] * 9)
    assert (old.size, old.hashes) == before


def test_another_digest_gives_another_tree() -> None:
    entries = entries_of(11)
    frontier = Frontier(hash=sm3).extend(leaf_hashes(entries, hash=sm3))
    assert frontier.root() == reference.root(entries, sm3)
    assert frontier.root() != reference.root(entries)
    assert Frontier(hash=sm3).root() == sm3(b"")


def test_the_fast_way_with_sha_256_is_the_way_of_any_digest() -> None:
    def another(data: bytes) -> bytes:
        return sha256(data)

    entries = entries_of(23)
    assert leaf_hashes(entries) == leaf_hashes(entries, hash=another) == [leaf_hash(one) for one in entries]
    leaves = leaf_hashes(entries)
    assert Frontier(hash=another).extend(leaves).root() == Frontier().extend(leaves).root()


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(1, ()), (0, (SOME,)), (3, (SOME,)), (4, (SOME, SOME)), (-1, ()), (LARGEST_SIZE + 1, (SOME,)), (True, (SOME,))],
)
def test_a_frontier_whose_hashes_do_not_fit_its_size_is_refused(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(ProofError):
        Frontier(size, hashes)


def test_a_log_is_at_most_2_to_the_64_less_1_long() -> None:
    full = Frontier(LARGEST_SIZE, (SOME,) * 64)
    with pytest.raises(ProofError, match="2\\*\\*64"):
        full.append(SOME)


@pytest.mark.parametrize("hashes", [[b""], [SOME, SOME[:31]], [SOME + b"x"], [None], ["x" * 32], [bytearray(32)], [7]])
def test_what_is_no_digest_is_named(hashes: list[Any]) -> None:
    with pytest.raises(ProofError, match=f"Hash {len(hashes) - 1} of them"):
        check_hashes(hashes, "them", 32)
    with pytest.raises(ProofError):
        Frontier().extend(hashes)


@pytest.mark.parametrize("hashes", [None, SOME, {SOME}, iter([SOME]), "x", 3])
def test_what_is_no_list_is_refused(hashes: Any) -> None:
    with pytest.raises(ProofError, match="should be a list"):
        check_hashes(hashes, "them", 32)
