"""The pictures of the anti-fraud case, each drawn only when a page is made."""

import pandas as pd

from engines.anti_fraud.judged import Judged
from engines.report import pictures
from engines.result import Picture
from fraud.costs import ACTIONS
from fraud.curves import budget_curve_frame, precision_recall_curve_frame
from fraud.summary import Figures, subjects

__all__ = ["budget", "precision_recall", "timeline", "typologies"]

_BUDGET = 0.01
_MOST_ALERTS = 6


def precision_recall(judged: Judged) -> Picture:
    """Show precision over recall for rules, model and blend."""
    scored = _labelled(judged)

    def draw() -> dict[str, object]:
        label = scored["is_fraud"].to_numpy()
        names = subjects(judged.evaluation)
        curves = {
            name: precision_recall_curve_frame(label, scored[column].to_numpy()) for name, column in names.items()
        }
        return pictures.precision_recall(curves, float(label.mean()))

    caption = (
        "Reading from the left: the more of the frauds one wants to find, the more good customers are disturbed. "
        "The dotted line is chance. 从左向右：要发现的欺诈越多，误伤的正常客户也越多；虚线为随机水平。"
    )
    return Picture("Precision and recall", "精确率与召回率", caption, draw)


def budget(judged: Judged, reached: dict[str, Figures]) -> Picture:
    """Show how much of the fraud each alert budget finds."""
    scored, best = _labelled(judged), reached["blend"]

    def draw() -> dict[str, object]:
        label, score, amount = (scored[name].to_numpy() for name in ("is_fraud", "score", "amount_fen"))
        measured = {
            0.001: (best.recall_at_per_mille, best.value_at_per_mille),
            0.01: (best.recall_at_percent, best.value_at_percent),
        }
        return pictures.budget_curve(budget_curve_frame(label, score, amount), measured)

    caption = (
        "How many frauds, and how much of their value, are found when staff look at so many payments in a thousand. "
        "每千笔交易可人工核查若干笔时，能发现的欺诈笔数与金额占比。"
    )
    return Picture("What an alert budget finds", "预警数量与效果", caption, draw)


def typologies(judged: Judged) -> Picture:
    """Show for each typology how many frauds the blend and the rules alone find with alerts on 1 %."""
    truth = judged.truth if judged.truth is not None else pd.DataFrame()

    def draw() -> dict[str, object]:
        scored = judged.evaluation.scored.merge(truth, on="transaction_id", how="left")
        kinds = scored[scored["typology"].notna()].assign(
            by_blend=_within_budget(scored["score"]),
            by_rules=_within_budget(scored["rules"]) if "rules" in scored else False,
        )
        rows = [
            {
                "typology": str(kind).replace("_", " "),
                "typology_zh": group["typology_zh"].iloc[0],
                "caught": int(group["by_blend"].sum()),
                "missed": int((~group["by_blend"]).sum()),
                "by_rules": int(group["by_rules"].sum()),
            }
            for kind, group in kinds.groupby("typology", observed=True)
        ]
        return pictures.typology_bars(pd.DataFrame(rows))

    caption = (
        "Share of the payments of each kind of fraud that is found with alerts on 1 % of all payments. No rule knows "
        "slow theft or merchant collusion. 预警 1% 交易时各类欺诈的发现比例；规则对后两类一无所知。"
    ).replace("后两类", "慢速盗转与商户合谋")
    return Picture("Which kinds of fraud are found", "各类欺诈的发现情况", caption, draw)


def timeline(judged: Judged) -> Picture | None:
    """Show one caught fraud among the customer's payments, with its reasons; None if nothing was caught."""
    chosen = _most_telling(judged)
    if chosen is None:
        return None
    evaluation = judged.evaluation
    scored = _labelled(judged)
    payments = scored[scored["customer"] == chosen].copy()
    book = evaluation.alerts.payments
    stopped = book[(book["customer"] == chosen) & (book["decision"] > 0) & (book["is_fraud"] == 1)].head(_MOST_ALERTS)
    explained = evaluation.alerts.explain(evaluation.scorer, evaluation.reference, list(stopped.index))
    texts = {
        number: [f"{reason.text} · {reason.text_zh}" for reason in why]
        for number, why in zip(stopped["transaction_id"], explained, strict=True)
    }

    def draw() -> dict[str, object]:
        frame = pd.DataFrame(
            {
                "occurred_at": payments["occurred_at"],
                "amount_yuan": payments["amount_fen"] / 100,
                "score": payments["score"],
                "decision": [ACTIONS[place].replace("_", "-") for place in payments["decision"]],
                "is_fraud": payments["is_fraud"] == 1,
                "reasons": [texts.get(number, []) for number in payments["transaction_id"]],
            }
        )
        return pictures.timeline(frame.reset_index(drop=True))

    caption = (
        "All judged payments of one customer up to the fraud, with what the engine decided and why. "
        "某客户直至欺诈发生的全部交易、系统决策及原因。"
    )
    return Picture("One fraud that was caught", "一笔被拦截的欺诈", caption, draw)


def _most_telling(judged: Judged) -> int | None:
    """Choose the customer of a caught fraud who has most earlier payments to compare with, up to thirty."""
    book = judged.evaluation.alerts.payments
    caught = book[(book["is_fraud"] == 1) & (book["decision"] > 0)]
    if caught.empty:
        return None
    scored = judged.evaluation.scored
    first = caught.groupby("customer")["occurred_at"].min()
    earlier = scored[scored["customer"].isin(first.index)]
    earlier = earlier[earlier["occurred_at"] < earlier["customer"].map(first)]
    # passed over: customers with so many payments that the picture would be a blot
    counts = earlier.groupby("customer").size().reindex(first.index, fill_value=0)
    counts = counts.where(counts <= 30, -1)
    return int(counts.sort_values(ascending=False, kind="stable").index[0])


def _within_budget(score: "pd.Series[float]") -> "pd.Series[bool]":
    return score.rank(ascending=False, method="first") <= max(1, int(len(score) * _BUDGET))


def _labelled(judged: Judged) -> pd.DataFrame:
    scored = judged.evaluation.scored
    return scored[scored["is_fraud"].notna()]
