"""Pledges (质押): a fragment is locked for a lender until the debt is paid, under one registration.

The owner and the lender (pledgee) agree; the registration number is used once for ever, so that one fragment can not
secure two loans, here or under another name. While pledged the fragment does not move, and if it is redeemed then the
pledgee gets the money. The pledgee releases it; once the term is over, the pledgee may take it instead. Both together
extend the term (展期) under the same number. A term that is over does not release: in the movables register of the
credit reference centre (动产融资统一登记) a registration lapses for third parties, but it is the pledgee who gives the
collateral back.

References
----------
Civil Code of the PRC (民法典), articles 440 and 445: receivables are pledged by registration, and do not move then
unless pledgor and pledgee agree.
"""

from collections.abc import Mapping

from ledger.contracts import circulation
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.members import check_member
from ledger.errors import PayeeError, RegistrationError, StatusError, TermError
from ledger.schema import IDENTIFIER, MEMBER, MOMENT, Schema
from ledger.state import Record, State

__all__ = ["ACTIONS", "NAME", "VERSION", "apply"]

NAME, VERSION = "pledges", 1
ACTIONS: Mapping[str, Schema] = {
    "pledge": Schema({"fragment": IDENTIFIER, "pledgee": MEMBER, "registration": IDENTIFIER, "until": MOMENT}),
    "extend": Schema({"registration": IDENTIFIER, "until": MOMENT}),
    "release": Schema({"registration": IDENTIFIER}),
    "enforce": Schema({"registration": IDENTIFIER}),
}
_PLEDGES = DataContract("pledges", NAME, "pledge")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state after a transaction of this contract.

    Raises
    ------
    RefusalError
        If those whom it concerns have not approved, or it is against the rules.
    """
    if transaction.action == "pledge":
        return _pledge(state, transaction)
    registration = transaction.arguments["registration"]
    record = _PLEDGES.read(state, NAME, registration)
    if record["status"] != "pledged":
        raise StatusError(f"pledge {registration} is {record['status']}, it must be pledged")
    if transaction.action == "extend":
        return _extend(state, transaction, registration, record)
    require(transaction, [record["pledgee"]])
    if transaction.action == "release":
        return _close(state, registration, record, "released")
    if transaction.time <= record["until"]:
        raise TermError(f"pledge {registration} runs until {record['until']}: it can be enforced after that")
    state = _close(state, registration, record, "enforced")
    return circulation.hand_over(state, record["fragment"], record["pledgee"], transaction)


def _pledge(state: State, transaction: Transaction) -> State:
    given = transaction.arguments
    registration = given["registration"]
    if _PLEDGES.find(state, NAME, registration) is not None:
        raise RegistrationError(f"arguments.registration is {registration}: that number is used already")
    if given["until"] <= transaction.time:
        raise TermError(f"arguments.until is {given['until']}, it must be after the block's time {transaction.time}")
    check_member(state, given["pledgee"], "arguments.pledgee")
    state, fragment = circulation.lock(
        state, given["fragment"], _lock(registration), given["pledgee"], transaction.time
    )
    if fragment["owner"] == given["pledgee"]:
        raise PayeeError(f"arguments.pledgee is {given['pledgee']}, the owner itself")
    require(transaction, [fragment["owner"], given["pledgee"]])
    record = {
        "amount": fragment["amount"],
        "fragment": given["fragment"],
        "pledgee": given["pledgee"],
        "pledgor": fragment["owner"],
        "status": "pledged",
        "until": given["until"],
    }
    return _PLEDGES.write(state, NAME, {registration: record})


def _extend(state: State, transaction: Transaction, registration: str, record: Record) -> State:
    require(transaction, [record["pledgor"], record["pledgee"]])
    until, earliest = transaction.arguments["until"], max(record["until"], transaction.time)
    if until <= earliest:
        raise TermError(
            f"arguments.until is {until}, it must be after {earliest}: the term so far, and the block's time"
        )
    return _PLEDGES.write(state, NAME, {registration: {**record, "until": until}})


def _close(state: State, registration: str, record: Record, status: str) -> State:
    state = circulation.unlock(state, record["fragment"], _lock(registration))
    return _PLEDGES.write(state, NAME, {registration: {**record, "status": status}})


def _lock(registration: str) -> str:
    return f"{NAME}/{registration}"
