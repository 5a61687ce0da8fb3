"""Requests (part of quotes): a fragment is published for quotes, locked meanwhile, and called back or closed.

The records of requests are a data contract. One has `seller`, `fragment`, its `amount` (fen) and day (`due`), the
`agreement` (digest), the `rule` with its `limit` and day count (`convention`), who is `invited` (nobody: every bank),
the three deadlines, `opening` (id of the transaction that opened it), `revealed` (how many quotes), and `status`: open,
withdrawn, awarded, unsold (nobody quoted) or lapsed (the winner did not settle in time).
"""

from ledger.contracts import agreements, circulation
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.issuance import due_of
from ledger.contracts.members import check_member
from ledger.errors import AlreadyThereError, BadFieldError, MaturityError, StatusError, SumError, TermError
from ledger.state import Record, State

__all__ = [
    "CONTROLLER",
    "REQUESTS",
    "RULES",
    "check_deadlines",
    "finish",
    "open_request",
    "publish",
    "request_of",
    "withdraw",
]

CONTROLLER = "quotes"
REQUESTS = DataContract("quote_requests", CONTROLLER, "request")
RULES = ("lowest_rate", "highest_price")
_HIGHEST_RATE = 10_000


def publish(state: State, transaction: Transaction) -> State:
    """Publish a fragment for quotes; it is locked until the request ends. The owner signs."""
    given = transaction.arguments
    if REQUESTS.find(state, CONTROLLER, given["request"]) is not None:
        raise AlreadyThereError(f"arguments.request is {given['request']}: there is one of that name, choose another")
    check_deadlines(transaction)
    fragment = circulation.circulating(state, given["fragment"], transaction.time)
    seller, due = fragment["owner"], due_of(state, fragment["receivable"])
    require(transaction, [seller])
    if given["settle_until"] >= due:
        raise MaturityError(f"arguments.settle_until is {given['settle_until']}, it must be before {due}, the due day")
    for bank in given.get("invited", []):
        check_member(state, bank, "arguments.invited")
    agreements.check_in_force(state, given["agreement"], transaction.time, "arguments.agreement")
    agreements.check_signed(state, given["agreement"], seller, transaction.time)
    record = {
        **given,
        "amount": fragment["amount"],
        "due": due,
        "invited": given.get("invited", []),
        "limit": _limit(transaction, fragment["amount"]),
        "opening": transaction.id,
        "revealed": 0,
        "seller": seller,
        "status": "open",
    }
    state, _ = circulation.lock(state, given["fragment"], _lock(given["request"]), seller, transaction.time)
    return REQUESTS.write(state, CONTROLLER, {given["request"]: record})


def withdraw(state: State, transaction: Transaction) -> State:
    """Call a request back and release the fragment; only before the first quote is revealed. The seller signs."""
    name, record = open_request(state, transaction)
    require(transaction, [record["seller"]])
    if record["revealed"]:
        raise StatusError(f"of request {name} a quote is revealed already: it can not be withdrawn any more")
    return finish(state, name, record, {"status": "withdrawn"})


def request_of(state: State, name: str) -> Record:
    """Return the record of a request.

    Raises
    ------
    UnknownRecordError
        If there is none of that name.

    Examples
    --------
    >>> request_of(State(), "Q1")
    Traceback (most recent call last):
    ledger.errors.refusals.UnknownRecordError: there is no request Q1
    """
    return REQUESTS.read(state, CONTROLLER, name)


def check_deadlines(transaction: Transaction) -> None:
    """Refuse a publication whose deadlines are not after the block's time, and after each other.

    Raises
    ------
    TermError
        The message names the field.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> given = {"commit_until": 100, "reveal_until": 100, "settle_until": 200}
    >>> check_deadlines(Transaction("a" * 64, "quotes", "publish", given, (), 60, Policy(())))
    Traceback (most recent call last):
    ledger.errors.refusals.TermError: arguments.reveal_until is 100, it must be after commit_until, 100
    """
    before, name = transaction.time, "the block's time"
    for field in ("commit_until", "reveal_until", "settle_until"):
        moment = transaction.arguments[field]
        if moment <= before:
            raise TermError(f"arguments.{field} is {moment}, it must be after {name}, {before}")
        before, name = moment, field


def open_request(state: State, transaction: Transaction) -> tuple[str, Record]:
    """Return the name and the record of the request that a transaction is about.

    Raises
    ------
    UnknownRecordError, StatusError
        If there is none of that name, or it is not open.

    Examples
    --------
    >>> from ledger.policies import Policy
    >>> state = State().write("quote_requests", {"Q1": {"status": "awarded"}})
    >>> open_request(state, Transaction("a" * 64, "quotes", "commit", {"request": "Q1"}, (), 60, Policy(())))
    Traceback (most recent call last):
    ledger.errors.refusals.StatusError: request Q1 is awarded, for commit it must be open
    """
    name = transaction.arguments["request"]
    record = request_of(state, name)
    if record["status"] != "open":
        raise StatusError(f"request {name} is {record['status']}, for {transaction.action} it must be open")
    return name, record


def finish(state: State, name: str, record: Record, end: Record) -> State:
    """Return the state in which a request has ended, and its fragment is not locked any more.

    Examples
    --------
    >>> finish(State(), "Q1", {"fragment": "redeemed:0"}, {"status": "lapsed"}).get("quote_requests", "Q1")["status"]
    'lapsed'
    """
    state = circulation.unlock(state, record["fragment"], _lock(name))
    return REQUESTS.write(state, CONTROLLER, {name: {**record, **end}})


def _limit(transaction: Transaction, amount: int) -> int:
    """Return the worst quote that counts, after a check that the fields fit the rule."""
    given = transaction.arguments
    by_rate = given["rule"] == "lowest_rate"
    if by_rate != ("convention" in given):
        what = "is missing, lowest_rate needs a day count" if by_rate else "is there, highest_price needs no day count"
        raise BadFieldError(f"arguments.convention {what}")
    limit: int = given.get("limit", _HIGHEST_RATE if by_rate else 1)
    least, most = (0, _HIGHEST_RATE) if by_rate else (1, amount)
    if not least <= limit <= most:
        raise SumError(f"arguments.limit is {limit}, with {given['rule']} it must be from {least} to {most}")
    return limit


def _lock(name: str) -> str:
    return f"{CONTROLLER}/{name}"
