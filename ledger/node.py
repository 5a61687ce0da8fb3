"""A node: takes signed transactions, makes blocks of those that hold, and acknowledges what is on disk.

One process applies, one block after the other. A transaction that is refused leaves no trace in the log; it is counted.
The state is a cache: it is worked out from the blocks when a node opens, and can be worked out again at any time.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from typing import NamedTuple, cast

from ledger.auditor.stored import StoredBlock
from ledger.auditor.verification import verify_blocks
from ledger.errors import DamagedStoreError, LedgerError, NodeError, RefusalError, StoreError
from ledger.execution import Rules, admit, execute
from ledger.forms import filled
from ledger.frontier import Frontier
from ledger.garbage import left_alone
from ledger.genesis import Genesis
from ledger.payments import Screened, take_payments
from ledger.replay import Head, Log, first_block, following, next_block, replay
from ledger.replays import forget
from ledger.state import State
from ledger.stores.store import Store
from ledger.transaction import SignedTransaction
from ledger.verifier_keys import Signer

__all__ = ["MOST_TRANSACTIONS", "Gathered", "Node", "Receipt", "Refusal", "admitted", "found", "gather", "opened"]

MOST_TRANSACTIONS = 1_000
"""The most transactions in one block: one commit for so many."""
_new = tuple.__new__  # a named tuple made by its own name takes three times as long


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


class Gathered(NamedTuple):
    """What was executed on top of a head: the transactions that hold, the state after them, an answer for each."""

    held: list[bytes]
    state: State
    answers: list[Receipt | Refusal]


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
        If the store is empty, or the key is not the ledger's.
    DamagedStoreError
        If a block does not hold; it names the first, and `ledger.reader` opens what comes before.

    Notes
    -----
    If the store can say that its blocks are what was closed or appended here (see `Store.verified`), they are executed
    again, and must lead to the records that their headers name; signatures were verified before they were written. If
    it can not say so, after a crash for instance, the blocks are audited first, with every signature.
    """

    def __init__(self, store: Store, signer: Signer, clock: Callable[[], int]) -> None:
        self.store, self._signer, self._clock = store, signer, clock
        self.refusals: Counter[str] = Counter()
        log = opened(store)
        self.genesis, self.rules, self._head = log
        if str(signer.key) != self.genesis.log_key:
            raise NodeError(f"the operator's key is {signer.key}, the ledger's is {self.genesis.log_key}")

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
            If the store can not be written; nothing is acknowledged then. What did get into the log all the same, in an
            earlier block of the same call for instance, is refused as a replay when it is submitted again.
        """
        answers: list[Receipt | Refusal] = []
        for start in range(0, len(transactions), MOST_TRANSACTIONS):
            answers += self._submit_block(transactions[start : start + MOST_TRANSACTIONS])
        return answers

    def _submit_block(self, transactions: Sequence[bytes]) -> list[Receipt | Refusal]:
        return self.commit(admitted(transactions, self.rules), verified=False)

    def commit(
        self,
        read: Sequence[SignedTransaction | RefusalError | Screened],
        *,
        verified: bool,
        unverified: Container[bytes] = (),
    ) -> list[Receipt | Refusal]:
        """Make one block of transactions that were admitted, see `submit`.

        Parameters
        ----------
        read
            Each as `ledger.execution.admit` returned it, or the refusal that it raised; or a payment of which the
            signature has been verified.
        verified
            Whether their signatures have been verified.
        unverified
            Ids of those whose signatures have not, though those of all others have.
        """
        self._catch_up()
        head = self._head
        time = max(head.time, self._clock())
        with left_alone():
            held, state, answers = gather(read, head, time, self.rules, verified=verified, unverified=unverified)
        if held:
            block, after = next_block(head, held, state, time, self.rules, self._signer, self.genesis.origin)
            self.store.append(block)
            self._head = after
        self.refusals.update(one.rule for one in answers if isinstance(one, Refusal))
        return answers

    def _catch_up(self) -> None:
        """Follow the store: a block may be in it though writing it failed, when the fault came after the commit."""
        if self.store.height() == self._head.number + 1:
            return
        for block in self.store.blocks(self._head.number + 1):
            self._head = following(block, self._head, self.rules)

    def close(self) -> None:
        """Leave the ledger; the store is closed with it."""
        self.store.close()


def admitted(transactions: Iterable[bytes], rules: Rules) -> list[SignedTransaction | RefusalError]:
    """Return each as a transaction, as `ledger.execution.admit` reads it, or the refusal that it raised."""
    read: list[SignedTransaction | RefusalError] = []
    for data in transactions:
        try:
            read.append(admit(data, rules))
        except RefusalError as error:
            read.append(error)
    return read


def gather(
    read: Sequence[SignedTransaction | RefusalError | Screened],
    head: Head,
    time: int,
    rules: Rules,
    *,
    verified: bool,
    unverified: Container[bytes] = (),
) -> Gathered:
    """Execute transactions one after the other on top of a head, and keep those that hold; see `Node.commit`.

    Parameters
    ----------
    time
        Of the block to come, Unix seconds.
    """
    state = forget(head.state, time)
    held: list[bytes] = []
    answers: list[Receipt | Refusal] = []
    number, size, place = head.number + 1, head.tree.size, 0
    while place < len(read):
        one = read[place]
        if not isinstance(one, SignedTransaction | RefusalError):
            start = place
            state, place = take_payments(state, read, start, time, rules.longest_validity)
            row = cast("Sequence[Screened]", read[start:place])
            answers += [_new(Receipt, (one[1][0], number, at)) for at, one in enumerate(row, size + len(held))]
            held += [one[0] for one in row]
            if row:
                continue
            one = filled(one[0], bytes.fromhex(one[1][0]))
        try:
            if isinstance(one, RefusalError):
                raise one
            state = execute(state, one, time, rules, verified=verified and one.id not in unverified)
            answers.append(Receipt(one.id.hex(), number, size + len(held)))
            held.append(one.data)
        except RefusalError as error:
            answers.append(Refusal(type(error).__name__, str(error)))
        place += 1
    return Gathered(held, state, answers)


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
    store.append(first_block(genesis, signer))


def opened(store: Store) -> Log:
    """Return where the log in a store stands, after the checks that `Node` speaks of; raises as it does."""
    try:
        if not store.verified:
            report = verify_blocks(StoredBlock(*block) for block in store.blocks())
            if report.findings and store.height():
                raise DamagedStoreError(f"the ledger does not hold from here on: {report.findings[0]}")
        log = replay(store.blocks())
    except StoreError:
        raise
    except LedgerError as error:
        raise DamagedStoreError(f"the ledger does not hold: {error}") from None
    if log is None:
        raise NodeError("the store holds no block: found the ledger first")
    store.verified = True
    return log
