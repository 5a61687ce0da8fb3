"""The life of a receivable as a person would tell it: who may do what, when, and what is in the book afterwards.

A book is a dictionary of dictionaries: `members`, `receivables`, `fragments`, `pledges`. A call is a dictionary too:
`action`, `arguments`, `signers` (organisations), `time`, `id`. For each action there is a list of rules, which are all
looked at and named when they are broken, and an effect, which is what happens if none is. Nothing is fast, and nothing
is shared with the contracts but the names.
"""

from collections.abc import Iterator
from typing import Any

__all__ = ["EFFECTS", "RULES", "circulates", "endorsed", "known", "replace", "unsigned"]

Book = dict[str, Any]
Call = dict[str, Any]


def unsigned(call: Call, *organisations: str) -> Iterator[str]:
    """Name what is broken if somebody concerned has not signed.

    Examples
    --------
    >>> list(unsigned({"signers": ["core"]}, "core", "bank-a"))
    ['NotApprovedError']
    """
    if not set(organisations) <= set(call["signers"]):
        yield "NotApprovedError"


def known(book: Book, *organisations: str) -> Iterator[str]:
    """Name what is broken if somebody is no member now.

    Examples
    --------
    >>> list(known({"members": {"core": {"standing": False}}}, "core"))
    ['UnknownMemberError']
    """
    if not all(one in book["members"] and book["members"][one]["standing"] for one in organisations):
        yield "UnknownMemberError"


def circulates(book: Book, call: Call, name: str) -> Iterator[str]:
    """Name what keeps a fragment from moving: it is not there, not free, not accepted, or due.

    Examples
    --------
    >>> list(circulates({"fragments": {}}, {"time": 60}, "F"))
    ['DoubleSpendError']
    """
    fragment = book["fragments"].get(name)
    if fragment is None:
        yield "DoubleSpendError"
        return
    receivable = book["receivables"][fragment["receivable"]]
    if "lock" in fragment:
        yield "LockedError"
    if receivable["status"] != "accepted":
        yield "StatusError"
    if call["time"] >= receivable["due"]:
        yield "MaturityError"


def endorsed(
    receivable: dict[str, Any], fragment: dict[str, Any], to: str, *, is_owner_liable: bool = True
) -> list[str]:
    """Return who is liable to the next owner: all who passed it on before he first had it, if so agreed.

    Examples
    --------
    >>> receivable = {"recourse": True, "obligor": "core", "acceptor": "core"}
    >>> endorsed(receivable, {"endorsers": ["a", "b"], "owner": "c"}, "d")
    ['a', 'b', 'c']
    >>> endorsed(receivable, {"endorsers": ["a", "b"], "owner": "c"}, "b")
    ['a']
    """
    if not receivable["recourse"] or to == receivable["obligor"] or to == receivable["acceptor"]:
        return []
    liable = list(fragment["endorsers"])
    if is_owner_liable and fragment["owner"] != receivable["acceptor"]:
        liable.append(fragment["owner"])
    while to in liable:
        liable.pop()
    return liable


def replace(book: Book, call: Call, spent: list[str], made: list[dict[str, Any]]) -> None:
    """Take fragments away and put others there, which descend from the first.

    Examples
    --------
    >>> book = {"fragments": {"F": {"amount": 5}}}
    >>> replace(book, {"id": "ab" * 32}, ["F"], [{"amount": 5}])
    >>> book["fragments"]
    {'abababababababababababababababab:0': {'amount': 5, 'parent': 'F'}}
    """
    for name in spent:
        del book["fragments"][name]
    for place, fragment in enumerate(made):
        book["fragments"][f"{call['id'][:32]}:{place}"] = {**fragment, "parent": spent[0] if spent else ""}


def _draft_rules(book: Book, call: Call) -> Iterator[str]:
    given = call["arguments"]
    yield from unsigned(call, given["obligor"])
    yield from known(book, given["obligor"], given["acceptor"], given["holder"])
    if given["holder"] == given["obligor"] or given["holder"] == given["acceptor"]:
        yield "PayeeError"
    if given["due"] <= call["time"]:
        yield "MaturityError"
    if given["receivable"] in book["receivables"]:
        yield "AlreadyThereError"


def _draft(book: Book, call: Call) -> None:
    terms = dict(call["arguments"])
    name = terms.pop("receivable")
    book["receivables"][name] = {**terms, "open": 0, "status": "draft"}


def _paper_rules(book: Book, call: Call) -> Iterator[str]:
    """Rules of cancel, issue and accept: the right one signs at the right stage."""
    receivable = book["receivables"].get(call["arguments"]["receivable"])
    if receivable is None:
        yield "UnknownRecordError"
        return
    action = call["action"].split(".")[1]
    if receivable["status"] not in {"cancel": ["draft", "issued"], "issue": ["draft"], "accept": ["issued"]}[action]:
        yield "StatusError"
    yield from unsigned(call, receivable["acceptor"] if action == "accept" else receivable["obligor"])
    if action != "cancel" and call["time"] >= receivable["due"]:
        yield "MaturityError"
    if action == "accept":
        yield from known(book, receivable["holder"])


