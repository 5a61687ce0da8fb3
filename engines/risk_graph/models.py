"""Models of contagion side by side: the same firms, calls and buffers, and one firm that falls.

All are read on one balance: j's fall costs i what i is called for, and i falls when its buffer is gone. What differs is
what is assumed of partial losses, of caps, and of what can be recovered (the view of Barucca and others, "Network
valuation in financial systems", Mathematical Finance 30, 2020). Clearing takes calls as claims that i has on j
(追偿权, recourse): i's assets are then what leaves it with its buffer if all is paid.

The models stand in an order that can be checked: with full recovery no more fall than by the cascade, with none just
those; whoever falls by the cascade falls by linear DebtRank, and by written amounts in place of capped calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.cascade import threshold_cascade
from credit_graph.clearing import clear
from credit_graph.debtrank import debtrank
from engines.risk_graph.calls import Calls
from engines.risk_graph.falls import fall

__all__ = ["MODELS", "Model", "Reading", "agreement", "disorder", "readings"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a model says of one scenario: who falls, the firm that fell first among them, and what of buffers is lost.

    Parameters
    ----------
    fallen
        bool of shape (n,).
    lost_fen
        What the other firms lose of their buffers together.
    converged
        Whether the model's equations hold.
    """

    fallen: Bools
    lost_fen: float
    converged: bool


@dataclass(frozen=True, eq=False)
class Model:
    """A model: its name, what it assumes, and how it is run."""

    name: str
    name_zh: str
    assumes: str
    assumes_zh: str
    run: Callable[[Calls, int], Reading]


def _cascade(calls: Calls, seed: int) -> Reading:
    found = fall(calls, [seed])
    return Reading(found.failed, _lost(calls, found.losses, seed), True)


def _threshold(calls: Calls, seed: int) -> Reading:
    found = threshold_cascade(calls.guaranteed, calls.buffer_fen, [seed])
    return Reading(found.failed, _lost(calls, found.losses, seed), True)


def _linear(calls: Calls, seed: int) -> Reading:
    shock = np.zeros(calls.n)
    shock[seed] = 1.0
    found = debtrank(calls.matrix, calls.buffer_fen, shock, spectrum=calls.spectrum)
    return Reading(found.failed, _lost(calls, found.stress * calls.buffer_fen, seed), found.converged)


def _original(calls: Calls, seed: int) -> Reading:
    shock = np.zeros(calls.n)
    shock[seed] = 1.0
    found = debtrank(calls.matrix, calls.buffer_fen, shock, variant="original", spectrum=calls.spectrum)
    return Reading(found.failed, _lost(calls, found.stress * calls.buffer_fen, seed), found.converged)


def _clearing(recovered: float) -> Callable[[Calls, int], Reading]:
    def run(calls: Calls, seed: int) -> Reading:
        owed_to = calls.matrix.T.tocsr()
        claims = np.asarray(calls.matrix.sum(axis=1), np.float64)
        owed = np.asarray(calls.matrix.sum(axis=0), np.float64)
        needed = calls.buffer_fen + owed - claims
        outside, assets = np.maximum(-needed, 0.0), np.maximum(needed, 0.0)
        # the firm that falls has nothing left, and what it still gets its own creditors take
        to_seed = np.asarray(owed_to[:, [seed]].toarray(), np.float64).ravel()
        outside, assets[seed] = outside + to_seed, 0.0
        keep = np.ones(calls.n)
        keep[seed] = 0.0
        found = clear(owed_to @ sparse.diags_array(keep), assets, recovered, recovered, external_liabilities=outside)
        paid = np.divide(found.payments, found.owed, out=np.ones(calls.n), where=found.owed > 0)
        fallen = found.defaulted.copy()
        fallen[seed] = True
        return Reading(fallen, _lost(calls, np.asarray(calls.matrix @ (1.0 - paid), np.float64), seed), found.converged)

    return run


def _lost(calls: Calls, losses: Floats, seed: int) -> float:
    lost = np.minimum(losses, calls.buffer_fen)
    return float(lost.sum() - lost[seed])


MODELS: dict[str, Model] = {
    "cascade": Model(
        *("guarantee cascade", "担保代偿传导"),
        *("calls capped at the debt; who cannot pay all of them falls", "代偿以债务为限，无力代偿者违约"),
        _cascade,
    ),
    "threshold": Model(
        *("linear threshold", "线性阈值"),
        *("written amounts, not capped; a loss equal to the buffer is fatal", "按担保合同金额，不设上限"),
        _threshold,
    ),
    "linear": Model(
        *("DebtRank, linear", "线性 DebtRank"),
        *("distress passes on before anybody falls, in proportion, again and again", "违约前按比例反复传导"),
        _linear,
    ),
    "original": Model(
        *("DebtRank, original", "原始 DebtRank"),
        *("the same, but each firm passes distress on once", "同上，但每户只传导一次"),
        _original,
    ),
    "clearing0": Model(
        *("clearing, nothing recovered", "清算（零回收）"),
        *("recourse claims on a fallen firm are worth nothing", "对违约企业的追偿权一文不值"),
        _clearing(0.0),
    ),
    "clearing50": Model(
        *("clearing, half recovered", "清算（回收一半）"),
        *("a fallen firm pays half of what it has, in proportion", "违约企业以一半资产按比例清偿"),
        _clearing(0.5),
    ),
    "clearing100": Model(
        *("clearing, all recovered", "清算（全额回收）"),
        *("a fallen firm pays all that it has (Eisenberg and Noe)", "违约企业以全部资产按比例清偿"),
        _clearing(1.0),
    ),
}
"""The models by a short name, in the order of the report."""


def readings(calls: Calls, seeds: Sequence[int]) -> dict[str, list[Reading]]:
    """Return what each model says when each of some firms falls alone.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from engines.risk_graph.calls import calls_of
    >>> graph = small_graph(guarantee=[("F1", "F2", 500), ("F2", "F3", 900)], loan=[("B1", "F2", 9), ("B1", "F3", 9)])
    >>> found = readings(calls_of(graph, [False] * graph.n), [2])
    >>> {name: int(one[0].fallen.sum()) for name, one in found.items()}["cascade"]
    3
    """
    return {name: [model.run(calls, seed) for seed in seeds] for name, model in MODELS.items()}


def agreement(found: dict[str, list[Reading]], seeds: Sequence[int]) -> dict[tuple[str, str], float]:
    """Return for each pair of models which part of those that either lets be pulled down both do; 1 if neither any."""
    sets = {
        name: {(place, int(firm)) for place, one in enumerate(some) for firm in np.flatnonzero(one.fallen)}
        - {(place, seed) for place, seed in enumerate(seeds)}
        for name, some in found.items()
    }
    return {
        (one, other): len(sets[one] & sets[other]) / len(sets[one] | sets[other]) if sets[one] | sets[other] else 1.0
        for one in sets
        for other in sets
    }


_ORDER = (
    ("clearing100", "clearing50"),
    ("clearing50", "clearing0"),
    ("clearing0", "cascade"),
    ("cascade", "clearing0"),
    ("cascade", "threshold"),
    ("cascade", "linear"),
    ("original", "linear"),
)


def disorder(found: dict[str, list[Reading]]) -> list[str]:
    """Return where the models leave the order that theory says: whoever falls by the first falls by the second."""
    return [
        f"{MODELS[less].name} fells {int((one.fallen & ~other.fallen).sum())} that {MODELS[more].name} spares"
        for less, more in _ORDER
        for one, other in zip(found[less], found[more], strict=True)
        if (one.fallen & ~other.fallen).any()
    ]
