"""Tables of the case `limits`: groups and their reasons, exposures, limits as data, breaches in words."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from credit_graph.groups import Groups
from credit_graph.limits import house_limits
from credit_graph.phrases import part
from engines.result import Table
from engines.risk_graph.amounts import wan
from engines.risk_graph.grouping import LOOK_ALIKES, PLANTED, GroupScore, firms_by_group, policy_for, tied_by
from engines.risk_graph.lending_limits import Books, BreachScore
from engines.risk_graph.province import Credit
from engines.risk_graph.rulers import Circles

__all__ = [
    "Lending",
    "breach_table",
    "control_table",
    "exposure_table",
    "group_table",
    "judged_breaches",
    "judged_groups",
    "limit_table",
    "mixture_table",
    "rule_table",
    "tie_table",
]

_SHOWN = 12
_CIRCLES_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Lending:
    """What the case found: the groups, the books of all banks, and both judged against the truth.

    Parameters
    ----------
    made, groups, books, circles
        The tables and graph, the connected groups, exposures and limits, and who is behind circles of shareholdings.
    judged
        The groups judged with all rules.
    judged_without
        The same with one kind of tie left out, by its name.
    breaches
        The planted breaches judged.
    """

    made: Credit
    groups: Groups
    books: Books
    circles: Circles
    judged: tuple[GroupScore, ...]
    judged_without: Mapping[str, tuple[GroupScore, ...]]
    breaches: tuple[BreachScore, ...]

    def name(self, party: str) -> str:
        """Return the name of a party with its identifier."""
        return f"{self.made.names[party]} ({party})"

    def borrowers(self, bank: str, group: str) -> list[str]:
        """Return the firms of a group that owe a bank or are guarantors there, the largest exposure first."""
        members = self.groups.members.loc[self.groups.members["group_id"] == group, "party_id"]
        owed = self.books.exposures
        mine = owed[(owed["bank_id"] == bank) & (owed["scope"] == "party") & owed["client_id"].isin(list(members))]
        ordered = mine.sort_values("exposure_fen", ascending=False, kind="stable")["client_id"]
        return [str(one) for one in ordered if str(one).startswith("F")]

    def why(self, bank: str, group: str) -> tuple[str, str]:
        """Return in Chinese and English what ties a group's two largest borrowers; for one alone, its first tie."""
        firms = self.borrowers(bank, group)
        if len(firms) > 1:
            links = self.groups.explain_link(firms[0], firms[1])
        else:
            links = self.groups.links[self.groups.links["group_id"] == group].head(1)
        return "；".join(links["reason_zh"]), "; ".join(links["reason_en"])


def judged_groups(found: Lending) -> Table:
    """Return how many planted groups and look-alikes are in one group, alone, and with the person behind."""
    rows = []
    for one in found.judged:
        has_person = one.kind in PLANTED and one.kind != "parent_subsidiaries"
        person = f"{one.with_person}" if has_person else "–"
        rows.append((_kind(one.kind), f"{one.planted}", f"{one.whole}", f"{one.exact}", person))
    head = (
        *("planted · 预埋", "there are · 数量", "in one group · 归为一组", "no other firm · 无多余企业"),
        "with the person behind · 含背后人",
    )
    return Table(
        "Planted groups found whole, and look-alikes joined", "预埋集团完整识别数与相似结构归并数", head, tuple(rows)
    )


def tie_table(found: Lending) -> Table:
    """Return how many planted groups and look-alikes are in one group when a kind of tie is left out."""
    ways = (found.judged, *found.judged_without.values())
    rows = [(_kind(one[0].kind), *(f"{score.whole}" for score in one)) for one in zip(*ways, strict=True)]
    names = {"kinship": "no kinship · 去亲属", "ownership": "no shares · 去股权", "shared_attribute": "no 7-1 · 去属性"}
    head = ("planted · 预埋", "all ties · 全部关联", *(names[name] for name in found.judged_without))
    return Table("In one group, with ties left out: what each is good for", "去除某类关联后的归并数", head, tuple(rows))


