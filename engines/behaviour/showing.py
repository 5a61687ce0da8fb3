"""Tables and pictures of the behaviour-risk case."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from engines.behaviour.devices import Found, Terminals
from engines.behaviour.models import Reached
from engines.behaviour.people import Linked
from engines.report.risk_pictures import importance_bars
from engines.result import Picture, Table
from fraud.identity.matching import Match
from fraud.identity.threats import Threat

__all__ = [
    "compared_table",
    "devices_table",
    "features_table",
    "links_table",
    "models_picture",
    "models_table",
    "threats_table",
    "worst_note",
]

_MOST_PARTS = 8
_MOST_LINKS = 6


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def devices_table(found: list[Found]) -> Table:
    """Show the ways of telling devices apart."""
    rows = tuple((f"{one.name} · {one.name_zh}", _percent(one.precision), _percent(one.recall)) for one in found)
    columns = ("way · 方法", "precision · 精确率", "recall · 召回率")
    return Table("One device or two, among pairs that look alike", "相似设备对的判定", columns, rows)


def compared_table(title: str, title_zh: str, match: Match) -> Table:
    """Show one comparison, attribute by attribute, the heaviest first; weights are powers of ten."""
    heavy = sorted(match.parts, key=lambda part: -abs(part.weight))[:_MOST_PARTS]
    rows = [(f"{part.attribute} · {part.attribute_zh}", part.level, f"{part.weight:+.2f}") for part in heavy]
    rows.append(("probability of one device · 同一设备概率", match.decision, f"{match.probability:.4f}"))
    return Table(title, title_zh, ("attribute · 属性", "compared · 比较", "weight · 权重"), tuple(rows))


def threats_table(kinds: list[Terminals]) -> Table:
    """Show for each kind of device in how many of its sightings a threat is grave."""
    threats = list(kinds[0].grave) if kinds else []
    rows = tuple((one.kind, f"{one.sightings:,}", *(f"{one.grave[name]:,}" for name in threats)) for one in kinds)
    return Table(
        "Grave threats by kind of device", "各类终端的严重威胁", ("kind · 类别", "seen · 次数", *threats), rows
    )


def links_table(linked: Linked) -> Table:
    """Show how two contacts in different channels were found to be one person's."""
    rows = tuple((f"{link.strength:.2f}", link.explain()) for link in linked.path[:_MOST_LINKS])
    return Table("Why two contacts are one person's", "跨渠道身份关联的依据", ("strength · 强度", "link · 关联"), rows)


def models_table(reached: list[Reached]) -> Table:
    """Show the models side by side."""
    rows = tuple(
        (f"{one.name} · {one.name_zh}", f"{one.average_precision:.3f}", _percent(one.recall), _percent(one.value))
        for one in reached
    )
    columns = (
        "model · 模型",
        "average precision · 平均精确率",
        "frauds at 0.1 % · 预警 0.1% 笔数",
        "money at 0.1 % · 预警 0.1% 金额",
    )
    return Table("Models on the same later payments", "各模型在同一批后续交易上的效果", columns, rows)


def features_table(gains: list[tuple[str, float]], meanings: Callable[[str], tuple[str, str]]) -> Table:
    """Show what tells most about fraud."""
    rows = tuple((name, " · ".join(meanings(name)), f"{gain * 1_000:.2f}") for name, gain in gains)
    columns = ("feature · 特征", "meaning · 含义", "thousandths of a bit · 毫比特")
    return Table("What tells most about fraud (information gain)", "信息增益最大的特征", columns, rows)


def worst_note(worst: Threat) -> str:
    """Say why the most threatened terminal is."""
    return f"The most threatened terminal · 威胁最大的终端: {worst.explain()} · {worst.explain(chinese=True)}"


def models_picture(reached: list[Reached]) -> Picture:
    """Draw the models' average precision."""

    def draw() -> dict[str, Any]:
        rows = [
            {"name": f"{one.name} · {one.name_zh}", "value": one.average_precision, "error": 0.0}
            | {"text": f"{one.average_precision:.3f}"}
            for one in reached
        ]
        return importance_bars(pd.DataFrame(rows), "average precision · 平均精确率")

    caption = (
        "Average precision on later payments that no model has seen: the mean precision over all thresholds. "
        "在模型未见过的后续交易上的平均精确率。"
    )
    return Picture("Models side by side", "模型对比", caption, draw)
