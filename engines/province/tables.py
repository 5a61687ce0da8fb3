"""The tables of the province case: who finds what, what each engine says alone, weights, mistakes, refusals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from datasets.newcomers import KINDS
from engines.province.browsing import Browsed
from engines.province.evidence_pictures import COMPANY_NAMES
from engines.province.judging import TOGETHER, added_by, mean_of
from engines.province.looking import Seen
from engines.province.signs import ENGINES
from engines.province.verdict import Verdict
from engines.province.weighing import COMPANY, Looked, best_line
from engines.result import Table
from rpa.queue.states import NAMES_ZH

__all__ = [
    "alone_table",
    "bot_table",
    "compared_table",
    "mistakes_table",
    "refused_table",
    "seeds_table",
    "title_of",
    "weights_table",
]

_MOST = 14
_KINDS_ZH = {**KINDS, "settled": "老企业（正常）"}


def title_of(engine: str) -> str:
    """Return an engine's name in English and Chinese.

    Examples
    --------
    >>> title_of("papers")
    'filing bot · 备案机器人'
    """
    return " · ".join(ENGINES[engine])


def compared_table(table: pd.DataFrame, engines: Sequence[str]) -> Table:
    """Return what each engine reaches alone, what all reach without it and together; means over provinces."""
    measures = ("precision", "recall", "average_precision")
    rows = []
    for name in engines:
        alone = [str(mean_of(table, name, one)) for one in measures]
        without = f"without {name}"
        gain = added_by(table, name)
        rows.append(
            (title_of(name), *alone, str(mean_of(table, without, measures[2])), f"{gain.value:+.2f} ± {gain.half:.2f}")
        )
    rows.append(("all together · 全部合并", *(str(mean_of(table, TOGETHER, one)) for one in measures), "", ""))
    head = ("engine, alone · 单独", "precision · 精确率", "recall · 召回率", "average precision, AP · 平均精确率")
    count = table["seed"].nunique()
    return Table(
        f"What each engine finds alone, and what it adds: {count} provinces, 95 % intervals",
        f"各引擎单独的效果及其贡献（{count} 个省份，95% 区间）",
        (*head, "AP of all without it · 缺它时", "it adds · 贡献"),
        tuple(rows),
    )


def seeds_table(table: pd.DataFrame, engines: Sequence[str], taken: Mapping[int, tuple[int, int]]) -> Table:
    """Return for each province how well the ring stands out, alone at best and together."""
    rows = []
    for seed, mine in table.groupby("seed", sort=False):
        by = mine.set_index("subject")
        alone = by.loc[list(engines), "average_precision"]
        best, whole = str(alone.idxmax()), by.loc[TOGETHER]
        wrong, groups = taken[int(str(seed))]
        rows.append(
            (
                str(seed),
                f"{alone.max():.2f} ({ENGINES[best][0]})",
                *(f"{whole[name]:.2f}" for name in ("average_precision", "precision", "recall")),
                f"{wrong} of {groups}",
            )
        )
    head = ("province's seed · 省份种子", "best alone, AP · 最佳单独", "together, AP · 合并", "precision", "recall")
    title = "Province by province: each judged by weights that the others taught"
    return Table(title, "逐省结果（权重均学自其他省份）", (*head, "look-alike groups taken · 误认群组"), tuple(rows))


def alone_table(verdict: Verdict, others: Sequence[Looked]) -> Table:
    """Return what each engine would have said alone of this province: whom it would name, and how many rightly."""
    rows, looked = [], verdict.seen.looked
    label = np.concatenate([one.label for one in others])
    for engine in verdict.weights.engines:
        levels = np.concatenate([np.asarray(one.signs[engine].level, np.float64) for one in others])
        line, sign = best_line(levels, label), looked.signs[engine]
        suspects = sign.level.index[sign.level >= line]
        shells = int(looked.is_ring[suspects].sum())
        english, chinese = sign.levels[int(line)]
        says = f"{english} · {chinese}"
        rows.append((title_of(engine), says, str(len(suspects)), str(shells), str(len(verdict.ring) - shells)))
    named, right, missed = (str(len(some)) for some in (verdict.taken, verdict.right, verdict.missed))
    rows.append(("all together · 全部合并", "the sum of weights · 证据权重之和", named, right, missed))
    head = ("engine · 引擎", "suspects who at least … · 标准", "named · 点名", "shells · 其中空壳", "missed · 漏掉")
    return Table("What each engine would have said alone", "各引擎单独会怎么说", head, tuple(rows))


def weights_table(verdict: Verdict, provinces: int) -> Table:
    """Return the weight of every level."""
    rows, signs = [], verdict.seen.looked.signs
    for name, weights in verdict.weights.of.items():
        engine = name.removeprefix("company:")
        levels = COMPANY if engine != name else tuple(" · ".join(one) for one in signs[engine].levels)
        title = title_of(engine) if engine == name else f"{' · '.join(COMPANY_NAMES)}: {title_of(engine)}"
        rows += [(title, level, f"{weight:+.2f}") for level, weight in zip(levels, weights, strict=True)]
    head = ("engine · 引擎", "what is seen · 所见", "weight, powers of ten · 权重（10 的幂）")
    title = f"What each sign weighs, learnt on {provinces} other provinces"
    return Table(title, f"各证据的权重（学自另外 {provinces} 个省份）", head, tuple(rows))


def mistakes_table(verdict: Verdict) -> Table:
    """Return who was wrongly suspected and why, who was missed, and the look-alikes that came nearest."""
    looked, names = verdict.seen.looked, verdict.seen.story.names
    taken = set(verdict.taken)
    near = [str(one) for one in verdict.table.index if looked.group[one] and not looked.is_ring[one]]
    chosen = [("wrongly suspected · 误判", firm) for firm in verdict.wrong]
    chosen += [("missed · 漏掉", firm) for firm in verdict.missed]
    chosen += [("look-alike, let go · 相似而放过", firm) for firm in near if firm not in taken][:4]
    rows = tuple(
        (
            what,
            f"{names.get(firm, firm)} ({firm})",
            f"{looked.kind[firm]} · {_KINDS_ZH[str(looked.kind[firm])]}",
            f"{verdict.table['together'][firm]:+.1f}",
            verdict.words(firm),
        )
        for what, firm in chosen[:_MOST]
    )
    head = ("what · 情况", "firm · 企业", "in truth · 实情", "weight · 权重", "what the engines say · 各引擎所见")
    title = f"Who was wrongly suspected, who was missed, and why; the line is {verdict.weights.line:+.1f}"
    return Table(title, f"误判与漏判及原因（界线 {verdict.weights.line:+.1f}）", head, rows)


def refused_table(seen: Seen) -> Table:
    """Return the pledges that the ledger refused: who tried, when, at which bank, and by which rule."""
    names, rows = seen.story.names, []
    for one in seen.playing.outcomes:
        if one.is_second_pledge:
            firm, kind = str(one.step["by_id"]), str(seen.looked.kind[one.step["by_id"]])
            rows.append(
                (
                    kind != "ring",
                    (
                        f"{names.get(firm, firm)} ({firm})",
                        f"{kind} · {_KINDS_ZH[kind]}",
                        one.step["receivable_id"],
                        f"{one.step['on']:%m-%d}",
                        names.get(one.step["to_id"], one.step["to_id"]),
                        getattr(one.answer, "rule", ""),
                    ),
                )
            )
    rows.sort(key=lambda row: row[0])
    head = (
        "who tried · 出质人",
        "in truth · 实情",
        "receivable · 应收款",
        "day · 日",
        "bank · 银行",
        "refused by · 规则",
    )
    title = "Pledges that the ledger refused: the ring's, and honest mistakes"
    return Table(title, "账本拒绝的重复质押：团伙与无心之失", head, tuple(row for _, row in rows[:_MOST]))


def bot_table(seen: Seen, browsed: Browsed) -> Table:
    """Return what became of the accounts that the bot filed in a browser."""
    rows = tuple(
        (
            f"{seen.story.names.get(firm, firm)} ({firm})",
            f"{seen.looked.kind[firm]} · {_KINDS_ZH[str(seen.looked.kind[firm])]}",
            f"{item.state} · {NAMES_ZH[item.state]}",
            item.reason or "–",
        )
        for firm, item in sorted(browsed.items.items(), key=lambda pair: (pair[1].state == "done", pair[0]))
    )
    head = ("account of · 存款人", "in truth · 实情", "ended as · 结果", "reason · 原因")
    return Table("A handful of accounts, filed by the bot in a browser", "机器人在浏览器中实际备案的账户", head, rows)
