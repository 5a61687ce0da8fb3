"""Guarantee circles: who stands behind whom, in which pairs, groups, circles and chains, and what they can bear.

Case 1-6 of the white paper, Lanzhou Bank: abnormal guarantees (异常担保) in a knowledge graph of customers. This case
finds the structures among the guarantees of one day, says what published evidence says of each kind, and lets each
member fall in turn to see what the others can bear. On the synthetic province the truth is known: every planted
structure must be found and no look-alike taken for one. That a shape is there says little about harm, and the report
shows how little.
"""

import numpy as np
import pandas as pd

from credit_graph.structures import EVIDENCE, Findings, find
from engines.progress import Report
from engines.report.networks import Finding, View, describe
from engines.result import Check, Network, Number, Result, Table
from engines.risk_graph.amounts import wan
from engines.risk_graph.circles import strain
from engines.risk_graph.judging import Score, harm_by_kind, mistaken, scores
from engines.risk_graph.province import Credit, credit
from engines.risk_graph.scenes import ego, overview

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "异常担保：互保、联保、担保圈与担保链"

_LONGEST_CYCLE = 8
_COLOURED = ("joint", "triad", "cycle", "mutual", "chain")
_SHOWN = 12


def run(seed: int = 7, size: int = 2_000, progress: Report | None = None) -> Result:
    """Find the structures of the province's guarantees and judge them against the truth.

    Parameters
    ----------
    seed
        Seed of the province.
    size
        Number of firms, rounded up to whole towns of forty.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    """
    told = progress or (lambda *_: None)
    told("tables · 数据", 0, 3)
    made = credit(seed, size)
    told("structures · 结构", 1, 3)
    found = find(made.graph, longest_cycle=_LONGEST_CYCLE, shortest_chain=4, hub=6, most_named=1_000_000)
    told("strain · 承压", 2, 3)
    table = _strained(made, found)
    told("strain · 承压", 3, 3)
    judged, errors = scores(found, made.truth), mistaken(found, made.truth)
    firms = int((made.graph.parties["kind"] == "firm").sum())
    circles, pairs = int((table["kind"] == "circle").sum()), int((table["kind"] == "mutual").sum())
    return Result(
        case="guarantee-circles",
        title="Guarantee circles: pairs, groups, circles and chains among guarantees, and what they can bear",
        title_zh="异常担保：互保、联保、担保圈、担保链及其承压能力",
        paper_case=PAPER_CASE,
        headline=f"{firms:,} firms: {pairs} mutual pairs and {circles} guarantee circles; "
        f"{_found(judged)} of {_planted(judged)} planted structures found, {_wrong(errors)} look-alikes mistaken",
        headline_zh=f"{firms:,} 家企业：互保 {pairs} 对、担保圈 {circles} 个；"
        f"{_planted(judged)} 个预埋结构找到 {_found(judged)} 个，误认相似结构 {_wrong(errors)} 个",
        seed=seed,
        size=size,
        source=f"synthetic province, {firms:,} firms on {made.graph.as_of} · 合成数据",
        numbers=_numbers(made, found, judged, errors),
        checks=_checks(found, judged, errors),
        tables=(_counts(found), _judged(judged, made.truth), _worst(made, table, found)),
        networks=_networks(made, found, table),
        notes=(
            "A shape is no verdict: levels follow published evidence (arXiv:1806.04351) and are a reading order · "
            "结构不等于风险，等级仅供查看顺序",
            "Pulled down: how many other members fall on average when one falls and equity pays the calls · "
            "平均连带违约数：任一成员违约、以净资产代偿时连带倒下的成员数",
        ),
    )


def _found(judged: tuple[Score, ...]) -> int:
    return sum(one.found for one in judged)


def _planted(judged: tuple[Score, ...]) -> int:
    return sum(one.planted for one in judged)


def _wrong(errors: dict[str, tuple[int, int]]) -> int:
    return sum(wrong for wrong, _ in errors.values())


def _strained(made: Credit, found: Findings) -> pd.DataFrame:
    loans = made.graph.layers["loan"]
    owed = np.bincount(loans.head, weights=loans.amount_fen, minlength=made.graph.n).astype(np.float64)
    several = found.structures[found.structures["size"] > 1]
    return strain(made.graph, owed).table(several, found.members)


def _numbers(
    made: Credit, found: Findings, judged: tuple[Score, ...], errors: dict[str, tuple[int, int]]
) -> tuple[Number, ...]:
    guarantees = made.graph.layers["guarantee"]
    amount = int(guarantees.amount_fen.sum())
    in_circle = found.firms["circle"].map(found.firms["circle"].value_counts()).gt(1)
    return (
        Number("guarantees on the day", "当日有效担保笔数", f"{guarantees.m:,}"),
        Number("amount guaranteed", "担保总额", f"{wan(amount)}元"),
        Number("firms in a circle", "担保圈内企业数", f"{int(in_circle.sum()):,}"),
        Number("planted structures found", "预埋结构召回", f"{_found(judged)} of {_planted(judged)}"),
        Number("look-alikes mistaken", "相似结构误认", f"{_wrong(errors)} of {sum(n for _, n in errors.values())}"),
    )


