"""What the anti-fraud case tells: headline, figures beside the paper's, checks, tables and pictures."""

import math

from engines.anti_fraud import drawing, proving
from engines.anti_fraud.judged import Judged
from engines.anti_fraud.tables import percent, tables
from engines.result import Number, Picture, Result
from fraud.costs import ACTIONS
from fraud.summary import Figures, summarise

__all__ = ["tell"]

_TITLE = "Anti-fraud platform: rules and a model score every payment, decide, and say why"


def tell(judged: Judged, seed: int, size: int, source: str) -> Result:
    """Make the result of the case.

    Parameters
    ----------
    judged
        The evaluation, with what is known about its rows.
    seed, size, source
        What the run was asked for; they stand in the report.
    """
    reached = summarise(judged.evaluation)
    headline, headline_zh = _headline(judged, reached)
    return Result(
        case="anti-fraud",
        title=_TITLE,
        title_zh="反欺诈平台：规则与模型共同评分、决策并说明原因",
        paper_case="1-5",
        headline=headline,
        headline_zh=headline_zh,
        seed=seed,
        size=size,
        source=source,
        numbers=(*_figures(reached), *_counts(judged)),
        checks=proving.checks(judged, reached, seed),
        tables=tables(judged, reached),
        pictures=_pictures(judged, reached),
        notes=(*judged.notes, *_notes(judged)),
    )


def _headline(judged: Judged, reached: dict[str, Figures]) -> tuple[str, str]:
    scored = judged.evaluation.scored
    if not reached:
        hit = int(scored["hit"].sum())
        return (
            f"{hit:,} of {len(scored):,} judged payments hit a rule; there is no labelled fraud to measure against",
            f"被评分的 {len(scored):,} 笔交易中 {hit:,} 笔命中规则；没有可供检验的欺诈标签",
        )
    frauds = int((scored["is_fraud"] == 1).sum())
    found = round(reached["blend"].recall_at_percent * frauds)
    alone = round(reached["rules only"].recall_at_percent * frauds) if "rules only" in reached else 0
    return (
        f"Alerts on 1 % of {len(scored):,} payments find {found} of {frauds} frauds by rules and model, "
        f"{alone} by rules alone",
        f"在 {len(scored):,} 笔交易中仅预警 1%，规则加模型发现 {frauds} 笔欺诈中的 {found} 笔，仅用规则为 {alone} 笔",
    )


def _figures(reached: dict[str, Figures]) -> tuple[Number, ...]:
    if "blend" not in reached:
        return ()
    best = reached["blend"]
    return (
        Number("average precision", "平均精确率", f"{best.average_precision:.3f}"),
        Number("frauds found with alerts on 0.1 %", "预警 0.1% 时的欺诈召回率", percent(best.recall_at_per_mille)),
        Number("frauds found with alerts on 1 %", "预警 1% 时的欺诈召回率", percent(best.recall_at_percent)),
        Number("fraud value found with alerts on 1 %", "预警 1% 时的欺诈金额召回率", percent(best.value_at_percent)),
        Number("card precision at 100 a day", "每日前 100 名客户精确率", percent(best.card_precision_at_100, 2)),
    )


def _counts(judged: Judged) -> tuple[Number, ...]:
    evaluation = judged.evaluation
    scored = evaluation.scored
    blocked = scored["decision"] == ACTIONS.index("block")
    numbers = [
        Number("rules in use", "启用规则数", str(len(evaluation.rulebook.rules)), "561"),
        Number("payments in all", "交易总笔数", f"{judged.rows:,}", "136.5 million", "the paper: in 18 months"),
        Number("payments that hit a rule", "命中规则的交易占比", percent(float(scored["hit"].mean()), 2), "6.94 %"),
        Number("payments blocked", "被阻断的交易占比", percent(float(blocked.mean()), 4), "0.0063 %"),
    ]
    stopped = scored[(scored["decision"] >= ACTIONS.index("hold")) & (scored["is_fraud"] == 1)]
    if scored["is_fraud"].notna().any():
        saved = f"{stopped['amount_fen'].sum() / 100:,.0f} yuan"
        numbers.append(Number("fraud held or blocked", "拦截的欺诈金额", saved, "over 12 million yuan"))
    return tuple(numbers)


def _pictures(judged: Judged, reached: dict[str, Figures]) -> tuple[Picture, ...]:
    if not reached:
        return ()
    pictures = [drawing.precision_recall(judged)]
    if not math.isnan(reached["blend"].value_at_percent):  # frauds without an amount have no value to find
        pictures.append(drawing.budget(judged, reached))
    caught = drawing.timeline(judged)
    if caught is not None:
        pictures.append(caught)
    if judged.truth is not None and len(judged.truth):
        pictures.append(drawing.typologies(judged))
    return tuple(pictures)


def _notes(judged: Judged) -> tuple[str, ...]:
    evaluation = judged.evaluation
    split = evaluation.split
    frauds = f"{evaluation.frauds_learnt:,} of them fraud"
    notes = [
        f"Learnt from {evaluation.learnt:,} payments before {split.learn_until:%Y-%m-%d %H:%M} ({frauds}), waited "
        f"{split.delay_days:.1f} days for labels, judged {len(evaluation.scored):,} payments from "
        f"{split.judge_from:%Y-%m-%d %H:%M} on · 按时间先后划分训练与检验，并留出标签延迟"
    ]
    if not evaluation.from_labels:
        notes.append(
            "There are too few labelled frauds to learn from: payments are ranked by rules and by how unusual they "
            "are, and decisions are the rules' alone · 标签不足，仅按规则与异常程度排序"
        )
    elif not evaluation.scorer.calibrated_:
        notes.append(
            "There are too few labelled frauds to calibrate: take probabilities as a ranking · 标签较少，概率未校准"
        )
    return tuple(notes)
