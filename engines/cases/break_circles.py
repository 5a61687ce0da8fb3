"""Breaking circles: which few guarantees to release so that the most contagion disappears.

Case 1-6 of the white paper, Lanzhou Bank: breaking circles and chains (拆圈解链). Guarantees are ranked by seven
strategies, from chance to the blame that simulated cascades put on each, and 1 % of them is released; then other
scenarios are simulated, the same ones for all, and what is left of contagion is compared with its paired error. What a
release costs is said beside it: the bank gives up recourse, and for the largest guarantees that is more than is gained.
"""

from dataclasses import dataclass

import numpy as np

from datasets.errors import OutOfRangeError
from engines.progress import Report
from engines.report.networks import describe
from engines.result import Network, Number, Result
from engines.risk_graph import cut_pictures, cut_tables
from engines.risk_graph.amounts import wan
from engines.risk_graph.calls import PAYABLE, calls_of
from engines.risk_graph.cut_checks import checks
from engines.risk_graph.cut_reasons import Advice, advice
from engines.risk_graph.cut_scenes import Scene, cut_view, scene
from engines.risk_graph.cut_worlds import World, worlds
from engines.risk_graph.cutting import ALL_CIRCLES, Cuts, cuts, difference
from engines.risk_graph.hazards import Hazards, hazards
from engines.risk_graph.losses import CORRELATION, LOSS_GIVEN_DEFAULT
from engines.risk_graph.province import credit

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "拆圈解链"

_OURS = "attribution"
_ELSEWHERE = ("attribution", "attribution per amount", "largest amount", "random")


@dataclass(frozen=True, eq=False)
class _Found:
    """All that the case found."""

    hazards: Hazards
    cuts: Cuts
    worlds: tuple[World, ...]
    first: tuple[Advice, ...]
    scene: Scene | None


