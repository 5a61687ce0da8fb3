"""What the province case tells: headline, figures, checks, tables and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engines.province.browsing import Browsed
from engines.province.evidence_pictures import alone_bars, evidence_matrix, story_in_time
from engines.province.judging import TOGETHER, added_by, mean_of
from engines.province.proving import checks
from engines.province.ring_network import ring_network
from engines.province.ring_picture import ring_panels
from engines.province.signs import ENGINES
from engines.province.tables import (
    alone_table,
    bot_table,
    compared_table,
    mistakes_table,
    refused_table,
    seeds_table,
    weights_table,
)
from engines.province.verdict import Verdict
from engines.province.weighing import Looked
from engines.result import Network, Number, Picture, Result, Table

__all__ = ["Told", "tell"]

_SHOWN = 20
_MARK = "▸ "
_ENOUGH = 15
"""Look-alike groups from which on a province is no longer easy."""


@dataclass(frozen=True, eq=False)
class Told:
    """All that a run came to.

    Parameters
    ----------
    verdict
        On the province that was asked for.
    others
        The provinces that taught the weights.
    compared
        As `engines.province.judging.compared`, over all of them.
    taken
        By seed, how many look-alike groups were taken for half or more, of how many.
    browsed
        What the bot did in a browser; None without one.
    no_browser
        Why not.
    """

    verdict: Verdict
    others: Sequence[Looked]
    compared: pd.DataFrame
    taken: Mapping[int, tuple[int, int]]
    browsed: Browsed | None
    no_browser: str = ""


def tell(told: Told, size: int) -> Result:
    """Make the result of the case."""
    verdict = told.verdict
    engines = verdict.weights.engines
    together = mean_of(told.compared, TOGETHER, "average_precision")
    best = max((mean_of(told.compared, name, "average_precision").value, name) for name in engines)
    ring, right, wrong = len(verdict.ring), len(verdict.right), len(verdict.wrong)
    firms = len(verdict.seen.story.firms)
    return Result(
        case="province",
        title="One story through all engines: a ring of shell firms that none of them sees alone",
        title_zh="一个故事走遍所有引擎：单个引擎都看不全的空壳团伙",
        paper_case="7-1",
        headline=f"{right} of the ring's {ring} shells stand out among {firms:,} firms, {wrong} honest firms are "
        f"wrongly suspected; over {told.compared['seed'].nunique()} provinces average precision is {together} for all "
        f"engines together, {best[0]:.2f} for the best alone ({ENGINES[best[1]][0]})",
        headline_zh=f"{firms:,} 家企业中，团伙 {ring} 家空壳找出 {right} 家，误判 {wrong} 家；"
        f"合并各引擎的平均精确率为 {together}，最好的单个引擎（{ENGINES[best[1]][1]}）为 {best[0]:.2f}",
        seed=verdict.seen.story.seed,
        size=size,
        source=f"synthetic province, {firms:,} firms in one summer · 合成数据",
        numbers=_numbers(told),
        checks=checks(verdict, told.compared, told.taken, told.browsed),
        tables=_tables(told),
        pictures=_pictures(told),
        networks=_networks(verdict),
        films=told.browsed.films if told.browsed is not None else (),
        notes=_notes(told),
    )


def _numbers(told: Told) -> tuple[Number, ...]:
    verdict = told.verdict
    refused = [one for one in verdict.seen.playing.outcomes if one.is_second_pledge]
    doubtful = int((verdict.seen.looked.signs["papers"].level == 2).sum())
    measures = {name: str(mean_of(told.compared, TOGETHER, name)) for name in ("precision", "recall")}
    return (
        Number(
            "signs that monitoring watches",
            "监测要素",
            "5: representative, officer, agent, address, telephone",
            paper="four indicators",
            note="the paper reports no figure of what was found · 白皮书未公布效果数据",
        ),
        Number("firms, of them shells of the ring", "企业数与团伙空壳数", _of(verdict)),
        Number("precision of all together, over provinces", "合并精确率", measures["precision"]),
        Number("recall of all together, over provinces", "合并召回率", measures["recall"]),
        Number("openings whose papers name another representative", "法定代表人与登记不符的开户", str(doubtful)),
        Number("second pledges that the ledger refused", "账本拒绝的重复质押", str(len(refused))),
        Number(
            "rings that the fraud engine finds without labels", "无标签发现的资金团伙", str(len(verdict.seen.rings))
        ),
    )


def _of(verdict: Verdict) -> str:
    return f"{len(verdict.seen.story.firms):,}, {len(verdict.ring)}"


def _tables(told: Told) -> tuple[Table, ...]:
    verdict, engines = told.verdict, told.verdict.weights.engines
    made = [
        compared_table(told.compared, engines),
        seeds_table(told.compared, engines, told.taken),
        alone_table(verdict, told.others),
        mistakes_table(verdict),
        refused_table(verdict.seen),
    ]
    if told.browsed is not None:
        made.append(bot_table(verdict.seen, told.browsed))
    return (*made, weights_table(verdict, len(told.others)))


def _labels(verdict: Verdict) -> dict[str, str]:
    """Return what each firm is called in pictures: shells with their number, others with what they are."""
    numbers = {firm: place + 1 for place, firm in enumerate(sorted(verdict.ring))}
    labels = {}
    for firm in verdict.seen.story.firms:
        name = verdict.seen.story.names.get(firm, firm)
        kind = str(verdict.seen.looked.kind[firm])
        labels[firm] = f"shell {numbers[firm]} {name}" if firm in numbers else f"{kind} {name} {firm[-3:]}"
    return labels


def _weights(verdict: Verdict, firm: str) -> dict[str, float]:
    return {str(name): float(verdict.table[name][firm]) for name in verdict.table}


def _pictures(told: Told) -> tuple[Picture, ...]:
    verdict, engines = told.verdict, told.verdict.weights.engines
    ring, labels = sorted(verdict.ring), _labels(verdict)
    first = [str(firm) for firm in verdict.table.index[:_SHOWN]]
    shown = [*first, *(firm for firm in verdict.ring if firm not in first)]
    taken = set(verdict.taken)
    rows = [(f"{_MARK if firm in taken else ''}{labels[firm]}", _weights(verdict, firm)) for firm in shown]
    return (
        Picture(
            "The ring as each engine sees it",
            "各引擎眼中的同一个团伙",
            "The same nine shells in the same places; a panel for each engine, and all of them in the last. Coloured: "
            "whom the engine has something on; grey: of whom it knows nothing. 同一批空壳在各图中位置相同；"
            "着色者为该引擎有所发现者，灰色为一无所知者。",
            lambda: ring_panels(verdict.seen, ring, engines),
        ),
        Picture(
            "The evidence: firms and engines",
            "证据矩阵：企业与引擎",
            "How much each engine's finding weighs, in powers of ten: +1 makes a shell ten times as likely, 0 says "
            f"nothing. {_MARK.strip()} suspected, from {verdict.weights.line:+.1f} on. "
            f"权重为 10 的幂：+1 表示可能性增至十倍；{_MARK.strip()} 为合计达到界线的嫌疑户。",
            lambda: evidence_matrix(rows, engines),
        ),
        Picture(
            "The story in time",
            "时间线",
            "From the opening of accounts to the washing of money; payments from a hundred thousand yuan on within the "
            "ring. 从开户到洗钱；仅示团伙内十万元以上的付款。",
            lambda: story_in_time(verdict.seen, ring, labels),
        ),
        Picture(
            "Each engine alone, all without one, all together",
            "单独、缺一与合并",
            "Bars are means over provinces; each was judged by what the others taught. A bar of 'all without' that is "
            "shorter than the last shows what its engine adds. 各省均由其他省份所学权重评判。",
            lambda: alone_bars(told.compared, engines),
        ),
    )


def _networks(verdict: Verdict) -> tuple[Network, ...]:
    ring, labels = sorted(verdict.ring), _labels(verdict)
    return (
        Network(
            "The ring and whom it uses",
            "团伙及其使用的人与账户",
            "At the left what at least two shells share, in the middle the shells and who stands for whom, right: "
            "people to whose accounts they send money and whom the fraud engine suspects of lending them. "
            "左：两家以上空壳的共同要素；中：空壳与互保；右：疑似出借账户的收款人。",
            lambda: ring_network(verdict.seen, ring, labels),
        ),
    )


def _notes(told: Told) -> tuple[str, ...]:
    gains = {name: added_by(told.compared, name) for name in told.verdict.weights.engines}
    most, least = (choose(gains, key=lambda name: gains[name].value) for choose in (max, min))
    notes = [
        f"Most is added by {ENGINES[most][0]} ({gains[most]} of average precision), least by {ENGINES[least][0]} "
        f"({gains[least]}): where the others already know the same firms, one more engine adds little · "
        f"贡献最大者为{ENGINES[most][1]}，最小者为{ENGINES[least][1]}",
        "All firms, people and payments are invented; what can be learnt here is how evidence adds up, not how well it "
        "would do at a bank · 数据均为虚构，仅示证据如何叠加",
        "Weights, the lines and the scorer were learnt on other provinces; the truth of this one judges at the end "
        "alone · 权重、界线与模型学自其他省份，真值仅用于最后评判",
        "Signs are added as if they came about independently, which within a family or a ring they do not: the sum "
        "ranks, it is no probability · 各证据并非独立，合计仅用于排序",
        "A weight is a reason to look, never a verdict: honest families share as much as rings do · 权重只是核查线索",
    ]
    alike = told.taken[told.verdict.seen.looked.seed][1]
    if alike < _ENOUGH:
        notes.insert(
            0,
            f"Only {alike} look-alike groups are here: so small a province flatters, take the default size for figures "
            f"· 本省相似群组仅 {alike} 个，规模过小，结果偏乐观",
        )
    if told.browsed is None:
        notes.insert(0, f"The bot's evidence is left out, since there is no browser: {told.no_browser}")
    return tuple(notes)
