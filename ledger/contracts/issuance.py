"""Issuance (part of receivables): drawn up, issued by the obligor, accepted by who promises to pay."""

from ledger.contracts import fragments
from ledger.contracts.call import Transaction, require
from ledger.contracts.members import check_member
from ledger.contracts.promises import CONTROLLER, PROMISES, in_status
from ledger.errors import AlreadyThereError, MaturityError, PayeeError
from ledger.state import Record, State

__all__ = ["accept", "acceptor_of", "cancel", "draft", "due_of", "issue"]


def draft(state: State, transaction: Transaction) -> State:
    """Draw up a receivable under a name of its own. The obligor signs."""
    given = transaction.arguments
    require(transaction, [given["obligor"]])
    for field in ("obligor", "acceptor", "holder"):
        check_member(state, given[field], f"arguments.{field}")
    if given["holder"] in (given["obligor"], given["acceptor"]):
        raise PayeeError(f"arguments.holder is {given['holder']}, who would owe the money to itself")
    if given["due"] <= transaction.time:
        raise MaturityError(f"arguments.due is {given['due']}, it must be after the block's time {transaction.time}")
    if PROMISES.find(state, CONTROLLER, given["receivable"]) is not None:
        raise AlreadyThereError(
            f"arguments.receivable is {given['receivable']}: there is one of that name, choose another"
        )
    record = {key: value for key, value in given.items() if key != "receivable"} | {"open": 0, "status": "draft"}
    return PROMISES.write(state, CONTROLLER, {given["receivable"]: record})


def cancel(state: State, transaction: Transaction) -> State:
    """Take back what has not been accepted. The obligor signs."""
    name, record = in_status(state, transaction, "draft", "issued")
    require(transaction, [record["obligor"]])
    return PROMISES.write(state, CONTROLLER, {name: {**record, "status": "cancelled"}})


def issue(state: State, transaction: Transaction) -> State:
    """Issue what was drawn up, for the acceptor to accept. The obligor signs."""
    name, record = in_status(state, transaction, "draft")
    require(transaction, [record["obligor"]])
    _check_in_time(name, record, transaction)
    return PROMISES.write(state, CONTROLLER, {name: {**record, "status": "issued"}})


def accept(state: State, transaction: Transaction) -> State:
    """Promise to pay: the whole receivable becomes one fragment of the holder's. The acceptor signs."""
    name, record = in_status(state, transaction, "issued")
    require(transaction, [record["acceptor"]])
    _check_in_time(name, record, transaction)
    check_member(state, record["holder"], f"the holder of receivable {name}")
    accepted = {**record, "open": record["amount"], "status": "accepted"}
    first = {
        "amount": record["amount"],
        "endorsers": [],
        "owner": record["holder"],
        "parent": "",
        "receivable": name,
    }
    state = PROMISES.write(state, CONTROLLER, {name: accepted})
    return fragments.exchange(state, CONTROLLER, [], [first], transaction.id)


def acceptor_of(state: State, name: str) -> str:
    """Return who promises to pay a receivable.

    Raises
    ------
    UnknownRecordError
        If there is none of that name.
    """
    return str(PROMISES.read(state, CONTROLLER, name)["acceptor"])


def due_of(state: State, name: str) -> int:
    """Return the day on which a receivable is due, Unix seconds.

    Raises
    ------
    UnknownRecordError
        If there is none of that name.
    """
    return int(PROMISES.read(state, CONTROLLER, name)["due"])


def _check_in_time(name: str, record: Record, transaction: Transaction) -> None:
    if transaction.time >= record["due"]:
        raise MaturityError(
            f"receivable {name} was due at {record['due']}: it is too late to {transaction.action} it, cancel it"
        )
