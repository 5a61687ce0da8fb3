"""Contagion: who falls when somebody defaults, by seven models, what a year may cost, and who defaults next.

Case 1-6 of the white paper, Lanzhou Bank: transmission of credit risk (信用风险传导). The firm whose fall pulls down
most is told round by round; the same fall is read by the capped guarantee cascade, a linear threshold, DebtRank and
clearing; a loose stop is held against the exact answer where losses feed on themselves; a year of correlated defaults
is simulated; and the firms are ranked by who defaults next. How much hangs on what firms can pay is shown, since nobody
knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credit_graph.frontier import Cascade
from datasets.errors import OutOfRangeError
from engines.progress import Report
from engines.report.networks import describe
from engines.result import Network, Number, Result, Table
from engines.risk_graph import contagion_pictures, contagion_tables
from engines.risk_graph.amounts import wan
from engines.risk_graph.calls import PAYABLE, Calls, calls_of
from engines.risk_graph.contagion_checks import checks
from engines.risk_graph.falls import Falls, fall, falls
from engines.risk_graph.foretelling import Foretold, foretell
from engines.risk_graph.losses import CORRELATION, LEVEL, LOSS_GIVEN_DEFAULT, SCENARIOS, Losses, simulated
from engines.risk_graph.models import Reading, readings
from engines.risk_graph.province import Credit, credit
from engines.risk_graph.replays import replay, rounds_told
from engines.risk_graph.stopping import SHOCKS, Circle, Stop, circles, loose_stop, told_circles

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "信用风险传导"

_COMPARED = 10


@dataclass(frozen=True, eq=False)
class _Found:
    """All that the case found."""

    made: Credit
    calls: Calls
    falls: Falls
    worst: Cascade
    seeds: Sequence[int]
    readings: dict[str, list[Reading]]
    circles: Sequence[Circle]
    stops: Sequence[tuple[Circle, Sequence[Stop]]]
    losses: Losses
    foretold: Foretold | None


def run(seed: int = 7, size: int = 2_000, progress: Report | None = None) -> Result:
    """Let firms fall, one by one and together, and say what follows.

    Parameters
    ----------
    seed
        Seed of the province, of the scenarios and of the models.
    size
        Number of firms, rounded up to whole towns of forty.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    """
    if size == 0:
        raise OutOfRangeError("size is 0, but contagion needs firms; give 40 or more")
    found = _find(credit(seed, size), seed, progress or (lambda *_: None))
    first = found.made.names[str(found.calls.ids[found.seeds[0]])]
    down, value = int(found.worst.contagion.sum()), found.calls.spectrum.value
    added = found.losses.risk.expected_loss / max(found.losses.own_risk.expected_loss, 1.0) - 1
    return Result(
        case="contagion",
        title="Contagion: who pulls down whom, what a year may cost, and who defaults next",
        title_zh="信用风险传导：谁拖垮谁、年度损失与违约预测",
        paper_case=PAPER_CASE,
        headline=f"the fall of {first} pulls down {down} firms in {found.worst.rounds} rounds; leading eigenvalue "
        f"{value:.2f}: {'small losses can grow' if value >= 1 else 'small losses die out'}; contagion adds "
        f"{100 * added:.0f} % to the expected loss",
        headline_zh=f"{first}违约将在 {found.worst.rounds} 轮内拖垮 {down} 家企业；最大特征值 {value:.2f}，"
        f"{'小额损失可能自我放大' if value >= 1 else '小额损失逐轮衰减'}；传导使预期损失增加 {100 * added:.0f}%",
        seed=seed,
        size=size,
        source=f"synthetic province, {found.calls.n:,} firms not in default on {found.made.graph.as_of} · 合成数据",
        numbers=_numbers(found),
        checks=checks(found.calls, found.seeds, found.readings, found.stops, found.losses, found.foretold),
        tables=_tables(found),
        pictures=contagion_pictures.pictures(found.made, found.calls, found.losses, found.stops),
        networks=(_network(found),),
        notes=_notes(found),
    )


def _find(made: Credit, seed: int, told: Report) -> _Found:
    calls = calls_of(made.graph, made.defaulted)
    told("falls · 逐户违约", 0, 5)
    each = falls(calls)
    seeds = [int(firm) for firm in each.order[:_COMPARED]]
    told("models · 模型对比", 1, 5)
    read = readings(calls, seeds)
    rings = circles(calls)
    stops = [(ring, [loose_stop(calls, ring, shock) for shock in SHOCKS]) for ring in told_circles(rings)]
    told("scenarios · 情景模拟", 2, 5)
    losses = simulated(calls, made.tables["parties"], made.defaulted, seed, SCENARIOS)
    told("prediction · 违约预测", 3, 5)
    foretold = foretell(made, seed)
    told("checks · 检验", 4, 5)
    return _Found(made, calls, each, fall(calls, seeds[:1]), seeds, read, rings, stops, losses, foretold)


def _numbers(found: _Found) -> tuple[Number, ...]:
    spectrum, risk = found.calls.spectrum, found.losses.risk
    share = found.losses.simulation.scenarios["contagion_loss_fen"].mean() / risk.expected_loss
    growing = sum(circle.eigenvalue >= 1 for circle in found.circles)
    converged = "converged" if spectrum.converged else "not converged"
    told = [
        Number(
            *("leading eigenvalue of calls over buffers", "代偿/缓冲矩阵最大特征值", f"{spectrum.value:.4f}"),
            note=f"between {spectrum.lower:.6f} and {spectrum.upper:.6f}, {converged}",
        ),
        Number("circles where small losses grow", "小额损失会放大的担保圈", f"{growing} of {len(found.circles)}"),
        Number("most pulled down by one firm", "单户违约最多连带户数", f"{int(found.worst.contagion.sum())}"),
        Number(
            "firms whose fall pulls down others",
            "违约会拖垮他人的企业",
            f"{int((found.falls.pulled_down > 0).sum()):,}",
        ),
        Number("expected loss of the year", "年度预期损失", f"{wan(int(risk.expected_loss))}元"),
        Number(f"value at risk {100 * LEVEL:g} %", "风险价值", f"{wan(int(risk.value_at_risk))}元"),
        Number(f"expected shortfall {100 * LEVEL:g} %", "预期短缺", f"{wan(int(risk.expected_shortfall))}元"),
        Number("part of the expected loss that is contagion", "预期损失中传导占比", f"{100 * share:.1f} %"),
    ]
    if found.foretold is not None:
        row = found.foretold.value("all", "average precision", "network")
        if row is not None:
            told.append(Number("average precision with guarantees", "含担保网络的平均精确率", f"{row['value']:.3f}"))
    return tuple(told)


def _tables(found: _Found) -> tuple[Table, ...]:
    head = ("round · 轮", "firm · 企业", "due / has · 应付/可付", "by · 因")
    rounds = rounds_told(found.made, found.calls, found.worst)
    told = [
        Table("The worst fall, round by round", "最坏情景逐轮传导", head, rounds),
        contagion_tables.side_by_side(found.readings, found.seeds),
        contagion_tables.assumptions(),
        contagion_tables.matrix(found.readings, found.seeds),
    ]
    if found.stops:
        told.append(contagion_tables.stops(found.stops))
    told += [
        contagion_tables.buffers(found.calls),
        contagion_tables.measures(found.losses),
        contagion_tables.importance(found.made, found.losses, found.falls),
    ]
    return (*told, *contagion_tables.rankings(found.foretold)) if found.foretold is not None else tuple(told)


def _network(found: _Found) -> Network:
    return Network(
        "The worst fall, round by round",
        "最坏情景回放",
        "Guarantors stand left of their borrowers; calls run from right to left. "
        "担保人在左，借款人在右，代偿自右向左传导。",
        lambda: describe(replay(found.made, found.calls, found.worst)),
    )


def _notes(found: _Found) -> tuple[str, ...]:
    told = [
        f"A firm is assumed to pay {100 * PAYABLE:.0f} % of its equity at once; nobody knows what it can · "
        f"假设企业可立即动用净资产的 {100 * PAYABLE:.0f}% 代偿",
        f"Loss given default {100 * LOSS_GIVEN_DEFAULT:.0f} %, correlation {CORRELATION:g} within an industry: "
        f"assumptions, not estimates · 违约损失率与行业内相关系数 {CORRELATION:g} 均为假设",
        "Persons who guarantee bear their part and pass nothing on; firms in default on the day are taken out · "
        "自然人担保仅分摊代偿、不再传导；当日已违约企业不计入",
    ]
    if found.foretold is None:
        return (*told, "Too few defaults to learn a ranking from, or to judge it by · 违约样本过少，未做违约预测")
    fell, learnt = int(found.foretold.rows["label"].sum()), found.foretold.learnt_defaults
    return (
        *told,
        f"The ranking was learnt from {found.foretold.learnt_rows:,} rows, {learnt} of them defaults, and judged "
        f"by {fell}: wide intervals, no contest of models · 预测以 {learnt} 条违约样本训练、{fell} 户检验，区间较宽",
    )
