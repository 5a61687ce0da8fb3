"""What a witness has signed it remembers: in the face of kill -9, other processes, and damage."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from log_sample import LOG, ORIGIN, checkpoint_of, entries_of, flipped

from ledger.errors import EquivocationError, LedgerError, OldSizeError, RollbackError, StoredWitnessError
from ledger.frontier import leaf_hashes
from ledger.merkle import consistency_proof
from ledger.notes import parse_note, parse_signature, verify_note
from ledger.verifier_keys import COSIGNATURE, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory, read_memory, write_memory

SIGNER = ed25519_signer("witness.example/w1", b"w" * 32, COSIGNATURE)
ENTRIES = entries_of(3000)
ROUNDS = 40 if os.environ.get("HEXI_FULL") else 5


def witness(path: Path) -> Witness:
    return Witness(SIGNER, [KnownLog(ORIGIN, (LOG.key,))], path, lambda: 1_800_000_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a witness that has signed 9 entries."""
    create_memory(tmp_path / "w1", SIGNER.key)
    witness(tmp_path / "w1").add_checkpoint(checkpoint_of(ENTRIES[:9]))
    return tmp_path / "w1"


def test_what_is_written_is_read_back(path: Path) -> None:
    memory = read_memory(path, SIGNER.key)
    assert set(memory) == {ORIGIN}
    verify_note(parse_note(memory[ORIGIN]), [LOG.key])
    before = path.read_bytes()
    write_memory(path, SIGNER.key, memory)
    assert path.read_bytes() == before


def test_a_witness_is_not_begun_anew_where_one_is(path: Path) -> None:
    with pytest.raises(StoredWitnessError, match="must not forget"):
        create_memory(path, SIGNER.key)


def test_a_witness_without_its_file_signs_nothing(path: Path) -> None:
    one = witness(path)
    path.unlink()
    with pytest.raises(StoredWitnessError, match="cannot be read"):
        one.add_checkpoint(checkpoint_of(ENTRIES[:3]))
    with pytest.raises(StoredWitnessError, match="cannot be read"):
        witness(path)


def test_the_file_of_another_witness_is_refused(path: Path) -> None:
    other = ed25519_signer("witness.example/w2", b"2" * 32, COSIGNATURE)
    with pytest.raises(StoredWitnessError, match="the file of the witness"):
        Witness(other, [], path, lambda: 0)


def test_every_flipped_byte_and_every_truncation_of_the_file_is_found(path: Path) -> None:
    data = path.read_bytes()
    for place in range(len(data)):
        for changed in (flipped(data, place), data[:place]):
            path.write_bytes(changed)
            with pytest.raises(StoredWitnessError):
                witness(path)
    path.write_bytes(data)
    assert witness(path).size(ORIGIN) == 9


def test_a_disk_that_does_not_take_the_file_lets_no_signature_out(path: Path) -> None:
    path.with_name("w1.new").mkdir()  # the new file cannot be made
    one = witness(path)
    with pytest.raises(StoredWitnessError, match="cannot be written"):
        one.add_checkpoint(checkpoint_of(ENTRIES[:12]), 9, consistency_proof(leaf_hashes(ENTRIES[:12]), 9))
    assert one.size(ORIGIN) == 9


def test_of_two_that_ask_at_once_for_two_histories_one_is_signed(tmp_path: Path) -> None:
    """Two objects over one file, as two processes have it: the second reads what the first has written."""
    create_memory(tmp_path / "w1", SIGNER.key)
    signed, refused = [], []

    def ask(one: Witness, note: bytes) -> None:
        try:
            signed.append(one.add_checkpoint(note))
        except LedgerError as error:
            refused.append(error)

    notes = [checkpoint_of(entries_of(9, f"history {number}")) for number in range(8)]
    threads = [threading.Thread(target=ask, args=(witness(tmp_path / "w1"), note)) for note in notes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signed) == 1
    assert [type(one) for one in refused] == [EquivocationError] * 7


WORKER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from log_sample import ORIGIN, checkpoint_of
from test_witness_memory import ENTRIES, SIGNER, witness
from ledger.frontier import leaf_hashes
from ledger.merkle import consistency_proof

one, leaves = witness(Path(sys.argv[1])), leaf_hashes(ENTRIES)
size = one.size(ORIGIN)
for new in range(size + 1, len(ENTRIES)):
    line = one.add_checkpoint(checkpoint_of(ENTRIES[:new]), size, consistency_proof(leaves, size, new)).line
    sys.stdout.write(f"{new} {line}")
    sys.stdout.flush()
    size = new
"""


def test_no_signature_is_forgotten_when_the_witness_is_killed(path: Path) -> None:
    """`kill -9` after some signatures: the file is whole, and remembers at least the last one that came out."""
    last = 9
    for number in range(ROUNDS):
        command = [sys.executable, "-c", WORKER, path, Path(__file__).parent]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
            assert process.stdout is not None
            for _ in range(1 + number % 5):
                line = process.stdout.readline()
                assert line
            process.send_signal(signal.SIGKILL)
            lines = [line, *process.stdout.readlines()]
        size, _, signature = [one for one in lines if one.endswith("\n")][-1].partition(" ")
        note = parse_note(checkpoint_of(ENTRIES[: int(size)])).with_signature(parse_signature(signature))
        assert verify_note(note, [SIGNER.key])
        assert last < int(size) <= witness(path).size(ORIGIN)
        last = int(size)
        with pytest.raises((RollbackError, EquivocationError, OldSizeError)):
            witness(path).add_checkpoint(checkpoint_of(entries_of(last, "forked")))