def _kind(kind: str) -> str:
    return kind.replace("_", " ") + (" (look-alike · 相似)" if kind in LOOK_ALIKES else "")


def mixture_table(found: Lending, planted: Mapping[str, str]) -> Table:
    """Return what the groups of several firms rest on, and in how many of them one is planted.

    Parameters
    ----------
    found
        What the case found.
    planted
        The kind that is planted in a group, by its name.
    """
    firms = firms_by_group(found.groups)
    several = tied_by(found.groups)[firms.index[firms > 1]]
    rows = []
    for mixture, count in several.value_counts(sort=True).items():
        names = several.index[several == mixture]
        known = sum(name in planted for name in names)
        rows.append((str(mixture).replace("_", " "), f"{count:,}", f"{known:,}", str(int(firms[names].max()))))
    head = ("links · 关联依据", "groups · 集团", "planted · 其中预埋", "most firms · 最多企业")
    return Table("What ties groups of several firms", "多企业集团的关联依据", head, tuple(rows))


def rule_table(found: Lending, windows: Mapping[str, tuple[int, int]]) -> Table:
    """Return the rules of shared attributes with the pairs that they find, with and without their windows."""
    policy = policy_for(int((found.made.graph.parties["kind"] == "firm").sum()))
    ignored = found.groups.ignored
    rows = []
    for rule in policy.rules:
        inside, ever = windows[rule.attribute]
        most = f"{rule.at_least}-{rule.most}"
        window = "" if rule.within_days is None else f"{rule.within_days}"
        crowds = int((ignored["attribute"] == rule.attribute).sum())
        title = f"{rule.title_zh} {rule.title_en}"
        rows.append((title, most, window, f"{rule.weight}", f"{inside:,}", f"{ever:,}", f"{crowds}"))
    head = (
        *("rule of 7-1 · 规则", "sharing · 户数", "days · 时间窗", f"weight, {policy.needed} needed · 权重"),
        *("pairs · 对数", "at any time · 不限时间", "too many share · 超上限"),
    )
    return Table("Who shares what: the rules, and what they find", "共同属性规则及命中", head, tuple(rows))


def exposure_table(found: Lending) -> Table:
    """Return for each bank what it has lent, what it may call, its largest group and its breaches."""
    rows = []
    for bank in found.made.tables["banks"].to_dict("records"):
        owed = found.books.exposures[found.books.exposures["bank_id"] == bank["party_id"]]
        single, grouped = owed[owed["scope"] == "party"], owed[owed["scope"] == "group"]
        largest = int(grouped["exposure_fen"].max()) if len(grouped) else 0
        broken = found.books.breaches
        rows.append(
            (
                bank["name"],
                wan(bank["net_capital_fen"]),
                wan(int(single["loans_fen"].sum())),
                wan(int(single["guarantees_fen"].sum())),
                part(largest / bank["tier1_capital_fen"]),
                f"{int((broken['bank_id'] == bank['party_id']).sum())}",
            )
        )
    head = (
        *("bank · 银行", "net capital · 资本净额", "loans · 贷款", "guarantees · 或有"),
        *("largest group of tier 1 · 最大集团占一级资本", "breaches · 超限"),
    )
    return Table("Exposures of each bank", "各银行风险暴露", head, tuple(rows))


def limit_table(found: Lending) -> Table:
    """Return the limits as they stand in the data: share, source, article and what of it was checked."""
    counts = found.books.breaches["limit"].value_counts()
    rows = []
    for limit in house_limits():
        capital = "资本净额 net capital" if limit.capital == "net_capital_fen" else "一级资本净额 tier 1"
        source = f"{limit.source_zh}{limit.article}; checked: {limit.checked}"
        title = f"{limit.title_zh} {limit.title_en}"
        rows.append((title, f"{part(float(limit.share))} {capital}", f"{int(counts.get(limit.name, 0))}", source))
    head = ("limit · 限额", "at most · 上限", "breaches · 超限", "source, and what was checked · 依据与核对情况")
    return Table("Limits, as they stand in the data", "限额（数据化）", head, tuple(rows))


