"""A node: takes signed transactions, makes blocks of those that hold, and acknowledges what is on disk.

One process applies, one block after the other. A transaction that is refused leaves no trace in the log; it is counted.
The state is a cache: it is worked out from the blocks when a node opens, and can be worked out again at any time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ledger.block import NO_BLOCK, Header, header_bytes, header_digest, join_entries, read_header, split_entries
from ledger.checkpoint import Checkpoint
from ledger.errors import BlockError, LedgerError, NodeError, RefusalError
from ledger.execution import Rules, admit, execute
from ledger.frontier import Frontier, leaf_hashes
from ledger.genesis import Genesis, genesis_bytes, ledger_id, opening_state, read_genesis
from ledger.notes import sign_note
from ledger.replays import forget
from ledger.state import State, state_digest
from ledger.stores.store import Block, Store
from ledger.suites import by_name
from ledger.transaction import SignedTransaction
from ledger.verifier_keys import Signer

__all__ = ["MOST_TRANSACTIONS", "Node", "Receipt", "Refusal", "found"]

MOST_TRANSACTIONS = 1_000
"""The most transactions in one block: one commit for so many."""


class Receipt(NamedTuple):
    """That a transaction is in the log, on disk.

    Parameters
    ----------
    id
        Of the transaction, hexadecimal.
    block, place
        Its block, and its place in the whole log.
    """

    id: str
    block: int
    place: int


class Refusal(NamedTuple):
    """That a transaction was refused: the name of the rule, and why in words."""

    rule: str
    message: str


class _Head(NamedTuple):
    """Where the log stands: last block, its header's digest, its time, the tree, the state and its digest."""

    number: int
    previous: str
    time: int
    tree: Frontier
    state: State
    digest: bytes


class Node:
    """One ledger, open for writing.

    Parameters
    ----------
    store
        Where its blocks lie; it must have been founded, see `found`.
    signer
        The operator's key, which the genesis names.
    clock
        Gives the time in whole Unix seconds; a block is never dated before the last.

    Raises
    ------
    NodeError
        If the store is empty, the key is not the ledger's, or a block does not lead where its header says.
    """

    def __init__(self, store: Store, signer: Signer, clock: Callable[[], int]) -> None:
        self.store, self._signer, self._clock = store, signer, clock
        self.refusals: Counter[str] = Counter()
        blocks = store.blocks()
        first = next(iter(blocks), None)
        if first is None:
            raise NodeError("the store holds no block: found the ledger first")
        data = split_entries(first.body, 1)[0]
        self.genesis = read_genesis(data)
        if str(signer.key) != self.genesis.log_key:
            raise NodeError(f"the operator's key is {signer.key}, the ledger's is {self.genesis.log_key}")
        suite = by_name(self.genesis.suite)
        self.rules = Rules(ledger_id(data, suite), suite, self.genesis.longest_validity)
        self._head = _opening(self.genesis, first, self.rules)
        for block in store.blocks(1):
            self._head = _replayed(block, self._head, self.rules)

    @property
    def state(self) -> State:
        """The records after the last block."""
        return self._head.state

    @property
    def tree(self) -> Frontier:
        """The Merkle tree over all entries."""
        return self._head.tree

    def submit(self, transactions: Sequence[bytes]) -> list[Receipt | Refusal]:
        """Put transactions into the log, and say for each whether it is there.

        Returns
        -------
        list of Receipt or Refusal
            In order; when a receipt is returned, its block is on disk.

        Raises
        ------
        StoreError
            If the store can not be written; nothing is acknowledged then.
        """
        answers: list[Receipt | Refusal] = []
        for start in range(0, len(transactions), MOST_TRANSACTIONS):
            answers += self._submit_block(transactions[start : start + MOST_TRANSACTIONS])
        return answers

    def _submit_block(self, transactions: Sequence[bytes]) -> list[Receipt | Refusal]:
        read: list[SignedTransaction | RefusalError] = []
        for data in transactions:
            try:
                read.append(admit(data, self.rules))
            except RefusalError as error:
                read.append(error)
        return self.commit(read, verified=False)

    def commit(self, read: Iterable[SignedTransaction | RefusalError], *, verified: bool) -> list[Receipt | Refusal]:
        """Make one block of transactions that were admitted, see `submit`.

        Parameters
        ----------
        read
            Each as `ledger.execution.admit` returned it, or the refusal that it raised.
        verified
            Whether their signatures have been verified.
        """
        head = self._head
        time = max(head.time, self._clock())
        state = forget(head.state, time)
        held: list[bytes] = []
        answers: list[Receipt | Refusal] = []
        for one in read:
            try:
                if isinstance(one, RefusalError):
                    raise one
                state = execute(state, one, time, self.rules, verified=verified)
            except RefusalError as error:
                answers.append(Refusal(type(error).__name__, str(error)))
                self.refusals[type(error).__name__] += 1
                continue
            answers.append(Receipt(one.id.hex(), head.number + 1, head.tree.size + len(held)))
            held.append(one.data)
        if held:
            block, after = _next_block(head, held, state, time, self.rules, self._signer, self.genesis.origin)
            self.store.append(block)
            self._head = after
        return answers

    def close(self) -> None:
        """Leave the ledger; the store is closed with it."""
        self.store.close()