def _paper(book: Book, call: Call) -> None:
    name = call["arguments"]["receivable"]
    receivable = book["receivables"][name]
    action = call["action"].split(".")[1]
    receivable["status"] = {"cancel": "cancelled", "issue": "issued", "accept": "accepted"}[action]
    if action == "accept":
        receivable["open"] = receivable["amount"]
        whole = {"amount": receivable["amount"], "endorsers": [], "owner": receivable["holder"], "receivable": name}
        replace(book, call, [], [whole])


def _pay_on_rules(book: Book, call: Call) -> Iterator[str]:
    name, payees = call["arguments"]["fragment"], call["arguments"]["payees"]
    yield from circulates(book, call, name)
    fragment = book["fragments"].get(name)
    if fragment is None:
        return
    yield from unsigned(call, fragment["owner"])
    names = [payee["to"] for payee in payees]
    yield from known(book, *names)
    if len(set(names)) < len(names) or fragment["owner"] in names:
        yield "PayeeError"
    if sum(payee["amount"] for payee in payees) > fragment["amount"]:
        yield "SumError"


def _pay_on(book: Book, call: Call) -> None:
    name, payees = call["arguments"]["fragment"], call["arguments"]["payees"]
    fragment = book["fragments"][name]
    receivable = book["receivables"][fragment["receivable"]]
    made = [
        {
            **fragment,
            "owner": one["to"],
            "amount": one["amount"],
            "endorsers": endorsed(receivable, fragment, one["to"]),
        }
        for one in payees
    ]
    rest = fragment["amount"] - sum(payee["amount"] for payee in payees)
    if rest > 0:
        made.append({**fragment, "amount": rest})
    replace(book, call, [name], made)


def _transfer_rules(book: Book, call: Call) -> Iterator[str]:
    name, to = call["arguments"]["fragment"], call["arguments"]["to"]
    yield from circulates(book, call, name)
    if name in book["fragments"]:
        owner = book["fragments"][name]["owner"]
        yield from unsigned(call, owner)
        yield from known(book, to)
        if to == owner:
            yield "PayeeError"


def _transfer(book: Book, call: Call) -> None:
    name, to = call["arguments"]["fragment"], call["arguments"]["to"]
    fragment = book["fragments"][name]
    receivable = book["receivables"][fragment["receivable"]]
    replace(book, call, [name], [{**fragment, "owner": to, "endorsers": endorsed(receivable, fragment, to)}])


def _split_rules(book: Book, call: Call) -> Iterator[str]:
    name, amounts = call["arguments"]["fragment"], call["arguments"]["amounts"]
    yield from circulates(book, call, name)
    if name in book["fragments"]:
        fragment = book["fragments"][name]
        yield from unsigned(call, fragment["owner"])
        if sum(amounts) > fragment["amount"] or amounts == [fragment["amount"]]:
            yield "SumError"


def _split(book: Book, call: Call) -> None:
    name, amounts = call["arguments"]["fragment"], call["arguments"]["amounts"]
    fragment = book["fragments"][name]
    rest = fragment["amount"] - sum(amounts)
    replace(book, call, [name], [{**fragment, "amount": part} for part in [*amounts, rest] if part > 0])


def _merge_rules(book: Book, call: Call) -> Iterator[str]:
    names = call["arguments"]["fragments"]
    if len(set(names)) < len(names):
        yield "DoubleSpendError"
    for name in names:
        yield from circulates(book, call, name)
    there = [book["fragments"][name] for name in names if name in book["fragments"]]
    for fragment in there:
        yield from unsigned(call, fragment["owner"])
        for field in ("receivable", "owner", "endorsers"):
            if fragment[field] != there[0][field]:
                yield "MergeError"


def _merge(book: Book, call: Call) -> None:
    names = call["arguments"]["fragments"]
    first = book["fragments"][names[0]]
    replace(book, call, names, [{**first, "amount": sum(book["fragments"][name]["amount"] for name in names)}])


RULES = {
    "draft": _draft_rules,
    "cancel": _paper_rules,
    "issue": _paper_rules,
    "accept": _paper_rules,
    "pay_on": _pay_on_rules,
    "transfer": _transfer_rules,
    "split": _split_rules,
    "merge": _merge_rules,
}
EFFECTS = {
    "draft": _draft,
    "cancel": _paper,
    "issue": _paper,
    "accept": _paper,
    "pay_on": _pay_on,
    "transfer": _transfer,
    "split": _split,
    "merge": _merge,
}
