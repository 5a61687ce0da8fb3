"""A ledger of the national suite (国密) from its founding to its proofs, under either kind of operator's key."""

from collections.abc import Iterator
from pathlib import Path

import ledger_sample
import pytest
import sm2_twin

from ledger.auditor import compare, verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.proof import prove_growth, prove_inclusion
from ledger.auditor.proof_files import check_inclusion, read_inclusion, write_inclusion
from ledger.auditor.stored import file_blocks
from ledger.auditor.verification import verify_blocks
from ledger.checkpoint import open_checkpoint
from ledger.errors import GenesisError, NodeError, UnsignedNoteError
from ledger.genesis import genesis_bytes, ledger_id, opening_state
from ledger.node import Node, Receipt, Refusal, found
from ledger.quorum import Quorum
from ledger.stores import SqliteStore
from ledger.suites import by_name
from ledger.transaction import body_bytes, message_of, read_transaction, signed_bytes, transaction_id
from ledger.verifier_keys import SM2_COSIGNATURE, Signer, ed25519_signer, parse_verifier_key, sm2_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory

ORIGIN = "hexi.example/receivables"
OPERATORS = {"SM2": sm2_signer(ORIGIN, b"o" * 32), "Ed25519": ed25519_signer(ORIGIN, b"o" * 32)}
START = ledger_sample.START


def national(operator: Signer) -> ledger_sample.Consortium:
    people = ledger_sample.consortium(suite="sm2-sm3-sm4")
    genesis = people.genesis._replace(log_key=str(operator.key))
    return people._replace(genesis=genesis, operator=operator, ledger=ledger_id(genesis_bytes(genesis), people.suite))


def opened(path: Path, people: ledger_sample.Consortium) -> Node:
    store = SqliteStore(path, create=True)
    found(store, people.genesis, people.operator)
    return Node(store, people.operator, lambda: START + 5)


@pytest.fixture(params=OPERATORS)
def people(request: pytest.FixtureRequest) -> ledger_sample.Consortium:
    return national(OPERATORS[request.param])


@pytest.fixture
def path(tmp_path: Path, people: ledger_sample.Consortium) -> Path:
    """A closed ledger of seven entries in three blocks."""
    path = tmp_path / "national.ledger"
    node = opened(path, people)
    for name in ("R1", "R2"):
        answers = node.submit(ledger_sample.accepted(people, name))
        assert all(isinstance(one, Receipt) for one in answers), answers
    node.close()
    return path


def test_it_holds_and_opens_again(path: Path, people: ledger_sample.Consortium) -> None:
    report = verify(path, ledger=people.ledger)
    assert report.holds
    assert (report.suite, report.entries) == ("sm2-sm3-sm4", 7)
    assert verify(path, processes=2) == verify(path)
    store = SqliteStore(path)
    node = Node(store, people.operator, lambda: START + 6)
    assert isinstance(node.submit(ledger_sample.accepted(people, "R3")[:1])[0], Receipt)
    node.close()
    assert verify(path).entries == 8


def test_its_tree_is_one_of_sm3(path: Path) -> None:
    assert verify(path).root != ""
    suite = by_name("sm2-sm3-sm4")
    leaves = [
        suite.hash(b"\0" + entry)
        for block in file_blocks(path)
        for entry in block.body.removesuffix(b"\n").split(b"\n")
    ]
    assert len(leaves) == 7
    pairs = [suite.hash(b"\1" + one + other) for one, other in zip(leaves[:6:2], leaves[1:6:2], strict=True)]
    left = suite.hash(b"\1" + pairs[0] + pairs[1])
    assert verify(path).root == suite.hash(b"\1" + left + suite.hash(b"\1" + pairs[2] + leaves[6])).hex()


def test_it_can_be_bundled_with_a_witness_of_the_same_suite(path: Path, tmp_path: Path) -> None:
    witness = sm2_signer("witness.example", b"w" * 32, SM2_COSIGNATURE)
    last = list(file_blocks(path))[-1].checkpoint
    key = parse_verifier_key(verify_key(path))
    create_memory(tmp_path / "memory", witness.key)
    known = KnownLog(ORIGIN, (key,), by_name("sm2-sm3-sm4").hash)
    cosignature = Witness(witness, [known], tmp_path / "memory", lambda: START + 9).add_checkpoint(last)
    write_bundle(path, tmp_path / "bundle", [cosignature], [witness.key])
    report = verify(tmp_path / "bundle")
    assert report.holds
    assert report.entries == 7
    note = (tmp_path / "bundle" / "checkpoint").read_bytes()
    quorum = Quorum((witness.key,), 1)
    assert quorum.check(open_checkpoint(note, [key])[1]) == ("witness.example",)
    assert compare(path, tmp_path / "bundle").agrees


def verify_key(path: Path) -> str:
    return prove_inclusion(path, "0").log_key


