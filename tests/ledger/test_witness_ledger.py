"""Real ledgers and witnesses: an operator that shows two histories, or goes back to an old one, is caught."""

import shutil
from pathlib import Path

import pytest
from ledger_sample import Consortium
from witness_sample import Watcher, continued, last_checkpoint, three_watchers

from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.proof import prove_growth
from ledger.errors import EquivocationError, ProofError, RollbackError, WitnessError


@pytest.fixture
def watchers(tmp_path: Path, people: Consortium) -> list[Watcher]:
    return three_watchers(tmp_path, people)


@pytest.fixture
def fork(copy: Path, tmp_path: Path) -> Path:
    """A second copy of the ledger, for the operator to go on with in another way."""
    other = tmp_path / "fork.ledger"
    shutil.copy(copy, other)
    return other


def test_an_honest_ledger_is_signed_as_it_grows(copy: Path, people: Consortium, watchers: list[Watcher]) -> None:
    for number in range(4):
        watchers[0].sees(continued(copy, people, f"R-late-{number}"))
    assert watchers[0].witness.size(people.genesis.origin) == verify(copy).entries


def test_an_operator_that_signs_two_checkpoints_of_one_size_is_caught(
    copy: Path, fork: Path, people: Consortium, watchers: list[Watcher]
) -> None:
    """Both copies hold, each by itself, and both operators' nodes have the one key."""
    continued(copy, people, "for-one-bank")
    continued(fork, people, "for-another")
    assert verify(copy).holds
    assert verify(fork).holds
    watchers[0].sees(copy)
    with pytest.raises(EquivocationError, match="two roots for the size 104") as caught:
        watchers[0].witness.add_checkpoint(last_checkpoint(fork), 104)
    assert [last_checkpoint(fork)] == [caught.value.evidence[1]]
    with pytest.raises(ProofError, match="forked"):
        watchers[0].sees(fork)


@pytest.mark.parametrize(("count", "more"), [(1, []), (2, []), (3, ["R-more"]), (2, ["R-more", "R-still-more"])])
def test_forks_of_other_sizes_are_caught_with_any_proof(
    copy: Path, fork: Path, people: Consortium, watchers: list[Watcher], count: int, more: list[str]
) -> None:
    before = last_checkpoint(copy)
    continued(copy, people, "for-one-bank")
    continued(fork, people, "for-another", *more, count=count)
    watchers[0].sees(copy)
    hashes = prove_growth(fork, before).hashes
    for old, proof in ((104, hashes), (101, hashes), (0, ())):
        with pytest.raises(WitnessError if old != 104 else (EquivocationError, RollbackError, ProofError)):
            watchers[0].witness.add_checkpoint(last_checkpoint(fork), old, proof)
    assert watchers[0].witness.size(people.genesis.origin) == 104


def test_an_operator_that_goes_back_to_an_old_checkpoint_is_caught(
    copy: Path, fork: Path, people: Consortium, watchers: list[Watcher]
) -> None:
    """An old copy is put in the place of the ledger, and goes on from there as if nothing had been."""
    watchers[0].sees(copy)
    watchers[0].sees(continued(copy, people, "R-undone", "R-undone-too"))
    backup, witness = fork, watchers[0].witness
    with pytest.raises(RollbackError, match="has size 101, an earlier one had 107"):
        witness.add_checkpoint(last_checkpoint(backup), 107)
    continued(backup, people, "R-instead")
    with pytest.raises(RollbackError, match="has size 104, an earlier one had 107"):
        witness.add_checkpoint(last_checkpoint(backup), 107)
    continued(backup, people, "R-instead-2", "R-instead-3")
    write_bundle(backup, backup.with_suffix(".bundle"))
    for path in (backup, backup.with_suffix(".bundle")):
        with pytest.raises(ProofError, match="another root"):
            prove_growth(path, watchers[0].seen[-1])
    with pytest.raises(ProofError):
        witness.add_checkpoint(last_checkpoint(backup), 107, prove_growth(backup, watchers[0].seen[0]).hashes)


def test_two_histories_never_both_get_a_quorum(
    copy: Path, fork: Path, people: Consortium, watchers: list[Watcher]
) -> None:
    """With two of three asked for, an operator that shows each witness what it likes satisfies one group of readers."""
    continued(copy, people, "for-one-bank")
    continued(fork, people, "for-another")
    keys = [watcher.witness.key for watcher in watchers]
    for watcher, path in zip(watchers, (copy, copy, fork), strict=True):
        watcher.seen.append(last_checkpoint(path))
        watcher.witness.add_checkpoint(last_checkpoint(path))
    held = []
    for path in (copy, fork):
        signatures = []
        for watcher in watchers:
            try:
                signatures.append(watcher.witness.add_checkpoint(last_checkpoint(path), 104))
            except EquivocationError:
                continue
        bundle = path.with_suffix(".bundle")
        write_bundle(path, bundle, signatures, keys)
        held.append(verify(bundle, witnesses=keys, quorum=2))
    assert [report.holds for report in held] == [True, False]
    assert held[0].witnesses == ("witness.example/a", "witness.example/b")
    assert held[1].findings[0].rule == "QuorumError"
