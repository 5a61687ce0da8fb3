"""Events that show what a proposed rule means: frauds that it hits, and the same ones with one thing changed.

They hold the fields of the rule alone, and no field of a rule identifies anybody.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from fraud.rules.reference import hits
from fraud.rules.syntax import And, Comparison, Field, Membership, Node, Number, Text, fields_of
from fraud.rules.vocabulary import VALUES, VOCABULARY

__all__ = ["changed", "shown"]

Event = dict[str, object]


def shown(
    condition: Node, columns: Mapping[str, Any] | pd.DataFrame, rows: Sequence[int], most: int = 2
) -> list[Event]:
    """Return different events of these rows as far as the condition reads them; money and counts as whole numbers.

    Examples
    --------
    >>> condition = Comparison(">=", Field("hour"), Number(22))
    >>> shown(condition, {"hour": [3.0, 23.0, 23.0]}, [1, 2])
    [{'hour': 23}]
    """
    found: list[Event] = []
    for row in rows:
        event = {name: _plain(name, pd.Series(columns[name]).iloc[row]) for name in fields_of(condition)}
        kept = {name: value for name, value in event.items() if value is not None}
        if kept not in found and hits(condition, kept):
            found.append(kept)
        if len(found) == most:
            break
    return found


def changed(condition: Node, event: Event) -> list[Event]:
    """Return the event with one thing changed at a time so that the condition does not hit it, one for each test.

    Examples
    --------
    >>> changed(Comparison("<=", Field("amount_fen"), Number(5_000)), {"amount_fen": 900})
    [{'amount_fen': 5001}]
    """
    tests = condition.operands if isinstance(condition, And) else (condition,)
    made = [event | {name: value} for test in tests for name, value in _beyond(test)]
    return [other for other in made if not hits(condition, other)]


def _beyond(test: Node) -> Iterator[tuple[str, object]]:
    match test:
        case Comparison(">=", Field(name), Number(value)):
            yield name, _stepped(value, -1)
        case Comparison("<=", Field(name), Number(value)):
            yield name, _stepped(value, 1)
        case Comparison("==", Field(name), Number(value)):
            yield name, 1 - value if value in (0, 1) else value + 1
        case Comparison("==", Field(name), Text(value)):
            yield name, _other_word(name, (value,))
        case Membership(Field(name), items):
            yield name, _other_word(name, tuple(str(item.value) for item in items))


def _stepped(value: float, direction: int) -> float:
    if isinstance(value, int):
        return value + direction
    return round(value + direction * abs(value) / 10, 6)


def _other_word(name: str, words: tuple[str, ...]) -> str:
    return next((word for word in VALUES.get(name, ()) if word not in words), "another")


def _plain(name: str, value: Any) -> object:
    if pd.isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and (VOCABULARY.get(name) == "money" or value.is_integer()):
        return round(value)
    return round(value, 4) if isinstance(value, float) else value
