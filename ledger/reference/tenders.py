"""Tenders as the rules tell them: who is awarded, in which order, gone through from the beginning."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Event", "awards"]


class Event(NamedTuple):
    """An owner commits to a rate, or reveals one with a salt, in a block of some time."""

    time: int
    seller: str
    action: str
    rate_bp: int
    salt: int


def awards(
    events: Sequence[Event],
    prices: Mapping[tuple[str, int], int],
    *,
    amount: int,
    lowest_rate_bp: int,
    commit_until: int,
    reveal_until: int,
) -> list[tuple[str, int]]:
    """Return owners and prices in the order in which they are awarded.

    Parameters
    ----------
    events
        In the order of the log; times do not fall.
    prices
        For each owner and rate, what its fragment comes to, in fen.
    amount
        The published sum, fen.
    lowest_rate_bp
        The lowest rate that counts.
    commit_until, reveal_until
        The deadlines, both included; a reveal comes after the first.

    Examples
    --------
    >>> story = [Event(1, "b", "commit", 300, 7), Event(1, "a", "commit", 300, 7)]
    >>> story += [Event(5, "b", "reveal", 300, 7), Event(5, "a", "reveal", 300, 7)]
    >>> prices = {("a", 300): 60, ("b", 300): 50}
    >>> awards(story, prices, amount=100, lowest_rate_bp=0, commit_until=4, reveal_until=9)
    [('a', 60)]
    """
    committed: dict[str, Event] = {}
    waiting: dict[str, int] = {}
    for event in events:
        promised = committed.get(event.seller)
        if event.action == "commit":
            if event.time <= commit_until and promised is None:
                committed[event.seller] = event
        elif (
            commit_until < event.time <= reveal_until
            and promised is not None
            and (promised.rate_bp, promised.salt) == (event.rate_bp, event.salt)
            and event.rate_bp >= lowest_rate_bp
            and prices[event.seller, event.rate_bp] <= amount
        ):
            waiting[event.seller] = event.rate_bp
    served: list[tuple[str, int]] = []
    ranked = sorted(waiting, key=lambda seller: (-waiting[seller], committed[seller].time, seller))
    for seller in ranked:  # whom the rest does not reach for is passed over: the rest never grows again
        price = prices[seller, waiting[seller]]
        if price <= amount:
            served.append((seller, price))
            amount -= price
    return served
