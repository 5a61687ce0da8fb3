"""Economic dependence (经济依存): whose business lives by one other party.

Two customers can fall together though nobody controls both: when at least half of what one receives, or of what it
pays, in a year comes from, or goes to, the other. The order on large exposures counts such customers as connected
(经济依存客户) beside those under one control; the part of one half is that of the Basel framework of April 2014 ("gross
receipts or gross expenditures"). Fund flows are read as receipts and expenditures.

When it fails: the snapshot's flows must be those of a year, and of all accounts: a bank that sees one of three accounts
takes a side business for the whole. Repayments and loans among the flows look like trade. A firm with one payment
depends on it wholly, so that a smallest sum (`least_fen`) is asked for. Dependence without flows (one tenant of one
landlord, one product) is not seen. It is a finding to be judged, and joins groups only where it is given to
`credit_graph.groups.connected_groups`.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from credit_graph.errors import RateInputError
from credit_graph.graph import Graph
from credit_graph.phrases import called, part

__all__ = ["DEPENDENCE_COLUMNS", "economic_dependence"]

DEPENDENCE_COLUMNS = ["party_id", "on_id", "side", "amount_fen", "total_fen", "share", "reason_zh", "reason_en"]
_SIDES = {"receipts": ("收入", "receives", "from"), "expenditures": ("支出", "pays", "to")}


def economic_dependence(graph: Graph, needed: float = 0.5, *, least_fen: int = 0) -> pd.DataFrame:
    """Find who receives, or pays, so large a part of all through one other party that it depends on it.

    Parameters
    ----------
    graph
        Reads the layer `fund_flow` (payer to receiver); what a party pays to itself is left out.
    needed
        At least this part of all receipts or of all expenditures, above 0 and at most 1.
    least_fen
        Parties whose receipts (or expenditures) are together below this are not judged by them.

    Returns
    -------
    party_id (who depends), on_id (on whom), side ("receipts" or "expenditures"), amount_fen, total_fen, share,
    reason_zh, reason_en: by party, side, then on whom. Banks are neither: a bank is the lender of all.

    Raises
    ------
    RateInputError
        If the part is not above 0 and at most 1.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> flows = [("F2", "F1", 50), ("F3", "F1", 50), ("F2", "F4", 30), ("F2", "F5", 70)]
    >>> found = economic_dependence(small_graph(fund_flow=flows), needed=0.6)
    >>> found[["party_id", "on_id", "side"]].values.tolist()
    [['F3', 'F1', 'expenditures'], ['F4', 'F2', 'receipts'], ['F5', 'F2', 'receipts']]
    """
    if not 0 < needed <= 1:
        raise RateInputError(f"needed is {needed}; dependence begins at a part above 0, and at most 1.")
    ties = graph.layers["fund_flow"]
    flows = pd.DataFrame({"payer": ties.tail, "receiver": ties.head, "amount": ties.amount_fen}, dtype=np.int64)
    flows = flows[(flows["payer"] != flows["receiver"]) & (flows["amount"] > 0)]
    pairs = flows.groupby(["payer", "receiver"])["amount"].sum().reset_index()
    receipts = _judged(pairs, "receiver", "payer", needed, least_fen).assign(side="receipts")
    spent = _judged(pairs, "payer", "receiver", needed, least_fen).assign(side="expenditures")
    found = pd.concat([receipts, spent], ignore_index=True)
    is_client = ~graph.parties["kind"].isin(["bank", "attribute"]).to_numpy(dtype=np.bool_)
    found = found[is_client[found["party"]] & is_client[found["on"]]]
    found = found.sort_values(["party", "side", "on"], ascending=[True, False, True], ignore_index=True)
    rows = [_said(graph, *row) for row in found[["party", "on", "side", "amount", "total"]].itertuples(index=False)]
    return pd.DataFrame(rows, columns=DEPENDENCE_COLUMNS).astype({"amount_fen": np.int64, "total_fen": np.int64})


def _judged(pairs: pd.DataFrame, own: str, other: str, needed: float, least_fen: int) -> pd.DataFrame:
    """Return the pairs in which `other` is so large a part of all that `own` receives or pays."""
    table = pairs.rename(columns={own: "party", other: "on"})
    table["total"] = table.groupby("party")["amount"].transform("sum")
    near = table[(table["total"] >= least_fen) & (table["amount"] >= table["total"] * (needed - 1e-9))]
    exact = Fraction(Decimal(str(needed)))  # half is half to the fen, whatever a float makes of it
    ends = zip(near["amount"].tolist(), near["total"].tolist(), strict=True)
    is_enough = [amount * exact.denominator >= total * exact.numerator for amount, total in ends]
    return near[np.array(is_enough, np.bool_)]


def _said(graph: Graph, party: int, on: int, side: str, amount: int, total: int) -> list[object]:
    who, whom, share = called(graph, party), called(graph, on), amount / total
    zh, verb, way = _SIDES[side]
    reason_zh = (
        f"{who}的{zh}有 {part(share)} 来自{whom}" if side == "receipts" else f"{who}的{zh}有 {part(share)} 付给{whom}"
    )
    reason_en = f"{who} {verb} {part(share)} of all {way} {whom}"
    return [graph.ids[party], graph.ids[on], side, amount, total, share, reason_zh, reason_en]
