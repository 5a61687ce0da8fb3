"""Settlement (part of receivables): on its day a receivable is redeemed, or it is in default and goes back."""

from ledger.contracts import fragments
from ledger.contracts.call import Transaction, require
from ledger.contracts.promises import CONTROLLER, PROMISES, in_status
from ledger.errors import DoubleSpendError, LockedError, MaturityError, MergeError, NoRecourseError, StatusError
from ledger.state import Record, State

__all__ = ["default", "recourse", "redeem"]


def redeem(state: State, transaction: Transaction) -> State:
    """Take fragments away because they have been paid: the acceptor says so, and each owner who got the money.

    While a fragment is locked the money is for the payee of the lock, such as a pledgee, who signs for the owner.
    """
    names = transaction.arguments["fragments"]
    if len(set(names)) != len(names):
        raise DoubleSpendError("arguments.fragments names one fragment twice: give each once")
    records = [fragments.live(state, CONTROLLER, name) for name in names]
    promises = {record["receivable"] for record in records}
    if len(promises) != 1:
        raise MergeError("arguments.fragments are of several receivables: redeem one at a time")
    name = promises.pop()
    promise = PROMISES.read(state, CONTROLLER, name)
    if transaction.time < promise["due"]:
        raise MaturityError(f"receivable {name} is due at {promise['due']}, after the block's time {transaction.time}")
    require(transaction, [promise["acceptor"], *map(_paid_to, records)])
    left = promise["open"] - sum(record["amount"] for record in records)
    paid = {**promise, "open": left, "status": promise["status"] if left else "redeemed"}
    state = PROMISES.write(state, CONTROLLER, {name: paid})
    return fragments.exchange(state, CONTROLLER, names, [], transaction.id)


def default(state: State, transaction: Transaction) -> State:
    """Put on record that a receivable was not paid on its day: anybody to whom money of it is due says so.

    The fragment names who that is: its owner, or the payee of its lock.
    """
    name, promise = in_status(state, transaction, "accepted")
    if transaction.time < promise["due"]:
        raise MaturityError(f"receivable {name} is due at {promise['due']}, after the block's time {transaction.time}")
    fragment = fragments.live(state, CONTROLLER, transaction.arguments["fragment"])
    if fragment["receivable"] != name:
        raise MergeError(f"arguments.fragment is one of {fragment['receivable']}, it must be one of {name}")
    require(transaction, [_paid_to(fragment)])
    return PROMISES.write(state, CONTROLLER, {name: {**promise, "status": "defaulted"}})


def recourse(state: State, transaction: Transaction) -> State:
    """Give a fragment in default back to an endorser, who pays for it (追索); owner and endorser sign.

    It is the last endorser, unless `payer` names another. Whoever pays may go on to those before him; those after him
    are free.
    """
    name = transaction.arguments["fragment"]
    record: Record = fragments.live(state, CONTROLLER, name)
    promise = PROMISES.read(state, CONTROLLER, record["receivable"])
    if promise["status"] != "defaulted":
        raise StatusError(
            f"receivable {record['receivable']} is {promise['status']}, recourse needs a default on record"
        )
    if "lock" in record:
        raise LockedError(f"fragment {name} is locked by {record['lock']['by']}: release it first")
    if not record["endorsers"]:
        raise NoRecourseError(f"nobody is liable for fragment {name} but {promise['acceptor']}, who accepted it")
    payer = transaction.arguments.get("payer", record["endorsers"][-1])
    if payer not in record["endorsers"]:
        raise NoRecourseError(f"arguments.payer is {payer}, liable for it are {', '.join(record['endorsers'])}")
    require(transaction, [record["owner"], payer])
    before = record["endorsers"][: record["endorsers"].index(payer)]
    back = {**record, "endorsers": before, "owner": payer, "parent": name}
    return fragments.exchange(state, CONTROLLER, [name], [back], transaction.id)


def _paid_to(fragment: Record) -> str:
    return str(fragment["lock"]["payee"] if "lock" in fragment else fragment["owner"])
