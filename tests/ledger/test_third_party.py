"""What others wrote accepts what we write, and refuses it when it was damaged.

Go's sumdb/note and sumdb/tlog (Debian: golang-golang-x-mod-dev) and Python's tlog-scales read signed notes, tiles and
proofs; the second reads witnesses' cosignatures too. Both know SHA-256 alone.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_sample import START, Consortium, accepted, consortium
from log_sample import LOG, ORIGIN, checkpoint_of, entries_of, flipped, sm3, write_log

from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.proof import Inclusion, prove_growth, prove_inclusion
from ledger.auditor.proof_files import FILES, check_inclusion, read_inclusion, write_inclusion
from ledger.auditor.stored import file_blocks
from ledger.frontier import leaf_hash, leaf_hashes
from ledger.merkle import consistency_proof, inclusion_proof, root
from ledger.node import Node, Receipt, found
from ledger.notes import parse_note
from ledger.stores import SqliteStore
from ledger.verifier_keys import COSIGNATURE, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory

PROGRAM = Path(__file__).parent / "third_party" / "verify.go"
SOURCES = Path("/usr/share/gocode")
WAITS_FOR_GO = "waits for Go and its packages for logs: apt-get install golang-go golang-golang-x-mod-dev"
WAITS_FOR_SCALES = "waits for another reader of logs: pip install tlog-scales"


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in Go, built without a network."""
    if shutil.which("go") is None or not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip(WAITS_FOR_GO)
    folder = tmp_path_factory.mktemp("go")
    settings = {"GO111MODULE": "off", "GOPATH": str(SOURCES), "GOFLAGS": "", "GOCACHE": str(folder / "cache")}
    built = folder / "verify"
    subprocess.run(["go", "build", "-o", built, PROGRAM], check=True, env={**os.environ, **settings})
    return built


@pytest.fixture(scope="module")
def scales() -> Any:
    pytest.importorskip("tlog_scales", reason=WAITS_FOR_SCALES)
    import tlog_scales.backend
    import tlog_scales.reader
    import tlog_scales.tlog

    return tlog_scales


