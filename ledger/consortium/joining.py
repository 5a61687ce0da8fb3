"""Joining: how a consortium's ledger is founded in the ordering service, and how a member gets its first block."""

from ledger.block import NO_BLOCK, header_digest, split_entries
from ledger.consortium.ordering import OrderedLog
from ledger.consortium.proposal import proposal_bytes
from ledger.errors import GenesisError, HaltedError, NodeError, OrderingError
from ledger.execution import Rules
from ledger.genesis import Genesis, ledger_id, read_genesis
from ledger.replay import Head, first_block, replay
from ledger.stores.store import Block, Store
from ledger.suites import by_name
from ledger.verifier_keys import Signer

__all__ = ["check_continues", "found_ordered", "join"]


def found_ordered(log: OrderedLog, genesis: Genesis, operator: Signer) -> None:
    """Put the first block and its checkpoint into the ordering service; once more does no harm.

    Parameters
    ----------
    log
        Of the ledger whose id is the genesis' hash.
    operator
        Who signs checkpoints; the genesis names the key.

    Raises
    ------
    GenesisError
        If the genesis does not hold, or is another ledger's.
    NodeError
        If the key is not the one that the genesis names.
    OrderingError
        If the genesis is too long, or the service can not be written to.
    """
    if str(operator.key) != genesis.log_key:
        raise NodeError(f"the operator's key is {operator.key}, the genesis names {genesis.log_key}")
    block = first_block(genesis, operator)
    _check_genesis(block, log.ledger)
    data = proposal_bytes(block.header, NO_BLOCK.encode(), block.body)
    if log.propose(0, data) != data:
        raise OrderingError(f"the ordering service holds another first block for ledger {log.ledger}")
    log.publish_checkpoint(0, block.checkpoint)


def join(store: Store, log: OrderedLog) -> None:
    """Write the first block into an empty store, as it lies in the ordering service.

    Raises
    ------
    OrderingError
        If the ledger has not been founded there.
    GenesisError
        If its genesis is another than the one whose hash is the ledger's id: that id is all that a member must know.

    Examples
    --------
    >>> from ledger.consortium.keys import MemoryKeys
    >>> from ledger.stores import MemoryStore
    >>> join(MemoryStore(), OrderedLog(MemoryKeys(), "ab" * 32))
    Traceback (most recent call last):
    ledger.errors.consortium.OrderingError: ledger abab... has not been founded in the ordering service
    """
    data, note = log.block(0), log.checkpoint(0)
    if data is None or note is None:
        raise OrderingError(f"ledger {log.ledger} has not been founded in the ordering service")
    header, _, rest = data.partition(b"\n")
    block = Block(0, header, rest.partition(b"\n")[2], note)
    _check_genesis(block, log.ledger)
    replay([block])
    store.append(block)


def check_continues(log: OrderedLog, head: Head, rules: Rules) -> None:
    """Refuse an ordering service that does not hold the last block of a member's copy.

    Raises
    ------
    HaltedError
        If it has lost blocks, or holds another history.

    Examples
    --------
    >>> from ledger.consortium.keys import MemoryKeys
    >>> from ledger.frontier import Frontier
    >>> from ledger.state import State
    >>> from ledger.suites import by_name
    >>> head = Head(7, "cd" * 32, 60, Frontier(), State(), bytes(32))
    >>> rules = Rules("ab" * 32, by_name("ed25519-sha256-aesgcm"), 60)
    >>> check_continues(OrderedLog(MemoryKeys(), rules.ledger), head, rules)
    Traceback (most recent call last):
    ledger.errors.consortium.HaltedError: the ordering service ends before block 7, which is in this copy
    """
    data = log.block(head.number)
    if data is None:
        raise HaltedError(f"the ordering service ends before block {head.number}, which is in this copy")
    name = header_digest(data.partition(b"\n")[0], rules.suite.hash).hex()
    if name != head.previous:
        raise HaltedError(f"the ordering service holds another block {head.number} ({name}) than this copy")


def _check_genesis(block: Block, ledger: str) -> None:
    entry = split_entries(block.body, 1)[0]
    found = ledger_id(entry, by_name(read_genesis(entry).suite))
    if found != ledger:
        raise GenesisError(f"the genesis is that of ledger {found}, it should be that of {ledger}")
