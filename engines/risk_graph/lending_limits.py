"""Every bank's exposures held against its limits, and how the planted breaches are found.

The truth counts loans alone: a client's or a group's loans were drawn just under or above a limit. So a breach is
judged by loans alone, by the same share of the same capital, and what guarantees add is told apart: a group just under
its limit by loans may well be above it with the guarantees that its members give, and no judge has planted that.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from credit_graph.exposures import exposures
from credit_graph.groups import Groups
from credit_graph.limits import Capital, Limit, check_limits, house_limits
from engines.risk_graph.province import Credit

__all__ = ["LOANS_ALONE", "Books", "BreachScore", "books_of", "judge_breaches", "planted_breaches", "total_slips"]

LOANS_ALONE = "group_loans_alone"
"""Name of the limit for judging: that of a group's exposure, with loans alone."""

_JUDGED_BY = {"limit_one": "single_loans", "limit_group": LOANS_ALONE}


Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Books:
    """What all banks have lent, and how it stands to their limits.

    Parameters
    ----------
    exposures
        As `credit_graph.exposures.exposures`, with bank_id.
    limits
        As `credit_graph.limits.check_limits`, with bank_id, the most used first; with the limit for judging.
    """

    exposures: pd.DataFrame
    limits: pd.DataFrame

    @property
    def breaches(self) -> pd.DataFrame:
        """The breaches of the limits of the house, the most used first."""
        return self.limits[self.limits["breached"] & (self.limits["limit"] != LOANS_ALONE)]


@dataclass(frozen=True)
class BreachScore:
    """How planted amounts near a limit are told, by loans alone.

    Parameters
    ----------
    kind
        "limit_one" or "limit_group".
    breaches, right
        Breaches of the limit, and how many of these hold what was planted above it.
    above, found
        Planted above the limit, and how many of these breach.
    under, mistaken
        Planted just under, and how many of these breach though all that is owed, added up anew, does not.
    grown
        Planted just under that breach by right: the group that was found has further borrowers at the bank.
    with_guarantees
        Planted just under that breach the limit of a group's exposure only once guarantees are counted.
    others
        Breaches of the limit where nothing was planted.
    """

    kind: str
    breaches: int
    right: int
    above: int
    found: int
    under: int
    mistaken: int
    grown: int
    with_guarantees: int
    others: int


def books_of(made: Credit, groups: Groups, policy: tuple[Limit, ...] | None = None) -> Books:
    """Return the exposures of all banks to all clients and groups, and how they stand to the limits.

    Parameters
    ----------
    made
        The credit tables, with the capital of the banks, and the graph.
    groups
        The connected groups.
    policy
        The limits; those of the house if left out. The limit "group_exposure" must be one of them.
    """
    limits = house_limits() if policy is None else policy
    whole = next(limit for limit in limits if limit.name == "group_exposure")
    limits = (*limits, replace(whole, name=LOANS_ALONE, measure="loans_fen"))
    owed, held = [], []
    for bank in made.tables["banks"].to_dict("records"):
        capital = Capital(bank["net_capital_fen"], bank["tier1_capital_fen"])
        one = exposures(made.graph, bank["party_id"], groups.members)
        owed.append(one.assign(bank_id=bank["party_id"]))
        held.append(check_limits(one, capital, limits).assign(bank_id=bank["party_id"]))
    order = pd.concat(held, ignore_index=True).sort_values("used_share", ascending=False, kind="stable")
    return Books(pd.concat(owed, ignore_index=True), order.reset_index(drop=True))


def planted_breaches(made: Credit) -> pd.DataFrame:
    """Return the planted amounts near a limit: kind, bank_id, clients (a frozen set), is_above, by structure.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> planted_breaches(credit(7, 40))[["kind", "bank_id", "is_above"]].to_numpy().tolist()
    [['limit_one', 'K00000004', False]]
    """
    truth = made.truth[made.truth["kind"].isin(list(_JUDGED_BY))]
    lender = made.tables["loan"].set_index("edge_id")["from_id"]
    rows = []
    for name, one in truth.groupby("structure_id", sort=True):
        bank = one["edge_id"].dropna().map(lender).iat[0]
        clients = frozenset(one["party_id"].dropna())
        rows.append((str(name), one["kind"].iat[0], bank, clients, bool(one["is_harmful"].iat[0])))
    columns = ["structure_id", "kind", "bank_id", "clients", "is_above"]
    return pd.DataFrame(rows, columns=columns).set_index("structure_id")


