"""Receivables (应收款) of the province's core enterprises, and each step of their lives.

Data card. `make` has one row for each receivable: receivable_id, obligor_id (the core enterprise 核心企业),
acceptor_id (who promises to pay: the core enterprise, or a bank), holder_id (the supplier 供应商), amount in fen, when
it was issued and is due, whether endorsers are liable (recourse 追索权). `steps` has one row for each step: draft,
issue, accept, pay_on (拆分流转), merge, pledge (质押) and release, discount (贴现), redeem (兑付), default, recourse;
`lot` says which part of the receivable it takes. Parts are numbered from 0 as they are made: a payment makes one for
the payee, then one for what is left. The steps are those of the towns' supply chains (`datasets.supply_chains`), day by
day. About one in twelve may not be done (spent twice, pledged twice ...), others only look so: which, says `truth`.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from datasets.supply_chains import ATTEMPTS, Promise, Step, chain
from datasets.ties import days, frames

__all__ = [
    "make",
    "of_towns",
    "promise_table",
    "step_table",
    "steps",
    "steps_of_towns",
    "truth",
    "truth_of_towns",
    "truth_table",
]


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n receivables, some towns at a time; see the data card above.

    Raises
    ------
    OutOfRangeError
        If n or the seed is negative, or n is more than the province holds.

    Examples
    --------
    >>> frame = next(make(9, seed=7))
    >>> frame["receivable_id"].iloc[0], int(frame["obligor_id"].nunique())
    ('R00000000', 2)
    """
    return frames(n, seed, of_towns)


def steps(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n steps, some towns at a time; within a town in the order of their days.

    Examples
    --------
    >>> next(steps(3, seed=7))["action"].tolist()
    ['draft', 'issue', 'accept']
    """
    return frames(n, seed, steps_of_towns)


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the truth about the first n steps that are an attempt, or look like one.

    Examples
    --------
    >>> bool(next(truth(20, seed=7))["is_refused"].any())
    True
    """
    return frames(n, seed, truth_of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the receivables of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(2)))
    18
    """
    return promise_table(
        [(_name(town, place), promise) for town in some for place, (promise, _) in enumerate(chain(seed, town))]
    )


def promise_table(rows: Sequence[tuple[str, Promise]]) -> pd.DataFrame:
    """Return promises with their identifiers as a frame.

    Examples
    --------
    >>> promise_table([("R1", Promise("F1", "F1", "F2", 500, 0, 60, True))]).loc[0, "obligor_id"]
    'F1'
    """
    return pd.DataFrame(
        {
            "receivable_id": pd.Series([name for name, _ in rows], dtype="str"),
            "obligor_id": pd.Series([one.obligor for _, one in rows], dtype="str"),
            "acceptor_id": pd.Series([one.acceptor for _, one in rows], dtype="str"),
            "holder_id": pd.Series([one.holder for _, one in rows], dtype="str"),
            "amount_fen": np.array([one.amount_fen for _, one in rows], np.int64),
            "issued_on": days([one.issued for _, one in rows]),
            "due_on": days([one.due for _, one in rows]),
            "recourse": np.array([one.recourse for _, one in rows], np.bool_),
        }
    )


def steps_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the steps of some towns, town by town.

    Examples
    --------
    >>> steps_of_towns(7, range(1))["on"].is_monotonic_increasing
    True
    """
    return step_table([row for town in some for row in _numbered(seed, town)])


def step_table(rows: Sequence[tuple[str, str, Step]]) -> pd.DataFrame:
    """Return steps, each with its identifier and its receivable's, as a frame without the truth.

    Examples
    --------
    >>> step_table([("E1", "R1", Step(0, "draft", by="F1"))]).loc[0, ["step_id", "by_id"]].tolist()
    ['E1', 'F1']
    """
    taken = [step for _, _, step in rows]
    words = {"action": "action", "by_id": "by", "to_id": "to", "registration": "registration"}
    return pd.DataFrame(
        {
            "step_id": pd.Series([name for name, _, _ in rows], dtype="str"),
            "receivable_id": pd.Series([name for _, name, _ in rows], dtype="str"),
            "on": days([step.day for step in taken]),
            **{column: pd.Series([getattr(one, name) for one in taken], dtype="str") for column, name in words.items()},
            "lot": np.array([step.lot for step in taken], np.int64),
            "with_lot": np.array([step.with_lot for step in taken], np.int64),
            "amount_fen": np.array([step.amount_fen for step in taken], np.int64),
            "rate_bp": np.array([step.rate_bp for step in taken], np.int64),
            "until": days([step.until for step in taken]),
        }
    )


def truth_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about some towns' steps: step_id, kind, and whether it may not be done.

    Examples
    --------
    >>> "double_pledge" in set(truth_of_towns(7, range(1))["kind"])
    True
    """
    return truth_table([row for town in some for row in _numbered(seed, town)])


def truth_table(rows: Sequence[tuple[str, str, Step]]) -> pd.DataFrame:
    """Return the truth about steps: those that are an attempt, or look like one.

    Examples
    --------
    >>> truth_table([("E1", "R1", Step(0, "pledge", truth="double_pledge"))]).to_numpy().tolist()
    [['E1', 'double_pledge', True]]
    """
    told = [(name, step.truth) for name, _, step in rows if step.truth]
    return pd.DataFrame(
        {
            "step_id": pd.Series([name for name, _ in told], dtype="str"),
            "kind": pd.Series([kind for _, kind in told], dtype="str"),
            "is_refused": np.array([kind in ATTEMPTS for _, kind in told], np.bool_),
        }
    )


def _name(town: int, place: int) -> str:
    return f"R{town:04d}{place:04d}"


def _numbered(seed: int, town: int) -> Iterator[tuple[str, str, Step]]:
    """Give each step of a town its identifier, in order of day; a receivable's own steps stay in order."""
    rows = [(_name(town, place), step) for place, (_, lived) in enumerate(chain(seed, town)) for step in lived]
    rows.sort(key=lambda row: row[1].day)
    for place, (name, step) in enumerate(rows):
        yield f"E{town:04d}{place:04d}", name, step
