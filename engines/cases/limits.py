"""Limits: which clients are one group and why, what each bank can lose by it, and whether that stays within the limits.

Case 1-6 of the white paper, Lanzhou Bank: group customers (集团客户) and concentration of credit (授信集中度) in a
knowledge graph; the account rules of case 7-1 tie whoever shares a representative, officer, agent or address. The
province's planted groups must be found whole, its planted breaches told and what is just under a limit left alone. What
looks like a group and is none is told too, also where the rules join it: relatives with separate firms are joined.
"""

from datasets.shared_attributes import OFFICE, TOWER
from engines.progress import Report
from engines.report.networks import describe
from engines.result import Check, Network, Number, Result
from engines.risk_graph.grouping import (
    FEW,
    LOOK_ALIKES,
    PLANTED,
    GroupScore,
    firms_by_group,
    groups_of,
    joined_by_value,
    judge_groups,
    planted_in,
    without_window,
)
from engines.risk_graph.lending_limits import books_of, judge_breaches, total_slips
from engines.risk_graph.limit_tables import (
    Lending,
    breach_table,
    control_table,
    exposure_table,
    group_table,
    judged_breaches,
    judged_groups,
    limit_table,
    mixture_table,
    rule_table,
    tie_table,
)
from engines.risk_graph.province import credit
from engines.risk_graph.rulers import circles_of_ownership
from engines.risk_graph.tie_scenes import group_view

__all__ = ["PAPER_CASE", "TITLE_ZH", "run"]

PAPER_CASE = "1-6"
TITLE_ZH = "授信集中度与集团客户"

_CROWD = 20
_LEFT_OUT = ("kinship", "ownership", "shared_attribute")


