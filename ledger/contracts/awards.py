"""Awards (part of quotes): the best quote wins by the rule of the request, and the fragment goes to the winner."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.contracts import agreements, circulation
from ledger.contracts.bids import bids_of
from ledger.contracts.call import Transaction, require
from ledger.contracts.members import check_member
from ledger.contracts.requests import finish, open_request
from ledger.errors import StatusError, TermError, WinnerError, WrongPriceError
from ledger.state import State

__all__ = ["award", "best_bid", "close"]


def best_bid(rule: str, bids: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the bid that wins, None if none was revealed.

    The lowest rate or the highest price, by the rule; of equals the one that was committed to in an earlier block, and
    then the bank whose name comes first.

    Examples
    --------
    >>> one, two = {"bank": "b", "time": 5, "offer": 310}, {"bank": "a", "time": 5, "offer": 310}
    >>> best_bid("lowest_rate", [one, two, {"bank": "c", "time": 1}])["bank"]
    'a'
    """
    sign = 1 if rule == "lowest_rate" else -1
    revealed = [bid for bid in bids if "offer" in bid]
    return min(revealed, key=lambda bid: (sign * bid["offer"], bid["time"], bid["bank"]), default=None)


def award(state: State, transaction: Transaction) -> State:
    """Hand the fragment over to the winner at its price, without recourse to the seller. Seller and winner sign.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> state = State().write("quote_requests", {"Q1": {"reveal_until": 100, "status": "open"}})
    >>> given = {"price": 5, "request": "Q1", "winner": "bank-a"}
    >>> award(state, Transaction("a" * 64, "quotes", "award", given, (), 100, Policy(())))
    Traceback (most recent call last):
    ledger.errors.refusals.TermError: quotes for request Q1 are revealed until 100: it ends after that
    """
    name, request = open_request(state, transaction)
    given = transaction.arguments
    _check_revealed(name, request, transaction.time)
    if transaction.time > request["settle_until"]:
        raise TermError(f"request {name} was to be settled until {request['settle_until']}: it can only be closed now")
    best = best_bid(request["rule"], bids_of(state, name))
    if best is None or given["winner"] != best["bank"]:
        right = "closed: nobody has quoted" if best is None else f"{best['bank']} by {request['rule']}"
        raise WinnerError(f"arguments.winner is {given['winner']}, request {name} must be {right}")
    if given["price"] != best["price"]:
        raise WrongPriceError(f"arguments.price is {given['price']}, {best['bank']} has won with {best['price']}")
    check_member(state, best["bank"], "arguments.winner")
    require(transaction, [request["seller"], best["bank"]])
    for party in (request["seller"], best["bank"]):
        agreements.check_signed(state, request["agreement"], party, transaction.time)
    end = {"awarded_at": transaction.time, "price": best["price"], "status": "awarded", "winner": best["bank"]}
    state = finish(state, name, request, end)
    return circulation.hand_over(state, request["fragment"], best["bank"], transaction, is_liable=False)


def close(state: State, transaction: Transaction) -> State:
    """End a request that nobody wins: no quote was revealed, or the time to settle is over. The seller signs.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("shop", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> request = {"fragment": "redeemed:0", "reveal_until": 99, "rule": "lowest_rate", "seller": "shop"}
    >>> request["status"] = "open"
    >>> state = State().write("quote_requests", {"Q1": request})
    >>> after = close(state, Transaction("a" * 64, "quotes", "close", {"request": "Q1"}, me, 100, rule))
    >>> after.get("quote_requests", "Q1")["status"]
    'unsold'
    """
    name, request = open_request(state, transaction)
    require(transaction, [request["seller"]])
    _check_revealed(name, request, transaction.time)
    best = best_bid(request["rule"], bids_of(state, name))
    if best is not None and transaction.time <= request["settle_until"]:
        raise StatusError(f"request {name} is won by {best['bank']}, who may settle until {request['settle_until']}")
    return finish(state, name, request, {"status": "unsold" if best is None else "lapsed"})


def _check_revealed(name: str, request: Mapping[str, Any], time: int) -> None:
    if time <= request["reveal_until"]:
        raise TermError(f"quotes for request {name} are revealed until {request['reveal_until']}: it ends after that")
