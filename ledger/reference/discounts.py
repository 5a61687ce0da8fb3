"""Discounts as a clerk works them out: a calendar, fractions, and one rounding at the end.

References
----------
ISDA 2006 Definitions, section 4.16 (d), (e) and (f): Actual/365 (Fixed), Actual/360, 30/360 (bond basis).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

from ledger.reference.receivables import circulates, endorsed, replace, unsigned

__all__ = ["day_fraction", "discount", "discount_rules", "price"]

CHINA = timezone(timedelta(hours=8))


def day_fraction(start: int, end: int, convention: str) -> Fraction:
    """Return the part of a year that lies between two moments, counted in days of the Chinese calendar.

    Examples
    --------
    >>> day_fraction(0, 90 * 86_400, "ACT/360")
    Fraction(1, 4)
    """
    first, last = (datetime.fromtimestamp(moment, CHINA).date() for moment in (start, end))
    if convention == "ACT/360":
        return Fraction((last - first).days, 360)
    if convention == "ACT/365F":
        return Fraction((last - first).days, 365)
    day_1 = 30 if first.day == 31 else first.day
    day_2 = 30 if last.day == 31 and day_1 > 29 else last.day
    months = 12 * (last.year - first.year) + last.month - first.month
    return Fraction(30 * months + day_2 - day_1, 360)


def price(amount: int, rate_bp: int, years: Fraction) -> int:
    """Return the sum less interest, which is rounded to the nearest fen, a half upwards; 0 or less if nothing is left.

    Examples
    --------
    >>> price(1_000_000_00, 315, Fraction(90, 360))
    99212500
    """
    interest = amount * Fraction(rate_bp, 10_000) * years
    whole = interest.numerator // interest.denominator
    return amount - (whole + 1 if interest - whole >= Fraction(1, 2) else whole)


def discount_rules(book: dict[str, Any], call: dict[str, Any]) -> Iterator[str]:
    """Name the rules that a discount breaks: a free fragment, a bank that is not its owner, both sign the right price.

    Examples
    --------
    >>> sorted(discount_rules({"fragments": {}}, {"arguments": {"fragment": "F"}}))
    ['DoubleSpendError']
    """
    given = call["arguments"]
    fragment = book["fragments"].get(given["fragment"])
    yield from circulates(book, call, given["fragment"])
    if fragment is None:
        return
    bank = book["members"].get(given["bank"])
    if bank is None or not bank["standing"]:
        yield "UnknownMemberError"
    elif bank["kind"] != "bank" or given["bank"] == fragment["owner"]:
        yield "PayeeError"
    yield from unsigned(call, fragment["owner"], given["bank"])
    receivable = book["receivables"][fragment["receivable"]]
    if given.get("recourse", False) and not receivable["recourse"]:
        yield "NoRecourseError"
    if call["time"] < receivable["due"]:
        years = day_fraction(call["time"], receivable["due"], given["convention"])
        right = price(fragment["amount"], given["rate_bp"], years)
        if right <= 0:
            yield "SumError"
        elif given["price"] != right:
            yield "WrongPriceError"


def discount(book: dict[str, Any], call: dict[str, Any]) -> None:
    """Write a discount that breaks no rule into the book: the bank has the fragment."""
    given = call["arguments"]
    fragment = book["fragments"][given["fragment"]]
    receivable = book["receivables"][fragment["receivable"]]
    is_liable = given.get("recourse", receivable["recourse"])
    endorsers = endorsed(receivable, fragment, given["bank"], is_owner_liable=is_liable)
    replace(book, call, [given["fragment"]], [{**fragment, "owner": given["bank"], "endorsers": endorsers}])
