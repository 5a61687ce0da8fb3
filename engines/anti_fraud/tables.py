"""The tables of the anti-fraud case: who finds what, decisions and thresholds, rules, and what was left out."""

import math

import numpy as np

from engines.anti_fraud.judged import Judged
from engines.anti_fraud.stories import missed_table, mistakes_table, stories_table
from engines.result import Table
from fraud.costs import ACTIONS_ZH
from fraud.decision import thresholds
from fraud.summary import Figures, decisions

__all__ = ["percent", "tables"]

_MOST_RULES = 12
_MOST_NAMES = 6


def percent(share: float, digits: int = 1) -> str:
    """Write a share between 0 and 1 as a percentage, and one that has no meaning as a dash.

    Examples
    --------
    >>> percent(0.0694, 2)
    '6.94 %'
    """
    return "–" if math.isnan(share) else f"{100 * share:.{digits}f} %"


def tables(judged: Judged, reached: dict[str, Figures]) -> tuple[Table, ...]:
    """Return all tables that the run has something to say for.

    Parameters
    ----------
    judged
        The evaluation.
    reached
        The figures of each subject; empty without labels.
    """
    evaluation = judged.evaluation
    made = [_subjects(reached), _decisions(judged)] if reached else []
    if evaluation.from_labels:
        made.append(_thresholds(judged))
    made.append(_rules(judged))
    made += [one for one in (missed_table(judged), stories_table(judged), mistakes_table(judged)) if one is not None]
    return (*made, *_left_out(judged))


def _subjects(reached: dict[str, Figures]) -> Table:
    rows = tuple(
        (
            name,
            f"{one.average_precision:.3f}",
            percent(one.recall_at_per_mille),
            percent(one.recall_at_percent),
            percent(one.value_at_percent),
            percent(one.card_precision_at_100, 2),
        )
        for name, one in reached.items()
    )
    head = ("subject · 对象", "AP", "recall 0.1 %", "recall 1 %", "value 1 %", "card prec. 100")
    return Table("What each part finds alone", "规则、模型与二者融合的效果", head, rows)


def _decisions(judged: Judged) -> Table:
    counts, saved = decisions(judged.evaluation.scored, judged.costs)
    rows = tuple(
        (f"{one.action} · {zh}", f"{one.good:,}", f"{one.fraud:,}", f"{one.cost_fen / 100:,.0f}")
        for one, zh in zip(counts, ACTIONS_ZH, strict=True)
    )
    head = ("decision · 决策", "good · 正常", "fraud · 欺诈", "cost, yuan · 成本（元）")
    title = f"Decisions; they save {percent(saved)} of what doing the same to everybody costs"
    return Table(title, f"决策结果；较统一处置节省 {percent(saved)} 的成本", head, rows)


def _thresholds(judged: Judged) -> Table:
    amounts = np.array([100, 1_000, 10_000, 100_000])
    found = thresholds(judged.costs, amounts * 100)
    rows = tuple(
        (f"{amount:,}", *(f"{100 * value:.2f} %" if value <= 1 else "never · 不适用" for value in values))
        for amount, *values in zip(amounts.tolist(), *(one.tolist() for one in found), strict=True)
    )
    head = ("amount, yuan · 金额（元）", "step-up · 加强验证", "hold · 挂起", "block · 阻断")
    return Table("Probability of fraud above which each action is cheapest", "各处置措施的概率阈值", head, rows)


def _rules(judged: Judged) -> Table:
    evaluation = judged.evaluation
    counted = evaluation.rules.sort_values(["frauds", "hits"], ascending=False).head(_MOST_RULES)
    has_labels = bool(evaluation.scored["is_fraud"].notna().any())
    rows = tuple(
        (
            f"{evaluation.rulebook[str(name)].title} · {evaluation.rulebook[str(name)].title_zh}",
            f"{row['hits']:,}",
            f"{row['frauds']:,}" if has_labels else "",
            percent(row["frauds"] / row["hits"], 1) if has_labels and row["hits"] else "",
        )
        for name, row in counted.iterrows()
    )
    head = ("rule · 规则", "hits · 命中", "frauds · 欺诈", "precision · 精确率")
    return Table("Rules that found most frauds", "发现欺诈最多的规则", head, rows)


def _few(names: list[str]) -> str:
    """Name the first few, and say how many more there are."""
    rest = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" … and {rest:,} more · 等 {len(names):,} 个" if rest > 0 else "")


def _left_out(judged: Judged) -> tuple[Table, ...]:
    """Name the features and rules that the table has no columns for."""
    evaluation, tables = judged.evaluation, []
    for what, what_zh, left_out in (
        ("Features", "特征", evaluation.features_left_out),
        ("Rules", "规则", evaluation.rules_left_out),
    ):
        by_missing: dict[str, list[str]] = {}
        for name, missing in left_out.items():
            # a rule may miss a feature, which in turn misses columns: the reader is told the columns
            wanted = {column for field in missing for column in evaluation.features_left_out.get(field, (field,))}
            by_missing.setdefault(", ".join(sorted(wanted)), []).append(name)
        rows = tuple((missing, str(len(names)), _few(names)) for missing, names in by_missing.items())
        if rows:
            head = ("missing · 缺少", "number · 个数", "left out · 未使用")
            title = f"{what} left out for want of columns"
            tables.append(Table(title, f"因缺少字段而未使用的{what_zh}", head, rows))
    return tuple(tables)
