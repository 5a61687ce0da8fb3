"""Judgement: a proposed block executed by a member on its own, and held against what the proposer says of it."""

from typing import NamedTuple

from ledger.block import Header, read_header
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.consortium.proposal import Proposal, read_proposal
from ledger.consortium.votes import check_vote
from ledger.errors import BlockError, HaltedError, LedgerError
from ledger.execution import Rules, admit, execute
from ledger.replay import Head, next_header
from ledger.replays import forget
from ledger.verifier_keys import VerifierKey

__all__ = ["FARTHEST_AHEAD", "Candidate", "DisagreementError", "check_note", "judge"]

FARTHEST_AHEAD = 300
"""By how many seconds a block may be dated ahead of a member's own clock; beyond, transactions would lapse unseen."""


class Candidate(NamedTuple):
    """A block that has its number and holds for this member, but is not signed yet.

    Parameters
    ----------
    data
        As it lies in the ordering service.
    header, body
        Bytes, see `ledger.block`.
    head
        Where it leads.
    """

    data: bytes
    header: bytes
    body: bytes
    head: Head


class DisagreementError(HaltedError):
    """A block leads elsewhere than it says; `head` is where this member comes to, None if it can not come through."""

    def __init__(self, message: str, head: Head | None = None) -> None:
        super().__init__(message)
        self.head = head


def judge(data: bytes, head: Head, rules: Rules, now: int) -> Candidate:
    """Execute the block that has the next number, with every signature in it.

    Parameters
    ----------
    data
        Of the ordering service.
    now
        The member's own time, Unix seconds.

    Raises
    ------
    DisagreementError
        If it does not hold; the message names the block, who proposed it, what it says and what is right.

    Examples
    --------
    >>> from ledger.frontier import Frontier
    >>> from ledger.state import State
    >>> from ledger.suites import by_name
    >>> head = Head(7, "cd" * 32, 60, Frontier(), State(), bytes(32))
    >>> judge(b"rubbish", head, Rules("ab" * 32, by_name("ed25519-sha256-aesgcm"), 60), 60)
    Traceback (most recent call last):
    ledger.consortium.judgement.DisagreementError: block 8 does not hold: the block should be header, vote and body, ...
    """
    block = f"block {head.number + 1}"
    try:
        proposal = read_proposal(data)
        proposer = check_vote(proposal.vote, head.state, max(head.time, proposal.said.time), rules)
        block += f", proposed by {proposer},"
        header, after = _executed(proposal, head, rules, now)
    except LedgerError as error:
        raise DisagreementError(f"{block} does not hold: {error}") from None
    if header != proposal.header:
        raise DisagreementError(f"{block} says that {_difference(proposal.said, read_header(header))}", after)
    if (proposal.vote.block, proposal.vote.header, proposal.vote.state) != _names(after):
        raise DisagreementError(f"{block} says one thing, the vote of its proposer another", after)
    return Candidate(data, proposal.header, proposal.body, after)


def check_note(note: bytes, wanted: Checkpoint, key: VerifierKey) -> None:
    """Refuse a signed checkpoint that is not of where this member came to.

    Raises
    ------
    HaltedError
        If it is not signed with the log's key, or says something else.

    Examples
    --------
    >>> from ledger.notes import sign_note
    >>> from ledger.verifier_keys import ed25519_signer
    >>> log, wanted = ed25519_signer("log.example", bytes(32)), Checkpoint("log.example", 2, bytes(32))
    >>> check_note(sign_note(wanted.text, [log]).encode(), wanted, log.key)
    """
    try:
        said, _ = open_checkpoint(note, [key])
    except LedgerError as error:
        raise HaltedError(f"the checkpoint in the ordering service does not hold: {error}") from None
    if said != wanted:
        raise HaltedError(f"the log's key has signed for {said.text!r}, this member came to {wanted.text!r}")


def _executed(proposal: Proposal, head: Head, rules: Rules, now: int) -> tuple[bytes, Head]:
    time = proposal.said.time
    if time < head.time:
        raise BlockError(f"its time is {time}, before {head.time}, the time of the block before")
    if time > now + FARTHEST_AHEAD:
        raise BlockError(f"its time is {time}, more than {FARTHEST_AHEAD} seconds after this member's own, {now}")
    state = forget(head.state, time)
    for place, entry in enumerate(proposal.entries):
        try:
            state = execute(state, admit(entry, rules), time, rules)
        except LedgerError as error:
            raise BlockError(f"transaction {place} in it is refused here: {error}") from None
    return next_header(head, proposal.entries, state, time, rules)


def _difference(said: Header, mine: Header) -> str:
    field = next(name for name in reversed(Header._fields) if getattr(said, name) != getattr(mine, name))
    return f"its {field} is {getattr(said, field)}, this member comes to {getattr(mine, field)}"


def _names(head: Head) -> tuple[int, str, str]:
    return head.number, head.previous, head.digest.hex()
