"""Verdicts: what an error asks for, in one place - a person with the rule, a person with the doubt, or another try.

Whatever nobody thought of goes to a person with its name: an account is never lost, and never tried for ever.
"""

import sqlite3
from enum import StrEnum
from typing import NamedTuple

from rpa.errors import (
    BadFilingError,
    BusinessError,
    EvidenceError,
    FailureError,
    HandOverError,
    LeaseLostError,
    SafetyError,
    UnsureError,
)

__all__ = ["Asks", "Verdict", "verdict_of"]


class Asks(StrEnum):
    """What is to be done with an account."""

    REFUSED = "refused"
    PERSON = "person"
    AGAIN = "again"
    NOTHING = "nothing"


class Verdict(NamedTuple):
    """What an error asks for, why in words, whether a system has failed, and whether what was sent may still come."""

    asks: Asks
    reason: str
    is_systems: bool = False
    is_unsure: bool = False


def verdict_of(error: BaseException) -> Verdict:
    """Return what an error asks for.

    Examples
    --------
    >>> verdict_of(BusinessError("该存款人已开立基本存款账户"))
    Verdict(asks=<Asks.REFUSED: 'refused'>, reason='该存款人已开立基本存款账户', is_systems=False, is_unsure=False)
    >>> verdict_of(FailureError("503")).asks, verdict_of(LeaseLostError("token 3")).asks
    (<Asks.AGAIN: 'again'>, <Asks.NOTHING: 'nothing'>)
    >>> verdict_of(UnsureError("the connection was closed")).is_unsure
    True
    >>> verdict_of(ZeroDivisionError("division by zero")).reason
    'ZeroDivisionError, which nobody expected: division by zero'
    """
    said = str(error)
    if isinstance(error, LeaseLostError):
        return Verdict(Asks.NOTHING, said)
    if isinstance(error, BadFilingError):
        return Verdict(Asks.PERSON, said)
    if isinstance(error, BusinessError):
        return Verdict(Asks.REFUSED, said)
    if isinstance(error, HandOverError):
        return Verdict(Asks.PERSON, said, is_systems=True)
    if isinstance(error, SafetyError):
        return Verdict(Asks.PERSON, said)
    if isinstance(error, FailureError):
        return Verdict(Asks.AGAIN, said, is_systems=True, is_unsure=isinstance(error, UnsureError))
    if isinstance(error, TimeoutError):
        return Verdict(Asks.AGAIN, "the step took too long and was broken off", is_systems=True, is_unsure=True)
    if isinstance(error, EvidenceError | OSError | sqlite3.Error):
        return Verdict(Asks.AGAIN, f"this machine fails: {said}")
    return Verdict(Asks.PERSON, f"{type(error).__name__}, which nobody expected: {said}")
