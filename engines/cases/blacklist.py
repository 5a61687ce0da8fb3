"""Blacklist association: which clients stand near a listed party, through which ties, told in words.

Case 1-6 of the white paper, Lanzhou Bank: blacklist association (黑名单关联) in a knowledge graph of customers. For all
clients the strongest path from a listed party within three hops is found and told. On the synthetic province some clean
firms are controlled by a relative of a listed person, and must come out; whoever only sits in the same tower as a
listed firm, or files through the same bookkeeping office, must not. Nearly everybody is within three hops of somebody
listed: the case shows how little distance says, and how much more the strength of the ties.
"""

import pandas as pd

from datasets.shared_attributes import OFFICE, TOWER
from engines.progress import Report
from engines.report.networks import describe
from engines.result import Check, Network, Number, Result
from engines.risk_graph.grouping import FEW
from engines.risk_graph.listing_tables import (
    Listing,
    all_paths,
    hop_table,
    kind_table,
    nearest_table,
    proxy_table,
    shown_clients,
    strength_table,
)
from engines.risk_graph.nearness import HOPS, WATCH, crowds, listed_on, near, proxies
from engines.risk_graph.province import credit
from engines.risk_graph.tie_scenes import paths_view

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "黑名单关联"

_MOST_PATHS = 1_000
_FEW_PATHS, _MANY_PATHS = 3, 40


