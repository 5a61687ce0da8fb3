"""Ordering: one block for each number, settled by one compare-and-set, whoever proposes and whatever answers are lost.

A block is written under its number only if nothing is there and the block before it is. Bytes of a block name its
number, so that a block that lost its number is no block of any other. If no answer comes, the number is read: what is
there is the block, mine or another's; if nothing is there, the same bytes are written under the same number again. So a
proposal is in the log once or not at all, never twice, even if the first attempt arrives late.

Votes and checkpoints lie beside the blocks. All keys begin with the ledger's id, so that ledgers do not mix.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from ledger.consortium.keys import Entry, Keys
from ledger.errors import AmbiguousError, DroppedError, OrderingError, UnavailableError, UnsettledError

__all__ = ["MOST_BLOCK_BYTES", "MOST_TRANSACTIONS", "OrderedLog", "batches", "pause_between"]

MOST_BLOCK_BYTES = 500_000
"""The most bytes of a proposal: etcd takes 1.5 MB at once, and is at its best below one half."""
MOST_TRANSACTIONS = 1_000
_ENVELOPE_BYTES = 4_000
"""More than header and vote of a proposal ever take."""


def batches(transactions: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Cut transactions, in order, into as many as go into one block each.

    Examples
    --------
    >>> [len(one) for one in batches([bytes(60_000)] * 10)]
    [8, 2]
    """
    held: list[bytes] = []
    size = _ENVELOPE_BYTES
    for one in transactions:
        if held and (len(held) == MOST_TRANSACTIONS or size + len(one) + 1 > MOST_BLOCK_BYTES):
            yield held
            held, size = [], _ENVELOPE_BYTES
        held.append(one)
        size += len(one) + 1
    if held:
        yield held


def pause_between(attempt: int) -> None:
    """Wait a little longer after each attempt, a second at most.

    Examples
    --------
    >>> pause_between(0)
    """
    time.sleep(min(1.0, 0.02 * 2**attempt))


