"""Tenders (资金招标): a bank publishes funds for sealed offers, and buys where it gets most, as far as they reach.

The mirror of quotes: there the asset is published and banks bid for it, here the money is, and owners bid with what
they hold. A bank publishes up to which sum it buys whose promises, with three deadlines. Up to `commit_until` each
owner commits to one offer: a fragment and the rate that it will give. After that and up to `reveal_until` it reveals
it, and the fragment is locked. Then offers are awarded in turn: the highest rate first, of equals the one committed to
in an earlier block, then the first name, each time among those whose price does not exceed what is left of the sum. The
price is the face amount less interest from `settle_until` to the due day, as in discounts. Bank and owner sign.

An offer that is not revealed is none. The bank may withdraw before the first is revealed; it closes the tender when no
offer is left that fits, or after `settle_until`, and what was not awarded is released. Should the bank forget to, each
owner leaves by itself after `settle_until`. As with quotes, the sale is without recourse, and all parties must have
signed the master agreement's version in force.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.canonical import encode
from ledger.contracts import agreements, buying, circulation, issuance, requests
from ledger.contracts.bids import hash_of
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.discounts import CONVENTIONS, days_between
from ledger.contracts.discounts import price as discounted
from ledger.contracts.members import check_member
from ledger.errors import (
    AlreadyThereError,
    MaturityError,
    PayeeError,
    RevealError,
    StatusError,
    SumError,
    TermError,
    UnknownRecordError,
    WinnerError,
    WrongPriceError,
)
from ledger.schema import AMOUNT, DIGEST, IDENTIFIER, MEMBER, MOMENT, Schema, listing, one_of, whole_number
from ledger.state import Record, State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply", "next_offer", "offer_commitment"]

NAME, VERSION = "tenders", 1
_RATE = whole_number(0, 10_000, "basis points a year")
ACTIONS: Mapping[str, Schema] = {
    "publish": Schema(
        {
            "acceptors": listing(MEMBER, 100),
            "agreement": DIGEST,
            "amount": AMOUNT,
            "bank": MEMBER,
            "commit_until": MOMENT,
            "convention": one_of(*CONVENTIONS),
            "lowest_rate_bp": _RATE,
            "reveal_until": MOMENT,
            "settle_until": MOMENT,
            "tender": IDENTIFIER,
        }
    ),
    "commit": Schema({"commitment": DIGEST, "seller": MEMBER, "tender": IDENTIFIER}),
    "reveal": Schema(
        {"fragment": IDENTIFIER, "rate_bp": _RATE, "salt": DIGEST, "seller": MEMBER, "tender": IDENTIFIER}
    ),
    "award": Schema({"price": AMOUNT, "seller": MEMBER, "tender": IDENTIFIER}),
    "withdraw": Schema({"tender": IDENTIFIER}),
    "close": Schema({"tender": IDENTIFIER}),
    "leave": Schema({"seller": MEMBER, "tender": IDENTIFIER}),
}
_TENDERS = DataContract("tenders", NAME, "tender")
_OFFERS = DataContract("tender_offers", NAME, "offers to tender")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If those whom it concerns have not approved, it comes too early or too late, or it is against the rules.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("bank", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> state = State().write("tenders", {"T1": {"bank": "bank", "status": "open"}})
    >>> after = apply(state, Transaction("a" * 64, NAME, "withdraw", {"tender": "T1"}, me, 60, rule))
    >>> after.get("tenders", "T1")["status"]
    'withdrawn'
    """
    if transaction.action == "publish":
        return _publish(state, transaction)
    name = transaction.arguments["tender"]
    record = _TENDERS.read(state, NAME, name)
    if record["status"] != "open" and transaction.action != "leave":
        raise StatusError(f"tender {name} is {record['status']}, for {transaction.action} it must be open")
    return _STEPS[transaction.action](state, transaction, record, _offers(state, name))


def offer_commitment(
    digest: Callable[[bytes], bytes], opening: str, seller: str, fragment: str, rate_bp: int, salt: bytes
) -> str:
    """Return the commitment to an offer, 64 hexadecimal digits; see `ledger.contracts.bids.quote_commitment`.

    Examples
    --------
    >>> from hashlib import sha256
    >>> offer_commitment(lambda data: sha256(data).digest(), "ab" * 32, "shop", "cd:0", 315, bytes(32))[:8]
    'feda7b98'
    """
    return digest(b"hexi tender\x00" + salt + encode([opening, seller, fragment, rate_bp])).hex()


