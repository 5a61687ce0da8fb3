"""What people and firms have: addresses, accounts, cards, phones, devices, networks, and the terminals they pay at.

Data cards. Each table has one row for each thing, with the identifier that the payments carry and its owner's; the
first rows are the same for every n. A table lists what the world has codes for, also second accounts and devices that
are used only by some.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import places, towns
from datasets.seeds import generator
from datasets.world import FIRST_DAY, World, build

__all__ = ["accounts", "addresses", "cards", "devices", "networks", "phones", "terminals"]

_START = np.datetime64(FIRST_DAY, "s")
_DAY = np.timedelta64(86_400, "s")


def _world(n: int, seed: int, per_town: int) -> World:
    return build(seed, towns.towns_for(n, per_town))


def _by_town(world: World, *tables: pd.DataFrame) -> pd.DataFrame:
    """Put several tables together, town by town, so that the first rows do not depend on the number of towns."""
    town = np.concatenate([np.arange(len(table)) * world.towns // len(table) for table in tables])
    return pd.concat(tables, ignore_index=True).iloc[np.argsort(town, kind="stable")].reset_index(drop=True)


def addresses(n: int, seed: int) -> pd.DataFrame:
    """Return the first n addresses: address_id, kind (home or office), place, street and number in Chinese.

    Examples
    --------
    >>> addresses(2, 7)["kind"].tolist()
    ['home', 'home']
    """
    world = _world(n, seed, towns.HOMES + towns.OFFICES)
    count = world.towns
    size = count * (towns.HOMES + towns.OFFICES)
    here = np.arange(size) % (towns.HOMES + towns.OFFICES)
    town = np.arange(size) // (towns.HOMES + towns.OFFICES)
    streets = np.array(["人民路", "解放路", "团结路", "和平路", "文化路", "建设路", "黄河路", "民主路"], object)
    street = streets[(generator(seed, "addresses", "street").random(size) * len(streets)).astype(np.int64)]
    number = 1 + (generator(seed, "addresses", "number").random(size) * 300).astype(np.int64)
    return pd.DataFrame(
        {
            "address_id": towns.identifiers("H", count, towns.HOMES + towns.OFFICES),
            "kind": np.where(here < towns.HOMES, "home", "office"),
            "place": np.array(places.PLACES, object)[world.town_place[town]],
            "street_zh": street + number.astype(str).astype(object) + "号",
        }
    ).head(n)


def accounts(n: int, seed: int) -> pd.DataFrame:
    """Return the first n accounts: account_id, owner_id, kind (personal, second, basic 基本存款账户), opened_on.

    Second accounts have no date here: they are opened in the course of the stream.

    Examples
    --------
    >>> accounts(1040, 7)["kind"].value_counts().to_dict()
    {'personal': 500, 'second': 500, 'basic': 40}
    """
    world = _world(n, seed, 2 * towns.PEOPLE + towns.FIRMS)
    labels, persons = world.labels, world.persons
    opened = np.concatenate([world.people.opened, -world.firms.founded.astype(float)])
    first = pd.DataFrame(
        {
            "account_id": labels["account_id"][: world.customers],
            "owner_id": labels["customer_id"],
            "kind": np.where(np.arange(world.customers) < persons, "personal", "basic"),
            "opened_on": _START + np.floor(opened).astype(np.int64) * _DAY,
        }
    )
    second = pd.DataFrame({"account_id": labels["account_id"][world.customers :]})
    second = second.assign(owner_id=labels["customer_id"][:persons], kind="second", opened_on=np.datetime64("NaT", "s"))
    return _by_town(world, first.iloc[:persons], first.iloc[persons:], second).head(n)


def cards(n: int, seed: int) -> pd.DataFrame:
    """Return the first n cards: card_id, account_id, owner_id, and the number as receipts show it, masked.

    Examples
    --------
    >>> cards(1, 7).iloc[0]["card_id"]
    'C00000000'
    """
    world = _world(n, seed, 2 * towns.PEOPLE)
    labels, persons = world.labels, world.persons
    last = (generator(seed, "cards", "last").random((persons, 2)) * 10_000).astype(np.int64)
    tables = [
        pd.DataFrame(
            {
                "card_id": labels["card_id"][rank * persons : (rank + 1) * persons],
                "account_id": labels["account_id"][start : start + persons],
                "owner_id": labels["customer_id"][:persons],
                "masked_number": [f"622848******{digits:04d}" for digits in last[:, rank].tolist()],
            }
        )
        for rank, start in enumerate((0, world.customers))
    ]
    return _by_town(world, *tables).head(n)


def phones(n: int, seed: int) -> pd.DataFrame:
    """Return the first n phone lines: phone_id, owner_id, carrier, and when the SIM card was issued.

    Numbers are not invented, since any eleven digits may be somebody's; the identifier stands for them.

    Examples
    --------
    >>> phones(1, 7)["phone_id"].tolist()
    ['N00000000']
    """
    world = _world(n, seed, towns.PEOPLE)
    carriers = np.array(["China Mobile", "China Telecom", "China Unicom"], object)
    carrier = generator(seed, "phones", "carrier").random(world.persons) * 3
    return pd.DataFrame(
        {
            "phone_id": towns.identifiers("N", world.towns, towns.PEOPLE),
            "owner_id": world.labels["customer_id"][: world.persons],
            "carrier": carriers[carrier.astype(np.int64)],
            "sim_issued_on": _START + np.floor(world.people.sim).astype(np.int64) * _DAY,
        }
    ).head(n)


def devices(n: int, seed: int) -> pd.DataFrame:
    """Return the first n devices: device_id, kind (phone, computer, tablet), platform, and town.

    The gangs' devices are among the phones; whose a device is, no table tells.

    Examples
    --------
    >>> devices(1101, 7)["kind"].value_counts().to_dict()
    {'phone': 1060, 'computer': 40, 'tablet': 1}
    """
    per_town = 2 * towns.PEOPLE + towns.FIRMS + 1 + towns.GANG_DEVICES
    world = _world(n, seed, per_town)
    labels, tables, first = world.labels["device_id"], [], 0
    for kind, count in (
        *(("phone", towns.PEOPLE), ("phone", towns.PEOPLE), ("computer", towns.FIRMS)),
        *(("tablet", 1), ("phone", towns.GANG_DEVICES)),
    ):
        size = count * world.towns
        town = np.arange(size) // count
        tables.append(pd.DataFrame({"device_id": labels[first : first + size], "kind": kind, "town": town}))
        first += size
    # by number within a town: in the order of the codes, the gang's devices would come last
    table = _by_town(world, *tables).sort_values(["town", "device_id"], ignore_index=True)
    is_android = generator(seed, "devices", "platform").random(len(table)) < 0.75
    platform = np.where(table["kind"] == "computer", "Windows", np.where(is_android, "Android", "iOS"))
    return table.assign(platform=platform).head(n)


def networks(n: int, seed: int) -> pd.DataFrame:
    """Return the first n network addresses: ip, kind (home, carrier, college, office, rented), and town.

    Examples
    --------
    >>> networks(3, 7)["kind"].tolist()
    ['home', 'home', 'home']
    """
    sizes: dict[str, int] = {
        **{"home": towns.HOMES, "carrier": towns.CARRIER_IPS, "college": 1},
        **{"office": towns.OFFICES, "rented": towns.GANG_DEVICES},
    }
    world = _world(n, seed, sum(sizes.values()))
    labels, tables, first = world.labels["ip"], [], 0
    for kind, count in sizes.items():
        size = count * world.towns
        town = np.arange(size) // count
        tables.append(pd.DataFrame({"ip": labels[first : first + size], "kind": kind, "town": town}))
        first += size
    return _by_town(world, *tables).head(n)


def terminals(n: int, seed: int) -> pd.DataFrame:
    """Return the first n terminals of the towns: terminal_id, merchant's firm_id, merchant_category, place.

    Cash machines and counters are the bank's and have no firm.

    Examples
    --------
    >>> terminals(66, 7)["merchant_category"].nunique()
    12
    """
    world = _world(n, seed, towns.TERMINALS)
    size = world.towns * towns.TERMINALS
    category = world.terminal_category[:size]
    town = np.arange(size) // towns.TERMINALS
    merchant: NDArray[np.int64] = world.terminal_merchant[:size]
    owner = world.labels["merchant_id"][merchant]
    return pd.DataFrame(
        {
            "terminal_id": world.labels["terminal_id"][:size],
            "firm_id": pd.Series(owner, dtype="str").mask(merchant < 0),
            "merchant_category": world.labels["merchant_category"][category],
            "place": world.labels["place"][world.town_place[town]],
        }
    ).head(n)
