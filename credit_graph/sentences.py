"""What is known of one party, said in sentences that a credit officer reads, in English and Chinese.

Each topic begins with its answer; what was looked for and not found is said too, so that silence is never mistaken for
a clean file. Of long lists the first few are named and the others counted.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from credit_graph.graph import Graph
from credit_graph.phrases import Words, called, part, yuan

__all__ = ["TOPICS", "sentences_of"]

TOPICS = {
    "position": "所处位置",
    "exposures": "敞口",
    "pulled down by": "谁能拖垮它",
    "pulls down": "它能拖垮谁",
    "group": "所属集团",
    "limits": "授信限额",
    "lists": "名单关联",
}
"""The topics of the page, in order."""

_NAMED = 3
_ROLES = {
    "owes": Words("贷款来自", "It owes"),
    "stands for": Words("对外担保", "It stands for"),
    "guaranteed by": Words("接受担保", "It is guaranteed by"),
}


def sentences_of(
    graph: Graph, page: Mapping[str, Any], buffer: float, is_truncated: bool, has_capital: bool
) -> pd.DataFrame:
    """Return topic, topic_zh, en, zh in the order of the page.

    Parameters
    ----------
    graph
        For the names.
    page
        The fields of a `credit_graph.explain.Explanation`.
    buffer
        What the party can pay, fen; infinite if that is unknown.
    is_truncated
        Whether the search for paths was cut short.
    has_capital
        Whether limits were checked.
    """
    who = _called(graph, page["party_id"])
    said = {
        "position": _position(who, page),
        "exposures": _exposures(page["exposures"], graph),
        "pulled down by": _pulled_down_by(graph, page["falls"], buffer),
        "pulls down": _pulls_down(graph, page["falls"].pulls_down),
        "group": _group(graph, page),
        "limits": _limits(page["limits"], has_capital),
        "lists": _lists(page["listed"], is_truncated),
    }
    rows = [(topic, TOPICS[topic], one.en, one.zh) for topic, some in said.items() for one in some]
    return pd.DataFrame(rows, columns=["topic", "topic_zh", "en", "zh"])


def _called(graph: Graph, party_id: str) -> str:
    return called(graph, int(graph.codes([party_id])[0]))


def _position(who: str, page: Mapping[str, Any]) -> list[Words]:
    place, structures = page["place"].iloc[0], page["structures"]
    given, taken = int(place["borrowers"]), int(place["guarantors"])
    if not given and not taken:
        return [Words(f"{who} 当日既无对外担保，也无他人担保。", f"{who} gives and has no guarantees on the day.")]
    joined = int(place["component_size"])
    told = [
        Words(
            f"{who} 为 {given} 户担保，由 {taken} 户担保；经担保关系共连通 {joined} 户，核数 {int(place['core'])}。",
            f"{who} stands for {given} and is guaranteed by {taken}; guarantees connect {joined} parties, and it lies "
            f"in the core of degree {int(place['core'])}.",
        )
    ]
    told += [_structures(page["party_id"], some) for _, some in structures.groupby("kind", sort=False)]
    return (
        told if len(structures) else [*told, Words("不属于任何担保结构。", "It is part of no pair, circle or chain.")]
    )


def _structures(party_id: str, some: pd.DataFrame) -> Words:
    """Say of all structures of one kind what they are, with whom, and why it matters."""
    first, count = some.iloc[0], len(some)
    others = list(dict.fromkeys(one for members in some["party_ids"] for one in members if one != party_id))
    amount, title = yuan(int(some["amount_fen"].sum())), str(first["title"])
    many_zh, sum_en = (f" {count} 个", " in all") if count > 1 else ("", "")
    with_zh, with_en = (f"（同 {_listed(others)}）", f" with {_listed(others)}") if others else ("", "")
    what = f"{count} times {title}" if count > 1 else f"{'an' if title[0] in 'aeiou' else 'a'} {title}"
    return Words(
        f"{first['title_zh']}{many_zh}{with_zh}，金额 {amount.zh}：{first['why_zh']}。",
        f"It is {'part of ' if others else ''}{what}{with_en}, {amount.en}{sum_en}: {first['why']}.",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" +{len(names) - _NAMED}" if len(names) > _NAMED else "")


def _exposures(table: pd.DataFrame, graph: Graph) -> list[Words]:
    told = []
    for role, word in _ROLES.items():
        some = table[table["role"] == role]
        if len(some):
            total = yuan(int(some["amount_fen"].sum()))
            pairs = list(zip(some["party_id"], some["amount_fen"].tolist(), strict=True))
            names = [f"{_called(graph, one)} {yuan(amount).zh}" for one, amount in pairs]
            en = [f"{_called(graph, one)} {yuan(amount).en}" for one, amount in pairs]
            more = len(some)
            told.append(
                Words(
                    f"{word.zh} {more} 户，合计 {total.zh}：{_joined(names, '、')}。",
                    f"{word.en} {_parties(more)}, {total.en} in all: {_joined(en, '; ')}.",
                )
            )
    return told or [Words("该户当日无贷款，也无担保。", "It has neither loans nor guarantees on the day.")]


def _parties(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'party' if count == 1 else 'parties'}"


def _joined(names: list[str], between: str) -> str:
    return between.join(names[:_NAMED]) + (f"{between}… +{len(names) - _NAMED}" if len(names) > _NAMED else "")


def _pulled_down_by(graph: Graph, falls: Any, buffer: float) -> list[Words]:
    if not len(falls.calls):
        return [Words("该户未对外担保，不会因他人违约而被代偿。", "It stands for nobody; no fall calls it.")]
    if np.isinf(buffer):
        return [Words("代偿能力未知，视为不会倒下。", "What it can pay is unknown; it is taken not to fall.")]
    can, table = yuan(int(buffer)), falls.pulled_down_by
    more_zh = "（搜索未尽）" if falls.is_truncated else ""
    more_en = " (the search was cut short: there may be more)" if falls.is_truncated else ""
    if not len(table):
        worst = falls.calls.iloc[0]
        call = yuan(int(worst["calls_fen"]))
        return [
            Words(
                f"任何一户单独违约都拖不垮它{more_zh}：最大一笔代偿 {call.zh}（{worst['party_id']}），可付 {can.zh}。",
                f"No single fall pulls it down{more_en}: the largest call is {call.en}, by "
                f"{_called(graph, worst['party_id'])}, and it can pay {can.en}.",
            )
        ]
    told = [
        Words(
            f"有 {len(table)} 户单独违约即可拖垮它{more_zh}；其可付 {can.zh}。",
            f"{_parties(len(table))} can pull it down alone{more_en}; it can pay {can.en}.",
        )
    ]
    return told + [_chain(graph, row) for row in table.head(1).to_dict("records")]


def _chain(graph: Graph, row: Mapping[Hashable, Any]) -> Words:
    way, call = " → ".join(_called(graph, one) for one in row["through"]), yuan(int(row["calls_fen"]))
    return Words(
        f"{way}：第 {row['round']} 轮，合计被要求代偿 {call.zh}。",
        f"{way}: in round {row['round']}, called for {call.en} in all.",
    )


def _pulls_down(graph: Graph, table: pd.DataFrame) -> list[Words]:
    if not len(table):
        return [Words("该户单独违约不会拖垮任何一户。", "If it falls alone, nobody else does.")]
    rounds = int(table["round"].max())
    told = [
        Words(
            f"该户违约将在 {rounds} 轮内拖垮 {len(table)} 户。",
            f"If it falls, it pulls down {len(table)} in {rounds} {'round' if rounds == 1 else 'rounds'}.",
        )
    ]
    return told + [_chain(graph, row) for row in table.head(1).to_dict("records")]


def _group(graph: Graph, page: Mapping[str, Any]) -> list[Words]:
    above, group = page["controllers"], page["group"]
    told = [Words(f"{row['chain_zh']}。", f"{row['chain_en']}.") for row in above.to_dict("records")]
    if not len(group):
        return [*told, Words("该户不属于任何集团。", "It belongs to no group.")]
    name, size = group["group_id"].iloc[0], len(group) + 1
    first = Words(f"该户属于集团 {name}，共 {size} 户。", f"It belongs to the group {name} of {size} parties.")
    group = group[~group["party_id"].isin(above["controller_id"])]
    direct, others = group[group["links"] == 1], group[group["links"] > 1]
    reasons = [Words(f"{row['reason_zh']}。", f"{row['reason_en']}.") for row in direct.head(_NAMED).to_dict("records")]
    far = [_called(graph, one) for one in [*direct["party_id"][_NAMED:], *others["party_id"]]]
    rest = Words(f"其余成员：{_joined(far, '、')}。", f"The others: {_joined(far, '; ')}.")
    return [first, *told, *reasons, *([rest] if far else [])]


def _limits(table: pd.DataFrame, has_capital: bool) -> list[Words]:
    if not has_capital:
        return [Words("未提供银行资本，未核对限额。", "No bank's capital was given; limits were not checked.")]
    if not len(table):
        return [Words("该户在各行均无敞口。", "No bank has an exposure to it or to its group.")]
    breached = int(table["breached"].sum())
    first = Words(
        f"共 {len(table)} 项限额，超限 {breached} 项；最高使用 {part(float(table['used_share'].iloc[0]))}。",
        f"{len(table)} limits apply, {breached or 'none'} {'are' if breached > 1 else 'is'} exceeded; the most used "
        f"is at {part(float(table['used_share'].iloc[0]))}.",
    )
    shown = table[table["breached"].astype(np.bool_)].head(_NAMED).to_dict("records")
    words = [Words(f"{row['bank_id']}：{row['words_zh']}", f"At {row['bank_id']}: {row['words_en']}") for row in shown]
    return [first, *words]


def _lists(table: pd.DataFrame, is_truncated: bool) -> list[Words]:
    if not len(table):
        return [Words("该户附近没有名单内主体。", "No listed party is within reach of it.")]
    cut_zh, cut_en = ("（搜索未尽）", " or more") if is_truncated else ("", "")
    first = Words(
        f"{table['listed_id'].nunique()} 户名单内主体经 {len(table)} 条路径与该户相关{cut_zh}。",
        f"It is reached by {_parties(table['listed_id'].nunique(), 'listed ')} on "
        f"{len(table)}{cut_en} {'path' if len(table) == 1 else 'paths'}.",
    )
    best, short = table.iloc[0], table.sort_values(["hops"], kind="stable").iloc[0]
    told = [first, Words(f"最强路径：{best['words_zh']}。", f"The strongest: {best['words_en']}.")]
    if short["hops"] < best["hops"]:
        told.append(Words(f"最短路径：{short['words_zh']}。", f"The shortest: {short['words_en']}."))
    return told