def next_offer(offers: Sequence[Mapping[str, Any]], left: int) -> Mapping[str, Any] | None:
    """Return the offer that is awarded next, None if none is left that fits.

    Parameters
    ----------
    offers
        Each with `seller` and `time`; `rate_bp` and `price` if revealed, `ended` if awarded or left.
    left
        Of the published sum, fen.

    Examples
    --------
    >>> one = {"seller": "a", "time": 5, "rate_bp": 310, "price": 90}
    >>> next_offer([one, {"seller": "b", "time": 5, "rate_bp": 320, "price": 95}], 92)["seller"]
    'a'
    """
    fitting = [one for one in offers if "price" in one and "ended" not in one and one["price"] <= left]
    return min(fitting, key=lambda one: (-one["rate_bp"], one["time"], one["seller"]), default=None)


def _publish(state: State, transaction: Transaction) -> State:
    given = transaction.arguments
    name = given["tender"]
    buying.check_bank(state, transaction)
    if _TENDERS.find(state, NAME, name) is not None:
        raise AlreadyThereError(f"arguments.tender is {name}: there is one of that name, choose another")
    requests.check_deadlines(transaction)
    buying.check_terms(state, transaction)
    record = {**given, "left": given["amount"], "opening": transaction.id, "status": "open"}
    return _TENDERS.write(state, NAME, {name: record})


