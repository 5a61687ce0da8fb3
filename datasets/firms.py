"""Firms of the province, with valid credit codes, representatives, officers, agents and addresses.

Data card. One row for each firm: identifier, 统一社会信用代码 (GB 32100-2015, with the organisation code's own check
digit of GB 11714-1997), name, industry, legal representative (法定代表人), finance officer (财务负责人), agent for
filings (代理人), address, registered capital in fen, date of foundation, basic account (基本存款账户). The last three
firms of a town are shells of the ring that works from there: one representative, one agent, one address. That they are
shells stands in the table `rings` alone.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import names, places, quantiles, towns
from datasets.seeds import generator

__all__ = ["INDUSTRIES", "SHELLS", "TRADES", "Firms", "credit_code", "draw", "make", "names_of_all"]

SHELLS = 3
"""Shell firms of a town: those with the highest numbers."""

TRADES = ("商贸", "建材", "农业科技", "物流", "餐饮", "电子科技", "建筑工程", "医药", "文化传媒", "能源")
"""What a firm's name says of its business, in the order of `INDUSTRIES`."""
INDUSTRIES = (
    *("wholesale", "building materials", "agriculture", "logistics", "catering"),
    *("electronics", "construction", "medicine", "media", "energy"),
)
"""Industries; a firm's code is the position here."""
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, eq=False)
class Firms:
    """All firms as arrays of shape (towns * 40,): codes of towns, places, people and addresses."""

    town: NDArray[np.int64]
    place: NDArray[np.int64]
    industry: NDArray[np.int64]
    representative: NDArray[np.int64]
    officer: NDArray[np.int64]
    agent: NDArray[np.int64]
    address: NDArray[np.int64]
    scale: NDArray[np.int64]
    founded: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of firms."""
        return len(self.town)


@lru_cache(maxsize=4)
def draw(seed: int, town_count: int) -> Firms:
    """Draw the firms of the first towns as arrays; `founded` counts days back from the first day of the streams.

    Examples
    --------
    >>> firms = draw(7, 2)
    >>> len(firms), int(firms.founded.min()) >= 60
    (80, True)
    """
    size = town_count * towns.FIRMS

    def uniform(column: str) -> NDArray[np.float64]:
        return generator(seed, "firms", column).random(size)

    local, town = np.arange(size) % towns.FIRMS, np.arange(size) // towns.FIRMS
    is_shell = local >= towns.FIRMS - SHELLS
    leader = np.where(is_shell, town * towns.FIRMS + towns.FIRMS - SHELLS, np.arange(size))
    someone = (uniform("representative") * towns.PEOPLE).astype(np.int64)
    officer = (uniform("officer") * towns.PEOPLE).astype(np.int64)
    office = towns.HOMES + (uniform("address") * towns.OFFICES).astype(np.int64)
    factors = quantiles.factors(1.1)
    return Firms(
        town=town,
        place=places.of_towns(town_count)[town],
        industry=(uniform("industry") * len(TRADES)).astype(np.int64),
        representative=town * towns.PEOPLE + someone[leader],
        officer=town * towns.PEOPLE + officer,
        # agents file for many firms: eight of them in a town
        agent=town * towns.PEOPLE + (uniform("agent")[leader] * 8).astype(np.int64),
        address=town * (towns.HOMES + towns.OFFICES) + office[leader],
        scale=factors[(uniform("scale") * len(factors)).astype(np.int64)],
        founded=np.where(is_shell, 60, 400).astype(np.int64)
        + (uniform("founded") * np.where(is_shell, 200, 6000)).astype(np.int64),
    )


@lru_cache(maxsize=2)
def names_of_all(seed: int) -> NDArray[np.object_]:
    """Return the names of all firms that the province can have, text of shape (towns * 40,).

    Examples
    --------
    >>> list(names_of_all(7)[:2]) == make(2, 7)["name"].tolist()
    True
    """
    drawn = draw(seed, towns.MAX_TOWNS)
    zh = np.array([row[1] for row in places.HOME], object)[drawn.place]
    return names.of_firms(seed, zh, np.array(TRADES, object)[drawn.industry])


def credit_code(division: str, number: int) -> str:
    """Return the 统一社会信用代码 of firm `number` registered in an administrative division.

    Parameters
    ----------
    division
        Six digits of GB/T 2260.
    number
        0 to 99,999,999; it is mixed so that neighbours do not look alike.

    Examples
    --------
    >>> from stdnum.cn import uscc
    >>> code = credit_code("620100", 12)
    >>> code[:8], len(code), uscc.is_valid(code)
    ('91620100', 18, True)
    """
    from stdnum.cn import uscc

    digits = f"{(number * 48_271 + 11_939_641) % 10**8:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11) % 11
    organisation = digits + (_ALPHABET[check] if check < 10 else "X")
    body = f"91{division}{organisation}"
    return body + str(uscc.calc_check_digit(body))


def make(n: int, seed: int) -> pd.DataFrame:
    """Return the first n firms, see the data card above.

    Examples
    --------
    >>> frame = make(40, seed=7)
    >>> int(frame["legal_representative_id"].tail(3).nunique()), len(set(frame["credit_code"]))
    (1, 40)
    """
    count = towns.towns_for(n, towns.FIRMS)
    firms, people = draw(seed, count), towns.identifiers("P", count, towns.PEOPLE)
    zh = np.array([row[1] for row in places.HOME], object)[firms.place]
    divisions = [places.HOME[code][2] for code in firms.place]
    start = np.datetime64("2020-07-01")
    return pd.DataFrame(
        {
            "firm_id": towns.identifiers("F", count, towns.FIRMS),
            "credit_code": [credit_code(division, number) for number, division in enumerate(divisions)],
            "name": names.of_firms(seed, zh, np.array(TRADES, object)[firms.industry]),
            "industry": np.array(INDUSTRIES)[firms.industry],
            "legal_representative_id": people[firms.representative],
            "finance_officer_id": people[firms.officer],
            "agent_id": people[firms.agent],
            "address_id": towns.identifiers("H", count, towns.HOMES + towns.OFFICES)[firms.address],
            "registered_capital_fen": firms.scale * 10**5 * 100,
            "founded_on": (start - firms.founded.astype("timedelta64[D]")).astype("datetime64[s]"),
            "basic_account_id": towns.identifiers("B", count, towns.FIRMS),
            "place": np.array(places.PLACES)[firms.place],
        }
    ).head(n)
