"""How well the finders find: planted structures found, and look-alikes left alone.

A planted structure counts as found if a finding of a kind that answers to it has exactly its firms (for chains and
hubs: holds all of them, since ordinary guarantees make them longer). A look-alike is mistaken if a finding has exactly
its firms although on the day they form no such structure. Precision is the share of the findings of a kind that were
planted; ordinary guarantees close no circle, so that every pair, group and circle has a planted one behind it, but
two planted ones may meet in one.
"""

from dataclasses import dataclass

import pandas as pd

from credit_graph.structures import Findings

__all__ = ["ANSWERS", "LOOK_ALIKES", "Score", "harm_by_kind", "mistaken", "planted", "scores"]

ANSWERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "mutual_pair": (("mutual",), True),
    "joint_group": (("joint",), True),
    "village_triad": (("joint",), True),
    "circle": (("triad", "cycle", "circle"), True),
    "shell_ring": (("triad", "cycle", "circle"), True),
    "chain": (("chain",), False),
    "star": (("hub",), False),
    "guarantee_company": (("hub",), False),
}
"""Kinds of findings that answer to each planted kind, and whether their firms must be the same."""

LOOK_ALIKES = {
    "expired_circle": ("triad", "cycle", "circle"),
    "future_circle": ("triad", "cycle", "circle"),
    "mutual_apart": ("mutual",),
    "parent_subsidiaries": ("mutual", "joint"),
}
"""Planted kinds that on the day form no such structure."""

Members = frozenset[str]


@dataclass(frozen=True)
class Score:
    """How many planted structures of a kind there are, how many were found, and what share of these does harm."""

    kind: str
    planted: int
    found: int
    harmful: int


def planted(truth: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each planted structure: kind, firms (a frozen set), is_harmful.

    Examples
    --------
    >>> truth = pd.DataFrame({"structure_id": ["S1", "S1"], "kind": "chain", "party_id": ["F1", "F2"],
    ...     "role": "member", "is_harmful": True})
    >>> planted(truth)["firms"].tolist() == [frozenset({"F1", "F2"})]
    True
    """
    firms = truth[truth["party_id"].str.startswith("F", na=False)]
    grouped = firms.groupby("structure_id", sort=True)
    return pd.DataFrame(
        {
            "kind": grouped["kind"].first(),
            "firms": grouped["party_id"].agg(frozenset),
            "is_harmful": grouped["is_harmful"].first(),
            "hub": firms[firms["role"] == "hub"].groupby("structure_id")["party_id"].first(),
        }
    )


def scores(findings: Findings, truth: pd.DataFrame) -> tuple[Score, ...]:
    """Return for each planted kind how many were found.

    Parameters
    ----------
    findings
        All findings of a day, none left unnamed.
    truth
        The planted structures.
    """
    rows, found = planted(truth), _found(findings)
    told = []
    for kind, (answers, exact) in ANSWERS.items():
        some = rows[rows["kind"] == kind]
        sets = [members for answer in answers for members in found.get(answer, [])]
        hit = [_is_found(one, set(sets), exact) for one in some.itertuples()]
        told.append(Score(kind, len(some), sum(hit), int(some["is_harmful"].sum())))
    return tuple(told)


def _is_found(one: object, sets: set[Members], exact: bool) -> bool:
    firms, hub = one.firms, one.hub  # type: ignore[attr-defined]  # a row of `planted`
    if exact:
        return firms in sets
    if isinstance(hub, str):
        return frozenset([hub]) in sets
    return any(firms <= members for members in sets)


def mistaken(findings: Findings, truth: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return for each kind of look-alike how many a finding takes for real, and how many there are."""
    rows, found = planted(truth), _found(findings)
    told = {}
    for kind, answers in LOOK_ALIKES.items():
        sets = {members for answer in answers for members in found.get(answer, [])}
        firms = rows.loc[rows["kind"] == kind, "firms"]
        told[kind] = (sum(one in sets for one in firms), len(firms))
    return told


def harm_by_kind(truth: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return for each planted kind how many do harm, and how many there are: the shape alone does not tell."""
    rows = planted(truth)
    grouped = rows.groupby("kind", sort=True)["is_harmful"]
    return {str(kind): (int(some.sum()), len(some)) for kind, some in grouped}


def _found(findings: Findings) -> dict[str, list[Members]]:
    kinds = findings.structures.set_index("structure_id")["kind"]
    sets = findings.members.groupby("structure_id", sort=True)["party_id"].agg(frozenset)
    told: dict[str, list[Members]] = {}
    for name, members in sets.items():
        told.setdefault(str(kinds[str(name)]), []).append(members)
    return told
