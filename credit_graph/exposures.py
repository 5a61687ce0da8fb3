"""What a bank can lose by one customer, and by one group: loans, and guarantees given for others.

A customer's exposure is what it owes the bank, plus what the bank may call from it as guarantor (contingent, 或有),
each times its conversion factor. A guarantee is worth at most the loan behind it: if F1 guarantees 500 of F2's debts
and F2 owes this bank 300, 300 count. A guarantee of one's own loan adds nothing.

A group's exposure counts every fen once. The loans of all members are added; a member's guarantee for another member's
loan covers a loan that is already counted, so it counts nothing again; and if two members guarantee the same outsider's
loan, they stand for that loan once between them. So a group's exposure is at most the sum of its members'.

The tables do not say to which bank a guarantee is given: it is taken to be given to each lender of the borrower, which
is the cautious reading (guarantees for a borrower of two banks count at both). Collateral and provisions are not
deducted, undrawn limits and derivatives are not in the tables. The method follows the Basel framework of April 2014
(credit conversion factors of the risk-based rules; 100 % for direct credit substitutes such as guarantees) and is meant
for `credit_graph.limits`.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import ExposureInputError
from credit_graph.graph import Graph, Layer

__all__ = ["Conversion", "exposures", "group_exposures", "party_exposures"]

LARGEST = 2**62
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Conversion:
    """Credit conversion factors (信用转换系数): the part of an amount that counts as exposure.

    Parameters
    ----------
    loan, guarantee
        Numbers between 0 and 1: int, float, Decimal, Fraction, or text as "0.5"; what they make is rounded up to a fen.

    Raises
    ------
    ExposureInputError
        If a factor is not a number between 0 and 1.

    Examples
    --------
    >>> Conversion(guarantee=0.2).of_guarantees(np.array([10, 11])).tolist()
    [2, 3]
    """

    loan: Any = 1
    guarantee: Any = 1

    def __post_init__(self) -> None:
        """Refuse factors that are no parts of the whole."""
        for name in ("loan", "guarantee"):
            _factor(name, getattr(self, name))

    def of_loans(self, amount_fen: Int64) -> Int64:
        """Return the exposure of loans, in fen."""
        return _times(amount_fen, _factor("loan", self.loan))

    def of_guarantees(self, amount_fen: Int64) -> Int64:
        """Return the exposure of guarantees, in fen."""
        return _times(amount_fen, _factor("guarantee", self.guarantee))


def party_exposures(graph: Graph, bank_id: str, conversion: Conversion | None = None) -> pd.DataFrame:
    """Return the exposure of a bank to each party that owes it or may be called by it.

    Parameters
    ----------
    graph
        Reads the layers `loan` (bank to borrower) and `guarantee`.
    bank_id
        The lender.
    conversion
        Factors; 1 for both if left out.

    Returns
    -------
    party_id, kind (of the party), loans_fen, guarantees_fen (at most the loans behind them), exposure_fen (after
    conversion): int64, by party, without parties that have neither.

    Raises
    ------
    UnknownPartyError
        If the graph does not hold the bank.
    ExposureInputError
        If an amount is negative, or the amounts of one party exceed 46 thousand trillion yuan.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> graph = small_graph(loan=[("B1", "F2", 300)], guarantee=[("F1", "F2", 500)])
    >>> party_exposures(graph, "B1").to_numpy().tolist()
    [['F1', 'firm', 0, 300, 300], ['F2', 'firm', 300, 0, 300]]
    """
    factors = conversion or Conversion()
    loans, calls = _loans(graph, bank_id), _calls(graph, bank_id)
    guarantees = _sums(calls["guarantor"], calls["counted_fen"], graph.n)
    kept = np.flatnonzero((loans > 0) | (guarantees > 0))
    frame = pd.DataFrame({"party_id": graph.ids[kept], "kind": graph.parties["kind"].to_numpy(object)[kept]})
    frame["loans_fen"], frame["guarantees_fen"] = loans[kept], guarantees[kept]
    frame["exposure_fen"] = factors.of_loans(loans[kept]) + factors.of_guarantees(guarantees[kept])
    return frame.sort_values("party_id", ignore_index=True)


def group_exposures(
    graph: Graph, bank_id: str, members: pd.DataFrame, conversion: Conversion | None = None
) -> pd.DataFrame:
    """Return the exposure of a bank to each group, every loan counted once.

    Parameters
    ----------
    graph, bank_id, conversion
        As `party_exposures`.
    members
        group_id, party_id: each party in one group at most (`credit_graph.groups.connected_groups(...).members`).

    Returns
    -------
    group_id, parties (members with an exposure), loans_fen, guarantees_fen (for outsiders), netted_fen (guarantees
    that stand for loans already counted), exposure_fen: int64, by group, without groups that have none.

    Raises
    ------
    UnknownPartyError, ExposureInputError
        As `party_exposures`, or if a column is missing or a party is in two groups.

    Examples
    --------
    F1 and F2 are a group. F1's guarantee for F2 counts nothing again; both guarantee the outsider F9, who owes 400.

    >>> from credit_graph.sample_graph import small_graph
    >>> given = [("F1", "F2", 500), ("F1", "F9", 400), ("F2", "F9", 400)]
    >>> graph = small_graph(loan=[("B1", "F2", 300), ("B1", "F9", 400)], guarantee=given)
    >>> group_exposures(graph, "B1", pd.DataFrame({"group_id": ["F1", "F1"], "party_id": ["F1", "F2"]})).T[0].tolist()
    ['F1', 2, 300, 400, 700, 700]
    """
    factors = conversion or Conversion()
    names, group_of = _group_of(graph, members)
    loans, calls = _loans(graph, bank_id), _calls(graph, bank_id)
    inside = np.flatnonzero(group_of >= 0)
    own = _sums(group_of[inside], loans[inside], len(names))
    calls = calls[group_of[calls["guarantor"].to_numpy()] >= 0].assign(group=lambda one: group_of[one["guarantor"]])
    gross = _sums(calls["group"], calls["counted_fen"], len(names))
    is_outside = calls["group"].to_numpy() != group_of[calls["borrower"].to_numpy()]
    outside = calls[is_outside].groupby(["group", "borrower"])["counted_fen"].sum().reset_index()
    # the members stand for one loan together, and it can be called only once
    once = np.minimum(outside["counted_fen"].to_numpy(np.int64), loans[outside["borrower"].to_numpy(np.int64)])
    guarantees = _sums(outside["group"], once, len(names))
    has_any = (loans > 0) | (_sums(calls["guarantor"], calls["counted_fen"], graph.n) > 0)
    frame = pd.DataFrame({"group_id": names})
    frame["parties"] = np.bincount(group_of[inside][has_any[inside]], minlength=len(names)).astype(np.int64)
    frame["loans_fen"], frame["guarantees_fen"], frame["netted_fen"] = own, guarantees, gross - guarantees
    frame["exposure_fen"] = factors.of_loans(own) + factors.of_guarantees(guarantees)
    return frame[frame["parties"] > 0].sort_values("group_id", ignore_index=True)


def exposures(
    graph: Graph, bank_id: str, members: pd.DataFrame | None = None, conversion: Conversion | None = None
) -> pd.DataFrame:
    """Return the exposures of parties and groups in one table, as `credit_graph.limits.check_limits` reads it.

    Returns
    -------
    client_id, scope ("party" or "group"), kind (of the party; "group" for groups), loans_fen, guarantees_fen,
    exposure_fen.

    Raises
    ------
    UnknownPartyError, ExposureInputError
        As `party_exposures` and `group_exposures`.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> members = pd.DataFrame({"group_id": ["F1", "F1"], "party_id": ["F1", "F2"]})
    >>> found = exposures(small_graph(loan=[("B1", "F1", 5), ("B1", "F2", 7)]), "B1", members)
    >>> found[["client_id", "scope", "exposure_fen"]].to_numpy().tolist()
    [['F1', 'party', 5], ['F2', 'party', 7], ['F1', 'group', 12]]
    """
    columns = ["client_id", "scope", "kind", "loans_fen", "guarantees_fen", "exposure_fen"]
    single = party_exposures(graph, bank_id, conversion).rename(columns={"party_id": "client_id"})
    tables = [single.assign(scope="party")[columns]]
    if members is not None:
        grouped = group_exposures(graph, bank_id, members, conversion).rename(columns={"group_id": "client_id"})
        tables.append(grouped.assign(scope="group", kind="group")[columns])
    return pd.concat(tables, ignore_index=True)


def _factor(name: str, value: Any) -> Fraction:
    try:
        factor = value if isinstance(value, Fraction) else Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ExposureInputError(f"the factor of a {name} is {value!r}; give a number between 0 and 1") from error
    if not 0 <= factor <= 1:
        raise ExposureInputError(f"the factor of a {name} is {value!r}; give a number between 0 and 1")
    return factor


def _times(amount_fen: Int64, factor: Fraction) -> Int64:
    if factor == 1:
        return amount_fen
    # whole numbers of any size: a product may not fit 64 bits; rounded up, so that no fen is lost
    made = [-(-amount * factor.numerator // factor.denominator) for amount in amount_fen.tolist()]
    return np.array(made, dtype=np.int64)


def _loans(graph: Graph, bank_id: str) -> Int64:
    bank = int(graph.codes([bank_id])[0])
    ties = graph.layers["loan"]
    _refuse_negative(graph, ties)
    mine = ties.tail == bank
    return _sums(ties.head[mine], ties.amount_fen[mine], graph.n)


def _calls(graph: Graph, bank_id: str) -> pd.DataFrame:
    """Guarantees for others, parallel ones added up, at most the loan behind them: guarantor, borrower, counted_fen."""
    loans, ties = _loans(graph, bank_id), graph.layers["guarantee"]
    _refuse_negative(graph, ties)
    others = ties.tail != ties.head
    table = pd.DataFrame({"guarantor": ties.tail[others], "borrower": ties.head[others]}, dtype=np.int64)
    table["counted_fen"] = np.minimum(ties.amount_fen[others], loans[ties.head[others]])
    _sums(table["guarantor"], table["counted_fen"], graph.n)
    table = table.groupby(["guarantor", "borrower"])["counted_fen"].sum().reset_index()
    table["counted_fen"] = np.minimum(table["counted_fen"].to_numpy(np.int64), loans[table["borrower"].to_numpy()])
    return table[table["counted_fen"] > 0].reset_index(drop=True)


def _refuse_negative(graph: Graph, ties: Layer) -> None:
    bad = np.flatnonzero(ties.amount_fen < 0)
    if len(bad):
        tail, head = graph.ids[ties.tail[bad[0]]], graph.ids[ties.head[bad[0]]]
        raise ExposureInputError(
            f"the {ties.kind} from {tail} to {head} is of {ties.amount_fen[bad[0]]} fen; it cannot be negative"
        )


def _sums(keys: npt.ArrayLike, amounts: npt.ArrayLike, n: int) -> Int64:
    """Exact sums of fen, refused where they would not fit 64 bits."""
    codes, values = np.asarray(keys, np.int64), np.asarray(amounts, np.int64)
    total = np.zeros(n, np.int64)
    np.add.at(total, codes, values)
    if len(values) and np.bincount(codes, weights=values.astype(np.float64), minlength=n).max() > LARGEST:
        raise ExposureInputError(f"amounts add up to more than {LARGEST:,} fen; check the unit, amounts are in fen")
    return total


def _group_of(graph: Graph, members: pd.DataFrame) -> tuple[npt.NDArray[np.object_], Int64]:
    missing = [name for name in ("group_id", "party_id") if name not in members.columns]
    if missing:
        raise ExposureInputError(f"the table of members lacks the column {missing[0]!r}")
    table = members[["group_id", "party_id"]].drop_duplicates()
    twice = table["party_id"][table["party_id"].duplicated()]
    if len(twice):
        raise ExposureInputError(f"party {twice.iat[0]!r} is in two groups; each party belongs to one at most")
    codes = graph.codes(table["party_id"])
    place, names = pd.factorize(table["group_id"].astype(object), sort=True)
    if (place < 0).any():
        raise ExposureInputError(f"party {table['party_id'].iat[int(np.argmin(place))]!r} has no group_id; give one")
    group_of = np.full(graph.n, -1, np.int64)
    group_of[codes] = place
    return np.asarray(names, object), group_of