@pytest.fixture(scope="module")
def bundle(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bundle") / "receivables"
    write_bundle(written, directory)
    return directory


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """700 entries: tiles of two levels, whole ones and partial ones."""
    return write_log(tmp_path_factory.mktemp("log"), entries_of(700))


def asked(go: Path, key: object, directory: Path, lines: list[str]) -> list[str]:
    given = [go, str(key), directory]
    done = subprocess.run(given, input="\n".join(lines), capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def is_refused(go: Path, key: object, directory: Path) -> bool:
    done = subprocess.run([go, str(key), directory], input="", capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 1


def line(word: str, number: int, first: bytes, hashes: list[bytes]) -> str:
    return " ".join([word, str(number), first.hex(), *(one.hex() for one in hashes)])


def damaged(number: int, first: bytes, hashes: list[bytes]) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """A proof with one thing wrong."""
    yield number + 1, first, hashes
    yield number, flipped(first, 7), hashes
    yield number, first, [*hashes, first]
    yield number, first, [first, *hashes]
    for place in range(len(hashes)):
        yield number, first, hashes[:place] + hashes[place + 1 :]
        yield number, first, [*hashes[:place], flipped(hashes[place], 31), *hashes[place + 1 :]]


def test_go_accepts_a_ledgers_bundle_and_all_proofs_from_it(go: Path, bundle: Path, people: Consortium) -> None:
    report = verify(bundle)
    proofs = [prove_inclusion(bundle, str(index)) for index in range(0, report.entries, 10)]
    lines = [line("inclusion", one.place, leaf_hash(one.transaction), list(one.hashes)) for one in proofs]
    for block in list(_blocks(bundle))[::10]:
        growth = prove_growth(bundle, block)
        lines.append(line("consistency", growth.earlier.size, growth.earlier.root, list(growth.hashes)))
    answers = asked(go, people.operator.key, bundle, lines)
    assert answers == [f"log {report.entries} {report.root}", *["ok"] * len(lines)]


def _blocks(bundle: Path) -> Iterator[bytes]:
    from ledger.auditor.bundle import bundle_blocks

    yield from (block.checkpoint for block in bundle_blocks(bundle))


def test_go_refuses_a_ledgers_bundle_wherever_a_byte_was_changed(
    go: Path, bundle: Path, tmp_path: Path, people: Consortium
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    assert not is_refused(go, people.operator.key, copy)
    for path in sorted(one for one in copy.rglob("*") if one.is_file() and one.name not in ("blocks.jsonl",)):
        data = path.read_bytes()
        for place in range(0, len(data) - 3, len(data) // 9):  # base64 may leave bits open in its last character
            path.write_bytes(flipped(data, place))
            assert is_refused(go, people.operator.key, copy), (path, place)
        path.write_bytes(data[:-1])
        assert is_refused(go, people.operator.key, copy), path
        path.write_bytes(data)
    assert is_refused(go, LOG.key, copy)


def test_go_answers_as_our_verifiers_do(go: Path, log: Path) -> None:
    leaves = leaf_hashes(entries_of(700))
    right = [("inclusion", index, leaves[index], inclusion_proof(leaves, index)) for index in range(0, 700, 23)]
    right += [("consistency", n, root(leaves[:n]), consistency_proof(leaves, n)) for n in range(1, 700, 23)]
    wrong = [(word, *one) for word, *proof in right[::4] for one in damaged(*proof)]  # type: ignore[arg-type]  # a proof
    answers = asked(go, LOG.key, log, [line(*one) for one in right + wrong])  # type: ignore[arg-type]  # of both kinds
    assert answers[1 : len(right) + 1] == ["ok"] * len(right)
    assert len(wrong) > 200
    assert all(answer.startswith("refused") for answer in answers[len(right) + 1 :])


def test_go_refuses_a_tree_of_sm3(go: Path, tmp_path: Path) -> None:
    assert not is_refused(go, LOG.key, write_log(tmp_path / "sha-256", entries_of(300)))
    assert is_refused(go, LOG.key, write_log(tmp_path / "sm3", entries_of(300), sm3))


def test_tlog_scales_accepts_the_checkpoint_and_refuses_each_changed_byte(scales: Any) -> None:
    note = checkpoint_of(entries_of(5)).decode()
    key = scales.signing.Vkey.from_string(str(LOG.key))
    scales.tlog.Checkpoint.from_text(note).verify(key)
    for place in range(len(note)):
        if note[place] in "\n—":
            continue
        changed = note[:place] + chr(ord(note[place]) ^ 1) + note[place + 1 :]
        if changed.startswith("log.example\n5\n") and parse_or_none(scales, changed) == parse_or_none(scales, note):
            continue  # bits that base64 leaves open: ours refuses them too, see the tests of notes
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it raises
            scales.tlog.Checkpoint.from_text(changed).verify(key)


def parse_or_none(scales: Any, note: str) -> Any:
    try:
        return scales.tlog.Checkpoint.from_text(note)
    except ValueError:
        return None


def test_tlog_scales_reads_our_tiles_and_makes_the_same_proofs(scales: Any, log: Path) -> None:
    reader = scales.reader.TilesReader(scales.backend.LocalBackend(log))
    checkpoint = reader.get_checkpoint()
    leaves = leaf_hashes(entries_of(700))
    assert reader.calculate_root_hash() == checkpoint.root_hash == root(leaves)
    for index in range(0, 700, 61):
        assert reader.get_entry(index) == entries_of(700)[index]
        assert reader.get_inclusion_proof(index, 700).node_hashes == inclusion_proof(leaves, index)
        assert reader.get_inclusion_proof(index, index + 1).node_hashes == inclusion_proof(leaves, index, index + 1)
        assert reader.get_consistency_proof(index + 1, 700).node_hashes == consistency_proof(leaves, index + 1)


def test_tlog_scales_answers_as_our_verifiers_do(scales: Any) -> None:
    leaves = leaf_hashes(entries_of(700))
    whole = root(leaves)
    for number in range(1, 700, 29):
        right = (number, leaves[number], inclusion_proof(leaves, number))
        scales.tlog.InclusionProof(number, 700, right[2]).check(right[1], whole)
        for place, first, hashes in damaged(*right):
            with pytest.raises(scales.tlog.InclusionProofInvalid):
                scales.tlog.InclusionProof(place, 700, hashes).check(first, whole)
        right = (number, root(leaves[:number]), consistency_proof(leaves, number))
        scales.tlog.ConsistencyProof(number, 700, right[2]).check(right[1], whole)
        for size, first, hashes in damaged(*right):
            with pytest.raises(scales.tlog.ConsistencyProofInvalid):
                scales.tlog.ConsistencyProof(size, 700, hashes).check(first, whole)


def test_tlog_scales_accepts_a_witness_and_refuses_another_time(scales: Any, tmp_path: Path) -> None:
    signer = ed25519_signer("witness.example/w1", b"w" * 32, COSIGNATURE)
    create_memory(tmp_path / "w1", signer.key)
    witness = Witness(signer, [KnownLog(ORIGIN, (LOG.key,))], tmp_path / "w1", lambda: 1_800_000_000)
    note = checkpoint_of(entries_of(9))
    cosigned = parse_note(note).with_signature(witness.add_checkpoint(note))
    keys = scales.signing.VkeySet(*(scales.signing.Vkey.from_string(str(one.key)) for one in (LOG, signer)))
    read = scales.tlog.Checkpoint.from_text(cosigned.encode().decode())
    assert {key.name for key, _ in keys.verify(read.signatures, read)} == {ORIGIN, "witness.example/w1"}
    ours = read.signatures[1]
    later = type(ours)(ours.name, ours.key_id, flipped(ours.payload, 7))
    assert keys.verify([later], read) == set()


def test_tlog_scales_accepts_a_ledgers_bundle(scales: Any, bundle: Path, people: Consortium) -> None:
    """Its own reader takes checkpoints of three lines; here the fourth, which names the block, is signed with them."""
    text = parse_note((bundle / "checkpoint").read_bytes()).text

    class WithItsBlock(scales.tlog.Checkpoint):  # type: ignore[misc,name-defined]  # it is imported where it is there
        def serialize_body(self) -> str:
            return text

    signature = scales.signing.NoteSignature.from_line((bundle / "checkpoint").read_text().splitlines()[-1])
    reader = scales.reader.TilesReader(scales.backend.LocalBackend(bundle))
    reader.set_size(int(text.split("\n")[1]))
    WithItsBlock(ORIGIN, reader.size, b"", [signature]).verify(
        scales.signing.Vkey.from_string(str(people.operator.key))
    )
    assert reader.calculate_root_hash().hex() == verify(bundle).root
    for index in range(0, reader.size, 10):
        proof = prove_inclusion(bundle, str(index))
        assert reader.get_entry(index) == proof.transaction
        assert reader.get_inclusion_proof(index, reader.size).node_hashes == list(proof.hashes)


def test_tlog_scales_writes_the_same_proof_file(scales: Any, log: Path, tmp_path: Path, capsys: Any) -> None:
    from tlog_scales.cli import cmd_gen_proof

    class Given:
        location, leaf_index = str(log), 650

    cmd_gen_proof(Given)
    theirs = capsys.readouterr().out
    leaves = leaf_hashes(entries_of(700))
    checkpoint = (log / "checkpoint").read_bytes()
    hashes = tuple(inclusion_proof(leaves, 650))
    ours = Inclusion(b"entry 650", 650, hashes, checkpoint, str(LOG.key), "ed25519-sha256-aesgcm")
    write_inclusion(ours, tmp_path)
    assert (tmp_path / FILES[1]).read_text() == theirs
    assert check_inclusion(read_inclusion(tmp_path)).size == 700


def test_tlog_scales_refuses_a_tree_of_sm3(scales: Any, tmp_path: Path) -> None:
    directory = write_log(tmp_path, entries_of(300), sm3)
    reader = scales.reader.TilesReader(scales.backend.LocalBackend(directory))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(scales.signing.Vkey.from_string(str(LOG.key)))
    assert reader.calculate_root_hash() != checkpoint.root_hash
    with pytest.raises(scales.tlog.InclusionProofInvalid):
        reader.get_inclusion_proof(7, 300).check(leaf_hash(b"entry 7", hash=sm3), checkpoint.root_hash)


def test_the_blocks_of_a_bundle_are_those_of_the_ledger(bundle: Path, written: Path) -> None:
    assert list(_blocks(bundle)) == [block.checkpoint for block in file_blocks(written)]


def test_a_ledger_of_the_national_suite_holds_here_and_is_refused_by_both(
    go: Path, scales: Any, tmp_path: Path
) -> None:
    """国密: the note is Ed25519's here and opens everywhere; the tree under it is SM3's."""
    people = consortium(suite="sm2-sm3-sm4")
    store = SqliteStore(tmp_path / "sm.ledger", create=True)
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: START + 60)
    assert all(isinstance(one, Receipt) for one in node.submit(accepted(people)))
    node.close()
    bundle = tmp_path / "bundle"
    write_bundle(tmp_path / "sm.ledger", bundle)
    report = verify(bundle)
    assert (report.holds, report.entries) == (True, 4)
    assert check_inclusion(prove_inclusion(bundle, "2")).size == 4
    assert is_refused(go, people.operator.key, bundle)
    reader = scales.reader.TilesReader(scales.backend.LocalBackend(bundle))
    reader.set_size(4)
    assert reader.calculate_root_hash().hex() != report.root