def run(seed: int = 7, size: int = 2_000, progress: Report | None = None) -> Result:
    """Find the groups of the province, hold the banks' exposures against the limits, and judge both.

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
    made, inside = found.made, planted_in(found.groups, found.made.truth)
    firms = int((made.graph.parties["kind"] == "firm").sum())
    above, told = sum(one.above for one in found.breaches), sum(one.found for one in found.breaches)
    whole, there = _whole(found.judged, PLANTED)
    several, broken = int((firms_by_group(found.groups) > 1).sum()), len(found.books.breaches)
    return Result(
        case="limits",
        title="Limits: groups of connected clients, and what each bank can lose by one of them",
        title_zh="授信集中度与集团客户：关联识别、风险暴露与限额",
        paper_case=PAPER_CASE,
        headline=f"{firms:,} firms: {several} groups of several firms, {broken} breaches of a limit; "
        f"{whole} of {there} planted groups found whole, {told} of {above} planted breaches told",
        headline_zh=f"{firms:,} 家企业：多企业集团 {several} 个、超限 {broken} 项；"
        f"{there} 个预埋集团完整识别 {whole} 个，{above} 项预埋超限识别 {told} 项",
        seed=seed,
        size=size,
        source=f"synthetic province, {firms:,} firms on {made.graph.as_of} · 合成数据",
        numbers=_numbers(found, inside),
        checks=_checks(found),
        tables=(
            *(
                judged_groups(found),
                tie_table(found),
                mixture_table(found, inside),
                rule_table(found, without_window(made)),
            ),
            *(control_table(found), exposure_table(found), limit_table(found)),
            *(judged_breaches(found), breach_table(found), group_table(found)),
        ),
        networks=_networks(found, inside),
        notes=_notes(found),
    )


def _found(seed: int, size: int, told: Report) -> Lending:
    told("tables · 数据", 0, 4)
    made = credit(seed, size)
    told("groups · 集团", 1, 4)
    groups = groups_of(made)
    judged = judge_groups(groups, made.truth)
    judged_without = {kind: judge_groups(groups_of(made, kind), made.truth) for kind in _LEFT_OUT}
    told("controllers · 实际控制人", 2, 4)
    circles = circles_of_ownership(made)
    told("limits · 限额", 3, 4)
    books = books_of(made, groups)
    breaches = judge_breaches(made, groups, books)
    told("limits · 限额", 4, 4)
    return Lending(made, groups, books, circles, judged, judged_without, breaches)


def _whole(judged: tuple[GroupScore, ...], kinds: tuple[str, ...]) -> tuple[int, int]:
    some = [one for one in judged if one.kind in kinds]
    return sum(one.whole for one in some), sum(one.planted for one in some)


def _by_value(found: Lending) -> dict[str, tuple[int, int]]:
    values = {"tower 写字楼": TOWER, "bookkeeping office 代账机构": OFFICE}
    return {name: joined_by_value(found.made, found.groups, value) for name, value in values.items()}


def _numbers(found: Lending, inside: dict[str, str]) -> tuple[Number, ...]:
    whole, there = _whole(found.judged, PLANTED)
    several = firms_by_group(found.groups)
    groups = int((several > 1).sum())
    by_loans, by_group = found.breaches
    broken = found.books.breaches["limit"].value_counts()
    return (
        Number("planted groups found whole", "预埋集团完整识别", f"{whole} of {there}"),
        Number(
            "groups of several firms with a planted one",
            "多企业集团中含预埋者",
            f"{len(inside)} of {groups}",
            note="the others are tied by the registers too · 其余亦有登记关联，非误判",
        ),
        Number("planted clients above a limit told", "预埋单一客户超限识别", f"{by_loans.found} of {by_loans.above}"),
        Number("planted groups above a limit told", "预埋集团超限识别", f"{by_group.found} of {by_group.above}"),
        Number(
            "groups above 20 % with guarantees, and by loans alone",
            "集团超限数：计入担保与仅计贷款",
            f"{int(broken.get('group_exposure', 0))} and {by_group.breaches}",
        ),
    )


def _checks(found: Lending) -> tuple[Check, ...]:
    scores = {one.kind: one for one in found.judged}
    crossed, values = scores[LOOK_ALIKES[0]], _by_value(found)
    controlled, companies = found.circles.found("circular_ownership")
    slips = total_slips(found.made, found.groups, found.books)
    return (
        Check(
            "every planted group is found whole",
            "预埋集团全部完整识别",
            all(scores[kind].whole == scores[kind].planted for kind in PLANTED),
            ", ".join(f"{kind} {scores[kind].whole}/{scores[kind].planted}" for kind in PLANTED),
        ),
        Check(
            "small holdings in each other, a tower and a bookkeeping office tie nobody",
            "小额交叉持股、同一写字楼、同一代账机构均未误并",
            # what few share in a small sample is no tower there
            not crossed.whole and not any(joined for joined, having in values.values() if having > FEW),
            f"cross shareholding {crossed.whole}/{crossed.planted}, "
            + ", ".join(f"{name} {joined}/{having} firms" for name, (joined, having) in values.items()),
        ),
        Check(
            "the person behind every circle of companies is found",
            "循环持股的实际控制人全部识别",
            controlled == companies,
            f"{controlled} of {companies} companies",
        ),
        Check(
            "every planted breach is told, and nothing under a limit by mistake",
            "预埋超限全部识别，临界未误报",
            all(one.found == one.above and not one.mistaken and not one.others for one in found.breaches),
            ", ".join(
                f"{one.kind} {one.found}/{one.above} told, {one.under} just under of which {one.mistaken} by mistake "
                f"and {one.grown} with further members, {one.others} not planted"
                for one in found.breaches
            ),
        ),
        Check(
            "every fen is counted once",
            "每分钱只计一次",
            not slips,
            "; ".join(slips[:3]) or "loans add up to those of the banks, groups to their members",
        ),
    )


def _networks(found: Lending, inside: dict[str, str]) -> tuple[Network, ...]:
    firms, broken = firms_by_group(found.groups), found.books.breaches
    hidden = [group for group in firms.index if inside.get(group) == "hidden_group"]
    ranked = broken[broken["scope"] == "group"].drop_duplicates("client_id").set_index("client_id")["bank_id"]
    # a hidden group in breach tells most, then any hidden group, then the largest group there is
    chosen = [group for group in hidden if group in ranked.index] + hidden + list(firms.index[:1])
    if not chosen:
        return ()

    def draw() -> dict[str, object]:
        group = chosen[0]
        bank = str(ranked[group]) if group in ranked.index else ""
        members = found.groups.members.loc[found.groups.members["group_id"] == group, "party_id"].tolist()
        centre = [*found.borrowers(bank, group), *members][0]
        label = f"集团客户 connected group {group}"
        return describe(group_view(found.made, label, members, _CROWD, centre, bank))

    return (
        Network(
            "A hidden group: who holds, controls, is related and shares what",
            "隐性集团：持股、控制、亲属与共同属性",
            "Few declare control: relatives hold the firms. People stand at the left of the firms, what firms share at "
            "the right; the bank, if there is one, is that whose limit the group breaches.",
            draw,
        ),
    )


def _notes(found: Lending) -> tuple[str, ...]:
    family = next(one for one in found.judged if one.kind == "family_apart")
    without = next(one for one in found.judged_without["kinship"] if one.kind == "family_apart")
    hidden = next(one for one in found.judged_without["kinship"] if one.kind == "hidden_group")
    return (
        f"Relatives with separate firms (family_apart) are joined by the rule of kinship, {family.whole} of "
        f"{family.planted}; without it {without.whole}, but then {hidden.whole} of {hidden.planted} hidden groups are "
        "found whole. A credit officer decides · 亲属各自经营的企业按亲属规则归并，需人工判断",
        "Articles and shares of the limits are compared with secondary sources, not verified against the orders' own "
        "texts; what was checked stands beside each · 限额条文依据二手资料核对，未经原文核对",
        "Planted breaches count loans alone; with guarantees more groups are above, and that is told apart · "
        "预埋超限仅计贷款，计入担保后另列",
        "Agents, windows and weights are ours, for teaching; case 7-1 publishes none · 规则参数为教学设定",
    )
