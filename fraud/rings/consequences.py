"""What follows from a ring, for a person to accept: list entries that act at once, and rules with their examples.

Who collected or passed money on is proposed for the black list, who only used what the ring used for the grey one; a
victim, and whoever merely paid, for none. Entries end: a phone number and an address change hands, a device is sold.
Proposed rules are a rulebook's text, checked as any other: each must hit payments of the ring and miss the same
payments made to somebody else.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from fraud.rings.ring import Member, Ring
from fraud.rules import Rulebook, parse

if TYPE_CHECKING:
    from fraud.engine.lists import Colour, ListEntry

__all__ = ["DAYS", "list_entries", "proposed_rules"]

DAYS: dict[str, int] = {"account": 365, "device": 180, "phone": 90, "address": 30}
"""For how many days each kind of entity is listed; a phone number is given to somebody else after some 90 days."""
_ENTITIES = {"account": "account", "device": "device", "phone": "phone", "address": "ip"}
_BLACK = ("collector", "passes on")
_GREY = ("user", "shared")
_OF_KIND = {"account": "payee_id", "device": "device_id", "phone": "phone", "address": "ip"}
_TITLES = {
    "payee_id": ("Pays an account of a ring", "向团伙账户付款"),
    "device_id": ("Device of a ring", "团伙设备"),
    "phone": ("Phone of a ring", "团伙手机号"),
    "ip": ("Network address of a ring", "团伙 IP 地址"),
}


def list_entries(ring: Ring, now: datetime, who: str = "ring search") -> "list[ListEntry]":
    """Return what a person may put on the lists because of a ring.

    Parameters
    ----------
    ring
        The ring.
    now
        From when the entries act.
    who
        Who answers for them.

    Returns
    -------
    list
        `fraud.engine.lists.ListEntry` values: black for accounts that collect or pass on, grey for those that use what
        the ring shares, and for the shared things. An address of the network is only ever grey.

    Examples
    --------
    >>> from fraud.rings import find
    >>> from fraud.rings.sample import payments
    >>> entries = list_entries(find(payments(), window_days=10)[0], datetime(2026, 3, 1))
    >>> entries[0].colour, entries[0].entity, entries[0].value, entries[0].until.isoformat()
    ('black', 'account', 'A1', '2027-03-01T00:00:00')
    """
    from fraud.engine.lists import ListEntry

    made = []
    for member in ring.members:
        colour = _colour(member)
        if colour is None:
            continue
        until = now + timedelta(days=DAYS[member.kind])
        reason = f"{member.part} ({member.part_zh}) in ring {ring.id}: {ring.evidence[0].sentence}"
        made.append(ListEntry(colour, _ENTITIES[member.kind], member.value, reason, who, now, until))
    return made


def _colour(member: Member) -> "Colour | None":
    if member.part in _BLACK:
        return "black"
    return "grey" if member.part in _GREY else None


def proposed_rules(ring: Ring, transactions: pd.DataFrame, owner: str = "ring search") -> tuple[str, Rulebook]:
    """Return rules that would have met the ring, as the text of a rulebook and as the rulebook read from it.

    Parameters
    ----------
    ring
        The ring.
    transactions
        The table in which it was found: examples are its rows.
    owner
        Who answers for the rules.

    Raises
    ------
    RulebookError
        If a proposed rule cannot be read, as when an identifier holds what no text may hold.

    Examples
    --------
    >>> from fraud.rings import find
    >>> from fraud.rings.sample import payments
    >>> from fraud.rules import check_examples
    >>> _, book = proposed_rules(find(payments(), window_days=10)[0], payments())
    >>> book.rules[0].when, check_examples(book)
    ('payee_id in ["A1", "R1", "R2", "R3", "R4"]', [])
    """
    entries = []
    for kind, column in _OF_KIND.items():
        values = [one.value for one in ring.members if one.kind == kind and one.part in (*_BLACK, "shared")]
        if values and column in transactions:
            entries.append(_entry(ring, column, values, transactions, owner))
    head = (
        f"id = {json.dumps('ring_' + ring.id.lower())}\nversion = 1\n"
        f"title = {json.dumps(f'Proposed after ring {ring.id}')}\n"
        f"title_zh = {_text(f'团伙 {ring.id} 后的建议规则')}\n"
    )
    text = "\n".join([head, *entries])
    return text, parse(text, f"ring {ring.id}")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _entry(ring: Ring, column: str, values: list[str], transactions: pd.DataFrame, owner: str) -> str:
    title, title_zh = _TITLES[column]
    rows = [row for row in ring.rows if transactions[column].iloc[row] in set(values)][:2]
    amounts = [int(transactions["amount_fen"].iloc[row]) for row in rows] or [100]
    named = [str(transactions[column].iloc[row]) for row in rows] or values[:1]
    hits = [_event(column, value, amount) for value, amount in zip(named, amounts, strict=True)]
    why = ring.evidence[0]
    lines = {
        "id": _text(f"{ring.id.lower()}_{column}"),
        "title": _text(title),
        "title_zh": _text(title_zh),
        "when": _text(f"{column} in [{', '.join(_text(value) for value in values)}]"),
        "action": _text("hold" if column == "payee_id" else "step_up"),
        "severity": "4" if column == "payee_id" else "3",
        "reason": _text(f"{title}: {_plain(why.sentence)}"),
        "reason_zh": _text(f"{title_zh}：{_plain(why.sentence_zh)}"),
        "tags": '["ring"]',
        "owner": _text(owner),
        "hits": f"[{', '.join(hits)}]",
        "misses": f"[{_event(column, 'somebody else', amounts[0])}, {{ amount_fen = {amounts[0]} }}]",
    }
    return "[[rule]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items()) + "\n"


def _event(column: str, value: str, amount_fen: int) -> str:
    return f"{{ {column} = {_text(value)}, amount_fen = {amount_fen} }}"


def _plain(words: Iterable[str]) -> str:
    """Take out what would be read as the name of a field."""
    return "".join(words).replace("{", "(").replace("}", ")")
