"""The tables of the case "break-circles": what each release leaves, what it costs, and what may be chance."""

from collections.abc import Sequence
from itertools import pairwise

from engines.result import Table
from engines.risk_graph.amounts import wan
from engines.risk_graph.cut_reasons import Advice
from engines.risk_graph.cut_worlds import World
from engines.risk_graph.cutting import STRATEGIES, Cuts, difference

__all__ = ["before_and_after", "certain", "costs", "named", "percent", "releases", "same_lists"]

_MEASURES = {"contagion_defaults": "defaults · 违约", "loss_fen": "loss · 损失"}
_ERRORS = 2.0


def named(strategy: str) -> str:
    """Return what a strategy is called, in both languages.

    Examples
    --------
    >>> named("random")
    'at random · 随机'
    """
    return " · ".join(STRATEGIES[strategy])


def percent(error: float) -> str:
    """Return a standard error in percent with one digit; one that is not 0 is never written as 0.

    Examples
    --------
    >>> percent(0.0123), percent(0.0001), percent(0.0)
    ('1.2', '<0.1', '0.0')
    """
    return f"{100 * error:.1f}" if error >= 0.0005 or error == 0 else "<0.1"


def before_and_after(found: Cuts) -> Table:
    """Say how many are released, what part of the amount they are, and how much contagion is left."""
    rows = [("– before · 解除前", "0", "0.0", f"{_mean(found, '', 'contagion_defaults'):.2f}", "–")]
    for name, cut in found.by_strategy.items():
        less, error = difference(found.before.scenarios, cut.after, found.before.scenarios)
        left = f"{_mean(found, name, 'contagion_defaults'):.2f}"
        part = f"{100 * cut.amount_share:.1f}"
        rows.append((named(name), f"{cut.released.sum():,}", part, left, _change(less, error)))
    head = ("release · 次序", "ties · 笔", "% · 金额", "falls · 违约", "change · 变化")
    title = "Before and after: contagion defaults of a year on held-out scenarios, ± one paired standard error"
    return Table(title, "解除前后：样本外年均传导违约（± 一倍配对标准误）", head, tuple(rows))


def costs(found: Cuts) -> Table:
    """Say how much loss is prevented, and what recourse is worth that the bank gives up for it."""
    before = _mean(found, "", "loss_fen")
    rows = [("– before · 解除前", _millions(before), "–", "–", "–")]
    for name, cut in found.by_strategy.items():
        left = _mean(found, name, "loss_fen")
        change = _change(*difference(found.before.scenarios, cut.after, found.before.scenarios, "loss_fen"))
        net = _millions(before - left - cut.recourse_fen)
        rows.append((named(name), _millions(left), change, _millions(cut.recourse_fen), net))
    head = ("release · 次序", "loss · 损失", "change · 变化", "recourse · 追索", "net · 净额")
    title = "What it costs (m yuan): expected loss of a year, recourse given up at most, net gain at least"
    return Table(title, "代价（百万元）：年度预期损失、放弃追索的上限、净收益下限", head, tuple(rows))


def certain(found: Cuts) -> Table:
    """Say by how much each strategy is ahead of the next best, and whether that may be chance."""
    rows = []
    for column, label in _MEASURES.items():
        order = sorted(found.by_strategy, key=lambda name: _mean(found, name, column))
        for better, worse in pairwise(order):
            ours, next_best = (found.by_strategy[name].after for name in (better, worse))
            ahead, error = difference(found.before.scenarios, ours, next_best, column)
            pair = f"{STRATEGIES[better][0]} > {STRATEGIES[worse][0]}"
            told = "noise · 误差之内" if ahead <= _ERRORS * error else "clear · 超出误差"
            rows.append((label, pair, f"{100 * ahead:.2f} ± {100 * error:.2f}", told))
    head = ("of · 指标", "better > worse · 优 > 次", "ahead · 领先", "verdict · 判断")
    title = "Which differences are more than noise of the simulation: each against the next, in % of before, two errors"
    return Table(title, "哪些差异超出模拟误差（相邻两者，占解除前的百分比，两倍标准误）", head, tuple(rows))


def same_lists(told: Sequence[World]) -> Table:
    """Say what the same releases prevent in other worlds."""
    rows = [("defaults before · 解除前违约", *(f"{world.contagion_defaults:.2f}" for world in told))]
    rows += [(named(name), *(_change(*world.prevented[name]) for world in told)) for name in told[0].prevented]
    head = ("firms pay, of equity · 可付比例", *(world.name for world in told))
    return Table("The same lists in other worlds: contagion defaults", "假设变动下同一清单的效果", head, tuple(rows))


def releases(first: Sequence[Advice]) -> Table:
    """Name the guarantees to release first, with the reason."""
    rows = tuple(
        (
            f"{place}. {one.guarantor} → {one.borrower}",
            f"{wan(one.amount_fen)}元",
            f"{one.why.en} · {one.why.zh}",
        )
        for place, one in enumerate(first, start=1)
    )
    head = ("guarantee · 担保", "amount · 金额", "why · 理由")
    return Table("Guarantees to release first, by attribution", "建议优先解除的担保（按传导归因）", head, rows)


def _mean(found: Cuts, strategy: str, column: str) -> float:
    scenarios = found.by_strategy[strategy].after if strategy else found.before.scenarios
    return float(scenarios[column].mean())


def _change(less: float, error: float) -> str:
    return f"{-100 * less + 0.0:+.1f} ± {percent(error)} %"


def _millions(fen: float) -> str:
    return f"{fen / 100_000_000:,.1f}"
