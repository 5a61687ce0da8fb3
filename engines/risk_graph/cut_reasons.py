"""Why a guarantee should be released, in words that a credit officer can check."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.kernels.strong import strong_components
from credit_graph.phrases import Words, called
from engines.risk_graph.amounts import wan
from engines.risk_graph.cutting import Cuts
from engines.risk_graph.falls import fall

__all__ = ["Advice", "advice"]


@dataclass(frozen=True, eq=False)
class Advice:
    """One guarantee to release: its place in the layer of the calls, who stands for whom, the amount, and why."""

    tie: int
    guarantor: str
    borrower: str
    amount_fen: int
    why: Words


def advice(found: Cuts, strategy: str, most: int = 10) -> tuple[Advice, ...]:
    """Return the first guarantees that a strategy releases, those over which most contagion passed first.

    Parameters
    ----------
    found
        The releases.
    strategy
        Whose.
    most
        How many.
    """
    ties, blame = found.calls.guarantees, found.blame.tie_defaults
    released = np.flatnonzero(found.by_strategy[strategy].released)
    first = released[np.lexsort((released, -blame[released]))][:most]
    circle = strong_components(ties.out.start, ties.out.to)
    fate = found.fall_chance()
    return tuple(_one(found, int(tie), circle, fate) for tie in first)


def _one(found: Cuts, tie: int, circle: npt.NDArray[np.int32], fate: npt.NDArray[np.float64]) -> Advice:
    calls, graph, ties = found.calls, found.credit.graph, found.calls.guarantees
    giver, taker = int(ties.tail[tie]), int(ties.head[tie])
    carried = 1000 * found.blame.tie_defaults[tie] / max(found.blame.contagion_defaults, 1)
    victims = fall(calls, [giver]).contagion
    # the borrower fell before
    down = int(victims.sum()) - int(victims[taker])
    others = int((graph.layers["guarantee"].head == calls.codes[taker]).sum()) - 1
    part = _part(calls.call_fen[tie], calls.buffer_fen[giver])
    shape, shape_zh = _shape(found, tie, bool(circle[giver] == circle[taker]))
    pulls, pulls_zh = (f", and its fall pulls down {down} more", f"，其违约再拖垮 {down} 户") if down else ("", "")
    why = Words(
        zh=f"借款人年违约概率 {100 * fate[taker]:.1f}%，违约时担保人须代偿 {wan(int(calls.call_fen[tie]))}元，"
        f"为其可付额的 {part}{pulls_zh}；每千户传导违约有 {carried:.0f} 户经此笔；{shape_zh}；"
        f"借款人另有担保 {others} 笔",
        en=f"the borrower falls in {100 * fate[taker]:.1f} % of years; the guarantor is then called for {part} of what "
        f"it can pay{pulls}; {carried:.0f} of 1,000 contagion defaults pass over it; {shape}; other guarantees for the "
        f"borrower: {others}",
    )
    names = called(graph, int(calls.codes[giver])), called(graph, int(calls.codes[taker]))
    return Advice(tie, *names, int(ties.amount_fen[tie]), why)


def _part(call: float, buffer: float) -> str:
    # a firm without anything would be called for infinitely often what it has
    return f"{100 * call / buffer:,.0f} %" if 0 < call < 100 * buffer else "> 9,999 %" if call else "0 %"


def _shape(found: Cuts, tie: int, is_in_circle: bool) -> tuple[str, str]:
    ties = found.calls.guarantees
    back = (ties.tail == ties.head[tie]) & (ties.head == ties.tail[tie])
    if back.any():
        return "both stand for each other", "双方互保"
    return (
        ("part of a circle", "在担保圈内")
        if is_in_circle
        else ("part of a chain, in no circle", "在担保链上，不在圈内")
    )
