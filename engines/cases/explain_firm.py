"""One firm on one page: its position, exposures, who can pull it down and whom, its group, its limits, its lists.

Case 1-6 of the white paper, Lanzhou Bank: all four risk models of the knowledge graph (授信集中度, 信用风险传导,
异常担保, 黑名单关联) say what they know of one customer, in sentences that a credit officer reads before he signs. Ask
for a firm with `--firm ID`; without it the page is of the firm of which most is to be said. Levels are a reading order
and no score.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.control import ultimate_controllers
from credit_graph.explain import Explanation, explain
from credit_graph.groups import Groups
from credit_graph.limits import Capital
from credit_graph.structures import Findings, find
from datasets.errors import OutOfRangeError
from engines.progress import Report
from engines.report.networks import describe
from engines.result import Network, Number, Result
from engines.risk_graph.amounts import wan
from engines.risk_graph.calls import PAYABLE, calls_of
from engines.risk_graph.falls import fall, falls
from engines.risk_graph.firm_checks import firm_checks
from engines.risk_graph.firm_tables import firm_tables
from engines.risk_graph.grouping import groups_of
from engines.risk_graph.lending_limits import books_of
from engines.risk_graph.nearness import listed_on, rules_for
from engines.risk_graph.province import Credit, credit
from engines.risk_graph.replays import replay
from engines.risk_graph.scenes import ego
from engines.risk_graph.tie_scenes import paths_view

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "单户画像：一页看懂一家企业"

_BOXED = ("joint", "triad", "mixed_triangle", "cycle", "circle", "mutual")


def run(seed: int = 7, size: int = 2_000, firm: str | None = None, progress: Report | None = None) -> Result:
    """Explain one firm.

    Parameters
    ----------
    seed
        Seed of the province.
    size
        Number of firms, rounded up to whole towns of forty.
    firm
        Identifier of the firm, or of a person; by default the firm of which most is to be said.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    OutOfRangeError
        If seed or size is out of range.
    UnknownPartyError, ExplainInputError
        If the province has no such firm, or it is a bank or an attribute.
    """
    told = progress or (lambda *_: None)
    if size == 0:
        raise OutOfRangeError("size is 0, but there must be firms of which one is explained; give 40 or more")
    told("tables · 数据", 0, 3)
    made = credit(seed, size)
    told("structures, groups · 结构与集团", 1, 3)
    if firm is not None:
        made.graph.codes([firm])  # an unknown one is refused before the long work
    found, groups = find(made.graph, longest_cycle=8, most_named=1_000_000), groups_of(made)
    chosen = firm if firm is not None else _most_to_say(made, found, groups)
    told("page · 画像", 2, 3)
    listed, rules = listed_on(made)["party_id"].tolist(), rules_for(int((made.graph.parties["kind"] == "firm").sum()))
    buffer = _buffer(made)
    page = explain(
        *(made.graph, chosen),
        buffer_fen=buffer,
        capital=_capital(made),
        listed=listed,
        findings=found,
        groups=groups,
        controllers=ultimate_controllers(made.graph),
        tie_rules=rules,
    )
    told("page · 画像", 3, 3)
    return Result(
        case="explain-firm",
        title=f"One firm on one page: {page.name} {page.party_id}",
        title_zh=f"单户画像：{page.name}",
        paper_case=PAPER_CASE,
        headline=_headline(page),
        headline_zh=_headline_zh(page),
        seed=seed,
        size=size,
        source=f"synthetic province, {made.graph.n:,} parties on {made.graph.as_of} · 合成数据",
        numbers=_numbers(page, buffer[int(made.graph.codes([chosen])[0])]),
        checks=firm_checks(made, page, buffer, listed, rules),
        tables=firm_tables(made, page),
        networks=_networks(made, page, listed),
        notes=_notes(made, page),
    )


def _headline(page: Explanation) -> str:
    above, below = len(page.falls.pulled_down_by), len(page.falls.pulls_down)
    return (
        f"{page.name} {page.party_id}: part of {len(page.structures)} structures; {above or 'nobody'} can pull it down "
        f"alone; it pulls down {below or 'nobody'}; group of {len(page.group) + 1}; {_breached(page) or 'no'} limits "
        f"exceeded; {page.listed['listed_id'].nunique() or 'no'} listed parties within reach"
    )


def _headline_zh(page: Explanation) -> str:
    above, below = len(page.falls.pulled_down_by), len(page.falls.pulls_down)
    return (
        f"{page.name}：属于 {len(page.structures)} 个担保结构，{above} 户可单独拖垮它，它可拖垮 {below} 户，"
        f"集团 {len(page.group) + 1} 户，超限 {_breached(page)} 项，关联名单 {page.listed['listed_id'].nunique()} 户"
    )


def _breached(page: Explanation) -> int:
    return int(page.limits["breached"].astype(np.bool_).sum())


def _buffer(made: Credit) -> npt.NDArray[np.float64]:
    equity = made.graph.parties["equity_fen"].astype("Float64").to_numpy(np.float64, na_value=np.inf)
    # who has defaulted cannot fall again
    return np.where(made.defaulted, np.inf, np.maximum(PAYABLE * equity, 0.0))


def _capital(made: Credit) -> dict[str, Capital]:
    names = ("party_id", "net_capital_fen", "tier1_capital_fen")
    banks = zip(*(made.tables["banks"][name].tolist() for name in names), strict=True)
    return {bank: Capital(net, tier1) for bank, net, tier1 in banks}


def _most_to_say(made: Credit, found: Findings, groups: Groups) -> str:
    """Choose the firm that most of the models have something to say of; of equals the one that pulls down most."""
    calls = calls_of(made.graph, made.defaulted)
    kinds = found.members.merge(found.structures[["structure_id", "kind"]], on="structure_id")
    score = kinds.groupby("party_id")["kind"].nunique().reindex(calls.ids, fill_value=0).to_numpy(np.int64)
    circled = kinds.loc[kinds["kind"].isin(_BOXED), "party_id"].unique()
    breaches = set(books_of(made, groups).breaches["client_id"])
    group_of = groups.members.set_index("party_id")["group_id"].reindex(calls.ids)
    down = falls(calls).pulled_down
    told = (group_of.notna().to_numpy(), group_of.isin(breaches).to_numpy(), np.isin(calls.ids, [*breaches]), down > 0)
    score = score + 2 * np.sum([*told, np.isin(calls.ids, circled)], axis=0)
    return str(calls.ids[np.lexsort((np.arange(calls.n), -down, -score))[0]])


def _numbers(page: Explanation, buffer: float) -> tuple[Number, ...]:
    sums = page.exposures.groupby("role")["amount_fen"].sum()
    told = [
        Number("owes banks", "贷款余额", f"{wan(int(sums.get('owes', 0)))}元"),
        Number("stands for others", "对外担保", f"{wan(int(sums.get('stands for', 0)))}元"),
        Number("is guaranteed for", "接受担保", f"{wan(int(sums.get('guaranteed by', 0)))}元"),
    ]
    if np.isfinite(buffer):
        told.append(
            Number("can pay at once", "可立即代偿", f"{wan(int(buffer))}元", note=f"{PAYABLE:.0%} of its equity")
        )
    if len(page.limits):
        told.append(Number("most used limit", "限额最高使用率", f"{100 * page.limits['used_share'].iloc[0]:.1f} %"))
    return tuple(told)


def _networks(made: Credit, page: Explanation, listed: list[str]) -> tuple[Network, ...]:
    graph, centre = made.graph, int(made.graph.codes([page.party_id])[0])
    order = {kind: place for place, kind in enumerate(_BOXED)}
    boxed = page.structures[page.structures["kind"].isin(_BOXED)]
    boxed = boxed.assign(place=boxed["kind"].map(order)).sort_values("place", kind="stable")
    boxes = [
        (f"{row['title_zh']} {row['title']}", [int(one) for one in graph.codes(row["party_ids"])])
        for row in boxed.head(1).to_dict("records")
    ]
    told = [
        Network(
            "Who stands around it",
            "担保关系图",
            "From the left, guarantors; to the right, borrowers. Click a firm to see more of its neighbours. "
            "左为担保人，右为借款人，点击可展开。",
            lambda: describe(ego(made, centre, boxes)),
        )
    ]
    replayed = _replayed(made, page)
    if len(page.listed):
        ways = page.listed["party_ids"].tolist()
        told.append(
            Network(
                "How listed parties are near",
                "名单关联路径",
                "Listed parties to the left, the firm to the right. 名单主体在左，该企业在右。",
                lambda: describe(paths_view(made, page.party_id, ways, listed)),
            )
        )
    return (told[0], *replayed, *told[1:])


def _replayed(made: Credit, page: Explanation) -> tuple[Network, ...]:
    """Return the fall that matters most to it as a replay: its own, or else the one that pulls it down last."""
    above = page.falls.pulled_down_by
    seed = page.party_id if len(page.falls.pulls_down) else None
    if seed is None and len(above):
        seed = str(above.sort_values(["round", "party_id"], ascending=[False, True], kind="stable")["party_id"].iloc[0])
    calls = calls_of(made.graph, made.defaulted)
    place = np.flatnonzero(calls.ids == seed)
    if not len(place):
        return ()
    result = fall(calls, [int(place[0])])
    caption = f"Round by round, if {made.names[str(seed)]} stops paying. 该户停止还款后的逐轮传导。"
    return (Network("What a fall does", "违约传导回放", caption, lambda: describe(replay(made, calls, result))),)


def _notes(made: Credit, page: Explanation) -> tuple[str, ...]:
    told = [
        f"A firm is assumed to pay {100 * PAYABLE:.0f} % of its equity at once; a person is taken not to fall · "
        f"假设企业可立即动用净资产的 {100 * PAYABLE:.0f}% 代偿，自然人不计违约",
        "A shape is no verdict: levels are a reading order · 结构不等于风险，等级仅供查看顺序",
    ]
    if made.defaulted[int(made.graph.codes([page.party_id])[0])]:
        told.insert(0, f"{page.name} has defaulted by {page.as_of} already · 该户在 {page.as_of} 前已违约")
    return tuple(told)
