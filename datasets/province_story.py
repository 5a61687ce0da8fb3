"""One story in all tables: the province with a summer's newcomers, joined on firms, with the truth apart.

The firms are those of the first towns without the three small shells that every town has, which would be rings besides
the ring of the story, and the newcomers of `datasets.newcomers`. What they share, open, sign, trade and pay comes from
the province's own tables and from those of the newcomers; the same firm is the same in all of them. One firm in fifty
to a hundred is a shell of the ring. `TRUTH` names the tables that only a judge may read.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from datasets import (
    filings,
    firms,
    guarantees,
    lending,
    newcomer_deals,
    newcomer_filings,
    newcomer_payments,
    newcomers,
    parties,
    receivables,
    shared_attributes,
    towns,
    transactions,
)
from datasets.account_openings import openings
from datasets.errors import OutOfRangeError
from datasets.newcomers import newcomers as newcomers_of
from datasets.ties import NO_END, Tie, firm_id, numbered, shuffled, table

__all__ = ["PER_TOWN", "TRUTH", "story_tables"]

PER_TOWN = 50
"""Firms that a town is counted for: 37 of its own, and a dozen or two of newcomers."""
TRUTH = ("truth", "filing_truth", "step_truth", "payment_truth")
"""Tables that only a judge may read."""
_PAYMENTS_PER_TOWN = 2_500
_PAID = ("occurred_at", "customer_id", "account_id", "channel", "kind", "amount_fen", "payee_id")


def story_tables(size: int, seed: int) -> dict[str, pd.DataFrame]:
    """Return all tables of the story.

    Parameters
    ----------
    size
        Number of firms, about; rounded up to whole towns of fifty, two at least: the ring sits in two.
    seed
        Seed of the province.

    Returns
    -------
    dict
        "parties", "guarantee", "loan", "shared_attribute", "filings", "registry", "known", "promises", "steps",
        "payments"; and `TRUTH`: "truth" has one row for each firm (firm_id, kind, group_id, is_ring), the others one
        for each row of their table.

    Raises
    ------
    OutOfRangeError
        If the seed is negative, or size is below 1 or more than the province holds.

    Examples
    --------
    >>> tables = story_tables(100, seed=7)
    >>> int(tables["truth"]["is_ring"].sum()), len(tables["filings"]) == len(tables["truth"])
    (9, True)
    """
    most = towns.MAX_TOWNS * PER_TOWN
    if not 1 <= size <= most:
        raise OutOfRangeError(f"size is {size:,}, but a story has 1 to {most:,} firms")
    some = range(max(2, -(-size // PER_TOWN)))
    return {name: make(seed, some) for name, make in _TABLES.items()} | _paid(seed, some)


def _is_left_out(names: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell which identifiers are the town's own small shells, or their accounts."""
    number = pd.to_numeric(names.str[5:], errors="coerce")
    is_shell = (number >= towns.FIRMS - firms.SHELLS) & (number < towns.FIRMS)
    return names.str[:1].isin(["F", "B"]) & is_shell


