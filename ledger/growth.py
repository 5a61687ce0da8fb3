r"""Growth: that one checkpoint of a log continues another.

It is a consistency proof between their sizes, with the two sizes that such a proof does not cover. A checkpoint of size
0 must have the root of the empty tree, whatever continues it; and equal sizes must have equal roots.

References
----------
C2SP tlog-witness (c2sp.org/tlog-witness), on size 0; RFC 9162, section 2.1.4.
"""
# ruff: noqa: A002 - `hash` is the promised name of the keyword

from collections.abc import Sequence

from ledger.checkpoint import Checkpoint
from ledger.errors import ProofError
from ledger.frontier import Hash, sha256
from ledger.merkle import verify_consistency

__all__ = ["verify_growth"]


def verify_growth(
    earlier: Checkpoint | None, later: Checkpoint, proof: Sequence[bytes], *, hash: Hash = sha256
) -> None:
    """Check that a log only grew from one checkpoint to another.

    Parameters
    ----------
    earlier
        None for that of the empty tree.
    later
        A checkpoint of the same log.
    proof
        Between their sizes, as `ledger.merkle.consistency_proof` returns it; from size 0 it is empty.
    hash
        Digest of the tree.

    Raises
    ------
    ProofError
        If the proof does not show it.

    Examples
    --------
    >>> from ledger.merkle import leaf_hashes, root
    >>> leaves = leaf_hashes([b"a", b"b"])
    >>> one, two = (Checkpoint("log.example", size, root(leaves[:size])) for size in (1, 2))
    >>> verify_growth(None, one, [])
    >>> verify_growth(one, two, [leaves[1]])
    >>> verify_growth(two, one, [leaves[1]])
    Traceback (most recent call last):
    ...
    ledger.errors.faults.ProofError: size1 is 2; it should be at most size2, 1: a log never shrinks.
    """
    earlier = earlier or Checkpoint(later.origin, 0, hash(b""))
    if earlier.origin != later.origin:
        raise ProofError(f"The checkpoints are of {earlier.origin} and {later.origin}; they should be of one log.")
    for one in (earlier, later):
        if one.size == 0 and one.root != hash(b""):
            raise ProofError(f"A checkpoint of {one.origin} has size 0, but its root is not that of the empty tree.")
    if earlier.size == 0:
        if len(proof):
            raise ProofError(f"The proof has {len(proof)} hashes; from size 0 there is nothing to prove, and none.")
        return
    verify_consistency(earlier.size, later.size, proof, earlier.root, later.root, hash=hash)