def run(seed: int = 7, size: int = 2_000, progress: Report | None = None) -> Result:
    """Rank guarantees, release the first, and simulate what is left of contagion.

    Parameters
    ----------
    seed
        Seed of the province and of the scenarios.
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
        raise OutOfRangeError("size is 0, but there is nothing to release without firms; give 40 or more")
    found = _find(seed, size, progress or (lambda *_: None))
    cut, ties = found.cuts.by_strategy[_OURS], found.cuts.calls.guarantees.m
    before, by_size = found.cuts.before.scenarios, found.cuts.by_strategy["largest amount"].after
    less, error = difference(before, cut.after, before)
    largest, _ = difference(before, by_size, before)
    return Result(
        case="break-circles",
        title="Breaking circles: which few guarantees to release so that the most contagion disappears",
        title_zh="拆圈解链：解除哪几笔担保最能阻断传导",
        paper_case=PAPER_CASE,
        headline=f"releasing {cut.released.sum():,} of {ties:,} guarantees by attribution prevents {100 * less:.0f} % "
        f"of the contagion defaults (± {200 * error:.1f}, two standard errors); the largest ones prevent "
        f"{100 * largest:.0f} %",
        headline_zh=f"按传导归因解除 {ties:,} 笔担保中的 {cut.released.sum():,} 笔，可避免 {100 * less:.0f}% 的传导违约"
        f"（± {200 * error:.1f}，两倍标准误）；按金额最大解除仅 {100 * largest:.0f}%",
        seed=seed,
        size=size,
        source=f"synthetic province, {found.cuts.calls.n:,} firms not in default on "
        f"{found.cuts.credit.graph.as_of} · 合成数据",
        numbers=_numbers(found),
        checks=checks(found.cuts, found.scene),
        tables=(
            cut_tables.before_and_after(found.cuts),
            cut_tables.costs(found.cuts),
            cut_tables.certain(found.cuts),
            cut_tables.same_lists(found.worlds),
            cut_tables.releases(found.first),
        ),
        pictures=cut_pictures.pictures(found.cuts, seed) if found.cuts.has_contagion else (),
        networks=_networks(found),
        notes=_notes(found),
    )


def _find(seed: int, size: int, told: Report) -> _Found:
    made = credit(seed, size)
    calls = calls_of(made.graph, made.defaulted)
    told("chances · 违约概率", 0, 4)
    learnt = hazards(made)
    chance = learnt.chance[calls.codes]
    told("releases · 解除与重算", 1, 4)
    found = cuts(made, calls, chance, seed)
    told("other worlds · 假设变动", 2, 4)
    elsewhere = worlds(found, chance, _ELSEWHERE, seed)
    told("reasons · 理由", 3, 4)
    return _Found(learnt, found, elsewhere, advice(found, _OURS), scene(found, _OURS))


def _numbers(found: _Found) -> tuple[Number, ...]:
    simulated, learnt = found.cuts.before.scenarios, found.hazards
    worse = found.cuts.by_strategy[ALL_CIRCLES].after["contagion_defaults"]
    count = int((worse > simulated["contagion_defaults"]).sum())
    told = [
        Number(
            *("guarantees between firms", "企业间担保笔数", f"{found.cuts.calls.guarantees.m:,}"),
            note=f"{wan(int(found.cuts.calls.guarantees.amount_fen.sum()))}元",
        ),
        Number("own defaults of a year", "年均自身违约", f"{simulated['own_defaults'].mean():.2f}"),
        Number("contagion defaults of a year", "年均传导违约", f"{simulated['contagion_defaults'].mean():.2f}"),
        Number("expected loss of a year", "年度预期损失", f"{wan(int(simulated['loss_fen'].mean()))}元"),
        Number(
            *("scenarios made worse by releasing all circles", "全部破圈后恶化的情景", f"{count:,}"),
            note="the bank then calls the other guarantors for more",
        ),
    ]
    if not np.isnan(learnt.later_auc):
        told.append(
            Number(
                *("AUC of the chances in the half year after", "违约概率事后 AUC", f"{learnt.later_auc:.3f}"),
                note=f"learnt from {learnt.learnt_defaults} defaults, judged by {learnt.later_defaults}",
            )
        )
    return tuple(told)


def _networks(found: _Found) -> tuple[Network, ...]:
    told = found.scene
    if told is None:
        return ()
    return (
        Network(
            "Before and after the release, in one scenario",
            "解除前后对比（单一情景）",
            f"Held-out scenario {told.scenario}, one in which the release saves many, and the part of the network "
            "where most are saved: not the average. 样本外情景中获救较多的一例，并非平均效果。",
            lambda: describe(cut_view(found.cuts, told)),
        ),
    )


def _notes(found: _Found) -> tuple[str, ...]:
    told = (
        "Errors are those of the simulation alone, and one comparison in forty is clear by chance; what firms can pay "
        "and how likely they fail is assumed or estimated, and changes the result more: see the other worlds · "
        "误差仅为模拟误差；假设的影响更大，见“假设变动”表",
        "Recourse given up: loss given default of what would be called, times the chance that the borrower falls; an "
        "upper bound, so that the net is a lower one · 放弃的追索按违约损失率×代偿额×借款人违约概率计，为上限",
        f"A firm is assumed to pay {100 * PAYABLE:.0f} % of its equity at once; loss given default "
        f"{100 * LOSS_GIVEN_DEFAULT:.0f} %, correlation {CORRELATION:g} within an industry · "
        f"假设可付净资产的 {100 * PAYABLE:.0f}%，违约损失率 {100 * LOSS_GIVEN_DEFAULT:.0f}%",
        "Chances are learnt from leverage, days overdue, equity and youth, on defaults up to the day; some of these "
        "were contagion, which is so counted a little twice · 违约概率仅用当日可见信息学习，传导略有重复计算",
        "That the bank calls a loan whose guarantee is released is not modelled · 未考虑解除担保后抽贷",
    )
    if found.cuts.has_contagion:
        return told
    return (*told, "Nobody was pulled down, so that there is nothing to compare · 情景中无传导违约，无可比较")