def found(store: Store, genesis: Genesis, signer: Signer) -> None:
    """Found a ledger: write its first block into an empty store.

    Raises
    ------
    GenesisError
        If the genesis does not hold.
    NodeError
        If the store is not empty, or the key is not the one that the genesis names.
    """
    if store.height():
        raise NodeError(f"the store holds {store.height()} blocks already: a ledger is founded in an empty one")
    if str(signer.key) != genesis.log_key:
        raise NodeError(f"the operator's key is {signer.key}, the genesis names {genesis.log_key}")
    data = genesis_bytes(genesis)
    suite = by_name(genesis.suite)
    rules = Rules(ledger_id(data, suite), suite, genesis.longest_validity)
    head = _Head(-1, NO_BLOCK, genesis.time, Frontier(hash=suite.hash), State(), bytes(32))
    block, _ = _next_block(head, [data], opening_state(genesis), genesis.time, rules, signer, genesis.origin)
    store.append(block)


def _next_block(
    head: _Head, entries: Sequence[bytes], state: State, time: int, rules: Rules, signer: Signer, origin: str
) -> tuple[Block, _Head]:
    suite = rules.suite
    number = head.number + 1
    tree = head.tree.extend(leaf_hashes(entries, hash=suite.hash))
    changes = state.everything() if number == 0 else state.changed_since(head.state)
    digest = state_digest(head.digest, changes, suite.hash)
    root = tree.root()
    header = header_bytes(
        Header(rules.ledger, number, head.previous, time, len(entries), tree.size, root.hex(), digest.hex())
    )
    name = header_digest(header, suite.hash).hex()
    checkpoint = Checkpoint(origin, tree.size, root, (f"block {number} {name}",))
    note = sign_note(checkpoint.text, [signer])
    block = Block(number, header, join_entries(entries), note.encode())
    return block, _Head(number, name, time, tree, state, digest)


def _opening(genesis: Genesis, first: Block, rules: Rules) -> _Head:
    state = opening_state(genesis)
    tree = Frontier(hash=rules.suite.hash).extend(leaf_hashes(split_entries(first.body, 1), hash=rules.suite.hash))
    digest = state_digest(bytes(32), state.everything(), rules.suite.hash)
    name = header_digest(first.header, rules.suite.hash).hex()
    head = _Head(0, name, genesis.time, tree, state, digest)
    _check(first, head)
    return head


def _replayed(block: Block, head: _Head, rules: Rules) -> _Head:
    """Work out where the log stands after a block; signatures were verified before it was written."""
    try:
        header = read_header(block.header)
        entries = split_entries(block.body, header.transactions)
        state = forget(head.state, header.time)
        for data in entries:
            state = execute(state, admit(data, rules), header.time, rules, verified=True)
    except LedgerError as error:
        raise BlockError(f"block {block.number} does not hold: {error}") from None
    digest = state_digest(head.digest, state.changed_since(head.state), rules.suite.hash)
    name = header_digest(block.header, rules.suite.hash).hex()
    after = _Head(
        head.number + 1,
        name,
        header.time,
        head.tree.extend(leaf_hashes(entries, hash=rules.suite.hash)),
        state,
        digest,
    )
    _check(block, after)
    return after


def _check(block: Block, head: _Head) -> None:
    header = read_header(block.header)
    said = (header.number, header.size, header.root, header.state)
    wanted = (head.number, head.tree.size, head.tree.root().hex(), head.digest.hex())
    if said != wanted:
        raise BlockError(f"block {block.number} does not hold: its header says {said}, it leads to {wanted}")
