"""Replay: where a log stands after each of its blocks, worked out from the blocks alone.

A node makes the next block from where the log stands, and comes to the same place when it reads its blocks again. The
state is a cache of that: nothing but the blocks is kept, and it can be worked out from them at any time.

Here the signatures in the blocks are taken as verified. Whoever reads blocks of which that is not known has them
audited first: see `ledger.node.Node` and `ledger.reader`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.block import NO_BLOCK, Header, header_bytes, header_digest, join_entries, read_header, split_entries
from ledger.checkpoint import Checkpoint
from ledger.errors import BlockError, LedgerError
from ledger.execution import Rules, admit, execute
from ledger.frontier import Frontier, leaf_hashes
from ledger.genesis import Genesis, genesis_bytes, ledger_id, opening_state, read_genesis
from ledger.notes import sign_note
from ledger.replays import forget
from ledger.state import State, state_digest
from ledger.stores.store import Block
from ledger.suites import by_name
from ledger.verifier_keys import Signer

__all__ = [
    "Head",
    "Log",
    "checkpoint_of",
    "first_block",
    "following",
    "next_block",
    "next_header",
    "replay",
    "signed_checkpoint",
]


class Head(NamedTuple):
    """Where the log stands: last block, its header's digest, its time, the tree, the state and its digest."""

    number: int
    previous: str
    time: int
    tree: Frontier
    state: State
    digest: bytes


class Log(NamedTuple):
    """A log that has been replayed: its genesis, the rules that follow from it, and where it stands."""

    genesis: Genesis
    rules: Rules
    head: Head


def first_block(genesis: Genesis, signer: Signer) -> Block:
    """Return the block that founds a ledger.

    Raises
    ------
    GenesisError
        If the genesis does not hold.
    """
    data = genesis_bytes(genesis)
    rules = _rules(data, genesis)
    before = Head(-1, NO_BLOCK, genesis.time, Frontier(hash=rules.suite.hash), State(), bytes(32))
    block, _ = next_block(before, [data], opening_state(genesis), genesis.time, rules, signer, genesis.origin)
    return block


def next_block(
    head: Head, entries: Sequence[bytes], state: State, time: int, rules: Rules, signer: Signer, origin: str
) -> tuple[Block, Head]:
    """Return the block of some entries that follows, and where the log stands after it.

    Parameters
    ----------
    entries
        Transactions that have been executed.
    state
        After them.
    time
        Of the block, Unix seconds.
    origin
        Name of the log.
    """
    header, after = next_header(head, entries, state, time, rules)
    return Block(after.number, header, join_entries(entries), signed_checkpoint(after, signer, origin)), after


def next_header(head: Head, entries: Sequence[bytes], state: State, time: int, rules: Rules) -> tuple[bytes, Head]:
    """Return the header of the block that follows, and where the log stands after it; see `next_block`."""
    suite = rules.suite
    number = head.number + 1
    tree = head.tree.extend(leaf_hashes(entries, hash=suite.hash))
    changes = state.everything() if number == 0 else state.changed_since(head.state)
    digest = state_digest(head.digest, changes, suite.hash)
    root = tree.root().hex()
    header = header_bytes(
        Header(rules.ledger, number, head.previous, time, len(entries), tree.size, root, digest.hex())
    )
    return header, Head(number, header_digest(header, suite.hash).hex(), time, tree, state, digest)


def checkpoint_of(head: Head, origin: str) -> Checkpoint:
    """Return what the operator says of where the log stands: its tree, and its last block by number and name.

    Examples
    --------
    >>> head = Head(7, "cd" * 32, 60, Frontier(), State(), bytes(32))
    >>> print(checkpoint_of(head, "log.example").text, end="")
    log.example
    0
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
    block 7 cdcd...
    """
    return Checkpoint(origin, head.tree.size, head.tree.root(), (f"block {head.number} {head.previous}",))


def signed_checkpoint(head: Head, signer: Signer, origin: str) -> bytes:
    """Return the operator's note on where the log stands."""
    return sign_note(checkpoint_of(head, origin).text, [signer]).encode()


def replay(blocks: Iterable[Block]) -> Log | None:
    """Return where a log stands after all of its blocks, None if there is none.

    Raises
    ------
    LedgerError
        If the genesis can not be read, or a block does not lead where its header says.

    Examples
    --------
    >>> replay([]) is None
    True
    """
    stream = iter(blocks)
    first = next(stream, None)
    if first is None:
        return None
    data = split_entries(first.body, 1)[0]
    genesis = read_genesis(data)
    rules = _rules(data, genesis)
    head = _opening(genesis, first, rules)
    for block in stream:
        head = following(block, head, rules)
    return Log(genesis, rules, head)


def following(block: Block, head: Head, rules: Rules) -> Head:
    """Return where the log stands after one block more.

    Raises
    ------
    BlockError
        If the block does not lead where its header says.
    """
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
    tree = head.tree.extend(leaf_hashes(entries, hash=rules.suite.hash))
    after = Head(head.number + 1, name, header.time, tree, state, digest)
    _check(block, after)
    return after


def _rules(data: bytes, genesis: Genesis) -> Rules:
    suite = by_name(genesis.suite)
    return Rules(ledger_id(data, suite), suite, genesis.longest_validity)


def _opening(genesis: Genesis, first: Block, rules: Rules) -> Head:
    state = opening_state(genesis)
    tree = Frontier(hash=rules.suite.hash).extend(leaf_hashes(split_entries(first.body, 1), hash=rules.suite.hash))
    digest = state_digest(bytes(32), state.everything(), rules.suite.hash)
    name = header_digest(first.header, rules.suite.hash).hex()
    head = Head(0, name, genesis.time, tree, state, digest)
    _check(first, head)
    return head


def _check(block: Block, head: Head) -> None:
    header = read_header(block.header)
    said = (header.number, header.size, header.root, header.state)
    wanted = (head.number, head.tree.size, head.tree.root().hex(), head.digest.hex())
    if said != wanted:
        raise BlockError(f"block {block.number} does not hold: its header says {said}, it leads to {wanted}")
