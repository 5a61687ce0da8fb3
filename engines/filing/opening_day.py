"""A day at a bank: accounts that were opened, what the registry and the central bank know, and how each should end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from datasets import filings, lending
from datasets.account_openings import FLAWS, LOOK_ALIKES
from rpa.deadlines import WorkingDays, deadline_of, default_policy
from rpa.deadlines.rules import CHINA
from rpa.filing import Filing, from_record
from rpa.listing import Registry, complete
from rpa.systems.truth import Expected

__all__ = ["BANK", "EVENING", "OpeningDay", "opening_day"]

BANK = lending.BANKS[0][1]
EVENING = datetime(2020, 7, 1, 17, 0, 30, tzinfo=CHINA)
"""When the bot begins: a Wednesday, half a minute after the cut-off for opening accounts; filing closes at 17:30."""
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class OpeningDay:
    """The accounts of a day.

    Parameters
    ----------
    records
        As they stand on the list, with `opened_at`.
    registry
        Rows of the registry of firms.
    known
        Credit code, number and state of basic accounts that the central bank knows before.
    banks
        Name of each branch by its code.
    expected
        How each account should end.
    kinds
        What is wrong with an account or looks odd, by number; empty if nothing does.
    """

    records: tuple[dict[str, Any], ...]
    registry: tuple[dict[str, Any], ...]
    known: tuple[tuple[str, str, str], ...]
    banks: dict[str, str]
    expected: tuple[Expected, ...]
    kinds: dict[str, str]


def opening_day(seed: int, count: int) -> OpeningDay:
    """Draw a day: one account of each kind that the province has, then ordinary ones.

    Parameters
    ----------
    seed
        Seed of the province.
    count
        Number of accounts, 1 or more.

    Examples
    --------
    >>> day = opening_day(7, 15)
    >>> len(day.records), sorted({one.ends for one in day.expected})
    (15, ['filed', 'person', 'refused'])
    """
    chosen = _chosen(seed, count)
    towns = range(int(chosen["filing_id"].str[1:5].astype(int).max()) + 1)
    registry = tuple(_rows(filings.registry_of_towns(seed, towns)))
    known = tuple(filings.existing_of_towns(seed, towns).itertuples(index=False, name=None))
    records = tuple(_record(row) for row in _rows(chosen.drop(columns=["kind", "ends"])))
    book, facts = Registry(registry), {row["certificate_number"]: row for row in registry}
    ends = dict(zip(chosen["filing_id"], chosen["ends"], strict=True))
    return OpeningDay(
        records,
        registry,
        known,
        dict(zip(chosen["bank_code"], chosen["bank_name"], strict=True)),
        tuple(_expected(record, book, facts, ends[record["filing_id"]]) for record in records),
        dict(zip(chosen["filing_id"], chosen["kind"], strict=True)),
    )


def _chosen(seed: int, count: int) -> pd.DataFrame:
    """Return the first account of each kind, then ordinary ones, in the order of the province."""
    rows: list[pd.DataFrame] = []
    first, found = 0, pd.DataFrame()
    while True:
        some = range(first, first + _ROWS_AT_ONCE // 40)
        part = filings.of_towns(seed, some).merge(filings.truth_of_towns(seed, some), on="filing_id")
        rows.append(part[part["entity"] == BANK])
        found, first = pd.concat(rows, ignore_index=True), some.stop
        odd = found[found["kind"] != ""].drop_duplicates("kind")
        if len(odd) == len(FLAWS) + len(LOOK_ALIKES) and len(found) - len(odd) >= count:
            break
    plain = found[found["kind"] == ""]
    kept = pd.concat([odd.head(count), plain.head(max(count - len(odd), 0))])
    return kept.sort_values("filing_id", ignore_index=True)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]  # columns are named by text
    return rows


def _record(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it stands on the list; all accounts of the demonstration are opened on one day."""
    opened = datetime.combine(EVENING.date(), row.pop("opened_at").time(), CHINA)
    capital = None if pd.isna(row["capital_fen"]) else int(row["capital_fen"])
    return row | {
        "capital_fen": capital,
        "opened_on": opened.date().isoformat(),
        "opened_at": opened.isoformat(),
    }


def _expected(record: dict[str, Any], book: Registry, facts: dict[str, Any], ends: str) -> Expected:
    bare = {name: value for name, value in record.items() if name != "opened_at"}
    known = facts.get(record["certificate_number"])
    # who contradicts the registry is not filed, so that only a name for the account is needed
    right: Filing = complete(bare, book).filing if ends != "person" and known is not None else from_record(bare)
    opened = datetime.fromisoformat(record["opened_at"])
    due = deadline_of(record["account_type"], opened, default_policy(), WorkingDays()).due
    return Expected(right, due, ends)
