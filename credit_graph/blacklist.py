"""Which listed party (失信被执行人, 黑名单) stands how near to a client, and through what (黑名单关联).

A path leads from a listed party over typed ties to the client; its strength is the product of its ties' strengths
(`credit_graph.ties`), so that no detour is stronger than the way it lengthens. Hops are counted in halves: a tie is one
hop, and two parties that share an address are one hop apart, though an attribute node lies between them.

`paths` lists every simple path within the hops, within a budget, and says if the budget cut it; the strongest path is
searched apart and is always among them. `nearest_listed` does all clients at once by dynamic programming over half
hops: the strongest path within a bound on hops is not made of strongest paths (a strong long way in may leave no hops
to go on), so that a plain Dijkstra search would be wrong. As strengths are at most one, the best walk is a simple path.

When it fails: the strengths are judgement, not probability, and paths are not added up: ten weak paths are reported as
the best of them. Paths do not lead through banks nor through attributes shared by very many.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from credit_graph.errors import PathQueryError
from credit_graph.graph import KINDS, Graph
from credit_graph.phrases import Words, called
from credit_graph.ties import TieRules, Ways, house_ties, ways
from credit_graph.walks import best_walks, simple_walks

__all__ = ["Paths", "nearest_listed", "paths"]

MOST_HOPS = 12
PATH_COLUMNS = ["listed_id", "client_id", "hops", "strength", "party_ids", "kinds", "words_zh", "words_en"]


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths from listed parties to one client.

    Parameters
    ----------
    paths
        listed_id, client_id, hops, strength, party_ids (tuple, from the listed party to the client), kinds (tuple, of
        the ties), words_zh, words_en: the strongest first, then the fewest hops.
    is_truncated
        Whether the budget ended the search: there may be more paths, none stronger than the first.
    """

    paths: pd.DataFrame
    is_truncated: bool


