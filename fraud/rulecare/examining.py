"""Every rule of a book examined over a table of past transactions: figures, and a verdict for each.

Labels come late: a row whose label is not known yet counts as an alert but is not judged (`known_labels`). Shares are
over rows, and frauds of one ring are not independent: the intervals of a rule that sees few rings are too narrow.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.costs import CostTable
from fraud.errors import RuleCareInputError
from fraud.rulecare.decay import adjusted, field_shift, hit_shift, trend
from fraud.rulecare.evidence import Examination, RuleHealth
from fraud.rulecare.hits import Hits, Ints
from fraud.rulecare.intervals import clopper_pearson, wilson
from fraud.rulecare.marginal import greedy, only
from fraud.rulecare.overlap import nearest_overlap
from fraud.rulecare.redundancy import contradictions, implications, redundant, silent
from fraud.rulecare.verdict import speak
from fraud.rules.rulebook import ACTIONS, Rulebook

__all__ = ["examine", "known_labels", "period_edges", "worth_of_actions"]

_GROWING: Final = ("_total", "_customers", "_age_days")  # these count on for ever, so that they always move
Labels: TypeAlias = npt.NDArray[np.int8]
"""1 fraud, 0 honest, -1 not known."""


def known_labels(label: npt.ArrayLike, seconds: Ints, now: int, delay_days: float) -> Labels:
    """Return the labels as they are known at a moment: -1 for a row that is younger than the delay.

    Examples
    --------
    >>> known_labels([1, 0, 1], np.array([0, 50_000, 90_000]), now=100_000, delay_days=1.0).tolist()
    [1, -1, -1]
    """
    return np.where(seconds <= now - delay_days * 86_400, np.asarray(label), -1).astype(np.int8)


def worth_of_actions(label: Labels, amount_fen: Ints, costs: CostTable) -> Ints:
    """Return what each action would save on each row against passing it, in fen, shape (rows, 4); unknown is 0.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> table = CostTable(ActionCost(300, 20, 0.5), ActionCost(2_000, 1_500, 0.1), ActionCost(10_000, 500, 0.0))
    >>> worth_of_actions(np.array([1, 0, -1], np.int8), np.array([10_000, 10_000, 10_000]), table).tolist()
    [[0, 4980, 7500, 9500], [0, -320, -3500, -10500], [0, 0, 0, 0]]
    """
    found = np.zeros((len(label), len(ACTIONS)), np.int64)
    for place, entry in enumerate(costs.actions):
        saved = np.rint(amount_fen * (1 - entry.share_lost)).astype(np.int64) - entry.handling_fen
        lost = -entry.handling_fen - entry.friction_fen
        found[:, place] = np.where(label == 1, saved, np.where(label == 0, lost, 0))
    return found


def period_edges(seconds: Ints, periods: int) -> Ints:
    """Return the first row of each of so many equally long periods and, last, the number of rows.

    Examples
    --------
    >>> period_edges(np.array([0, 1, 8, 9, 10]), periods=2).tolist()
    [0, 2, 5]
    """
    cuts = np.linspace(seconds[0], seconds[-1], periods + 1)[1:-1]
    return np.concatenate(([0], np.searchsorted(seconds, cuts), [len(seconds)])).astype(np.int64)


def examine(
    hits: Hits,
    rulebook: Rulebook,
    label: Labels,
    amount_fen: Ints,
    seconds: Ints,
    costs: CostTable,
    columns: Mapping[str, Any] | pd.DataFrame | None = None,
    periods: int = 6,
) -> Examination:
    """Examine every rule of a book.

    Parameters
    ----------
    hits
        Hits over the rows, rules in the order of the book.
    rulebook
        The rules: their conditions and the actions that they demand.
    label
        int8 of shape (rows,): 1 fraud, 0 honest, -1 not known.
    amount_fen, seconds
        int64 of shape (rows,): amounts, and times since 1970, rising.
    costs
        What the actions cost.
    columns
        Fields that the rules read, for their stability and to see which never have a value; others are left out.
    periods
        Number of equal spans of time in which decay is looked for.

    Raises
    ------
    RuleCareInputError
        If shapes do not fit, times fall, a label or an amount is out of bounds, or no label is known.

    Examples
    --------
    >>> from fraud.engine.training import shipped_costs
    >>> from fraud.rules import first_rulebook
    >>> book, label = first_rulebook(), np.repeat(np.array([1, 0], np.int8), 40)
    >>> matrix = np.zeros((80, len(book.ids)), bool)
    >>> matrix[:40:2, 0] = True  # half of the frauds, and nobody else
    >>> hits, amounts = Hits.of_matrix(matrix, book.ids), np.full(80, 1_000_000)
    >>> found = examine(hits, book, label, amounts, np.arange(80) * 86_400, shipped_costs())
    >>> found.rules[0].precision, found.rules[0].recall
    (1.0, 0.5)
    """
    _check(hits, rulebook, label, amount_fen, seconds)
    is_fraud, is_judged = label == 1, label >= 0
    value = np.where(is_fraud, amount_fen, 0)
    worth = worth_of_actions(label, amount_fen, costs)
    action = np.array([ACTIONS.index(rule.action) for rule in rulebook.rules], np.int64)
    edges = period_edges(seconds, periods)
    last_from = date(1970, 1, 1) + timedelta(days=int(seconds[min(edges[-2], hits.rows - 1)]) // 86_400)
    parts = _parts(hits, rulebook, columns, is_judged, is_fraud, edges, last_from)
    own = hits.sums(is_judged, is_fraud, value)
    benefit = np.zeros(len(hits.ids), np.int64)
    np.add.at(benefit, hits.rules, worth[hits.row_of_hit, action[hits.rules]])
    order, added = greedy(hits, is_fraud, value, worth, action)
    place = np.argsort(order)
    totals = (hits.rows, int(is_judged.sum()), int(is_fraud.sum()), int(value.sum()))
    found = {
        **_shares(own, totals),
        "hits": hits.per_rule,
        "alert_share": hits.per_rule / hits.rows,
        "alert_share_high": clopper_pearson(hits.per_rule, np.full(len(hits.ids), hits.rows))[1],
        "benefit_fen": benefit,
        "break_even": _break_even(own, action, totals, costs),
        **dict(zip(("only_hits", "only_frauds", "only_value_fen"), _only(hits, is_fraud, value).T, strict=True)),
        "place": place + 1,
        "adds_frauds": [added[at].frauds for at in place],
        "adds_value_fen": [added[at].value_fen for at in place],
        "adds_benefit_fen": [added[at].benefit_fen for at in place],
        **parts,
    }
    rules = tuple(_health(rulebook, found, at) for at in range(len(hits.ids)))
    is_hit = np.diff(hits.offsets) > 0
    return Examination(
        f"{rulebook.id} {rulebook.version}",
        *totals[:3],
        int((is_hit & is_fraud).sum()),
        totals[3],
        int(value[is_hit].sum()),
        totals[2] / totals[1],
        rules,
        tuple(speak(health) for health in rules),
    )


def _check(hits: Hits, rulebook: Rulebook, label: Labels, amount_fen: Ints, seconds: Ints) -> None:
    if hits.ids != rulebook.ids:
        raise RuleCareInputError("hits must be of the rules of the book, in its order; compare hits.ids and its ids.")
    shapes = {"label": label.shape, "amount_fen": amount_fen.shape, "seconds": seconds.shape}
    for name, shape in shapes.items():
        if shape != (hits.rows,):
            raise RuleCareInputError(f"{name} must have one entry for each of {hits.rows} rows, not {shape}.")
    if not np.isin(label, (-1, 0, 1)).all():
        raise RuleCareInputError("label must be 1 for fraud, 0 for honest, or -1 for not known yet.")
    if not (label >= 0).any():
        raise RuleCareInputError("No row has a label that is known, so no rule can be judged.")
    if (np.diff(seconds) < 0).any():
        raise RuleCareInputError("seconds must not fall: the rows are in time order.")
    if amount_fen.min() < 0:
        raise RuleCareInputError(f"amount_fen must be zero or more, not {amount_fen.min()}.")


def _only(hits: Hits, is_fraud: npt.NDArray[np.bool_], value: Ints) -> Ints:
    return only(hits, np.ones(hits.rows, np.int64), is_fraud, value)


def _shares(own: Ints, totals: tuple[int, int, int, int]) -> dict[str, Any]:
    judged, frauds, value = own.T
    base = totals[2] / totals[1]
    low, high = wilson(frauds, judged)
    recall_low, recall_high = wilson(frauds, np.full(len(frauds), totals[2]))
    precision = np.divide(frauds, judged, out=np.full(len(judged), np.nan), where=judged > 0)
    per_base = 1 / base if base else np.nan
    return {
        **{"judged": judged, "frauds": frauds, "value_fen": value},
        **{"precision": precision, "precision_low": low, "precision_high": high},
        **{"recall": frauds / max(totals[2], 1), "recall_low": recall_low, "recall_high": recall_high},
        **{"lift": precision * per_base, "lift_low": low * per_base, "lift_high": high * per_base},
        "value_share": value / max(totals[3], 1),
    }


def _break_even(
    own: Ints, action: Ints, totals: tuple[int, int, int, int], costs: CostTable
) -> npt.NDArray[np.float64]:
    """Return the precision from which on each rule's action pays, at the mean amount of the frauds that it catches.

    A rule that is evidence only is measured by the base rate: a hit must make fraud likelier.
    """
    mean = totals[3] / max(totals[2], 1)
    amount = np.divide(own[:, 2], own[:, 1], out=np.full(len(own), mean), where=own[:, 1] > 0)
    entries = [costs.actions[at] for at in action]
    dear = np.array([entry.handling_fen + entry.friction_fen for entry in entries], np.float64)
    saved = np.array([(1 - entry.share_lost) for entry in entries]) * amount
    friction = np.array([entry.friction_fen for entry in entries], np.float64)
    pays = np.divide(dear, saved + friction, out=np.ones(len(own)), where=saved + friction > 0)
    return np.where(action == 0, totals[2] / totals[1], np.minimum(pays, 1.0))


def _parts(
    hits: Hits,
    rulebook: Rulebook,
    columns: Mapping[str, Any] | pd.DataFrame | None,
    is_judged: npt.NDArray[np.bool_],
    is_fraud: npt.NDArray[np.bool_],
    edges: Ints,
    last_from: date,
) -> dict[str, Any]:
    """Return what comes from comparing rules with each other, and periods with each other."""
    rules, together = rulebook.rules, hits.together()
    implied = implications(rules)
    needless = redundant(rules, hits, together, implied)
    spans = [(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]  # noqa: RUF007  # not of arrays
    counts = np.stack([hits.period(a, b).sums(np.ones(b - a), is_judged[a:b], is_fraud[a:b]) for a, b in spans], axis=2)
    shifts = _field_shifts(rulebook, columns, edges)
    read = [max(((shifts.get(name, 0.0), name) for name in rule.fields), default=(0.0, "")) for rule in rules]
    trends = [trend(counts[at, 2], counts[at, 1]) for at in range(len(rules))]
    quiet = silent(rules, counts[:, 0], np.diff(edges), _always_missing(rulebook, columns), last_from)
    share = np.divide(counts[:, 2], counts[:, 1], out=np.full(counts[:, 1].shape, np.nan), where=counts[:, 1] > 0)
    return {
        "nearest": nearest_overlap(hits, together),
        "precisions": [tuple(map(float, row)) for row in share],
        "trend_z": [z for z, _ in trends],
        "trend_p": adjusted([p for _, p in trends]),
        "hit_shift": hit_shift(hits, edges),
        "field_shift": [shift for shift, _ in read],
        "shifted_field": [name if shift else "" for shift, name in read],
        "silent": [why for why, _ in quiet],
        "expected_last": [expected for _, expected in quiet],
        "redundant_to": [hits.ids[other] if other >= 0 else "" for other, _ in needless],
        "redundant_why": [why for _, why in needless],
        "contradicts": contradictions(rules, implied),
    }


def _field_shifts(
    rulebook: Rulebook, columns: Mapping[str, Any] | pd.DataFrame | None, edges: Ints
) -> dict[str, float]:
    if columns is None:
        return {}
    read = (name for rule in rulebook.rules for name in rule.fields if name in columns)
    names = dict.fromkeys(name for name in read if not name.endswith(_GROWING))
    return {name: field_shift(columns[name], edges) for name in names if not _is_time(columns[name])}


def _is_time(values: Any) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(pd.Series(values).dtype))


def _always_missing(rulebook: Rulebook, columns: Mapping[str, Any] | pd.DataFrame | None) -> frozenset[str]:
    if columns is None:
        return frozenset()
    names = {name for rule in rulebook.rules for name in rule.fields}
    return frozenset(name for name in names if name in columns and bool(pd.isna(pd.Series(columns[name])).all()))


def _health(rulebook: Rulebook, found: Mapping[str, Any], at: int) -> RuleHealth:
    entries = {name: values[at] for name, values in found.items()}
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in entries.items()}
    rule = rulebook.rules[at]
    return RuleHealth(rule=rule.id, action=rule.action, **plain)
