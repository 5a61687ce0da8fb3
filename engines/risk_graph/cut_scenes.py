"""One part of the network before and after a release: who falls in one scenario, and who no longer does.

The scenario is a held-out one in which the release saves many, and the part is that connected piece of the fallen in
which most are saved: a picture of what a release can do, not of what it does on average. Those who stand around it are
added while there is room.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from credit_graph.frontier import Cascade
from credit_graph.matrices import SparseRows
from engines.report.networks import LIMITS, View
from engines.risk_graph.cutting import Cuts, without
from engines.risk_graph.falls import fall
from engines.risk_graph.scenes import edges_among, nodes_of

__all__ = ["Scene", "cut_view", "scene"]

_TRIED = 25
_ROOM = 60


@dataclass(frozen=True, eq=False)
class Scene:
    """A scenario told twice, and the firms of the calls that are drawn.

    Parameters
    ----------
    strategy, scenario
        Whose release, and the number of the held-out scenario.
    before, after
        What fell without and with the release.
    shown
        Firms in the picture, int64.
    """

    strategy: str
    scenario: int
    before: Cascade
    after: Cascade
    shown: npt.NDArray[np.int64]

    @property
    def saved(self) -> npt.NDArray[np.bool_]:
        """Who falls before and not after, shape (n,)."""
        return self.before.failed & ~self.after.failed


def scene(found: Cuts, strategy: str, most: int = LIMITS["cut"][0]) -> Scene | None:
    """Return the scenario and the part in which a release saves most, or None if it saves nobody.

    Parameters
    ----------
    found
        The releases.
    strategy
        Whose release.
    most
        Most firms in the picture.
    """
    cut = found.by_strategy[strategy]
    was, now = (it["contagion_defaults"].to_numpy() for it in (found.before.scenarios, cut.after))
    rest = without(found.credit, found.calls, cut.released)
    best: Scene | None = None
    for scenario in np.argsort(now - was, kind="stable")[:_TRIED].tolist():
        seeds = found.held_out.defaults(scenario).astype(np.int64)
        before, after = fall(found.calls, seeds), fall(rest, seeds)
        piece = _piece(found.calls.matrix, before.failed, before.failed & ~after.failed)
        shown = _room(found.calls.matrix, piece, before.failed & ~after.failed, most)
        tried = Scene(strategy, scenario, before, after, shown)
        if best is None or tried.saved[tried.shown].sum() > best.saved[best.shown].sum():
            best = tried
    return best if best is not None and best.saved.any() else None


def _piece(matrix: SparseRows, fell: npt.NDArray[np.bool_], saved: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the connected piece of the fallen in which most are saved."""
    firms = np.flatnonzero(fell)
    if not len(firms):
        return firms
    count, label = connected_components(matrix[firms][:, firms], directed=False)
    saves = np.bincount(label, weights=saved[firms], minlength=count)
    return np.asarray(firms[label == saves.argmax()], np.int64)


def _room(
    matrix: SparseRows, piece: npt.NDArray[np.int64], saved: npt.NDArray[np.bool_], most: int
) -> npt.NDArray[np.int64]:
    """Return the piece, nearest to the saved first, and its neighbours while there is room."""
    both = (matrix + matrix.T).tocsr()
    inside, order = set(piece.tolist()), piece[saved[piece]].tolist()
    known = set(order)
    for firm in order:
        near = [int(one) for one in both.indices[both.indptr[firm] : both.indptr[firm + 1]] if one in inside]
        order += [one for one in near if one not in known]
        known.update(near)
    around = [int(one) for firm in order for one in both.indices[both.indptr[firm] : both.indptr[firm + 1]]]
    free = max(0, _ROOM - len(order))
    beside = [one for one in dict.fromkeys(around) if one not in known][:free]
    return np.array([*order, *beside][:most], np.int64)


def cut_view(found: Cuts, told: Scene) -> View:
    """Return the picture of a scene for `engines.report.networks.describe`: view "cut"."""
    calls, layer = found.calls, found.credit.graph.layers["guarantee"]
    removed = np.zeros(layer.m, np.bool_)
    removed[calls.guarantees.row[found.by_strategy[told.strategy].released]] = True
    codes = calls.codes[told.shown].tolist()
    fates = [_fate(told, firm) for firm in told.shown.tolist()]
    state = {code: before for code, (before, _) in zip(codes, fates, strict=True) if before}
    state_after = {code: after for code, (_, after) in zip(codes, fates, strict=True) if after}
    nodes = nodes_of(found.credit, codes, state=state, state_after=state_after)
    # what is released is drawn even where there is no room for all ties
    edges = sorted(edges_among(found.credit.graph, codes, removed=removed), key=lambda edge: not edge.is_removed)
    return View("cut", nodes, edges[: LIMITS["cut"][1]])


def _fate(told: Scene, firm: int) -> tuple[str, str]:
    """Return the state of a firm in the picture before and after the release."""
    if told.before.round[firm] == 0:
        return "seed", "seed"
    before = "failed" if told.before.failed[firm] else ""
    return before, "failed" if told.after.failed[firm] else "saved" if before else ""
