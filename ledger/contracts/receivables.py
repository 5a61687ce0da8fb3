"""Receivables (应收款): drawn up, issued, accepted, paid on, split, merged, redeemed, or in default with recourse.

A core enterprise (the obligor) owes a supplier (the holder) a sum on a day. Once the acceptor, who may be the obligor
or a bank, has promised to pay, the receivable circulates: its owner pays others with it, in whole or in part. From the
second in which it is due nothing moves but money: it is redeemed, or it is in default and, where agreed, goes back from
endorser to endorser, each of whom pays the one after.

The controller of the fragments. Pledges and discounts ask it to lock, unlock and hand over; they write no fragment.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.contracts import circulation, issuance, settlement
from ledger.contracts.call import Transaction
from ledger.schema import AMOUNT, DIGEST, FLAG, IDENTIFIER, MEMBER, MOMENT, Kind, Schema, listing
from ledger.state import State

__all__ = ["ACTIONS", "MOST", "NAME", "VERSION", "apply"]

NAME, VERSION = "receivables", 1
MOST = 100
"""The most payees, or fragments, in one transaction."""


def _is_payee(value: Any) -> bool:
    return (
        type(value) is dict and len(value) == 2 and MEMBER.holds(value.get("to")) and AMOUNT.holds(value.get("amount"))
    )


_PAYEE = Kind("an object of to (member) and amount (fen)", _is_payee, Schema({"amount": AMOUNT, "to": MEMBER}).form)
_FRAGMENT_LIST = listing(IDENTIFIER, MOST)
ACTIONS: Mapping[str, Schema] = {
    "draft": Schema(
        {
            "acceptor": MEMBER,
            "amount": AMOUNT,
            "due": MOMENT,
            "holder": MEMBER,
            "invoice": DIGEST,
            "obligor": MEMBER,
            "receivable": IDENTIFIER,
            "recourse": FLAG,
        }
    ),
    "cancel": Schema({"receivable": IDENTIFIER}),
    "issue": Schema({"receivable": IDENTIFIER}),
    "accept": Schema({"receivable": IDENTIFIER}),
    "pay_on": Schema({"fragment": IDENTIFIER, "payees": listing(_PAYEE, MOST)}),
    "transfer": Schema({"fragment": IDENTIFIER, "to": MEMBER}),
    "split": Schema({"amounts": listing(AMOUNT, MOST), "fragment": IDENTIFIER}),
    "merge": Schema({"fragments": listing(IDENTIFIER, MOST, 2)}),
    "redeem": Schema({"fragments": _FRAGMENT_LIST}),
    "default": Schema({"fragment": IDENTIFIER, "receivable": IDENTIFIER}),
    "recourse": Schema({"fragment": IDENTIFIER}, {"payer": MEMBER}),
}
_STEPS: Mapping[str, Callable[[State, Transaction], State]] = {
    "draft": issuance.draft,
    "cancel": issuance.cancel,
    "issue": issuance.issue,
    "accept": issuance.accept,
    "pay_on": circulation.pay_on,
    "transfer": circulation.transfer,
    "split": circulation.split,
    "merge": circulation.merge,
    "redeem": settlement.redeem,
    "default": settlement.default,
    "recourse": settlement.recourse,
}


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If those whom it concerns have not approved, or it is against the rules.
    """
    return _STEPS[transaction.action](state, transaction)
