"""Nothing of a private payload, its salt or its key is in the log, whatever happens to it, in any block or record."""

from collections.abc import Callable
from typing import Any, NamedTuple

import ledger_sample
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import encode
from ledger.contracts.payloads import payload_of
from ledger.node import Node, Receipt, found
from ledger.privacy import Sealed, current_recipients, open_envelope, read_envelope, seal_payload
from ledger.privacy.commitments import unpacked
from ledger.privacy.sealing import NONCE, associated_bytes
from ledger.stores import MemoryStore
from ledger.suites import NAMES

WINDOW = 6
"""So many bytes in a row are told from chance: that any six of a secret stand in the log by accident is one in 10^6."""
READERS = ("bank-a", "bank-b", "core")
OWNER = "maker-of-parts"


class Log(NamedTuple):
    """A ledger in memory, with the private keys of its organisations."""

    people: ledger_sample.Consortium
    store: MemoryStore
    node: Node
    private: dict[str, dict[int, bytes]]

    def submit(self, call: str, arguments: dict[str, Any], by: str) -> None:
        answers = self.node.submit([self.people.sign(call, arguments, [by])])
        assert isinstance(answers[0], Receipt), answers

    def bytes(self) -> bytes:
        blocks = b"".join(one.header + one.body + one.checkpoint for one in self.store.blocks())
        state = self.node.state
        return blocks + encode([[space, *one] for space in state.spaces() for one in state.records(space)])


@pytest.fixture(scope="module", params=NAMES)
def new_log(request: pytest.FixtureRequest) -> Callable[[], Log]:
    people = ledger_sample.consortium(11, request.param)

    def make() -> Log:
        store = MemoryStore()
        found(store, people.genesis, people.operator)
        log = Log(people, store, Node(store, people.operator, lambda: ledger_sample.START + 60), {})
        for place, one in enumerate(READERS):
            log.private[one] = {1: bytes([place + 1] * 32)}
            key = people.suite.recipient_key(log.private[one][1]).hex()
            log.submit("keys.publish", {"key": key, "organisation": one}, one)
        for data in ledger_sample.accepted(people):
            assert isinstance(log.node.submit([data])[0], Receipt)
        return log

    return make


def secrets_of(log: Log, sealed: Sealed) -> dict[str, bytes]:
    """What must not be there: the payload key, the salt, the plain text, and the wrapped and sealed bytes."""
    read = read_envelope(sealed.envelope)
    plain = log.people.suite.unseal(sealed.key, NONCE, read.ciphertext, associated_bytes(read))
    salt, content = unpacked(plain)
    found = {"key": sealed.key, "salt": salt, "content": encode(content), "ciphertext": read.ciphertext}
    return found | {f"copy for {who}": copy.wrapped for who, copy in read.copies.items()}


def leaks(log: bytes, secret: bytes) -> bool:
    """Whether any few bytes of a secret stand in the log, plainly or in hexadecimal of either case."""
    windows = {secret[start : start + WINDOW] for start in range(max(1, len(secret) - WINDOW + 1))}
    return any(one in log or one.hex().encode() in log or one.hex().upper().encode() in log for one in windows)


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(READERS)), st.integers(0, 2**32 - 1), st.booleans())
def test_no_byte_of_payload_salt_or_key_is_in_the_log(
    new_log: Callable[[], Log], named: set[str], seed: int, purged: bool
) -> None:
    log = new_log()
    rng = np.random.default_rng(seed)
    # characters of the upper planes, which nothing else in a log is written with
    content = ["".join(chr(0x20000 + int(one)) for one in rng.integers(0, 40_000, 30)) for _ in range(3)]
    sealed = seal_payload(
        log.people.suite,
        rng.bytes,
        content,
        current_recipients(log.node.state, sorted(named)),
        ledger=log.people.ledger,
        owner=OWNER,
        payload="P1",
        about=("receivable", "R1"),
    )
    log.submit("payloads.register", dict(sealed.arguments), OWNER)
    for who in named:
        record = payload_of(log.node.state, "P1")
        private = log.private[who]
        suite = log.people.suite
        assert open_envelope(suite, log.people.ledger, "P1", record, sealed.envelope, who, private) == content
    if purged:
        log.submit("payloads.purge", {"payload": "P1"}, OWNER)
    written = log.bytes()
    assert sealed.arguments["commitment"].encode() in written
    for what, secret in secrets_of(log, sealed).items():
        assert not leaks(written, secret), f"part of the {what} is in the log"


def test_the_search_finds_what_is_there(new_log: Callable[[], Log]) -> None:
    written = new_log().bytes()
    assert leaks(written, b"maker-of-parts")
    assert leaks(written + b"0123456789abcdef", bytes.fromhex("ff0123456789abff"))
    assert not leaks(written, bytes(range(200, 232)))
