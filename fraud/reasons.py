"""Reason codes of an alert: the rules that hit, then what moved the model, in words and units that people use.

An analyst needs to know why before calling a customer. Rules explain themselves. Our models are taken apart exactly
(`explain`): a base and what each feature adds, which sum to the log-odds of the decision.

Anybody's model can be asked "what if this one thing had been usual?" (`contributions`): each feature (or named group of
features) of the row is put back to its reference value, the median of the training rows, and the fall of the log-odds
is what it contributed. A missing value stays missing and contributes nothing. These do not add up to the score, and of
two features that tell the same story each may seem unimportant, because the other still tells it: group such features.

Source: `fraud.scorers.additive`; the one-at-a-time form of Strumbelj and Kononenko, "Explaining prediction models and
individual predictions with feature contributions", Knowledge and Information Systems 41, 2014; reason codes as in
credit scoring practice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.errors import ReasonInputError
from fraud.rules import Rule
from fraud.rules import explain as explain_rule
from fraud.scorers.additive import taken_apart
from fraud.scorers.log_odds import log_odds
from fraud.scorers.single import columns_of
from fraud.wording import worded

__all__ = ["Explanation", "Reason", "contributions", "explain", "reasons", "reference_values", "rule_reason"]

_ROWS_AT_ONCE = 50_000


class Reason(NamedTuple):
    """Why a transaction is suspicious: a code, the text in English and Chinese, and how strongly it counts.

    The strength of a rule is its severity; that of a feature is the log-odds that it added.
    """

    code: str
    text: str
    text_zh: str
    strength: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """A score taken apart: `base` and, for each of `names`, what it added, in log-odds."""

    names: tuple[str, ...]
    base: float
    contributions: npt.NDArray[np.float64]

    @property
    def log_odds(self) -> float:
        """What they add up to."""
        return self.base + float(self.contributions.sum())


def explain(model: Any, row: npt.NDArray[np.float64], names: Sequence[str]) -> Explanation:
    """Return what each feature of one row added to the log-odds of one of our models.

    Parameters
    ----------
    model
        A fitted `Blend`, or one of its members.
    row
        Features, NaN where a value is missing, float64 of shape (len(names),).
    names
        Their names; they may be more than the model reads, the others added nothing.

    Raises
    ------
    ModelKindError
        If the model cannot be taken apart exactly; `contributions` asks any model.
    ModelMisfitError
        If the model reads a feature that is not among the names.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [1.0, 1.0, 0.0, 0.0]})
    >>> card = RuleScorecard().fit(hits, [1, 1, 0, 0])
    >>> found = explain(card, np.array([5.0, 1.0]), ["hour", "rule:a"])
    >>> (found.contributions > 0).tolist(), bool(abs(found.log_odds - card.decision_function(hits)[0]) < 1e-12)
    ([False, True], True)
    """
    columns = columns_of(model, names)
    base, shares = taken_apart(model, row[columns])
    added = np.zeros(len(names))
    added[columns] = shares
    return Explanation(tuple(names), base, added)


def rule_reason(rule: Rule, event: Mapping[str, Any]) -> Reason:
    """Return the reason of a rule that hit, with the values of the event in its text.

    Examples
    --------
    >>> from fraud.rules import first_rulebook
    >>> rule = first_rulebook()["elderly_new_payee"]
    >>> rule_reason(rule, {"customer_age": 71.0, "amount_fen": 5_000_000}).code
    'rule:elderly_new_payee'
    """
    return Reason(
        f"rule:{rule.id}", explain_rule(rule, event, "en"), explain_rule(rule, event, "zh"), float(rule.severity)
    )


def reference_values(X: pd.DataFrame) -> "pd.Series[float]":
    """Return the median of every column, what is usual; NaN for a column without any value.

    Examples
    --------
    >>> reference_values(pd.DataFrame({"hour": [1.0, 9.0, None, 10.0]}))["hour"]
    np.float64(9.0)
    """
    return X.astype(np.float64).median(skipna=True)


def contributions(
    scorer: Any,
    X_alerts: pd.DataFrame,
    reference: "pd.Series[float]",
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return how much each feature, as it is, raises the log-odds of each alert over its reference value.

    Parameters
    ----------
    scorer
        Fitted, with `predict_proba` (n, 2); `decision_function` is taken as log-odds only of our own scorers,
        which have `predict_members`.
    X_alerts
        Features of the alerts, one row each, shape (n, m).
    reference
        Value of each column that is usual (`reference_values` of the training rows).
    groups
        Name of a group -> its columns, replaced together. None is one group for each column.

    Returns
    -------
    pandas.DataFrame
        Log-odds, one row for each alert and one column for each group, in the given order.

    Raises
    ------
    ReasonInputError
        If a group names a column that is not in the table, or a column has no reference.

    Examples
    --------
    >>> class Known:
    ...     def predict_proba(self, X):
    ...         fraud = np.where(X["new_device"] == 1, 0.5, 0.1)
    ...         return np.column_stack([1 - fraud, fraud])
    >>> alerts = pd.DataFrame({"new_device": [1.0, 0.0], "hour": [3.0, 3.0]})
    >>> usual = pd.Series({"new_device": 0.0, "hour": 12.0})
    >>> contributions(Known(), alerts, usual).round(2).to_numpy().tolist()
    [[2.2, 0.0], [0.0, 0.0]]
    """
    named = {name: [name] for name in X_alerts.columns} if groups is None else groups
    wanted = [name for members in named.values() for name in members]
    for name in wanted:
        if name not in X_alerts.columns or name not in reference.index:
            raise ReasonInputError(f"The column {name} is to be explained, but has no values or no reference value.")
    at_once = max(1, _ROWS_AT_ONCE // (len(named) + 1))
    parts = [
        _differences(scorer, X_alerts.iloc[start : start + at_once], reference, named)
        for start in range(0, len(X_alerts), at_once)
    ]
    table = np.vstack(parts) if parts else np.empty((0, len(named)))
    return pd.DataFrame(table, index=X_alerts.index, columns=list(named))


def _differences(
    scorer: Any, X: pd.DataFrame, reference: "pd.Series[float]", groups: Mapping[str, Sequence[str]]
) -> npt.NDArray[np.float64]:
    """Score the rows as they are and once for each group put back, all in one call."""
    values = X.to_numpy(dtype=np.float64)
    versions = np.repeat(values[np.newaxis], len(groups) + 1, axis=0)
    for version, members in enumerate(groups.values(), start=1):
        for name in members:
            at = X.columns.get_loc(name)
            versions[version, :, at] = np.where(np.isnan(values[:, at]), np.nan, reference[name])
    table = pd.DataFrame(versions.reshape(-1, values.shape[1]), columns=X.columns)
    odds = _odds(scorer, table).reshape(len(groups) + 1, len(X))
    return np.asarray((odds[0] - odds[1:]).T)


def _odds(scorer: Any, X: pd.DataFrame) -> npt.NDArray[np.float64]:
    if hasattr(scorer, "predict_members"):  # ours: unlike a probability, log-odds keep their digits near 1
        return np.asarray(scorer.decision_function(X), dtype=np.float64)
    return log_odds(np.asarray(scorer.predict_proba(X))[:, 1])


def reasons(
    rule_reasons: Sequence[Reason],
    contribution: "pd.Series[float]",
    values: "pd.Series[float]",
    k: int = 4,
) -> list[Reason]:
    """Return the reasons of one alert: rules by falling severity, then the k features that raised it most.

    Only what raised the score is a reason. Equal strengths are ordered by code, so the list is always the
    same.

    Parameters
    ----------
    rule_reasons
        One for each rule that hit (`rule_reason`).
    contribution
        The alert's row of `contributions`.
    values
        The alert's features. A group that is not a column is shown without a value.
    k
        Largest number of features.

    Examples
    --------
    >>> row = pd.Series({"customer_sum_1d": 1.5, "hour": 0.2, "new_device": -0.1})
    >>> value = pd.Series({"customer_sum_1d": 123_450.0, "hour": 3.0, "new_device": 1.0})
    >>> for reason in reasons([], row, value):
    ...     print(reason.text, "|", reason.text_zh)
    amount moved by the customer in 1d: 1,234.50 yuan | 客户 1d 金额: 1,234.50 元
    hour of the day: 03:00 | 交易时点: 03:00
    """
    from_rules = sorted(rule_reasons, key=lambda reason: (-reason.strength, reason.code))
    raised = [(-float(strength), str(code)) for code, strength in contribution.items() if strength > 0]
    top = [pair for pair in sorted(raised) if not pair[1].startswith("rule:")][:k]
    return from_rules + [_feature_reason(code, -negative, values) for negative, code in top]


def _feature_reason(code: str, strength: float, values: "pd.Series[float]") -> Reason:
    value = float(values[code]) if code in values.index else float("nan")
    return Reason(code, *worded(code, value), strength)
