"""Quotes (询价/报价): a fragment is published, banks quote sealed, the best quote wins, the assignment follows.

As on a platform for forfaiting (福费廷): the owner of a fragment publishes it with a rule and three deadlines, all of
them times of blocks. Up to `commit_until` each bank commits to one quote, a salted hash. After that and up to
`reveal_until` it reveals the quote; one that is not revealed is none. Then the best one wins: `lowest_rate` (quotes in
basis points a year; the price is the face amount less interest from `settle_until` to the due day, by the day count
`convention` and the rounding of discounts) or `highest_price` (quotes in fen). A tie goes to the earlier block of
commitment, then to the name. A quote beyond the `limit` is refused when it is revealed.

While the request is open its fragment is locked. It ends in one of four ways: seller and winner sign the award up to
`settle_until`, and the fragment goes over; the seller withdraws it before the first quote is revealed; the seller
closes it after `reveal_until` because nobody quoted, or after `settle_until` because the winner did not settle. Who
comes second does not move up. All parties must have signed the master agreement's version in force.

Forfaiting is a purchase without recourse (无追索权): the seller does not become an endorser, whoever was one stays one.
Until they are revealed, quotes are secret; after that all members can read them, and check that the best one won.

The controller of requests and bids, see `ledger.contracts.requests`, `bids` and `awards`. It writes no fragment: it
asks circulation to lock, unlock and hand over.
"""

from collections.abc import Callable, Mapping

from ledger.contracts import awards, bids, requests
from ledger.contracts.call import Transaction
from ledger.contracts.discounts import CONVENTIONS
from ledger.schema import AMOUNT, COUNT, DIGEST, IDENTIFIER, MEMBER, MOMENT, Schema, listing, one_of
from ledger.state import State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply"]

NAME, VERSION = requests.CONTROLLER, 1
ACTIONS: Mapping[str, Schema] = {
    "publish": Schema(
        {
            "agreement": DIGEST,
            "commit_until": MOMENT,
            "fragment": IDENTIFIER,
            "request": IDENTIFIER,
            "reveal_until": MOMENT,
            "rule": one_of(*requests.RULES),
            "settle_until": MOMENT,
        },
        {"convention": one_of(*CONVENTIONS), "invited": listing(MEMBER, 100), "limit": COUNT},
    ),
    "commit": Schema({"bank": MEMBER, "commitment": DIGEST, "request": IDENTIFIER}),
    "reveal": Schema({"bank": MEMBER, "offer": COUNT, "request": IDENTIFIER, "salt": DIGEST}),
    "award": Schema({"price": AMOUNT, "request": IDENTIFIER, "winner": MEMBER}),
    "withdraw": Schema({"request": IDENTIFIER}),
    "close": Schema({"request": IDENTIFIER}),
}
_STEPS: Mapping[str, Callable[[State, Transaction], State]] = {
    "publish": requests.publish,
    "commit": bids.commit,
    "reveal": bids.reveal,
    "award": awards.award,
    "withdraw": requests.withdraw,
    "close": awards.close,
}


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If those whom it concerns have not approved, it comes too early or too late, or it is against the rules.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("shop", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> request = {"fragment": "ab:0", "revealed": 1, "seller": "shop", "status": "open"}
    >>> state = State().write("quote_requests", {"Q1": request})
    >>> apply(state, Transaction("a" * 64, NAME, "withdraw", {"request": "Q1"}, me, 60, rule))
    Traceback (most recent call last):
    ledger.errors.refusals.StatusError: of request Q1 a quote is revealed already: it can not be withdrawn any more
    """
    return _STEPS[transaction.action](state, transaction)
