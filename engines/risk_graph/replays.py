"""The fall of one firm as a picture that plays round by round, and as lines that say why each firm fell."""

from collections.abc import Iterable

import numpy as np

from credit_graph.frontier import Cascade
from engines.report.networks import LIMITS, Call, Step, View
from engines.risk_graph.amounts import wan
from engines.risk_graph.calls import Calls
from engines.risk_graph.province import Credit
from engines.risk_graph.scenes import edges_among, nodes_of

__all__ = ["replay", "rounds_told"]

_NAMED = 3


def rounds_told(credit: Credit, calls: Calls, result: Cascade) -> tuple[tuple[str, ...], ...]:
    """Return a row for each firm that fell: round, firm, what it was called for and could pay, by whose fall.

    Examples
    --------
    >>> from engines.risk_graph.calls import calls_of
    >>> from engines.risk_graph.falls import fall, falls
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 80)
    >>> calls = calls_of(made.graph, np.zeros(made.graph.n, bool))
    >>> rounds_told(made, calls, fall(calls, [0]))[0][0]
    '0'
    """
    fell = np.flatnonzero(result.failed)
    rows = []
    for firm in fell[np.lexsort((fell, result.round[fell]))].tolist():
        when = int(result.round[firm])
        by = [one for one in _callers(calls, firm) if 0 <= result.round[one] < when]
        due = sum(_call(calls, firm, one) for one in by)
        paid = f"{wan(int(due))} / {wan(int(calls.buffer_fen[firm]))}" if when else "–"
        names = " ".join(str(calls.ids[one]) for one in by[:_NAMED]) + (
            f" +{len(by) - _NAMED}" if len(by) > _NAMED else ""
        )
        rows.append((str(when), _name(credit, calls, firm), paid, names))
    return tuple(rows)


def replay(credit: Credit, calls: Calls, result: Cascade, most: int = LIMITS["replay"][0]) -> View:
    """Return the fallen, those whom they called, and their other neighbours as long as there is room.

    Parameters
    ----------
    credit, calls, result
        What fell.
    most
        Most firms in the picture; the fallen that fell first come first.
    """
    fell = np.flatnonzero(result.failed)
    shown = _shown(calls, fell[np.lexsort((fell, result.round[fell]))].tolist(), most)
    codes = [int(calls.codes[firm]) for firm in shown]
    edges = edges_among(credit.graph, codes)[: LIMITS["replay"][1]]
    drawn, inside = {edge.id for edge in edges}, set(shown)
    place = {int(row): tie for tie, row in enumerate(calls.guarantees.row)}
    steps = []
    for when in range(result.rounds + 1):
        now = [firm for firm in shown if result.round[firm] == when]
        struck = [
            Call(f"guarantee-{row}", f"{wan(int(calls.call_fen[tie]))}元")
            for row, tie in place.items()
            if calls.call_fen[tie] > 0
            and result.round[calls.guarantees.head[tie]] == when - 1 >= 0
            and int(calls.guarantees.tail[tie]) in inside
            and f"guarantee-{row}" in drawn
        ]
        steps.append(Step(tuple(str(calls.ids[firm]) for firm in now), tuple(struck), _line(credit, calls, now, when)))
    return View("replay", nodes_of(credit, codes), edges, steps=steps)


def _shown(calls: Calls, fell: list[int], most: int) -> list[int]:
    called = [one for firm in fell for one in _guarantors(calls, firm)]
    near = [one for firm in fell for one in _callers(calls, firm)]
    return list(dict.fromkeys([*fell, *called, *near]))[:most]


def _line(credit: Credit, calls: Calls, now: Iterable[int], when: int) -> str:
    names = [credit.names[str(calls.ids[firm])] for firm in now]
    listed = "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
    return f"{listed} stops paying · 首先违约" if not when else f"{len(names)} pulled down · 连带违约: {listed}"


def _guarantors(calls: Calls, firm: int) -> list[int]:
    ties = calls.guarantees.into
    return [int(one) for one in dict.fromkeys(ties.to[ties.start[firm] : ties.start[firm + 1]].tolist())]


def _callers(calls: Calls, firm: int) -> list[int]:
    """Return those for whom a firm stands."""
    ties = calls.guarantees.out
    return [int(one) for one in dict.fromkeys(ties.to[ties.start[firm] : ties.start[firm + 1]].tolist())]


def _call(calls: Calls, guarantor: int, borrower: int) -> float:
    ties = calls.guarantees.out
    some = slice(int(ties.start[guarantor]), int(ties.start[guarantor + 1]))
    return float(calls.call_fen[some][ties.to[some] == borrower].sum())


def _name(credit: Credit, calls: Calls, firm: int) -> str:
    party = str(calls.ids[firm])
    return f"{credit.names[party]} {party}"
