"""A member: one organisation's node, with a copy of the ledger of its own, of several that write it together.

It follows the ordering service, executes every block with all signatures in it, votes for where it came to, and keeps
the block once the log's key has signed it. Whoever holds that key (the operator, one of the members or a machine of its
own) signs when most of those that run a node have voted alike. A receipt says all of it: the block has its number, most
members came to its state, it is signed, and it is on this member's disk.

A member that comes to another state than a block says, or hears another member's vote for another state, halts: it
says why, votes for what it found, and refuses everything until somebody has looked and opens it anew. So a consortium
stops rather than going on divided; one that would rather leave a dissenting minority behind says how many it tolerates.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from ledger.block import header_digest, join_entries, read_header
from ledger.consortium.joining import check_continues, join
from ledger.consortium.judgement import Candidate, DisagreementError, check_note, judge
from ledger.consortium.ordering import OrderedLog, batches
from ledger.consortium.proposal import proposal_bytes
from ledger.consortium.tally import Tally
from ledger.consortium.votes import ROLE, signed_vote, voters
from ledger.errors import (
    AmbiguousError,
    HaltedError,
    NodeError,
    PendingError,
    UnavailableError,
    UnsettledError,
)
from ledger.execution import Rules
from ledger.node import Receipt, Refusal, admitted, gather, opened
from ledger.replay import Head, checkpoint_of, next_header, signed_checkpoint
from ledger.stores.store import Block, Store
from ledger.verifier_keys import Signer, parse_verifier_key
from ledger.wallet import Wallet

__all__ = ["Member"]

_PASSING = (AmbiguousError, UnavailableError, UnsettledError)
"""What goes away by itself when most nodes of the ordering service are up again."""


class Member:
    """One node of a consortium. Not for several threads at once.

    Parameters
    ----------
    store
        Its copy; an empty one gets the first block from the ordering service.
    log
        The ordering service, for the ledger's id.
    wallet
        Key and certificate of the node, of the role `node`.
    clock
        Gives the time in whole Unix seconds.
    operator
        The log's key, if this member holds it. Two may hold it: what they sign is settled before they sign it.
    quorum
        How many members must have voted alike before the operator signs; by default more than half of those that run a
        node.
    tolerated
        How many dissenting members do not halt this one.
    patience
        Seconds that `submit` waits for votes and the signature.
    meanwhile
        Called while waiting, with seconds; by default waits for news from the ordering service.

    Raises
    ------
    NodeError
        If the wallet is not a node's, or the operator's key not the ledger's.
    LedgerError
        As `ledger.node.Node` and `ledger.consortium.joining.join` do.
    """

    def __init__(
        self,
        store: Store,
        log: OrderedLog,
        wallet: Wallet,
        clock: Callable[[], int],
        *,
        operator: Signer | None = None,
        quorum: int | None = None,
        tolerated: int = 0,
        patience: float = 30.0,
        meanwhile: Callable[[float], None] | None = None,
    ) -> None:
        if wallet.role != ROLE:
            raise NodeError(f"the certificate of {wallet.organisation} is that of a {wallet.role}, not of a {ROLE}")
        if not store.height():
            join(store, log)
        self.store, self.name = store, wallet.organisation
        self.halted: HaltedError | None = None
        self.refusals: Counter[str] = Counter()
        self._log, self._wallet, self._clock, self._operator = log, wallet, clock, operator
        self._quorum, self._tolerated, self._patience = quorum, tolerated, patience
        self._meanwhile = meanwhile or (lambda seconds: log.wait(self._mark, seconds))
        self.genesis, self.rules, self.head = opened(store)
        if self.rules.ledger != log.ledger:
            raise NodeError(f"the store holds ledger {self.rules.ledger}, the ordering service is for {log.ledger}")
        if operator is not None and str(operator.key) != self.genesis.log_key:
            raise NodeError(f"the operator's key is {operator.key}, the ledger's is {self.genesis.log_key}")
        self.tally = Tally(self.name, (_passed(block, self.rules) for block in store.blocks()))
        self._key = parse_verifier_key(self.genesis.log_key)
        self._candidate: Candidate | None = None
        self._needed, self._mark, self._voted, self._met = 1, 0, -1, False

    def follow(self) -> int:
        """Take in what has been settled, and return how many blocks were added to this member's copy.

        Raises
        ------
        HaltedError
            If this member can not go on, now or since an earlier call; a new one may be opened when the cause is gone.
        OrderingError
            If the ordering service can not be asked, or no longer holds the next block.
        """
        if self.halted is not None:
            raise self.halted
        before = self.head.number
        try:
            if not self._met:
                check_continues(self._log, self.head, self.rules)
                self._met = True
            while self._advance():
                pass
        except HaltedError as error:
            self.halted = HaltedError(f"{self.name} has halted: {error}")
            raise self.halted from None
        return self.head.number - before

    def submit(self, transactions: Sequence[bytes]) -> list[Receipt | Refusal]:
        """Put transactions into the log, and say for each whether it is there.

        A block that loses its number to another member's is made anew, of what holds after that one. Transactions that
        are too many or too long for one block become several; if one of these fails, those before it stay in the log.

        Returns
        -------
        list of Receipt or Refusal
            In order; when a receipt is returned, most members have voted for its block, and it is on this disk.

        Raises
        ------
        PendingError
            If a block has its number, but votes or the signature did not come in time; they may still come.
        UnsettledError, UnavailableError
            If it is not known whether the block has its number; a transaction can be submitted again: what is in the
            log already is refused as a replay.
        HaltedError
            As `follow` does.
        """
        answers: list[Receipt | Refusal] = []
        for batch in batches(transactions):
            answers += self._submit_batch(batch)
        self.refusals.update(one.rule for one in answers if isinstance(one, Refusal))
        return answers

    def run(self, until: Callable[[], bool], seconds: float = 1.0) -> None:
        """Follow until something is true, which is asked at least every so many seconds; raises as `follow` does."""
        while not until():
            with suppress(*_PASSING):  # it goes on when the service is back; nothing is acknowledged meanwhile
                self.follow()
            self._meanwhile(seconds)

    def close(self) -> None:
        """Leave the consortium; the store is closed with it."""
        self.store.close()

    def _submit_batch(self, batch: Sequence[bytes]) -> list[Receipt | Refusal]:
        read, deadline = admitted(batch, self.rules), time.monotonic() + self._patience
        while True:
            self._await(None, deadline)
            moment = max(self.head.time, self._clock())
            held, state, answers = gather(read, self.head, moment, self.rules, verified=False)
            if not held:
                return answers
            header, after = next_header(self.head, held, state, moment, self.rules)
            body = join_entries(held)
            data = proposal_bytes(header, signed_vote(after, self._wallet, self.rules), body)
            won = self._log.propose(after.number, data) == data
            if won:
                self._candidate = Candidate(data, header, body, after)
                self._needed = self._majority()
            self._await(after.number, deadline)
            if won:
                return answers

    def _await(self, number: int | None, deadline: float) -> None:
        """Follow until a block that has its number is in this member's copy; or, if none is given, until all are."""
        why = "too few votes, or no operator to sign"
        while True:
            try:
                self.follow()
                if (self._candidate is None) if number is None else (self.head.number >= number):
                    return
            except _PASSING as error:
                why = str(error)
            left = deadline - time.monotonic()
            if left <= 0:
                if self._candidate is None:
                    raise UnavailableError(f"the log could not be followed within {self._patience} s: {why}")
                number = self._candidate.head.number
                raise PendingError(f"block {number} is in the log, but not signed within {self._patience} s: {why}")
            self._meanwhile(min(left, 1.0))

    def _advance(self) -> bool:
        number = self.head.number + 1
        if self._candidate is None:
            data = self._log.block(number)
            self._mark = self._log.revision
            if data is None:
                self._hear()
                return False
            self._candidate = self._judged(data)
            self._needed = self._majority()
        note = self._log.checkpoint(number)
        self._mark = self._log.revision
        if self._voted < number:
            self._vote(self._candidate.head)
        if note is None:
            self._hear()
            note = self._signed(self._candidate.head)
        if note is None:
            return False
        self._keep(self._candidate, note)
        return True

    def _judged(self, data: bytes) -> Candidate:
        try:
            return judge(data, self.head, self.rules, self._clock())
        except DisagreementError as error:
            if error.head is not None:
                with suppress(*_PASSING):
                    self._vote(error.head)
            raise

    def _vote(self, head: Head) -> None:
        self._log.publish_vote(head.number, self.name, signed_vote(head, self._wallet, self.rules))
        self._voted = head.number

    def _hear(self) -> None:
        """Take in the votes of others; halt if too many of them say otherwise."""
        heard = self._log.votes(self.tally.revision)
        while heard:
            self.tally.hear(heard, self.head, self.rules)
            heard = self._log.votes(self.tally.revision)
        if self._candidate is not None:
            self.tally.agreeing(self._candidate.head)
        if len({member for _, member in self.tally.dissents}) > self._tolerated:
            raise HaltedError(self.tally.in_words())

    def _signed(self, head: Head) -> bytes | None:
        if self._operator is None or self.tally.agreeing(head) < self._needed:
            return None
        return self._log.publish_checkpoint(head.number, signed_checkpoint(head, self._operator, self.genesis.origin))

    def _majority(self) -> int:
        return self._quorum or len(voters(self.head.state, self.head.time)) // 2 + 1

    def _keep(self, candidate: Candidate, note: bytes) -> None:
        number = candidate.head.number
        check_note(note, checkpoint_of(candidate.head, self.genesis.origin), self._key)
        if self.store.height() == number:  # else it was written by an attempt that failed after that
            self.store.append(Block(number, candidate.header, candidate.body, note))
        self.tally.passed(candidate.head)
        self.head, self._candidate = candidate.head, None


def _passed(block: Block, rules: Rules) -> tuple[str, str]:
    return header_digest(block.header, rules.suite.hash).hex(), read_header(block.header).state
