"""The truth about the planted structures: who belongs to which, which ties make it up, and whether it does harm.

Data card. One row for each member and each tie of a structure: structure_id, kind, role, party_id or edge_id (the other
is missing), is_harmful. Kinds are those of `datasets.guarantee_structures`, and `shell_ring` (空壳企业互保),
`guarantee_company` (融资担保公司, an honest hub), `limit_one` and `limit_group` (loans just under or above a limit of
concentration; harmful where above), `blacklist_proxy` (a clean client two steps from a listed
person), `shared_tower` and `shared_agent` (an address and an agent of hundreds, which tie nobody to anybody). Harmful
means that the structure spreads defaults, hides who is behind it or breaks a limit: not that it looks odd. Never for
features.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from datasets import blacklist, firms, fund_flows, guarantee_ties, lending, ownership, shared_attributes, towns
from datasets.guarantee_structures import Structure, structures
from datasets.ties import Tie, firm_id, frames, numbered, person_id

__all__ = ["make", "of_towns"]

Row = tuple[str, str, str, str | None, str | None, bool]
_ROLES = {
    "star": ("hub", "borrower"),
    "parent_subsidiaries": ("parent", "subsidiary"),
    "guarantee_company": ("hub", "borrower"),
    "shell_ring": ("shell firm", "shell firm"),
    "circular_ownership": ("first company", "company"),
}
_BEHIND = {"shell_ring": "representative", "hidden_group": "controller", "circular_ownership": "ultimate controller"}
_SHARED = ("shared_tower", "shared_agent")


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n rows of truth, some towns at a time; see the data card above.

    Examples
    --------
    >>> frame = next(make(8, seed=7))
    >>> frame["kind"].iloc[0], frame["role"].value_counts().to_dict()
    ('shell_ring', {'member': 4, 'shell firm': 3, 'representative': 1})
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the truth of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 12
    True
    """
    rows = [row for town in some for row in _of_town(seed, town)]
    columns = ["structure_id", "kind", "role", "party_id", "edge_id", "is_harmful"]
    text = dict.fromkeys(columns[:-1], "str")
    return pd.DataFrame(rows, columns=columns).astype({**text, "is_harmful": np.bool_})


def _of_town(seed: int, town: int) -> Iterator[Row]:
    known = {one.structure_id: one for one in structures(seed, town)}
    for structure in known.values():
        yield from _members(seed, town, structure)
    kinds = (
        ("G", guarantee_ties.ties(seed, town)),
        ("E", ownership.ties(seed, town)["shareholding"]),
        ("V", ownership.ties(seed, town)["control"]),
        ("W", ownership.ties(seed, town)["kinship"]),
        ("L", lending.ties(seed, town)),
        ("M", fund_flows.ties(seed, town)),
        ("Q", shared_attributes.ties(seed, town)),
    )
    for letter, ties in kinds:
        for edge_id, tie in numbered(letter, town, ties):
            if tie.structure_id:
                yield from _tie(edge_id, tie, known)
    for number, (relative, who, client) in enumerate(blacklist.proxies(seed, town)):
        for role, party in (("listed", relative), ("representative", who), ("client", client)):
            yield f"Y{town:04d}{number:04d}", "blacklist_proxy", role, party, None, True


def _members(seed: int, town: int, one: Structure) -> Iterator[Row]:
    first, other = _ROLES.get(one.kind, ("member", "member"))
    for place, member in enumerate(one.members):
        yield one.structure_id, one.kind, other if place else first, firm_id(town, member), None, one.is_harmful
    if one.kind in _BEHIND:
        code = int(firms.draw(seed, towns.MAX_TOWNS).representative[town * towns.FIRMS + one.members[0]])
        who = person_id(town, code % towns.PEOPLE)
        yield one.structure_id, one.kind, _BEHIND[one.kind], who, None, one.is_harmful


def _tie(edge_id: str, tie: Tie, known: dict[str, Structure]) -> Iterator[Row]:
    if tie.structure_id in known:
        one = known[tie.structure_id]
        yield one.structure_id, one.kind, tie.role, None, edge_id, one.is_harmful
    elif tie.structure_id in _SHARED:
        yield tie.structure_id, tie.structure_id, tie.role, tie.from_id, None, False
    else:
        kind = "limit_group" if tie.role.startswith("group") else "limit_one"
        is_above = tie.role.endswith("above")
        yield tie.structure_id, kind, tie.role, None, edge_id, is_above
        yield tie.structure_id, kind, tie.role, tie.to_id, None, is_above
