"""One firm on one page: its position, its exposures, who can pull it down and whom, its group, its limits, its lists.

For a credit officer who has one file on the desk: all that the risk graph knows of a party, as tables and as sentences
in English and Chinese. Nothing here is new: structures come from `credit_graph.structures`, cascades from
`credit_graph.single_falls`, groups, limits and paths from the modules of these names, so that the page says what the
other reports say. Levels are a reading order and not a score.

What the graph does not hold is not guessed. A party whose equity is unknown is taken not to fall; without a bank's
capital there are no limits; without a list nobody is near one. Debts are the loans of the day; where there are no
loans at all, the guaranteed amounts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from credit_graph.attributes import AttributePolicy
from credit_graph.blacklist import Paths, paths
from credit_graph.control import ultimate_controllers
from credit_graph.errors import ExplainInputError
from credit_graph.exposures import exposures
from credit_graph.graph import Graph
from credit_graph.groups import Groups, connected_groups
from credit_graph.limits import Capital, Limit, check_limits
from credit_graph.matrices import SparseRows, square
from credit_graph.sentences import sentences_of
from credit_graph.simulation.amounts import capped_calls, checked_firms
from credit_graph.single_falls import SingleFalls, single_falls
from credit_graph.structures import Findings, find
from credit_graph.ties import TieRules

__all__ = ["Explanation", "explain"]

EXPOSURE_COLUMNS = ["role", "party_id", "name", "amount_fen", "ties"]
_ROLES = (("loan", "into", "owes"), ("guarantee", "out", "stands for"), ("guarantee", "into", "guaranteed by"))
_PATHS, _ALL = 1_000, 1_000_000_000


@dataclass(frozen=True, eq=False)
class Explanation:
    """All that the graph says of one party on one day.

    Parameters
    ----------
    party_id, name, kind, as_of
        Who, and when.
    place
        borrowers, guarantors, core, is_articulation, component_size, circle_size (1 if in no circle): one row.
    structures
        Those that the party belongs to: structure_id, kind, title, title_zh, level, size, amount_fen, why, why_zh,
        known, known_zh, party_ids (tuple, all members in order).
    exposures
        role ("owes", "stands for", "guaranteed by"), party_id, name, amount_fen, ties (how many): by role, the largest
        first.
    falls
        Who can pull it down, and whom it can, see `credit_graph.single_falls.SingleFalls`.
    controllers
        Rows of `credit_graph.control.ultimate_controllers` for this company.
    group
        The other members of its group: group_id, party_id, name, links (of the chain), reason_zh, reason_en.
    limits
        bank_id, and the columns of `credit_graph.limits.check_limits` for the party and its group, the most used first.
    listed
        Paths from listed parties, as `credit_graph.blacklist.paths`.
    sentences
        topic, topic_zh, en, zh: the page, in the order in which it is read.
    """

    party_id: str
    name: str
    kind: str
    as_of: date
    place: pd.DataFrame
    structures: pd.DataFrame
    exposures: pd.DataFrame
    falls: SingleFalls
    controllers: pd.DataFrame
    group: pd.DataFrame
    limits: pd.DataFrame
    listed: pd.DataFrame
    sentences: pd.DataFrame


def explain(
    graph: Graph,
    party_id: str,
    *,
    buffer_fen: npt.ArrayLike | None = None,
    capital: Mapping[str, Capital] | None = None,
    listed: Iterable[str] = (),
    findings: Findings | None = None,
    groups: Groups | None = None,
    controllers: pd.DataFrame | None = None,
    attributes: pd.DataFrame | None = None,
    attribute_policy: AttributePolicy | None = None,
    limit_policy: tuple[Limit, ...] | None = None,
    tie_rules: TieRules | None = None,
    hops: float = 3,
    most_tried: int = 1_000,
) -> Explanation:
    """Explain one firm or person.

    Parameters
    ----------
    graph
        The graph of the day.
    party_id
        Who is asked about.
    buffer_fen
        What each party can pay when it is called, shape (graph.n,), not negative, infinite for who cannot fall. If not
        given, its equity; a party whose equity is unknown does not fall.
    capital
        Capital of the banks for which limits are checked, by identifier.
    listed
        Identifiers of listed parties.
    findings, groups, controllers
        What `find`, `connected_groups` and `ultimate_controllers` say of this graph; to be given by who explains many
        firms, for they look at all of it. The findings must name all structures.
    attributes, attribute_policy, limit_policy, tie_rules
        As `connected_groups`, `check_limits` and `paths`.
    hops
        Longest path from a listed party.
    most_tried
        How many parties are tried at most for whether they pull this one down.

    Raises
    ------
    UnknownPartyError
        If the graph does not hold the party, a bank of `capital` or a listed party.
    ExplainInputError
        If the party is neither a firm nor a person, or most_tried is below 1.
    SimulationInputError
        If a buffer is missing or negative.
    CreditGraphError
        As the functions that are named above.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> given = [("F1", "F2", 500_00), ("F2", "F1", 300_00)]
    >>> graph = small_graph(guarantee=given, loan=[("B1", "F2", 400_00)], control=[("P1", "F1"), ("P1", "F2")])
    >>> page = explain(graph, "F1", buffer_fen=[100_00] * graph.n, listed=["P1"])
    >>> page.structures["kind"].tolist()[0], page.falls.pulled_down_by["party_id"].tolist()
    ('mutual', ['F2'])
    >>> page.sentences.set_index("topic").loc["group", "en"].iloc[0]
    'It belongs to the group F1 of 3 parties.'
    """
    code = _checked(graph, party_id, most_tried)
    parties = graph.parties
    found = findings if findings is not None else find(graph, most_named=_ALL)
    known = groups if groups is not None else connected_groups(graph, attributes, attribute_policy)
    above = controllers if controllers is not None else ultimate_controllers(graph)
    group, members = _group(graph, known, party_id)
    near = paths(graph, listed, party_id, hops, tie_rules, budget=_PATHS)
    buffer = _buffer(graph, buffer_fen)
    page = Explanation(
        party_id=party_id,
        name=_name(graph, code),
        kind=str(parties["kind"].iloc[code]),
        as_of=graph.as_of,
        place=_place(found, code),
        structures=_structures(found, party_id),
        exposures=_exposures(graph, code),
        falls=single_falls(graph, code, _calls(graph), buffer, most_tried),
        controllers=above[above["company_id"] == party_id].reset_index(drop=True),
        group=group,
        limits=_limits(graph, party_id, members, capital or {}, limit_policy),
        listed=near.paths,
        sentences=pd.DataFrame(),
    )
    return _with_sentences(graph, page, float(buffer[code]), near, bool(capital))


def _with_sentences(graph: Graph, page: Explanation, buffer: float, near: Paths, has_capital: bool) -> Explanation:
    said = sentences_of(graph, page.__dict__, buffer, near.is_truncated, has_capital)
    return Explanation(**{**page.__dict__, "sentences": said})


def _checked(graph: Graph, party_id: str, most_tried: int) -> int:
    code = int(graph.codes([party_id])[0])
    kind = graph.parties["kind"].iloc[code]
    if kind not in ("firm", "person"):
        raise ExplainInputError(f"{party_id!r} is of the kind {kind}; only a firm or a person can be explained")
    if isinstance(most_tried, bool) or not isinstance(most_tried, int) or most_tried < 1:
        raise ExplainInputError(f"most_tried is {most_tried!r}; give a whole number of at least 1")
    return code


def _name(graph: Graph, code: int) -> str:
    name = graph.parties["name"].iloc[code] if "name" in graph.parties else None
    return name if isinstance(name, str) and name else str(graph.ids[code])


def _place(found: Findings, code: int) -> pd.DataFrame:
    row, firms = found.firms.iloc[[code]], found.firms
    return row[["borrowers", "guarantors", "core", "is_articulation"]].assign(
        component_size=int((firms["component"] == row["component"].iloc[0]).sum()),
        circle_size=int((firms["circle"] == row["circle"].iloc[0]).sum()),
    ).reset_index(drop=True)  # fmt: skip


def _structures(found: Findings, party_id: str) -> pd.DataFrame:
    mine = found.members.loc[found.members["party_id"] == party_id, "structure_id"].unique()
    some = found.structures[found.structures["structure_id"].isin(mine)].reset_index(drop=True)
    members = found.members[found.members["structure_id"].isin(mine)].sort_values(["structure_id", "place"])
    lists = {str(name): tuple(part) for name, part in members.groupby("structure_id")["party_id"]}
    return some.assign(party_ids=pd.Series([lists[name] for name in some["structure_id"]], dtype=object))


def _exposures(graph: Graph, code: int) -> pd.DataFrame:
    rows: list[tuple[str, str, str, int, int]] = []
    for kind, side, role in _ROLES:
        layer = graph.layers[kind]
        near = getattr(layer, side)
        some = slice(int(near.start[code]), int(near.start[code + 1]))
        amounts: dict[int, list[int]] = {}
        for other, edge in zip(near.to[some].tolist(), near.edge[some].tolist(), strict=True):
            amounts.setdefault(other, []).append(int(layer.amount_fen[edge]))
        ordered = sorted(amounts.items(), key=lambda one: (-sum(one[1]), one[0]))
        rows += [(role, str(graph.ids[other]), _name(graph, other), sum(each), len(each)) for other, each in ordered]
    return pd.DataFrame(rows, columns=EXPOSURE_COLUMNS).astype({"amount_fen": np.int64, "ties": np.int64})


def _calls(graph: Graph) -> SparseRows:
    loans, given = graph.layers["loan"], graph.layers["guarantee"]
    owed = np.bincount(loans.head, weights=loans.amount_fen, minlength=graph.n).astype(np.float64) if loans.m else None
    shape = (graph.n, graph.n)
    return square(sparse.csr_array((capped_calls(given, owed), given.out.to, given.out.start), shape=shape), "calls")


def _buffer(graph: Graph, buffer_fen: npt.ArrayLike | None) -> npt.NDArray[np.float64]:
    if buffer_fen is not None:
        return checked_firms("buffer_fen", buffer_fen, graph.n, may_be_infinite=True)
    equity = graph.parties["equity_fen"].astype("Float64").to_numpy(np.float64, na_value=np.inf)
    return np.maximum(equity, 0.0)


def _group(graph: Graph, known: Groups, party_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the other members with the reasons, and the rows of the group."""
    mine = known.members.loc[known.members["party_id"] == party_id, "group_id"]
    members = known.members[known.members["group_id"].isin(mine)].reset_index(drop=True)
    rows = []
    for other in members["party_id"]:
        if other != party_id:
            steps = known.explain_link(party_id, other)
            zh, en = "；".join(steps["reason_zh"]), "; ".join(steps["reason_en"])
            rows.append((mine.iloc[0], other, _name(graph, int(graph.codes([other])[0])), len(steps), zh, en))
    columns = ["group_id", "party_id", "name", "links", "reason_zh", "reason_en"]
    frame = pd.DataFrame(rows, columns=columns).astype({"links": np.int64})
    return frame.sort_values(["links", "party_id"], kind="stable", ignore_index=True), members


def _limits(
    graph: Graph,
    party_id: str,
    members: pd.DataFrame,
    capital: Mapping[str, Capital],
    policy: tuple[Limit, ...] | None,
) -> pd.DataFrame:
    tables = []
    for bank, own in sorted(capital.items()):
        checked = check_limits(exposures(graph, bank, members if len(members) else None), own, policy)
        of_party = (checked["client_id"] == party_id) & (checked["scope"] == "party")
        tables.append(checked[of_party | (checked["scope"] == "group")].assign(bank_id=bank))
    if not tables:
        return pd.DataFrame(columns=["bank_id", "client_id", "scope", "limit", "used_share", "breached"])
    whole = pd.concat(tables, ignore_index=True)
    return whole.sort_values(["used_share", "bank_id"], ascending=[False, True], kind="stable", ignore_index=True)
