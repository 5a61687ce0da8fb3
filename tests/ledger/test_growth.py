"""Growth: the sizes that a consistency proof covers, and the two that it does not."""

import pytest
from log_sample import ORIGIN, entries_of, sm3

from ledger.checkpoint import Checkpoint
from ledger.errors import ProofError
from ledger.frontier import Hash, leaf_hashes, sha256
from ledger.growth import verify_growth
from ledger.merkle import consistency_proof, root

ENTRIES = entries_of(12)


def at(size: int, origin: str = ORIGIN, digest: Hash = sha256) -> Checkpoint:
    return Checkpoint(origin, size, root(leaf_hashes(ENTRIES[:size], hash=digest), hash=digest))


@pytest.mark.parametrize("digest", [sha256, sm3])
def test_a_log_that_grew_is_recognised_from_every_size(digest: Hash) -> None:
    leaves = leaf_hashes(ENTRIES, hash=digest)
    for earlier in range(13):
        for later in range(earlier, 13):
            proof = consistency_proof(leaves, earlier, later, hash=digest)
            verify_growth(at(earlier, digest=digest), at(later, digest=digest), proof, hash=digest)
    verify_growth(None, at(7, digest=digest), [], hash=digest)


@pytest.mark.parametrize(("earlier", "later"), [(5, 3), (1, 0), (12, 11)])
def test_a_log_does_not_shrink(earlier: int, later: int) -> None:
    with pytest.raises(ProofError):
        verify_growth(at(earlier), at(later), [])


def test_size_0_has_the_root_of_the_empty_tree_and_no_proof() -> None:
    wrong = Checkpoint(ORIGIN, 0, bytes(32))
    for earlier, later in [(wrong, at(3)), (None, wrong), (wrong, wrong), (at(0), wrong)]:
        with pytest.raises(ProofError, match="empty tree"):
            verify_growth(earlier, later, [])
    with pytest.raises(ProofError, match="nothing to prove"):
        verify_growth(at(0), at(3), [bytes(32)])


def test_checkpoints_of_two_logs_do_not_continue_each_other() -> None:
    with pytest.raises(ProofError, match="of one log"):
        verify_growth(at(3, "other.example"), at(3), [])


def test_equal_sizes_have_equal_roots() -> None:
    with pytest.raises(ProofError, match="forked"):
        verify_growth(at(3), Checkpoint(ORIGIN, 3, bytes(32)), [])
