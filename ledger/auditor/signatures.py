"""Signatures, verified in several processes while the chain is walked.

A batch is what one block's transactions bear: public keys, messages and signatures. Results come back in order; no more
than some batches are under way, so that memory stays level however long the ledger is.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, NamedTuple

from ledger.errors import LedgerError, ScreeningError
from ledger.processes import started_clean
from ledger.suites import by_name

__all__ = ["UNDER_WAY", "Claim", "Failure", "Signatures", "first_failure", "signature_checker"]

_FEW = 64
UNDER_WAY = 8
"""How many blocks' signatures may wait for their verdict."""


class Claim(NamedTuple):
    """That somebody signed a transaction: its index in the log, the public key, the message, the signature."""

    entry: int
    public_key: bytes
    message: bytes
    signature: bytes


class Failure(NamedTuple):
    """A claim that does not hold: the block, the entry, and why."""

    block: int
    entry: int
    rule: str
    message: str


class Signatures:
    """Claims that wait for their verdict.

    Parameters
    ----------
    suite
        Name of the crypto suite.
    workers
        Processes, None for none: verify at once.
    """

    def __init__(self, suite: str, workers: ProcessPoolExecutor | None) -> None:
        self._suite = suite
        self._workers = workers
        self._waiting: deque[tuple[int, Future[Failure | None] | Failure | None]] = deque()

    def add(self, block: int, claims: Sequence[Claim]) -> Failure | None:
        """Hand over a block's claims; return the first failure of an earlier block, if one is known by now."""
        if self._workers is None or len(claims) < _FEW:
            self._waiting.append((block, first_failure(self._suite, block, claims)))
        else:
            self._waiting.append(
                (block, self._workers.submit(_first_failure, self._suite, block, *zip(*claims, strict=True)))
            )
        while len(self._waiting) > UNDER_WAY:
            failure = self._next()
            if failure is not None:
                return failure
        return None

    def finish(self) -> Failure | None:
        """Wait for all verdicts; return the first failure."""
        while self._waiting:
            failure = self._next()
            if failure is not None:
                return failure
        return None

    def _next(self) -> Failure | None:
        _, verdict = self._waiting.popleft()
        return verdict.result() if isinstance(verdict, Future) else verdict


def first_failure(suite: str, block: int, claims: Sequence[Claim]) -> Failure | None:
    """Return the first claim of a block that does not hold, None if all do."""
    verify = by_name(suite).verify
    for claim in claims:
        try:
            verify(claim.public_key, claim.message, claim.signature)
        except LedgerError as error:
            return Failure(block, claim.entry, type(error).__name__, str(error))
    return None


def _first_failure(suite: str, block: int, *columns: Sequence[Any]) -> Failure | None:
    """Do the same for claims that come column by column, which go to another process at a third of the cost."""
    return first_failure(suite, block, list(map(Claim, *columns)))


@contextmanager
def signature_checker(suite: str, processes: int) -> Iterator[Signatures]:
    """Give a `Signatures` with so many processes behind it, and end them afterwards.

    Parameters
    ----------
    processes
        1 verifies in this process.

    Raises
    ------
    ScreeningError
        If one of them has ended by itself.
    """
    if processes <= 1:
        yield Signatures(suite, None)
        return
    pool = ProcessPoolExecutor(processes, mp_context=started_clean())
    try:
        yield Signatures(suite, pool)
    except BrokenProcessPool:
        raise ScreeningError(
            "a process that verifies signatures has ended by itself: of what it had, nothing is known; verify again"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
