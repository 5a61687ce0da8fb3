"""Promises (data contract): the receivables themselves, who owes whom how much on which day.

A record has `obligor`, `acceptor` (who promises to pay), `holder` (to whom it was issued), `amount` and `open` (fen, in
all and not yet redeemed), `due` (Unix seconds), `recourse` (whether endorsers are liable), `invoice` (salted digest of
the papers) and `status`: draft, issued, accepted, redeemed, defaulted or cancelled.
"""

from ledger.contracts.call import Transaction
from ledger.contracts.data import DataContract
from ledger.errors import StatusError
from ledger.state import Record, State

__all__ = ["CONTROLLER", "PROMISES", "in_status"]

CONTROLLER = "receivables"
PROMISES = DataContract("receivables", CONTROLLER, "receivable")


def in_status(state: State, transaction: Transaction, *wanted: str) -> tuple[str, Record]:
    """Return the name and the record of the receivable that a transaction is about.

    Raises
    ------
    UnknownRecordError, StatusError
        If there is none of that name, or its status is not one of those wanted.
    """
    name = transaction.arguments["receivable"]
    record = PROMISES.read(state, CONTROLLER, name)
    if record["status"] not in wanted:
        raise StatusError(
            f"receivable {name} is {record['status']}, for {transaction.action} it must be {' or '.join(wanted)}"
        )
    return name, record
