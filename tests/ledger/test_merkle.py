"""The Merkle tree: known roots and proofs, the readable twin, and the limits of what the functions are given."""

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_sample import entries_of, sm3

from ledger import merkle
from ledger.errors import ProofError
from ledger.frontier import sha256
from ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from ledger.reference import merkle as reference
from ledger.subtrees import consistency_ranges, split

# The eight entries with which Certificate Transparency is tested, and the roots of their first 1 to 8.
ENTRIES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
KNOWN_INCLUSIONS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
KNOWN_CONSISTENCIES = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
LEAVES = leaf_hashes(ENTRIES)
LARGEST = 2**64 - 1
whole_numbers = st.integers(1, LARGEST)


def test_the_roots_of_certificate_transparency_come_out() -> None:
    assert root([]).hex() == EMPTY
    assert [root(LEAVES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert [leaf_hash(entry) for entry in ENTRIES] == LEAVES


@pytest.mark.parametrize(("index", "size"), KNOWN_INCLUSIONS)
def test_known_inclusion_proofs_come_out_and_hold(index: int, size: int) -> None:
    proof = inclusion_proof(LEAVES, index, size)
    assert [one.hex() for one in proof] == KNOWN_INCLUSIONS[index, size]
    verify_inclusion(LEAVES[index], index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("size1", "size2"), KNOWN_CONSISTENCIES)
def test_known_consistency_proofs_come_out_and_hold(size1: int, size2: int) -> None:
    proof = consistency_proof(LEAVES, size1, size2)
    assert [one.hex() for one in proof] == KNOWN_CONSISTENCIES[size1, size2]
    verify_consistency(size1, size2, proof, *(bytes.fromhex(ROOTS[size - 1]) for size in (size1, size2)))


def test_all_roots_and_proofs_up_to_70_are_those_of_the_definition_and_hold() -> None:
    entries = entries_of(70)
    leaves = leaf_hashes(entries)
    roots = [root(leaves[:size]) for size in range(71)]
    for size in range(71):
        assert roots[size] == reference.root(entries[:size])
        for index in range(size):
            proof = inclusion_proof(leaves, index, size)
            assert proof == reference.inclusion_proof(index, entries[:size])
            verify_inclusion(leaves[index], index, size, proof, roots[size])
        for earlier in range(1, size + 1):
            proof = consistency_proof(leaves, earlier, size)
            assert proof == reference.consistency_proof(earlier, entries[:size])
            verify_consistency(earlier, size, proof, roots[earlier], roots[size])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.data())
def test_larger_trees_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, size))
    entries = entries_of(size, data.draw(st.text(max_size=3)))
    leaves = leaf_hashes(entries)
    assert inclusion_proof(leaves, number - 1) == reference.inclusion_proof(number - 1, entries)
    assert consistency_proof(leaves, number) == reference.consistency_proof(number, entries)
    assert root(leaves) == reference.root(entries)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65])
def test_a_tree_of_sm3_is_the_same_tree_with_another_digest(size: int) -> None:
    entries = entries_of(size)
    leaves = leaf_hashes(entries, hash=sm3)
    whole = root(leaves, hash=sm3)
    assert whole == reference.root(entries, sm3)
    for index in range(size):
        verify_inclusion(leaves[index], index, size, inclusion_proof(leaves, index, hash=sm3), whole, hash=sm3)
        with pytest.raises(ProofError):
            verify_inclusion(leaves[index], index, size + (size == 1), inclusion_proof(leaves, index, hash=sm3), whole)


def path_length(index: int, size: int) -> int:
    length = 0
    while size > 1:
        k = split(size)
        index, size = (index, k) if index < k else (index - k, size - k)
        length += 1
    return length


def some_hashes(count: int, seed: bytes) -> list[bytes]:
    return [sha256(b"%d %b" % (number, seed)) for number in range(count)]


