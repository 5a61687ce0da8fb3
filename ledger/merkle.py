"""The Merkle tree over the log: roots, and proofs that an entry is in it or that it only ever grew.

Two short proofs stand for the whole log. An inclusion proof shows that an entry is at its place under a root; a
consistency proof shows that a tree of some size is the beginning of a larger one, so nothing was changed or dropped.
Both have at most about 2 log2(size) hashes.

The verifiers answer with None or a `ProofError`, whatever they are given. Equal sizes are consistent if the roots are
equal and the proof is empty. A tree of size 0 is the beginning of every tree, so its consistency proof is empty and
shows nothing: `verify_consistency` refuses size 0, even beside another 0. So do RFC 6962 and RFC 9162 (0 < first) and
the vectors of transparency-dev since 2026; older versions of that library let 0 pass beside any size (until 2024), then
beside 0 alone. Who holds a root of size 0 compares it with that of the empty tree, as `ledger.witness` does.

`inclusion_proof` and `consistency_proof` hash all leaves they are given; proofs of a large log come from stored
subtrees, see `ledger.tile_reader`.

References
----------
RFC 6962, section 2.1: tree, PATH and PROOF; RFC 9162, sections 2.1.3 and 2.1.4: the same tree, and verification.
"""
# ruff: noqa: A002 - `hash` is the promised name of the keyword

from collections.abc import Iterable, Sequence

from ledger.errors import ProofError
from ledger.frontier import LARGEST_SIZE, Frontier, Hash, check_hashes, leaf_hash, leaf_hashes, node_hash, sha256
from ledger.subtrees import consistency_ranges, inclusion_ranges

__all__ = [
    "Frontier",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "leaf_hashes",
    "node_hash",
    "root",
    "verify_consistency",
    "verify_inclusion",
]


def root(leaf_hashes: Iterable[bytes], *, hash: Hash = sha256) -> bytes:
    r"""Return the root of the tree over some leaf hashes, in order.

    Parameters
    ----------
    leaf_hashes
        What `leaf_hash` made of each entry; may be a stream.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If one of them is not a digest.

    Examples
    --------
    >>> root([]).hex()[:16]
    'e3b0c44298fc1c14'
    >>> root([leaf_hash(b""), leaf_hash(b"\x00"), leaf_hash(b"\x10")]).hex()[:16]
    'aeb6bcfe274b70a1'
    """
    return Frontier(hash=hash).extend(leaf_hashes).root()


