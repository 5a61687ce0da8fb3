"""The tables of the case "contagion": each a few lines of text from what was found, narrow enough for a terminal."""

from collections.abc import Mapping, Sequence

import numpy as np

from engines.result import Table
from engines.risk_graph.amounts import wan
from engines.risk_graph.calls import Calls
from engines.risk_graph.falls import Falls, falls
from engines.risk_graph.foretelling import HORIZON_DAYS, SUBJECTS, Foretold
from engines.risk_graph.losses import LEVEL, Losses
from engines.risk_graph.models import MODELS, Reading, agreement
from engines.risk_graph.province import Credit
from engines.risk_graph.stopping import LOOSE, Circle, Stop

__all__ = ["assumptions", "buffers", "importance", "matrix", "measures", "rankings", "side_by_side", "stops"]

_PAYABLE = (1.0, 0.6, 0.4, 0.25)
_TOLD = 10
_HUNDRED_MILLION = 10_000_000_000
_MEASURES = ("average precision", "AUC", "precision at the top")


def side_by_side(found: Mapping[str, Sequence[Reading]], seeds: Sequence[int]) -> Table:
    """Say how many each model fells, and what of the buffers is lost."""
    rows = tuple(
        (
            _numbered(number, name),
            f"{int(some[0].fallen.sum()) - 1}",
            f"{sum(int(one.fallen.sum()) for one in some) - len(seeds)}",
            f"{wan(int(some[0].lost_fen))}元",
        )
        for number, (name, some) in enumerate(found.items(), start=1)
    )
    head = ("model · 模型", "falls · 连带", f"worst {len(seeds)} · 合计", "lost · 缓冲损失")
    title = "Models side by side: pulled down by the worst fall and by the worst ten, buffers lost by the worst"
    return Table(title, "同一情景下各模型对比", head, rows)


def assumptions() -> Table:
    """Say what each model assumes.

    Examples
    --------
    >>> assumptions().rows[0][0]
    '1. 担保代偿传导 guarantee cascade'
    """
    rows = tuple(
        (_numbered(number, name), f"{model.assumes} · {model.assumes_zh}")
        for number, (name, model) in enumerate(MODELS.items(), start=1)
    )
    return Table("What each model assumes", "各模型假设", ("model · 模型", "assumes · 假设"), rows)


def _numbered(number: int, name: str) -> str:
    return f"{number}. {MODELS[name].name_zh} {MODELS[name].name}"


def matrix(found: dict[str, list[Reading]], seeds: Sequence[int]) -> Table:
    """Say which models agree: of the firms that either of two pulls down, how many both do."""
    shared = agreement(found, seeds)
    rows = tuple(
        (f"{number}. {MODELS[one].name_zh}", *(f"{100 * shared[one, other]:.0f} %" for other in found))
        for number, one in enumerate(found, start=1)
    )
    head = ("agrees with · 一致率", *(f"{number}." for number in range(1, len(found) + 1)))
    return Table(
        f"Who agrees with whom over the worst {len(seeds)} falls: of those that either pulls down, both do",
        "模型两两一致率",
        head,
        rows,
    )


def stops(told: Sequence[tuple[Circle, Sequence[Stop]]]) -> Table:
    """Say what the loose stop makes of circles with eigenvalues above and below 1."""
    rows = tuple(
        (
            f"{circle.eigenvalue:.3f} ({len(circle.members)})",
            f"{100 * stop.shock:g} %",
            f"{100 * stop.loose:.3g} % ({stop.rounds})",
            f"{100 * stop.exact:.3g} %",
            f"{100 * stop.missed:.1f} %",
        )
        for circle, some in told
        for stop in some
    )
    return Table(
        f"A stop at steps below {LOOSE:g} (rounds) against the exact answer: share of the buffers lost, "
        "by circle (eigenvalue λ, firms)",
        f"步长小于 {LOOSE:g} 即停止（轮次）与精确解对比：圈内缓冲损失占比",
        ("λ · 特征值", "shock · 冲击", "loose stop · 提前停止", "exact · 精确", "missed · 漏算"),
        rows,
    )


