"""A pipeline before a node: forms and signatures are looked at by several processes, records by the node alone.

A signature takes three times as long as all the rest, and needs no records. So batches of bytes go out to processes
that screen them (`ledger.screening`), and verdicts come back; the node executes and commits one block after the other,
as many as are ready, up to a thousand. Answers come in the order of submission, each when its block is on disk.

Nothing is put in without being asked for: transactions are drawn from their source as processes become free, so that a
source that is faster than the ledger waits, and memory stays level. A process has one batch at a time and answers
before it gets the next, so that neither side can ever wait for the other in vain.

If a process dies, the pipeline ends with `ScreeningError`. Whatever has been answered is in the log; what has not been
is not, unless the caller stopped taking answers in the middle of a block. The node goes on as it is. Which of several
faults of a transaction is named may differ from what the node alone would name, as signatures come before records here.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait
from types import TracebackType
from typing import NoReturn

from ledger.errors import RefusalError, ScreeningError, UsageError
from ledger.execution import Rules, admit
from ledger.forms import filled
from ledger.garbage import left_alone
from ledger.node import MOST_TRANSACTIONS, Node, Receipt, Refusal
from ledger.payments import Screened
from ledger.processes import started_clean
from ledger.screening import Verdict, screener
from ledger.transaction import SignedTransaction

__all__ = ["BATCH", "Pipeline"]

BATCH = 1_000
"""How many transactions go to a process at a time: as many as make a block. Each time that a process begins, what it
needs is no longer at hand for the processor; 250 at a time cost 2 us more for each transaction."""
_LONGEST_GOODBYE = 10.0  # seconds that a process gets for its last batch
_AHEAD = 2  # batches for each process that may be under way or wait for one before them


@dataclass(slots=True, eq=False)
class _Batch:
    """Transactions that go out together, and the verdicts that come back."""

    transactions: list[bytes] = field(default_factory=list)
    verdicts: list[Verdict] | None = None


class _Worker:
    """A process that screens, how many of the known keys it has been told, and the batch that it has."""

    def __init__(self, rules: Rules) -> None:
        context = started_clean()
        self.channel, theirs = context.Pipe()
        given = (theirs, rules.ledger, rules.suite.name, rules.longest_validity)
        self.process = context.Process(target=screener, args=given, daemon=True)
        self.process.start()
        theirs.close()  # so that the channel ends when the process does
        self.told = 0
        self.batch: _Batch | None = None


class Pipeline:
    """A node with processes before it that screen transactions.

    Parameters
    ----------
    node
        It must get its transactions from here alone while answers are drawn; it is not closed with the pipeline.
    processes
        How many screen. One more than there are cores keeps all of them busy.
    batch
        How many transactions go to a process at a time.

    Examples
    --------
    ::

        with Pipeline(node, processes=3) as line:
            for answer in line.answers(transactions):
                ...
    """

    def __init__(self, node: Node, *, processes: int, batch: int = BATCH) -> None:
        if processes < 1 or batch < 1:
            raise UsageError(f"processes is {processes} and batch {batch}: both must be at least 1")
        self.node, self._size = node, batch
        self._keys: dict[str, bytes] = {}
        self._learn(name for name, _ in node.state.records("certificates"))
        self._workers = [_Worker(node.rules) for _ in range(processes)]
        self._is_busy = False

    def __enter__(self) -> "Pipeline":
        """Return the pipeline."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        self.close()

    def submit(self, transactions: Sequence[bytes]) -> list[Receipt | Refusal]:
        """Put transactions into the log, and say for each, in order, whether it is there; see `answers`."""
        return list(self.answers(transactions))

    def answers(self, transactions: Iterable[bytes | None]) -> Iterator[Receipt | Refusal]:
        """Put transactions into the log, and yield for each, in order, whether it is there.

        Parameters
        ----------
        transactions
            Drawn from as there is room. None among them says that nothing more is at hand: what is under way is
            committed and answered before the next is drawn.

        Raises
        ------
        ScreeningError
            If a process has ended, the pipeline was closed, or other answers are being drawn.
        StoreError
            If the store can not be written; what has not been answered is not in the log then.
        """
        if self._is_busy or not self._workers:
            raise ScreeningError("the pipeline is " + ("answering somebody else" if self._is_busy else "closed"))
        source, self._is_busy = iter(transactions), True
        try:
            while (yield from self._answers(source)):
                pass
        finally:
            self._is_busy = False
            self._discard()

    def close(self) -> None:
        """End the processes, once they have finished the batch that they have."""
        for one in self._workers:
            one.channel.close()
        for one in self._workers:
            one.process.join(_LONGEST_GOODBYE)
            if one.process.is_alive():
                one.process.kill()
                one.process.join()
        self._workers = []

    def _answers(self, source: Iterator[bytes | None]) -> Generator[Receipt | Refusal, None, bool]:
        """Yield the answers up to the next None, and return whether it has come: if not, the source is at its end."""
        under_way: deque[_Batch] = deque()
        ready: deque[tuple[bytes, Verdict]] = deque()
        is_open, is_pause = True, False
        while is_open or under_way or ready:
            for worker in self._workers:
                if is_open and worker.batch is None and len(under_way) < _AHEAD * len(self._workers):
                    batch = _Batch()
                    is_open, is_pause = _fill(batch, source, self._size)
                    if batch.transactions:
                        self._send(worker, batch)
                        under_way.append(batch)
            if under_way:
                self._receive()
            while under_way and under_way[0].verdicts is not None:
                batch = under_way.popleft()
                ready.extend(zip(batch.transactions, batch.verdicts or (), strict=True))
            while len(ready) >= MOST_TRANSACTIONS or (ready and not under_way and not is_open):
                with left_alone():
                    answers = self._commit([ready.popleft() for _ in range(min(len(ready), MOST_TRANSACTIONS))])
                yield from answers
        return is_pause

    def _send(self, worker: _Worker, batch: _Batch) -> None:
        news = dict(islice(self._keys.items(), worker.told, None))
        try:
            worker.channel.send((news, batch.transactions))
        except OSError:
            self._mourn(worker)
        worker.batch, worker.told = batch, len(self._keys)

    def _receive(self) -> None:
        """Wait until a process has answered, and take its verdicts, and those of others that have by now."""
        busy = [one for one in self._workers if one.batch is not None]
        answered = wait([one.channel for one in busy])
        for worker in [one for one in busy if one.channel in answered]:
            try:
                with left_alone():
                    verdicts = worker.channel.recv()
            except (EOFError, OSError):
                self._mourn(worker)
            if worker.batch is not None:
                worker.batch.verdicts, worker.batch = verdicts, None

    def _mourn(self, worker: _Worker) -> NoReturn:
        worker.process.join(_LONGEST_GOODBYE)
        code, name = worker.process.exitcode, worker.process.pid
        self.close()
        raise ScreeningError(
            f"process {name}, which screens transactions, has ended with code {code}: what has been answered is in the"
            " log, the rest is not; open a new pipeline and submit it again"
        )

    def _discard(self) -> None:
        """Take back what is still out when nobody wants the answers any more."""
        try:
            while any(one.batch is not None for one in self._workers):
                self._receive()
        except ScreeningError:
            return  # whoever comes next hears that the pipeline is closed

    def _commit(self, screened: Sequence[tuple[bytes, Verdict]]) -> list[Receipt | Refusal]:
        """Make a block; those that could not be verified are, by the node, which knows all certificates."""
        late = {place: self._admitted(data) for place, (data, verdict) in enumerate(screened) if verdict is None}
        unverified = {one.id: one for one in late.values() if isinstance(one, SignedTransaction)}
        read = [late[place] if place in late else _read(one) for place, one in enumerate(screened)]
        answers = self.node.commit(read, verified=True, unverified=unverified)
        self._learn(one.certificate for transaction in unverified.values() for one in transaction.signatures)
        return answers

    def _admitted(self, data: bytes) -> SignedTransaction | RefusalError:
        try:
            return admit(data, self.node.rules)
        except RefusalError as error:
            return error

    def _learn(self, certificates: Iterable[str]) -> None:
        for name in certificates:
            record = self.node.state.get("certificates", name)
            if record is not None:
                self._keys.setdefault(name, bytes.fromhex(record["public_key"]))


def _fill(batch: _Batch, source: Iterator[bytes | None], size: int) -> tuple[bool, bool]:
    """Draw a batch; return whether to draw on, and if not, whether that is because of a None."""
    for data in source:
        if data is None:
            return False, True
        batch.transactions.append(data)
        if len(batch.transactions) == size:
            return True, False
    return False, False


def _read(screened: tuple[bytes, Verdict]) -> SignedTransaction | RefusalError | Screened:
    data, verdict = screened
    if isinstance(verdict, tuple):
        return data, verdict
    if isinstance(verdict, RefusalError):
        return verdict
    assert verdict is not None, "those without a verdict are read before"
    return filled(data, verdict)
