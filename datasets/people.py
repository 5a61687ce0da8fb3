"""People of the province: who they are, how they live, where they travel, and when they change their phone.

Data card. One row for each person: identifier, name (Faker's zh_CN pool), sex, age, segment (客群), household address,
place. All invented; a name that somebody bears is chance. `draw` gives the same people as plain arrays, together with
what only the streams use (activity, habits, trips, phone changes) and what never reaches a feature table.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import habits, names, places, quantiles, towns
from datasets.seeds import generator, skip

__all__ = ["People", "called", "draw", "make"]


@dataclass(frozen=True, eq=False)
class People:
    """All people as arrays of shape (towns * 500,); days count from the first day of the streams.

    `segment`, `age`, `town`, `place`: codes and years. `tickets`: how active, 1 to 16. `scale`: personal factor on
    amounts, in thousandths. `opened`: day on which the account was opened, mostly negative. `sim`: the same for the
    SIM card. `changed`: day of a new phone, or beyond the horizon; `changes_sim`: whether the SIM card was new too.
    `trip_start`, `trip_end`, `trip_place`: one journey, or none (start beyond the horizon). `shares_device`: uses the
    phone of the first member of the household. `campus`: is behind the college's address.
    """

    town: NDArray[np.int64]
    place: NDArray[np.int64]
    segment: NDArray[np.int64]
    age: NDArray[np.int64]
    tickets: NDArray[np.int64]
    scale: NDArray[np.int64]
    opened: NDArray[np.float64]
    sim: NDArray[np.float64]
    changed: NDArray[np.float64]
    changes_sim: NDArray[np.bool_]
    trip_start: NDArray[np.float64]
    trip_end: NDArray[np.float64]
    trip_place: NDArray[np.int64]
    shares_device: NDArray[np.bool_]
    campus: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.town)

    @cached_property
    def household(self) -> NDArray[np.int64]:
        """Code of each person's household, int64: five people fill two homes."""
        local = np.arange(len(self)) % towns.PEOPLE
        return self.town * towns.HOMES + local * 2 // 5

    @cached_property
    def device_owner(self) -> NDArray[np.int64]:
        """Code of the person whose phone each person uses, int64."""
        here = np.arange(len(self))
        first = self.town * towns.PEOPLE + (self.household % towns.HOMES * 5 + 1) // 2
        return np.where(self.shares_device, first, here)


_AGES = np.array([(18, 25), (22, 58), (24, 68), (60, 89), (24, 60), (25, 60)])


@lru_cache(maxsize=4)
def draw(seed: int, town_count: int, days: int) -> People:
    """Draw the people of the first towns as arrays; `days` is the horizon over which trips and new phones fall.

    Examples
    --------
    >>> people = draw(7, 2, 120)
    >>> len(people), people.segment.shape, bool((draw(7, 3, 120).age[:1000] == people.age).all())
    (1000, (1000,), True)
    """
    size = town_count * towns.PEOPLE

    def uniform(column: str) -> NDArray[np.float64]:
        return generator(seed, "people", column).random(size)

    town = np.arange(size) // towns.PEOPLE
    campus_town = town % towns.CAMPUS_EVERY == 2
    segment = np.searchsorted(np.cumsum(habits.SEGMENT_SHARES)[:-1], uniform("segment"), side="right")
    segment = np.where(campus_town & (uniform("student") < 0.3), 0, segment)
    youngest, oldest = _AGES[segment, 0], _AGES[segment, 1]
    factors, local = quantiles.factors(0.45), np.arange(size) % towns.PEOPLE
    is_new = (local % 2 == 0) & (uniform("new") < 0.08)
    opened = np.where(is_new, uniform("opened") * days, -30 - uniform("opened") ** 2 * 4_000)
    trips = uniform("trips") < 0.22
    trip_start = np.where(trips, uniform("trip_start") * days, np.inf)
    changes = uniform("changes") < 0.14
    return People(
        town=town,
        place=places.of_towns(town_count)[town],
        segment=segment,
        age=youngest + (uniform("age") * (oldest - youngest)).astype(np.int64),
        tickets=1 + (uniform("tickets") ** 2 * 16).astype(np.int64),
        scale=factors[(uniform("scale") * len(factors)).astype(np.int64)],
        opened=opened,
        sim=np.minimum(opened, -1500 * uniform("sim") ** 2),
        changed=np.where(changes, uniform("changed") * days, np.inf),
        changes_sim=uniform("changes_sim") < 0.5,
        trip_start=trip_start,
        trip_end=trip_start + 2 + uniform("trip_days") * 10,
        trip_place=_trip_places(uniform("trip_place")),
        shares_device=(local % 5 % 3 != 0) & (uniform("shares") < np.where(segment == 3, 0.35, 0.08)),
        campus=campus_town & (segment == 0),
    )


def _trip_places(chance: NDArray[np.float64]) -> NDArray[np.int64]:
    """Choose the city of a journey: six in ten in China, the others abroad."""
    near, far = len(places.HOME), len(places.HOME) + len(places.DOMESTIC)
    at_home = near + (chance / 0.6 * (far - near)).astype(np.int64)
    abroad = far + ((chance - 0.6) / 0.4 * (len(places.PLACES) - far)).astype(np.int64)
    return np.where(chance < 0.6, at_home, abroad)


def called(seed: int, first: int, count: int) -> NDArray[np.object_]:
    """Return the names of people from number `first` on, without drawing anything else of them.

    Examples
    --------
    >>> list(called(7, 1, 2)) == make(3, 7)["name"].tolist()[1:]
    True
    """
    sex = generator(seed, "people", "sex")
    skip(sex, first)
    return names.of_people(seed, sex.random(count) < 0.49, first)


def make(n: int, seed: int) -> pd.DataFrame:
    """Return the first n people: person_id, name, sex, age, segment, address_id, place.

    Parameters
    ----------
    n
        Number of rows, 0 to 1,000,000.
    seed
        Seed of the province; the first rows are the same for every n.

    Raises
    ------
    OutOfRangeError
        If n is negative or larger than the province.

    Examples
    --------
    >>> frame = make(3, seed=7)
    >>> list(frame.columns)
    ['person_id', 'name', 'sex', 'age', 'segment', 'address_id', 'place']
    >>> frame.equals(make(2000, seed=7).head(3))
    True
    """
    count = towns.towns_for(n, towns.PEOPLE)
    people = draw(seed, count, 120)
    is_woman = generator(seed, "people", "sex").random(len(people)) < 0.49
    homes = towns.identifiers("H", count, towns.HOMES)
    frame = pd.DataFrame(
        {
            "person_id": towns.identifiers("P", count, towns.PEOPLE),
            "name": names.of_people(seed, is_woman),
            "sex": np.where(is_woman, "F", "M"),
            "age": people.age,
            "segment": np.array(habits.SEGMENTS)[people.segment],
            "address_id": homes[people.household],
            "place": np.array(places.PLACES)[people.place],
        }
    )
    return frame.head(n)
