"""Calls: what each step of the tables is on the ledger, contract, action and arguments, and who signs it.

What may not be done is put as plainly as anything else: the tables' part (lot) is the fragment that it once was, also
when it is not there any more.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from engines.receivables.membership import Consortium
from ledger.contracts.discounts import days_between, price
from ledger.state import Record

__all__ = ["CONVENTION", "Call", "Moment", "call_of", "moment"]

CONVENTION = "ACT/360"
_CHINA = 8 * 3_600

Call = tuple[str, dict[str, Any], list[str]]
"""Contract and action, arguments, and the organisations that sign."""


class Moment(NamedTuple):
    """What a step is taken on: its row, its receivable's row, the fragments by lot, those that live, and the time."""

    step: Mapping[str, Any]
    promise: Mapping[str, Any]
    lots: Sequence[str]
    live: Mapping[str, Record]
    time: int

    @property
    def fragment(self) -> str:
        """The fragment that the step takes."""
        return self.lots[int(self.step["lot"])]


def moment(day: Any) -> int:
    """Return the first second of a day in China, Unix time.

    Examples
    --------
    >>> moment(pd.Timestamp("1970-01-02"))
    57600
    """
    return int(pd.Timestamp(day).timestamp()) - _CHINA


def call_of(now: Moment, members: Consortium) -> Call:
    """Return what a step calls, with which arguments, and who signs.

    Raises
    ------
    KeyError
        If the tables name an action that is none.

    Examples
    --------
    >>> step = {"action": "release", "registration": "R1-01", "by_id": "K00000000"}
    >>> call_of(Moment(step, {}, [], {}, 0), None)  # type: ignore[arg-type]  # nobody is asked
    ('pledges.release', {'registration': 'R1-01'}, ['K00000000'])
    """
    action = now.step["action"]
    if action == "draft":
        return _draft(now, members)
    if action in ("issue", "accept"):
        return f"receivables.{action}", {"receivable": now.promise["receivable_id"]}, [now.step["by_id"]]
    return _CALLS[action](now)


def _draft(now: Moment, members: Consortium) -> Call:
    """Draw up the receivable; of the invoice the log holds a salted digest alone."""
    papers = next(members.nonces) + f"invoice of {now.promise['receivable_id']}".encode()
    given = {
        "acceptor": now.promise["acceptor_id"],
        "amount": int(now.promise["amount_fen"]),
        "due": moment(now.promise["due_on"]),
        "holder": now.promise["holder_id"],
        "invoice": members.suite.hash(papers).hex(),
        "obligor": now.promise["obligor_id"],
        "receivable": now.promise["receivable_id"],
        "recourse": bool(now.promise["recourse"]),
    }
    return "receivables.draft", given, [now.step["by_id"]]


def _pay_on(now: Moment) -> Call:
    payees = [{"amount": int(now.step["amount_fen"]), "to": now.step["to_id"]}]
    return "receivables.pay_on", {"fragment": now.fragment, "payees": payees}, [now.step["by_id"]]


def _merge(now: Moment) -> Call:
    return "receivables.merge", {"fragments": [now.fragment, now.lots[int(now.step["with_lot"])]]}, [now.step["by_id"]]


def _pledge(now: Moment) -> Call:
    given = {
        "fragment": now.fragment,
        "pledgee": now.step["to_id"],
        "registration": now.step["registration"],
        "until": moment(now.step["until"]),
    }
    return "pledges.pledge", given, [now.step["by_id"], now.step["to_id"]]


def _release(now: Moment) -> Call:
    return "pledges.release", {"registration": now.step["registration"]}, [now.step["by_id"]]


def _discount(now: Moment) -> Call:
    days = days_between(now.time, moment(now.promise["due_on"]), CONVENTION)
    given = {
        "bank": now.step["to_id"],
        "convention": CONVENTION,
        "fragment": now.fragment,
        "price": price(int(now.step["amount_fen"]), int(now.step["rate_bp"]), days, CONVENTION),
        "rate_bp": int(now.step["rate_bp"]),
    }
    return "discounts.discount", given, [now.step["by_id"], now.step["to_id"]]


def _redeem(now: Moment) -> Call:
    left = {name: now.live[name] for name in now.lots if name in now.live}
    return "receivables.redeem", {"fragments": list(left)}, [now.step["by_id"], *map(_payee, left.values())]


def _default(now: Moment) -> Call:
    given = {"fragment": now.fragment, "receivable": now.promise["receivable_id"]}
    return "receivables.default", given, [_payee(now.live[now.fragment])]


def _recourse(now: Moment) -> Call:
    return "receivables.recourse", {"fragment": now.fragment}, [now.step["by_id"], now.step["to_id"]]


def _payee(record: Record) -> str:
    """Return who gets the money for a fragment: its owner, or whoever it is pledged to."""
    return str(record["lock"]["payee"] if "lock" in record else record["owner"])


_CALLS: dict[str, Callable[[Moment], Call]] = {
    **{"pay_on": _pay_on, "merge": _merge, "pledge": _pledge, "release": _release, "discount": _discount},
    **{"redeem": _redeem, "default": _default, "recourse": _recourse},
}
