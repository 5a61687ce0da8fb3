"""Funds (资金发布): a bank offers to buy receivables up to a sum at a rate, and owners take it up.

The other side of a request for quotes: here the money is published, and the assets come to it. A publication binds the
bank, which has signed it, until it ends or is withdrawn: it says up to which sum of money, at which rate and day count,
and whose promises (`acceptors`) the bank buys. An owner takes it with a fragment and signs alone; the price must be the
one of the discount rule on the block's day, it is deducted from what is left of the sum, and the fragment goes to the
bank in the same step, without recourse to the owner. Both must have signed the master agreement's version in force.
"""

from collections.abc import Mapping

from ledger.contracts import agreements, buying, circulation, issuance
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.discounts import CONVENTIONS, check_price, days_between
from ledger.contracts.members import check_member
from ledger.errors import AlreadyThereError, PayeeError, StatusError, SumError, TermError
from ledger.schema import AMOUNT, DIGEST, IDENTIFIER, MEMBER, MOMENT, Schema, listing, one_of, whole_number
from ledger.state import Record, State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply"]

NAME, VERSION = "funds", 1
ACTIONS: Mapping[str, Schema] = {
    "publish": Schema(
        {
            "acceptors": listing(MEMBER, 100),
            "agreement": DIGEST,
            "amount": AMOUNT,
            "bank": MEMBER,
            "convention": one_of(*CONVENTIONS),
            "funds": IDENTIFIER,
            "rate_bp": whole_number(0, 10_000, "basis points a year"),
            "until": MOMENT,
        }
    ),
    "take": Schema({"fragment": IDENTIFIER, "funds": IDENTIFIER, "price": AMOUNT}),
    "withdraw": Schema({"funds": IDENTIFIER}),
}
_FUNDS = DataContract("funds", NAME, "publication of funds")
_TAKINGS = DataContract("takings", NAME, "taking")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If the bank, or for `take` the owner, has not approved; if the publication has ended, or its sum does not
        reach; if the price is not the rule's, or the fragment does not circulate.

    Examples
    --------
    >>> from ledger.policies import Policy, Signer
    >>> me, rule = (Signer("bank", "maker", "Li", "c" * 64),), Policy(("maker",))
    >>> state = State().write("funds", {"F1": {"bank": "bank", "status": "open"}})
    >>> after = apply(state, Transaction("a" * 64, NAME, "withdraw", {"funds": "F1"}, me, 60, rule))
    >>> after.get("funds", "F1")["status"]
    'withdrawn'
    """
    if transaction.action == "publish":
        return _publish(state, transaction)
    name = transaction.arguments["funds"]
    record = _FUNDS.read(state, NAME, name)
    if record["status"] != "open":
        raise StatusError(f"publication of funds {name} is {record['status']}, it must be open")
    if transaction.action == "take":
        return _take(state, transaction, name, record)
    require(transaction, [record["bank"]])
    return _FUNDS.write(state, NAME, {name: {**record, "status": "withdrawn"}})


def _publish(state: State, transaction: Transaction) -> State:
    given = transaction.arguments
    name = given["funds"]
    buying.check_bank(state, transaction)
    if _FUNDS.find(state, NAME, name) is not None:
        raise AlreadyThereError(f"arguments.funds is {name}: there is a publication of that name, choose another")
    if given["until"] <= transaction.time:
        raise TermError(f"arguments.until is {given['until']}, it must be after the block's time {transaction.time}")
    buying.check_terms(state, transaction)
    return _FUNDS.write(state, NAME, {name: {**given, "left": given["amount"], "status": "open"}})


def _take(state: State, transaction: Transaction, name: str, record: Record) -> State:
    given, bank = transaction.arguments, record["bank"]
    fragment = circulation.circulating(state, given["fragment"], transaction.time)
    owner = fragment["owner"]
    require(transaction, [owner])
    acceptor = issuance.acceptor_of(state, fragment["receivable"])
    if owner == bank or acceptor not in record["acceptors"]:
        raise PayeeError(
            f"fragment {given['fragment']} of {owner}, promised by {acceptor}, is not one that {bank} buys with {name}:"
            f" promised by {', '.join(record['acceptors'])}, of another owner than the bank"
        )
    if transaction.time > record["until"]:
        raise TermError(f"publication of funds {name} ended at {record['until']}, before the block's time")
    check_member(state, bank, "the bank")
    for party in (bank, owner):
        agreements.check_signed(state, record["agreement"], party, transaction.time)
    due = issuance.due_of(state, fragment["receivable"])
    days = days_between(transaction.time, due, record["convention"])
    price = given["price"]
    check_price(price, fragment["amount"], record["rate_bp"], days, record["convention"])
    left = record["left"] - price
    if left < 0:
        raise SumError(f"the price is {price} fen, of the funds {name} {record['left']} are left")
    taken = {**given, "amount": fragment["amount"], "seller": owner, "time": transaction.time}
    state = _TAKINGS.write(state, NAME, {transaction.id: taken})
    state = _FUNDS.write(state, NAME, {name: {**record, "left": left, "status": "open" if left else "taken"}})
    return circulation.hand_over(state, given["fragment"], bank, transaction, is_liable=False)