def judged_breaches(found: Lending) -> Table:
    """Return how planted amounts just above and under a limit are told."""
    rows = []
    for one in found.breaches:
        precision = f"{one.right} of {one.breaches}"
        title, is_group = ("one client 单一客户", False) if one.kind == "limit_one" else ("group 集团客户", True)
        further = (f"{one.grown}", f"{one.with_guarantees}") if is_group else ("–", "–")
        rows.append((title, f"{one.found} of {one.above}", f"{one.under}", f"{one.mistaken}", *further, precision))
    head = (
        *("planted · 预埋", "above, told · 超限识别", "just under · 临界", "told by mistake · 误报"),
        *("over by further members · 因其他成员超限", "over by guarantees · 计入担保超限"),
        "of all breaches · 精确率",
    )
    return Table("Planted breaches, by loans alone", "预埋超限识别（仅计贷款）", head, tuple(rows))


def breach_table(found: Lending) -> Table:
    """Return the breaches that use most of their limit, in words."""
    limits = {limit.name: limit for limit in house_limits()}
    sizes = found.groups.members.groupby("group_id").size()
    rows = []
    for one in found.books.breaches.head(_SHOWN).to_dict("records"):
        client = found.name(one["client_id"])
        if one["scope"] == "group":
            client = f"集团 group {client}, {int(sizes[one['client_id']])} 户 members"
        bank = found.made.names[one["bank_id"]]
        used, limit = f"{100 * one['used_share']:.0f}%", limits[one["limit"]]
        # where the limit is written stands in the table of limits
        zh, en = one["words_zh"].split("依据")[0], one["words_en"].split(f" {limit.source_en}")[0]
        rows.append((bank, client, used, zh, en))
    head = ("bank · 银行", "client · 客户", "used · 占限额", "说明", "in words")
    return Table("Breaches that use most of their limit", "超限最多的客户与集团", head, tuple(rows))


def group_table(found: Lending) -> Table:
    """Return the groups in breach with what ties their two largest borrowers."""
    broken = found.books.breaches
    broken = broken[broken["limit"] == "group_exposure"].drop_duplicates("client_id").head(_SHOWN)
    rows = []
    for one in broken.to_dict("records"):
        members = found.groups.members.loc[found.groups.members["group_id"] == one["client_id"], "party_id"]
        firms = int(members.str.startswith("F").sum())
        zh, en = found.why(one["bank_id"], one["client_id"])
        size = f"{firms} + {len(members) - firms}"
        rows.append((found.name(one["client_id"]), found.made.names[one["bank_id"]], size, zh, en))
    head = ("group · 集团", "bank · 银行", "firms + people · 企业+自然人", "关联依据", "why these are one group")
    return Table(
        "Groups above the limit, and what ties their largest borrowers", "超限集团的关联依据", head, tuple(rows)
    )


def control_table(found: Lending) -> Table:
    """Return who controls the companies of circles of shareholdings, with votes and dividend rights."""
    companies = found.circles.companies
    some = companies[companies["kind"] == "circular_ownership"].head(_CIRCLES_SHOWN)
    rows = []
    for one in some.to_dict("records"):
        if pd.isna(one["controller_id"]):
            controller, votes, way = "nobody · 无", "–", ""
        else:
            controller, votes = found.name(one["controller_id"]), part(one["votes"])
            way = one["chain_zh"].split("最强控制链 ")[1].split("，最弱")[0]
        rows.append((found.name(one["company_id"]), controller, votes, part(one["dividend_share"]), way))
    head = (
        *("company · 企业", "controller · 实际控制人", "votes · 表决权", "dividends · 分红权"),
        "strongest chain · 最强控制链",
    )
    return Table("Ultimate controllers through circular ownership", "循环持股下的实际控制人", head, tuple(rows))