def test_its_proofs_of_inclusion_and_growth_can_be_handed_out(path: Path, tmp_path: Path) -> None:
    for entry in range(7):
        proof = prove_inclusion(path, str(entry))
        write_inclusion(proof, tmp_path / "proof")
        assert check_inclusion(read_inclusion(tmp_path / "proof")).size == 7
    earlier = list(file_blocks(path))[1].checkpoint
    assert prove_growth(path, earlier).earlier.size == 4


def test_a_changed_byte_of_a_block_is_found(path: Path) -> None:
    blocks = list(file_blocks(path))
    for column in ("header", "body", "checkpoint"):
        data = getattr(blocks[1], column)
        for place in range(0, len(data), 97):
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            findings = verify_blocks([blocks[0], blocks[1]._replace(**{column: changed}), blocks[2]]).findings
            assert [one.block for one in findings] == [1], (column, place)


def test_a_signature_at_infinity_is_refused_and_the_node_goes_on(tmp_path: Path) -> None:
    """A member can make r and s for which the verifier has no point to look at; that must not end the node."""
    people = national(OPERATORS["SM2"])
    node = opened(tmp_path / "national.ledger", people)
    good = ledger_sample.accepted(people)[0]
    wallet = people.wallets["core", "maker"]
    s = 12345
    total = -s * pow(int.from_bytes(wallet.private, "big"), -1, sm2_twin.ORDER) % sm2_twin.ORDER
    crafted = ((total - s) % sm2_twin.ORDER).to_bytes(32, "big") + s.to_bytes(32, "big")
    body = body_bytes(read_transaction(good, people.suite.hash).body)
    bad = signed_bytes(body, {wallet.fingerprint: crafted})
    refused, held = node.submit([bad, good])
    assert isinstance(refused, Refusal)
    assert refused.rule == "BadSignatureError"
    assert isinstance(held, Receipt)
    node.close()


def test_a_transaction_signed_with_the_other_suite_is_refused(tmp_path: Path) -> None:
    people, other = national(OPERATORS["SM2"]), by_name("ed25519-sha256-aesgcm")
    node = opened(tmp_path / "national.ledger", people)
    wallet = people.wallets["core", "maker"]
    body = body_bytes(read_transaction(ledger_sample.accepted(people)[0], people.suite.hash).body)
    message = message_of(transaction_id(body, people.suite.hash))
    (refused,) = node.submit([signed_bytes(body, {wallet.fingerprint: other.sign(wallet.private, message)})])
    assert isinstance(refused, Refusal)
    assert refused.rule == "BadSignatureError"
    node.close()


def test_the_operator_of_another_key_can_not_found_or_open_it(tmp_path: Path) -> None:
    people = national(OPERATORS["SM2"])
    for wrong in (OPERATORS["Ed25519"], sm2_signer(ORIGIN, b"O" * 32), sm2_signer("other.example", b"o" * 32)):
        store = SqliteStore(tmp_path / "national.ledger", create=not (tmp_path / "national.ledger").exists())
        with pytest.raises(NodeError, match="the operator's key is"):
            found(store, people.genesis, wrong)
        store.close()


def log_keys() -> Iterator[tuple[str, str]]:
    good = str(OPERATORS["SM2"].key)
    yield "not a key", "hexi.example/receivables"
    yield "another hash", good.replace("+" + good.split("+")[1], "+00000000")
    yield "cut", good[:-4]
    yield "of another log", str(sm2_signer("other.example", b"o" * 32).key)
    yield "of a witness", str(sm2_signer(ORIGIN, b"o" * 32, SM2_COSIGNATURE).key)
    yield "of an unknown type", f"{ORIGIN}+{'0' * 8}+/2xlZGdlci9vdGhlcg=="


@pytest.mark.parametrize("key", [key for _, key in log_keys()], ids=[name for name, _ in log_keys()])
def test_a_genesis_without_a_key_that_signs_a_log_is_refused(key: str) -> None:
    people = ledger_sample.consortium(suite="sm2-sm3-sm4")
    with pytest.raises(GenesisError, match=r"genesis\.log_key is"):
        genesis_bytes(people.genesis._replace(log_key=key))


def test_certificates_of_the_other_suite_found_no_ledger() -> None:
    people, other = ledger_sample.consortium(suite="sm2-sm3-sm4"), ledger_sample.consortium()
    genesis = people.genesis._replace(members=other.genesis.members, certificates=other.genesis.certificates)
    with pytest.raises(GenesisError, match="not signed by the suite sm2-sm3-sm4"):
        opening_state(genesis)


def test_a_checkpoint_of_one_key_is_not_one_of_the_other(path: Path, people: ledger_sample.Consortium) -> None:
    checkpoint = next(iter(file_blocks(path))).checkpoint
    others = [one.key for one in OPERATORS.values() if one.key != people.operator.key]
    with pytest.raises(UnsignedNoteError):
        open_checkpoint(checkpoint, others)
