"""The Merkle tree as RFC 6962 defines it, word for word.

References
----------
RFC 6962, sections 2.1 (MTH), 2.1.1 (PATH) and 2.1.2 (PROOF, SUBPROOF); RFC 9162, section 2.1.3.2, for the direction of
each hash of a path.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

__all__ = ["consistency_proof", "inclusion_proof", "root", "root_from_path"]

Hash = Callable[[bytes], bytes]


def _sha256(data: bytes) -> bytes:
    return sha256(data).digest()


def root(entries: Sequence[bytes], hash: Hash = _sha256) -> bytes:  # noqa: A002 - the standard's name
    """Return MTH(D[n]): the hash of nothing, of one entry after a 0 byte, or of two subtrees' after a 1 byte.

    Examples
    --------
    >>> root([]).hex()[:8], root([b""]).hex()[:8]
    ('e3b0c442', '6e340b9c')
    """
    if not entries:
        return hash(b"")
    if len(entries) == 1:
        return hash(b"\x00" + entries[0])
    k = _largest_power_below(len(entries))
    return hash(b"\x01" + root(entries[:k], hash) + root(entries[k:], hash))


# `hash` is the RFC's own word.
def inclusion_proof(index: int, entries: Sequence[bytes], hash: Hash = _sha256) -> list[bytes]:  # noqa: A002 - as above
    """Return PATH(m, D[n]): the sibling of each node on the way from the leaf to the root.

    Examples
    --------
    >>> inclusion_proof(0, [b"a", b"b"]) == [root([b"b"])]
    True
    """
    if len(entries) == 1:
        return []
    k = _largest_power_below(len(entries))
    if index < k:
        return [*inclusion_proof(index, entries[:k], hash), root(entries[k:], hash)]
    return [*inclusion_proof(index - k, entries[k:], hash), root(entries[:k], hash)]


# `hash` is the RFC's own word.
def consistency_proof(size: int, entries: Sequence[bytes], hash: Hash = _sha256) -> list[bytes]:  # noqa: A002 - as above
    """Return PROOF(m, D[n]) for 0 < m < n.

    Examples
    --------
    >>> consistency_proof(1, [b"a", b"b"]) == [root([b"b"])]
    True
    """
    return _subproof(size, entries, True, hash)


# `hash` is the RFC's own word.
def root_from_path(entry: bytes, index: int, size: int, path: Sequence[bytes], hash: Hash = _sha256) -> bytes:  # noqa: A002 - as above
    """Return the root to which a path leads from an entry: left or right as the tree of this size has it.

    Examples
    --------
    >>> root_from_path(b"a", 0, 2, [root([b"b"])]) == root([b"a", b"b"])
    True
    """
    if size == 1:
        return hash(b"\x00" + entry)
    k = _largest_power_below(size)
    if index < k:
        return hash(b"\x01" + root_from_path(entry, index, k, path[:-1], hash) + path[-1])
    return hash(b"\x01" + path[-1] + root_from_path(entry, index - k, size - k, path[:-1], hash))


# `hash` is the RFC's own word.
def _subproof(size: int, entries: Sequence[bytes], is_known: bool, hash: Hash) -> list[bytes]:  # noqa: A002 - as above
    if size == len(entries):
        return [] if is_known else [root(entries, hash)]
    k = _largest_power_below(len(entries))
    if size <= k:
        return [*_subproof(size, entries[:k], is_known, hash), root(entries[k:], hash)]
    return [*_subproof(size - k, entries[k:], False, hash), root(entries[:k], hash)]


def _largest_power_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k
