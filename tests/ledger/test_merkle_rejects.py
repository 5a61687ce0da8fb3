"""What the verifiers of the Merkle tree must refuse: each accepted proof with one thing broken, and any garbage."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_merkle import ENTRIES, KNOWN_CONSISTENCIES, KNOWN_INCLUSIONS, LEAVES

from ledger.errors import ProofError
from ledger.frontier import sha256
from ledger.merkle import consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion

Inclusion = tuple[bytes, int, int, list[bytes], bytes]
Consistency = tuple[int, int, list[bytes], bytes, bytes]
SOME, EMPTY = bytes.fromhex("abacaba0" + "00" * 21 + "60061e00123456"), sha256(b"")


def flipped(proof: list[bytes], place: int, byte: int) -> list[bytes]:
    one = proof[place]
    changed = one[:byte] + bytes([one[byte] ^ 8]) + one[byte + 1 :]
    return [*proof[:place], changed, *proof[place + 1 :]]


def broken_inclusions(
    leaf: bytes, index: int, size: int, proof: list[bytes], whole: bytes
) -> Iterator[tuple[str, Any]]:
    right = {"leaf": leaf, "index": index, "size": size, "proof": proof, "root": whole}

    def but(name: str, **changed: Any) -> tuple[str, Any]:
        return name, tuple({**right, **changed}.values())

    yield but("index one less", index=index - 1)
    yield but("index one less, in 64 bits", index=(index - 1) % 2**64)
    yield but("index one more", index=index + 1)
    yield but("another bit of the index", index=index ^ 2)
    yield but("index as text", index=str(index))
    yield but("index as a bool", index=bool(index))
    yield but("index as a float", index=float(index))
    yield but("index beyond 64 bits", index=2**64)
    yield but("index out of all bounds", index=10**5000)
    yield but("size doubled", size=size * 2)
    yield but("size halved", size=size // 2)
    yield but("size 0", size=0)
    yield but("size negative", size=-size)
    yield but("size beyond 64 bits", size=2**64 + size)
    yield but("no size", size=None)
    yield but("leaf of another length", leaf=b"WrongLeaf")
    yield but("leaf empty", leaf=b"")
    yield but("another leaf", leaf=SOME)
    yield but("entry instead of its hash", leaf=ENTRIES[index])
    yield but("leaf as a bytearray", leaf=bytearray(leaf))
    yield but("no leaf", leaf=None)
    yield but("root of the empty tree", root=EMPTY)
    yield but("another root", root=SOME)
    yield but("root truncated", root=whole[:-1])
    yield but("root with a byte more", root=whole + b"\x00")
    yield but("root empty", root=b"")
    yield but("root in hexadecimal", root=whole.hex())
    yield but("an empty hash at the end", proof=[*proof, b""])
    yield but("the root at the end", proof=[*proof, whole])
    yield but("an empty hash in front", proof=[b"", *proof])
    yield but("the root in front", proof=[whole, *proof])
    yield but("64 hashes more", proof=[*proof, *[SOME] * 64])
    yield but("no proof", proof=None)
    yield but("proof as one run of bytes", proof=b"".join(proof) or b"x")
    yield but("proof in hexadecimal", proof=[one.hex() for one in proof] or ["00" * 32])
    for place in range(len(proof)):
        yield but(f"hash {place} changed in its first byte", proof=flipped(proof, place, 0))
        yield but(f"hash {place} changed in its last byte", proof=flipped(proof, place, 31))
        yield but(f"hash {place} truncated", proof=[*proof[:place], proof[place][:31], *proof[place + 1 :]])
        yield but(f"hash {place} missing", proof=proof[:place] + proof[place + 1 :])
        yield but(f"hash {place} twice", proof=[*proof[: place + 1], *proof[place:]])
        yield but(f"hash {place} replaced", proof=[*proof[:place], SOME, *proof[place + 1 :]])
    for place in range(len(proof) - 1):
        swapped = [*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :]]
        yield but(f"hashes {place} and {place + 1} swapped", proof=swapped)
    if proof:
        yield but("proof empty", proof=[])
        yield but("proof in reverse, with one more", proof=[*proof[::-1], SOME])


def broken_consistencies(
    size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes
) -> Iterator[tuple[str, Any]]:
    right = {"size1": size1, "size2": size2, "proof": proof, "root1": root1, "root2": root2}

    def but(name: str, **changed: Any) -> tuple[str, Any]:
        return name, tuple({**right, **changed}.values())

    yield but("size1 0", size1=0)
    yield but("both sizes 0", size1=0, size2=0)
    yield but("size1 negative", size1=-size1)
    yield but("size1 above size2", size1=size2 + 1)
    yield but("size1 as a bool", size1=True)
    yield but("size1 out of all bounds", size1=10**5000, size2=10**5000)
    yield but("size2 beyond 64 bits", size2=2**64)
    yield but("no size2", size2=None)
    yield but("size2 as text", size2=str(size2))
    yield but("root1 of another length", root1=b"WrongRoot")
    yield but("root2 of another length", root2=b"WrongRoot")
    yield but("no root1", root1=None)
    yield but("root2 as text", root2=root2.hex())
    yield but("another root1", root1=SOME)
    yield but("another root2", root2=SOME)
    yield but("an empty hash at the end", proof=[*proof, b""])
    yield but("root1 at the end", proof=[*proof, root1])
    yield but("root2 at the end", proof=[*proof, root2])
    yield but("an empty hash in front", proof=[b"", *proof])
    yield but("root1 in front", proof=[root1, *proof])
    yield but("root2 in front", proof=[root2, *proof])
    yield but("64 hashes more", proof=[*proof, *[SOME] * 64])
    yield but("no proof", proof=None)
    if size1 == size2:
        return
    yield but("size1 one less", size1=size1 - 1)
    yield but("size1 one more", size1=size1 + 1)
    yield but("another bit of size1", size1=size1 ^ 2)
    yield but("size2 doubled", size2=size2 * 2)
    yield but("size2 halved", size2=size2 // 2)
    yield but("both sizes of the smaller", size2=size1)
    yield but("both sizes of the larger", size1=size2)
    yield but("roots swapped", root1=root2, root2=root1)
    yield but("root2 twice", root1=root2)
    yield but("root1 twice", root2=root1)
    yield but("proof empty", proof=[])
    yield but("first hash twice", proof=[proof[0], *proof])
    for place in range(len(proof)):
        yield but(f"hash {place} changed", proof=flipped(proof, place, 0))
        yield but(f"hash {place} truncated", proof=[*proof[:place], proof[place][:31], *proof[place + 1 :]])
        yield but(f"hash {place} missing", proof=proof[:place] + proof[place + 1 :])
    for place in range(len(proof) - 1):
        swapped = [*proof[:place], proof[place + 1], proof[place], *proof[place + 2 :]]
        yield but(f"hashes {place} and {place + 1} swapped", proof=swapped)


def refused(check: Callable[..., None], given: Any) -> bool:
    """Whether a verifier refuses; it must not answer in any other way than with None or a ProofError."""
    try:
        answer: object = check(*given)
    except ProofError:
        return True
    assert answer is None
    return False


def inclusion(index: int, size: int) -> Inclusion:
    return LEAVES[index], index, size, inclusion_proof(LEAVES, index, size), root(LEAVES[:size])


def consistency(size1: int, size2: int) -> Consistency:
    return size1, size2, consistency_proof(LEAVES, size1, size2), root(LEAVES[:size1]), root(LEAVES[:size2])


WRONG_INCLUSIONS = [
    pytest.param(given, id=f"entry {place[0]} of {place[1]}: {name}")
    for place in KNOWN_INCLUSIONS
    for name, given in broken_inclusions(*inclusion(*place))
]
WRONG_CONSISTENCIES = [
    pytest.param(given, id=f"{sizes[0]} to {sizes[1]}: {name}")
    for sizes in KNOWN_CONSISTENCIES
    for name, given in broken_consistencies(*consistency(*sizes))
    if given != consistency(*sizes)
]


@pytest.mark.parametrize("given", WRONG_INCLUSIONS)
def test_a_broken_proof_of_inclusion_is_refused(given: Any) -> None:
    assert refused(verify_inclusion, given)


@pytest.mark.parametrize("given", WRONG_CONSISTENCIES)
def test_a_broken_proof_of_consistency_is_refused(given: Any) -> None:
    assert refused(verify_consistency, given)


def test_every_flipped_bit_of_a_proof_is_found() -> None:
    leaf, index, size, proof, whole = inclusion(5, 7)
    for place in range(len(proof)):
        for byte in range(32):
            assert refused(verify_inclusion, (leaf, index, size, flipped(proof, place, byte), whole))


# sizes, proof and roots that show nothing, as transparency-dev has them since 2026
BY_THEMSELVES = {
    "sizes 0, roots differ": ((0, 0, [], b"1", b"2"), True),
    "sizes 0, roots equal": ((0, 0, [], b"1", b"1"), True),
    "sizes 0, both roots empty": ((0, 0, [], EMPTY, EMPTY), True),
    "sizes 0, with a proof": ((0, 0, [EMPTY], EMPTY, EMPTY), True),
    "from 0 to 1": ((0, 1, [], EMPTY, SOME), True),
    "from 0 to 1, with a proof": ((0, 1, [EMPTY], EMPTY, EMPTY), True),
    "sizes 1, roots differ": ((1, 1, [], b"1", b"2"), True),
    "sizes 1, roots equal": ((1, 1, [], b"1", b"1"), False),
    "sizes 1, with a proof": ((1, 1, [EMPTY], EMPTY, EMPTY), True),
    "back from 1 to 0": ((1, 0, [], SOME, EMPTY), True),
    "back from 2 to 1": ((2, 1, [], SOME, SOME), True),
    "from 1 to 2 without a proof": ((1, 2, [], SOME, SOME), True),
}


@pytest.mark.parametrize("name", BY_THEMSELVES)
def test_sizes_that_show_nothing_are_refused(name: str) -> None:
    given, wanted = BY_THEMSELVES[name]
    assert refused(verify_consistency, given) == wanted


@pytest.mark.parametrize(("index", "size"), [(0, 0), (0, 1), (1, 0), (2, 1)])
@pytest.mark.parametrize(("leaf", "whole"), [(SOME, b""), (b"", EMPTY), (SOME, EMPTY), (b"", b"")])
def test_an_empty_proof_shows_nothing_of_other_roots(leaf: bytes, index: int, size: int, whole: bytes) -> None:
    assert refused(verify_inclusion, (leaf, index, size, [], whole))


def test_a_size_is_only_as_good_as_the_checkpoint_it_came_with() -> None:
    """The first entry has proofs of one shape in trees of 5 and of 6: the root decides, not the size."""
    leaf, index, _, proof, whole = inclusion(0, 5)
    assert not refused(verify_inclusion, (leaf, index, 6, proof, whole))
    assert refused(verify_inclusion, (leaf, index, 6, proof, root(LEAVES[:6])))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 7])
def test_an_entry_just_past_the_end_is_not_in_the_tree(size: int) -> None:
    """Its proof in the tree with one entry more has the right shape for the smaller size."""
    leaf, index, _, proof, whole = inclusion(size, size + 1)
    assert refused(verify_inclusion, (leaf, index, size, proof, whole))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(0, 9)
    | st.just(2**64)
    | st.floats()
    | st.text(max_size=40)
    | st.binary(max_size=40)
    | st.binary(min_size=32, max_size=32)
    | st.builds(bytearray, st.binary(min_size=32, max_size=32))
    | st.just(bytes),
    lambda inner: (
        st.lists(inner, max_size=6) | st.tuples(inner) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(anything, anything, anything, anything, anything)
def test_the_verifiers_refuse_garbage_in_one_way(one: Any, two: Any, three: Any, four: Any, five: Any) -> None:
    refused(verify_inclusion, (one, two, three, four, five))
    refused(verify_consistency, (one, two, three, four, five))


@given(st.integers(0, 4), anything)
def test_garbage_in_the_place_of_one_argument_is_refused(place: int, garbage: Any) -> None:
    for check, right in ((verify_inclusion, inclusion(5, 8)), (verify_consistency, consistency(6, 8))):
        given = [*right[:place], garbage, *right[place + 1 :]]
        is_same = type(garbage) is type(right[place]) and garbage == right[place]
        is_tuple = garbage == tuple(right[place]) if isinstance(right[place], list) else False
        # in the place of a size it may be one of a tree in which the proof has the same shape
        assert refused(check, given) or is_same or is_tuple or isinstance(garbage, int)