def run(seed: int = 7, size: int = 2_000, progress: Report | None = None) -> Result:
    """Find who stands near a listed party, and judge it against the truth.

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
    found = _found(seed, size, progress or (lambda *_: None))
    firms = int((found.made.graph.parties["kind"] == "firm").sum())
    watched, there = found.near.watched, len(found.proxies.table)
    known = found.proxies.among(watched["client_id"])
    reached = len(found.near.firms)
    return Result(
        case="blacklist",
        title="Blacklist association: which clients stand near a listed party, and through what",
        title_zh="黑名单关联：客户与名单主体的关联路径",
        paper_case=PAPER_CASE,
        headline=f"{firms:,} firms, {len(found.near.listed)} listed parties: {reached:,} firms within {HOPS} hops, "
        f"{len(watched):,} on watch; {known} of {there} planted clients among these",
        headline_zh=f"{firms:,} 家企业、{len(found.near.listed)} 个名单主体：{HOPS} 跳内 {reached:,} 家，"
        f"列入关注 {len(watched):,} 家；{there} 个预埋客户识别 {known} 个",
        seed=seed,
        size=size,
        source=f"synthetic province, {firms:,} firms on {found.made.graph.as_of} · 合成数据",
        numbers=_numbers(found, firms),
        checks=_checks(found),
        tables=(
            *(strength_table(found), hop_table(found), kind_table(found)),
            *(nearest_table(found), proxy_table(found)),
        ),
        networks=_networks(found),
        notes=(
            "Precision counts planted clients alone and is a lower bound: others on watch are near through other ties, "
            "as the table of paths shows · 精确率仅按预埋客户计算，为下限",
            f"Strengths of ties and the watch level {WATCH:g} are ours, for teaching; they are no probabilities · "
            "关联强度与关注线为教学设定，并非概率",
            f"An attribute that more than {found.near.rules.most_sharing} share leads nowhere (the house has 50; "
            "small samples hold fewer tenants of a tower) · 共享户数超过上限的属性不作关联",
        ),
    )


def _found(seed: int, size: int, told: Report) -> Listing:
    told("tables · 数据", 0, 3)
    made = credit(seed, size)
    told("nearest · 最近名单主体", 1, 3)
    reach, planted = near(made, listed_on(made)["party_id"]), proxies(made)
    told("paths · 路径", 2, 3)
    every = all_paths(made, reach, shown_clients(reach, planted), _MOST_PATHS)
    told("paths · 路径", 3, 3)
    return Listing(made, reach, planted, every)


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if whole else "–"


def _numbers(found: Listing, firms: int) -> tuple[Number, ...]:
    watched, there = found.near.watched, len(found.proxies.table)
    known = found.proxies.among(watched["client_id"])
    mates = set(found.made.graph.ids[crowds(found.made, found.near, (TOWER, OFFICE))])
    return (
        Number("listed on the day", "当日名单主体", f"{len(found.near.listed)}"),
        Number(f"firms within {HOPS} hops of a listed party", f"{HOPS} 跳内企业", _share(len(found.near.firms), firms)),
        Number("firms on watch", "列入关注的企业", _share(len(watched), firms)),
        Number("planted clients on watch", "预埋客户识别（召回）", f"{known} of {there}"),
        Number("of those on watch planted", "关注客户中预埋（精确率下限）", _share(known, len(watched))),
        Number(
            "with a listed firm in one tower or office, on watch for another reason",
            "与名单企业同楼或同代账、因其他关联列入关注",
            _share(len(mates & set(watched["client_id"])), len(mates)),
        ),
    )


def _checks(found: Listing) -> tuple[Check, ...]:
    known, there = found.proxies.among(found.near.watched["client_id"]), len(found.proxies.table)
    told = _told(found)
    wrong = _disagreeing(found)
    late = sorted(set(found.near.parties["listed_id"]) - set(listed_on(found.made)["party_id"]))
    cut = sum(one.is_truncated for one in found.paths.values())
    is_alone, alone = _led_through(found)
    is_better, better = _strength_beats_distance(found)
    return (
        Check("every planted client is on watch", "预埋客户全部列入关注", known == there, f"{known} of {there}"),
        Check(
            "the planted path is among the paths found: relative, controller, client",
            "预埋路径（亲属—控制人—客户）均被找到",
            told == there,
            f"{told} of {there}",
        ),
        Check(
            "a tower or a bookkeeping office that hundreds share leads nowhere",
            "同一写字楼、同一代账机构不构成关联",
            is_alone,
            alone,
        ),
        Check("strength says more than distance", "强度比距离更有区分度", is_better, better),
        Check(
            "the search for all paths agrees with the strongest path, also where it was cut short",
            "全路径搜索与最强路径一致（含截断）",
            not wrong,
            ", ".join(wrong[:3]) or f"{len(found.paths)} clients; {cut} searches cut short at {_MOST_PATHS:,} paths",
        ),
        Check(
            "nobody is listed before the day of listing",
            "列名日之前不作名单主体",
            not late,
            ", ".join(late[:3]) or f"{len(found.near.listed)} listed on {found.made.graph.as_of}",
        ),
    )


def _told(found: Listing) -> int:
    """Count the planted clients whose planted path is among all paths; of a search cut short the strongest counts."""
    count = 0
    for one in found.proxies.table.to_dict("records"):
        way = (one["listed"], one["representative"], one["client"])
        count += way in set(found.paths[one["client"]].paths["party_ids"])
    return count


def _disagreeing(found: Listing) -> list[str]:
    """Clients whose strongest path is not the first of all paths."""
    strength = found.near.parties.set_index("client_id")["strength"]
    wrong = []
    for client, every in found.paths.items():
        first = float(every.paths["strength"].iloc[0]) if len(every.paths) else 0.0
        if abs(first - float(strength.get(client, 0.0))) > 1e-12 * max(first, 1e-300):
            wrong.append(client)
    return wrong


def _led_through(found: Listing) -> tuple[bool, str]:
    """Whether no strongest path leads through what hundreds share, and what was counted."""
    ties = found.made.graph.layers["shared_attribute"]
    is_right, said = True, []
    for name, node in (("tower 写字楼", f"address:{TOWER}"), ("office 代账机构", f"agent:{OFFICE}")):
        at = found.made.graph.ids.tolist().index(node) if node in set(found.made.graph.ids) else -1
        sharing, paths = int((ties.head == at).sum()), found.near.through(node)
        is_judged = sharing > FEW
        is_right &= not (is_judged and paths)
        few = "" if is_judged else ", too few in this sample to judge"
        said.append(f"{name}: {sharing} firms, {paths} paths through it{few}")
    return is_right, "; ".join(said)


def _strength_beats_distance(found: Listing) -> tuple[bool, str]:
    """Whether planted clients are denser on watch than among as many hops as they are away."""
    firms, watched = found.near.firms, found.near.watched
    within = firms[firms["nearest_hops"] <= 2]
    if not len(found.proxies.table):
        return True, "nothing planted in this sample"
    by_strength = found.proxies.among(watched["client_id"]) / max(len(watched), 1)
    by_hops = found.proxies.among(within["client_id"]) / max(len(within), 1)
    return by_strength > by_hops, f"planted on watch {100 * by_strength:.1f} %, within 2 hops {100 * by_hops:.1f} %"


def _networks(found: Listing) -> tuple[Network, ...]:
    counts = pd.Series({client: len(every.paths) for client, every in found.paths.items()}, dtype="int64")
    some = counts[(counts >= _FEW_PATHS) & (counts <= _MANY_PATHS)]
    planted = [client for client in some.index if found.proxies.among([client])]
    chosen = str(some[planted].idxmin() if planted else some.idxmin()) if len(some) else ""
    if not chosen:
        return ()

    def draw() -> dict[str, object]:
        ways = found.paths[chosen].paths["party_ids"].tolist()
        return describe(paths_view(found.made, chosen, ways, found.near.listed))

    return (
        Network(
            f"Paths from listed parties to {found.made.names[chosen]}",
            f"名单主体到{found.made.names[chosen]}的关联路径",
            "At the left listed parties, at the right the client; paths within three hops, the longest left out.",
            draw,
        ),
    )
