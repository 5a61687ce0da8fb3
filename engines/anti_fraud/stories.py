"""Stories of the anti-fraud case: one fraud of each kind event by event, what rules alone missed, and our mistakes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from engines.anti_fraud.judged import Judged
from engines.result import Table
from fraud.costs import ACTIONS, ACTIONS_ZH
from fraud.decision import realised_cost

__all__ = ["missed_table", "mistakes_table", "stories_table"]

_MOST_EVENTS = 4
_MOST_MISTAKES = 4
_MOST_LETTERS = 150
_BUDGET = 0.01


def stories_table(judged: Judged) -> Table | None:
    """Follow one fraud of each typology, payment by payment; None where the truth is not known.

    The customer with most payments of the kind is chosen; of the first, the last comes first among equals.
    """
    frauds = _frauds(judged)
    if frauds is None:
        return None
    why = _reasons(judged, frauds["transaction_id"].tolist())
    rows = []
    for kind, group in frauds.groupby("typology", observed=True):
        customer = group["customer"].value_counts().index[0]
        events = group[group["customer"] == customer].sort_values("occurred_at", kind="stable").head(_MOST_EVENTS)
        name = f"{str(kind).replace('_', ' ')} · {group['typology_zh'].iloc[0]}"
        rows += [(name, *_event(row, why)) for row in events.to_dict("records")]
    columns = ("typology · 类型", "when · 时间", "yuan · 元", "score · 评分", "decision · 处置", "why · 原因")
    return Table("One fraud of each kind, event by event", "各类欺诈逐笔还原", columns, tuple(rows))


def missed_table(judged: Judged) -> Table | None:
    """Count for each typology what hits no rule, and what of that the model finds with alerts on 1 %; None as above."""
    frauds = _frauds(judged)
    if frauds is None:
        return None
    scored = judged.evaluation.scored
    least = scored["score"].nlargest(max(1, round(len(scored) * _BUDGET))).iloc[-1]
    rows = []
    for kind, group in frauds.groupby("typology", observed=True):
        missed = group[~group["hit"]]
        found = missed[missed["score"] >= least]
        name = f"{str(kind).replace('_', ' ')} · {group['typology_zh'].iloc[0]}"
        money = f"{missed['amount_fen'].sum() / 100:,.0f}"
        rows.append((name, f"{len(group):,}", f"{len(missed):,}", money, f"{len(found):,}"))
    columns = (
        *("typology · 类型", "frauds · 欺诈", "hit no rule · 未命中规则", "yuan of these · 金额（元）"),
        "of these found by the model · 其中模型发现",
    )
    return Table("What rules alone missed", "仅用规则遗漏的欺诈", columns, tuple(rows))


def mistakes_table(judged: Judged) -> Table | None:
    """Show the dearest mistakes: frauds that passed, and good payments that were held or blocked; None without labels.

    What a mistake cost is counted by the table of costs.
    """
    scored = judged.evaluation.scored
    known = scored[scored["is_fraud"].notna()]
    if known.empty or not judged.evaluation.from_labels:
        return None
    cost = realised_cost(known["decision"], known["is_fraud"], known["amount_fen"], judged.costs)
    known = known.assign(cost=cost)
    passed = known[(known["is_fraud"] == 1) & (known["decision"] == 0)].nlargest(_MOST_MISTAKES, "cost")
    disturbed = known[(known["is_fraud"] == 0) & (known["decision"] >= ACTIONS.index("hold"))]
    disturbed = disturbed.sort_values(["cost", "score"], ascending=False, kind="stable").head(_MOST_MISTAKES)
    why = _reasons(judged, disturbed["transaction_id"].tolist())
    rows = [
        ("fraud that passed · 漏过的欺诈", *_event(row, {}), _yuan(row["cost"])) for row in passed.to_dict("records")
    ]
    rows += [
        ("good payment disturbed · 误伤的正常交易", *_event(row, why), _yuan(row["cost"]))
        for row in disturbed.to_dict("records")
    ]
    if not rows:
        return None
    columns = (
        *("mistake · 错误", "when · 时间", "yuan · 元", "score · 评分", "decision · 处置", "why · 原因"),
        "cost, yuan · 代价（元）",
    )
    return Table("Where we were wrong, and what it cost", "我们错在哪里、代价几何", columns, tuple(rows))


def _frauds(judged: Judged) -> pd.DataFrame | None:
    if judged.truth is None or judged.truth.empty:
        return None
    return judged.evaluation.scored.merge(judged.truth, on="transaction_id", how="inner")


def _event(row: Mapping[Any, Any], why: Mapping[object, str]) -> tuple[str, ...]:
    decision = int(row["decision"])
    return (
        f"{pd.Timestamp(row['occurred_at']):%m-%d %H:%M}",
        f"{int(row['amount_fen']) / 100:,.2f}",
        f"{float(row['score']):.3f}",
        f"{ACTIONS[decision].replace('_', '-')} · {ACTIONS_ZH[decision]}",
        why.get(row["transaction_id"], ""),
    )


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.0f}"


def _reasons(judged: Judged, wanted: list[object]) -> dict[object, str]:
    """Return the strongest reasons of those payments that are among the alerts."""
    evaluation = judged.evaluation
    numbers = evaluation.alerts.payments["transaction_id"]
    places = np.flatnonzero(numbers.isin(wanted)).tolist()
    if not places:
        return {}
    explained = evaluation.alerts.explain(evaluation.scorer, evaluation.reference, places)
    return {
        numbers.iloc[place]: "; ".join(f"{one.text} · {one.text_zh}" for one in reasons[:2])[:_MOST_LETTERS]
        for place, reasons in zip(places, explained, strict=True)
    }
