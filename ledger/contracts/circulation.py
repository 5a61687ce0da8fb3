"""Circulation (part of receivables): an accepted receivable pays others, in whole or in part, until its day.

Where recourse (追索权) is agreed, who passes a fragment on is liable to all who come after him, and is written down as
an endorser. When it comes back to one of them (回头背书), those after him owe him nothing, since he would owe it to
them in turn: the chain is cut, so that nobody stands in it twice. Nobody is liable to the obligor or the acceptor, who
owe the money themselves.

References
----------
Negotiable Instruments Law of the PRC (票据法), articles 68 and 69, which are followed though a receivable is no bill.
"""

from collections.abc import Sequence

from ledger.contracts import fragments
from ledger.contracts.call import Transaction, require
from ledger.contracts.members import check_member
from ledger.contracts.promises import CONTROLLER, PROMISES
from ledger.errors import DoubleSpendError, LockedError, MaturityError, MergeError, PayeeError, StatusError, SumError
from ledger.state import Record, State

__all__ = [
    "circulating",
    "endorsers_to",
    "hand_over",
    "lock",
    "merge",
    "open_promise",
    "paid",
    "pay_on",
    "promise_of",
    "split",
    "transfer",
    "unlock",
]


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


def hand_over(state: State, fragment: str, to: str, transaction: Transaction, *, is_liable: bool = True) -> State:
    """Return the state in which a whole fragment belongs to another: spent, and made anew.

    Parameters
    ----------
    is_liable
        Whether the owner becomes an endorser, where the receivable is one with recourse.

    Raises
    ------
    RefusalError
        If the fragment does not circulate.
    """
    record, promise = _moving(state, fragment, transaction.time)
    endorsers = endorsers_to(record, promise, to, is_liable=is_liable)
    made = paid(record, fragment, to, record["amount"], endorsers)
    return fragments.exchange(state, CONTROLLER, [fragment], [made], transaction.id)


def promise_of(state: State, fragment: Record) -> Record:
    """Return the receivable of a fragment: its `due` day, whether there is `recourse`, who owes it."""
    return PROMISES.read(state, CONTROLLER, fragment["receivable"])


def circulating(state: State, fragment: str, time: int) -> Record:
    """Return a fragment that may move: live, not locked, of an accepted receivable before its day.

    Raises
    ------
    DoubleSpendError, LockedError, StatusError, MaturityError
        If it may not.
    """
    return _moving(state, fragment, time)[0]


def _moving(state: State, fragment: str, time: int) -> tuple[Record, Record]:
    """Return a fragment that may move, and its receivable."""
    record = fragments.live(state, CONTROLLER, fragment)
    if "lock" in record:
        raise LockedError(f"fragment {fragment} is locked by {record['lock']['by']}: it does not move until released")
    return record, open_promise(state, record, time)


def open_promise(state: State, record: Record, time: int) -> Record:
    """Return the receivable of a fragment, of which fragments move: accepted, before its day.

    Raises
    ------
    StatusError, MaturityError
        If it is another.
    """
    receivable = promise_of(state, record)
    if receivable["status"] != "accepted":
        raise StatusError(f"receivable {record['receivable']} is {receivable['status']}, to move it must be accepted")
    if time >= receivable["due"]:
        raise MaturityError(
            f"receivable {record['receivable']} was due at {receivable['due']}: from then on it is redeemed, not moved"
        )
    return receivable


def pay_on(state: State, transaction: Transaction) -> State:
    """Pay others with a fragment, in whole or in part; what is left stays with the owner. The owner signs."""
    name, payees = transaction.arguments["fragment"], transaction.arguments["payees"]
    record, promise = _moving(state, name, transaction.time)
    owner, left = record["owner"], record["amount"]
    require(transaction, [owner])
    made = []
    seen = {owner}
    for place, payee in enumerate(payees):
        to, amount = payee["to"], payee["amount"]
        if to in seen:
            raise PayeeError(
                f"arguments.payees[{place}].to is {to}, who is named before or owns it: give each payee once"
            )
        seen.add(to)
        check_member(state, to, f"arguments.payees[{place}].to")
        left -= amount
        made.append(paid(record, name, to, amount, endorsers_to(record, promise, to)))
    if left < 0:
        raise SumError(
            f"arguments.payees come to {record['amount'] - left} fen, fragment {name} holds {record['amount']}"
        )
    if left:
        made.append(paid(record, name, owner, left, record["endorsers"]))
    return fragments.exchange(state, CONTROLLER, [name], made, transaction.id)


def transfer(state: State, transaction: Transaction) -> State:
    """Transfer a whole fragment to another, for whatever reason there is. The owner signs."""
    name, to = transaction.arguments["fragment"], transaction.arguments["to"]
    owner = circulating(state, name, transaction.time)["owner"]
    require(transaction, [owner])
    if to == owner:
        raise PayeeError(f"arguments.to is {to}, who owns fragment {name}: name another member")
    check_member(state, to, "arguments.to")
    return hand_over(state, name, to, transaction)


def split(state: State, transaction: Transaction) -> State:
    """Split a fragment into several of the same owner's, to pledge or discount a part. The owner signs."""
    name, parts = transaction.arguments["fragment"], transaction.arguments["amounts"]
    record = circulating(state, name, transaction.time)
    require(transaction, [record["owner"]])
    left = record["amount"] - sum(parts)
    if left < 0 or (left == 0 and len(parts) == 1):
        raise SumError(
            f"arguments.amounts come to {sum(parts)} fen, fragment {name} holds {record['amount']}: give two parts or"
            " more that come to it, or less"
        )
    amounts = [*parts, left] if left else parts
    made = [paid(record, name, record["owner"], amount, record["endorsers"]) for amount in amounts]
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
        raise DoubleSpendError("arguments.fragments names one fragment twice: give each once")
    return [circulating(state, name, time) for name in names]


def endorsers_to(record: Record, promise: Record, to: str, *, is_liable: bool = True) -> list[str]:
    """Return who is liable to the next owner of a fragment.

    Examples
    --------
    >>> promise = {"acceptor": "core", "obligor": "core", "recourse": True}
    >>> endorsers_to({"endorsers": ["a", "b"], "owner": "c"}, promise, "b")
    ['a']
    """
    if not promise["recourse"] or to in (promise["obligor"], promise["acceptor"]):
        return []
    chain = list(record["endorsers"])
    if is_liable and record["owner"] != promise["acceptor"]:
        chain.append(record["owner"])
    return chain[: chain.index(to)] if to in chain else chain


def paid(record: Record, parent: str, to: str, amount: int, endorsers: list[str]) -> Record:
    """Return the record of a fragment that comes from another.

    Examples
    --------
    >>> paid({"receivable": "R1"}, "F1", "shop", 5, [])["owner"]
    'shop'
    """
    return {"amount": amount, "endorsers": endorsers, "owner": to, "parent": parent, "receivable": record["receivable"]}