def inclusion_proof(
    leaf_hashes: Sequence[bytes], index: int, size: int | None = None, *, hash: Hash = sha256
) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root, lowest first.

    Parameters
    ----------
    leaf_hashes
        All leaf hashes of the tree.
    index
        Place of the leaf, from 0.
    size
        Number of leaves of the tree to prove it in; all if not given.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If there is no such leaf, or fewer leaf hashes than `size`.

    Examples
    --------
    >>> leaves = leaf_hashes([b"a", b"b", b"c"])
    >>> proof = inclusion_proof(leaves, 1)
    >>> proof == [leaves[0], leaves[2]]
    True
    >>> verify_inclusion(leaves[1], 1, 3, proof, root(leaves))
    """
    size = _size_within(size, len(leaf_hashes))
    return [root(leaf_hashes[start:end], hash=hash) for start, end in inclusion_ranges(index, size)]


def consistency_proof(
    leaf_hashes: Sequence[bytes], size1: int, size2: int | None = None, *, hash: Hash = sha256
) -> list[bytes]:
    """Return the hashes that show that a tree is the beginning of a larger one.

    Parameters
    ----------
    leaf_hashes
        All leaf hashes of the larger tree.
    size1, size2
        Leaves of the smaller and the larger tree; the larger has all of them if not given. From size 0, and between
        equal sizes, the proof is empty.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If size1 is larger than size2, or there are fewer leaf hashes than size2.

    Examples
    --------
    >>> leaves = leaf_hashes([b"a", b"b", b"c"])
    >>> proof = consistency_proof(leaves, 2)
    >>> proof == [leaves[2]]
    True
    >>> verify_consistency(2, 3, proof, root(leaves[:2]), root(leaves))
    """
    size2 = _size_within(size2, len(leaf_hashes))
    return [root(leaf_hashes[start:end], hash=hash) for start, end in consistency_ranges(size1, size2)]


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, *, hash: Hash = sha256
) -> None:
    """Check that an entry is at its place in the tree with this size and root.

    Parameters
    ----------
    leaf_hash
        `leaf_hash` of the entry.
    index
        Its place, from 0.
    size
        Number of leaves of the tree, from where the root comes from: a proof for another size may have the same shape.
    proof
        What `inclusion_proof` returned; a list, or a tuple.
    root
        Root of the tree, from a source that is trusted, such as a cosigned checkpoint.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If the proof does not show it, or an argument is not what it should be.

    Examples
    --------
    >>> leaves = leaf_hashes([b"a", b"b"])
    >>> verify_inclusion(leaves[0], 1, 2, [leaves[1]], root(leaves))
    Traceback (most recent call last):
    ...
    ledger.errors.faults.ProofError: The proof leads to another root, so entry 1 is not the one that was asked about.
    """
    length = len(hash(b""))
    _check_size(index, "index")
    _check_size(size, "size")
    if index >= size:
        raise ProofError(f"index is {index}; it should be below the tree's size, {size}.")
    _check_hash(leaf_hash, "leaf_hash", length)
    _check_hash(root, "root", length)
    check_hashes(proof, "proof", length)
    inner = (index ^ (size - 1)).bit_length()  # below this height the paths to this leaf and to the last one differ
    _check_length(proof, inner + (index >> inner).bit_count())
    found = leaf_hash
    for height, sibling in enumerate(proof):
        is_left = height < inner and not index >> height & 1
        found = node_hash(found, sibling, hash=hash) if is_left else node_hash(sibling, found, hash=hash)
    if found != root:
        raise ProofError(f"The proof leads to another root, so entry {index} is not the one that was asked about.")


def verify_consistency(
    size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes, *, hash: Hash = sha256
) -> None:
    """Check that the tree with size1 and root1 is the beginning of the tree with size2 and root2.

    Parameters
    ----------
    size1, size2
        Number of leaves, 0 < size1 <= size2; each from where its root comes from.
    proof
        What `consistency_proof` returned; a list, or a tuple.
    root1, root2
        The roots.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If the proof does not show it, or an argument is not what it should be.

    Examples
    --------
    >>> one, two = root(leaf_hashes([b"a"])), root(leaf_hashes([b"a", b"b"]))
    >>> verify_consistency(1, 2, [leaf_hash(b"b")], one, two)
    >>> verify_consistency(1, 2, [leaf_hash(b"c")], one, two)
    Traceback (most recent call last):
    ...
    ledger.errors.faults.ProofError: The proof leads to another root of size 2, so ...
    """
    length = len(hash(b""))
    _check_size(size1, "size1")
    _check_size(size2, "size2")
    check_hashes(proof, "proof", length)
    if size1 > size2:
        raise ProofError(f"size1 is {size1}; it should be at most size2, {size2}: a log never shrinks.")
    if size1 == 0:
        raise ProofError("size1 is 0; every tree begins with the empty one, so there is nothing to prove.")
    if size1 == size2:
        _check_equal_sizes(size1, proof, root1, root2)
        return
    _check_hash(root1, "root1", length)
    _check_hash(root2, "root2", length)
    _check_grown(size1, size2, proof, root1, root2, hash)


def _check_equal_sizes(size: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    # any two equal roots will do, as in the vectors of transparency-dev: the claim is only that they are the same
    _check_length(proof, 0)
    if type(root1) is not bytes or type(root2) is not bytes:
        raise ProofError(f"The roots are {type(root1).__name__} and {type(root2).__name__}; they should be bytes.")
    if root1 != root2:
        raise ProofError(f"There are two roots of size {size}: the log was forked.")


def _check_grown(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes, hash: Hash) -> None:
    last = size1 - 1
    shift = (size1 & -size1).bit_length() - 1  # the last complete subtree of the smaller tree has 2**shift leaves
    inner = (last ^ (size2 - 1)).bit_length()
    is_complete = size1 == 1 << shift  # then the smaller tree is that subtree, and its root is known
    _check_length(proof, inner - shift + (last >> inner).bit_count() + (not is_complete))
    old = new = root1 if is_complete else proof[0]
    for height, sibling in enumerate(proof if is_complete else proof[1:], start=shift):
        if height < inner and not last >> height & 1:  # the sibling came after the smaller tree
            new = node_hash(new, sibling, hash=hash)
        else:
            old, new = node_hash(sibling, old, hash=hash), node_hash(sibling, new, hash=hash)
    if old != root1:
        raise ProofError(f"The proof leads to another root of size {size1}, so it is not about the smaller tree.")
    if new != root2:
        raise ProofError(
            f"The proof leads to another root of size {size2}, so the larger tree does not begin with the smaller one."
        )


def _check_size(number: int, what: str) -> None:
    if type(number) is not int:  # a bool is refused too
        raise ProofError(f"{what} is of type {type(number).__name__}; it should be a whole number.")
    if not 0 <= number <= LARGEST_SIZE:  # the number is not shown: it may be too long to print
        raise ProofError(f"{what} should be from 0 to 2**64 - 1.")


def _check_hash(one: bytes, what: str, length: int) -> None:
    if type(one) is not bytes:
        raise ProofError(f"{what} is of type {type(one).__name__}; it should be bytes.")
    if len(one) != length:
        raise ProofError(f"{what} has {len(one)} bytes; it should have {length}.")


def _check_length(proof: Sequence[bytes], wanted: int) -> None:
    if len(proof) != wanted:
        raise ProofError(f"The proof has {len(proof)} hashes; it should have {wanted}.")


def _size_within(size: int | None, leaves: int) -> int:
    if size is None:
        return leaves
    _check_size(size, "size")
    if size > leaves:
        raise ProofError(f"size is {size}, but there are only {leaves} leaf hashes.")
    return size
