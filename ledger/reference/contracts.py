"""The contracts, told slowly: which rules a call breaks, and the book after a call that breaks none.

The fast contracts stop at the first rule that is broken; this names them all. So the two agree if both accept, or if
the rule at which the contract stops is one of those named here; and if both books are the same afterwards.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from ledger.reference import discounts, pledges, receivables, settlement

__all__ = ["after", "broken_rules", "new_book"]

Book = dict[str, Any]
Call = dict[str, Any]


def new_book(members: Mapping[str, str]) -> Book:
    """Return the book of a ledger that begins with these members, given by name and kind.

    Examples
    --------
    >>> new_book({"bank-a": "bank"})["members"]
    {'bank-a': {'kind': 'bank', 'standing': True}}
    """
    standing = {name: {"kind": kind, "standing": True} for name, kind in members.items()}
    return {"members": standing, "receivables": {}, "fragments": {}, "pledges": {}}


def broken_rules(book: Book, call: Call) -> set[str]:
    """Return the name of every rule that a call breaks; none if it holds.

    Parameters
    ----------
    book
        As of `new_book` and `after`.
    call
        `action` (such as `pledges.release`), `arguments`, `signers` (names of organisations), `time`, and `id`, as
        plain data.

    Examples
    --------
    >>> book = new_book({"core": "enterprise"})
    >>> call = {"action": "receivables.issue", "arguments": {"receivable": "R"}, "signers": ["core"], "time": 60}
    >>> broken_rules(book, call)
    {'UnknownRecordError'}
    """
    return {*receivables.known(book, *call["signers"]), *_rules(call["action"])(book, call)}


def after(book: Book, call: Call) -> Book:
    """Return the book after a call that breaks no rule; the one given is as it was.

    Examples
    --------
    >>> book = new_book({"core": "enterprise", "bank-a": "bank"})
    >>> call = {"action": "members.dismiss", "arguments": {"name": "core"}, "signers": ["bank-a"], "time": 60}
    >>> broken_rules(book, call), after(book, call)["members"]["core"]["standing"], book["members"]["core"]["standing"]
    (set(), False, True)
    """
    copy = deepcopy(book)
    contract, action = call["action"].split(".")
    if contract == "members":
        copy["members"][call["arguments"]["name"]]["standing"] = action == "admit"
    elif contract == "discounts":
        discounts.discount(copy, call)
    else:
        {**receivables.EFFECTS, **settlement.EFFECTS, **pledges.EFFECTS}[action](copy, call)
    return copy


def _rules(call: str) -> Any:
    contract, action = call.split(".")
    if contract == "members":
        return _vote_rules
    if contract == "discounts":
        return discounts.discount_rules
    return {**receivables.RULES, **settlement.RULES, **pledges.RULES}[action]


def _vote_rules(book: Book, call: Call) -> Iterator[str]:
    """Rules of dismiss and admit again: all members but the one in question sign."""
    name = call["arguments"]["name"]
    voters = [one for one, member in book["members"].items() if member["standing"] and one != name]
    yield from receivables.unsigned(call, *voters)
    if not voters:
        yield "NotApprovedError"
    is_member = name in book["members"] and book["members"][name]["standing"]
    if call["action"] == "members.dismiss" and not is_member:
        yield "UnknownMemberError"
    if call["action"] == "members.admit" and is_member:
        yield "AlreadyThereError"
        yield from receivables.unsigned(call, name)