def _without_shells(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    left_out = np.zeros(len(frame), np.bool_)
    for column in columns:
        left_out |= _is_left_out(frame[column].astype("str")).to_numpy(np.bool_)
    return frame[~left_out]


def _both(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([one, other], ignore_index=True)


def _parties(seed: int, some: range) -> pd.DataFrame:
    base = _without_shells(parties.of_towns(seed, some), "party_id")
    table, drawn = newcomers.of_towns(seed, some), [one for town in some for one in newcomers_of(seed, town)]
    new = pd.DataFrame(
        {
            "party_id": table["firm_id"],
            "kind": "firm",
            "name": table["name"],
            "equity_fen": np.array([one.equity_fen for one in drawn], np.int64),
            "industry": table["industry"],
            "place": table["place"],
            "registered_capital_fen": table["registered_capital_fen"],
            "founded_on": table["founded_on"],
        }
    )
    return _both(base, new.reindex(columns=list(base.columns)).astype(base.dtypes.to_dict()))


def _guarantees(seed: int, some: range) -> pd.DataFrame:
    base = _without_shells(guarantees.of_towns(seed, some), "from_id", "to_id")
    return _both(base, newcomer_deals.guarantees(seed, some))


def _loans(seed: int, some: range) -> pd.DataFrame:
    return _both(_without_shells(lending.of_towns(seed, some), "to_id"), newcomer_deals.loans(seed, some))


def _attributes(seed: int, some: range) -> pd.DataFrame:
    base, rows = _without_shells(shared_attributes.of_towns(seed, some), "from_id"), []
    for town in some:
        ties = [
            Tie(one.firm_id, value, 0, -1, one.founded, NO_END, "company registry", attribute=name)
            for one in newcomers_of(seed, town)
            for name, value in (
                *(("legal_representative", one.representative), ("officer", one.officer), ("agent", one.agent)),
                *(("address", one.address), ("phone", one.phone)),
            )
        ]
        rows += list(numbered("Z", town, shuffled(seed, "newcomers' attribute", town, ties)))
    return _both(base, table(rows, with_attribute=True))


def _filings(seed: int, some: range) -> pd.DataFrame:
    who = [firm_id(town, one.firm) for town in some for one in openings(seed, town)]
    base = filings.of_towns(seed, some).assign(firm_id=pd.Series(who, dtype="str"))
    return _both(_without_shells(base, "firm_id"), newcomer_filings.of_towns(seed, some))


def _registry(seed: int, some: range) -> pd.DataFrame:
    return _both(filings.registry_of_towns(seed, some), newcomer_filings.registry(seed, some))


def _filing_truth(seed: int, some: range) -> pd.DataFrame:
    kept = _filings(seed, some)["filing_id"]
    both = _both(filings.truth_of_towns(seed, some), newcomer_filings.truth(seed, some))
    return both[both["filing_id"].isin(kept)].reset_index(drop=True)


def _promises(seed: int, some: range) -> pd.DataFrame:
    base = _without_shells(receivables.of_towns(seed, some), "obligor_id", "holder_id")
    return _both(base, newcomer_deals.promises(seed, some))


def _steps(seed: int, some: range) -> pd.DataFrame:
    kept = _promises(seed, some)["receivable_id"]
    both = _both(receivables.steps_of_towns(seed, some), newcomer_deals.steps(seed, some))
    both = both[both["receivable_id"].isin(kept)]
    return both.sort_values(["on", "step_id"], kind="stable", ignore_index=True)


def _step_truth(seed: int, some: range) -> pd.DataFrame:
    kept = _steps(seed, some)["step_id"]
    both = _both(receivables.truth_of_towns(seed, some), newcomer_deals.receivable_truth(seed, some))
    return both[both["step_id"].isin(kept)].reset_index(drop=True)


def _truth(seed: int, some: range) -> pd.DataFrame:
    own = [firm_id(town, number) for town in some for number in range(towns.FIRMS - firms.SHELLS)]
    base = pd.DataFrame({"firm_id": own, "kind": "settled", "group_id": "", "is_ring": False})
    new = newcomers.truth_of(seed, some)
    return _both(base.astype(new.dtypes.to_dict()), new)


_TABLES: dict[str, Callable[[int, range], pd.DataFrame]] = {
    "parties": _parties,
    "guarantee": _guarantees,
    "loan": _loans,
    "shared_attribute": _attributes,
    "filings": _filings,
    "registry": _registry,
    "known": filings.existing_of_towns,
    "promises": _promises,
    "steps": _steps,
    "truth": _truth,
    "filing_truth": _filing_truth,
    "step_truth": _step_truth,
}


def _paid(seed: int, some: range) -> dict[str, pd.DataFrame]:
    """Return payments to accounts in time order, and the truth about each."""
    stream = transactions.make(len(some) * _PAYMENTS_PER_TOWN, seed, people=len(some) * towns.PEOPLE)
    base = pd.concat([part.loc[part["payee_id"].notna(), list(_PAID)] for part in stream], ignore_index=True)
    base = _without_shells(base.astype(dict.fromkeys(_TEXTS, "str")), "account_id", "payee_id")
    new, told = newcomer_payments.of_towns(seed, some), newcomer_payments.truth_of(seed, some)
    both = _both(base.assign(typology="", is_washing=False), pd.concat([new, told], axis=1))
    both = both.sort_values("occurred_at", kind="stable", ignore_index=True)
    both.insert(0, "transaction_id", np.arange(len(both)))
    truth = ["transaction_id", "typology", "is_washing"]
    return {"payments": both[["transaction_id", *_PAID]], "payment_truth": both[truth]}


_TEXTS = ("customer_id", "account_id", "channel", "kind", "payee_id")
