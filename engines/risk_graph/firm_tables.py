"""The page on one firm as tables: sentences first, then what they rest on."""

from typing import Any

import pandas as pd

from credit_graph.explain import Explanation
from engines.result import Table
from engines.risk_graph.amounts import wan
from engines.risk_graph.province import Credit

__all__ = ["firm_tables"]

_SHOWN, _PATHS = 12, 5
_ROLES = {"owes": "owes 贷款", "stands for": "guarantees 对外担保", "guaranteed by": "guaranteed 接受担保"}


def firm_tables(made: Credit, page: Explanation) -> tuple[Table, ...]:
    """Return the tables that have something to say, the sentences first."""
    told = [_sentences(page), _structures(page), _exposures(page), _above(made, page), _below(made, page)]
    told += [_group(page), _limits(page), _paths(page)]
    return tuple(table for table in told if table.rows)


def _sentences(page: Explanation) -> Table:
    rows = []
    for topic, some in page.sentences.groupby("topic", sort=False):
        title = f"{some['topic_zh'].iloc[0]} {topic}"
        # Chinese first: it is read by Chinese officers; English under it for everybody else
        rows += [(title if not number else "", f"{row.zh} {row.en}") for number, row in enumerate(some.itertuples())]
    head = ("topic · 主题", "in words · 说明")
    return Table("What is to be known of this firm", "一页看懂该企业", head, tuple(rows))


def _structures(page: Explanation) -> Table:
    rows = tuple(
        (
            f"{some['title_zh'].iloc[0]} {some['title'].iloc[0]}" + (f" × {len(some)}" if len(some) > 1 else ""),
            str(some["level"].iloc[0]),
            f"{some['known_zh'].iloc[0]} {some['known'].iloc[0]}",
        )
        for _, some in page.structures.groupby("kind", sort=False)
    )
    head = ("structure · 结构", "level · 等级", "known of such · 实证")
    return Table("Structures that it belongs to, and what is known of such", "所属担保结构及实证", head, rows)


def _exposures(page: Explanation) -> Table:
    rows = tuple(
        (
            _ROLES[str(row["role"])],
            f"{row['name']} {row['party_id']}",
            f"{wan(int(row['amount_fen']))}元",
            str(row["ties"]),
        )
        for row in page.exposures.groupby("role", sort=False).head(_SHOWN).to_dict("records")
    )
    head = ("role · 关系", "with · 对方", "amount · 金额", "ties · 笔")
    return Table("Loans and guarantees of the day", "当日贷款与担保", head, rows)


def _above(made: Credit, page: Explanation) -> Table:
    return _falls(made, page.falls.pulled_down_by, "Whose fall alone pulls it down", "谁单独违约会拖垮它")


def _below(made: Credit, page: Explanation) -> Table:
    return _falls(made, page.falls.pulls_down, "Whom its fall pulls down", "它违约会拖垮谁")


def _falls(made: Credit, table: pd.DataFrame, title: str, title_zh: str) -> Table:
    rows = tuple(
        (
            f"{made.names[str(row['party_id'])]} {row['party_id']}",
            str(row["round"]),
            f"{wan(int(row['calls_fen']))}元",
            " → ".join(row["through"][1:-1]) or "direct · 直接",
        )
        for row in table.head(_SHOWN).to_dict("records")
    )
    more = f" ({_SHOWN} of {len(table)})" if len(table) > _SHOWN else ""
    head = ("firm · 企业", "round", "due · 应付", "through · 经")
    return Table(f"{title}{more}", title_zh, head, rows)


def _group(page: Explanation) -> Table:
    rows = tuple(
        (f"{row['name']} {row['party_id']}", f"{row['reason_zh']} {row['reason_en']}")
        for row in page.group.head(_SHOWN).to_dict("records")
    )
    more = f" ({_SHOWN} of {len(page.group)})" if len(page.group) > _SHOWN else ""
    return Table(f"Its group, and why{more}", "所属集团及依据", ("member · 成员", "because · 依据"), rows)


def _limits(page: Explanation) -> Table:
    rows = tuple(
        (
            str(row["bank_id"]),
            str(row["limit"]).replace("_", " "),
            f"{wan(int(row['amount_fen']))} / {wan(int(row['limit_fen']))}",
            f"{100 * row['used_share']:.0f} %" + (" ✗" if row["breached"] else ""),
        )
        for row in page.limits.head(_SHOWN).to_dict("records")
    )
    head = ("bank · 银行", "limit · 限额", "amount / limit · 金额", "used · 使用")
    return Table("Its limits at each bank, and those of its group", "授信限额使用", head, rows)


def _paths(page: Explanation) -> Table:
    rows = tuple(
        (str(row["listed_id"]), f"{row['hops']:g}", f"{row['strength']:.3f}", _way(row))
        for row in page.listed.head(_PATHS).to_dict("records")
    )
    more = f" ({_PATHS} of {len(page.listed)})" if len(page.listed) > _PATHS else ""
    head = ("listed · 名单主体", "hops · 跳", "strength · 强度", "through · 路径")
    return Table(f"Paths from listed parties{more}", "与名单主体的关联路径", head, rows)


def _way(row: Any) -> str:
    return " → ".join(row["party_ids"])
