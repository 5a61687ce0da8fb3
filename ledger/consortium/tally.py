"""The tally: what members have said of each block, held against where this member came to.

Votes come in any order, early and late. One that does not count (a stranger's, a forged one) is refused and counted;
one that says otherwise than this member found is a dissent. A member that corrects its vote dissents no longer.
"""

from collections import Counter
from collections.abc import Iterable

from ledger.consortium.keys import Entry
from ledger.consortium.votes import Vote, check_vote, read_vote
from ledger.errors import VoteError
from ledger.execution import Rules
from ledger.replay import Head

__all__ = ["Tally"]

_EARLIEST = 1_000
"""How many blocks ahead of this member a vote is still kept for later."""


class Tally:
    """Votes against the blocks of one member's log.

    Parameters
    ----------
    name
        The member, whose own votes are not heard.
    passed
        For each block of its log, in order, the hash of its header and the digest of the state after it; hexadecimal.
    """

    def __init__(self, name: str, passed: Iterable[tuple[str, str]]) -> None:
        self._name, self._passed = name, list(passed)
        self._early: dict[int, dict[str, Vote]] = {}
        self.dissents: dict[tuple[int, str], tuple[Vote, tuple[str, str]]] = {}
        self.refused: Counter[str] = Counter()
        self.revision = 0

    def hear(self, entries: Iterable[Entry], head: Head, rules: Rules) -> None:
        """Take in votes as they lie in the ordering service, the oldest first."""
        for one in entries:
            self.revision = one.revision
            try:
                member, vote = _attributed(one, head, rules)
            except VoteError as error:
                self.refused[str(error)] += 1
                continue
            if member == self._name:
                continue
            if vote.block < len(self._passed):
                self._weigh(member, vote, self._passed[vote.block])
            elif vote.block < len(self._passed) + _EARLIEST:
                self._early.setdefault(vote.block, {})[member] = vote

    def agreeing(self, candidate: Head) -> int:
        """Return how many members have said the same of the next block, this one included; others are dissents."""
        mine = (candidate.previous, candidate.digest.hex())
        for member, vote in self._early.get(candidate.number, {}).items():
            self._weigh(member, vote, mine)
        heard = self._early.get(candidate.number, {}).values()
        return 1 + sum((vote.header, vote.state) == mine for vote in heard)

    def passed(self, head: Head) -> None:
        """Note that the next block is in this member's log."""
        self.agreeing(head)
        self._early.pop(head.number, None)
        self._passed.append((head.previous, head.digest.hex()))

    def in_words(self) -> str:
        """Return the first dissent in words."""
        (number, member), (vote, mine) = next(iter(self.dissents.items()))
        return (
            f"{member} has signed that block {number} ({vote.header}) leads to state {vote.state},"
            f" here block {number} ({mine[0]}) leads to {mine[1]}"
        )

    def _weigh(self, member: str, vote: Vote, mine: tuple[str, str]) -> None:
        if (vote.header, vote.state) == mine:
            self.dissents.pop((vote.block, member), None)
        else:
            self.dissents[vote.block, member] = vote, mine


def _attributed(entry: Entry, head: Head, rules: Rules) -> tuple[str, Vote]:
    """Return whose vote an entry is; it must lie where that member's vote on that block belongs."""
    vote = read_vote(entry.value)
    member = check_vote(vote, head.state, head.time, rules)
    if entry.key != f"{vote.block:016d}/{member}":
        raise VoteError(f"the vote of {member} on block {vote.block} lies under {entry.key}, where it does not belong")
    return member, vote
