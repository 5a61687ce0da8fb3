"""Quotes as the rules tell them: what happened to one request, gone through from the beginning.

The contract keeps records and refuses one step at a time; here the whole story of a request is read at once, and what
does not count is passed over. Both must come to the same winner.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Event", "winner"]


class Event(NamedTuple):
    """A bank commits to an offer, or reveals one with a salt, in a block of some time."""

    time: int
    bank: str
    action: str
    offer: int
    salt: int


def winner(
    events: Sequence[Event], *, rule: str, limit: int, amount: int, commit_until: int, reveal_until: int
) -> tuple[str, int] | None:
    """Return the bank that wins and its offer, None if nobody does.

    Parameters
    ----------
    events
        In the order of the log; times do not fall.
    rule
        `lowest_rate` or `highest_price`.
    limit
        The highest rate, or the lowest price, that counts.
    amount
        The face amount, which no price exceeds.
    commit_until, reveal_until
        The deadlines, both included; a reveal comes after the first.

    Examples
    --------
    >>> story = [Event(1, "a", "commit", 310, 7), Event(1, "b", "commit", 305, 8), Event(5, "a", "reveal", 310, 7)]
    >>> winner(story, rule="lowest_rate", limit=10_000, amount=100, commit_until=4, reveal_until=9)
    ('a', 310)
    """
    committed: dict[str, Event] = {}
    revealed: dict[str, Event] = {}
    for event in events:
        promised = committed.get(event.bank)
        if event.action == "commit":
            if event.time <= commit_until and promised is None:
                committed[event.bank] = event
        elif (
            commit_until < event.time <= reveal_until
            and promised is not None
            and (promised.offer, promised.salt) == (event.offer, event.salt)
            and (event.offer <= limit if rule == "lowest_rate" else limit <= event.offer <= amount)
        ):
            revealed[event.bank] = event
    return _best(committed, revealed, rule)


def _best(committed: Mapping[str, Event], revealed: Mapping[str, Event], rule: str) -> tuple[str, int] | None:
    """Keep whoever is better than all before: by offer, then by time of commitment, then by name."""
    best: str | None = None
    for bank in sorted(revealed):
        if best is None:
            best = bank
            continue
        mine, its = revealed[bank].offer, revealed[best].offer
        is_better = mine < its if rule == "lowest_rate" else mine > its
        if is_better or (mine == its and committed[bank].time < committed[best].time):
            best = bank
    return None if best is None else (best, revealed[best].offer)
