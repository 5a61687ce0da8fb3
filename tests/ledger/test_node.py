"""A node takes what comes: it acknowledges what is on disk, refuses the rest with one clear error, and goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Place
from ledger_sample import START, Consortium, accepted

from ledger.auditor.stored_block import StoredBlock
from ledger.auditor.verification import verify_blocks
from ledger.canonical import decode, encode
from ledger.errors import DamagedStoreError, NodeError, StoreError
from ledger.node import MOST_TRANSACTIONS, Node, Receipt, Refusal, found
from ledger.stores import Block, MemoryStore
from ledger.transaction import MOST_BYTES


class FailingStore(MemoryStore):
    """Fails when told to: before the block is in, or after it."""

    def __init__(self) -> None:
        super().__init__()
        self.fault = ""

    def append(self, block: Block) -> None:
        if self.fault == "before":
            raise StoreError("no space left")
        super().append(block)
        if self.fault == "after":
            raise StoreError("the line went dead")


@pytest.fixture
def node(people: Consortium) -> Node:
    store = FailingStore()
    found(store, people.genesis, people.operator)
    return Node(store, people.operator, lambda: START)


def standing(node: Node) -> tuple[object, ...]:
    """All that may not change when something is refused."""
    return node.store.height(), node.tree.size, node.tree.root(), node.state.everything()


def holds(node: Node) -> bool:
    return verify_blocks(StoredBlock(*one) for one in node.store.blocks()).holds


def changed(data: bytes, *path: str | int, to: Any) -> bytes:
    """Set a field in a transaction, and write it canonically again."""
    value = decode(data)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return encode(value)


def draft(people: Consortium, name: str = "R1", **more: Any) -> bytes:
    return accepted(people, name, **more)[0]


GARBAGE: dict[str, tuple[Any, str, str]] = {
    "nothing": (lambda _: b"", "CanonicalError", "not JSON"),
    "zeros": (lambda _: bytes(1000), "CanonicalError", "not JSON"),
    "not UTF-8": (lambda _: b'{"body":"\xff\xfe"}', "CanonicalError", "not JSON"),
    "half of it": (lambda data: data[: len(data) // 2], "CanonicalError", "not JSON"),
    "all but the last byte": (lambda data: data[:-1], "CanonicalError", "not JSON"),
    "a byte more": (lambda data: data + b" ", "CanonicalError", "canonical"),
    "twice": (lambda data: data + data, "CanonicalError", "not JSON"),
    "a blank inside": (lambda data: data.replace(b",", b", ", 1), "CanonicalError", "canonical"),
    "oversized": (lambda data: changed(data, "body", "nonce", to="0" * MOST_BYTES), "FormatError", "bytes"),
    "huge": (lambda data: data + b" " * 2**25, "FormatError", "bytes"),
    "deeply nested": (lambda _: b"[" * 100 + b"]" * 100, "CanonicalError", "nested"),
    "very deeply nested": (lambda _: b"[" * 30_000 + b"]" * 30_000, "CanonicalError", "not JSON"),
    "a list": (lambda _: b"[]", "BadFieldError", "transaction is"),
    "no body": (lambda _: b'{"signatures":[]}', "BadFieldError", "body"),
    "an unknown field": (lambda data: changed(data, "more", to=1), "BadFieldError", "more"),
    "an unknown field of the body": (lambda data: changed(data, "body", "more", to=1), "BadFieldError", "body.more"),
    "an unknown argument": (lambda data: changed(data, "body", "arguments", "x", to=1), "BadFieldError", "arguments.x"),
    "an amount of nothing": (
        lambda data: changed(data, "body", "arguments", "amount", to=0),
        "BadFieldError",
        "arguments.amount",
    ),
    "an amount too large": (
        lambda data: data.replace(b'"amount":1000000', b'"amount":9007199254740992'),
        "CanonicalError",
        "9007199254740992",
    ),
    "a fraction of a fen": (
        lambda data: data.replace(b'"amount":1000000', b'"amount":0.5'),
        "CanonicalError",
        "amount",
    ),
    "two amounts": (lambda data: data.replace(b'{"acceptor"', b'{"acceptor":"x","acceptor"'), "CanonicalError", "byte"),
    "an unknown contract": (
        lambda data: changed(data, "body", "contract", to="lottery"),
        "UnknownContractError",
        "lottery",
    ),
    "an unknown version": (lambda data: changed(data, "body", "version", to=99), "UnknownContractError", "version"),
    "an unknown action": (lambda data: changed(data, "body", "action", to="forge"), "UnknownActionError", "forge"),
    "another ledger": (lambda data: changed(data, "body", "ledger", to="ab" * 32), "OtherLedgerError", "body.ledger"),
    "no signature": (lambda data: changed(data, "signatures", to=[]), "BadFieldError", "signatures"),
    "an unknown certificate": (
        lambda data: changed(data, "signatures", 0, "certificate", to="cd" * 32),
        "UnknownCertificateError",
        "cd" * 32,
    ),
    "a signature of another suite's length": (
        lambda data: changed(data, "signatures", 0, "signature", to="ab" * 70),
        "BadFieldError",
        "signature",
    ),
    "a wrong signature": (
        lambda data: changed(data, "signatures", 0, "signature", to="ab" * 64),
        "BadSignatureError",
        "signature",
    ),
    "another amount than was signed": (
        lambda data: changed(data, "body", "arguments", "amount", to=2),
        "BadSignatureError",
        "signature",
    ),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_bad_bytes_are_refused_with_one_clear_error_and_counted(node: Node, people: Consortium, name: str) -> None:
    spoil, rule, word = GARBAGE[name]
    before = standing(node)
    (answer,) = node.submit([spoil(draft(people))])
    assert isinstance(answer, Refusal)
    assert answer.rule == rule
    assert word in answer.message
    assert len(answer.message) < 600
    assert node.refusals == {rule: 1}
    assert standing(node) == before
    assert isinstance(node.submit([draft(people)])[0], Receipt)


@pytest.mark.parametrize("thing", [None, 7, "text", [], bytearray(b"{}")])
def test_what_is_not_bytes_is_refused_too(node: Node, thing: Any) -> None:
    (answer,) = node.submit([thing])
    assert isinstance(answer, Refusal)
    assert "bytes" in answer.message


def test_what_a_stranger_signs_names_the_member(node: Node, people: Consortium) -> None:
    terms = {**decode(draft(people))["body"]["arguments"], "acceptor": "nobody-here"}
    (answer,) = node.submit([people.sign("receivables.draft", terms, ["core"])])
    assert isinstance(answer, Refusal)
    assert (answer.rule, "nobody-here" in answer.message) == ("UnknownMemberError", True)


def test_good_ones_among_bad_ones_are_taken_in_order(node: Node, people: Consortium) -> None:
    good = [draft(people, f"R{number}") for number in range(3)]
    answers = node.submit([b"", good[0], good[0], b"{}", good[1], b"\xff", good[2]])
    assert [type(one) for one in answers] == [Refusal, Receipt, Refusal, Refusal, Receipt, Refusal, Receipt]
    assert [one.place for one in answers if isinstance(one, Receipt)] == [1, 2, 3]
    assert node.refusals == {"CanonicalError": 2, "ReplayedError": 1, "BadFieldError": 1}
    assert node.store.height() == 2


def test_what_was_refused_altogether_makes_no_block(node: Node) -> None:
    assert len(node.submit([b""] * 5)) == 5
    assert node.submit([]) == []
    assert node.store.height() == 1


def test_one_row_takes_a_thousand_transactions(node: Node, people: Consortium) -> None:
    calls = [draft(people, f"R{number}") for number in range(MOST_TRANSACTIONS + 7)]
    answers = node.submit(calls)
    assert [one.block for one in answers if isinstance(one, Receipt)] == [1] * MOST_TRANSACTIONS + [2] * 7
    assert [one.place for one in answers if isinstance(one, Receipt)] == list(range(1, MOST_TRANSACTIONS + 8))
    assert node.store.height() == 3
    assert holds(node)


def test_nothing_is_acknowledged_when_the_store_fails(node: Node, people: Consortium) -> None:
    node.submit(accepted(people))
    before, calls = standing(node), accepted(people, "R2")
    assert isinstance(node.store, FailingStore)
    node.store.fault = "before"
    for _ in range(3):
        with pytest.raises(StoreError, match="no space"):
            node.submit([*calls, b""])
        assert standing(node) == before
    assert not node.refusals
    node.store.fault = ""
    assert [type(one) for one in node.submit(calls)] == [Receipt] * 3
    assert holds(node)


def test_a_block_that_got_in_though_its_commit_failed_is_followed(node: Node, people: Consortium) -> None:
    """Nobody was told; who submits again learns that it is in the log already."""
    calls = accepted(people)
    assert isinstance(node.store, FailingStore)
    node.store.fault = "after"
    with pytest.raises(StoreError, match="line went dead"):
        node.submit(calls)
    node.store.fault = ""
    answers = node.submit([*calls, draft(people, "R2")])
    assert [one.rule for one in answers if isinstance(one, Refusal)] == ["ReplayedError"] * 3
    assert answers[-1] == Receipt(answers[-1].id, 2, 4)  # type: ignore[union-attr]  # a receipt, or it differs
    assert holds(node)


def test_blocks_are_never_dated_before_the_last(people: Consortium) -> None:
    times: Iterator[int] = iter([START + 50, START - 9999, START + 60])
    store = MemoryStore()
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: next(times))
    for number in range(3):
        node.submit([draft(people, f"R{number}")])
    assert [decode(one.header)["time"] - START for one in store.blocks()] == [0, 50, 50, 60]
    assert holds(node)


def test_a_node_needs_a_founded_store_and_the_key_that_the_genesis_names(people: Consortium) -> None:
    from ledger.verifier_keys import ed25519_signer

    with pytest.raises(NodeError, match="no block"):
        Node(MemoryStore(), people.operator, lambda: START)
    other = ed25519_signer(people.genesis.origin, bytes(32))
    store = MemoryStore()
    with pytest.raises(NodeError, match="the genesis names"):
        found(store, people.genesis, other)
    found(store, people.genesis, people.operator)
    with pytest.raises(NodeError, match="the ledger's is"):
        Node(store, other, lambda: START)
    with pytest.raises(NodeError, match="empty one"):
        found(store, people.genesis, people.operator)


@pytest.mark.parametrize("part", ["header", "body", "checkpoint"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_store_that_does_not_vouch_for_its_blocks_is_audited_at_opening(
    node: Node, people: Consortium, part: str, number: int
) -> None:
    """Also a flipped signature or checkpoint, which executing the blocks again would not notice."""
    node.submit(accepted(people))
    node.submit(accepted(people, "R2"))
    blocks = list(node.store.blocks())
    data = bytearray(getattr(blocks[number], part))
    data[-9] ^= 1
    blocks[number] = blocks[number]._replace(**{part: bytes(data)})
    store = MemoryStore()
    store.verified = False
    for one in blocks:
        store.append(one)
    with pytest.raises(DamagedStoreError, match=f"block {number}"):
        Node(store, people.operator, lambda: START)
    assert not store.verified


def test_every_store_acknowledges_alike(place: Place, people: Consortium) -> None:
    store = place.found()
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: START)
    calls = accepted(people)
    assert [type(one) for one in node.submit([*calls, calls[0]])] == [Receipt, Receipt, Receipt, Refusal]
    node.close()
    again = Node(place.open(), people.operator, lambda: START)
    assert [one.rule for one in again.submit(calls) if isinstance(one, Refusal)] == ["ReplayedError"] * 3
    again.close()
