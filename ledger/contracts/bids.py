"""Bids (part of quotes): a bank commits to a quote that nobody can read, and reveals it once all have committed.

The records are a data contract: for each request the `bids` in order of commitment, each with `bank`, `commitment`,
`time` (of the block) and, once revealed, `offer` (basis points or fen, by the rule of the request) and `price` (fen).

A commitment is a hash over a salt of 32 random bytes, the id of the transaction that opened the request, the bank and
the offer. That id covers the ledger, the request and all its terms, so that a commitment is good for nothing else; and
since the bank stands in it, who copies another's commitment can not reveal it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.canonical import encode
from ledger.contracts import agreements
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.discounts import days_between
from ledger.contracts.discounts import price as discounted
from ledger.contracts.members import check_member
from ledger.contracts.requests import CONTROLLER, REQUESTS, open_request
from ledger.errors import (
    AlreadyThereError,
    PayeeError,
    RevealError,
    StatusError,
    TermError,
    UninvitedError,
    UnknownRecordError,
    WrongPriceError,
)
from ledger.state import Record, State
from ledger.suites import by_name

__all__ = ["bids_of", "commit", "hash_of", "offered_price", "quote_commitment", "reveal"]

_BIDS = DataContract("bids", CONTROLLER, "bids of request")


def quote_commitment(digest: Callable[[bytes], bytes], opening: str, bank: str, offer: int, salt: bytes) -> str:
    """Return the commitment to a quote, 64 hexadecimal digits.

    Parameters
    ----------
    digest
        The hash of the ledger's suite.
    opening
        Id of the transaction that opened the request.
    offer
        Basis points a year (lowest_rate) or fen (highest_price).
    salt
        32 bytes, random and kept until the quote is revealed.

    Examples
    --------
    >>> from hashlib import sha256
    >>> quote_commitment(lambda data: sha256(data).digest(), "ab" * 32, "bank-a", 315, bytes(32))[:8]
    '8805a998'
    """
    return digest(b"hexi quote\x00" + salt + encode([opening, bank, offer])).hex()


def offered_price(request: Record, offer: int) -> int:
    """Return the price in fen to which an offer comes; interest counts from the day up to which is settled.

    Raises
    ------
    SumError
        If nothing would be left to pay.

    Examples
    --------
    >>> terms = {"rule": "lowest_rate", "amount": 1_000_000_00, "convention": "ACT/360"}
    >>> offered_price(terms | {"settle_until": 0, "due": 90 * 86_400}, 315)
    99212500
    """
    if request["rule"] == "highest_price":
        return offer
    days = days_between(request["settle_until"], request["due"], request["convention"])
    return discounted(request["amount"], offer, days, request["convention"])


def bids_of(state: State, request: str) -> list[Mapping[str, Any]]:
    """Return the bids of a request in order of commitment.

    Examples
    --------
    >>> bids_of(State(), "Q1")
    []
    """
    found = _BIDS.find(state, CONTROLLER, request)
    return [] if found is None else list(found["bids"])


def commit(state: State, transaction: Transaction) -> State:
    """Commit to a quote, once for each bank and request, up to the deadline. The bank signs."""
    name, request = open_request(state, transaction)
    bank = transaction.arguments["bank"]
    if check_member(state, bank, "arguments.bank")["kind"] != "bank" or bank == request["seller"]:
        raise PayeeError(f"arguments.bank is {bank}, it must be a bank other than the seller {request['seller']}")
    if request["invited"] and bank not in request["invited"]:
        raise UninvitedError(f"arguments.bank is {bank}, request {name} invites {', '.join(request['invited'])}")
    require(transaction, [bank])
    if transaction.time > request["commit_until"]:
        raise TermError(f"request {name} took commitments until {request['commit_until']}: it is too late for one")
    agreements.check_signed(state, request["agreement"], bank, transaction.time)
    bids = bids_of(state, name)
    if any(bid["bank"] == bank for bid in bids):
        raise AlreadyThereError(f"{bank} has committed to a quote for request {name} already: there is one for each")
    bid = {"bank": bank, "commitment": transaction.arguments["commitment"], "time": transaction.time}
    return _BIDS.write(state, CONTROLLER, {name: {"bids": [*bids, bid]}})


def reveal(state: State, transaction: Transaction) -> State:
    """Reveal the quote that was committed to, between the two deadlines. The bank signs.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> state = State().write("quote_requests", {"Q1": {"status": "open"}})
    >>> given = {"bank": "bank-a", "offer": 315, "request": "Q1", "salt": "00" * 32}
    >>> reveal(state, Transaction("a" * 64, "quotes", "reveal", given, (), 60, Policy(())))
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownRecordError: there is no commitment of bank-a to a quote for request Q1
    """
    name, request = open_request(state, transaction)
    given = transaction.arguments
    bank, offer = given["bank"], given["offer"]
    bids = bids_of(state, name)
    place = next((place for place, bid in enumerate(bids) if bid["bank"] == bank), None)
    if place is None:
        raise UnknownRecordError(f"there is no commitment of {bank} to a quote for request {name}")
    require(transaction, [bank])
    if not request["commit_until"] < transaction.time <= request["reveal_until"]:
        raise TermError(
            f"quotes for request {name} are revealed after {request['commit_until']} and until"
            f" {request['reveal_until']}, the block's time is {transaction.time}"
        )
    if "offer" in bids[place]:
        raise StatusError(f"{bank} has revealed its quote for request {name} already")
    agreements.check_signed(state, request["agreement"], bank, transaction.time)
    digest = quote_commitment(hash_of(state), request["opening"], bank, offer, bytes.fromhex(given["salt"]))
    if digest != bids[place]["commitment"]:
        raise RevealError(f"what {bank} reveals is not what it committed to for request {name}")
    _check_limit(request, offer)
    bids[place] = {**bids[place], "offer": offer, "price": offered_price(request, offer)}
    state = REQUESTS.write(state, CONTROLLER, {name: {**request, "revealed": request["revealed"] + 1}})
    return _BIDS.write(state, CONTROLLER, {name: {"bids": bids}})


def _check_limit(request: Record, offer: int) -> None:
    limit = request["limit"]
    least, most = (0, limit) if request["rule"] == "lowest_rate" else (limit, request["amount"])
    if not least <= offer <= most:
        raise WrongPriceError(
            f"arguments.offer is {offer}, this request takes {request['rule']} from {least} to {most}"
        )


def hash_of(state: State) -> Callable[[bytes], bytes]:
    """Return the hash of the ledger's suite.

    Examples
    --------
    >>> hash_of(State().write("ledger", {"settings": {"suite": "ed25519-sha256-aesgcm"}}))(b"").hex()[:8]
    'e3b0c442'
    """
    settings = state.get("ledger", "settings")
    assert settings is not None, "the genesis writes the settings"
    return by_name(settings["suite"]).hash
