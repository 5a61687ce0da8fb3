"""Payments of the province's customers over all channels, with seven typologies of fraud hidden among them.

Data card. One row for each payment, in time order: transaction_id (0, 1, 2, ...), occurred_at (local time, seconds),
customer_id, account_id, card_id, channel (counter, atm, pos, mobile, web, qr), kind (purchase, transfer, withdrawal,
deposit), amount_fen, payee_id, terminal_id, merchant_category, device_id, ip, place, country, customer_age,
account_age_days, sim_age_days, phone (line of the customer, a firm's is its representative's), merchant_id (whose
terminal it is; several may be one merchant's), latitude, longitude (degrees: of the terminal if the customer stands
before one, else where the customer lives or stays, scattered some kilometres around the city's centre). What a payment
does not have is missing.

Base rate 0.2 % for teaching; `PAPER_BASE_RATE` (0.0063 %) is the paper's. For each typology there are several times as
many honest payments that look like it. Which rows are fraud stands in `datasets.truth` alone. Customers, habits
and typologies are inventions: a score on this table says nothing about a bank.

The stream is made slice by slice: memory does not grow with n, and equal seeds give equal bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import background, conduct, places, plan, towns
from datasets.rows import NONE, Rows, join, rows, select
from datasets.scenarios import SCENARIOS, Episode
from datasets.seeds import generator
from datasets.world import DAYS, FIRST_DAY, World, build

__all__ = ["COLUMNS", "Slice", "codes", "frame_of", "make", "numbers", "stream"]

COLUMNS: tuple[str, ...] = (
    *(
        "transaction_id",
        "occurred_at",
        "customer_id",
        "account_id",
        "card_id",
        "channel",
        "kind",
        "amount_fen",
    ),
    *("payee_id", "terminal_id", "merchant_category", "device_id", "ip", "place", "country"),
    *("customer_age", "account_age_days", "sim_age_days"),
    *("phone", "merchant_id", "latitude", "longitude"),
)

_PEOPLE_FOR = 40
"""Rows for each customer: in 120 days a customer pays some 40 times, until the province has 25,000 people."""
_MOST_TOWNS = 50


@dataclass(frozen=True, eq=False)
class Slice:
    """Consecutive rows of a stream as codes: `first` is the number of the first row."""

    world: World
    first: int
    rows: Rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows["second"])


def stream(
    n: int, seed: int, base_rate: float = plan.BASE_RATE, days: int = DAYS, people: int | None = None
) -> Iterator[Slice]:
    """Make n payments, slice by slice, as codes; `make` and `datasets.truth.make` turn them into tables.

    Parameters
    ----------
    n
        Number of rows, 0 or more.
    seed
        Seed of the province, 0 or more.
    base_rate
        Share of fraud, 0 to 0.5; the number of frauds is exactly the nearest whole number.
    days
        Length of the stream from 1 July 2020.
    people
        Number of people who pay, rounded up to whole towns of 500; by default one for 40 rows, at most 25,000.

    Raises
    ------
    OutOfRangeError
        If a number is out of range; the message names it.

    Examples
    --------
    >>> parts = list(stream(1000, seed=7))
    >>> sum(len(part) for part in parts), parts[0].rows["second"][:3].tolist() == sorted(parts[0].rows["second"][:3])
    (1000, True)
    """
    wanted = max(1, n // _PEOPLE_FOR) if people is None else people
    count = towns.towns_for(wanted, towns.PEOPLE)
    world = build(seed, min(count, _MOST_TOWNS) if people is None else count, days)
    return _slices(world, plan.make(world, n, base_rate))


def _slices(world: World, planned: plan.Plan) -> Iterator[Slice]:
    made, waiting = 0, rows(0)
    for first_hour, last_hour in plan.slices(planned):
        end = last_hour * 3600
        rng = generator(world.seed, "slice", first_hour)
        begun = np.flatnonzero((planned.start >= first_hour * 3600) & (planned.start < end))
        episodes = [_act(world, rng, planned, int(number)) for number in begun]
        table = join([waiting, _ordinary(world, rng, planned.hourly[first_hour:last_hour], first_hour), *episodes])
        # an episode that runs on is kept until the slice in which its later payments happen
        is_later = (table["second"] >= end) & (last_hour < len(planned.hourly))
        waiting, table = select(table, is_later), select(table, ~is_later)
        table = select(table, np.argsort(table["second"], kind="stable"))
        is_empty_stream = not made and last_hour == len(planned.hourly)
        if len(table["second"]) or is_empty_stream:
            yield Slice(world, made, conduct.complete(world, rng, table))
            made += len(table["second"])


def _ordinary(world: World, rng: np.random.Generator, hourly: NDArray[np.int64], first_hour: int) -> Rows:
    cell = np.repeat(np.arange(hourly.size), hourly.ravel())
    hour, segment = np.divmod(cell, hourly.shape[1])
    second = (first_hour + hour) * 3600 + rng.integers(0, 3600, len(cell))
    return background.ordinary(world, rng, second, segment)


def _act(world: World, rng: np.random.Generator, planned: plan.Plan, number: int) -> Rows:
    code, town = int(planned.scenario[number]), int(planned.town[number])
    scenario = SCENARIOS[code]
    table = scenario.act(world, rng, Episode(int(planned.start[number]), int(planned.size[number]), town))
    # a scenario that plays at set hours of the day may name an hour before its start: that is the next day's
    second = np.where(table["second"] < planned.start[number], table["second"] + conduct.DAY, table["second"])
    return {
        **table,
        "second": np.minimum(second, world.days * conduct.DAY - 1),
        "scenario": np.full_like(table["scenario"], code),
        "episode": np.full_like(table["episode"], number),
        "ring": np.full_like(table["ring"], town if scenario.is_fraud else NONE),
    }


def make(
    n: int, seed: int, base_rate: float = plan.BASE_RATE, days: int = DAYS, people: int | None = None
) -> Iterator[pd.DataFrame]:
    """Make n payments in time order, in frames of some 65,536 rows; parameters as for `stream`.

    Examples
    --------
    >>> frame = next(make(1000, seed=7))
    >>> frame.shape, frame["amount_fen"].dtype, str(frame["occurred_at"].iloc[0].date())
    ((1000, 22), dtype('int64'), '2020-07-01')
    """
    for part in stream(n, seed, base_rate, days, people):
        yield frame_of(part)


def frame_of(part: Slice) -> pd.DataFrame:
    """Return the rows of a slice as a frame: categories for identifiers, float64 with NaN for ages that are missing.

    Examples
    --------
    >>> frame_of(next(stream(1000, seed=7)))["channel"].dtype.name
    'category'
    """
    return pd.DataFrame({name: _column(part, name) for name in COLUMNS}, copy=False)


_CODES = {
    **{
        "customer_id": "customer",
        "account_id": "account",
        "card_id": "card",
        "channel": "channel",
        "kind": "kind",
    },
    **{"payee_id": "payee", "terminal_id": "terminal", "device_id": "device", "ip": "ip", "place": "place"},
}


def codes(part: Slice, name: str) -> NDArray[np.int64]:
    """Return the codes of one column of text, int64 with -1 for missing; the labels are `part.world.labels[name]`.

    Examples
    --------
    >>> part = next(stream(1000, seed=7))
    >>> sorted(set(part.world.labels["channel"][codes(part, "channel")]))
    ['atm', 'counter', 'mobile', 'pos', 'qr', 'web']
    """
    if name == "merchant_category":
        terminal = part.rows["terminal"]
        return np.where(terminal >= 0, part.world.terminal_category[terminal], NONE)
    if name == "country":
        return _COUNTRY_OF_PLACE[part.rows["place"]]
    if name == "merchant_id":
        terminal = part.rows["terminal"]
        return np.where(terminal >= 0, part.world.terminal_merchant[terminal], NONE)
    if name == "phone":
        return part.world.customer_phone[part.rows["customer"]]
    return part.rows[_CODES[name]]


_COUNTRY_OF_PLACE = np.array([sorted(set(places.COUNTRIES)).index(code) for code in places.COUNTRIES])


def numbers(part: Slice, name: str) -> NDArray[np.int64]:
    """Return one column of numbers, int64 with -1 for missing; `occurred_at` in seconds since 1970, local time.

    Examples
    --------
    >>> numbers(next(stream(1000, seed=7)), "transaction_id")[:3].tolist()
    [0, 1, 2]
    """
    table, world = part.rows, part.world
    if name == "transaction_id":
        return np.arange(part.first, part.first + len(part))
    if name == "occurred_at":
        return table["second"] + int(np.datetime64(FIRST_DAY, "s").astype(np.int64))
    if name == "customer_age":
        is_person = table["customer"] < world.persons
        return np.where(is_person, world.people.age[np.minimum(table["customer"], world.persons - 1)], NONE)
    return table[{"amount_fen": "amount_fen", "account_age_days": "account_age", "sim_age_days": "sim_age"}[name]]


def _degrees(part: Slice, is_longitude: bool) -> NDArray[np.float64]:
    table, world = part.rows, part.world
    terminal, place = table["terminal"], table["place"]
    stands_there = (terminal >= 0) & (world.terminal_place[terminal] == place)
    who = np.where(stands_there, terminal * 2, table["customer"] * 2 + 1)
    return places.degrees_near(place, who, is_longitude)


def _column(part: Slice, name: str) -> pd.Categorical | NDArray[np.generic]:
    if name in ("latitude", "longitude"):
        return _degrees(part, name == "longitude")
    if name in part.world.labels:
        return pd.Categorical.from_codes(part.world.ranks[name][codes(part, name)], dtype=part.world.dtypes[name])
    column = numbers(part, name)
    if name == "occurred_at":
        return column.astype("datetime64[s]")
    if name in ("transaction_id", "amount_fen"):
        return column
    return np.where(column == NONE, np.nan, column)
