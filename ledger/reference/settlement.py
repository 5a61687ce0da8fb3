"""The end of a receivable as a person would tell it: paid on its day, or in default and back along the chain."""

from collections.abc import Iterator
from typing import Any

from ledger.reference.receivables import replace, unsigned

__all__ = ["EFFECTS", "RULES"]

Book = dict[str, Any]
Call = dict[str, Any]


def _paid(fragment: dict[str, Any]) -> str:
    """Who gets the money of a fragment: whoever locked it, else its owner."""
    return str(fragment["lock"]["payee"] if "lock" in fragment else fragment["owner"])


def _redeem_rules(book: Book, call: Call) -> Iterator[str]:
    names = call["arguments"]["fragments"]
    there = [book["fragments"][name] for name in names if name in book["fragments"]]
    if len(set(names)) < len(names) or len(there) < len(names):
        yield "DoubleSpendError"
    if len({fragment["receivable"] for fragment in there}) > 1:
        yield "MergeError"
    for fragment in there:
        receivable = book["receivables"][fragment["receivable"]]
        if call["time"] < receivable["due"]:
            yield "MaturityError"
        yield from unsigned(call, receivable["acceptor"], _paid(fragment))


def _redeem(book: Book, call: Call) -> None:
    names = call["arguments"]["fragments"]
    receivable = book["receivables"][book["fragments"][names[0]]["receivable"]]
    receivable["open"] -= sum(book["fragments"][name]["amount"] for name in names)
    if receivable["open"] == 0:
        receivable["status"] = "redeemed"
    replace(book, call, names, [])


def _default_rules(book: Book, call: Call) -> Iterator[str]:
    receivable = book["receivables"].get(call["arguments"]["receivable"])
    fragment = book["fragments"].get(call["arguments"]["fragment"])
    if receivable is None:
        yield "UnknownRecordError"
        return
    if receivable["status"] != "accepted":
        yield "StatusError"
    if call["time"] < receivable["due"]:
        yield "MaturityError"
    if fragment is None:
        yield "DoubleSpendError"
        return
    if fragment["receivable"] != call["arguments"]["receivable"]:
        yield "MergeError"
    yield from unsigned(call, _paid(fragment))


def _default(book: Book, call: Call) -> None:
    book["receivables"][call["arguments"]["receivable"]]["status"] = "defaulted"


def _recourse_rules(book: Book, call: Call) -> Iterator[str]:
    fragment = book["fragments"].get(call["arguments"]["fragment"])
    if fragment is None:
        yield "DoubleSpendError"
        return
    if book["receivables"][fragment["receivable"]]["status"] != "defaulted":
        yield "StatusError"
    if "lock" in fragment:
        yield "LockedError"
    payer = call["arguments"].get("payer", (fragment["endorsers"] or [None])[-1])
    if payer not in fragment["endorsers"]:
        yield "NoRecourseError"
    else:
        yield from unsigned(call, fragment["owner"], payer)


def _recourse(book: Book, call: Call) -> None:
    name = call["arguments"]["fragment"]
    fragment = book["fragments"][name]
    payer = call["arguments"].get("payer", fragment["endorsers"][-1])
    before = fragment["endorsers"][: fragment["endorsers"].index(payer)]
    replace(book, call, [name], [{**fragment, "owner": payer, "endorsers": before}])


RULES = {"redeem": _redeem_rules, "default": _default_rules, "recourse": _recourse_rules}
EFFECTS = {"redeem": _redeem, "default": _default, "recourse": _recourse}
