"""The pictures of the case "contagion", each drawn only when a page is made."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from engines.report import risk_pictures
from engines.result import Picture
from engines.risk_graph.calls import Calls
from engines.risk_graph.losses import LEVEL, Losses
from engines.risk_graph.province import Credit
from engines.risk_graph.stopping import Circle, Stop, course

__all__ = ["pictures"]

_HUNDRED_MILLION = 10_000_000_000
_MILLION = 100_000_000
_SHOWN = 10
_FINE = 1e-9
_NEAR = 0.001
_MOST_ROUNDS = 300


def pictures(
    credit: Credit, calls: Calls, losses: Losses, stops: Sequence[tuple[Circle, Sequence[Stop]]]
) -> tuple[Picture, ...]:
    """Return the loss distribution, who causes losses, and the course of the circle that a loose stop misses most."""
    told = [_distribution(losses), _importance(credit, losses)]
    # the circles come with the largest eigenvalue first
    if stops and stops[0][0].eigenvalue > 1:
        circle, some = stops[0]
        told.append(_course(calls, circle, max(some, key=lambda stop: stop.missed).shock))
    return tuple(told)


def _distribution(losses: Losses) -> Picture:
    def draw() -> dict[str, object]:
        risk, scale = losses.risk, _HUNDRED_MILLION
        level = f"{100 * LEVEL:g} %"
        marks = {
            "EL": risk.expected_loss / scale,
            f"VaR {level}": risk.value_at_risk / scale,
            f"ES {level}": risk.expected_shortfall / scale,
        }
        values = losses.simulation.scenarios["loss_fen"].to_numpy() / scale
        return risk_pictures.loss_distribution(values, marks, risk.value_at_risk / scale)

    caption = (
        "Most years are mild; in a few many firms fail together, and their guarantors with them. EL: expected loss; "
        "VaR: value at risk; ES: expected shortfall, the mean of the worst 1 % (red). "
        "多数年份损失不大，少数年份多家企业同时违约并拖累担保人。"
        "EL 预期损失，VaR 风险价值，ES 预期短缺（最差 1% 情景的均值，红色）。"
    )
    return Picture("Losses of a year", "年度损失分布", caption, draw)


def _importance(credit: Credit, losses: Losses) -> Picture:
    def draw() -> dict[str, object]:
        top = losses.importance.head(_SHOWN)
        ids = [str(losses.calls.ids[int(firm)]) for firm in top["firm"]]
        value, error = top["caused_loss_fen"] / _MILLION, 2 * top["caused_loss_standard_error"] / _MILLION
        frame = pd.DataFrame(
            {
                "name": [f"{credit.names[party]} {party}" for party in ids],
                "value": value,
                "error": error,
                "text": [f"{one:,.1f}" for one in value],
            }
        )
        return risk_pictures.importance_bars(frame, "caused by contagion a year (m yuan) · 年均引发损失（百万元）")

    caption = (
        "The expected loss of the firms that each pulls down; the line is two standard errors to either side. "
        "各企业引发的连带违约预期损失；黑线为两倍标准误。"
    )
    return Picture("Who causes contagion", "系统重要性", caption, draw)


def _course(calls: Calls, circle: Circle, shock: float) -> Picture:
    def draw() -> dict[str, object]:
        lost, stop = course(calls, circle, shock, _FINE)
        near = int(np.flatnonzero(lost >= (1 - _NEAR) * lost[-1])[0])
        return risk_pictures.stress_by_round(lost[: min(near + 2, _MOST_ROUNDS)].tolist(), stop, float(lost[-1]))

    caption = (
        f"A circle of {len(circle.members)} firms with the eigenvalue {circle.eigenvalue:.2f}, of which the first "
        f"loses {100 * shock:g} % of its buffer: the steps are small at first, and a loose stop sees nothing. "
        f"特征值大于 1 的担保圈：起初每轮变化极小，提前停止会误判为无事发生。"
    )
    return Picture("Why a loose stop is wrong", "提前停止为何出错", caption, draw)
