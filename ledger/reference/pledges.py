"""Pledges as a registrar keeps them: one number for one pledge, and the fragment rests until it is released."""

from collections.abc import Iterator
from typing import Any

from ledger.reference.receivables import circulates, endorsed, known, replace, unsigned

__all__ = ["EFFECTS", "RULES"]

Book = dict[str, Any]
Call = dict[str, Any]


def _pledge_rules(book: Book, call: Call) -> Iterator[str]:
    given = call["arguments"]
    if given["registration"] in book["pledges"]:
        yield "RegistrationError"
    if given["until"] <= call["time"]:
        yield "TermError"
    yield from known(book, given["pledgee"])
    yield from circulates(book, call, given["fragment"])
    fragment = book["fragments"].get(given["fragment"])
    if fragment is not None:
        yield from unsigned(call, fragment["owner"], given["pledgee"])
        if given["pledgee"] == fragment["owner"]:
            yield "PayeeError"


def _pledge(book: Book, call: Call) -> None:
    given = call["arguments"]
    fragment = book["fragments"][given["fragment"]]
    fragment["lock"] = {"by": f"pledges/{given['registration']}", "payee": given["pledgee"]}
    book["pledges"][given["registration"]] = {
        "amount": fragment["amount"],
        "fragment": given["fragment"],
        "pledgee": given["pledgee"],
        "pledgor": fragment["owner"],
        "status": "pledged",
        "until": given["until"],
    }


def _extend_rules(book: Book, call: Call) -> Iterator[str]:
    pledge = book["pledges"].get(call["arguments"]["registration"])
    if pledge is None:
        yield "UnknownRecordError"
        return
    if pledge["status"] != "pledged":
        yield "StatusError"
    yield from unsigned(call, pledge["pledgor"], pledge["pledgee"])
    until = call["arguments"]["until"]
    if until <= pledge["until"] or until <= call["time"]:
        yield "TermError"


def _extend(book: Book, call: Call) -> None:
    book["pledges"][call["arguments"]["registration"]]["until"] = call["arguments"]["until"]


def _end_rules(book: Book, call: Call) -> Iterator[str]:
    """Rules of release and enforce: the pledgee says so, while the pledge stands."""
    pledge = book["pledges"].get(call["arguments"]["registration"])
    if pledge is None:
        yield "UnknownRecordError"
        return
    if pledge["status"] != "pledged":
        yield "StatusError"
    yield from unsigned(call, pledge["pledgee"])
    if call["action"] == "pledges.enforce":
        if call["time"] <= pledge["until"]:
            yield "TermError"
        yield from (rule for rule in circulates(book, call, pledge["fragment"]) if rule != "LockedError")


def _end(book: Book, call: Call) -> None:
    pledge = book["pledges"][call["arguments"]["registration"]]
    is_release = call["action"] == "pledges.release"
    pledge["status"] = "released" if is_release else "enforced"
    fragment = book["fragments"].get(pledge["fragment"])
    if fragment is None:
        return  # it was redeemed, and the money went to the pledgee
    fragment.pop("lock")
    if not is_release:
        receivable = book["receivables"][fragment["receivable"]]
        taken = {"owner": pledge["pledgee"], "endorsers": endorsed(receivable, fragment, pledge["pledgee"])}
        replace(book, call, [pledge["fragment"]], [{**fragment, **taken}])


RULES = {"pledge": _pledge_rules, "extend": _extend_rules, "release": _end_rules, "enforce": _end_rules}
EFFECTS = {"pledge": _pledge, "extend": _extend, "release": _end, "enforce": _end}
