"""Who is behind a circle of shareholdings: votes and dividend rights, run round the circle to the end.

A circle of companies that hold each other has an owner outside as soon as somebody holds votes that the circle does
not: control is the fixed point of the majority of votes (`credit_graph.control`), dividend rights the sum over all
rounds (`credit_graph.ownership`). The two differ much, which is what such circles are made for: more than half of the
votes with a sixth of the profit.
"""

from dataclasses import dataclass

import pandas as pd

from credit_graph.control import ultimate_controllers
from credit_graph.ownership import ultimate_owners
from engines.risk_graph.province import Credit

__all__ = ["Circles", "circles_of_ownership"]

_BEHIND = {"circular_ownership": "ultimate controller", "shell_ring": "representative"}


@dataclass(frozen=True, eq=False)
class Circles:
    """The planted circles of shareholdings, and who is found behind them.

    Parameters
    ----------
    companies
        structure_id, kind, company_id, planted_id (the person behind), controller_id (missing where nobody has a
        majority), votes, steps, dividend_share (of the planted person), chain_zh, chain_en: one row for each company.
    """

    companies: pd.DataFrame

    def found(self, kind: str) -> tuple[int, int]:
        """Return of how many companies the planted person is the controller, and how many companies there are."""
        some = self.companies[self.companies["kind"] == kind]
        return int((some["controller_id"] == some["planted_id"]).sum()), len(some)


def circles_of_ownership(made: Credit) -> Circles:
    """Return the companies of all planted circles of shareholdings with their controllers.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> circles_of_ownership(credit(7, 120)).found("circular_ownership")
    (4, 4)
    """
    truth = made.truth[made.truth["kind"].isin(list(_BEHIND)) & made.truth["party_id"].notna()]
    is_person = truth["role"] == truth["kind"].map(_BEHIND)
    person = truth[is_person].set_index("structure_id")["party_id"]
    rows = truth.loc[~is_person, ["structure_id", "kind", "party_id"]].rename(columns={"party_id": "company_id"})
    rows = rows.assign(planted_id=rows["structure_id"].map(person))
    # of two controllers (by agreement) the first is told
    control = ultimate_controllers(made.graph).drop_duplicates("company_id")
    owners = ultimate_owners(made.graph).rename(columns={"owner_id": "planted_id"})
    columns = ["company_id", "controller_id", "votes", "steps", "chain_zh", "chain_en"]
    found = rows.merge(control[columns], on="company_id", how="left")
    found = found.merge(
        owners[["company_id", "planted_id", "dividend_share"]], on=["company_id", "planted_id"], how="left"
    )
    return Circles(found.fillna({"dividend_share": 0.0}))