def judge_breaches(made: Credit, groups: Groups, books: Books) -> tuple[BreachScore, ...]:
    """Return how the planted amounts near a limit are told, of single clients and of groups."""
    group_of = dict(zip(groups.members["party_id"], groups.members["group_id"], strict=True))
    counted, told, rows = _breaching(books, "group_exposure"), [], planted_breaches(made)
    for kind, limit in _JUDGED_BY.items():
        breaching, right, known, count = _breaching(books, limit), set[Key](), set[Key](), Counter[str]()
        for one in rows[rows["kind"] == kind].to_dict("records"):
            names = one["clients"] if kind == "limit_one" else {group_of.get(client, "") for client in one["clients"]}
            keys = {(str(one["bank_id"]), str(name)) for name in names}
            known |= keys
            # a group that is found in parts is not told as one
            is_told, side = len(keys) == 1 and keys <= breaching, "above" if one["is_above"] else "under"
            count.update([side, f"{side} told"] if is_told else [side])
            if is_told and one["is_above"]:
                right |= keys
            elif is_told:
                count["grown" if _is_above(made, groups, books, *min(keys), limit) else "mistaken"] += 1
            elif side == "under" and kind == "limit_group":
                count["hidden"] += keys <= counted
        above = (count["above"], count["above told"])
        under = (count["under"], count["mistaken"], count["grown"], count["hidden"])
        told.append(BreachScore(kind, len(breaching), len(right), *above, *under, len(breaching - known)))
    return tuple(told)


def _is_above(made: Credit, groups: Groups, books: Books, bank: str, client: str, limit: str) -> bool:
    """Whether what a client or a group owes a bank is above a limit: loans added up anew, without the exposures."""
    found = groups.members.loc[groups.members["group_id"] == client, "party_id"].tolist()
    members = found if limit == LOANS_ALONE else [client]
    loans, tail = made.graph.layers["loan"], made.graph.codes([bank])
    owed = loans.amount_fen[(loans.tail == tail) & np.isin(loans.head, made.graph.codes(members))].sum()
    rows = books.limits
    is_it = (rows["bank_id"] == bank) & (rows["client_id"] == client) & (rows["limit"] == limit)
    return int(owed) > int(rows.loc[is_it, "limit_fen"].iloc[0])


def _breaching(books: Books, limit: str) -> set[Key]:
    rows = books.limits[books.limits["breached"] & (books.limits["limit"] == limit)]
    return set(zip(rows["bank_id"], rows["client_id"], strict=True))


def total_slips(made: Credit, groups: Groups, books: Books) -> list[str]:
    """Return in words where exposures do not add up; nothing if every fen is counted once.

    The loans of a bank's clients must be all it has lent, the loans of a group those of its members, and a group's
    exposure at most the sum of its members'.
    """
    loans, slips = made.graph.layers["loan"], []
    group_of = dict(zip(groups.members["party_id"], groups.members["group_id"], strict=True))
    for bank, some in books.exposures.groupby("bank_id", sort=True):
        lent = int(loans.amount_fen[loans.tail == int(made.graph.codes([str(bank)])[0])].sum())
        single, grouped = some[some["scope"] == "party"], some[some["scope"] == "group"].set_index("client_id")
        if int(single["loans_fen"].sum()) != lent:
            slips.append(f"{bank}: clients owe {int(single['loans_fen'].sum()):,} fen of {lent:,} lent")
        summed = single.groupby(single["client_id"].map(group_of))[["loans_fen", "exposure_fen"]].sum()
        owed = summed.reindex(grouped.index)
        wrong = (grouped["loans_fen"] != owed["loans_fen"]) | (grouped["exposure_fen"] > owed["exposure_fen"])
        slips += [f"{bank}: group {name}" for name in grouped.index[wrong]]
    return slips
