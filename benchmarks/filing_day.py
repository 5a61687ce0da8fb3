"""The day that bots are measured on: ordinary accounts of the province, three systems without faults, and one list."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.filing_settings import MORNING, PASSWORD, SIGNING, USER, clock_since, keys
from datasets import filings
from rpa.bot import SYSTEMS
from rpa.filing import Filing, from_record, to_record
from rpa.systems import Faults, serve
from rpa.systems.branch import Branch, open_branch

__all__ = ["day_of", "served"]

_SEED = 7


def day_of(count: int) -> list[Filing]:
    """Return so many accounts of the province that are as they should be.

    Examples
    --------
    >>> [one.account_type for one in day_of(3)]
    ['general', 'basic', 'basic']
    """
    found: list[Filing] = []
    town = 0
    while len(found) < count:
        table = filings.of_towns(_SEED, range(town, town + 1)).drop(columns=["opened_at"])
        kinds = filings.truth_of_towns(_SEED, range(town, town + 1))["kind"]
        rows: list[dict[str, Any]] = table[(kinds == "").to_numpy()].to_dict("records")  # type: ignore[assignment]  # columns are named by text
        for row in rows:
            capital = None if pd.isna(row["capital_fen"]) else int(row["capital_fen"])
            found.append(from_record(row | {"capital_fen": capital, "opened_on": MORNING.date().isoformat()}))
        town += 1
    return found[:count]


@contextmanager
def served(
    accounts: Sequence[Filing], folder: Path, latency: float, document_size: int, began: float
) -> Iterator[tuple[Branch, dict[str, str]]]:
    """Serve three systems with these accounts on the day's list; every request takes `latency` seconds longer.

    The day's morning is at `began`, Unix seconds.
    """
    towns = range(1 + max(int(one.filing_id[1:5]) for one in accounts))
    known = list(filings.existing_of_towns(_SEED, towns).itertuples(index=False, name=None))
    faults = {name: Faults(latency=latency) for name in SYSTEMS}
    users = {name: {USER: PASSWORD} for name in SYSTEMS}
    branch = open_branch(
        folder, users, clock_since(began), known=known, faults=faults, document_size=document_size // 3
    )
    records = [to_record(one) | {"opened_at": MORNING.isoformat()} for one in accounts]
    branch.offer(records, keys(), SIGNING, at=MORNING, serial=1, nonce=bytes(12))
    with serve(branch.applications()) as addresses:
        yield branch, dict(addresses)