def buffers(calls: Calls) -> Table:
    """Say how much hangs on what firms can pay at once."""
    rows = []
    for part in _PAYABLE:
        other = calls.with_payable(part)
        down = falls(other).pulled_down
        row = (f"{100 * part:.0f} %", f"{other.spectrum.value:.3f}", f"{int(down.max())}", f"{int((down > 0).sum()):,}")
        rows.append((*row, f"{down.mean():.3f}"))
    return Table(
        "How much hangs on the part of its equity that a firm can pay: eigenvalue λ, most pulled down, firms that pull "
        "down others, pulled down on average",
        "结果对代偿能力假设的敏感度：最大特征值、最多连带、能拖垮他人的企业、平均连带",
        ("equity · 净资产", "λ · 特征值", "worst · 最多", "firms · 企业", "mean · 平均"),
        tuple(rows),
    )


def measures(losses: Losses) -> Table:
    """Say what the year may cost, with and without contagion."""
    own, whole = losses.own_risk, losses.risk
    kinds = (
        ("expected loss · 预期损失", "expected_loss"),
        ("value at risk · 风险价值", "value_at_risk"),
        ("expected shortfall 预期短缺", "expected_shortfall"),
    )
    rows = tuple(
        (
            title,
            f"{getattr(own, name) / _HUNDRED_MILLION:,.2f}",
            f"{getattr(whole, name) / _HUNDRED_MILLION:,.2f} "
            f"± {2 * getattr(whole, f'{name}_error') / _HUNDRED_MILLION:,.2f}",
            f"+{100 * (getattr(whole, name) / getattr(own, name) - 1):.1f} %" if getattr(own, name) else "–",
        )
        for title, name in kinds
    )
    return Table(
        f"Loss of a year in 100 m yuan, {whole.scenarios:,} scenarios, at {100 * LEVEL:g} % (± two standard errors)",
        f"年度损失（亿元，{whole.scenarios:,} 个情景，置信水平 {100 * LEVEL:g}%）",
        ("measure · 指标", "own · 自身违约", "all · 含传导", "adds · 增量"),
        rows,
    )


def importance(credit: Credit, losses: Losses, found: Falls) -> Table:
    """Name the firms that cause most contagion."""
    calls, rows = losses.calls, []
    for place, one in enumerate(losses.importance.head(_TOLD).to_dict("records"), start=1):
        firm = int(one["firm"])
        party = str(calls.ids[firm])
        error = 2 * one["caused_loss_standard_error"]
        rows.append(
            (
                f"{place}. {credit.names[party]} {party}",
                f"{wan(int(one['caused_loss_fen']))} ± {wan(int(error))}",
                f"{100 * losses.chance[firm]:.1f} %",
                f"{int(found.pulled_down[firm])}",
            )
        )
    return Table(
        "Systemic importance: loss by contagion that a firm causes a year, its own chance to fail, and how many it "
        "pulls down if it fails alone",
        "系统重要性：年均引发的传导损失、自身违约率、单独违约时的连带户数",
        ("firm · 企业", "causes · 引发损失", "own · 自身", "alone · 连带"),
        tuple(rows),
    )


def rankings(foretold: Foretold) -> tuple[Table, ...]:
    """Say how well each ranking finds the firms that default next, and those that are pulled down."""
    told = []
    for defaults, title, title_zh in (
        ("all", "Who defaults in the next", "违约预测"),
        ("contagion", "Who is pulled down in the next", "违约预测（仅传导违约）"),
    ):
        measured = [
            (f"{name} · {name_zh}", *(_measured(foretold, defaults, measure, subject) for measure in _MEASURES))
            for subject, (name, name_zh) in SUBJECTS.items()
        ]
        rows = tuple(row for row in measured if any(row[1:]))
        fell = foretold.rows["label" if defaults == "all" else "by_contagion"].sum()
        told.append(
            Table(
                f"{title} {HORIZON_DAYS} days: {int(fell)} of {len(foretold.rows):,} firms (95 % intervals)",
                f"{title_zh}：排序效果与 95% 区间",
                ("ranking · 排序", "AP · 平均精确率", "AUC", "at 1 % · 前1%"),
                rows,
            )
        )
    return tuple(table for table in told if table.rows)


def _measured(foretold: Foretold, defaults: str, measure: str, subject: str) -> str:
    row = foretold.value(defaults, measure, subject)
    if row is None or not np.isfinite(row["value"]):
        return ""
    return f"{row['value']:.2f} ({row['low']:.2f}-{row['high']:.2f})"