def _commit(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    name, seller = transaction.arguments["tender"], transaction.arguments["seller"]
    check_member(state, seller, "arguments.seller")
    if seller == tender["bank"]:
        raise PayeeError(f"arguments.seller is {seller}, who would sell to itself")
    require(transaction, [seller])
    if transaction.time > tender["commit_until"]:
        raise TermError(f"tender {name} took commitments until {tender['commit_until']}: it is too late for one")
    agreements.check_signed(state, tender["agreement"], seller, transaction.time)
    if any(offer["seller"] == seller for offer in offers):
        raise AlreadyThereError(f"{seller} has committed to an offer to tender {name} already: there is one for each")
    offer = {"commitment": transaction.arguments["commitment"], "seller": seller, "time": transaction.time}
    return _OFFERS.write(state, NAME, {name: {"offers": [*offers, offer]}})


def _reveal(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    given = transaction.arguments
    name, seller, fragment, rate = given["tender"], given["seller"], given["fragment"], given["rate_bp"]
    place, offer = _offer_of(offers, name, seller)
    require(transaction, [seller])
    if not tender["commit_until"] < transaction.time <= tender["reveal_until"]:
        raise TermError(
            f"offers to tender {name} are revealed after {tender['commit_until']} and until {tender['reveal_until']},"
            f" the block's time is {transaction.time}"
        )
    if "price" in offer:
        raise StatusError(f"{seller} has revealed its offer to tender {name} already")
    agreements.check_signed(state, tender["agreement"], seller, transaction.time)
    salt = bytes.fromhex(given["salt"])
    if offer_commitment(hash_of(state), tender["opening"], seller, fragment, rate, salt) != offer["commitment"]:
        raise RevealError(f"what {seller} reveals is not what it committed to for tender {name}")
    if rate < tender["lowest_rate_bp"]:
        raise WrongPriceError(f"arguments.rate_bp is {rate}, tender {name} takes {tender['lowest_rate_bp']} or more")
    state, record = circulation.lock(state, fragment, _lock(name), seller, transaction.time)
    acceptor = issuance.acceptor_of(state, record["receivable"])
    if record["owner"] != seller or acceptor not in tender["acceptors"]:
        raise PayeeError(
            f"fragment {fragment} of {record['owner']}, promised by {acceptor}, is not one that tender {name} takes"
            f" from {seller}: promised by {', '.join(tender['acceptors'])}"
        )
    due = issuance.due_of(state, record["receivable"])
    if due <= tender["settle_until"]:
        raise MaturityError(f"receivable {record['receivable']} is due at {due}, before tender {name} is settled")
    days = days_between(tender["settle_until"], due, tender["convention"])
    price = discounted(record["amount"], rate, days, tender["convention"])
    if price > tender["amount"]:
        raise SumError(f"the offer comes to {price} fen, tender {name} is of {tender['amount']}")
    shown = {**offer, "fragment": fragment, "price": price, "rate_bp": rate}
    return _with_offer(state, name, offers, place, shown)


def _award(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    given = transaction.arguments
    name, seller, price = given["tender"], given["seller"], given["price"]
    _check_revealed(transaction, tender)
    if transaction.time > tender["settle_until"]:
        raise TermError(f"tender {name} was to be settled until {tender['settle_until']}: it can only be closed now")
    best = next_offer(offers, tender["left"])
    if best is None or best["seller"] != seller:
        right = "nobody's" if best is None else f"{best['seller']}'s"
        raise WinnerError(f"arguments.seller is {seller}, the next award of tender {name} is {right}")
    if price != best["price"]:
        raise WrongPriceError(f"arguments.price is {price}, {seller} has offered {best['price']}")
    require(transaction, [tender["bank"], seller])
    for party in (tender["bank"], seller):
        agreements.check_signed(state, tender["agreement"], party, transaction.time)
    place, offer = _offer_of(offers, name, seller)
    state = _with_offer(state, name, offers, place, {**offer, "ended": "awarded"})
    state = _TENDERS.write(state, NAME, {name: {**tender, "left": tender["left"] - price}})
    state = circulation.unlock(state, best["fragment"], _lock(name))
    return circulation.hand_over(state, best["fragment"], tender["bank"], transaction, is_liable=False)


def _withdraw(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    require(transaction, [tender["bank"]])
    if any("price" in offer for offer in offers):
        raise StatusError("an offer is revealed already: the tender can not be withdrawn any more")
    return _TENDERS.write(state, NAME, {transaction.arguments["tender"]: {**tender, "status": "withdrawn"}})


def _close(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    name = transaction.arguments["tender"]
    require(transaction, [tender["bank"]])
    _check_revealed(transaction, tender)
    best = next_offer(offers, tender["left"])
    if best is not None and transaction.time <= tender["settle_until"]:
        raise StatusError(f"the next award of tender {name} is {best['seller']}'s, until {tender['settle_until']}")
    for offer in offers:
        if "price" in offer and "ended" not in offer:
            state = circulation.unlock(state, offer["fragment"], _lock(name))
    return _TENDERS.write(state, NAME, {name: {**tender, "status": "closed"}})


def _leave(state: State, transaction: Transaction, tender: Record, offers: list[Record]) -> State:
    name, seller = transaction.arguments["tender"], transaction.arguments["seller"]
    place, offer = _offer_of(offers, name, seller)
    require(transaction, [seller])
    if transaction.time <= tender["settle_until"]:
        raise TermError(f"tender {name} is settled until {tender['settle_until']}: who has revealed leaves after that")
    if tender["status"] != "open" or "price" not in offer or "ended" in offer:
        raise StatusError(f"no fragment of {seller} is locked for tender {name} any more")
    state = circulation.unlock(state, offer["fragment"], _lock(name))
    return _with_offer(state, name, offers, place, {**offer, "ended": "left"})


def _check_revealed(transaction: Transaction, tender: Record) -> None:
    until = tender["reveal_until"]
    if transaction.time <= until:
        name = transaction.arguments["tender"]
        raise TermError(f"offers to tender {name} are revealed until {until}: it is awarded or closed after that")


def _offers(state: State, name: str) -> list[Record]:
    found = _OFFERS.find(state, NAME, name)
    return [] if found is None else list(found["offers"])


def _offer_of(offers: Sequence[Record], name: str, seller: str) -> tuple[int, Record]:
    found = next((one for one in enumerate(offers) if one[1]["seller"] == seller), None)
    if found is None:
        raise UnknownRecordError(f"there is no commitment of {seller} to an offer to tender {name}")
    return found


def _with_offer(state: State, name: str, offers: list[Record], place: int, offer: Record) -> State:
    return _OFFERS.write(state, NAME, {name: {"offers": [*offers[:place], offer, *offers[place + 1 :]]}})


def _lock(name: str) -> str:
    return f"{NAME}/{name}"


_STEPS: Mapping[str, Callable[[State, Transaction, Record, list[Record]], State]] = {
    "commit": _commit,
    "reveal": _reveal,
    "award": _award,
    "withdraw": _withdraw,
    "close": _close,
    "leave": _leave,
}
