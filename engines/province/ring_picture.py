"""The ring as every engine sees it: the same nine firms in the same places, a panel for each kind of tie.

What an engine did not look at is not in its panel; the last panel lays all ties over each other. A firm keeps its
number in all pictures of the report.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from engines.province.looking import Seen
from engines.province.monitoring import linked_pairs
from engines.report.palette import BLACK, BLUE, GREY, ORANGE, PURPLE, VERMILLION, finish

__all__ = ["RingTie", "ring_panels", "ring_ties"]

_PANELS: Mapping[str, tuple[str, str, str]] = {
    "monitoring": ("shared attributes", "共同要素", GREY),
    "papers": ("papers contradict the registry", "与登记不符", ORANGE),
    "circles": ("guarantees", "担保", BLUE),
    "pledges": ("receivables; second pledges refused", "应收款与重复质押", PURPLE),
    "money": ("payments", "资金", VERMILLION),
    "all": ("all together", "合在一起", BLACK),
}
_COLUMNS, _WIDE, _HIGH = 3, 3.4, 3.5
_UNSEEN = "#b8b8b8"


class RingTie(NamedTuple):
    """A tie between two members of the ring, as one engine sees it, and whether it points from one to the other."""

    engine: str
    one: str
    other: str


def ring_ties(seen: Seen, members: Sequence[str]) -> list[RingTie]:
    """Return all ties among some firms by engine: pairs, guarantees, receivables and payments."""
    inside, tables = set(members), seen.story.tables
    pairs = linked_pairs(seen.story)
    found = [RingTie("monitoring", one, other) for one, other in zip(pairs["party_a"], pairs["party_b"], strict=True)]
    guarantees = tables["guarantee"]
    found += [RingTie("circles", *ends) for ends in zip(guarantees["from_id"], guarantees["to_id"], strict=True)]
    promises = tables["promises"]
    found += [RingTie("pledges", *ends) for ends in zip(promises["obligor_id"], promises["holder_id"], strict=True)]
    payments = tables["payments"]
    payees = "F" + payments["payee_id"].str[1:].where(payments["payee_id"].str.startswith("B"), "")
    paid = pd.DataFrame({"one": payments["customer_id"], "other": payees}).drop_duplicates()
    found += [RingTie("money", *ends) for ends in zip(paid["one"], paid["other"], strict=True)]
    return sorted({tie for tie in found if tie.one in inside and tie.other in inside and tie.one != tie.other})


def ring_panels(seen: Seen, members: Sequence[str], engines: Sequence[str]) -> dict[str, Any]:
    """Draw the panels.

    Parameters
    ----------
    seen
        The province.
    members
        The firms, in the order of their numbers.
    engines
        The engines that have looked.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    shown = [name for name in _PANELS if name in engines or name == "all"]
    dots, lines, titles = _laid_out(seen, members, engines, shown)
    return _drawn(dots, lines, titles, (len(shown) + _COLUMNS - 1) // _COLUMNS)


Rows = list[dict[str, Any]]


def _laid_out(
    seen: Seen, members: Sequence[str], engines: Sequence[str], shown: Sequence[str]
) -> tuple[Rows, Rows, Rows]:
    """Return where the firms, their ties and the titles of the panels stand."""
    ties = [tie for tie in ring_ties(seen, members) if tie.engine in engines]
    places = {firm: _place(number, len(members)) for number, firm in enumerate(members)}
    dots: Rows = []
    lines: Rows = []
    titles: Rows = []
    for number, panel in enumerate(shown):
        left, down = number % _COLUMNS * _WIDE, -(number // _COLUMNS) * _HIGH
        english, chinese, colour = _PANELS[panel]
        titles.append({"x": left, "y": down + 1.62, "text": f"{english} · {chinese}"})
        mine = [tie for tie in ties if panel in (tie.engine, "all")]
        for tie in mine:
            (x, y), (x2, y2) = places[tie.one], places[tie.other]
            ends = {"x": left + x, "y": down + y, "x2": left + x2, "y2": down + y2}
            lines.append(ends | {"colour": _PANELS[tie.engine][2], "width": 2.2 if panel != "all" else 1.4})
        touched = {firm for tie in mine for firm in (tie.one, tie.other)} | _marked(seen, members, panel, engines)
        for place, firm in enumerate(members):
            x, y = places[firm]
            said = {"number": str(place + 1), "firm": f"{seen.story.names.get(firm, firm)} ({firm})"}
            dots.append({"x": left + x, "y": down + y, "fill": colour if firm in touched else _UNSEEN} | said)
    return dots, lines, titles


def _drawn(dots: Rows, lines: Rows, titles: Rows, high: int) -> dict[str, Any]:
    import altair as alt

    across = alt.Scale(domain=[-_WIDE / 2, (_COLUMNS - 0.5) * _WIDE], nice=False, zero=False)
    upward = alt.Scale(domain=[-(high - 0.5) * _HIGH - 0.1, 1.9], nice=False, zero=False)
    right, up = alt.X("x:Q", scale=across, axis=None), alt.Y("y:Q", scale=upward, axis=None)
    segments = (
        alt.Chart(pd.DataFrame(lines, columns=["x", "y", "x2", "y2", "colour", "width"]))
        .mark_rule(opacity=0.75)
        .encode(
            x=right,
            y=up,
            x2="x2:Q",
            y2="y2:Q",
            color=alt.Color("colour:N", scale=None),
            strokeWidth=alt.StrokeWidth("width:Q", scale=None),
        )
    )
    circles = (
        alt.Chart(pd.DataFrame(dots))
        .mark_circle(size=520, opacity=1)
        .encode(x=right, y=up, color=alt.Color("fill:N", scale=None), tooltip="firm:N")
    )
    numbers = alt.Chart(pd.DataFrame(dots)).mark_text(color="#ffffff", fontSize=15, fontWeight="bold")
    words = alt.Chart(pd.DataFrame(titles)).mark_text(fontSize=15, color=BLACK)
    whole = alt.layer(
        segments, circles, numbers.encode(x=right, y=up, text="number:N"), words.encode(x=right, y=up, text="text:N")
    )
    return finish(whole.to_dict(), height=300 * high)


def _place(number: int, count: int) -> tuple[float, float]:
    angle = math.pi / 2 - 2 * math.pi * number / max(count, 1)
    return 1.15 * math.cos(angle), 1.15 * math.sin(angle)


def _marked(seen: Seen, members: Sequence[str], panel: str, engines: Sequence[str]) -> set[str]:
    """Return which firms are marked although no tie touches them: an act of their own was seen."""
    if panel == "all":
        return {firm for engine in engines for firm in _marked(seen, members, engine, ())}
    level = seen.looked.signs[panel].level
    least = {"papers": 2, "pledges": 2, "money": 2}.get(panel, len(seen.looked.signs[panel].levels))
    return {firm for firm in members if level[firm] >= least}
