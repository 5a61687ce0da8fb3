"""What firms have in common: legal representative, officer, agent, address, phone, with the time that it held.

Data card. One row for each attribute of a firm; `to_id` is its value, and `attribute` is one of legal_representative
(法定代表人), officer (财务负责人), agent (代理人), address (地址), phone. The values are those of `datasets.firms`, or
lines of `datasets.belongings`. One firm in ten also has an earlier address or representative, which has ended. The
shells of a town share all but the officer. The honest look-alikes: one firm in twelve is registered in an incubator's
tower, and one in ten files through a bookkeeping office, which serve the whole province; and firms without a phone of
their own give that of their agent.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import firms, towns
from datasets.seeds import generator
from datasets.ties import NO_END, Tie, firm_id, frames, numbered, person_id, shuffled, table

__all__ = ["OFFICE", "TOWER", "make", "of_towns", "ties"]

TOWER = "H90000000"
"""The incubator's tower, where hundreds of firms are registered."""
OFFICE = "P90000000"
"""The bookkeeping office, which files for hundreds of firms."""


@lru_cache(maxsize=128)
def ties(seed: int, town: int) -> tuple[Tie, ...]:
    """Return the attributes of one town's firms, with the truth about them.

    Examples
    --------
    >>> shells = {"F00000037", "F00000038", "F00000039"}
    >>> of_shells = [tie for tie in ties(7, 0) if tie.from_id in shells and tie.ends == NO_END]
    >>> len({tie.to_id for tie in of_shells if tie.attribute == "phone"})
    1
    """
    rng = generator(seed, "shared_attributes", town)
    found = [tie for number in range(towns.FIRMS) for tie in _of_firm(rng, seed, town, number)]
    return tuple(shuffled(seed, "shared_attribute", town, found))


def _of_firm(rng: np.random.Generator, seed: int, town: int, number: int) -> Iterator[Tie]:
    drawn, code, firm = firms.draw(seed, towns.MAX_TOWNS), town * towns.FIRMS + number, firm_id(town, number)
    begins = -int(drawn.founded[code])
    persons = {
        "legal_representative": int(drawn.representative[code]) % towns.PEOPLE,
        "officer": int(drawn.officer[code]) % towns.PEOPLE,
        "agent": int(drawn.agent[code]) % towns.PEOPLE,
    }
    home = towns.HOMES + towns.OFFICES
    values = {name: person_id(town, person) for name, person in persons.items()}
    values["address"] = _address(town, int(drawn.address[code]) % home)
    is_shell = number >= towns.FIRMS - firms.SHELLS
    whose = "legal_representative" if is_shell else _whose_phone(rng)
    values["phone"] = values[whose].replace("P", "N")
    for attribute, value in values.items():
        yield _attribute(firm, attribute, value, begins, NO_END, "company registry")
    if rng.integers(0, 100) < 10:
        until = begins // 2 if begins // 2 < -90 else begins + 20
        earlier = "address" if rng.integers(0, 2) else "legal_representative"
        value = _address(town, int(rng.integers(towns.HOMES, home)))
        value = value if earlier == "address" else person_id(town, int(rng.integers(0, towns.PEOPLE)))
        if value != values[earlier]:
            yield _attribute(firm, earlier, value, begins - 400, until, "company registry")
    if rng.integers(0, 100) < 8 and not is_shell:
        yield _attribute(firm, "address", TOWER, begins, NO_END, "tax register", "shared_tower")
    if rng.integers(0, 100) < 10 and not is_shell:
        yield _attribute(firm, "agent", OFFICE, begins, NO_END, "tax register", "shared_agent")


def _address(town: int, number: int) -> str:
    return f"H{town:04d}{number:04d}"


def _whose_phone(rng: np.random.Generator) -> str:
    return ("legal_representative", "legal_representative", "officer", "officer", "officer", "agent")[
        int(rng.integers(0, 6))
    ]


def _attribute(
    firm: str, attribute: str, value: str, begins: int, ends: int, source: str, structure_id: str = ""
) -> Tie:
    role = "one of hundreds" if structure_id else ""
    return Tie(firm, value, 0, -1, begins, ends, source, structure_id, role, attribute)


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n attributes of firms, some towns at a time; see the data card above.

    Examples
    --------
    >>> sorted(set(next(make(200, seed=7))["attribute"]))
    ['address', 'agent', 'legal_representative', 'officer', 'phone']
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the attributes of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 400
    True
    """
    rows = [row for town in some for row in numbered("Q", town, ties(seed, town))]
    return table(rows, with_attribute=True)