class OrderedLog:
    """The blocks, votes and checkpoints of one ledger in an ordering service.

    Parameters
    ----------
    keys
        The service.
    ledger
        Id of the ledger.
    attempts
        How often a write is tried until it counts as unsettled.
    pause
        Called between attempts with their number.

    Examples
    --------
    >>> from ledger.consortium.keys import MemoryKeys
    >>> log = OrderedLog(MemoryKeys(), "ab" * 32)
    >>> log.propose(0, b"genesis"), log.propose(1, b"mine"), log.propose(1, b"yours")
    (b'genesis', b'mine', b'mine')
    """

    def __init__(
        self, keys: Keys, ledger: str, *, attempts: int = 12, pause: Callable[[int], None] = pause_between
    ) -> None:
        self._keys, self.ledger = keys, ledger
        self._attempts, self._pause = attempts, pause

    @property
    def revision(self) -> int:
        """The revision of the service at its last answer, for `wait`."""
        return self._keys.revision

    def propose(self, number: int, data: bytes) -> bytes:
        """Propose a block, and return the one that has its number from now on: this one, or another's.

        Raises
        ------
        DroppedError
            If the block before it is not there: the proposer is far behind.
        UnsettledError
            If the service could not be asked in time: the block may be in the log, now or a little later. Whoever
            proposes next learns of it, because it reads the log first.
        OrderingError
            If the block is too long, or the service refuses it.
        """
        if len(data) > MOST_BLOCK_BYTES:
            raise OrderingError(f"block {number} has {len(data):,} bytes, at most {MOST_BLOCK_BYTES:,} are ordered")
        return self._settle(self._block(number), data, self._block(number - 1) if number else None)

    def block(self, number: int) -> bytes | None:
        """Return the block of a number, None if there is none yet.

        Raises
        ------
        DroppedError
            If there are later ones: this one has been taken away.
        UnavailableError
            If the service does not answer.
        """
        found = self._keys.first(self._block(number), self._end("block"))
        if found is None:
            return None
        if found.key != self._block(number):
            raise DroppedError(
                f"block {number} is no longer in the ordering service, its first is {found.key.rsplit('/', 1)[1]}:"
                " begin with a copy of another member's ledger file"
            )
        return found.value

    def checkpoint(self, number: int) -> bytes | None:
        """Return the signed checkpoint of a block, None if there is none yet."""
        return self._keys.get(self._name("checkpoint", number))

    def publish_checkpoint(self, number: int, note: bytes) -> bytes:
        """Write the checkpoint of a block, and return the one that is there from now on; raises as `propose` does."""
        return self._settle(self._name("checkpoint", number), note, self._block(number))

    def publish_vote(self, number: int, member: str, vote: bytes) -> None:
        """Write what a member says of a block, in place of what it said before; raises as `propose` does."""
        for attempt in range(self._attempts):
            try:
                return self._keys.put(f"{self._name('vote', number)}/{member}", vote)
            except (AmbiguousError, UnavailableError):
                self._pause(attempt)
        raise UnsettledError(f"the vote on block {number} could not be written, the ordering service does not answer")

    def votes(self, since: int, limit: int = 1000) -> list[Entry]:
        """Return what members said after a revision, the oldest first; keys are numbers and members."""
        prefix = f"hexi/{self.ledger}/vote/"
        found = self._keys.changes(prefix, self._end("vote"), since, limit)
        return [one._replace(key=one.key.removeprefix(prefix)) for one in found]

    def wait(self, since: int, seconds: float) -> None:
        """Return when something of this ledger was written after a revision, or the seconds are over; or earlier."""
        self._keys.wait(f"hexi/{self.ledger}/", f"hexi/{self.ledger}0", since, seconds)

    def drop(self, below: int) -> None:
        """Take blocks, votes and checkpoints below a number away, to make room; the last block must stay.

        Raises
        ------
        OrderingError
            If there would be no block left to follow: then a number could be given twice.
        """
        if self._keys.get(self._block(below)) is None:
            raise OrderingError(f"block {below} is not in the ordering service: the last block must stay")
        for kind in ("vote", "checkpoint", "block"):
            self._keys.remove(f"hexi/{self.ledger}/{kind}/", self._name(kind, below))

    def withdraw(self, number: int) -> None:
        """Take the last block away by hand, when members halted at it; nobody keeps a block that is not signed.

        Raises
        ------
        OrderingError
            If the log's key has signed it: then it is in members' copies, and stays; or the service does not answer.
        """
        start, end = self._block(number), self._block(number + 1)
        if not self._keys.remove(start, end, unless=self._name("checkpoint", number)):
            raise OrderingError(f"block {number} is signed with the log's key: it is in members' copies, and stays")
        self._keys.remove(self._name("vote", number), self._name("vote", number + 1))

    def _settle(self, key: str, value: bytes, after: str | None) -> bytes:
        failure: OrderingError | None = None
        for attempt in range(self._attempts):
            try:
                if self._keys.create(key, value, after):
                    return value
                there = self._keys.get(key)
                if there is None:
                    raise DroppedError(f"{key} can not be written, what it should follow is not in the service")
            except (AmbiguousError, UnavailableError) as error:
                failure = error
                self._pause(attempt)
                there = self._there(key)
            if there is not None:
                return there
        raise UnsettledError(f"whether {key} is written could not be found out in time: {failure}")

    def _there(self, key: str) -> bytes | None:
        try:
            return self._keys.get(key)
        except UnavailableError:
            return None

    def _block(self, number: int) -> str:
        return self._name("block", number)

    def _name(self, kind: str, number: int) -> str:
        return f"hexi/{self.ledger}/{kind}/{number:016d}"

    def _end(self, kind: str) -> str:
        return f"hexi/{self.ledger}/{kind}0"