def paths(
    graph: Graph,
    listed: Iterable[str],
    client: str,
    hops: float = 3,
    rules: TieRules | None = None,
    budget: int = 10_000,
    steps: int = 1_000_000,
) -> Paths:
    """Find every simple path from listed parties to a client.

    Parameters
    ----------
    graph
        Reads all layers that have a rule.
    listed
        Identifiers of listed parties; twice is once. A client that is listed itself gets one path without ties.
    client
        Identifier of the client.
    hops
        The longest path, from 0.5 to 12 in halves.
    rules
        Strengths of ties; those of the house if left out.
    budget
        At most so many paths, the first found besides the strongest.
    steps
        At most so many steps of the search.

    Raises
    ------
    UnknownPartyError
        If the graph does not hold a party.
    PathQueryError
        If the hops are not halves from 0.5 to 12, or a budget is not a whole number of at least 1.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> graph = small_graph(control=[("P1", "F1"), ("F1", "F2")], guarantee=[("F2", "P1", 9)])
    >>> found = paths(graph, ["P1"], "F2").paths
    >>> found[["hops", "party_ids"]].to_numpy().tolist()
    [[2.0, ('P1', 'F1', 'F2')], [1.0, ('P1', 'F2')]]
    >>> found["words_en"][1]
    'P1 is guaranteed by F2; strength 0.8'
    """
    bound = _half_hops(hops)
    for name, value in (("budget", budget), ("steps", steps)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise PathQueryError(f"{name} is {value!r}; give a whole number of at least 1")
    known, goal = rules or house_ties(), int(graph.codes([client])[0])
    sources = sorted(set(graph.codes(listed).tolist()))
    roads = ways(graph, known)
    found, is_truncated = simple_walks(roads, sources, goal, bound, budget, steps)
    strongest = best_walks(roads, sources, bound).back(goal)
    if strongest and strongest not in found:
        found = [strongest, *found[: budget - 1]]
    rows = [_path_row(graph, roads, known, path) for path in found]
    frame = pd.DataFrame(rows, columns=PATH_COLUMNS).astype({"hops": np.float64, "strength": np.float64})
    order = frame.assign(less=-frame["strength"]).sort_values(["less", "hops", "party_ids"], kind="stable").index
    return Paths(frame.loc[order].reset_index(drop=True), is_truncated)


def nearest_listed(
    graph: Graph, listed: Iterable[str], hops: float = 3, rules: TieRules | None = None, words: bool = True
) -> pd.DataFrame:
    """Return, for every firm and person within reach, the listed party with the strongest path, and the nearest one.

    Parameters
    ----------
    graph, listed, hops, rules
        As `paths`.
    words
        Whether to write out the strongest path of each.

    Returns
    -------
    client_id, listed_id, strength, hops (of the strongest path; of equals the shortest, then the listed party that
    sorts first), nearest_id, nearest_strength, nearest_hops (of the shortest; of equals the strongest), words_zh,
    words_en if asked for: the strongest first. A listed party stands at 0 hops from itself.

    Raises
    ------
    UnknownPartyError, PathQueryError
        As `paths`.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> graph = small_graph(control=[("P1", "F1")], shared_attribute=[("F1", "phone:1"), ("F2", "phone:1")])
    >>> nearest_listed(graph, ["P1"], words=False)[["client_id", "listed_id", "strength", "hops"]].to_numpy().tolist()
    [['P1', 'P1', 1.0, 0.0], ['F1', 'P1', 0.95, 1.0], ['F2', 'P1', 0.6080000000000001, 2.0]]
    """
    bound, known = _half_hops(hops), rules or house_ties()
    roads = ways(graph, known)
    best = best_walks(roads, sorted(set(graph.codes(listed).tolist())), bound)
    strongest, nearest = best.strength.argmax(axis=0), (best.strength > 0).argmax(axis=0)
    is_client = graph.parties["kind"].isin(["firm", "person"]).to_numpy(np.bool_)
    kept = np.flatnonzero((best.strength.max(axis=0) > 0) & is_client)
    frame = pd.DataFrame({"client_id": graph.ids[kept]}, dtype=object)
    for names, at in (
        (("listed_id", "strength", "hops"), strongest[kept]),
        (("nearest_id", "nearest_strength", "nearest_hops"), nearest[kept]),
    ):
        frame[names[0]] = graph.ids[best.source[at, kept]]
        frame[names[1]], frame[names[2]] = best.strength[at, kept], at / 2
    if words:
        said = [_path_row(graph, roads, known, best.back(code)) for code in kept.tolist()]
        frame["words_zh"], frame["words_en"] = [str(one[-2]) for one in said], [str(one[-1]) for one in said]
    order = frame.assign(less=-frame["strength"]).sort_values(["less", "hops", "client_id"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _half_hops(hops: float) -> int:
    halves = 2 * hops if isinstance(hops, int | float) and not isinstance(hops, bool) else -1
    if halves != halves or not 1 <= halves <= 2 * MOST_HOPS or halves != int(halves):
        raise PathQueryError(f"hops is {hops!r}; give 0.5, 1, 1.5, ... up to {MOST_HOPS}")
    return int(halves)


def _path_row(graph: Graph, roads: Ways, rules: TieRules, path: list[int]) -> tuple[object, ...]:
    strength, halves, kinds = 1.0, 0, []
    said_zh, said_en = [], []
    for before, after in pairwise(path):
        tie = roads.between(before, after)
        kind = KINDS[roads.kind[tie]]
        strength, halves = strength * float(roads.strength[tie]), halves + int(roads.half_hops[tie])
        kinds.append(kind)
        side = "forward" if roads.is_forward[tie] else "backward"
        who, whom = called(graph, before), called(graph, after)
        said_zh.append(f"{who} {getattr(rules.rules[kind], f'word_{side}_zh')} {whom}")
        said_en.append(f"{who} {getattr(rules.rules[kind], f'word_{side}_en')} {whom}")
    if kinds:
        words = Words(f"{'，'.join(said_zh)}；强度 {strength:.4g}", f"{', '.join(said_en)}; strength {strength:.4g}")
    else:
        words = Words(f"{called(graph, path[0])} 本身在名单上", f"{called(graph, path[0])} is listed itself")
    ids = tuple(graph.ids[code] for code in path)
    return ids[0], ids[-1], halves / 2, strength, ids, tuple(kinds), words.zh, words.en
