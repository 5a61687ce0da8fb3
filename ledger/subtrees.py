"""Which parts of a Merkle tree a proof is made of.

A proof is a list of roots of parts of the tree. Here are only their ranges of leaves, so that the hashes may come from
wherever they are: hashed from the leaves (`ledger.merkle`) or read from stored tiles (`ledger.tile_reader`).

References
----------
RFC 6962, section 2.1.1 (PATH), section 2.1.2 (PROOF).
"""

from ledger.errors import ProofError
from ledger.frontier import LARGEST_SIZE

__all__ = ["complete_subtrees", "consistency_ranges", "inclusion_ranges", "split"]


def split(size: int) -> int:
    """Return how many leaves are left of the root: the largest power of two below the size, which is at least 2.

    Examples
    --------
    >>> split(2), split(3), split(4), split(5)
    (1, 2, 2, 4)
    """
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose roots lead from one leaf to the root, smallest first.

    Raises
    ------
    ProofError
        If the leaf is not in the tree.

    Examples
    --------
    >>> inclusion_ranges(5, 7)
    [(4, 5), (6, 7), (0, 4)]
    """
    if type(index) is not int or not 0 <= index < min(size, LARGEST_SIZE):
        raise ProofError(f"The place of an entry should be a whole number from 0 to below the tree's size, {size}.")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(size1: int, size2: int) -> list[tuple[int, int]]:
    """Return the ranges of leaves whose roots show that a tree begins with a smaller one.

    Raises
    ------
    ProofError
        If size1 is negative or above size2.

    Examples
    --------
    >>> consistency_ranges(3, 7)
    [(2, 3), (3, 4), (0, 2), (4, 7)]
    >>> consistency_ranges(0, 7), consistency_ranges(7, 7)
    ([], [])
    """
    if type(size1) is not int or not 0 <= size1 <= min(size2, LARGEST_SIZE):
        raise ProofError(
            f"The size of the smaller tree should be a whole number from 0 to that of the larger, {size2}."
        )
    if size1 in (0, size2):
        return []
    start, end, found = 0, size2, []
    while size1 != end:
        middle = start + split(end - start)
        if size1 <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return ([(start, end)] if start else []) + found[::-1]


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that make up a range of leaves, left to right, as (height, place at that height).

    The range is one of a tree or of a proof, so its start is a multiple of its largest complete subtree.

    Examples
    --------
    >>> complete_subtrees(0, 7), complete_subtrees(4, 7)
    ([(2, 0), (1, 2), (0, 6)], [(1, 2), (0, 6)])
    """
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append((height, start >> height))
        start += 1 << height
    return found
