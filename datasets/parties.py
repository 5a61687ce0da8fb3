"""Parties of the credit tables: banks, firms, and the people who have a tie to a firm.

Data card. One row for each party: identifier, kind (bank, firm, person), name, equity in fen, industry, place,
registered capital, date of foundation, leverage (资产负债率), days overdue (逾期天数), licence. What a bank knows of a
firm is that of the end of 2018, before the first default. A licence is that of a guarantee company (融资担保公司). A
person's fortune is not known. Firms and people are those of `datasets.firms` and `datasets.people`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import (
    balance_sheets,
    blacklist,
    firms,
    fund_flows,
    guarantee_ties,
    lending,
    ownership,
    places,
    towns,
)
from datasets import people as drawn_people
from datasets.guarantee_structures import structures
from datasets.ties import days, firm_id, frames

__all__ = ["make", "of_towns", "persons"]

_COLUMNS = {
    "party_id": "str",
    "kind": "str",
    "name": "str",
    "equity_fen": "Int64",
    "industry": "str",
    "place": "str",
    "registered_capital_fen": "Int64",
    "founded_on": "datetime64[s]",
    "leverage": "float64",
    "overdue_days": "Int64",
    "licence": "str",
}


def persons(seed: int, town: int) -> list[str]:
    """Return the people of one town who have a tie to somebody, ascending.

    Examples
    --------
    >>> 40 < len(persons(7, 0)) < 200
    True
    """
    ties = [*guarantee_ties.ties(seed, town), *fund_flows.ties(seed, town)]
    for some in ownership.ties(seed, town).values():
        ties += some
    found = {name for tie in ties for name in (tie.from_id, tie.to_id) if name.startswith("P")}
    found |= {party for party, _, _ in blacklist.listed(seed, town) if party.startswith("P")}
    return sorted(found)


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n parties: the banks, then the firms and people of each town; see the data card above.

    Examples
    --------
    >>> frame = next(make(60, seed=7))
    >>> frame["kind"].value_counts().to_dict()
    {'firm': 40, 'person': 14, 'bank': 6}
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the parties of some towns that follow each other; the banks come with the first town.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 80
    True
    """
    people = [persons(seed, town) for town in some]
    where = [np.zeros(len(lending.BANKS) * (some.start == 0), np.int64)]
    where += [np.repeat(some, towns.FIRMS), np.repeat(some, [len(found) for found in people])]
    parts = [_banks().head(len(where[0])), _firms(seed, some), _persons(seed, some, people)]
    whole = pd.concat([part.reindex(columns=list(_COLUMNS)).astype(_COLUMNS) for part in parts], ignore_index=True)
    order = np.argsort(np.concatenate(where), kind="stable")
    return whole.take(order).reset_index(drop=True)


def _banks() -> pd.DataFrame:
    columns = [*zip(*lending.BANKS, strict=True)]
    return pd.DataFrame({"party_id": columns[0], "kind": "bank", "name": columns[1], "equity_fen": columns[2]})


def _firms(seed: int, some: range) -> pd.DataFrame:
    drawn, here = firms.draw(seed, towns.MAX_TOWNS), slice(some.start * towns.FIRMS, some.stop * towns.FIRMS)
    sheets = [balance_sheets.sheet(seed, town) for town in some]
    licensed = {
        firm_id(town, one.members[0])
        for town in some
        for one in structures(seed, town)
        if one.kind == "guarantee_company"
    }
    ids = [firm_id(town, number) for town in some for number in range(towns.FIRMS)]

    def all_of(column: str) -> NDArray[np.int64]:
        return np.concatenate([getattr(sheet, column) for sheet in sheets] or [np.zeros(0, np.int64)])

    return pd.DataFrame(
        {
            "party_id": ids,
            "kind": "firm",
            "name": firms.names_of_all(seed)[here],
            "equity_fen": all_of("equity_fen"),
            "industry": np.array(firms.INDUSTRIES)[drawn.industry[here]],
            "place": np.array(places.PLACES)[drawn.place[here]],
            "registered_capital_fen": all_of("capital_fen"),
            "founded_on": days((-drawn.founded[here]).tolist()),
            "leverage": all_of("leverage") / balance_sheets.BASIS,
            "overdue_days": all_of("overdue_days"),
            "licence": ["financing guarantee" if name in licensed else None for name in ids],
        }
    )


def _persons(seed: int, some: range, people: list[list[str]]) -> pd.DataFrame:
    first, count = some.start * towns.PEOPLE, len(some) * towns.PEOPLE
    called = drawn_people.called(seed, first, count)
    city = places.of_towns(towns.MAX_TOWNS)
    ids = [person for found in people for person in found]
    numbers = [int(person[1:5]) * towns.PEOPLE + int(person[5:]) - first for person in ids]
    place = [places.PLACES[city[int(person[1:5])]] for person in ids]
    return pd.DataFrame({"party_id": ids, "kind": "person", "name": called[numbers], "place": place})
