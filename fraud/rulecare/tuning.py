"""Better thresholds for a rule that there is: tightened where its alerts cost too much, loosened where it misses.

The shape of the rule stays, only its numbers move, each along the round numbers that an officer would set. What saves
most on the earlier rows, if its precision were only the lower end of its interval, is tried once on later ones, and is
suggested only if it surely saves more there than the rule does as it stands. Rows that other rules hit count for
neither. A person writes the new number into the book: no condition is ever changed here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from fraud.costs import CostTable
from fraud.rulecare.examining import worth_of_actions
from fraud.rulecare.hits import Hits
from fraud.rulecare.intervals import wilson
from fraud.rulecare.mining import LEVEL, Missed, parts_of
from fraud.rulecare.thresholds import round_thresholds
from fraud.rules.evaluate import evaluate
from fraud.rules.rulebook import ACTIONS, Rule
from fraud.rules.syntax import And, Between, Comparison, Field, Node, Not, Number, Or, fields_of, write
from fraud.rules.vocabulary import VOCABULARY
from fraud.split import TimeSplit

__all__ = ["Change", "hit_by_others", "tune", "variants"]

_ROUNDS: Final = 4
_LEAST_CUSTOMERS: Final = 8
"""So many customers must be concerned on later rows before a sum over them is nearly normal."""


@dataclass(frozen=True)
class Change:
    """Another condition for a rule: what both do on later rows, and what the new one saves more, at the least.

    `alerts`, `frauds` and `saved_fen` are pairs of the rule as it stands and as it would be. `gain_low_fen` is the
    lower end, at 95 % and over customers, of what is gained.
    """

    rule: str
    word: Literal["tighten", "loosen"]
    when: str
    was: str
    alerts: tuple[int, int]
    frauds: tuple[int, int]
    saved_fen: tuple[int, int]
    gain_low_fen: int
    customers: int
    looked_at: int


def hit_by_others(hits: Hits, rule: int) -> npt.NDArray[np.bool_]:
    """Return which rows some other rule than this one hits.

    Examples
    --------
    >>> hits = Hits.of_matrix(np.array([[True, False], [True, True], [False, False]]), ("a", "b"))
    >>> hit_by_others(hits, 0).tolist()
    [False, True, False]
    """
    count = np.diff(hits.offsets)
    count[hits.rows_of(rule)] -= 1
    return np.asarray(count > 0)


def variants(condition: Node, values: dict[str, npt.NDArray[np.float64]]) -> Iterator[Node]:
    """Yield the condition with one of its numbers moved to another round one.

    Parameters
    ----------
    condition
        Comparisons of a field with a number are moved, also both ends of a `between`.
    values
        Of each field, its values where fraud is looked for.

    Examples
    --------
    >>> from fraud.rules import parse_condition
    >>> condition = parse_condition("hour >= 22 and amount_fen >= 300 yuan")
    >>> [write(one) for one in variants(condition, {"hour": np.array([20.0, 23.0])})][:2]
    ['hour >= 20 and amount_fen >= 300 yuan', 'hour >= 21 and amount_fen >= 300 yuan']
    """
    match condition:
        case And(operands) | Or(operands):
            for at, operand in enumerate(operands):
                for other in variants(operand, values):
                    yield replace(condition, operands=(*operands[:at], other, *operands[at + 1 :]))
        case Not(operand):
            for other in variants(operand, values):
                yield Not(other)
        case Comparison("<" | "<=" | ">" | ">=", Field(name), Number() as number):
            for moved in _moved(name, number, values):
                yield replace(condition, right=moved)
        case Between(Field(name), Number() as low, Number() as high):
            for moved in _moved(name, low, values):
                if moved.value <= high.value:
                    yield replace(condition, low=moved)
            for moved in _moved(name, high, values):
                if moved.value >= low.value:
                    yield replace(condition, high=moved)


def _moved(name: str, number: Number, values: dict[str, npt.NDArray[np.float64]]) -> Iterator[Number]:
    kind = VOCABULARY.get(name, "number")
    for cut in round_thresholds(name, kind, values.get(name, np.zeros(0)), most=14):
        if cut != number.value:
            yield Number(int(cut) if cut == int(cut) else float(cut), in_yuan=kind == "money")


def tune(rule: Rule, rows: Missed, split: TimeSplit, costs: CostTable, most_alerts: float = 0.005) -> Change | None:
    """Return better thresholds for a rule, None if none is surely better on later rows.

    Parameters
    ----------
    rule
        The rule; one that is evidence only has no worth of its own, and None is returned.
    rows
        The rows; `is_hit` says which of them other rules hit (`hit_by_others`).
    split
        Which rows are searched and which decide.
    costs
        What the actions cost.
    most_alerts
        Share of the honest rows that the rule may disturb, or as many as it does now.
    """
    action = ACTIONS.index(rule.action)
    learn, later = (np.flatnonzero(part) for part in parts_of(rows, split))
    if not action or not len(learn) or not len(later):
        return None
    worth = worth_of_actions(rows.label, rows.amount_fen, costs)[:, action]
    best, looked_at = _climbed(rule.condition, rows, learn, worth, most_alerts)
    if best == rule.condition:
        return None
    columns = _taken(rows, later, rule.condition)
    was, now = evaluate(rule.condition, columns), evaluate(best, columns)
    gain = worth[later] * (now.astype(np.int64) - was)
    low, customers = _least(gain, rows.customer[later])
    if customers < _LEAST_CUSTOMERS or low <= 0:
        return None
    fraud = rows.label[later] == 1
    return Change(
        rule=rule.id,
        word="loosen" if now.sum() > was.sum() else "tighten",
        when=write(best),
        was=write(rule.condition),
        alerts=(int(was.sum()), int(now.sum())),
        frauds=(int((was & fraud).sum()), int((now & fraud).sum())),
        saved_fen=(int(worth[later][was].sum()), int(worth[later][now].sum())),
        gain_low_fen=low,
        customers=customers,
        looked_at=looked_at,
    )


def _climbed(
    condition: Node, rows: Missed, learn: npt.NDArray[np.int64], worth: npt.NDArray[np.int64], most_alerts: float
) -> tuple[Node, int]:
    """Move one number after the other as long as it saves more at the worst; return what was reached."""
    columns, label = _taken(rows, learn, condition), rows.label[learn]
    fraud = label == 1
    numbers = {name: _numbers(columns[name][fraud]) for name in columns}
    allowed = max(int(most_alerts * (~fraud).sum()), int((evaluate(condition, columns) & ~fraud).sum()))

    def saved(candidate: Node) -> float:
        hit = evaluate(candidate, columns)
        right, wrong = int((hit & fraud).sum()), int((hit & ~fraud).sum())
        if not right or wrong > allowed:
            return -np.inf
        alerts = right + wrong
        sure = float(wilson([right], [alerts])[0][0]) * alerts
        good, bad = worth[learn][hit & fraud].sum(), worth[learn][hit & ~fraud].sum()
        each = bad / wrong if wrong else -float(np.abs(worth[learn][~fraud]).max(initial=0))
        return float(good * sure / right + each * (alerts - sure))

    best, score, looked_at = condition, saved(condition), 0
    for _ in range(_ROUNDS):
        tried = [(saved(candidate), candidate) for candidate in variants(best, numbers)]
        looked_at += len(tried)
        top = max(tried, key=lambda pair: pair[0], default=(-np.inf, best))
        if top[0] <= score:
            break
        score, best = top
    return best, looked_at


def _numbers(column: "pd.Series[Any]") -> npt.NDArray[np.float64]:
    is_number = pd.api.types.is_numeric_dtype(column.dtype)
    return np.asarray(column.to_numpy(np.float64, na_value=np.nan) if is_number else np.zeros(0))


def _taken(rows: Missed, places: npt.NDArray[np.int64], condition: Node) -> dict[str, "pd.Series[Any]"]:
    return {name: pd.Series(rows.columns[name]).iloc[places].reset_index(drop=True) for name in fields_of(condition)}


def _least(gain: npt.NDArray[np.int64], customer: npt.NDArray[np.int64]) -> tuple[int, int]:
    """Return the lower end of a sum in which each customer counts once, and how many customers bring anything."""
    concerned = np.flatnonzero(gain)
    _, place = np.unique(customer[concerned], return_inverse=True)
    per_customer = np.bincount(place, weights=gain[concerned]) if len(concerned) else np.zeros(0)
    spread = float(np.sqrt((per_customer**2).sum()))
    return int(per_customer.sum() - float(ndtri(LEVEL)) * spread), len(per_customer)