@given(whole_numbers, st.binary(max_size=4), st.data())
def test_inclusion_holds_in_trees_of_up_to_2_to_the_64(size: int, seed: bytes, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = some_hashes(path_length(index, size), seed)
    whole = reference.root_from_path(b"entry", index, size, path)
    verify_inclusion(leaf_hash(b"entry"), index, size, path, whole)
    for wrong in (path[1:], [*path, bytes(32)]):
        with pytest.raises(ProofError, match="hashes"):
            verify_inclusion(leaf_hash(b"entry"), index, size, wrong or [bytes(32)] * 70, whole)
    with pytest.raises(ProofError, match="another root"):
        verify_inclusion(leaf_hash(b"other"), index, size, path, whole)


def joined(start: int, end: int, known: dict[tuple[int, int], bytes]) -> bytes:
    """MTH of a range of leaves, of which the parts in `known` are given."""
    if (start, end) in known:
        return known[start, end]
    middle = start + split(end - start)
    return node_hash(joined(start, middle, known), joined(middle, end, known))


@given(whole_numbers, st.binary(max_size=4), st.data())
def test_consistency_holds_between_trees_of_up_to_2_to_the_64(size2: int, seed: bytes, data: st.DataObject) -> None:
    size1 = data.draw(st.integers(1, size2))
    ranges = consistency_ranges(size1, size2)
    proof = some_hashes(len(ranges), seed)
    known = dict(zip(ranges, proof, strict=True))
    if size1 & (size1 - 1) == 0:
        known[0, size1] = b"r" * 32
    root1 = joined(0, size1, known) if ranges or (0, size1) in known else b"r" * 32
    root2 = joined(0, size2, known) if size1 < size2 else root1
    verify_consistency(size1, size2, proof, root1, root2)
    for wrong in ([*proof, bytes(32)], proof[1:] or [bytes(32)] * 70):
        with pytest.raises(ProofError, match="hashes"):
            verify_consistency(size1, size2, wrong, root1, root2)
    for place in range(len(proof)):
        changed = [*proof[:place], bytes(32), *proof[place + 1 :]]
        with pytest.raises(ProofError, match="another root"):
            verify_consistency(size1, size2, changed, root1, root2)


def test_arguments_stand_in_the_order_in_which_they_are_promised() -> None:
    promised = {
        "leaf_hash": ["data"],
        "root": ["leaf_hashes"],
        "inclusion_proof": ["leaf_hashes", "index", "size"],
        "consistency_proof": ["leaf_hashes", "size1", "size2"],
        "verify_inclusion": ["leaf_hash", "index", "size", "proof", "root"],
        "verify_consistency": ["size1", "size2", "proof", "root1", "root2"],
    }
    for name, arguments in promised.items():
        parameters = inspect.signature(getattr(merkle, name)).parameters
        assert list(parameters) == [*arguments, *(["hash"])], name


def test_proofs_are_lists_of_bytes_and_tuples_are_taken_too() -> None:
    for proof in (inclusion_proof(LEAVES, 3), consistency_proof(tuple(LEAVES), 3)):
        assert type(proof) is list
        assert {type(one) for one in proof} == {bytes}
    verify_inclusion(LEAVES[3], 3, 8, tuple(inclusion_proof(LEAVES, 3)), root(tuple(LEAVES)))
    verify_consistency(3, 8, tuple(consistency_proof(LEAVES, 3)), root(LEAVES[:3]), root(iter(LEAVES)))


def test_a_proof_from_size_0_and_between_equal_sizes_is_empty() -> None:
    assert consistency_proof(LEAVES, 0) == consistency_proof(LEAVES, 8) == consistency_proof([], 0) == []


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (3, 3), (0, 0), (0, 9), (True, 8), (1.0, 8), (0, None)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int | None) -> None:
    with pytest.raises(ProofError):
        inclusion_proof(LEAVES if size is not None else [], index, size)


@pytest.mark.parametrize(("size1", "size2"), [(9, 8), (5, 4), (-1, 8), (1, 9), (True, 8), (1, -1), (2.0, 8)])
def test_sizes_that_are_not_there_have_no_proof(size1: int, size2: int) -> None:
    with pytest.raises(ProofError):
        consistency_proof(LEAVES, size1, size2)


@pytest.mark.parametrize("leaves", [[bytes(31)], [bytes(33)], ["0" * 32], [None], [bytearray(32)], [*LEAVES, b""]])
def test_leaf_hashes_that_are_no_digests_have_no_root(leaves: list[bytes]) -> None:
    with pytest.raises(ProofError):
        root(leaves)


def test_a_leaf_is_not_a_node() -> None:
    """Without the two prefixes the concatenation of two hashes could be passed off as an entry."""
    pair = LEAVES[0] + LEAVES[1]
    assert leaf_hash(pair) != node_hash(LEAVES[0], LEAVES[1]) != sha256(pair)
