"""Circulation (part of receivables): an accepted receivable pays others, in whole or in part, until its day."""

from collections.abc import Sequence

from ledger.contracts import fragments
from ledger.contracts.call import Transaction, require
from ledger.contracts.members import check_member
from ledger.contracts.promises import CONTROLLER, PROMISES
from ledger.errors import DoubleSpendError, LockedError, MaturityError, MergeError, PayeeError, StatusError, SumError
from ledger.state import Record, State

__all__ = ["circulating", "hand_over", "lock", "merge", "pay_on", "unlock"]


def lock(state: State, fragment: str, by: str, payee: str, time: int) -> tuple[State, Record]:
    """Return the state in which a fragment is locked by another contract's record, and the fragment as it was.

    Parameters
    ----------
    by
        Name of the lock: the contract and its record.
    payee
        Who gets the money if it is redeemed while it is locked.

    Raises
    ------
    RefusalError
        If the fragment does not circulate.
    """
    record = circulating(state, fragment, time)
    return fragments.rewrite(state, CONTROLLER, {fragment: {**record, "lock": {"by": by, "payee": payee}}}), record


def unlock(state: State, fragment: str, by: str) -> State:
    """Return the state in which a fragment moves again, unless it has been redeemed together with its lock.

    Raises
    ------
    LockedError
        If it was not locked by this name.
    """
    try:
        record = fragments.live(state, CONTROLLER, fragment)
    except DoubleSpendError:
        return state
    holder = record["lock"]["by"] if "lock" in record else "nobody"
    if holder != by:
        raise LockedError(f"fragment {fragment} is locked by {holder}, not by {by}")
    return fragments.rewrite(state, CONTROLLER, {fragment: {key: record[key] for key in record if key != "lock"}})


def hand_over(state: State, fragment: str, to: str, transaction: Transaction) -> State:
    """Return the state in which a whole fragment belongs to another: spent, and made anew.

    Raises
    ------
    RefusalError
        If the fragment does not circulate.
    """
    record = circulating(state, fragment, transaction.time)
    made = _paid(record, fragment, to, record["amount"], _endorsers(state, record))
    return fragments.exchange(state, CONTROLLER, [fragment], [made], transaction.id)


def circulating(state: State, fragment: str, time: int) -> Record:
    """Return a fragment that may move: live, not locked, of an accepted receivable before its day.

    Raises
    ------
    DoubleSpendError, LockedError, StatusError, MaturityError
        If it may not.
    """
    record = fragments.live(state, CONTROLLER, fragment)
    if "lock" in record:
        raise LockedError(f"fragment {fragment} is locked by {record['lock']['by']}: it does not move until released")
    receivable = PROMISES.read(state, CONTROLLER, record["receivable"])
    if receivable["status"] != "accepted":
        raise StatusError(f"receivable {record['receivable']} is {receivable['status']}, to move it must be accepted")
    if time >= receivable["due"]:
        raise MaturityError(
            f"receivable {record['receivable']} was due at {receivable['due']}: from then on it is redeemed, not moved"
        )
    return record


def pay_on(state: State, transaction: Transaction) -> State:
    """Pay others with a fragment, in whole or in part; what is left stays with the owner. The owner signs."""
    name, payees = transaction.arguments["fragment"], transaction.arguments["payees"]
    record = circulating(state, name, transaction.time)
    owner, left = record["owner"], record["amount"]
    require(transaction, [owner])
    endorsers, made = _endorsers(state, record), []
    seen = {owner}
    for payee in payees:
        to, amount = payee["to"], payee["amount"]
        if to in seen:
            raise PayeeError(f"arguments.payees names {to} twice, or the owner itself: give each payee once")
        seen.add(to)
        check_member(state, to, "arguments.payees.to")
        left -= amount
        made.append(_paid(record, name, to, amount, endorsers))
    if left < 0:
        raise SumError(
            f"arguments.payees come to {record['amount'] - left} fen, fragment {name} holds {record['amount']}"
        )
    if left:
        made.append(_paid(record, name, owner, left, record["endorsers"]))
    return fragments.exchange(state, CONTROLLER, [name], made, transaction.id)


def merge(state: State, transaction: Transaction) -> State:
    """Make one fragment of several of one receivable, one owner and the same endorsers. The owner signs."""
    names = transaction.arguments["fragments"]
    records = _distinct(state, names, transaction.time)
    first = records[0]
    require(transaction, [first["owner"]])
    for name, record in zip(names, records, strict=True):
        for field in ("receivable", "owner", "endorsers"):
            if record[field] != first[field]:
                raise MergeError(f"fragment {name} has another {field} than {names[0]}: only equals can be merged")
    total = sum(record["amount"] for record in records)
    made = {**first, "amount": total, "parent": names[0]}
    return fragments.exchange(state, CONTROLLER, names, [made], transaction.id)


def _distinct(state: State, names: Sequence[str], time: int) -> list[Record]:
    if len(set(names)) != len(names):
        raise MergeError("arguments.fragments names one fragment twice: give each once")
    return [circulating(state, name, time) for name in names]


def _endorsers(state: State, record: Record) -> list[str]:
    receivable = PROMISES.read(state, CONTROLLER, record["receivable"])
    return [*record["endorsers"], record["owner"]] if receivable["recourse"] else record["endorsers"]


def _paid(record: Record, parent: str, to: str, amount: int, endorsers: list[str]) -> Record:
    return {"amount": amount, "endorsers": endorsers, "owner": to, "parent": parent, "receivable": record["receivable"]}