def _checks(found: Findings, judged: tuple[Score, ...], errors: dict[str, tuple[int, int]]) -> tuple[Check, ...]:
    exact = [one for one in judged if one.kind != "chain"]
    chains = next(one for one in judged if one.kind == "chain")
    ended = found.counts.loc[found.counts["is_truncated"], "kind"].tolist()
    return (
        Check(
            "every planted pair, group, circle and hub is found",
            "预埋的互保、联保、担保圈、担保中心全部找到",
            all(one.found == one.planted for one in exact),
            ", ".join(f"{one.kind} {one.found}/{one.planted}" for one in exact),
        ),
        Check(
            "most planted chains lie whole in a chain that is found",
            "预埋担保链大多完整找到",
            2 * chains.found >= chains.planted,
            f"{chains.found} of {chains.planted}; chains share no firm, so that one can cut through another",
        ),
        Check(
            "no look-alike is taken for a structure",
            "相似结构未被误认",
            not _wrong(errors),
            ", ".join(f"{kind} {wrong}/{n}" for kind, (wrong, n) in errors.items()),
        ),
        Check(
            "no search was cut short", "搜索未被截断", not ended, ", ".join(ended) or "all searches ended by themselves"
        ),
    )


def _counts(found: Findings) -> Table:
    rows = tuple(
        (
            f"{EVIDENCE[kind].title} · {EVIDENCE[kind].title_zh}",
            f"{count:,}",
            EVIDENCE[kind].level,
            EVIDENCE[kind].known,
        )
        for kind, count in zip(found.counts["kind"], found.counts["found"], strict=True)
    )
    head = ("structure · 结构", "found · 数量", "level · 等级", "evidence · 依据")
    return Table("What was found, and what is known of it", "发现的结构及其依据", head, rows)


def _judged(judged: tuple[Score, ...], truth: pd.DataFrame) -> Table:
    harm = harm_by_kind(truth)
    rows = tuple(
        (
            one.kind.replace("_", " "),
            f"{one.planted:,}",
            f"{one.found:,}",
            "{} of {}".format(*harm.get(one.kind, (0, 0))),
        )
        for one in judged
    )
    head = ("planted · 预埋结构", "there are · 数量", "found · 找到", "do harm · 其中有害")
    return Table("Planted structures: found, and how many of them do harm", "预埋结构：找到数与有害数", head, rows)


def _worst(made: Credit, table: pd.DataFrame, found: Findings) -> Table:
    names = found.members.groupby("structure_id")["party_id"].agg(list)
    rows = []
    for one in table[table["kind"] != "core"].head(_SHOWN).to_dict("records"):
        members = names.loc[one["structure_id"]]
        shown = "、".join(made.names[one] for one in members[:3]) + (" …" if len(members) > 3 else "")
        title, down = f"{one['title_zh']} {one['kind']}", f"{one['pulled_down']:.1f}"
        rows.append((title, str(one["size"]), wan(one["amount_fen"]), down, shown))
    head = ("structure · 结构", "firms · 企业", "amount · 金额", "pulled down · 连带", "members · 成员")
    return Table("Structures that bear least", "承压最弱的结构", head, tuple(rows))


def _networks(made: Credit, found: Findings, table: pd.DataFrame) -> tuple[Network, ...]:
    groups = found.members.groupby("structure_id")["party_id"].agg(list)
    worst = table[table["kind"].isin(["cycle", "triad", "joint", "mutual"])].iloc[:1]

    def whole() -> dict[str, object]:
        finding: dict[int, str] = {}
        for kind in _COLOURED:
            names = table.loc[table["kind"] == kind, "structure_id"]
            for code in made.graph.codes(party for name in names for party in groups[name]):
                finding.setdefault(int(code), kind)
        legend = [Finding(kind, EVIDENCE[kind].title, EVIDENCE[kind].title_zh) for kind in _COLOURED]
        return describe(overview(made, finding, legend))

    def near() -> dict[str, object]:
        one = worst.iloc[0]
        members = [int(code) for code in made.graph.codes(groups[one["structure_id"]])]
        label = f"{one['title_zh']} {one['title']}"
        scene: View = ego(made, members[0], [(label, members)])
        return describe(scene)

    shown = [
        Network(
            "All firms with guarantees, coloured by structure",
            "全部担保企业（按结构着色）",
            "Each dot is a firm; its size is what it guarantees. A firm in several structures has the first colour.",
            whole,
        )
    ]
    if len(worst):
        shown.append(
            Network(
                "The circle that bears least, and who stands around it",
                "承压最弱的担保圈及其周边",
                "From the left, guarantors; to the right, borrowers. Click a firm to see more of its neighbours.",
                near,
            )
        )
    return tuple(shown)
