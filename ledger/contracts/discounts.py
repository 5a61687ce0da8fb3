"""Discounts (贴现): a bank buys a fragment before its day, for its sum less interest.

The price follows from the rate and the days by the day count that the transaction names; the price stands in it too, so
that both sign the sum that is paid, and one that is not the rule's is refused. Interest is rounded half up to the fen;
price and interest together are the face amount exactly. Days begin at midnight in China (UTC+8).

Whether the seller stays liable (有追索权) follows from the receivable; the two may agree that he does not (买断式, as
in forfaiting 福费廷), then the bank has only those who endorsed before him, and the acceptor.

References
----------
ISDA 2006 Definitions, section 4.16 (d), (e), (f): Actual/365 (Fixed), Actual/360, and of the three ways to count 30/360
the bond basis, in which the end of February stays as it is. Discounts of China's paper exchange count Actual/360.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from ledger.contracts import circulation
from ledger.contracts.call import Transaction, require
from ledger.contracts.data import DataContract
from ledger.contracts.members import check_member
from ledger.errors import NoRecourseError, PayeeError, SumError, WrongPriceError
from ledger.schema import AMOUNT, FLAG, IDENTIFIER, MEMBER, Schema, one_of, whole_number
from ledger.state import State

__all__ = ["ACTIONS", "CONVENTIONS", "NAME", "VERSION", "apply", "check_price", "days_between", "price"]

NAME, VERSION = "discounts", 1
CONVENTIONS = ("ACT/360", "ACT/365F", "30/360")
_YEAR = {"ACT/360": 360, "ACT/365F": 365, "30/360": 360}
ACTIONS: Mapping[str, Schema] = {
    "discount": Schema(
        {
            "bank": MEMBER,
            "convention": one_of(*CONVENTIONS),
            "fragment": IDENTIFIER,
            "price": AMOUNT,
            "rate_bp": whole_number(0, 10_000, "basis points a year"),
        },
        {"recourse": FLAG},
    )
}
_DISCOUNTS = DataContract("discounts", NAME, "discount")


def apply(state: State, transaction: Transaction) -> State:
    """Return the state in which the bank has the fragment; owner and bank sign.

    Raises
    ------
    RefusalError
        If one has not approved, the price is not the rule's, or the fragment does not circulate.
    """
    given = transaction.arguments
    fragment = circulation.circulating(state, given["fragment"], transaction.time)
    if check_member(state, given["bank"], "arguments.bank")["kind"] != "bank" or fragment["owner"] == given["bank"]:
        raise PayeeError(
            f"arguments.bank is {given['bank']}, it must be a bank other than the owner {fragment['owner']}"
        )
    require(transaction, [fragment["owner"], given["bank"]])
    promise = circulation.promise_of(state, fragment)
    is_liable = given.get("recourse", promise["recourse"])
    if is_liable and not promise["recourse"]:
        raise NoRecourseError(f"arguments.recourse is true, receivable {fragment['receivable']} is one without")
    days = days_between(transaction.time, promise["due"], given["convention"])
    check_price(given["price"], fragment["amount"], given["rate_bp"], days, given["convention"])
    record = {
        **given,
        "amount": fragment["amount"],
        "days": days,
        "recourse": is_liable,
        "seller": fragment["owner"],
        "time": transaction.time,
    }
    state = _DISCOUNTS.write(state, NAME, {transaction.id: record})
    return circulation.hand_over(state, given["fragment"], given["bank"], transaction, is_liable=is_liable)


def days_between(start: int, end: int, convention: str) -> int:
    """Return the days from one moment to another, both taken as days in China (UTC+8).

    Parameters
    ----------
    start, end
        Unix seconds.
    convention
        One of `CONVENTIONS`; 30/360 counts every month as 30 days.

    Examples
    --------
    >>> days_between(0, 59 * 86_400, "ACT/360"), days_between(0, 59 * 86_400, "30/360")
    (59, 60)
    """
    first, last = (datetime.fromtimestamp(one + 8 * 3600, UTC).date() for one in (start, end))
    if convention != "30/360":
        return (last - first).days
    one = min(first.day, 30)
    two = 30 if last.day == 31 and one == 30 else last.day
    return 360 * (last.year - first.year) + 30 * (last.month - first.month) + two - one


def price(amount: int, rate_bp: int, days: int, convention: str) -> int:
    """Return what a bank pays for a sum that is due in so many days.

    Parameters
    ----------
    amount
        Fen.
    rate_bp
        Interest in basis points a year.

    Returns
    -------
    int
        Fen: the amount less the interest, which is rounded half up.

    Raises
    ------
    SumError
        If the interest would be the whole amount, or more.

    Examples
    --------
    >>> price(1_000_000_00, 315, 90, "ACT/360")
    99212500
    """
    base = 10_000 * _YEAR[convention]
    interest = (2 * amount * rate_bp * max(days, 0) + base) // (2 * base)
    if interest >= amount:
        raise SumError(f"the interest comes to {interest} fen, of {amount} fen nothing would be left to pay")
    return amount - interest


def check_price(asked: int, amount: int, rate_bp: int, days: int, convention: str) -> None:
    """Refuse a price that is not the one of `price`.

    Raises
    ------
    WrongPriceError, SumError
        If it is another; if nothing would be left to pay.

    Examples
    --------
    >>> check_price(99212501, 1_000_000_00, 315, 90, "ACT/360")
    Traceback (most recent call last):
    ledger.errors.refusals.WrongPriceError: arguments.price is 99212501, it must be 99212500: 90 days at 315 basis ...
    """
    right = price(amount, rate_bp, days, convention)
    if asked != right:
        raise WrongPriceError(
            f"arguments.price is {asked}, it must be {right}: {days} days at {rate_bp} basis points, {convention}"
        )
