"""Two copies of a ledger that part: evidence against the operator, if it has signed both."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from command_sample import told
from ledger_sample import Consortium
from log_sample import flipped
from witness_sample import continued

from ledger.auditor import compare
from ledger.errors import EvidenceError
from ledger.evidence import check_evidence, read_evidence


@pytest.fixture
def fork(copy: Path, tmp_path: Path) -> Path:
    """A second copy of the ledger, for the operator to go on with in another way."""
    other = tmp_path / "fork.ledger"
    shutil.copy(copy, other)
    return other


Fork = Callable[[Path, Path, Consortium], None]
FORKS: dict[str, tuple[Fork, str]] = {
    "of one size": (
        lambda one, two, people: (continued(one, people, "R-one"), continued(two, people, "R-two"), None)[-1],
        "two roots for the size 104",
    ),
    "of two sizes": (
        lambda one, two, people: (continued(one, people, "R-one"), continued(two, people, "R-two", count=2), None)[-1],
        "two digests for the block 76",
    ),
}


@pytest.mark.parametrize("name", FORKS)
def test_a_comparison_finds_evidence_and_anybody_can_check_it(
    copy: Path, fork: Path, tmp_path: Path, people: Consortium, name: str
) -> None:
    make, words = FORKS[name]
    make(copy, fork, people)
    evidence = compare(copy, fork).evidence
    assert evidence is not None
    assert check_evidence(evidence, people.operator.key) == words
    code, said = told("compare 0 1 -o 2", copy, fork, tmp_path / "evidence")
    assert (code, words in said) == (1, True)
    assert read_evidence(tmp_path / "evidence") == evidence
    code, said = told("verify 0", tmp_path / "evidence")
    assert (code, f"FORKED: the log has signed {words}" in said, str(people.operator.key) in said) == (0, True, True)


def test_a_copy_that_somebody_else_changed_is_no_evidence_against_the_operator(
    copy: Path, written: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(copy) as file:
        (body,) = file.execute("SELECT body FROM blocks WHERE number = 9").fetchone()
        file.execute("UPDATE blocks SET body = ? WHERE number = 9", (flipped(body, 300),))
    file.close()
    found = compare(copy, written)
    assert (found.relation, found.evidence) == ("forked", None)
    code, said = told("compare 0 1 -o 2", copy, written, tmp_path / "evidence")
    assert (code, "no evidence against it" in said) == (1, True)
    assert not (tmp_path / "evidence").exists()


def test_copies_that_agree_are_no_evidence(written: Path) -> None:
    assert compare(written, written).evidence is None
    assert told("compare 0 0", written)[0] == 0


def test_evidence_that_was_damaged_is_refused_by_the_command(
    copy: Path, fork: Path, tmp_path: Path, people: Consortium
) -> None:
    FORKS["of one size"][0](copy, fork, people)
    told("compare 0 1 -o 2", copy, fork, tmp_path / "evidence")
    data = (tmp_path / "evidence").read_bytes()
    (tmp_path / "evidence").write_bytes(data.replace(b"\n104\n", b"\n105\n", 1))
    with pytest.raises(EvidenceError):
        told("verify 0", tmp_path / "evidence")
